-- name: devices_of(county, stations, units)
-- The devices that serve each of these units (`number` from 1): its own, and those of its station that serve every unit.
select w.number, d.id
from unnest(:stations::text[], :units::text[]) with ordinality as w (station, unit, number)
join device d on d.county = :county and d.station = w.station and (d.unit is null or d.unit = w.unit)
    and d.revoked_at is null
order by w.number, d.id;

-- name: devices_at(county, station)
select id from device where county = :county and station = :station and revoked_at is null order by id;

-- name: lock_stream(stream, county)!
-- Take the stream's row lock (creating the row), so that cards read after it can only be the newest ones.
insert into stream (name, county, epoch, head) values (:stream, :county, gen_random_uuid(), 0)
on conflict (name) do update set head = stream.head;

-- name: cards_of(county, incidents, assignments, units, notices, conditions)
-- The cards of everything a change touched, in one round trip.
select 'incidents' as kind, id, card from incident_card
    where county = :county and id = any(:incidents::uuid[])
union all
select 'assignments', id, card from assignment_card where county = :county and id = any(:assignments::uuid[])
union all
select 'units', id, card from unit_card where county = :county and id = any(:units::uuid[])
union all
select 'notices', id, card from notice_card where county = :county and id = any(:notices::uuid[])
union all
select 'conditions', id, card from condition_card where county = :county and id = any(:conditions::uuid[])
order by 1, 2;
