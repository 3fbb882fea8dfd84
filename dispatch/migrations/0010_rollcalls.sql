-- The roll call of a turn (one shift of one team on one day) and who was really there: what was planned stays in
-- `duty`, what was answered stands here, and `crew` follows from it.

create table rollcall (
    id uuid primary key,
    county text not null references county (code),
    team text not null,
    day date not null,
    shift text not null,
    station text not null,                      -- whose devices are asked
    units text[] not null,                      -- every unit that the team has seats on, in this season or not
    duty_mode text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > starts_at),
    opens_at timestamptz not null,
    due_at timestamptz not null,                -- who has not answered by then is a no-show
    lapses_at timestamptz not null,             -- nobody stands over longer than to then
    seats jsonb not null,                       -- [{key, unit, role, needs, required, planned}]
    opened_at timestamptz,
    handed_over_at timestamptz,
    settled_at timestamptz,
    finished_at timestamptz,
    ended_at timestamptz,
    unique (county, team, day, shift)
);
create index rollcall_live on rollcall (county, team, lapses_at);

create table attendance (
    rollcall uuid not null references rollcall (id) on delete cascade,
    county text not null,
    seat text not null,
    person text not null,
    planned boolean not null,                   -- the roster had this person on this seat when it was answered
    state text not null check (state in ('present', 'errand', 'absent', 'no_show', 'left')),
    cause text,
    since timestamptz,                          -- counts from; null: never came
    gone_at timestamptz,                        -- counts until: relieved, sent home, fallen ill
    back_by timestamptz,                        -- 临时外出: when to be back
    answered_at timestamptz not null,
    answered_by text not null,
    primary key (rollcall, seat, person),
    check (state not in ('present', 'errand') or (since is not null and gone_at is null))
);
-- A seat is filled once; nobody sits on two seats of a turn.
create unique index attendance_seat_filled on attendance (rollcall, seat) where state in ('present', 'errand');
create unique index attendance_person_once on attendance (rollcall, person) where state in ('present', 'errand');
create index attendance_person on attendance (county, person, answered_at);

create view rollcall_with_attendance as
select r.*, coalesce((select jsonb_agg(jsonb_build_object('seat', a.seat, 'person', a.person, 'planned', a.planned,
        'state', a.state, 'cause', a.cause, 'since', a.since, 'gone_at', a.gone_at, 'back_by', a.back_by,
        'answered_at', a.answered_at, 'answered_by', a.answered_by) order by a.seat, a.person)
    from attendance a where a.rollcall = r.id), '[]') as attendance
from rollcall r;
