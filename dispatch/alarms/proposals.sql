-- name: insert_proposal(id, county, incident, cause, made_at, conditions_version, policy_version, inputs, result)!
-- Keep what was asked and answered, so that it can be replayed.
insert into proposal (id, county, incident, cause, made_at, conditions_version, policy_version, inputs, result)
values (:id, :county, :incident, :cause, :made_at, :conditions_version, :policy_version, :inputs, :result);

-- name: latest(incident)^
-- What is proposed now.
select id, incident, cause, made_at, conditions_version, policy_version, result
from proposal where incident = :incident order by made_at desc, id desc limit 1;

-- name: by_id(id)^
-- One proposal with everything it was made from.
select * from proposal where id = :id;

-- name: open_shortfalls(incident)
-- What still lacks.
select id, code, missing, cause from shortfall where incident = :incident and resolved_at is null;

-- name: insert_shortfall(id, county, incident, proposal, code, missing, cause, at)!
-- Raise a shortfall to the console.
insert into shortfall (id, county, incident, proposal, code, missing, cause, raised_at)
values (:id, :county, :incident, :proposal, :code, :missing, :cause, :at);

-- name: save_shortfall(id, missing, cause)!
-- The same shortfall with another figure or cause.
update shortfall set missing = :missing, cause = :cause where id = :id;

-- name: resolve_shortfalls(ids, at)!
-- What lacked has been found, or is needed no more.
update shortfall set resolved_at = :at where id = any(:ids::uuid[]);

-- name: insert_notices(ids, county, incident, bodies, text_code, at)
-- Tell each body once; the new notices.
insert into notice (id, county, incident, body, text_code, sent_at)
select w.id, :county, :incident, w.body, :text_code, :at
from unnest(:ids::uuid[], :bodies::text[]) as w (id, body)
on conflict (incident, body, text_code) do nothing
returning id;

-- name: lock_notice(county, id)^
-- One notice.
select * from notice where county = :county and id = :id for update;

-- name: save_receipt(id, at, by)!
-- Somebody at the other end has confirmed it.
update notice set received_at = :at, received_by = :by where id = :id;

-- name: notice_card(county, id)$
-- One notice as people see it.
select card from notice_card where county = :county and id = :id;

-- name: notice_cards(incident)
-- The notices of an incident as people see them.
select card from notice_card where incident = :incident order by id;
