-- A deadline is shown while it is waited for. Its timer may be swept at the very moment in which an answer, or the
-- other deadline, settles the assignment, and is then marked done without a word.
create or replace view assignment_card as
select a.county, a.id, a.incident, a.unit as unit_id, a.state, jsonb_build_object(
    'id', a.id, 'incident', a.incident, 'unit', u.code, 'unit_id', a.unit, 'station', u.station,
    'vehicle', u.vehicle_class,
    'slot', a.slot, 'task', a.task, 'verb', a.verb, 'state', a.state, 'reason', a.reason, 'cause', a.cause,
    'eta_seconds', a.eta_seconds, 'turnout_seconds', a.turnout_seconds, 'travel_seconds', a.travel_seconds,
    'distance_metres', a.distance_metres, 'on_foot_metres', a.on_foot_metres, 'path', a.path,
    'dispatched_by', a.dispatched_by, 'acknowledged_by', a.acknowledged_by, 'acknowledged_via', a.acknowledged_via,
    'late_acknowledged_at', utc_text(a.late_acknowledged_at),
    'dispatched_at', utc_text(a.dispatched_at), 'delivered_at', utc_text(a.delivered_at),
    'acknowledged_at', utc_text(a.acknowledged_at), 'en_route_at', utc_text(a.en_route_at),
    'on_scene_at', utc_text(a.on_scene_at), 'unconfirmed_at', utc_text(a.unconfirmed_at),
    'ended_at', utc_text(a.ended_at),
    'acknowledge_due_at', case when a.state in ('dispatched', 'delivered') then (select utc_text(t.due_at) from timer t
        where t.kind = 'acknowledge' and t.subject = a.id and t.done_at is null) end,
    'version', a.version) as card
from assignment a join unit u on u.id = a.unit;
