-- name: take_lease(name, holder, now, expires_at)$
-- The term, when the lease is free, has run out or is ours already; a new holder begins a new term.
insert into lease (name, holder, term, expires_at)
values (:name, :holder, 1, :expires_at)
on conflict (name) do update set
    term = lease.term + (lease.holder <> excluded.holder)::int,
    holder = excluded.holder,
    expires_at = excluded.expires_at
where lease.holder = excluded.holder or lease.expires_at <= :now
returning term;

-- name: give_up_lease(name, holder, now)!
-- Let another process have it at once.
update lease set expires_at = :now where name = :name and holder = :holder;
