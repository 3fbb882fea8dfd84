-- name: find_token(hash, now)^
-- Who a token stands for, as long as neither it, nor its operator, nor its device has been shut out.
select t.county, t.role, t.subject, coalesce(t.station, d.station) as station, t.expires_at,
    coalesce(o.name, d.name, split_part(t.subject, '/', 2)) as name
from token t
left join operator o on o.id = case when t.subject like 'operator/%' then substr(t.subject, 10)::uuid end
left join device d on d.id = case when t.subject like 'device/%' then substr(t.subject, 8)::uuid end
where t.hash = :hash and t.revoked_at is null and (t.expires_at is null or t.expires_at > :now)
    and o.disabled_at is null and d.revoked_at is null;

-- name: find_dead_tokens(hashes, now)
-- Of the tokens behind open sockets: those that count no more.
select h.hash
from unnest(:hashes::bytea[]) as h (hash)
left join token t on t.hash = h.hash
left join operator o on o.id = case when t.subject like 'operator/%' then substr(t.subject, 10)::uuid end
left join device d on d.id = case when t.subject like 'device/%' then substr(t.subject, 8)::uuid end
where t.hash is null or t.revoked_at is not null or t.expires_at <= :now
    or o.disabled_at is not null or d.revoked_at is not null;

-- name: insert_token(hash, county, role, subject, station, now, expires_at)!
insert into token (hash, county, role, subject, station, created_at, expires_at)
values (:hash, :county, :role, :subject, :station, :now, :expires_at);

-- name: revoke_token(hash, now)!
update token set revoked_at = :now where hash = :hash and revoked_at is null;

-- name: revoke_tokens_of(county, subject, now)!
update token set revoked_at = :now where county = :county and subject = :subject and revoked_at is null;

-- name: insert_operator(id, county, login, name, role, password_hash, now)$
-- Null when the login is taken.
insert into operator (id, county, login, name, role, password_hash, created_at)
values (:id, :county, :login, :name, :role, :password_hash, :now)
on conflict (county, login) do nothing
returning id;

-- name: find_operator(county, login)^
select id, county, login, name, role, password_hash
from operator
where county = :county and login = :login and disabled_at is null;

-- name: list_operators(county)
select id, login, name, role, created_at, disabled_at from operator where county = :county order by login;

-- name: disable_operator(county, id, now)$
-- The time since when it is disabled; null when there is no such operator.
update operator set disabled_at = coalesce(disabled_at, :now) where county = :county and id = :id
returning disabled_at;

-- name: lock_door(door)!
-- Attempts at one door are counted and stored one after the other.
select pg_advisory_xact_lock(hashtextextended(:door, 0));

-- name: list_attempts(county, door, since, name, address)
-- What was tried lately under this name or from this address, oldest first.
select a.id, a.at, a.detail ->> 'name' as name, a.detail ->> 'address' as address,
    exists (select from audit s where s.county = a.county and s.at >= a.at and s.action = :door || '_succeeded'
        and s.detail ->> 'attempt' = a.id::text) as succeeded
from audit a
where a.county = :county and a.at > :since and a.action = :door || '_attempted'
    and (a.detail ->> 'name' = :name or a.detail ->> 'address' = :address)
order by a.at, a.id;

-- name: insert_audit(id, county, now, actor, action, detail)!
insert into audit (id, county, at, actor, action, detail)
values (:id, :county, :now, :actor, :action, :detail::jsonb);

-- name: insert_code(hash, county, purpose, data, expires_at)!
insert into one_time_code (hash, county, purpose, data, expires_at)
values (:hash, :county, :purpose, :data::jsonb, :expires_at);

-- name: take_code(hash, purpose, now)^
-- Used up and read in one step: of two who send the same code, one gets it.
update one_time_code set used_at = :now
where hash = :hash and purpose = :purpose and used_at is null and expires_at > :now
returning county, data;

-- name: find_place_of_duty(county, station, unit)^
-- Whether the station exists, and the unit in it.
select exists (select from station s where s.county = :county and s.code = :station and s.retired_at is null)
        as station_exists,
    :unit::text is null or exists (select from unit u where u.county = :county and u.station = :station
        and u.code = :unit::text and u.retired_at is null) as unit_exists;

-- name: insert_device(id, county, name, station, unit, now)!
insert into device (id, county, name, station, unit, enrolled_at)
values (:id, :county, :name, :station, :unit, :now);

-- name: find_device(id)^
select id, county, name, station, unit, acked_seq from device where id = :id and revoked_at is null;

-- name: list_devices(county, station)
select d.id, d.name, d.station, d.unit, d.enrolled_at, d.revoked_at, d.last_seen_at, d.acked_seq
from device d
where d.county = :county and (:station::text is null or d.station = :station::text)
order by d.station, d.name, d.id;

-- name: revoke_device(county, id, now)$
-- The time since when it is revoked; null when there is no such device.
update device set revoked_at = coalesce(revoked_at, :now) where county = :county and id = :id
returning revoked_at;

-- name: name_of_person(county, person)$
select name from person where county = :county and code = :person and retired_at is null;
