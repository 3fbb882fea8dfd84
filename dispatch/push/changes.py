"""What boards and devices are told: changes with the cards they touched, and events on the streams of a unit's
devices."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from runtime.database import Work
from runtime.queries import load_queries

QUERIES = load_queries("dispatch.push", "changes.sql")
CARD_KINDS = ("incidents", "assignments", "units", "notices", "conditions")


async def record_change(
    work: Work,
    county: str,
    type: str,
    params: Mapping[str, Any],
    *,
    incidents: Iterable[UUID] = (),
    assignments: Iterable[UUID] = (),
    units: Iterable[UUID] = (),
    notices: Iterable[UUID] = (),
    conditions: Iterable[UUID] = (),
) -> None:
    """Journal one event, with cards, on the county's stream and on the stream of each incident named.

    The cards are read at the very end of the transaction, after the county's stream is locked. Read any
    earlier, they could be journaled *behind* a newer card of a transaction that overtook this one, and every
    board would keep the older state.
    """
    touched = {
        "incidents": list(incidents),
        "assignments": list(assignments),
        "units": list(units),
        "notices": list(notices),
        "conditions": list(conditions),
    }
    told = dict(params)

    async def journal_with_cards() -> None:
        await QUERIES.lock_stream(work.conn, stream=f"county/{county}", county=county)
        cards: dict[str, list[Any]] = {kind: [] for kind in CARD_KINDS}
        async for row in QUERIES.cards_of(work.conn, county=county, **touched):
            cards[row["kind"]].append(row["card"])
        data = {**told, "cards": cards}
        work.journal(f"county/{county}", type, data, county=county)
        for incident in sorted(set(touched["incidents"])):
            work.journal(f"incident/{incident}", type, data, county=county)

    work.at_end(journal_with_cards)


async def tell_devices(
    work: Work, county: str, station: str, unit_code: str, type: str, data: Mapping[str, Any]
) -> int:
    """Journal one event for every device that serves the unit; answers how many there are."""
    rows = QUERIES.devices_of(work.conn, county=county, station=station, unit=unit_code)
    devices = [row["id"] async for row in rows]
    for device in devices:
        work.journal(f"device/{device}", type, data, county=county)
    return len(devices)


async def tell_station(work: Work, county: str, station: str, type: str, data: Mapping[str, Any]) -> int:
    """Journal one event for every device of a station; answers how many there are."""
    rows = QUERIES.devices_at(work.conn, county=county, station=station)
    devices = [row["id"] async for row in rows]
    for device in devices:
        work.journal(f"device/{device}", type, data, county=county)
    return len(devices)
