-- name: version_of(county)$
select version from road_condition_version where county = :county;

-- name: speeds_of(county)^
-- The speed profile that the journal says holds; no row, or '': the usual speeds.
select speed_profile, speed_profile_digest from road_condition_version where county = :county;

-- name: change_speeds(county, code, digest, at)$
-- A new version of the roads. Null: some other process has said so already, or something newer.
insert into road_condition_version as roads (county, version, speed_profile, speed_profile_digest, speeds_since)
values (:county, 1, :code, :digest, :at)
on conflict (county) do update
set version = roads.version + 1, speed_profile = :code, speed_profile_digest = :digest, speeds_since = :at
where (roads.speed_profile, roads.speed_profile_digest) is distinct from (:code, :digest) and roads.speeds_since < :at
returning version;

-- name: conditions_of(county, now)
-- Every condition that nobody removed and that has not run out, also those that start later.
select id, edges, area, factor, vehicle_classes, reason, starts_at, ends_at, names, road_classes, surfaces, bridges,
    everywhere, place, begun_at
from road_condition
where county = :county and removed_at is null and (ends_at is null or ends_at > :now)
order by id;

-- name: condition_cards(county)
select card from condition_card where county = :county and card ->> 'removed_at' is null order by id;

-- name: condition_card(county, id)$
select card from condition_card where county = :county and id = :id;

-- name: insert_condition(id, county, edges, area, factor, vehicle_classes, reason, starts_at, ends_at, by, names, road_classes, surfaces, bridges, everywhere, place, filed_with, begun_at)!
insert into road_condition (id, county, edges, area, factor, vehicle_classes, reason, starts_at, ends_at, created_by,
    names, road_classes, surfaces, bridges, everywhere, place, filed_with, begun_at)
values (:id, :county, :edges, :area::jsonb, :factor, :vehicle_classes, :reason, :starts_at, :ends_at, :by,
    :names, :road_classes, :surfaces, :bridges, :everywhere, :place, :filed_with, :begun_at);

-- name: remove_condition(county, id, at)$
-- Gone from the roads, never from the record. Null when it is not there, or gone already.
update road_condition set removed_at = :at where county = :county and id = :id and removed_at is null returning id;

-- name: filed_together(county, id)
-- The conditions reported together with one, it included, that are not gone.
select other.id
from road_condition this
join road_condition other on other.county = this.county
    and (other.id = this.id or other.filed_with = this.filed_with)
where this.county = :county and this.id = :id and other.removed_at is null
order by other.id;

-- name: begin_conditions(county, now)
-- What was filed ahead and has begun by now.
update road_condition set begun_at = starts_at
where county = :county and removed_at is null and begun_at is null and starts_at <= :now
    and (ends_at is null or ends_at > :now)
returning id, factor, reason;

-- name: expire_conditions(county, now)
update road_condition set removed_at = ends_at
where county = :county and removed_at is null and ends_at <= :now
returning id, reason;

-- name: next_version(county)$
insert into road_condition_version (county, version) values (:county, 1)
on conflict (county) do update set version = road_condition_version.version + 1
returning version;
