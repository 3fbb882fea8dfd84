-- name: table_in_force(county)^
-- The newest speed table that somebody accepted.
select version, factors from speed_table where county = :county order by version desc limit 1;

-- name: table_of(county, version)$
select factors from speed_table where county = :county and version = :version;

-- name: insert_table(county, version, factors, basis, by, at)$
-- The next table, unless somebody else was first.
insert into speed_table (county, version, factors, basis, accepted_by, accepted_at)
values (:county, :version, :factors::jsonb, :basis::jsonb, :by, :at)
on conflict do nothing returning version;

-- name: tables(county, most)
-- What was accepted, the newest first.
select version, basis, accepted_by, accepted_at from speed_table
where county = :county order by version desc limit :most;

-- name: drives(county, since, most)
-- Drives from rolling to arriving whose expected time by class of road was kept, the newest first; `simulated` where
-- an alarm of the incident was, or came from the demo.
select u.vehicle_class, a.by_road, extract(epoch from a.on_scene_at - a.en_route_at)::double precision as seconds,
    exists (select 1 from alarm r where r.incident = a.incident
        and (r.source = 'simulated' or r.source_id like 'demo-%')) as simulated
from assignment a join unit u on u.id = a.unit
where a.county = :county and a.by_road is not null and a.en_route_at is not null and a.on_scene_at >= :since
order by a.on_scene_at desc limit :most;
