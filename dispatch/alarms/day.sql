-- name: counts(county, begins, ends)^
-- What came in, and what went wrong.
select
    (select count(*) from alarm where county = :county and received_at >= :begins and received_at < :ends) as alarms,
    (select count(*) from alarm where county = :county and received_at >= :begins and received_at < :ends
        and linked) as linked,
    (select count(*) from assignment where county = :county and dispatched_at >= :begins and dispatched_at < :ends)
        as ordered,
    (select count(*) from assignment where county = :county and unconfirmed_at >= :begins and unconfirmed_at < :ends)
        as unconfirmed,
    (select count(*) from assignment where county = :county and state in ('unable', 'declined')
        and ended_at >= :begins and ended_at < :ends) as not_coming,
    (select count(*) from shortfall where county = :county and raised_at >= :begins and raised_at < :ends)
        as shortfalls,
    (select count(*) from incident where county = :county and opened_at < :ends
        and (closed_at is null or closed_at >= :ends)) as open_at_end;

-- name: kinds(county, begins, ends)
-- Incidents by kind; those found to be the same as another one count once.
select kind, count(*) as incidents from incident
where county = :county and opened_at >= :begins and opened_at < :ends and status <> 'merged'
group by kind order by kind;

-- name: medians(county, begins, ends)^
-- The middle one of every interval, over the incidents of the day and their units.
with one as (
    select i.opened_at, min(a.dispatched_at) as dispatched_at, min(a.on_scene_at) as on_scene_at
    from incident i left join assignment a on a.incident = i.id
    where i.county = :county and i.opened_at >= :begins and i.opened_at < :ends and i.status <> 'merged'
    group by i.id
), sent as (
    select a.* from assignment a join incident i on i.id = a.incident
    where i.county = :county and i.opened_at >= :begins and i.opened_at < :ends
)
select
    (select percentile_cont(0.5) within group (order by extract(epoch from dispatched_at - opened_at)) from one)
        as alarm_to_dispatch,
    (select percentile_cont(0.5) within group (order by extract(epoch from on_scene_at - opened_at)) from one)
        as alarm_to_arrival,
    (select percentile_cont(0.5) within group (order by extract(epoch from delivered_at - dispatched_at)) from sent)
        as dispatch_to_delivery,
    (select percentile_cont(0.5) within group (order by extract(epoch from acknowledged_at - dispatched_at)) from sent)
        as dispatch_to_acknowledge,
    (select percentile_cont(0.5) within group (order by extract(epoch from en_route_at - acknowledged_at)) from sent)
        as turnout,
    (select percentile_cont(0.5) within group (order by extract(epoch from on_scene_at - en_route_at)) from sent)
        as travel;

-- name: is_summarised(stream, county, day)$
-- Whether the journal holds the day already.
select exists (select 1 from event where stream = :stream and county = :county and type = 'day_summarised'
    and data ->> 'day' = :day and at >= (:day)::text::date);
