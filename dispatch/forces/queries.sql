-- name: unit_rows(county)
-- Every unit that may matter to a choice, with its station and whether an assignment holds it.
select u.id, u.code, u.name, u.name_en, u.station, u.vehicle_class, u.brings, u.minimum_crew, u.contact,
    u.accepted, u.retired_at, u.duty_mode, u.status, u.out_of_service, u.lon, u.lat, u.position_at, u.on_road,
    s.class, coalesce(p.zone, s.zone) as zone, s.town, s.body, s.is_foreign,
    coalesce(p.lon, s.lon) as station_lon, coalesce(p.lat, s.lat) as station_lat,
    u.posted_at, u.status_at, a.incident as held_by
from unit u
join station s on s.county = u.county and s.code = u.station
left join station p on p.county = u.county and p.code = u.posted_at
left join assignment a on a.unit = u.id
    and a.state in ('dispatched', 'delivered', 'acknowledged', 'en_route', 'on_scene', 'unconfirmed')
where u.county = :county and (u.retired_at is null or a.id is not null)
order by u.code;

-- name: crew_rows(county, instant)
-- Who is on duty at an instant, by the duty flag.
select code, crew, crew_qualifications, duty_until
from unit
where county = :county and retired_at is null and on_duty and (duty_until is null or duty_until > :instant);

-- name: unit_for_update(county, key)^
-- One unit by its code or its id, locked until the end of the transaction.
select id, code, station, vehicle_class, brings, seats, minimum_crew, duty_mode, on_duty, crew,
    crew_qualifications, duty_until, status, status_at, out_of_service, posted_at, lon, lat, position_at, retired_at
from unit
where county = :county and (code = :key or id::text = lower(:key))
order by code = :key desc limit 1
for update;

-- name: unit_fix(county, key)^
-- The last fix of one unit, without a lock.
select id, code, station, vehicle_class, lon, lat, position_at, on_road
from unit
where county = :county and retired_at is null and (code = :key or id::text = lower(:key))
order by code = :key desc limit 1;

-- name: set_status(id, status, at)!
-- Whoever is on the way home, or there, stands by nowhere else any more.
update unit set status = :status, status_at = :at, version = version + 1,
    posted_at = case when :status in ('returning', 'standby') then null else posted_at end
where id = :id;

-- name: set_post(id, station)!
-- 移防: where the unit stands by from now on.
update unit set posted_at = :station, version = version + 1 where id = :id;

-- name: post_of(county, station)^
select code, name, name_en, lon, lat, zone from station
where county = :county and code = :station and retired_at is null;

-- name: set_duty(id, on_duty, crew, qualifications, duty_mode, duty_until)!
update unit set on_duty = :on_duty, crew = :crew, crew_qualifications = :qualifications::jsonb,
    duty_mode = :duty_mode, duty_until = :duty_until, version = version + 1
where id = :id;

-- name: set_service(id, cause)!
update unit set out_of_service = :cause, version = version + 1 where id = :id;

-- name: set_position(id, lon, lat, at, on_road)$
-- Keep a fix and the place on the road that it was matched to, unless a newer one is there already.
update unit set lon = :lon, lat = :lat, position_at = :at, on_road = :on_road::jsonb, version = version + 1
where id = :id and (position_at is null or position_at < :at)
returning id;

-- name: clear_stale_positions(county, before)
-- Forget fixes of units on standby that are too old to say anything.
update unit set lon = null, lat = null, position_at = null, on_road = null, version = version + 1
where county = :county and status = 'standby' and position_at < :before
returning id;

-- name: unit_cards(county)
select card from unit_card where county = :county and not (card -> 'retired')::boolean order by code;

-- name: unit_card(county, id)$
select card from unit_card where county = :county and id = :id;

-- name: station_cards(county, retired)
select jsonb_build_object('code', code, 'name', name, 'name_en', name_en, 'class', class, 'lon', lon, 'lat', lat,
    'zone', zone, 'town', town, 'body', body, 'telephone', telephone, 'is_foreign', is_foreign,
    'retired', retired_at is not null) as card
from station where county = :county and (retired_at is null or :retired::boolean) order by code;

-- name: zone_cards(county, retired)
select jsonb_build_object('code', code, 'name', name, 'name_en', name_en, 'brigade', brigade, 'backup', backup,
    'retired', retired_at is not null) as card
from zone where county = :county and (retired_at is null or :retired::boolean) order by code;

-- name: handovers_due(county, stream, now)
-- Units whose duty ran out and that were not named since: the journal remembers who was.
select u.id, u.code, u.station, u.duty_until
from unit u
where u.county = :county and u.retired_at is null and u.on_duty and u.duty_until <= :now
    and not exists (select 1 from event e where e.stream = :stream and e.county = :county
        and e.at >= u.duty_until and e.type = 'handover_missed' and e.data -> 'units' ? u.code)
order by u.code;

-- name: presume_home(county, before, now)
update unit set status = 'standby', status_at = :now, posted_at = null, lon = null, lat = null, position_at = null,
    on_road = null, version = version + 1
where county = :county and status = 'returning' and status_at < :before
returning id, code;
