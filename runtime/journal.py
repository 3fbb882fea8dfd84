"""The journal: append-only streams of events, numbered without gaps in the transaction that changes the state."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from runtime.ids import new_id
from runtime.queries import load_queries

if TYPE_CHECKING:
    from runtime.database import Connection

_queries = load_queries("runtime", "journal.sql")

NO_EPOCH = UUID(int=0)  # of a stream that nobody has written to yet


@dataclass(frozen=True, slots=True)
class Event:
    stream: str
    seq: int
    at: datetime
    type: str
    v: int
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    epoch: UUID
    seq: int
    oldest: int = 1  # the first event that retention has left; seq + 1 when none is left

    def can_resume(self, epoch: UUID, after: int) -> bool:
        """Can a reader who has everything up to `after` go on, or does it need a snapshot?"""
        if self.seq == 0:
            return after == 0
        return epoch == self.epoch and self.oldest - 1 <= after <= self.seq


@dataclass(frozen=True, slots=True)
class Entry:
    stream: str
    county: str
    type: str
    v: int
    data: str  # JSON


async def append(conn: "Connection", entries: Sequence[Entry], at: datetime) -> None:
    """The last statement of a transaction: from here on other writers of these streams wait for its end."""
    counties: dict[str, str] = {}
    counts: dict[str, int] = {}
    ordinals: list[int] = []
    for entry in entries:
        counties.setdefault(entry.stream, entry.county)
        counts[entry.stream] = counts.get(entry.stream, 0) + 1
        ordinals.append(counts[entry.stream])
    names = sorted(counts)
    await _queries.append_events(
        conn,
        streams=names,
        counties=[counties[name] for name in names],
        epochs=[new_id() for _ in names],
        counts=[counts[name] for name in names],
        event_streams=[entry.stream for entry in entries],
        event_ordinals=ordinals,
        types=[entry.type for entry in entries],
        versions=[entry.v for entry in entries],
        data=[entry.data for entry in entries],
        at=at,
    )


async def read_events(conn: "Connection", stream: str, after: int, limit: int = 500) -> list[Event]:
    return [_event(row) async for row in _queries.read_events(conn, stream=stream, after=after, most=limit)]


async def read_many(conn: "Connection", after: Mapping[str, int], limit: int = 500) -> dict[str, list[Event]]:
    """At most `limit` events of each stream; streams with nothing new are left out."""
    found: dict[str, list[Event]] = {}
    async for row in _queries.read_many(conn, streams=list(after), afters=list(after.values()), most=limit):
        found.setdefault(row["stream"], []).append(_event(row))
    return found


async def heads(conn: "Connection", streams: Iterable[str]) -> dict[str, Head]:
    """Every stream asked for is in the answer, also one that nobody has written to yet."""
    found = {name: Head(NO_EPOCH, 0) for name in streams}
    async for row in _queries.read_heads(conn, streams=list(found)):
        found[row["name"]] = Head(row["epoch"], row["head"], row["oldest"])
    return found


async def prune(conn: "Connection", county: str, before: datetime, *, limit: int = 5_000) -> int:
    """Delete what is older than retention allows; call again while it returns `limit`. Heads stay as they are."""
    answer: str = await _queries.delete_events(conn, county=county, before=before, most=limit)
    return int(answer.rsplit(" ", 1)[-1])


def _event(row: Mapping[str, Any]) -> Event:
    return Event(row["stream"], row["seq"], row["at"], row["type"], row["v"], row["data"])
