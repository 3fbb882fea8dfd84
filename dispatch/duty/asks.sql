-- name: insert_swap(id, county, person, other, gives, takes, by, at, note)!
insert into duty_swap (id, county, state, person, other, gives, takes, proposed_by, proposed_at, note)
values (:id, :county, 'proposed', :person, :other, :gives::jsonb, :takes::jsonb, :by, :at, :note);

-- name: open_swap_of(county, gives)$
select id from duty_swap where county = :county and gives = :gives::jsonb and state in ('proposed', 'accepted');

-- name: lock_swap(county, id)^
select id, state, person, other, gives, takes, proposed_by, proposed_at, note
from duty_swap where county = :county and id = :id for update;

-- name: answer_swap(id, state, by, at)!
update duty_swap set state = :state, answered_by = :by, answered_at = :at where id = :id;

-- name: decide_swap(id, state, by, at)!
update duty_swap set state = :state, decided_by = :by, decided_at = :at where id = :id;

-- name: swaps(county, person, open, most)
select id, state, person, other, gives, takes, proposed_by, proposed_at, answered_by, answered_at, decided_by,
    decided_at, note
from duty_swap
where county = :county and (:person::text is null or :person in (person, other))
    and (not :open::boolean or state in ('proposed', 'accepted'))
order by proposed_at desc, id desc limit :most;

-- name: open_swaps(county)
select id, state, person, other, gives, takes, proposed_by, proposed_at, note
from duty_swap where county = :county and state in ('proposed', 'accepted') order by id for update skip locked;

-- name: insert_offer(id, county, team, day, shift, seat, closes_at, by, at)$
-- Null when the seat is offered already.
insert into seat_offer (id, county, team, day, shift, seat, state, closes_at, made_by, made_at)
values (:id, :county, :team, :day, :shift, :seat, 'open', :closes_at, :by, :at)
on conflict (county, team, day, shift, seat) where state = 'open' do nothing
returning id;

-- name: insert_candidates(offer, county, rows)!
insert into offer_candidate (offer, county, person, place, reasons, opens_at, closes_at)
select :offer, :county, r.person, r.place, r.reasons, r.opens_at, r.closes_at
from jsonb_to_recordset(:rows::jsonb) as r (person text, place int, reasons jsonb, opens_at timestamptz,
    closes_at timestamptz);

-- name: lock_offer(county, id)^
select id, team, day, shift, seat, state, closes_at, made_by, made_at, granted_to, settled_by, settled_at
from seat_offer where county = :county and id = :id for update;

-- name: offers(county, person, open, most, at)
select o.id, o.team, o.day, o.shift, o.seat, o.state, o.closes_at, o.made_by, o.made_at, o.granted_to, o.settled_by,
    o.settled_at
from seat_offer o
where o.county = :county and (not :open::boolean or o.state = 'open')
    and (:person::text is null
        or exists (select from offer_candidate c where c.offer = o.id and c.person = :person::text
            and c.opens_at <= :at))
order by o.made_at desc, o.id desc limit :most;

-- name: candidates(offers)
select offer, person, place, reasons, opens_at, closes_at, answer, answered_by, answered_at
from offer_candidate where offer = any(:offers::uuid[]) order by offer, place;

-- name: answer_offer(offer, person, answer, by, at)$
update offer_candidate set answer = :answer, answered_by = :by, answered_at = :at
where offer = :offer and person = :person and opens_at <= :at
returning place;

-- name: settle_offer(id, state, person, by, at)!
update seat_offer set state = :state, granted_to = :person, settled_by = :by, settled_at = :at where id = :id;

-- name: offers_run_out(county, at)
select id, team, day, shift, seat from seat_offer
where county = :county and state = 'open' and closes_at <= :at order by id for update skip locked;

-- name: feed_of(hash)^
select county, person from duty_feed where hash = :hash and revoked_at is null;

-- name: insert_feed(hash, county, person, by, at)!
insert into duty_feed (hash, county, person, made_by, made_at) values (:hash, :county, :person, :by, :at);

-- name: revoke_feed(county, person, at)$
update duty_feed set revoked_at = :at
where county = :county and person = :person and revoked_at is null
returning person;

-- name: insert_repair(id, county, absences, duties, options, by, at)!
insert into duty_repair (id, county, absences, duties, options, made_by, made_at)
values (:id, :county, :absences::text[], :duties::jsonb, :options::jsonb, :by, :at);

-- name: lock_repair(county, id)^
select id, absences, duties, options, made_by, made_at, taken, taken_by, taken_at
from duty_repair where county = :county and id = :id for update;

-- name: take_repair(id, number, by, at)!
update duty_repair set taken = :number, taken_by = :by, taken_at = :at where id = :id;

-- name: insert_job(id, county, kind, request, by, at)!
insert into roster_job (id, county, kind, state, request, made_by, made_at, heard_at)
values (:id, :county, :kind, 'running', :request::jsonb, :by, :at, :at);

-- name: jobs(county, most)
select id, kind, state, request, progress, stopping, result, version, made_by, made_at, heard_at, ended_at
from roster_job where county = :county order by made_at desc, id desc limit :most;

-- name: job(county, id)^
select id, kind, state, request, progress, stopping, result, version, made_by, made_at, heard_at, ended_at
from roster_job where county = :county and id = :id;

-- name: running_jobs(county)$
select count(*) from roster_job where county = :county and state = 'running';

-- name: hear_job(id, progress, at)$
-- How far it is; null once somebody ended it.
update roster_job set progress = :progress::jsonb, heard_at = :at
where id = :id and state = 'running' returning stopping;

-- name: end_job(id, state, result, version, at)$
update roster_job set state = :state, result = :result::jsonb, version = :version, ended_at = :at, heard_at = :at
where id = :id and state = 'running' returning id;

-- name: lose_jobs(county, before, at)
-- Their process has said nothing for long: it is gone, with whatever host it ran on.
update roster_job set state = 'failed', result = '{"code": "roster_job_lost"}', ended_at = :at
where county = :county and state = 'running' and heard_at < :before
returning id;

-- name: lock_jobs(county)!
-- One start of a job at a time, so that no two of a county run.
select pg_advisory_xact_lock(hashtextextended('roster job ' || :county, 0));

-- name: stop_job(county, id)$
update roster_job set stopping = true where county = :county and id = :id and state = 'running' returning id;
