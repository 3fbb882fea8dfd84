-- name: lock_rosters(county)!
-- One change of a county's rosters at a time: what is checked against the rest stays true until it is committed.
select pg_advisory_xact_lock(hashtextextended('roster ' || :county, 0));

-- name: reference(county)^
select digest, document, applied_at from roster_reference where county = :county;

-- name: upsert_reference(county, digest, document, at)!
insert into roster_reference (county, digest, document, applied_at)
values (:county, :digest, :document::jsonb, :at)
on conflict (county) do update
    set digest = excluded.digest, document = excluded.document, applied_at = excluded.applied_at;

-- name: people(county)
select code, name, employment, telephone, joined, memberships, qualifications, synthetic
from person where county = :county and retired_at is null order by code;

-- name: retired_people(county, codes)
-- Whoever has left, for the months that they served.
select code, name, employment, telephone, joined, memberships, qualifications, synthetic
from person where county = :county and code = any(:codes::text[]) and retired_at is not null order by code;

-- name: upsert_people(county, rows)!
insert into person (county, code, name, employment, telephone, joined, memberships, qualifications, synthetic)
select :county, r.code, r.name, r.employment, r.telephone, r.joined, r.memberships, r.qualifications, r.synthetic
from jsonb_to_recordset(:rows::jsonb) as r (code text, name text, employment text, telephone text, joined date,
    memberships jsonb, qualifications jsonb, synthetic boolean)
on conflict (county, code) do update set name = excluded.name, employment = excluded.employment,
    telephone = excluded.telephone, joined = excluded.joined, memberships = excluded.memberships,
    qualifications = excluded.qualifications, synthetic = excluded.synthetic, retired_at = null;

-- name: retire_people(county, codes, at)
-- Nobody is deleted who ever served.
update person set retired_at = :at
where county = :county and not (code = any(:codes::text[])) and retired_at is null
returning code;

-- name: absences(county, since, until)
select code, person, kind, starts_at, ends_at, note, from_folder, told_by, told_at
from absence
where county = :county and withdrawn_at is null and ends_at > :since and starts_at < :until
order by starts_at, code;

-- name: absences_told(county, since, until, team)
-- The same with names, of everybody or of a team's members.
select a.code, a.person, p.name, a.kind, a.starts_at, a.ends_at, a.note, a.from_folder, a.told_by, a.told_at,
    coalesce(jsonb_path_query_array(p.memberships, '$[*].team'), '[]') as teams
from absence a left join person p on p.county = a.county and p.code = a.person
where a.county = :county and a.withdrawn_at is null and a.ends_at > :since and a.starts_at < :until
    and (:team::text is null or p.memberships @> jsonb_build_array(jsonb_build_object('team', :team::text)))
order by a.starts_at, a.code;

-- name: insert_absences(county, rows, from_folder, by, at)!
-- One of the folder's that is there already takes the folder's values; one made on a page is never overwritten.
insert into absence (id, county, code, person, kind, starts_at, ends_at, note, from_folder, told_by, told_at)
select r.id, :county, r.code, r.person, r.kind, r.starts_at, r.ends_at, r.note, :from_folder, :by, :at
from jsonb_to_recordset(:rows::jsonb) as r (id uuid, code text, person text, kind text, starts_at timestamptz,
    ends_at timestamptz, note text)
on conflict (county, code) do update set person = excluded.person, kind = excluded.kind,
    starts_at = excluded.starts_at, ends_at = excluded.ends_at, note = excluded.note, withdrawn_at = null
where absence.from_folder and excluded.from_folder;

-- name: withdraw_folder_absences(county, codes, at)!
update absence set withdrawn_at = :at
where county = :county and from_folder and withdrawn_at is null and not (code = any(:codes::text[]));

-- name: withdraw_absence(county, code, at)^
update absence set withdrawn_at = :at
where county = :county and code = :code and withdrawn_at is null
returning code, person, kind, starts_at, ends_at, note;

-- name: end_absence(county, code, ends_at)^
-- Back earlier than said.
update absence set ends_at = :ends_at
where county = :county and code = :code and withdrawn_at is null and starts_at < :ends_at and ends_at > :ends_at
returning code, person, kind, starts_at, ends_at, note;

-- name: requests(county, first, last)
select id, person, day, shift, wanted, weight from duty_request
where county = :county and withdrawn_at is null and day between :first and :last
order by day, person, shift;

-- name: insert_requests(county, rows, from_folder, by, at)!
insert into duty_request (id, county, person, day, shift, wanted, weight, from_folder, made_by, made_at)
select r.id, :county, r.person, r.day, r.shift, r.wanted, r.weight, :from_folder, :by, :at
from jsonb_to_recordset(:rows::jsonb) as r (id uuid, person text, day date, shift text, wanted boolean, weight int)
on conflict (county, person, day, coalesce(shift, '')) where withdrawn_at is null do update
    set wanted = excluded.wanted, weight = excluded.weight, made_by = excluded.made_by, made_at = excluded.made_at;

-- name: withdraw_folder_requests(county, at)!
update duty_request set withdrawn_at = :at where county = :county and from_folder and withdrawn_at is null;

-- name: withdraw_request(county, id, at)^
update duty_request set withdrawn_at = :at
where county = :county and id = :id and withdrawn_at is null
returning id, person, day, shift, wanted, weight;

-- name: request_of(county, id)^
select id, person, day, shift, wanted, weight, withdrawn_at from duty_request where county = :county and id = :id;

-- name: authorisations(county, first, last)
select code, rule, person, team, first, last, given_by, reason, given_at from authorisation
where county = :county and revoked_at is null and first <= :last and last >= :first
order by code;

-- name: insert_authorisation(id, county, code, rule, person, team, first, last, by, reason, at)!
insert into authorisation (id, county, code, rule, person, team, first, last, given_by, reason, given_at)
values (:id, :county, :code, :rule, :person, :team, :first, :last, :by, :reason, :at);

-- name: revoke_authorisation(county, code, at)^
update authorisation set revoked_at = :at
where county = :county and code = :code and revoked_at is null
returning code, rule, person, team, first, last;

-- name: debts(county, before)
-- What everybody carries into a month, over the twelve months before it.
select person, sum(nights) as nights, sum(weekends) as weekends, sum(holidays) as holidays, sum(minutes) as minutes
from fairness_balance
where county = :county and month < :before and month >= :before::date - interval '12 months'
group by person order by person;

-- name: write_balances(county, rows, at)!
insert into fairness_balance (county, person, team, month, nights, weekends, holidays, minutes, settled_at)
select :county, r.person, r.team, r.month, r.nights, r.weekends, r.holidays, r.minutes, :at
from jsonb_to_recordset(:rows::jsonb) as r (person text, team text, month date, nights float8, weekends float8,
    holidays float8, minutes float8)
on conflict (county, person, team, month) do update set nights = excluded.nights, weekends = excluded.weekends,
    holidays = excluded.holidays, minutes = excluded.minutes, settled_at = excluded.settled_at;

-- name: last_settled(county)$
select max(month) from fairness_balance where county = :county;

-- name: disaster_work(county, first, last)
select id, person, day, minutes, incident, told_by, told_at from disaster_work
where county = :county and withdrawn_at is null and day between :first and :last order by day, person, id;

-- name: insert_disaster_work(id, county, person, day, minutes, incident, by, at)!
insert into disaster_work (id, county, person, day, minutes, incident, told_by, told_at)
values (:id, :county, :person, :day, :minutes, :incident, :by, :at);

-- name: withdraw_disaster_work(county, id, at)^
update disaster_work set withdrawn_at = :at where county = :county and id = :id and withdrawn_at is null
returning id, person, day, minutes;

-- name: incident_exists(county, id)$
select exists (select from incident where county = :county and id = :id);

-- name: set_released(county, code, released)!
update absence set released = :released::jsonb where county = :county and code = :code;

-- name: absences_of(county, codes)
select code, person, kind, starts_at, ends_at, note, released from absence
where county = :county and code = any(:codes::text[]) and withdrawn_at is null order by code;

-- name: first_published(county)$
select min(day) from duty_day where county = :county;
