-- name: begin_command(county, actor, id, kind, request_hash, at)^
-- The first to come inserts; one who comes while the first is still working waits here for its commit.
insert into command (county, actor, id, kind, request_hash, response, at)
values (:county, :actor, :id, :kind, :request_hash, 'null', :at)
on conflict (county, actor, id) do nothing
returning id;

-- name: end_command(county, actor, id, response)!
-- The answer, in the transaction of the effects.
update command set response = :response where county = :county and actor = :actor and id = :id;

-- name: read_command(county, actor, id)^
-- What was answered the first time.
select kind, request_hash, response from command where county = :county and actor = :actor and id = :id;

-- name: delete_commands(county, before, most)!
-- Retention: after some days nobody repeats a request any more.
delete from command where ctid = any(array(
    select ctid from command where county = :county and at < :before limit :most));
