-- name: in_force(county, first, last, people)
-- The duties of published days as they stand now, of these people (null: of all), sorted as rosters are.
select day, team, shift, seat, person, pinned, borrowed_from, authorisation, late_minutes, early_minutes
from duty
where county = :county and day between :first and :last
    and (:people::text[] is null or person = any(:people::text[]))
order by day, team collate "C", shift collate "C", seat collate "C", late_minutes, person collate "C";

-- name: published_days(county, first, last)
select d.team, d.day, v.number from duty_day d join roster_version v on v.id = d.version
where d.county = :county and d.day between :first and :last order by d.team, d.day;

-- name: periods(county, first, last, average, but_of, since, until)
-- First days and lengths of the versions that some day belongs to and whose period (no shorter than `average` days, the
-- days before it included) touches these days. Left out: days of the teams `but_of` from `since` to `until`.
select distinct v.first, v.days from roster_version v
where v.county = :county and v.first + v.days - 1 >= :first
    and least(v.first, v.first + v.days - :average::int) <= :last
    and exists (select from duty_day d where d.county = v.county and d.version = v.id
        and not (d.team = any(:but_of::text[]) and d.day between :since and :until))
order by v.first, v.days;

-- name: delete_duties(county, rows)!
delete from duty d
using jsonb_to_recordset(:rows::jsonb) as r (day date, team text, shift text, seat text, late_minutes int)
where d.county = :county and d.day = r.day and d.team = r.team and d.shift = r.shift and d.seat = r.seat
    and d.late_minutes = r.late_minutes;

-- name: insert_duties(county, rows)!
insert into duty (county, day, team, shift, seat, person, pinned, borrowed_from, authorisation, late_minutes,
    early_minutes, starts_at, ends_at)
select :county, r.day, r.team, r.shift, r.seat, r.person, r.pinned, r.borrowed_from, r.authorisation,
    r.late_minutes, r.early_minutes, r.starts_at, r.ends_at
from jsonb_to_recordset(:rows::jsonb) as r (day date, team text, shift text, seat text, person text, pinned boolean,
    borrowed_from text, authorisation text, late_minutes int, early_minutes int, starts_at timestamptz,
    ends_at timestamptz);

-- name: clear_days(county, rows)!
delete from duty d
using jsonb_to_recordset(:rows::jsonb) as r (team text, first date, last date)
where d.county = :county and d.team = r.team and d.day between r.first and r.last;

-- name: claim_days(county, rows, version)!
-- From now on these days are of this version: the primary key lets no day have two.
insert into duty_day (county, team, day, version)
select :county, r.team, d.day::date, :version
from jsonb_to_recordset(:rows::jsonb) as r (team text, first date, last date),
    generate_series(r.first, r.last, interval '1 day') as d (day)
on conflict (county, team, day) do update set version = excluded.version;

-- name: supersede(county, since)
-- Published versions that no day from here on belongs to any more, though some did before.
update roster_version v set state = 'superseded'
where v.county = :county and v.state = 'published' and v.first + v.days - 1 >= :since
    and not exists (select from duty_day d where d.county = v.county and d.version = v.id and d.day >= :since)
returning id, number;

-- name: next_number(county)$
select coalesce(max(number), 0) + 1 from roster_version where county = :county;

-- name: insert_version(id, county, number, teams, first, days, note, by, at)!
insert into roster_version (id, county, number, teams, first, days, state, note, made_by, made_at)
values (:id, :county, :number, :teams::text[], :first, :days, 'draft', :note, :by, :at);

-- name: insert_version_duties(version, county, rows)!
insert into roster_duty (version, county, day, team, shift, seat, person, pinned, borrowed_from, authorisation,
    late_minutes, early_minutes)
select :version, :county, r.day, r.team, r.shift, r.seat, r.person, r.pinned, r.borrowed_from, r.authorisation,
    r.late_minutes, r.early_minutes
from jsonb_to_recordset(:rows::jsonb) as r (day date, team text, shift text, seat text, person text, pinned boolean,
    borrowed_from text, authorisation text, late_minutes int, early_minutes int);

-- name: delete_version_duties(version, rows)!
delete from roster_duty d
using jsonb_to_recordset(:rows::jsonb) as r (day date, team text, shift text, seat text, late_minutes int)
where d.version = :version and d.day = r.day and d.team = r.team and d.shift = r.shift and d.seat = r.seat
    and d.late_minutes = r.late_minutes;

-- name: version(county, id)^
select id, number, teams, first, days, state, note, made_by, made_at, published_by, published_at, revision
from roster_version where county = :county and id = :id;

-- name: lock_version(county, id)^
select id, number, teams, first, days, state, note, made_by, made_at, published_by, published_at, revision
from roster_version where county = :county and id = :id for update;

-- name: versions(county, most)
select id, number, teams, first, days, state, note, made_by, made_at, published_by, published_at, revision
from roster_version where county = :county order by number desc limit :most;

-- name: version_duties(version)
select day, team, shift, seat, person, pinned, borrowed_from, authorisation, late_minutes, early_minutes
from roster_duty where version = :version
order by day, team collate "C", shift collate "C", seat collate "C", late_minutes, person collate "C";

-- name: mark_published(id, by, at)!
update roster_version set state = 'published', published_by = :by, published_at = :at, revision = revision + 1
where id = :id;

-- name: discard_version(id)!
update roster_version set state = 'discarded', revision = revision + 1 where id = :id;

-- name: count_revision(id)$
update roster_version set revision = revision + 1 where id = :id returning revision;

-- name: days_ahead(county, since)
-- Which shifts of which days have not begun.
select distinct shift, day from duty
where county = :county and starts_at > :since and late_minutes = 0 and early_minutes = 0 order by shift, day;

-- name: move_spans(county, rows)!
-- A shift type got another time in the folder: duties that have not begun follow, those that were served stay.
update duty d set starts_at = r.starts_at, ends_at = r.ends_at
from jsonb_to_recordset(:rows::jsonb) as r (shift text, day date, starts_at timestamptz, ends_at timestamptz)
where d.county = :county and d.shift = r.shift and d.day = r.day and d.late_minutes = 0 and d.early_minutes = 0
    and (d.starts_at <> r.starts_at or d.ends_at <> r.ends_at);

-- name: turns_held(county, first, last)
-- Turns whose roll call has begun: only of these is known who came.
select team, day, shift from rollcall
where county = :county and day between :first and :last and opened_at is not null;

-- name: attended(county, first, last)
-- Who sat on which seat from when until when; null where somebody still does.
select r.team, r.day, r.shift, a.seat, a.person, a.since, coalesce(a.gone_at, r.ended_at) as gone_at
from attendance a join rollcall r on r.id = a.rollcall
where a.county = :county and r.day between :first and :last and a.since is not null
order by r.team, r.day, r.shift, a.seat, a.since;

-- name: left_behind(county, people, since)
-- Duties to come of people who have left: whoever applied the folder has to fill them.
select day, team, shift, seat, person from duty
where county = :county and person = any(:people::text[]) and starts_at > :since
order by day, team, shift, seat;
