"""A checker of histories: what the journal says happened must be possible, and the tables must agree with its end."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from dispatch.alarms.incident import BUSY, FILLING, TRANSITIONS, State
from runtime.database import Connection, Database

STEPS = frozenset((state, new) for state, moves in TRANSITIONS.items() for new in moves.values())


async def check_history(db: Database, county: str) -> None:
    """Every check below, on one snapshot: the world may go on meanwhile."""
    async with db.reading() as conn:
        await check_sequences(conn)
        last = await replay(conn, county)
        await check_end(conn, last)
        await check_orders_told(conn)


async def check_sequences(conn: Connection) -> None:
    """Each stream counts 1, 2, 3 … to its head."""
    for row in await conn.fetch(
        "select s.name, s.head, count(e.seq) as n, min(e.seq) as first, max(e.seq) as last "
        "from stream s left join event e on e.stream = s.name group by s.name, s.head",
    ):
        told = (row["n"], row["first"] or 1, row["last"] or 0)
        assert told == (row["head"], 1, row["head"]), f"{row['name']} has a gap: {dict(row)}"


async def replay(conn: Connection, county: str) -> dict[str, dict[str, Any]]:
    """The last card of every assignment. Each step is in the table of transitions; at no time is a unit bound
    twice or a slot filled twice."""
    cards: dict[str, dict[str, Any]] = {}
    for event in await conn.fetch(
        "select seq, type, data from event where stream = $1 order by seq", f"county/{county}"
    ):
        where = f"event {event['seq']} ({event['type']})"
        for card in event["data"].get("cards", {}).get("assignments", ()):
            _check_step(cards.get(card["id"]), card, where)
            cards[card["id"]] = card
        _check_once((c["unit"] for c in cards.values() if State(c["state"]) in BUSY), f"unit, {where}")
        _check_once(
            ((c["incident"], c["slot"]) for c in cards.values() if State(c["state"]) in FILLING),
            f"slot, {where}",
        )
    return cards


def _check_step(before: Mapping[str, Any] | None, after: Mapping[str, Any], where: str) -> None:
    if before is None:
        assert after["state"] == State.DISPATCHED, f"{where}: an assignment begins as {after['state']}"
        return
    assert before["version"] <= after["version"], f"{where}: an older card after a newer one"
    old, new = State(before["state"]), State(after["state"])
    assert old is new or (old, new) in STEPS, f"{where}: {after['unit']} goes from {old} to {new}"


def _check_once(things: Iterable[Any], what: str) -> None:
    twice = [thing for thing, count in Counter(things).items() if count > 1]
    assert not twice, f"bound twice: {what}: {twice}"


async def check_end(conn: Connection, last: Mapping[str, Mapping[str, Any]]) -> None:
    """What the journal says last is what the tables hold."""
    table = {
        str(row["id"]): (row["state"], row["slot"], row["version"])
        for row in await conn.fetch("select id, state, slot, version from assignment")
    }
    assert table == {id: (c["state"], c["slot"], c["version"]) for id, c in last.items()}


async def check_orders_told(conn: Connection) -> None:
    """Every assignment of a unit with a device was journaled for that device, once."""
    told: Counter[str] = Counter()
    for row in await conn.fetch(
        "select stream, data ->> 'assignment_id' as assignment, count(*) as n from event "
        "where stream like 'device/%' and type = 'order_dispatched' group by 1, 2",
    ):
        assert row["n"] == 1, f"ordered twice: {dict(row)}"
        told[row["assignment"]] += 1
    ordered = await conn.fetch(
        "select a.id from assignment a join unit u on u.id = a.unit "
        "where exists (select from device d where d.county = a.county and d.unit = u.code)",
    )
    assert {str(row["id"]) for row in ordered} == set(told)


async def check_alarms(db: Database, answered: Mapping[str, Mapping[str, Any]]) -> None:
    """Every alarm that was answered 2xx is stored once, as it was answered; every incident was looked at."""
    async with db.reading() as conn:
        await _check_alarms(conn, answered)


async def _check_alarms(conn: Connection, answered: Mapping[str, Mapping[str, Any]]) -> None:
    stored: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in await conn.fetch(
        "select a.source_id, a.id, a.incident, a.linked, i.number "
        "from alarm a join incident i on i.id = a.incident",
    ):
        stored[row["source_id"]].append(row)
    assert set(stored) == set(answered)
    for source_id, answer in answered.items():
        (row,) = stored[source_id]
        assert answer == {
            "alarm_id": str(row["id"]),
            "incident_id": str(row["incident"]),
            "incident_number": row["number"],
            "linked": row["linked"],
        }
    # An incident is opened by exactly one alarm, and gets at least one proposal.
    opened = await conn.fetch(
        "select i.number, count(a.id) filter (where not a.linked) as openers, "
        "exists (select from proposal p where p.incident = i.id) as proposed "
        "from incident i left join alarm a on a.incident = i.id group by i.id",
    )
    assert [dict(row) for row in opened if row["openers"] != 1 or not row["proposed"]] == []
