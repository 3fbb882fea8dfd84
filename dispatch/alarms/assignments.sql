-- name: of_incident(incident)
-- Every assignment of an incident with the unit it binds, the oldest first.
select a.*, u.code as unit_code, u.station, u.contact
from assignment a join unit u on u.id = a.unit
where a.incident = :incident order by a.dispatched_at, a.id;

-- name: by_id(county, id)^
-- One assignment with its unit.
select a.*, u.code as unit_code, u.station, u.contact
from assignment a join unit u on u.id = a.unit
where a.county = :county and a.id = :id;

-- name: lock_by_id(county, id)^
-- One assignment, locked; the incident was locked before it.
select a.*, u.code as unit_code, u.station, u.contact
from assignment a join unit u on u.id = a.unit
where a.county = :county and a.id = :id for update of a;

-- name: active_of_unit(county, unit)^
-- What keeps a unit busy; `unit` is its code or its id.
select a.*, u.code as unit_code, u.station, u.contact
from assignment a join unit u on u.id = a.unit
where a.county = :county and (u.code = :unit or u.id::text = lower(:unit))
    and a.state in ('dispatched', 'delivered', 'acknowledged', 'en_route', 'on_scene', 'unconfirmed');

-- name: lock_units(units)
-- The rows of units about to be ordered, locked in one order by everybody.
select id, code from unit where id = any(:units::uuid[]) order by id for no key update;

-- name: insert_order(id, county, incident, unit, proposal, slot, task, verb, reason, eta_seconds, turnout_seconds, travel_seconds, distance_metres, on_foot_metres, path, by_road, dispatched_by, dispatched_at)*!
-- Order units, a row each. The two partial unique indexes refuse a busy unit and a filled slot.
insert into assignment (id, county, incident, unit, proposal, slot, task, verb, state, reason, eta_seconds,
    turnout_seconds, travel_seconds, distance_metres, on_foot_metres, path, by_road, dispatched_by,
    dispatched_at)
values (:id, :county, :incident, :unit, :proposal, :slot, :task, :verb, 'dispatched', :reason, :eta_seconds,
    :turnout_seconds, :travel_seconds, :distance_metres, :on_foot_metres, :path, :by_road, :dispatched_by,
    :dispatched_at);

-- name: save_state(id, version, state, slot, cause, acknowledged_by, acknowledged_via, late_acknowledged_at, delivered_at, acknowledged_at, en_route_at, on_scene_at, unconfirmed_at, ended_at)$
-- Compare and set: nothing happens when somebody else was first.
update assignment set state = :state, slot = :slot, cause = :cause, acknowledged_by = :acknowledged_by,
    acknowledged_via = :acknowledged_via, late_acknowledged_at = :late_acknowledged_at,
    delivered_at = :delivered_at, acknowledged_at = :acknowledged_at, en_route_at = :en_route_at,
    on_scene_at = :on_scene_at, unconfirmed_at = :unconfirmed_at, ended_at = :ended_at, version = version + 1
where id = :id and version = :version
returning version;

-- name: save_way(id, eta_seconds, travel_seconds, distance_metres, on_foot_metres, path, by_road)!
-- A new way to a place that moved.
update assignment set eta_seconds = :eta_seconds, travel_seconds = :travel_seconds,
    distance_metres = :distance_metres, on_foot_metres = :on_foot_metres, path = :path, by_road = :by_road, version = version + 1
where id = :id;

-- name: move_to(id, incident, slot)!
-- An assignment of a merged incident goes on for the one it was merged into.
update assignment set incident = :incident, slot = :slot, version = version + 1 where id = :id;

-- name: cards_of(incident)
-- The assignments of an incident as people see them.
select card from assignment_card where incident = :incident order by id;

-- name: card(county, id)$
-- One assignment as people see it.
select card from assignment_card where county = :county and id = :id;

-- name: open_for_device(county, station, unit)
-- The assignments that a device must know of, the oldest first. `unit` null: every unit of the station.
select a.*, u.code as unit_code, u.station, u.contact, (select t.due_at from timer t
    where t.kind = 'acknowledge' and t.subject = a.id and t.done_at is null) as acknowledge_due_at
from assignment a join unit u on u.id = a.unit
where a.county = :county and u.station = :station and (:unit::text is null or u.code = :unit)
    and a.state in ('dispatched', 'delivered', 'acknowledged', 'en_route', 'on_scene', 'unconfirmed')
order by a.dispatched_at, a.id;

-- name: save_acked(devices, seqs, at)!
-- The cumulative acknowledgements of devices; they never go back.
update device d set acked_seq = greatest(d.acked_seq, told.seq), last_seen_at = :at
from unnest(:devices::uuid[], :seqs::bigint[]) as told (id, seq) where d.id = told.id;

-- name: acked_orders(county, devices, streams, seqs)
-- By device the assignments whose order lies in a newly acknowledged stretch of its stream, and those that the device,
-- enrolled later than they were made, can only know from its snapshot. A stretch without orders is one row of nulls.
select told.device, a.id as assignment, a.incident
from unnest(:devices::uuid[], :streams::text[], :seqs::bigint[]) as told (device, stream, seq)
join device d on d.id = told.device and d.county = :county and told.seq > d.acked_seq
left join lateral (
    select (e.data ->> 'assignment_id')::uuid as id from event e
    where e.stream = told.stream and e.seq > d.acked_seq and e.seq <= told.seq and e.type = 'order_dispatched'
    union
    select known.id from assignment known
    join unit u on u.id = known.unit
    where known.county = d.county and u.station = d.station and (d.unit is null or d.unit = u.code)
        and known.state = 'dispatched' and known.dispatched_at < d.enrolled_at) has on true
left join assignment a on a.id = has.id and a.county = :county;

-- name: cancel_timers(subject, kinds, at)!
-- An answer stops the clock. A timer that is being swept right now is left alone: it will find what stands, and
-- waiting for it here could deadlock with the sweeper, which waits for the incident.
update timer set done_at = :at
where id in (select id from timer where subject = :subject and kind = any(:kinds::text[]) and done_at is null
    for update skip locked);
