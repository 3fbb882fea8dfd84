-- name: county_row(county)^
select code, name, name_en, time_zone, digest from county where code = :county;

-- name: zone_rows(county)
select code, name, name_en, brigade, backup, retired_at is not null as retired from zone where county = :county;

-- name: station_rows(county)
select code, name, name_en, class, lon, lat, zone, town, body, telephone, is_foreign, retired_at is not null as retired
from station where county = :county;

-- name: unit_rows(county)
-- Only what the folder owns: status, duty and position stay as they are.
select code, name, name_en, station, vehicle_class, brings, seats, minimum_crew, contact, accepted,
    retired_at is not null as retired
from unit where county = :county;

-- name: lock_apply(county)!
-- One apply at a time for a county.
select pg_advisory_xact_lock(hashtextextended('county apply ' || :county, 0));

-- name: upsert_county(county, name, name_en, time_zone, digest, at)!
insert into county (code, name, name_en, time_zone, digest, applied_at)
values (:county, :name, :name_en, :time_zone, :digest, :at)
on conflict (code) do update set name = excluded.name, name_en = excluded.name_en,
    time_zone = excluded.time_zone, digest = excluded.digest, applied_at = excluded.applied_at;

-- name: upsert_zones(county, rows)!
insert into zone (county, code, name, name_en, brigade, backup)
select :county, r.code, r.name, r.name_en, r.brigade, r.backup
from jsonb_to_recordset(:rows::jsonb) as r (code text, name text, name_en text, brigade text, backup text[])
on conflict (county, code) do update set name = excluded.name, name_en = excluded.name_en,
    brigade = excluded.brigade, backup = excluded.backup, retired_at = null;

-- name: upsert_stations(county, rows)!
insert into station (county, code, name, name_en, class, lon, lat, zone, town, body, telephone, is_foreign)
select :county, r.code, r.name, r.name_en, r.class, r.lon, r.lat, r.zone, r.town, r.body, r.telephone, r.is_foreign
from jsonb_to_recordset(:rows::jsonb) as r (code text, name text, name_en text, class text, lon float8, lat float8,
    zone text, town text, body text, telephone text, is_foreign boolean)
on conflict (county, code) do update set name = excluded.name, name_en = excluded.name_en, class = excluded.class,
    lon = excluded.lon, lat = excluded.lat, zone = excluded.zone, town = excluded.town, body = excluded.body,
    telephone = excluded.telephone, is_foreign = excluded.is_foreign, retired_at = null;

-- name: upsert_units(county, rows, at)
-- Of a known one only the folder's columns change.
insert into unit (id, county, code, name, name_en, station, vehicle_class, brings, seats, minimum_crew, contact,
    accepted, duty_mode, status, status_at)
select r.id, :county, r.code, r.name, r.name_en, r.station, r.vehicle_class, r.brings, r.seats, r.minimum_crew,
    r.contact, r.accepted, r.duty_mode, 'standby', :at
from jsonb_to_recordset(:rows::jsonb) as r (id uuid, code text, name text, name_en text, station text,
    vehicle_class text, brings jsonb, seats int, minimum_crew int, contact text, accepted boolean, duty_mode text)
on conflict (county, code) do update set name = excluded.name, name_en = excluded.name_en,
    station = excluded.station, vehicle_class = excluded.vehicle_class, brings = excluded.brings,
    seats = excluded.seats, minimum_crew = excluded.minimum_crew, contact = excluded.contact,
    accepted = excluded.accepted, retired_at = null, version = unit.version + 1
returning id;

-- name: man_new_units(county, rows, at)!
-- A new unit starts with its nominal crew, until a roll call or somebody else says who is there.
insert into crew (unit, county, source, seats_filled, since)
select u.id, :county, 'nominal', r.crew, :at
from jsonb_to_recordset(:rows::jsonb) as r (code text, crew int)
join unit u on u.county = :county and u.code = r.code
on conflict (unit) do nothing;

-- name: retire_zones(county, codes, at)!
update zone set retired_at = :at where county = :county and code = any(:codes::text[]);

-- name: retire_stations(county, codes, at)!
update station set retired_at = :at where county = :county and code = any(:codes::text[]);

-- name: retire_units(county, codes, at)
update unit set retired_at = :at, version = version + 1 where county = :county and code = any(:codes::text[])
returning id;

-- name: units_of_stations(county, codes)
-- Their cards show the station's class, zone and place.
select id from unit where county = :county and retired_at is null and station = any(:codes::text[]);
