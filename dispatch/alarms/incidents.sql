-- name: lock_intake(county)!
-- One intake at a time in a county, so that ten callers for one fire find one incident.
select pg_advisory_xact_lock(hashtextextended('intake/' || :county, 0));

-- name: alarm_by_source(county, source, source_id)^
-- The first answer to an alarm that was sent before.
select a.id, a.incident, a.linked, i.number
from alarm a join incident i on i.id = a.incident
where a.county = :county and a.source = :source and a.source_id = :source_id;

-- name: open_sightings(county)
-- Every open incident with the time of its latest alarm, to join a new alarm to.
select i.id, i.kind, i.lon, i.lat, i.uncertainty_metres, i.opened_at,
    coalesce((select max(a.received_at) from alarm a where a.incident = i.id), i.opened_at) as last_alarm_at
from incident i where i.county = :county and i.status = 'open';

-- name: waiting(county, since, hopeless, most)
-- Open incidents with a shortfall that is not hopeless, last looked at before: those nobody is bound to first, then
-- those with people trapped, then whichever waits longest for a look. One that is about to be looked at is left out,
-- and one that is under control or that a unit has left again: there the dispatcher decides.
select i.id
from incident i
left join lateral (select max(p.made_at) as made_at from proposal p where p.incident = i.id) last on true
where i.county = :county and i.status = 'open'
    and exists (select from shortfall f where f.incident = i.id and f.resolved_at is null
        and f.code <> all(:hopeless::text[]))
    and last.made_at < :since
    and not i.milestones ?| array['under_control', 'out']
    and not exists (select from assignment a where a.incident = i.id and a.state = 'cleared')
    and not exists (select from timer t where t.kind = 'propose' and t.done_at is null
        and t.payload ->> 'incident' = i.id::text)
order by exists (select from assignment a where a.incident = i.id
        and a.state in ('dispatched', 'delivered', 'acknowledged', 'en_route', 'on_scene')),
    i.trapped = 0, last.made_at
limit :most;

-- name: next_number(county, day)$
-- The next human number of the county's day.
insert into incident_counter (county, day, last) values (:county, :day, 1)
on conflict (county, day) do update set last = incident_counter.last + 1
returning last;

-- name: insert_incident(id, county, number, kind, scale, level, plan, lon, lat, place, place_code, place_verified, uncertainty_metres, zone, station, trapped, facts, automatic, opened_at)!
-- Open an incident.
insert into incident (id, county, number, kind, scale, level, plan, status, lon, lat, place, place_code,
    place_verified, uncertainty_metres, zone, station, trapped, facts, automatic, opened_at)
values (:id, :county, :number, :kind, :scale, :level, :plan, 'open', :lon, :lat, :place, :place_code,
    :place_verified, :uncertainty_metres, :zone, :station, :trapped, :facts, :automatic, :opened_at);

-- name: insert_alarm(id, county, source, source_id, incident, linked, kind, lon, lat, crs, place_text, caller, description, trapped, verified, reported_at, received_at, received_by, body)!
-- Keep the report as it came in.
insert into alarm (id, county, source, source_id, incident, linked, kind, lon, lat, crs, place_text, caller,
    description, trapped, verified, reported_at, received_at, received_by, body)
values (:id, :county, :source, :source_id, :incident, :linked, :kind, :lon, :lat, :crs, :place_text, :caller,
    :description, :trapped, :verified, :reported_at, :received_at, :received_by, :body);

-- name: incident_by_id(county, id)^
-- One incident as it is now.
select * from incident where county = :county and id = :id;

-- name: lock_incident(county, id)^
-- One incident, locked until the end of the transaction: the first lock that every command takes.
select * from incident where county = :county and id = :id for update;

-- name: save_triage(id, kind, scale, level, plan, trapped, facts, automatic)!
-- What the incident is judged to be.
update incident set kind = :kind, scale = :scale, level = :level, plan = :plan, trapped = :trapped, facts = :facts,
    automatic = :automatic, version = version + 1
where id = :id;

-- name: save_automatic(id, automatic)!
-- Whether orders for the incident go out without a person.
update incident set automatic = :automatic, version = version + 1 where id = :id;

-- name: verify_alarms(incident)
-- Somebody has checked what only machines reported.
update alarm set verified = true where incident = :incident and not verified returning id;

-- name: save_location(id, lon, lat, place, place_code, place_verified, uncertainty_metres, zone, station)!
-- 改址: where the incident is now thought to be.
update incident set lon = :lon, lat = :lat, place = :place, place_code = :place_code,
    place_verified = :place_verified, uncertainty_metres = :uncertainty_metres, zone = :zone, station = :station,
    version = version + 1
where id = :id;

-- name: save_milestones(id, milestones)!
-- The milestones reached so far.
update incident set milestones = :milestones, version = version + 1 where id = :id;

-- name: close_incident(id, at)!
-- Close an incident.
update incident set status = 'closed', closed_at = :at, version = version + 1 where id = :id;

-- name: merge_incident(id, target, at)!
-- The incident is the same as another one.
update incident set status = 'merged', merged_into = :target, closed_at = :at, version = version + 1 where id = :id;

-- name: move_alarms(incident, target)!
-- The alarms of a merged incident belong to the one it was merged into.
update alarm set incident = :target, linked = true where incident = :incident;

-- name: move_alarm(id, incident, linked)!
-- One alarm belongs to another incident.
update alarm set incident = :incident, linked = :linked where id = :id;

-- name: alarms_of(incident)
-- Every alarm of an incident, the first one first; the body stays in the database.
select id, source, source_id, linked, kind, lon, lat, crs, place_text, caller, description, trapped, verified,
    reported_at, received_at, received_by
from alarm where incident = :incident order by received_at, id;

-- name: alarm_of(incident, id)^
-- One alarm of an incident.
select * from alarm where incident = :incident and id = :id;

-- name: alarm_status(county, id, by)^
-- What became of an alarm, without a word about its caller.
select a.id as alarm_id, a.source, a.source_id, a.linked, i.id as incident_id, i.number as incident_number, i.status,
    i.kind, i.scale, i.level, i.place, i.milestones, i.opened_at, i.closed_at,
    coalesce((select jsonb_agg(jsonb_build_object('unit', u.code, 'station', u.station, 'state', s.state,
        'dispatched_at', utc_text(s.dispatched_at), 'acknowledged_at', utc_text(s.acknowledged_at),
        'on_scene_at', utc_text(s.on_scene_at), 'ended_at', utc_text(s.ended_at)) order by s.id)
        from assignment s join unit u on u.id = s.unit where s.incident = i.id), '[]') as units
from alarm a join incident i on i.id = a.incident
where a.county = :county and a.id = :id and (:by::text is null or a.received_by = :by);

-- name: card(county, id)$
-- One incident as people see it.
select card from incident_card where county = :county and id = :id;

-- name: cards(county, status, before, page)
-- A page of incidents, the newest first; `before` is the last id of the page before.
select id, card from incident_card
where county = :county and (:status::text is null or status = :status) and (:before::uuid is null or id < :before)
order by id desc limit :page;
