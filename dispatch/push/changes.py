"""What boards and devices are told: changes with the cards they touched, and events on the streams of a unit's
devices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from runtime.database import Work
from runtime.queries import load_queries

QUERIES = load_queries("dispatch.push", "changes.sql")
CARD_KINDS = ("incidents", "assignments", "units", "notices", "conditions")


@dataclass(frozen=True, slots=True)
class _Change:
    county: str
    type: str
    params: Mapping[str, Any]
    touched: Mapping[str, list[UUID]]  # by kind of card


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
    work.at_end_together(_journal_with_cards, _Change(county, type, dict(params), touched))


async def _journal_with_cards(work: Work, changes: list[_Change]) -> None:
    """All changes of the transaction: everybody waits for this lock, so under it the cards are read in one go."""
    for county in sorted({change.county for change in changes}):
        mine = [change for change in changes if change.county == county]
        await QUERIES.lock_stream(work.conn, stream=f"county/{county}", county=county)
        wanted = {kind: list({id for change in mine for id in change.touched[kind]}) for kind in CARD_KINDS}
        rows = [row async for row in QUERIES.cards_of(work.conn, county=county, **wanted)]
        for change in mine:
            cards: dict[str, list[Any]] = {
                kind: [
                    row["card"] for row in rows if row["kind"] == kind and row["id"] in change.touched[kind]
                ]
                for kind in CARD_KINDS
            }
            data = {**change.params, "cards": cards}
            work.journal(f"county/{county}", change.type, data, county=county)
            for incident in sorted(set(change.touched["incidents"])):
                work.journal(f"incident/{incident}", change.type, data, county=county)


@dataclass(frozen=True, slots=True)
class ForDevices:
    """One event for the devices that serve a unit."""

    station: str
    unit_code: str
    type: str
    data: Mapping[str, Any]


async def tell_devices(
    work: Work, county: str, station: str, unit_code: str, type: str, data: Mapping[str, Any]
) -> int:
    """Journal one event for every device that serves the unit; answers how many there are."""
    return await tell_each(work, county, [ForDevices(station, unit_code, type, data)])


async def tell_each(work: Work, county: str, events: Sequence[ForDevices]) -> int:
    """Journal each of these events for every device that serves its unit; answers how many are told."""
    if not events:
        return 0
    rows = QUERIES.devices_of(
        work.conn,
        county=county,
        stations=[event.station for event in events],
        units=[event.unit_code for event in events],
    )
    told = [(row["id"], events[row["number"] - 1]) async for row in rows]
    for device, event in told:
        work.journal(f"device/{device}", event.type, event.data, county=county)
    return len(told)


async def tell_station(work: Work, county: str, station: str, type: str, data: Mapping[str, Any]) -> int:
    """Journal one event for every device of a station; answers how many there are."""
    rows = QUERIES.devices_at(work.conn, county=county, station=station)
    devices = [row["id"] async for row in rows]
    for device in devices:
        work.journal(f"device/{device}", type, data, county=county)
    return len(devices)
