-- name: append_events(streams, counties, epochs, counts, event_streams, event_ordinals, types, versions, data, at)!
-- One statement: take the next numbers of every stream and write the events. The streams come sorted, so that two
-- transactions that write the same ones wait for each other and never for ever.
with wanted as (
    select name, county, epoch, n
    from unnest(:streams::text[], :counties::text[], :epochs::uuid[], :counts::bigint[]) as w (name, county, epoch, n)
), taken as (
    insert into stream (name, county, epoch, head)
    select name, county, epoch, n from wanted order by name collate "C"
    on conflict (name) do update set head = stream.head + excluded.head
    returning name, county, head
)
insert into event (stream, seq, county, at, type, v, data)
select e.stream, taken.head - wanted.n + e.ordinal, taken.county, :at, e.type, e.v, e.data::jsonb
from unnest(:event_streams::text[], :event_ordinals::bigint[], :types::text[], :versions::int[], :data::text[])
    as e (stream, ordinal, type, v, data)
join taken on taken.name = e.stream
join wanted on wanted.name = e.stream;

-- name: read_events(stream, after, most)
-- What follows `after` in one stream, in order.
select stream, seq, at, type, v, data
from event
where stream = :stream and seq > :after
order by seq
limit :most;

-- name: read_many(streams, afters, most)
-- What follows in many streams, at most `most` events of each: one question for all connections of a process.
select e.stream, e.seq, e.at, e.type, e.v, e.data
from unnest(:streams::text[], :afters::bigint[]) as w (stream, after)
join lateral (
    select * from event where event.stream = w.stream and event.seq > w.after order by event.seq limit :most
) as e on true
order by e.stream, e.seq;

-- name: read_heads(streams)
-- Where streams stand, and the oldest event that is still kept.
select s.name, s.epoch, s.head,
    coalesce((select min(e.seq) from event e where e.stream = s.name), s.head + 1) as oldest
from stream s
where s.name = any(:streams::text[]);

-- name: delete_events(county, before, most)!
-- Retention: the oldest first, a limited number at a time so that the transaction stays short.
delete from event
where ctid = any(array(
    select ctid from event where county = :county and at < :before order by at limit :most));
