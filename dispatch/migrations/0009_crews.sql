-- Who is aboard, by unit: the projection that board and proposal read. It is written in the transaction of its cause
-- (a roll call, a strength told, a lapse) and takes the place of the duty flag on the unit.

create table crew (
    unit uuid primary key references unit (id),
    county text not null references county (code),
    team text,                                  -- the rostered team that answers for it; null: its strength is told
    source text not null check (source in ('rollcall', 'strength', 'nominal')),
    seats_filled int not null check (seats_filled >= 0),   -- 0: off duty
    wanted int check (wanted >= 0),             -- seats that the roster asks for; null: nobody says
    qualifications jsonb not null default '{}', -- how many aboard hold each; empty: never told
    seats jsonb not null default '[]',          -- [{"seat", "role", "person", "since", "standing_over"}]
    since timestamptz not null,                 -- so many, or these people, since
    until timestamptz,                          -- the planned end
    stands_until timestamptz,                   -- nobody of it counts from then on, whatever fails to be said
    next jsonb,                                 -- {"at", "shift", "seats_filled", "wanted"}: the forecast
    constraint crew_rollcall_has_its_team check (source <> 'rollcall' or team is not null)
);
create index crew_lapsing on crew (county, stands_until) where seats_filled > 0;

insert into crew (unit, county, source, seats_filled, qualifications, since, until, stands_until)
select id, county, 'strength', case when on_duty then crew else 0 end, crew_qualifications, status_at, duty_until,
    duty_until
from unit;

drop view unit_card;
alter table unit drop column on_duty, drop column crew, drop column crew_qualifications, drop column duty_until;

-- `crew` is how many sit in it; a unit without anybody is off duty.
create view unit_card as
select u.county, u.id, u.code, jsonb_build_object(
    'id', u.id, 'code', u.code, 'name', u.name, 'name_en', u.name_en, 'station', u.station,
    'station_class', s.class, 'zone', coalesce(p.zone, s.zone), 'is_foreign', s.is_foreign,
    'vehicle_class', u.vehicle_class, 'brings', u.brings, 'seats', u.seats, 'minimum_crew', u.minimum_crew,
    'contact', u.contact, 'accepted', u.accepted, 'duty_mode', u.duty_mode,
    'on_duty', coalesce(c.seats_filled, 0) > 0, 'crew', coalesce(c.seats_filled, 0), 'crew_wanted', c.wanted,
    'crew_qualifications', coalesce(c.qualifications, '{}'), 'crew_source', c.source, 'crew_team', c.team,
    'crew_seats', coalesce(c.seats, '[]'), 'crew_since', utc_text(c.since), 'crew_next', c.next,
    'duty_until', utc_text(c.until),
    'status', u.status, 'status_at', utc_text(u.status_at), 'out_of_service', u.out_of_service,
    'posted_at', u.posted_at,
    'lon', coalesce(u.lon, p.lon, s.lon), 'lat', coalesce(u.lat, p.lat, s.lat), 'position_at', utc_text(u.position_at),
    'assignment', (select a.id from assignment a where a.unit = u.id and a.state in
        ('dispatched', 'delivered', 'acknowledged', 'en_route', 'on_scene', 'unconfirmed')),
    'retired', u.retired_at is not null, 'version', u.version) as card
from unit u
join station s on s.county = u.county and s.code = u.station
left join station p on p.county = u.county and p.code = u.posted_at
left join crew c on c.unit = u.id;
