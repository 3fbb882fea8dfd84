-- Cards: the one shape in which the console, the journal and the API show a row. The board is a snapshot of cards
-- and a stream of changed cards, so both must come from the same place.

create function utc_text(t timestamptz) returns text language sql immutable parallel safe as $$
    select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

create view assignment_card as
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
    'acknowledge_due_at', (select utc_text(t.due_at) from timer t
        where t.kind = 'acknowledge' and t.subject = a.id and t.done_at is null),
    'version', a.version) as card
from assignment a join unit u on u.id = a.unit;

create view unit_card as
select u.county, u.id, u.code, jsonb_build_object(
    'id', u.id, 'code', u.code, 'name', u.name, 'name_en', u.name_en, 'station', u.station,
    'station_class', s.class, 'zone', s.zone, 'is_foreign', s.is_foreign, 'vehicle_class', u.vehicle_class,
    'brings', u.brings, 'seats', u.seats, 'minimum_crew', u.minimum_crew, 'contact', u.contact,
    'accepted', u.accepted, 'duty_mode', u.duty_mode, 'on_duty', u.on_duty, 'crew', u.crew,
    'crew_qualifications', u.crew_qualifications, 'duty_until', utc_text(u.duty_until),
    'status', u.status, 'status_at', utc_text(u.status_at), 'out_of_service', u.out_of_service,
    'lon', coalesce(u.lon, s.lon), 'lat', coalesce(u.lat, s.lat), 'position_at', utc_text(u.position_at),
    'assignment', (select a.id from assignment a where a.unit = u.id and a.state in
        ('dispatched', 'delivered', 'acknowledged', 'en_route', 'on_scene', 'unconfirmed')),
    'retired', u.retired_at is not null, 'version', u.version) as card
from unit u join station s on s.county = u.county and s.code = u.station;

create view incident_card as
select i.county, i.id, i.status, jsonb_build_object(
    'id', i.id, 'number', i.number, 'kind', i.kind, 'scale', i.scale, 'level', i.level, 'plan', i.plan,
    'status', i.status, 'merged_into', i.merged_into, 'lon', i.lon, 'lat', i.lat, 'place', i.place,
    'place_code', i.place_code, 'place_verified', i.place_verified, 'uncertainty_metres', i.uncertainty_metres,
    'zone', i.zone, 'station', i.station, 'trapped', i.trapped, 'facts', i.facts, 'automatic', i.automatic,
    'milestones', i.milestones, 'opened_at', utc_text(i.opened_at), 'closed_at', utc_text(i.closed_at),
    'alarms', (select count(*) from alarm a where a.incident = i.id),
    'shortfalls', coalesce((select jsonb_agg(jsonb_build_object('code', f.code, 'missing', f.missing,
        'cause', f.cause, 'raised_at', utc_text(f.raised_at)) order by f.code)
        from shortfall f where f.incident = i.id and f.resolved_at is null), '[]'),
    'proposal', (select jsonb_build_object('id', p.id, 'made_at', utc_text(p.made_at), 'cause', p.cause)
        || (p.result - 'detail') from proposal p where p.incident = i.id order by p.made_at desc, p.id desc limit 1),
    'version', i.version) as card
from incident i;

create view notice_card as
select n.county, n.id, n.incident, jsonb_build_object(
    'id', n.id, 'incident', n.incident, 'body', n.body, 'text_code', n.text_code,
    'sent_at', utc_text(n.sent_at), 'received_at', utc_text(n.received_at), 'received_by', n.received_by) as card
from notice n;

create view condition_card as
select c.county, c.id, jsonb_build_object(
    'id', c.id, 'edges', c.edges, 'area', c.area, 'factor', c.factor, 'vehicle_classes', c.vehicle_classes,
    'reason', c.reason, 'starts_at', utc_text(c.starts_at), 'ends_at', utc_text(c.ends_at),
    'created_by', c.created_by, 'removed_at', utc_text(c.removed_at)) as card
from road_condition c;
