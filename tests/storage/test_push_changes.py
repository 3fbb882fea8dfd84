"""A change is journaled with the cards it touched, and never with older ones than its place in the journal."""

import asyncio

from dispatch.push.changes import record_change
from runtime.database import Database
from runtime.journal import read_events
from tests.storage.access_rows import COUNTY, UNIT, make_county


async def test_a_change_carries_the_cards_as_they_are_after_it(db: Database) -> None:
    await make_county(db)
    async with db.work() as work:
        await record_change(work, COUNTY, "unit_status_changed", {"unit": "bagong-1"}, units=[UNIT])
        await work.conn.execute("update unit set status = 'en_route', version = version + 1")
    async with db.pool.acquire() as conn:
        (event,) = await read_events(conn, f"county/{COUNTY}", 0)
    assert event.type == "unit_status_changed"
    assert event.data["unit"] == "bagong-1"
    (card,) = event.data["cards"]["units"]
    assert (card["code"], card["status"], card["version"]) == ("bagong-1", "en_route", 2)
    assert event.data["cards"]["incidents"] == []


async def test_a_change_of_another_countys_unit_carries_no_card(db: Database) -> None:
    await make_county(db)
    async with db.work() as work:
        await record_change(work, "999999", "unit_status_changed", {}, units=[UNIT])
    async with db.pool.acquire() as conn:
        (event,) = await read_events(conn, "county/999999", 0)
    assert event.data["cards"]["units"] == []


async def test_changes_of_one_transaction_are_journaled_in_order_each_with_its_own_cards(
    db: Database,
) -> None:
    await make_county(db)
    async with db.work() as work:
        await record_change(work, COUNTY, "first", {"number": 1}, units=[UNIT])
        await record_change(work, COUNTY, "second", {"number": 2})
        await record_change(work, COUNTY, "third", {"number": 3}, units=[UNIT])
        await work.conn.execute("update unit set version = version + 1")
    async with db.pool.acquire() as conn:
        events = await read_events(conn, f"county/{COUNTY}", 0)
    assert [(event.type, event.data["number"]) for event in events] == [
        ("first", 1), ("second", 2), ("third", 3),
    ]  # fmt: skip
    assert [[card["version"] for card in event.data["cards"]["units"]] for event in events] == [[2], [], [2]]


async def test_a_change_that_is_overtaken_never_journals_an_older_card(db: Database) -> None:
    """Somebody else's change of the same card commits while this transaction is still at work."""
    await make_county(db)
    touched, overtaken = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with db.work() as work:
            await record_change(work, COUNTY, "slow", {}, units=[UNIT])
            touched.set()
            await overtaken.wait()

    async def fast() -> None:
        await touched.wait()
        async with db.work() as work:
            await work.conn.execute("update unit set seats = 3, version = version + 1 where id = $1", UNIT)
            await record_change(work, COUNTY, "fast", {}, units=[UNIT])
        overtaken.set()

    await asyncio.gather(slow(), fast())
    async with db.pool.acquire() as conn:
        events = await read_events(conn, f"county/{COUNTY}", 0)
    assert [event.type for event in events] == ["fast", "slow"]
    assert [event.data["cards"]["units"][0]["version"] for event in events] == [2, 2]


async def test_boards_folded_from_many_writers_end_at_the_newest_card(db: Database) -> None:
    await make_county(db)

    async def writer() -> None:
        for _ in range(10):
            async with db.work() as work:
                await work.conn.execute("update unit set version = version + 1 where id = $1", UNIT)
                await record_change(work, COUNTY, "unit_changed", {}, units=[UNIT])

    await asyncio.gather(*(writer() for _ in range(6)))
    async with db.pool.acquire() as conn:
        events = await read_events(conn, f"county/{COUNTY}", 0)
    versions = [event.data["cards"]["units"][0]["version"] for event in events]
    assert len(versions) == 60
    assert versions == sorted(versions)
    assert versions[-1] == 61
