"""Commands done once: whoever repeats a request id, because no answer came, gets the first answer."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from runtime.database import Connection, Database, Work
from runtime.encoding import from_json, to_json, to_json_bytes
from runtime.errors import Conflict
from runtime.queries import load_queries

_queries = load_queries("runtime", "idempotency.sql")

_LONGEST_ID = 200

Answer = dict[str, Any]


class _Repeated(Exception):  # noqa: N818 (no error: it leaves the transaction)
    pass


async def run_once(
    db: Database,
    *,
    county: str,
    actor: str,
    id: str | None,
    kind: str,
    request: Mapping[str, Any],
    act: Callable[[Work], Awaitable[Answer]],
) -> Answer:
    """`act` and the record of its answer are one transaction; if it raises, the id is free again.

    Without an id it just runs. The same id for another request is a `Conflict`.
    """
    if id is None:
        async with db.work() as work:
            return _as_stored(await act(work))
    if not 0 < len(id) <= _LONGEST_ID:
        raise Conflict(f"a request id has 1 to {_LONGEST_ID} characters; use a UUID")
    request_hash = hashlib.sha256(to_json_bytes([kind, request], sorted_keys=True)).digest()
    key = {"county": county, "actor": actor, "id": id}
    try:
        async with db.work() as work:
            begun = await _queries.begin_command(
                work.conn, **key, kind=kind, request_hash=request_hash, at=work.now
            )
            if begun is None:
                raise _Repeated
            answer = _as_stored(await act(work))
            await _queries.end_command(work.conn, **key, response=answer)
            return answer
    except _Repeated:
        pass
    async with db.pool.acquire() as conn:
        first = await _queries.read_command(conn, **key)
    if first is None or bytes(first["request_hash"]) != request_hash:
        raise Conflict(f"request id {id} was used before for another request; use a new one")
    stored: Answer = first["response"]
    return stored


async def prune_commands(conn: Connection, county: str, before: datetime, *, limit: int = 5_000) -> int:
    status: str = await _queries.delete_commands(conn, county=county, before=before, most=limit)
    return int(status.rsplit(" ", 1)[-1])


def _as_stored(answer: Answer) -> Answer:
    """The first answer and its repeats are the same to the letter."""
    stored: Answer = from_json(to_json(answer))
    return stored
