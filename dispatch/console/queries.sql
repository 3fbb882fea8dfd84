-- name: board_cards(county)
-- Everything that a board shows, in one round trip. What belongs to an incident is shown while that is open.
select 'incidents' as kind, card from incident_card where county = :county and status = 'open'
union all
select 'assignments', a.card from assignment_card a join incident i on i.id = a.incident
    where a.county = :county and i.status = 'open'
union all
select 'units', card from unit_card where county = :county and not (card -> 'retired')::boolean
union all
select 'notices', n.card from notice_card n join incident i on i.id = n.incident
    where n.county = :county and i.status = 'open'
union all
select 'conditions', card from condition_card where county = :county and card ->> 'removed_at' is null;
