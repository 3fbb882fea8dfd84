-- Where on the road a unit's fixes lead to: {edge, against, fraction, directed}. Null: no road was near, or unknown.
alter table unit add column on_road jsonb;

-- What the drive was expected to take by class of road, under the speeds of its time: {class: {ms, kmh}}. Null: the
-- drive teaches nothing, because it began under way, ended on foot, or had no road.
alter table assignment add column by_road jsonb;

-- Speed tables that somebody accepted; the newest is in force. `factors` {vehicle class: {road class: of the speed in
-- the county folder}}; `basis` are the rows of the proposal as they were accepted.
create table speed_table (
    county text not null,
    version integer not null check (version > 0),
    factors jsonb not null,
    basis jsonb not null,
    accepted_by text not null,
    accepted_at timestamptz not null,
    primary key (county, version)
);
