-- The foundation: journal, timers, commands, access, forces, alarms. PostgreSQL is the truth; constraints carry
-- the promises. Every row carries its county; keys are UUIDv7; times are timestamptz.

-- ── journal ────────────────────────────────────────────────────────────────────────────────────────────────────
create table stream (
    name text primary key,                      -- county/<code>, device/<id>, incident/<id>
    county text not null,
    epoch uuid not null,                        -- another epoch means: take a snapshot
    head bigint not null default 0 check (head >= 0)
);

create table event (
    stream text not null references stream (name),
    seq bigint not null check (seq > 0),
    county text not null,
    at timestamptz not null,
    type text not null check (type ~ '^[a-z]+(_[a-z0-9]+)*$'),
    v int not null default 1,
    data jsonb not null,
    primary key (stream, seq)
);
create index event_at on event (county, at);

-- ── deadlines and other follow-up work, swept with FOR UPDATE SKIP LOCKED ──────────────────────────────────────
create table timer (
    id uuid primary key,
    county text not null,
    kind text not null,                         -- propose, delivery, acknowledge, …
    subject uuid not null,
    due_at timestamptz not null,
    payload jsonb not null default '{}',
    attempts int not null default 0,
    done_at timestamptz
);
create index timer_due on timer (due_at) where done_at is null;
create unique index timer_once on timer (kind, subject) where done_at is null;

-- ── idempotency: a repeat of a command gives the first answer ──────────────────────────────────────────────────
create table command (
    county text not null,
    actor text not null,
    id text not null,
    kind text not null,
    request_hash bytea not null,
    response jsonb not null,
    at timestamptz not null,
    primary key (county, actor, id)
);

create table lease (
    name text primary key,
    holder text not null,
    term bigint not null,
    expires_at timestamptz not null
);

-- ── access ─────────────────────────────────────────────────────────────────────────────────────────────────────
create table operator (
    id uuid primary key,
    county text not null,
    login text not null,
    name text not null,
    role text not null check (role in ('dispatcher', 'supervisor', 'planner', 'admin', 'viewer')),
    password_hash text not null,
    created_at timestamptz not null,
    disabled_at timestamptz,
    unique (county, login)
);

create table device (
    id uuid primary key,
    county text not null,
    name text not null,
    station text not null,
    unit text,                                  -- null: serves every unit of its station
    enrolled_at timestamptz not null,
    revoked_at timestamptz,
    acked_seq bigint not null default 0,        -- cumulative acknowledgement of its stream
    last_seen_at timestamptz
);
create index device_station on device (county, station) where revoked_at is null;

create table token (
    hash bytea primary key,                     -- sha-256 of the secret; the secret itself is never stored
    county text not null,
    role text not null,
    subject text not null,                      -- operator/<id>, device/<id>, gateway/<name>, station/<code>
    station text,
    created_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz
);
create index token_subject on token (subject);

create table one_time_code (
    hash bytea primary key,
    county text not null,
    purpose text not null check (purpose in ('enrol', 'login')),
    data jsonb not null,
    expires_at timestamptz not null,
    used_at timestamptz
);

create table audit (
    id uuid primary key,
    county text not null,
    at timestamptz not null,
    actor text not null,
    action text not null,
    detail jsonb not null default '{}'
);
create index audit_at on audit (county, at);

-- ── the county's reference rows: the folder owns them, `county apply` writes them ──────────────────────────────
create table county (
    code text primary key,
    name text not null,
    name_en text not null,
    time_zone text not null,
    digest text not null,
    applied_at timestamptz not null
);

create table zone (
    county text not null references county (code),
    code text not null,
    name text not null,
    name_en text not null,
    brigade text not null,
    backup text[] not null,
    retired_at timestamptz,
    primary key (county, code)
);

create table station (
    county text not null references county (code),
    code text not null,
    name text not null,
    name_en text not null,
    class text not null,
    lon double precision not null,
    lat double precision not null,
    zone text not null,
    town text not null,
    body text not null,
    telephone text not null default '',
    is_foreign boolean not null default false,
    retired_at timestamptz,
    primary key (county, code)
);

create table unit (
    id uuid primary key,
    county text not null references county (code),
    code text not null,
    name text not null,
    name_en text not null,
    station text not null,
    vehicle_class text not null,
    brings jsonb not null,
    seats int not null,
    minimum_crew int not null,
    contact text not null,
    accepted boolean not null,
    retired_at timestamptz,
    -- owned by the database, never by the folder:
    duty_mode text not null,
    on_duty boolean not null,
    crew int not null,
    crew_qualifications jsonb not null default '{}',
    duty_until timestamptz,
    status text not null default 'standby',     -- GA/T 974.39; see dispatch/forces/status.py
    status_at timestamptz not null,
    out_of_service text,                        -- cause code, null = in service
    lon double precision,
    lat double precision,
    position_at timestamptz,
    version bigint not null default 1,
    unique (county, code),
    foreign key (county, station) references station (county, code)
);

-- ── alarms ─────────────────────────────────────────────────────────────────────────────────────────────────────
create table incident_counter (
    county text not null,
    day date not null,
    last int not null,
    primary key (county, day)
);

create table incident (
    id uuid primary key,
    county text not null references county (code),
    number text not null,                       -- human: 20261122-007
    kind text not null,
    scale text not null,
    level int not null,
    plan text not null,
    status text not null check (status in ('open', 'closed', 'merged')),
    merged_into uuid references incident (id),
    lon double precision not null,
    lat double precision not null,
    place text not null,                        -- what a person reads
    place_code text,
    place_verified boolean not null,
    uncertainty_metres double precision not null default 0,
    zone text,
    station text,                               -- the responsible (辖区) station
    trapped int not null default 0,
    facts jsonb not null default '{}',          -- crowded, hazmat, floors, gas, road, water …
    automatic boolean not null default false,
    milestones jsonb not null default '{}',     -- code → time
    opened_at timestamptz not null,
    closed_at timestamptz,
    version bigint not null default 1,
    unique (county, number)
);
create index incident_open on incident (county, opened_at) where status = 'open';

create table alarm (
    id uuid primary key,
    county text not null references county (code),
    source text not null,                       -- console, 119, sensor, hotline …
    source_id text not null,
    incident uuid not null references incident (id),
    linked boolean not null,                    -- true: joined to an incident that another alarm had opened
    kind text not null,
    lon double precision,
    lat double precision,
    crs text,
    place_text text,
    caller text,
    description text,
    trapped int,
    verified boolean not null default true,
    reported_at timestamptz not null,
    received_at timestamptz not null,
    received_by text not null,
    body jsonb not null,
    unique (county, source, source_id)
);
create index alarm_incident on alarm (incident);

create table proposal (
    id uuid primary key,
    county text not null,
    incident uuid not null references incident (id),
    cause text not null,                        -- alarm, deadline, unable, level, location, reinforcement, request
    made_at timestamptz not null,
    conditions_version bigint not null,
    policy_version text not null,
    inputs jsonb not null,                      -- everything `choose` was given
    result jsonb not null                       -- everything it answered
);
create index proposal_incident on proposal (incident, made_at);

create table assignment (
    id uuid primary key,
    county text not null,
    incident uuid not null references incident (id),
    unit uuid not null references unit (id),
    proposal uuid references proposal (id),
    slot text not null,
    task text not null,
    verb text not null check (verb in ('order', 'request', 'notify')),
    state text not null check (state in ('dispatched', 'delivered', 'acknowledged', 'en_route', 'on_scene',
        'cleared', 'unconfirmed', 'unable', 'declined', 'recalled')),
    reason jsonb not null,                      -- code and parameters, never prose
    cause text,                                 -- of unable, declined or recalled
    eta_seconds double precision,
    turnout_seconds double precision,
    travel_seconds double precision,
    distance_metres double precision,
    on_foot_metres double precision,
    path jsonb,
    late_acknowledged_at timestamptz,
    dispatched_by text not null,
    acknowledged_by text,
    acknowledged_via text,
    dispatched_at timestamptz not null,
    delivered_at timestamptz,
    acknowledged_at timestamptz,
    en_route_at timestamptz,
    on_scene_at timestamptz,
    unconfirmed_at timestamptz,
    ended_at timestamptz,                       -- cleared, unable, declined or recalled
    version bigint not null default 1
);
-- A unit is busy once …
create unique index assignment_unit_busy on assignment (unit)
    where state in ('dispatched', 'delivered', 'acknowledged', 'en_route', 'on_scene', 'unconfirmed');
-- … and a slot is filled once; an unconfirmed unit is busy and fills nothing.
create unique index assignment_slot_filled on assignment (incident, slot)
    where state in ('dispatched', 'delivered', 'acknowledged', 'en_route', 'on_scene');
create index assignment_incident on assignment (incident);

create table notice (
    id uuid primary key,
    county text not null,
    incident uuid not null references incident (id),
    body text not null,
    text_code text not null,
    sent_at timestamptz not null,
    received_at timestamptz,
    received_by text,
    unique (incident, body, text_code)
);

create table shortfall (
    id uuid primary key,
    county text not null,
    incident uuid not null references incident (id),
    proposal uuid not null references proposal (id),
    code text not null,                         -- capability or slot
    missing double precision not null,
    cause text not null,
    raised_at timestamptz not null,
    resolved_at timestamptz
);
create index shortfall_open on shortfall (incident) where resolved_at is null;

-- ── roads as they are now ──────────────────────────────────────────────────────────────────────────────────────
create table road_condition (
    id uuid primary key,
    county text not null references county (code),
    edges text[] not null default '{}',
    area jsonb,                                 -- GeoJSON polygon, WGS-84
    factor double precision not null check (factor >= 0 and factor <= 1),  -- 0 closed, 0.5 half speed
    vehicle_classes text[] not null default '{}',  -- empty: all
    reason text not null,
    starts_at timestamptz not null,
    ends_at timestamptz,
    created_by text not null,
    removed_at timestamptz
);
create index road_condition_live on road_condition (county) where removed_at is null;
create table road_condition_version (
    county text primary key references county (code),
    version bigint not null default 0
);
