-- name: version_of(county)$
select version from road_condition_version where county = :county;

-- name: conditions_of(county, now)
-- Every condition that nobody removed and that has not run out, also those that start later.
select id, edges, area, factor, vehicle_classes, reason, starts_at, ends_at
from road_condition
where county = :county and removed_at is null and (ends_at is null or ends_at > :now)
order by id;

-- name: condition_cards(county)
select card from condition_card where county = :county and card ->> 'removed_at' is null order by id;

-- name: condition_card(county, id)$
select card from condition_card where county = :county and id = :id;

-- name: insert_condition(id, county, edges, area, factor, vehicle_classes, reason, starts_at, ends_at, by)!
insert into road_condition (id, county, edges, area, factor, vehicle_classes, reason, starts_at, ends_at, created_by)
values (:id, :county, :edges, :area::jsonb, :factor, :vehicle_classes, :reason, :starts_at, :ends_at, :by);

-- name: remove_condition(county, id, at)$
-- Gone from the roads, never from the record. Null when it is not there, or gone already.
update road_condition set removed_at = :at where county = :county and id = :id and removed_at is null returning id;

-- name: expire_conditions(county, now)
update road_condition set removed_at = ends_at
where county = :county and removed_at is null and ends_at <= :now
returning id, reason;

-- name: next_version(county)$
insert into road_condition_version (county, version) values (:county, 1)
on conflict (county) do update set version = road_condition_version.version + 1
returning version;
