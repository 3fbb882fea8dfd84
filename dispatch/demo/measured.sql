-- name: commit_times_kept^
select current_setting('track_commit_timestamp') = 'on' as kept;

-- name: alarm_to_dispatch
-- From the commit of the alarm that opened an incident to the commit of its first assignment, for incidents whose
-- first orders the machine sent by itself; where only volunteers or neighbours could go, a person decides and takes
-- a person's time. The journal's rows are written once, so their xmin is the commit that wrote them.
select extract(epoch from pg_xact_commit_timestamp(sent.xmin) - pg_xact_commit_timestamp(opened.xmin))::float8 * 1000
    as milliseconds
from incident i
join lateral (select e.xmin from event e where e.stream = 'incident/' || i.id and e.seq = 1) opened on true
join lateral (
    select e.xmin, e.data from event e
    where e.stream = 'incident/' || i.id and jsonb_array_length(e.data -> 'cards' -> 'assignments') > 0
    order by e.seq limit 1) sent on true
where i.county = :county
    and exists (
        select 1 from assignment a join proposal p on p.id = a.proposal
        where a.incident = i.id and a.dispatched_by = 'automatic' and p.cause = 'alarm'
            and a.dispatched_at = (select min(f.dispatched_at) from assignment f where f.incident = i.id));

-- name: dispatch_to_device
-- From the commit of an order to the commit of its delivery.
select extract(epoch from pg_xact_commit_timestamp(got.xmin) - pg_xact_commit_timestamp(sent.xmin))::float8 * 1000
    as milliseconds
from assignment a
join lateral (
    select e.xmin from event e
    where e.stream = 'incident/' || a.incident
        and e.data -> 'cards' -> 'assignments' @> jsonb_build_array(jsonb_build_object('id', a.id))
    order by e.seq limit 1) sent on true
join lateral (
    select e.xmin from event e
    where e.stream = 'incident/' || a.incident
        and e.data -> 'cards' -> 'assignments'
            @> jsonb_build_array(jsonb_build_object('id', a.id, 'state', 'delivered'))
    order by e.seq limit 1) got on true
where a.county = :county and a.delivered_at is not null;

-- name: row_times
-- Where commit times are not kept: the times in the rows themselves.
select 'alarm_to_dispatch' as what, extract(epoch from min(a.dispatched_at) - i.opened_at)::float8 * 1000 as milliseconds
from incident i join assignment a on a.incident = i.id
where i.county = :county and a.dispatched_by = 'automatic' group by i.id
union all
select 'dispatch_to_device', extract(epoch from a.delivered_at - a.dispatched_at)::float8 * 1000
from assignment a where a.county = :county and a.delivered_at is not null;
