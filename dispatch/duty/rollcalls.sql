-- name: lock_team(county, team)!
-- One hand at a time on the crews of a team: answers, handovers and changed duties wait for each other.
select pg_advisory_xact_lock(hashtextextended('crew ' || :county || ' ' || :team, 0));

-- name: lock_people(county, people)!
-- One hand at a time on where somebody sits: answers of two teams for one person wait for each other. Taken before the
-- locks of teams and units, never after them.
select count(pg_advisory_xact_lock(hashtextextended('sits ' || :county || ' ' || p, 0)))
from (select p from unnest(:people::text[]) as p order by p collate "C") as sorted;

-- name: live(county, team, now)
-- The turns of a team that count now or will: to the end of standing over, and what comes next.
select * from rollcall_with_attendance r
where r.county = :county and r.team = :team and r.lapses_at > :now
order by r.starts_at, r.shift;

-- name: whole(id)^
select * from rollcall_with_attendance where id = :id;

-- name: crews_of(county, units)
select u.id, u.code, u.station, u.minimum_crew, coalesce(c.seats_filled, 0) as seats_filled,
    coalesce(jsonb_path_exists(c.seats, '$[*] ? (@.standing_over == true)'), false)
        or c.source <> 'rollcall' as standing_over
from unit u left join crew c on c.unit = u.id
where u.county = :county and u.code = any(:units::text[]) and u.retired_at is null order by u.code;

-- name: of_id(id)^
select county, team from rollcall where id = :id;

-- name: teams_live(county, now)
select distinct team, units from rollcall where county = :county and lapses_at > :now order by team;

-- name: teams_of_units(county, now, units)
select distinct team from rollcall
where county = :county and lapses_at > :now and units && :units::text[] order by team;

-- name: upsert(county, rows)
-- What has begun keeps its times; what changed of the plan is taken over.
insert into rollcall (id, county, team, day, shift, station, units, duty_mode, starts_at, ends_at, opens_at, due_at,
    lapses_at, seats, posts)
select r.id, :county, r.team, r.day, r.shift, r.station, r.units, r.duty_mode, r.starts_at, r.ends_at, r.opens_at,
    r.due_at, r.lapses_at, r.seats, r.posts
from jsonb_to_recordset(:rows::jsonb) as r (id uuid, team text, day date, shift text, station text, units text[],
    duty_mode text, starts_at timestamptz, ends_at timestamptz, opens_at timestamptz, due_at timestamptz,
    lapses_at timestamptz, seats jsonb, posts jsonb)
on conflict (county, team, day, shift) do update set seats = excluded.seats, units = excluded.units,
    station = excluded.station, duty_mode = excluded.duty_mode, posts = excluded.posts,
    starts_at = case when rollcall.opened_at is null then excluded.starts_at else rollcall.starts_at end,
    ends_at = case when rollcall.opened_at is null then excluded.ends_at else rollcall.ends_at end,
    opens_at = case when rollcall.opened_at is null then excluded.opens_at else rollcall.opens_at end,
    due_at = case when rollcall.opened_at is null then excluded.due_at else rollcall.due_at end,
    lapses_at = case when rollcall.opened_at is null then excluded.lapses_at else rollcall.lapses_at end
where rollcall.ended_at is null and (
    (rollcall.seats, rollcall.units, rollcall.station, rollcall.duty_mode, rollcall.posts)
        is distinct from (excluded.seats, excluded.units, excluded.station, excluded.duty_mode, excluded.posts)
    or (rollcall.opened_at is null and (rollcall.starts_at, rollcall.ends_at, rollcall.lapses_at)
        is distinct from (excluded.starts_at, excluded.ends_at, excluded.lapses_at)))
returning id, team;

-- name: unplanned(county, now, until)
-- Teams of which a duty in force begins soon, or runs, that no roll call is planned for: asked often, so that planning
-- is not.
select distinct d.team from duty d
where d.county = :county and d.starts_at < :until and d.ends_at > :now
    and not exists (select from rollcall r where r.county = d.county and r.team = d.team and r.day = d.day
        and r.shift = d.shift)
order by d.team;

-- name: drop_unplanned(county, team, since, keep)
-- Turns (of one team, or of all) that nobody opened yet and that the roster in force does not have any more.
delete from rollcall
where county = :county and (:team::text is null or team = :team) and opened_at is null and starts_at > :since
    and not (id = any(:keep::uuid[]))
returning id, team;

-- name: ids_of(county, since)
select id, team, day, shift, opened_at from rollcall where county = :county and lapses_at > :since;

-- name: save_steps(id, opened_at, handed_over_at, settled_at, finished_at, ended_at)!
update rollcall set opened_at = :opened_at, handed_over_at = :handed_over_at, settled_at = :settled_at,
    finished_at = :finished_at, ended_at = :ended_at where id = :id;

-- name: forget_attendance(rollcall, rows)!
-- Before what is there now is written, so that a seat that changed hands is never filled twice.
delete from attendance a
where a.rollcall = :rollcall and not exists (
    select from jsonb_to_recordset(:rows::jsonb) as r (seat text, person text, state text)
    where r.seat = a.seat and r.person = a.person and (a.state not in ('present', 'errand')
        or r.state in ('present', 'errand')));

-- name: save_attendance(rollcall, county, rows)!
insert into attendance (rollcall, county, seat, person, planned, state, cause, since, gone_at, back_by, answered_at,
    answered_by)
select :rollcall, :county, r.seat, r.person, r.planned, r.state, r.cause, r.since, r.gone_at, r.back_by,
    r.answered_at, r.answered_by
from jsonb_to_recordset(:rows::jsonb) as r (seat text, person text, planned boolean, state text, cause text,
    since timestamptz, gone_at timestamptz, back_by timestamptz, answered_at timestamptz, answered_by text)
on conflict (rollcall, seat, person) do update set planned = excluded.planned, state = excluded.state,
    cause = excluded.cause, since = excluded.since, gone_at = excluded.gone_at, back_by = excluded.back_by,
    answered_at = excluded.answered_at, answered_by = excluded.answered_by;

-- name: people(county, codes)
select code, name, telephone, qualifications from person where county = :county and code = any(:codes::text[]);

-- name: away(county, people, now)
-- Away at this moment, with since when that is known and so.
select distinct on (person) person, kind, starts_at, ends_at, greatest(told_at, starts_at) as told_at
from absence
where county = :county and person = any(:people::text[]) and withdrawn_at is null
    and starts_at <= :now and ends_at > :now
order by person, told_at desc;

-- name: teams_untrue(county, now)
-- Teams in whose seats somebody sits who is not there: the absence has begun since, or another team's seat was taken.
select distinct r.team from attendance a join rollcall r on r.id = a.rollcall
where a.county = :county and a.state in ('present', 'errand') and r.lapses_at > :now and (
    exists (select from absence b where b.county = a.county and b.person = a.person and b.withdrawn_at is null
        and b.starts_at <= :now and b.ends_at > :now and a.answered_at <= greatest(b.told_at, b.starts_at))
    or exists (select from attendance b join rollcall q on q.id = b.rollcall
        where b.county = a.county and b.person = a.person and b.state in ('present', 'errand') and b.since <= :now
            and q.team <> r.team and q.lapses_at > :now
            and (b.answered_at, b.since, q.team collate "C") > (a.answered_at, a.since, r.team collate "C")))
order by r.team;

-- name: sits_later(county, team, now)
-- Who sits in a seat of the team, and has taken one of another team since.
select a.rollcall, a.seat from attendance a join rollcall r on r.id = a.rollcall
where a.county = :county and r.team = :team and a.state in ('present', 'errand') and r.lapses_at > :now
    and exists (select from attendance b join rollcall q on q.id = b.rollcall
        where b.county = a.county and b.person = a.person and b.state in ('present', 'errand') and b.since <= :now
            and q.team <> r.team and q.lapses_at > :now
            and (b.answered_at, b.since, q.team collate "C") > (a.answered_at, a.since, r.team collate "C"));

-- name: teams_of_people(county, people, now)
-- Teams in whose seats one of these people sits.
select distinct r.team from attendance a join rollcall r on r.id = a.rollcall
where a.county = :county and a.person = any(:people::text[]) and a.state in ('present', 'errand')
    and r.lapses_at > :now
order by r.team;

-- name: lock_units_of(county, teams, now)
-- Those of all these teams at once, in the order in which an alarm locks the units that it sends.
select u.id from unit u
where u.county = :county and u.retired_at is null and exists (select from rollcall r
    where r.county = u.county and r.team = any(:teams::text[]) and r.lapses_at > :now and u.code = any(r.units))
order by u.id for no key update;

-- name: time_zone(county)$
select time_zone from county where code = :county;

-- name: classes_of(county, units)
select u.code, u.vehicle_class, c.source, c.team, c.seats_filled, c.qualifications, c.until, c.stands_until
from unit u left join crew c on c.unit = u.id
where u.county = :county and u.code = any(:units::text[]) and u.retired_at is null order by u.code;

-- name: orphaned(county, now)
-- Units of teams that were rostered and have no turn any more, now or to come.
select u.code, c.team, c.seats_filled, c.until
from crew c join unit u on u.id = c.unit
where c.county = :county and c.team is not null and u.retired_at is null
    and not exists (select from rollcall r where r.county = c.county and r.team = c.team and r.lapses_at > :now)
order by u.code;

-- name: on_the_card(county, now, team, station)
-- Roll calls from an hour before they open to their end.
select * from rollcall_with_attendance r
where r.county = :county and r.opens_at <= :now::timestamptz + interval '1 hour' and r.lapses_at > :now
    and (:team::text is null or r.team = :team) and (:station::text is null or r.station = :station)
order by r.team, r.starts_at, r.shift;

-- name: team_on_the_card(county, team)^
-- A team of the county's folder, with the telephone of its station and how its shifts are called.
select t.key as team, t.value ->> 'name' as name, t.value ->> 'station' as station, s.telephone,
    (select jsonb_object_agg(one.key, one.value ->> 'name') from jsonb_each(r.document -> 'shifts') one
        where t.value -> 'shifts' ? one.key) as shift_names
from roster_reference r
cross join lateral jsonb_each(r.document -> 'teams') t
left join station s on s.county = r.county and s.code = t.value ->> 'station'
where r.county = :county and t.key = :team::text;

-- name: between(county, team, first, last)
-- What was planned and what was there, by turn.
select * from rollcall_with_attendance r
where r.county = :county and (:team::text is null or r.team = :team) and r.day between :first and :last
order by r.team, r.starts_at, r.shift;

-- name: errand_of(county, person)^
select r.team, r.day, r.shift, r.station, a.seat, a.back_by
from attendance a join rollcall r on r.id = a.rollcall
where a.county = :county and a.person = :person and a.state = 'errand';

-- name: overdue_errands(county, now)
select r.team, r.day, r.shift, a.seat, a.person, a.back_by
from attendance a join rollcall r on r.id = a.rollcall
where a.county = :county and a.state = 'errand' and a.back_by <= :now and r.ends_at > :now
order by r.team;

-- name: due(county, now, most)
-- Roll calls with a step that has fallen due, for the calendar's safety net under the timers.
select id, team from rollcall
where county = :county and ended_at is null and case
    when opened_at is null then opens_at when handed_over_at is null then starts_at
    when settled_at is null then due_at when finished_at is null then ends_at else lapses_at end <= :now
order by starts_at limit :most;

-- name: members_of(county, teams)
select code from person
where county = :county and retired_at is null and exists (select from jsonb_array_elements(memberships) m
    where m ->> 'team' = any(:teams::text[])) order by code;

-- name: units_short(county, units)
-- Those of the units that nobody, or too few, sit in.
select u.code, u.station, s.telephone, u.minimum_crew, c.team, coalesce(c.seats_filled, 0) as seats_filled
from unit u
join station s on s.county = u.county and s.code = u.station
left join crew c on c.unit = u.id
where u.county = :county and u.code = any(:units::text[]) and u.retired_at is null
    and (coalesce(c.seats_filled, 0) < u.minimum_crew or coalesce(c.seats_filled, 0) = 0
        or c.qualifications ->> 'driver' = '0')
order by u.code;
