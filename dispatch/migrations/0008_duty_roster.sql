-- The duty roster. The county folder owns people and the roster's reference; the database owns everything that is said
-- afterwards: drafts, what is in force, swaps, offers, absences and authorisations made on pages.

alter table operator drop constraint operator_role_check;
alter table operator add constraint operator_role_check check (role in
    ('dispatcher', 'supervisor', 'planner', 'admin', 'viewer', 'roster_officer'));

-- ── the folder's part ──────────────────────────────────────────────────────────────────────────────────────────
create table roster_reference (
    county text primary key references county (code),
    digest text not null,
    document jsonb not null,                    -- teams, shifts, rotations, seat rules, calendar, policy, pairs …
    applied_at timestamptz not null
);

create table person (
    county text not null references county (code),
    code text not null,
    name text not null,
    employment text not null check (employment in
        ('official', 'contract', 'agency', 'part_time', 'volunteer', 'cadre')),
    telephone text not null default '',
    joined date,
    memberships jsonb not null,                 -- [{team, platoon, first, last}]: the first is the home team
    qualifications jsonb not null,              -- [{code, until}]
    synthetic boolean not null,
    retired_at timestamptz,
    primary key (county, code)
);

create table absence (
    id uuid primary key,
    county text not null,
    code text not null,
    person text not null,
    kind text not null check (kind in ('leave', 'sick', 'training', 'owed_rest', 'errand', 'elsewhere')),
    starts_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > starts_at),
    note text not null default '',
    from_folder boolean not null,
    told_by text not null,
    told_at timestamptz not null,
    withdrawn_at timestamptz,
    unique (county, code),
    foreign key (county, person) references person (county, code)
);
create index absence_live on absence (county, ends_at) where withdrawn_at is null;

create table duty_request (
    id uuid primary key,
    county text not null,
    person text not null,
    day date not null,
    shift text,                                 -- null: any
    wanted boolean not null,
    weight int not null check (weight between 1 and 10),
    from_folder boolean not null,
    made_by text not null,
    made_at timestamptz not null,
    withdrawn_at timestamptz,
    foreign key (county, person) references person (county, code)
);
create unique index duty_request_once on duty_request (county, person, day, coalesce(shift, ''))
    where withdrawn_at is null;

create table authorisation (
    id uuid primary key,
    county text not null,
    code text not null,
    rule text not null,
    person text not null,                       -- '' where the team as a whole is meant: a seat that stays empty
    team text not null,
    first date not null,
    last date not null check (last >= first),
    given_by text not null,
    reason text not null check (reason <> ''),
    given_at timestamptz not null,
    revoked_at timestamptz,
    unique (county, code),
    check ((person = '') <> (team = ''))
);

-- 应急工时: what was worked in a disaster lies outside the cap of overtime and is logged apart.
create table disaster_work (
    id uuid primary key,
    county text not null,
    person text not null,
    day date not null,
    minutes int not null check (minutes between 1 and 1440),
    incident uuid references incident (id),
    told_by text not null,
    told_at timestamptz not null,
    withdrawn_at timestamptz,
    foreign key (county, person) references person (county, code)
);
create index disaster_work_day on disaster_work (county, day) where withdrawn_at is null;

-- ── versions: a draft is changed, a published version stays as it was published ────────────────────────────────
create table roster_version (
    id uuid primary key,
    county text not null references county (code),
    number int not null,
    teams text[] not null check (cardinality(teams) > 0),
    first date not null,
    days int not null check (days between 1 and 366),
    state text not null check (state in ('draft', 'published', 'superseded', 'discarded')),
    note text not null default '',
    made_by text not null,
    made_at timestamptz not null,
    published_by text,
    published_at timestamptz,
    revision int not null default 1,
    unique (county, number),
    check ((published_at is null) = (published_by is null)),
    check ((state in ('published', 'superseded')) = (published_at is not null))
);

create table roster_duty (
    version uuid not null references roster_version (id) on delete cascade,
    county text not null,
    day date not null,
    team text not null,
    shift text not null,
    seat text not null,                         -- unit/role/index
    person text not null,
    pinned boolean not null default false,
    borrowed_from text not null default '',
    authorisation text not null default '',
    late_minutes int not null default 0 check (late_minutes >= 0),      -- taken over so long after the shift began
    early_minutes int not null default 0 check (early_minutes >= 0),    -- handed over so long before its end
    primary key (version, team, day, shift, seat, late_minutes),        -- a seat is filled once at a time …
    unique (version, team, day, shift, person, late_minutes),           -- … and nobody sits on two of a shift
    foreign key (county, person) references person (county, code)
);

-- ── in force: one published version for each team and day, and the duties as they stand after every change ─────
create table duty_day (
    county text not null,
    team text not null,
    day date not null,
    version uuid not null references roster_version (id),
    primary key (county, team, day)
);
create index duty_day_version on duty_day (version);

create table duty (
    county text not null,
    team text not null,
    day date not null,
    shift text not null,
    seat text not null,
    person text not null,
    pinned boolean not null default false,
    borrowed_from text not null default '',
    authorisation text not null default '',
    late_minutes int not null default 0 check (late_minutes >= 0),
    early_minutes int not null default 0 check (early_minutes >= 0),
    starts_at timestamptz not null,             -- by the shift type as it was when this was published or changed
    ends_at timestamptz not null check (ends_at > starts_at),
    primary key (county, team, day, shift, seat, late_minutes),
    unique (county, team, day, shift, person, late_minutes),
    foreign key (county, team, day) references duty_day (county, team, day),
    foreign key (county, person) references person (county, code)
);
create index duty_span on duty (county, starts_at, ends_at);
create index duty_person on duty (county, person, day);

-- ── what people agree on ───────────────────────────────────────────────────────────────────────────────────────
create table duty_swap (
    id uuid primary key,
    county text not null,
    state text not null check (state in
        ('proposed', 'accepted', 'approved', 'declined', 'withdrawn', 'refused', 'lapsed')),
    person text not null,                       -- gives the first duty
    other text not null,                        -- takes it, and gives the second, if there is one
    gives jsonb not null,                       -- {team, day, shift, seat}
    takes jsonb,
    proposed_by text not null,
    proposed_at timestamptz not null,
    answered_by text,
    answered_at timestamptz,
    decided_by text,
    decided_at timestamptz,
    note text not null default '',
    check (person <> other),
    foreign key (county, person) references person (county, code),
    foreign key (county, other) references person (county, code)
);
create unique index duty_swap_open on duty_swap (county, gives) where state in ('proposed', 'accepted');
create index duty_swap_people on duty_swap (county, state, proposed_at);

create table seat_offer (
    id uuid primary key,
    county text not null,
    team text not null,
    day date not null,
    shift text not null,
    seat text not null,
    state text not null check (state in ('open', 'granted', 'withdrawn', 'lapsed')),
    closes_at timestamptz not null,
    made_by text not null,
    made_at timestamptz not null,
    granted_to text,
    settled_by text,
    settled_at timestamptz,
    check ((state = 'granted') = (granted_to is not null)),
    check ((state = 'open') = (settled_at is null))
);
create unique index seat_offer_open on seat_offer (county, team, day, shift, seat) where state = 'open';

create table offer_candidate (
    offer uuid not null references seat_offer (id) on delete cascade,
    county text not null,
    person text not null,
    place int not null check (place > 0),       -- on the fair list
    reasons jsonb not null,
    opens_at timestamptz not null,              -- asked from then on, alone until `closes_at`
    closes_at timestamptz not null check (closes_at > opens_at),
    answer text check (answer in ('yes', 'no')),
    answered_by text,
    answered_at timestamptz,
    primary key (offer, person),
    unique (offer, place),
    foreign key (county, person) references person (county, code)
);

create table duty_repair (
    id uuid primary key,
    county text not null,
    absences text[] not null,
    duties jsonb not null,                      -- the duties that nobody stands on
    options jsonb not null,                     -- as computed, ranked; taken by number
    made_by text not null,
    made_at timestamptz not null,
    taken int,
    taken_by text,
    taken_at timestamptz,
    check ((taken is null) = (taken_at is null))
);

-- Work that takes longer than a request may: a child process of one service writes how far it is.
create table roster_job (
    id uuid primary key,
    county text not null,
    kind text not null check (kind in ('solve', 'explain', 'repair')),
    state text not null check (state in ('running', 'done', 'failed', 'cancelled')),
    request jsonb not null,
    progress jsonb not null default '{}',
    result jsonb,
    version uuid references roster_version (id),
    made_by text not null,
    made_at timestamptz not null,
    heard_at timestamptz not null,              -- silent for long: its process is gone
    ended_at timestamptz,
    check ((state = 'running') = (ended_at is null))
);
create index roster_job_running on roster_job (county) where state = 'running';

-- Fairness carries over: what a person did beyond the team's mean in a month, settled when the month is over.
create table fairness_balance (
    county text not null,
    person text not null,
    team text not null,
    month date not null check (extract(day from month) = 1),
    nights double precision not null,
    weekends double precision not null,
    holidays double precision not null,
    minutes double precision not null,
    settled_at timestamptz not null,
    primary key (county, person, team, month),
    foreign key (county, person) references person (county, code)
);

-- A calendar program can send no token in a header: an address that nobody can guess stands for one person's duties.
create table duty_feed (
    hash bytea primary key,                     -- sha-256 of the secret in the address
    county text not null,
    person text not null,
    made_by text not null,
    made_at timestamptz not null,
    revoked_at timestamptz,
    foreign key (county, person) references person (county, code)
);
create unique index duty_feed_one on duty_feed (county, person) where revoked_at is null;
