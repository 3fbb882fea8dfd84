-- name: measures
-- One row a measure: what a monitoring system wants to watch, read when it asks.
select 'incidents_open' as name, '' as label, count(*)::float8 as value
from incident where county = :county and status = 'open'
union all
select 'assignments_active', a.state, count(*)::float8
from assignment a where a.county = :county
    and a.state in ('dispatched', 'delivered', 'acknowledged', 'en_route', 'on_scene', 'unconfirmed')
group by a.state
union all
select 'units', u.status, count(*)::float8
from unit u where u.county = :county and u.retired_at is null group by u.status
union all
select 'shortfalls_open', '', count(*)::float8
from shortfall s where s.county = :county and s.resolved_at is null
union all
select 'timer_lag_seconds', '', coalesce(extract(epoch from max(now() - t.due_at)), 0)::float8
from timer t where t.county = :county and t.done_at is null and t.due_at < now()
union all
select 'timers_failing', '', count(*)::float8
from timer t where t.county = :county and t.done_at is null and t.attempts > 0
union all
select 'journal_events', '', coalesce(sum(s.head), 0)::float8
from stream s where s.county = :county and s.name = 'county/' || :county;
