-- 靠前驻防: a turn whose unit stands at a forward post says where, and its crew with it. {"place", "lon", "lat"}

alter table rollcall add column posts jsonb not null default '{}'; -- by unit
alter table crew add column post jsonb;                            -- null: at its station

drop view rollcall_with_attendance;
create view rollcall_with_attendance as
select r.*, coalesce((select jsonb_agg(jsonb_build_object('seat', a.seat, 'person', a.person, 'planned', a.planned,
        'state', a.state, 'cause', a.cause, 'since', a.since, 'gone_at', a.gone_at, 'back_by', a.back_by,
        'answered_at', a.answered_at, 'answered_by', a.answered_by) order by a.seat, a.person)
    from attendance a where a.rollcall = r.id), '[]') as attendance
from rollcall r;

drop view unit_card;
create view unit_card as
select u.county, u.id, u.code, jsonb_build_object(
    'id', u.id, 'code', u.code, 'name', u.name, 'name_en', u.name_en, 'station', u.station,
    'station_class', s.class, 'zone', coalesce(p.zone, s.zone), 'is_foreign', s.is_foreign,
    'vehicle_class', u.vehicle_class, 'brings', u.brings, 'seats', u.seats, 'minimum_crew', u.minimum_crew,
    'contact', u.contact, 'accepted', u.accepted, 'duty_mode', u.duty_mode,
    'on_duty', coalesce(c.seats_filled, 0) > 0, 'crew', coalesce(c.seats_filled, 0), 'crew_wanted', c.wanted,
    'crew_qualifications', coalesce(c.qualifications, '{}'), 'crew_source', c.source, 'crew_team', c.team,
    'crew_seats', coalesce(c.seats, '[]'), 'crew_since', utc_text(c.since), 'crew_next', c.next,
    'duty_until', utc_text(c.until), 'post', c.post,
    'status', u.status, 'status_at', utc_text(u.status_at), 'out_of_service', u.out_of_service,
    'posted_at', u.posted_at,
    'lon', coalesce(u.lon, p.lon, (c.post ->> 'lon')::float, s.lon),
    'lat', coalesce(u.lat, p.lat, (c.post ->> 'lat')::float, s.lat), 'position_at', utc_text(u.position_at),
    'assignment', (select a.id from assignment a where a.unit = u.id and a.state in
        ('dispatched', 'delivered', 'acknowledged', 'en_route', 'on_scene', 'unconfirmed')),
    'retired', u.retired_at is not null, 'version', u.version) as card
from unit u
join station s on s.county = u.county and s.code = u.station
left join station p on p.county = u.county and p.code = u.posted_at
left join crew c on c.unit = u.id;
