-- name: set_timer(id, county, kind, subject, due_at, payload, only_earlier)!
-- One open timer of a kind for a subject: setting it again moves it; `only_earlier`: never to a later time.
insert into timer (id, county, kind, subject, due_at, payload)
values (:id, :county, :kind, :subject, :due_at, :payload)
on conflict (kind, subject) where done_at is null
do update set
    due_at = case when :only_earlier then least(timer.due_at, excluded.due_at) else excluded.due_at end,
    payload = excluded.payload, attempts = 0;

-- name: set_timers(ids, county, kinds, subjects, due_at)!
-- Several timers of one county; one that is set already is moved.
insert into timer (id, county, kind, subject, due_at, payload)
select w.id, :county, w.kind, w.subject, w.due_at, '{}'
from unnest(:ids::uuid[], :kinds::text[], :subjects::uuid[], :due_at::timestamptz[]) as w (id, kind, subject, due_at)
on conflict (kind, subject) where done_at is null
do update set due_at = excluded.due_at, payload = excluded.payload, attempts = 0;

-- name: cancel_timer(kind, subject)!
-- Gone as if never set; one that is being handled at this moment is waited for.
delete from timer where kind = :kind and subject = :subject and done_at is null;

-- name: claim_timer(kinds, held, now)^
-- The longest overdue that nobody is handling, marked done in the caller's transaction: if the handler fails,
-- the mark is rolled back with everything else.
update timer set done_at = :now, attempts = attempts + 1
where id = (
    select id from timer
    where done_at is null and due_at <= :now and kind = any(:kinds::text[]) and id <> all(:held::uuid[])
    order by due_at
    limit 1
    for update skip locked)
returning id, county, kind, subject, due_at, payload, attempts;

-- name: look_ahead(kinds, now, most)^
-- How many are due (counted up to a limit), and when the next one is.
select
    (select count(*) from (
        select from timer where done_at is null and due_at <= :now and kind = any(:kinds::text[]) limit :most
    ) as due) as due,
    (select min(due_at) from timer where done_at is null and due_at > :now and kind = any(:kinds::text[])) as next;

-- name: put_off(id, due_at, attempts)!
-- After a failure: later, unless somebody moved or finished it meanwhile.
update timer set due_at = :due_at, attempts = :attempts
where id = :id and done_at is null and attempts = :attempts - 1;

-- name: delete_done(county, before, most)!
-- Retention of timers that have been handled.
delete from timer where ctid = any(array(
    select ctid from timer where county = :county and done_at < :before limit :most));
