-- The schema, as the migrations make it; written by the test that compares them. Do not edit.

CREATE OR REPLACE FUNCTION public.utc_text(t timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$function$
;

create table absence (
    id uuid not null,
    county text not null,
    code text not null,
    person text not null,
    kind text not null,
    starts_at timestamp with time zone not null,
    ends_at timestamp with time zone not null,
    note text default ''::text not null,
    from_folder boolean not null,
    told_by text not null,
    told_at timestamp with time zone not null,
    withdrawn_at timestamp with time zone,
    released jsonb default '[]'::jsonb not null,
    constraint absence_pkey PRIMARY KEY (id),
    constraint absence_county_code_key UNIQUE (county, code),
    constraint absence_check CHECK ((ends_at > starts_at)),
    constraint absence_kind_check CHECK ((kind = ANY (ARRAY['leave'::text, 'sick'::text, 'training'::text, 'owed_rest'::text, 'errand'::text, 'elsewhere'::text])))
);

create table alarm (
    id uuid not null,
    county text not null,
    source text not null,
    source_id text not null,
    incident uuid not null,
    linked boolean not null,
    kind text not null,
    lon double precision,
    lat double precision,
    crs text,
    place_text text,
    caller text,
    description text,
    trapped integer,
    verified boolean default true not null,
    reported_at timestamp with time zone not null,
    received_at timestamp with time zone not null,
    received_by text not null,
    body jsonb not null,
    constraint alarm_pkey PRIMARY KEY (id),
    constraint alarm_county_source_source_id_key UNIQUE (county, source, source_id)
);

create table assignment (
    id uuid not null,
    county text not null,
    incident uuid not null,
    unit uuid not null,
    proposal uuid,
    slot text not null,
    task text not null,
    verb text not null,
    state text not null,
    reason jsonb not null,
    cause text,
    eta_seconds double precision,
    turnout_seconds double precision,
    travel_seconds double precision,
    distance_metres double precision,
    on_foot_metres double precision,
    path jsonb,
    late_acknowledged_at timestamp with time zone,
    dispatched_by text not null,
    acknowledged_by text,
    acknowledged_via text,
    dispatched_at timestamp with time zone not null,
    delivered_at timestamp with time zone,
    acknowledged_at timestamp with time zone,
    en_route_at timestamp with time zone,
    on_scene_at timestamp with time zone,
    unconfirmed_at timestamp with time zone,
    ended_at timestamp with time zone,
    version bigint default 1 not null,
    by_road jsonb,
    constraint assignment_pkey PRIMARY KEY (id),
    constraint assignment_state_check CHECK ((state = ANY (ARRAY['dispatched'::text, 'delivered'::text, 'acknowledged'::text, 'en_route'::text, 'on_scene'::text, 'cleared'::text, 'unconfirmed'::text, 'unable'::text, 'declined'::text, 'recalled'::text]))),
    constraint assignment_verb_check CHECK ((verb = ANY (ARRAY['order'::text, 'request'::text, 'notify'::text])))
);

create table attendance (
    rollcall uuid not null,
    county text not null,
    seat text not null,
    person text not null,
    planned boolean not null,
    state text not null,
    cause text,
    since timestamp with time zone,
    gone_at timestamp with time zone,
    back_by timestamp with time zone,
    answered_at timestamp with time zone not null,
    answered_by text not null,
    constraint attendance_pkey PRIMARY KEY (rollcall, seat, person),
    constraint attendance_check CHECK (((state <> ALL (ARRAY['present'::text, 'errand'::text])) OR ((since IS NOT NULL) AND (gone_at IS NULL)))),
    constraint attendance_state_check CHECK ((state = ANY (ARRAY['present'::text, 'errand'::text, 'absent'::text, 'no_show'::text, 'left'::text])))
);

create table audit (
    id uuid not null,
    county text not null,
    at timestamp with time zone not null,
    actor text not null,
    action text not null,
    detail jsonb default '{}'::jsonb not null,
    constraint audit_pkey PRIMARY KEY (id)
);

create table authorisation (
    id uuid not null,
    county text not null,
    code text not null,
    rule text not null,
    person text not null,
    team text not null,
    first date not null,
    last date not null,
    given_by text not null,
    reason text not null,
    given_at timestamp with time zone not null,
    revoked_at timestamp with time zone,
    constraint authorisation_pkey PRIMARY KEY (id),
    constraint authorisation_county_code_key UNIQUE (county, code),
    constraint authorisation_check CHECK ((last >= first)),
    constraint authorisation_check1 CHECK (((person = ''::text) <> (team = ''::text))),
    constraint authorisation_reason_check CHECK ((reason <> ''::text))
);

create table command (
    county text not null,
    actor text not null,
    id text not null,
    kind text not null,
    request_hash bytea not null,
    response jsonb not null,
    at timestamp with time zone not null,
    constraint command_pkey PRIMARY KEY (county, actor, id)
);

create table county (
    code text not null,
    name text not null,
    name_en text not null,
    time_zone text not null,
    digest text not null,
    applied_at timestamp with time zone not null,
    constraint county_pkey PRIMARY KEY (code)
);

create table crew (
    unit uuid not null,
    county text not null,
    team text,
    source text not null,
    seats_filled integer not null,
    wanted integer,
    qualifications jsonb default '{}'::jsonb not null,
    seats jsonb default '[]'::jsonb not null,
    since timestamp with time zone not null,
    until timestamp with time zone,
    stands_until timestamp with time zone,
    next jsonb,
    post jsonb,
    constraint crew_pkey PRIMARY KEY (unit),
    constraint crew_rollcall_has_its_team CHECK (((source <> 'rollcall'::text) OR (team IS NOT NULL))),
    constraint crew_seats_filled_check CHECK ((seats_filled >= 0)),
    constraint crew_source_check CHECK ((source = ANY (ARRAY['rollcall'::text, 'strength'::text, 'nominal'::text]))),
    constraint crew_wanted_check CHECK ((wanted >= 0))
);

create table device (
    id uuid not null,
    county text not null,
    name text not null,
    station text not null,
    unit text,
    enrolled_at timestamp with time zone not null,
    revoked_at timestamp with time zone,
    acked_seq bigint default 0 not null,
    last_seen_at timestamp with time zone,
    constraint device_pkey PRIMARY KEY (id)
);

create table disaster_work (
    id uuid not null,
    county text not null,
    person text not null,
    day date not null,
    minutes integer not null,
    incident uuid,
    told_by text not null,
    told_at timestamp with time zone not null,
    withdrawn_at timestamp with time zone,
    constraint disaster_work_pkey PRIMARY KEY (id),
    constraint disaster_work_minutes_check CHECK (((minutes >= 1) AND (minutes <= 1440)))
);

create table duty (
    county text not null,
    team text not null,
    day date not null,
    shift text not null,
    seat text not null,
    person text not null,
    pinned boolean default false not null,
    borrowed_from text default ''::text not null,
    authorisation text default ''::text not null,
    late_minutes integer default 0 not null,
    early_minutes integer default 0 not null,
    starts_at timestamp with time zone not null,
    ends_at timestamp with time zone not null,
    constraint duty_pkey PRIMARY KEY (county, team, day, shift, seat, late_minutes),
    constraint duty_county_team_day_shift_person_late_minutes_key UNIQUE (county, team, day, shift, person, late_minutes),
    constraint duty_check CHECK ((ends_at > starts_at)),
    constraint duty_early_minutes_check CHECK ((early_minutes >= 0)),
    constraint duty_late_minutes_check CHECK ((late_minutes >= 0))
);

create table duty_day (
    county text not null,
    team text not null,
    day date not null,
    version uuid not null,
    constraint duty_day_pkey PRIMARY KEY (county, team, day)
);

create table duty_feed (
    hash bytea not null,
    county text not null,
    person text not null,
    made_by text not null,
    made_at timestamp with time zone not null,
    revoked_at timestamp with time zone,
    constraint duty_feed_pkey PRIMARY KEY (hash)
);

create table duty_repair (
    id uuid not null,
    county text not null,
    absences text[] not null,
    duties jsonb not null,
    options jsonb not null,
    made_by text not null,
    made_at timestamp with time zone not null,
    taken integer,
    taken_by text,
    taken_at timestamp with time zone,
    constraint duty_repair_pkey PRIMARY KEY (id),
    constraint duty_repair_check CHECK (((taken IS NULL) = (taken_at IS NULL)))
);

create table duty_request (
    id uuid not null,
    county text not null,
    person text not null,
    day date not null,
    shift text,
    wanted boolean not null,
    weight integer not null,
    from_folder boolean not null,
    made_by text not null,
    made_at timestamp with time zone not null,
    withdrawn_at timestamp with time zone,
    constraint duty_request_pkey PRIMARY KEY (id),
    constraint duty_request_weight_check CHECK (((weight >= 1) AND (weight <= 10)))
);

create table duty_swap (
    id uuid not null,
    county text not null,
    state text not null,
    person text not null,
    other text not null,
    gives jsonb not null,
    takes jsonb,
    proposed_by text not null,
    proposed_at timestamp with time zone not null,
    answered_by text,
    answered_at timestamp with time zone,
    decided_by text,
    decided_at timestamp with time zone,
    note text default ''::text not null,
    constraint duty_swap_pkey PRIMARY KEY (id),
    constraint duty_swap_check CHECK ((person <> other)),
    constraint duty_swap_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'accepted'::text, 'approved'::text, 'declined'::text, 'withdrawn'::text, 'refused'::text, 'lapsed'::text])))
);

create table event (
    stream text not null,
    seq bigint not null,
    county text not null,
    at timestamp with time zone not null,
    type text not null,
    v integer default 1 not null,
    data jsonb not null,
    constraint event_pkey PRIMARY KEY (stream, seq),
    constraint event_seq_check CHECK ((seq > 0)),
    constraint event_type_check CHECK ((type ~ '^[a-z]+(_[a-z0-9]+)*$'::text))
);

create table fairness_balance (
    county text not null,
    person text not null,
    team text not null,
    month date not null,
    nights double precision not null,
    weekends double precision not null,
    holidays double precision not null,
    minutes double precision not null,
    settled_at timestamp with time zone not null,
    constraint fairness_balance_pkey PRIMARY KEY (county, person, team, month),
    constraint fairness_balance_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric))
);

create table incident (
    id uuid not null,
    county text not null,
    number text not null,
    kind text not null,
    scale text not null,
    level integer not null,
    plan text not null,
    status text not null,
    merged_into uuid,
    lon double precision not null,
    lat double precision not null,
    place text not null,
    place_code text,
    place_verified boolean not null,
    uncertainty_metres double precision default 0 not null,
    zone text,
    station text,
    trapped integer default 0 not null,
    facts jsonb default '{}'::jsonb not null,
    automatic boolean default false not null,
    milestones jsonb default '{}'::jsonb not null,
    opened_at timestamp with time zone not null,
    closed_at timestamp with time zone,
    version bigint default 1 not null,
    constraint incident_pkey PRIMARY KEY (id),
    constraint incident_county_number_key UNIQUE (county, number),
    constraint incident_status_check CHECK ((status = ANY (ARRAY['open'::text, 'closed'::text, 'merged'::text])))
);

create table incident_counter (
    county text not null,
    day date not null,
    last integer not null,
    constraint incident_counter_pkey PRIMARY KEY (county, day)
);

create table lease (
    name text not null,
    holder text not null,
    term bigint not null,
    expires_at timestamp with time zone not null,
    constraint lease_pkey PRIMARY KEY (name)
);

create table migration (
    name text not null,
    checksum text not null,
    applied_at timestamp with time zone default clock_timestamp() not null,
    constraint migration_pkey PRIMARY KEY (name)
);

create table notice (
    id uuid not null,
    county text not null,
    incident uuid not null,
    body text not null,
    text_code text not null,
    sent_at timestamp with time zone not null,
    received_at timestamp with time zone,
    received_by text,
    constraint notice_pkey PRIMARY KEY (id),
    constraint notice_incident_body_text_code_key UNIQUE (incident, body, text_code)
);

create table offer_candidate (
    offer uuid not null,
    county text not null,
    person text not null,
    place integer not null,
    reasons jsonb not null,
    opens_at timestamp with time zone not null,
    closes_at timestamp with time zone not null,
    answer text,
    answered_by text,
    answered_at timestamp with time zone,
    constraint offer_candidate_pkey PRIMARY KEY (offer, person),
    constraint offer_candidate_offer_place_key UNIQUE (offer, place),
    constraint offer_candidate_answer_check CHECK ((answer = ANY (ARRAY['yes'::text, 'no'::text]))),
    constraint offer_candidate_check CHECK ((closes_at > opens_at)),
    constraint offer_candidate_place_check CHECK ((place > 0))
);

create table one_time_code (
    hash bytea not null,
    county text not null,
    purpose text not null,
    data jsonb not null,
    expires_at timestamp with time zone not null,
    used_at timestamp with time zone,
    constraint one_time_code_pkey PRIMARY KEY (hash),
    constraint one_time_code_purpose_check CHECK ((purpose = ANY (ARRAY['enrol'::text, 'login'::text])))
);

create table operator (
    id uuid not null,
    county text not null,
    login text not null,
    name text not null,
    role text not null,
    password_hash text not null,
    created_at timestamp with time zone not null,
    disabled_at timestamp with time zone,
    constraint operator_pkey PRIMARY KEY (id),
    constraint operator_county_login_key UNIQUE (county, login),
    constraint operator_role_check CHECK ((role = ANY (ARRAY['dispatcher'::text, 'supervisor'::text, 'planner'::text, 'admin'::text, 'viewer'::text, 'roster_officer'::text])))
);

create table person (
    county text not null,
    code text not null,
    name text not null,
    employment text not null,
    telephone text default ''::text not null,
    joined date,
    memberships jsonb not null,
    qualifications jsonb not null,
    synthetic boolean not null,
    retired_at timestamp with time zone,
    constraint person_pkey PRIMARY KEY (county, code),
    constraint person_employment_check CHECK ((employment = ANY (ARRAY['official'::text, 'contract'::text, 'agency'::text, 'part_time'::text, 'volunteer'::text, 'cadre'::text])))
);

create table proposal (
    id uuid not null,
    county text not null,
    incident uuid not null,
    cause text not null,
    made_at timestamp with time zone not null,
    conditions_version bigint not null,
    policy_version text not null,
    inputs jsonb not null,
    result jsonb not null,
    constraint proposal_pkey PRIMARY KEY (id)
);

create table road_condition (
    id uuid not null,
    county text not null,
    edges text[] default '{}'::text[] not null,
    area jsonb,
    factor double precision not null,
    vehicle_classes text[] default '{}'::text[] not null,
    reason text not null,
    starts_at timestamp with time zone not null,
    ends_at timestamp with time zone,
    created_by text not null,
    removed_at timestamp with time zone,
    names text[] default '{}'::text[] not null,
    road_classes text[] default '{}'::text[] not null,
    surfaces text[] default '{}'::text[] not null,
    bridges boolean default false not null,
    everywhere boolean default false not null,
    place text default ''::text not null,
    filed_with uuid,
    begun_at timestamp with time zone,
    constraint road_condition_pkey PRIMARY KEY (id),
    constraint road_condition_factor_check CHECK (((factor >= (0)::double precision) AND (factor <= (1)::double precision)))
);

create table road_condition_version (
    county text not null,
    version bigint default 0 not null,
    speed_profile text default ''::text not null,
    speed_profile_digest text default ''::text not null,
    speeds_since timestamp with time zone default '-infinity'::timestamp with time zone not null,
    constraint road_condition_version_pkey PRIMARY KEY (county)
);

create table rollcall (
    id uuid not null,
    county text not null,
    team text not null,
    day date not null,
    shift text not null,
    station text not null,
    units text[] not null,
    duty_mode text not null,
    starts_at timestamp with time zone not null,
    ends_at timestamp with time zone not null,
    opens_at timestamp with time zone not null,
    due_at timestamp with time zone not null,
    lapses_at timestamp with time zone not null,
    seats jsonb not null,
    opened_at timestamp with time zone,
    handed_over_at timestamp with time zone,
    settled_at timestamp with time zone,
    finished_at timestamp with time zone,
    ended_at timestamp with time zone,
    posts jsonb default '{}'::jsonb not null,
    constraint rollcall_pkey PRIMARY KEY (id),
    constraint rollcall_county_team_day_shift_key UNIQUE (county, team, day, shift),
    constraint rollcall_check CHECK ((ends_at > starts_at))
);

create table roster_duty (
    version uuid not null,
    county text not null,
    day date not null,
    team text not null,
    shift text not null,
    seat text not null,
    person text not null,
    pinned boolean default false not null,
    borrowed_from text default ''::text not null,
    authorisation text default ''::text not null,
    late_minutes integer default 0 not null,
    early_minutes integer default 0 not null,
    constraint roster_duty_pkey PRIMARY KEY (version, team, day, shift, seat, late_minutes),
    constraint roster_duty_version_team_day_shift_person_late_minutes_key UNIQUE (version, team, day, shift, person, late_minutes),
    constraint roster_duty_early_minutes_check CHECK ((early_minutes >= 0)),
    constraint roster_duty_late_minutes_check CHECK ((late_minutes >= 0))
);

create table roster_job (
    id uuid not null,
    county text not null,
    kind text not null,
    state text not null,
    request jsonb not null,
    progress jsonb default '{}'::jsonb not null,
    result jsonb,
    version uuid,
    made_by text not null,
    made_at timestamp with time zone not null,
    heard_at timestamp with time zone not null,
    ended_at timestamp with time zone,
    stopping boolean default false not null,
    constraint roster_job_pkey PRIMARY KEY (id),
    constraint roster_job_check CHECK (((state = 'running'::text) = (ended_at IS NULL))),
    constraint roster_job_kind_check CHECK ((kind = ANY (ARRAY['solve'::text, 'explain'::text, 'repair'::text]))),
    constraint roster_job_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text, 'cancelled'::text])))
);

create table roster_reference (
    county text not null,
    digest text not null,
    document jsonb not null,
    applied_at timestamp with time zone not null,
    constraint roster_reference_pkey PRIMARY KEY (county)
);

create table roster_version (
    id uuid not null,
    county text not null,
    number integer not null,
    teams text[] not null,
    first date not null,
    days integer not null,
    state text not null,
    note text default ''::text not null,
    made_by text not null,
    made_at timestamp with time zone not null,
    published_by text,
    published_at timestamp with time zone,
    revision integer default 1 not null,
    constraint roster_version_pkey PRIMARY KEY (id),
    constraint roster_version_county_number_key UNIQUE (county, number),
    constraint roster_version_check CHECK (((published_at IS NULL) = (published_by IS NULL))),
    constraint roster_version_check1 CHECK (((state = ANY (ARRAY['published'::text, 'superseded'::text])) = (published_at IS NOT NULL))),
    constraint roster_version_days_check CHECK (((days >= 1) AND (days <= 366))),
    constraint roster_version_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'published'::text, 'superseded'::text, 'discarded'::text]))),
    constraint roster_version_teams_check CHECK ((cardinality(teams) > 0))
);

create table seat_offer (
    id uuid not null,
    county text not null,
    team text not null,
    day date not null,
    shift text not null,
    seat text not null,
    state text not null,
    closes_at timestamp with time zone not null,
    made_by text not null,
    made_at timestamp with time zone not null,
    granted_to text,
    settled_by text,
    settled_at timestamp with time zone,
    constraint seat_offer_pkey PRIMARY KEY (id),
    constraint seat_offer_check CHECK (((state = 'granted'::text) = (granted_to IS NOT NULL))),
    constraint seat_offer_check1 CHECK (((state = 'open'::text) = (settled_at IS NULL))),
    constraint seat_offer_state_check CHECK ((state = ANY (ARRAY['open'::text, 'granted'::text, 'withdrawn'::text, 'lapsed'::text])))
);

create table shortfall (
    id uuid not null,
    county text not null,
    incident uuid not null,
    proposal uuid not null,
    code text not null,
    missing double precision not null,
    cause text not null,
    raised_at timestamp with time zone not null,
    resolved_at timestamp with time zone,
    constraint shortfall_pkey PRIMARY KEY (id)
);

create table speed_table (
    county text not null,
    version integer not null,
    factors jsonb not null,
    basis jsonb not null,
    accepted_by text not null,
    accepted_at timestamp with time zone not null,
    constraint speed_table_pkey PRIMARY KEY (county, version),
    constraint speed_table_version_check CHECK ((version > 0))
);

create table station (
    county text not null,
    code text not null,
    name text not null,
    name_en text not null,
    class text not null,
    lon double precision not null,
    lat double precision not null,
    zone text not null,
    town text not null,
    body text not null,
    telephone text default ''::text not null,
    is_foreign boolean default false not null,
    retired_at timestamp with time zone,
    constraint station_pkey PRIMARY KEY (county, code)
);

create table stream (
    name text not null,
    county text not null,
    epoch uuid not null,
    head bigint default 0 not null,
    constraint stream_pkey PRIMARY KEY (name),
    constraint stream_head_check CHECK ((head >= 0))
);

create table timer (
    id uuid not null,
    county text not null,
    kind text not null,
    subject uuid not null,
    due_at timestamp with time zone not null,
    payload jsonb default '{}'::jsonb not null,
    attempts integer default 0 not null,
    done_at timestamp with time zone,
    constraint timer_pkey PRIMARY KEY (id)
);

create table token (
    hash bytea not null,
    county text not null,
    role text not null,
    subject text not null,
    station text,
    created_at timestamp with time zone not null,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    constraint token_pkey PRIMARY KEY (hash)
);

create table unit (
    id uuid not null,
    county text not null,
    code text not null,
    name text not null,
    name_en text not null,
    station text not null,
    vehicle_class text not null,
    brings jsonb not null,
    seats integer not null,
    minimum_crew integer not null,
    contact text not null,
    accepted boolean not null,
    retired_at timestamp with time zone,
    duty_mode text not null,
    status text default 'standby'::text not null,
    status_at timestamp with time zone not null,
    out_of_service text,
    lon double precision,
    lat double precision,
    position_at timestamp with time zone,
    version bigint default 1 not null,
    posted_at text,
    on_road jsonb,
    constraint unit_pkey PRIMARY KEY (id),
    constraint unit_county_code_key UNIQUE (county, code)
);

create table zone (
    county text not null,
    code text not null,
    name text not null,
    name_en text not null,
    brigade text not null,
    backup text[] not null,
    retired_at timestamp with time zone,
    constraint zone_pkey PRIMARY KEY (county, code)
);

alter table absence add constraint absence_county_person_fkey FOREIGN KEY (county, person) REFERENCES person(county, code);
alter table alarm add constraint alarm_county_fkey FOREIGN KEY (county) REFERENCES county(code);
alter table alarm add constraint alarm_incident_fkey FOREIGN KEY (incident) REFERENCES incident(id);
alter table assignment add constraint assignment_incident_fkey FOREIGN KEY (incident) REFERENCES incident(id);
alter table assignment add constraint assignment_proposal_fkey FOREIGN KEY (proposal) REFERENCES proposal(id);
alter table assignment add constraint assignment_unit_fkey FOREIGN KEY (unit) REFERENCES unit(id);
alter table attendance add constraint attendance_rollcall_fkey FOREIGN KEY (rollcall) REFERENCES rollcall(id) ON DELETE CASCADE;
alter table crew add constraint crew_county_fkey FOREIGN KEY (county) REFERENCES county(code);
alter table crew add constraint crew_unit_fkey FOREIGN KEY (unit) REFERENCES unit(id);
alter table disaster_work add constraint disaster_work_county_person_fkey FOREIGN KEY (county, person) REFERENCES person(county, code);
alter table disaster_work add constraint disaster_work_incident_fkey FOREIGN KEY (incident) REFERENCES incident(id);
alter table duty add constraint duty_county_person_fkey FOREIGN KEY (county, person) REFERENCES person(county, code);
alter table duty add constraint duty_county_team_day_fkey FOREIGN KEY (county, team, day) REFERENCES duty_day(county, team, day);
alter table duty_day add constraint duty_day_version_fkey FOREIGN KEY (version) REFERENCES roster_version(id);
alter table duty_feed add constraint duty_feed_county_person_fkey FOREIGN KEY (county, person) REFERENCES person(county, code);
alter table duty_request add constraint duty_request_county_person_fkey FOREIGN KEY (county, person) REFERENCES person(county, code);
alter table duty_swap add constraint duty_swap_county_other_fkey FOREIGN KEY (county, other) REFERENCES person(county, code);
alter table duty_swap add constraint duty_swap_county_person_fkey FOREIGN KEY (county, person) REFERENCES person(county, code);
alter table event add constraint event_stream_fkey FOREIGN KEY (stream) REFERENCES stream(name);
alter table fairness_balance add constraint fairness_balance_county_person_fkey FOREIGN KEY (county, person) REFERENCES person(county, code);
alter table incident add constraint incident_county_fkey FOREIGN KEY (county) REFERENCES county(code);
alter table incident add constraint incident_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES incident(id);
alter table notice add constraint notice_incident_fkey FOREIGN KEY (incident) REFERENCES incident(id);
alter table offer_candidate add constraint offer_candidate_county_person_fkey FOREIGN KEY (county, person) REFERENCES person(county, code);
alter table offer_candidate add constraint offer_candidate_offer_fkey FOREIGN KEY (offer) REFERENCES seat_offer(id) ON DELETE CASCADE;
alter table person add constraint person_county_fkey FOREIGN KEY (county) REFERENCES county(code);
alter table proposal add constraint proposal_incident_fkey FOREIGN KEY (incident) REFERENCES incident(id);
alter table road_condition add constraint road_condition_county_fkey FOREIGN KEY (county) REFERENCES county(code);
alter table road_condition_version add constraint road_condition_version_county_fkey FOREIGN KEY (county) REFERENCES county(code);
alter table rollcall add constraint rollcall_county_fkey FOREIGN KEY (county) REFERENCES county(code);
alter table roster_duty add constraint roster_duty_county_person_fkey FOREIGN KEY (county, person) REFERENCES person(county, code);
alter table roster_duty add constraint roster_duty_version_fkey FOREIGN KEY (version) REFERENCES roster_version(id) ON DELETE CASCADE;
alter table roster_job add constraint roster_job_version_fkey FOREIGN KEY (version) REFERENCES roster_version(id);
alter table roster_reference add constraint roster_reference_county_fkey FOREIGN KEY (county) REFERENCES county(code);
alter table roster_version add constraint roster_version_county_fkey FOREIGN KEY (county) REFERENCES county(code);
alter table shortfall add constraint shortfall_incident_fkey FOREIGN KEY (incident) REFERENCES incident(id);
alter table shortfall add constraint shortfall_proposal_fkey FOREIGN KEY (proposal) REFERENCES proposal(id);
alter table station add constraint station_county_fkey FOREIGN KEY (county) REFERENCES county(code);
alter table unit add constraint unit_county_fkey FOREIGN KEY (county) REFERENCES county(code);
alter table unit add constraint unit_county_posted_at_fkey FOREIGN KEY (county, posted_at) REFERENCES station(county, code);
alter table unit add constraint unit_county_station_fkey FOREIGN KEY (county, station) REFERENCES station(county, code);
alter table zone add constraint zone_county_fkey FOREIGN KEY (county) REFERENCES county(code);

CREATE INDEX absence_live ON public.absence USING btree (county, ends_at) WHERE (withdrawn_at IS NULL);
CREATE INDEX alarm_incident ON public.alarm USING btree (incident);
CREATE INDEX assignment_incident ON public.assignment USING btree (incident);
CREATE UNIQUE INDEX assignment_slot_filled ON public.assignment USING btree (incident, slot) WHERE (state = ANY (ARRAY['dispatched'::text, 'delivered'::text, 'acknowledged'::text, 'en_route'::text, 'on_scene'::text]));
CREATE UNIQUE INDEX assignment_unit_busy ON public.assignment USING btree (unit) WHERE (state = ANY (ARRAY['dispatched'::text, 'delivered'::text, 'acknowledged'::text, 'en_route'::text, 'on_scene'::text, 'unconfirmed'::text]));
CREATE INDEX attendance_person ON public.attendance USING btree (county, person, answered_at);
CREATE UNIQUE INDEX attendance_person_once ON public.attendance USING btree (rollcall, person) WHERE (state = ANY (ARRAY['present'::text, 'errand'::text]));
CREATE UNIQUE INDEX attendance_seat_filled ON public.attendance USING btree (rollcall, seat) WHERE (state = ANY (ARRAY['present'::text, 'errand'::text]));
CREATE INDEX audit_at ON public.audit USING btree (county, at);
CREATE INDEX crew_lapsing ON public.crew USING btree (county, stands_until) WHERE (seats_filled > 0);
CREATE INDEX device_station ON public.device USING btree (county, station) WHERE (revoked_at IS NULL);
CREATE INDEX disaster_work_day ON public.disaster_work USING btree (county, day) WHERE (withdrawn_at IS NULL);
CREATE INDEX duty_person ON public.duty USING btree (county, person, day);
CREATE INDEX duty_span ON public.duty USING btree (county, starts_at, ends_at);
CREATE INDEX duty_day_version ON public.duty_day USING btree (version);
CREATE UNIQUE INDEX duty_feed_one ON public.duty_feed USING btree (county, person) WHERE (revoked_at IS NULL);
CREATE UNIQUE INDEX duty_request_once ON public.duty_request USING btree (county, person, day, COALESCE(shift, ''::text)) WHERE (withdrawn_at IS NULL);
CREATE UNIQUE INDEX duty_swap_open ON public.duty_swap USING btree (county, gives) WHERE (state = ANY (ARRAY['proposed'::text, 'accepted'::text]));
CREATE INDEX duty_swap_people ON public.duty_swap USING btree (county, state, proposed_at);
CREATE INDEX event_at ON public.event USING btree (county, at);
CREATE INDEX incident_open ON public.incident USING btree (county, opened_at) WHERE (status = 'open'::text);
CREATE INDEX proposal_incident ON public.proposal USING btree (incident, made_at);
CREATE INDEX road_condition_filed_with ON public.road_condition USING btree (filed_with) WHERE (filed_with IS NOT NULL);
CREATE INDEX road_condition_live ON public.road_condition USING btree (county) WHERE (removed_at IS NULL);
CREATE INDEX rollcall_live ON public.rollcall USING btree (county, team, lapses_at);
CREATE INDEX roster_job_running ON public.roster_job USING btree (county) WHERE (state = 'running'::text);
CREATE UNIQUE INDEX seat_offer_open ON public.seat_offer USING btree (county, team, day, shift, seat) WHERE (state = 'open'::text);
CREATE INDEX shortfall_open ON public.shortfall USING btree (incident) WHERE (resolved_at IS NULL);
CREATE INDEX timer_due ON public.timer USING btree (due_at) WHERE (done_at IS NULL);
CREATE UNIQUE INDEX timer_once ON public.timer USING btree (kind, subject) WHERE (done_at IS NULL);
CREATE INDEX token_subject ON public.token USING btree (subject);

create view assignment_card as
 SELECT a.county,
    a.id,
    a.incident,
    a.unit AS unit_id,
    a.state,
    jsonb_build_object('id', a.id, 'incident', a.incident, 'unit', u.code, 'unit_id', a.unit, 'station', u.station, 'vehicle', u.vehicle_class, 'slot', a.slot, 'task', a.task, 'verb', a.verb, 'state', a.state, 'reason', a.reason, 'cause', a.cause, 'eta_seconds', a.eta_seconds, 'turnout_seconds', a.turnout_seconds, 'travel_seconds', a.travel_seconds, 'distance_metres', a.distance_metres, 'on_foot_metres', a.on_foot_metres, 'path', a.path, 'dispatched_by', a.dispatched_by, 'acknowledged_by', a.acknowledged_by, 'acknowledged_via', a.acknowledged_via, 'late_acknowledged_at', utc_text(a.late_acknowledged_at), 'dispatched_at', utc_text(a.dispatched_at), 'delivered_at', utc_text(a.delivered_at), 'acknowledged_at', utc_text(a.acknowledged_at), 'en_route_at', utc_text(a.en_route_at), 'on_scene_at', utc_text(a.on_scene_at), 'unconfirmed_at', utc_text(a.unconfirmed_at), 'ended_at', utc_text(a.ended_at), 'acknowledge_due_at',
        CASE
            WHEN (a.state = ANY (ARRAY['dispatched'::text, 'delivered'::text])) THEN ( SELECT utc_text(t.due_at) AS utc_text
               FROM timer t
              WHERE ((t.kind = 'acknowledge'::text) AND (t.subject = a.id) AND (t.done_at IS NULL)))
            ELSE NULL::text
        END, 'version', a.version) AS card
   FROM (assignment a
     JOIN unit u ON ((u.id = a.unit)));

create view incident_card as
 SELECT county,
    id,
    status,
    jsonb_build_object('id', id, 'number', number, 'kind', kind, 'scale', scale, 'level', level, 'plan', plan, 'status', status, 'merged_into', merged_into, 'lon', lon, 'lat', lat, 'place', place, 'place_code', place_code, 'place_verified', place_verified, 'uncertainty_metres', uncertainty_metres, 'zone', zone, 'station', station, 'trapped', trapped, 'facts', facts, 'automatic', automatic, 'milestones', milestones, 'opened_at', utc_text(opened_at), 'closed_at', utc_text(closed_at), 'alarms', ( SELECT count(*) AS count
           FROM alarm a
          WHERE (a.incident = i.id)), 'verified', ((NOT (EXISTS ( SELECT 1
           FROM alarm a
          WHERE (a.incident = i.id)))) OR (EXISTS ( SELECT 1
           FROM alarm a
          WHERE ((a.incident = i.id) AND a.verified)))), 'shortfalls', COALESCE(( SELECT jsonb_agg(jsonb_build_object('code', f.code, 'missing', f.missing, 'cause', f.cause, 'raised_at', utc_text(f.raised_at)) ORDER BY f.code) AS jsonb_agg
           FROM shortfall f
          WHERE ((f.incident = i.id) AND (f.resolved_at IS NULL))), '[]'::jsonb), 'proposal', ( SELECT (jsonb_build_object('id', p.id, 'made_at', utc_text(p.made_at), 'cause', p.cause) || (p.result - 'detail'::text))
           FROM proposal p
          WHERE (p.incident = i.id)
          ORDER BY p.made_at DESC, p.id DESC
         LIMIT 1), 'version', version) AS card
   FROM incident i;

create view notice_card as
 SELECT county,
    id,
    incident,
    jsonb_build_object('id', id, 'incident', incident, 'body', body, 'text_code', text_code, 'sent_at', utc_text(sent_at), 'received_at', utc_text(received_at), 'received_by', received_by) AS card
   FROM notice n;

create view condition_card as
 SELECT county,
    id,
    jsonb_build_object('id', id, 'edges', edges, 'area', area, 'factor', factor, 'vehicle_classes', vehicle_classes, 'reason', reason, 'starts_at', utc_text(starts_at), 'ends_at', utc_text(ends_at), 'created_by', created_by, 'removed_at', utc_text(removed_at), 'names', names, 'road_classes', road_classes, 'surfaces', surfaces, 'bridges', bridges, 'everywhere', everywhere, 'place', place, 'filed_with', filed_with, 'begun_at', utc_text(begun_at)) AS card
   FROM road_condition c;

create view rollcall_with_attendance as
 SELECT id,
    county,
    team,
    day,
    shift,
    station,
    units,
    duty_mode,
    starts_at,
    ends_at,
    opens_at,
    due_at,
    lapses_at,
    seats,
    opened_at,
    handed_over_at,
    settled_at,
    finished_at,
    ended_at,
    posts,
    COALESCE(( SELECT jsonb_agg(jsonb_build_object('seat', a.seat, 'person', a.person, 'planned', a.planned, 'state', a.state, 'cause', a.cause, 'since', a.since, 'gone_at', a.gone_at, 'back_by', a.back_by, 'answered_at', a.answered_at, 'answered_by', a.answered_by) ORDER BY a.seat, a.person) AS jsonb_agg
           FROM attendance a
          WHERE (a.rollcall = r.id)), '[]'::jsonb) AS attendance
   FROM rollcall r;

create view unit_card as
 SELECT u.county,
    u.id,
    u.code,
    jsonb_build_object('id', u.id, 'code', u.code, 'name', u.name, 'name_en', u.name_en, 'station', u.station, 'station_class', s.class, 'zone', COALESCE(p.zone, s.zone), 'is_foreign', s.is_foreign, 'vehicle_class', u.vehicle_class, 'brings', u.brings, 'seats', u.seats, 'minimum_crew', u.minimum_crew, 'contact', u.contact, 'accepted', u.accepted, 'duty_mode', u.duty_mode, 'on_duty', (COALESCE(c.seats_filled, 0) > 0), 'crew', COALESCE(c.seats_filled, 0), 'crew_wanted', c.wanted, 'crew_qualifications', COALESCE(c.qualifications, '{}'::jsonb), 'crew_source', c.source, 'crew_team', c.team, 'crew_seats', COALESCE(c.seats, '[]'::jsonb), 'crew_since', utc_text(c.since), 'crew_next', c.next, 'duty_until', utc_text(c.until), 'post', c.post, 'status', u.status, 'status_at', utc_text(u.status_at), 'out_of_service', u.out_of_service, 'posted_at', u.posted_at, 'lon', COALESCE(u.lon, p.lon, ((c.post ->> 'lon'::text))::double precision, s.lon), 'lat', COALESCE(u.lat, p.lat, ((c.post ->> 'lat'::text))::double precision, s.lat), 'position_at', utc_text(u.position_at), 'assignment', ( SELECT a.id
           FROM assignment a
          WHERE ((a.unit = u.id) AND (a.state = ANY (ARRAY['dispatched'::text, 'delivered'::text, 'acknowledged'::text, 'en_route'::text, 'on_scene'::text, 'unconfirmed'::text])))), 'retired', (u.retired_at IS NOT NULL), 'version', u.version) AS card
   FROM (((unit u
     JOIN station s ON (((s.county = u.county) AND (s.code = u.station))))
     LEFT JOIN station p ON (((p.county = u.county) AND (p.code = u.posted_at))))
     LEFT JOIN crew c ON ((c.unit = u.id)));
