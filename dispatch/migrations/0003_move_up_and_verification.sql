-- A unit may stand by at another station where cover was lost (移防): there it counts for that station's zone.
alter table unit add column posted_at text;             -- station code; null: at its own station
alter table unit add foreign key (county, posted_at) references station (county, code);

create or replace view unit_card as
select u.county, u.id, u.code, jsonb_build_object(
    'id', u.id, 'code', u.code, 'name', u.name, 'name_en', u.name_en, 'station', u.station,
    'station_class', s.class, 'zone', coalesce(p.zone, s.zone), 'is_foreign', s.is_foreign,
    'vehicle_class', u.vehicle_class, 'brings', u.brings, 'seats', u.seats, 'minimum_crew', u.minimum_crew,
    'contact', u.contact, 'accepted', u.accepted, 'duty_mode', u.duty_mode, 'on_duty', u.on_duty, 'crew', u.crew,
    'crew_qualifications', u.crew_qualifications, 'duty_until', utc_text(u.duty_until),
    'status', u.status, 'status_at', utc_text(u.status_at), 'out_of_service', u.out_of_service,
    'posted_at', u.posted_at,
    'lon', coalesce(u.lon, p.lon, s.lon), 'lat', coalesce(u.lat, p.lat, s.lat), 'position_at', utc_text(u.position_at),
    'assignment', (select a.id from assignment a where a.unit = u.id and a.state in
        ('dispatched', 'delivered', 'acknowledged', 'en_route', 'on_scene', 'unconfirmed')),
    'retired', u.retired_at is not null, 'version', u.version) as card
from unit u
join station s on s.county = u.county and s.code = u.station
left join station p on p.county = u.county and p.code = u.posted_at;

-- `verified` is false while nothing but sensors that nobody has checked reports the incident.
create or replace view incident_card as
select i.county, i.id, i.status, jsonb_build_object(
    'id', i.id, 'number', i.number, 'kind', i.kind, 'scale', i.scale, 'level', i.level, 'plan', i.plan,
    'status', i.status, 'merged_into', i.merged_into, 'lon', i.lon, 'lat', i.lat, 'place', i.place,
    'place_code', i.place_code, 'place_verified', i.place_verified, 'uncertainty_metres', i.uncertainty_metres,
    'zone', i.zone, 'station', i.station, 'trapped', i.trapped, 'facts', i.facts, 'automatic', i.automatic,
    'milestones', i.milestones, 'opened_at', utc_text(i.opened_at), 'closed_at', utc_text(i.closed_at),
    'alarms', (select count(*) from alarm a where a.incident = i.id),
    'verified', not exists (select 1 from alarm a where a.incident = i.id)
        or exists (select 1 from alarm a where a.incident = i.id and a.verified),
    'shortfalls', coalesce((select jsonb_agg(jsonb_build_object('code', f.code, 'missing', f.missing,
        'cause', f.cause, 'raised_at', utc_text(f.raised_at)) order by f.code)
        from shortfall f where f.incident = i.id and f.resolved_at is null), '[]'),
    'proposal', (select jsonb_build_object('id', p.id, 'made_at', utc_text(p.made_at), 'cause', p.cause)
        || (p.result - 'detail') from proposal p where p.incident = i.id order by p.made_at desc, p.id desc limit 1),
    'version', i.version) as card
from incident i;
