-- name: unit_rows(county)
-- Every unit that may matter to a choice, with its station, its crew and whether an assignment holds it.
select u.id, u.code, u.name, u.name_en, u.station, u.vehicle_class, u.brings, u.minimum_crew, u.contact,
    u.accepted, u.retired_at, u.duty_mode, u.status, u.out_of_service, u.lon, u.lat, u.position_at, u.on_road,
    s.class, coalesce(p.zone, s.zone) as zone, s.town, s.body, s.is_foreign,
    coalesce(p.lon, (c.post ->> 'lon')::float, s.lon) as station_lon,
    coalesce(p.lat, (c.post ->> 'lat')::float, s.lat) as station_lat,
    u.posted_at, u.status_at, a.incident as held_by,
    c.seats_filled, c.qualifications, c.until, c.stands_until
from unit u
join station s on s.county = u.county and s.code = u.station
left join crew c on c.unit = u.id
left join station p on p.county = u.county and p.code = u.posted_at
left join assignment a on a.unit = u.id
    and a.state in ('dispatched', 'delivered', 'acknowledged', 'en_route', 'on_scene', 'unconfirmed')
where u.county = :county and (u.retired_at is null or a.id is not null)
order by u.code;

-- name: crew_rows(county, instant)
-- Who can roll at an instant; a unit without a crew is not in it.
select u.code, c.seats_filled, c.qualifications, c.until, c.post
from crew c
join unit u on u.id = c.unit
where c.county = :county and u.retired_at is null and c.seats_filled > 0
    and (c.stands_until is null or c.stands_until > :instant);

-- name: unit_for_update(county, key)^
-- One unit by its code or its id, locked until the end of the transaction.
select u.id, u.code, u.station, u.vehicle_class, u.brings, u.seats, u.minimum_crew, u.duty_mode, c.team,
    coalesce(c.seats_filled, 0) as seats_filled, coalesce(c.qualifications, '{}') as qualifications, u.status,
    u.status_at, u.out_of_service, u.posted_at, u.lon, u.lat, u.position_at, u.retired_at
from unit u
left join crew c on c.unit = u.id
where u.county = :county and (u.code = :key or u.id::text = lower(:key))
order by u.code = :key desc limit 1
for update of u;

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

-- name: lock_crewed_units(county, codes)
-- In the order in which an alarm locks the units that it sends (by id): of two who meet one waits, none deadlocks.
select id, code from unit where county = :county and code = any(:codes::text[]) and retired_at is null
order by id for no key update;

-- name: write_crews(county, rows, at)
-- Only what differs is written; `since` moves with the people (or, without names, the number), not with the plan.
-- Answers what the crew was before and is now. Who leaves a forward post for nothing else is at the station again.
with told as (
    select u.id, r.*
    from jsonb_to_recordset(:rows::jsonb) as r (code text, team text, source text, seats_filled int, wanted int,
        qualifications jsonb, seats jsonb, until timestamptz, stands_until timestamptz, next jsonb, duty_mode text, post jsonb)
    join unit u on u.county = :county and u.code = r.code
), before as (
    select c.* from crew c join told t on t.id = c.unit
), written as (
    insert into crew (unit, county, team, source, seats_filled, wanted, qualifications, seats, since, until,
        stands_until, next, post)
    select id, :county, team, source, seats_filled, wanted, qualifications, seats, :at, until, stands_until, next,
        nullif(post, 'null')
    from told
    on conflict (unit) do update set team = excluded.team, source = excluded.source,
        seats_filled = excluded.seats_filled, wanted = excluded.wanted, qualifications = excluded.qualifications,
        seats = excluded.seats, until = excluded.until, stands_until = excluded.stands_until, next = excluded.next,
        post = excluded.post,
        since = case when crew.seats_filled = excluded.seats_filled and crew.seats = excluded.seats
            then crew.since else excluded.since end
    where (crew.team, crew.source, crew.seats_filled, crew.wanted, crew.qualifications, crew.seats, crew.until,
            crew.stands_until, crew.next, crew.post)
        is distinct from (excluded.team, excluded.source, excluded.seats_filled, excluded.wanted,
            excluded.qualifications, excluded.seats, excluded.until, excluded.stands_until, excluded.next,
            excluded.post)
    returning unit
), bumped as (
    update unit u set version = u.version + 1, duty_mode = coalesce(t.duty_mode,
        case when u.duty_mode = 'forward_post' and before.post is not null then 'station' end, u.duty_mode)
    from told t left join before on before.unit = t.id
    where u.id = t.id and (u.id in (select unit from written)
        or (t.duty_mode is not null and t.duty_mode <> u.duty_mode))
    returning u.id, u.code, u.station, t.seats_filled, t.wanted
)
select b.id, b.code, b.station, coalesce(w.seats_filled, 0) as before, b.seats_filled, b.wanted
from bumped b left join before w on w.unit = b.id
order by b.code;

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

-- name: crews_lapsed(county, now)
-- Crews whose time has run out without a next one.
select u.code, u.station, c.team, c.source, c.until, c.stands_until
from crew c
join unit u on u.id = c.unit
where c.county = :county and u.retired_at is null and c.seats_filled > 0 and c.stands_until <= :now
order by u.code;

-- name: presume_home(county, before, now)
update unit set status = 'standby', status_at = :now, posted_at = null, lon = null, lat = null, position_at = null,
    on_road = null, version = version + 1
where county = :county and status = 'returning' and status_at < :before
returning id, code;
