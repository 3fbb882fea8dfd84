-- Roads are closed and slowed by name, by kind, inside an area or all over the county, several stretches under one
-- report; when a condition that was filed ahead begins, the journal says so; and speeds follow the time of day.
alter table road_condition
    add names text[] not null default '{}',
    add road_classes text[] not null default '{}',  -- OSM's highway words; empty: of any class
    add surfaces text[] not null default '{}',
    add bridges boolean not null default false,     -- bridges only
    add everywhere boolean not null default false,
    add place text not null default '',             -- near which place it lies, in words
    add filed_with uuid,                            -- the first of those reported together; null: it stands alone
    add begun_at timestamptz;                       -- null: it was filed ahead and has not begun
update road_condition set begun_at = starts_at where starts_at <= now() or removed_at is not null;
create index road_condition_filed_with on road_condition (filed_with) where filed_with is not null;

-- A new profile is a new version of the roads, like a new condition; '' is the speeds as they usually are.
alter table road_condition_version
    add speed_profile text not null default '',
    add speed_profile_digest text not null default '';

create or replace view condition_card as
select c.county, c.id, jsonb_build_object(
    'id', c.id, 'edges', c.edges, 'area', c.area, 'factor', c.factor, 'vehicle_classes', c.vehicle_classes,
    'reason', c.reason, 'starts_at', utc_text(c.starts_at), 'ends_at', utc_text(c.ends_at),
    'created_by', c.created_by, 'removed_at', utc_text(c.removed_at),
    'names', c.names, 'road_classes', c.road_classes, 'surfaces', c.surfaces, 'bridges', c.bridges,
    'everywhere', c.everywhere, 'place', c.place, 'filed_with', c.filed_with, 'begun_at', utc_text(c.begun_at)) as card
from road_condition c;
