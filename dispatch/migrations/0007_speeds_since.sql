-- A process that was held up for a moment must not bring back the speeds of an hour that is over.
alter table road_condition_version add speeds_since timestamptz not null default '-infinity';
