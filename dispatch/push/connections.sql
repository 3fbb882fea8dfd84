-- name: take_socket(name, holder, now)$
-- The newest connection of a device holds its row; the term says which of two is the newer.
insert into lease (name, holder, term, expires_at) values (:name, :holder, 1, :now::timestamptz + interval '1 day')
on conflict (name) do update set holder = excluded.holder, term = lease.term + 1, expires_at = excluded.expires_at
returning term;

-- name: find_superseded(names, holders)
-- Of the device connections of this process: those whose row another connection holds by now.
select w.holder
from unnest(:names::text[], :holders::text[]) as w (name, holder)
join lease l on l.name = w.name
where l.holder <> w.holder;

-- name: touch_devices(devices, now)!
-- When a device was last heard of; for people, so every half minute is enough.
update device set last_seen_at = :now where id = any(:devices::uuid[]);
