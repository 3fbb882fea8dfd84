"""The county folder becomes rows: what it owns changes, what the database owns stays, nothing is deleted."""

from dataclasses import replace

import pytest

from dispatch.forces import commands
from dispatch.forces.apply import CARDS_AN_EVENT, apply_county, plan_county
from dispatch.forces.status import Status
from gis_data.model import Name
from runtime.database import Database
from runtime.errors import UserError
from runtime.journal import read_events
from tests.storage.forces_county import CODE, grid_county

COUNTY = grid_county()


async def apply(db: Database, county=COUNTY):
    async with db.work() as work:
        return await apply_county(work, county)


async def plan(db: Database, county=COUNTY):
    async with db.reading() as conn:
        return await plan_county(conn, county)


async def unit(db: Database, code: str):
    async with db.pool.acquire() as conn:
        return await conn.fetchrow(
            "select * from unit join crew on crew.unit = unit.id where unit.county = $1 and code = $2",
            CODE,
            code,
        )


async def test_a_first_apply_adds_everything_and_a_second_changes_nothing(db: Database) -> None:
    before = await plan(db)
    assert before.new
    assert before.counts()["unit"] == {"added": 8, "changed": 0, "retired": 0}
    await apply(db)
    again = await apply(db)
    assert not again
    assert list(again.lines()) == [f"{CODE}：数据库与县域文件夹一致"]
    async with db.pool.acquire() as conn:
        assert len(await read_events(conn, f"county/{CODE}", 0)) == 1


async def test_a_new_unit_starts_on_duty_with_its_nominal_crew(db: Database) -> None:
    await apply(db)
    row = await unit(db, "s1-2")
    assert (row["source"], row["seats_filled"], row["status"], row["duty_mode"]) == (
        "nominal",
        4,
        "standby",
        "station",
    )


async def test_what_the_database_owns_survives_a_change_of_the_folder(db: Database) -> None:
    await apply(db)
    async with db.work() as work:
        await commands.report_status(work, CODE, "s1-1", Status.EN_ROUTE, at=None, by="test")
        await commands.report_strength(work, CODE, "s1-1", crew=3, qualifications={"driver": 1}, by="test")
        await commands.set_service(work, CODE, "s1-1", cause="repair", by="test")
    first, *others = COUNTY.units
    changed = replace(
        COUNTY,
        units=(
            replace(first, name=Name("新名", "New"), brings={**first.brings, "water_tonnes": 8.0}),
            *others,
        ),
    )
    done = await apply(db, changed)
    assert done.counts() == {"unit": {"added": 0, "changed": 1, "retired": 0}}
    row = await unit(db, "s1-1")
    assert (row["name"], row["brings"]["water_tonnes"]) == ("新名", 8.0)
    assert (row["status"], row["seats_filled"], row["qualifications"]) == ("en_route", 3, {"driver": 1})
    assert row["out_of_service"] == "repair"


async def test_what_vanished_is_retired_and_comes_back_as_itself(db: Database) -> None:
    await apply(db)
    was = await unit(db, "m1-1")
    less = replace(
        COUNTY,
        stations=tuple(s for s in COUNTY.stations if s.code != "m1"),
        units=tuple(u for u in COUNTY.units if u.station != "m1"),
        zones=COUNTY.zones[:2],
    )
    done = await apply(db, less)
    assert {name: t.retired for name, t in done.tables.items()} == {
        "zone": ("z3",),
        "station": ("m1",),
        "unit": ("m1-1",),
    }
    assert (await unit(db, "m1-1"))["retired_at"] is not None
    assert not await plan(db, less)
    back = await apply(db)
    assert any("重新启用" in line for line in back.lines())
    row = await unit(db, "m1-1")
    assert row["id"] == was["id"]
    assert row["retired_at"] is None


async def test_the_plan_says_what_apply_would_do_and_touches_nothing(db: Database) -> None:
    await apply(db)
    moved = replace(
        COUNTY, units=tuple(replace(u, station="s2") if u.code == "s1-2" else u for u in COUNTY.units)
    )
    lines = list((await plan(db, moved)).lines("en"))
    assert lines == ["~ unit s1-2 s1-2 号车: station s1 → s2"]
    assert (await unit(db, "s1-2"))["station"] == "s1"


async def test_a_unit_without_a_station_is_refused_in_one_line(db: Database) -> None:
    orphan = replace(COUNTY, stations=COUNTY.stations[1:])
    with pytest.raises(UserError, match="unit s1-1 belongs to station 's1', which does not exist"):
        await apply(db, orphan)
    assert (await plan(db)).new


async def test_a_large_county_is_applied_in_one_transaction_with_events_of_bounded_size(db: Database) -> None:
    pattern = COUNTY.units[0]
    large = replace(
        COUNTY, units=tuple(replace(pattern, code=f"u{n}") for n in range(2 * CARDS_AN_EVENT + 50))
    )
    await apply(db, large)
    async with db.pool.acquire() as conn:
        events = await read_events(conn, f"county/{CODE}", 0)
    assert [e.type for e in events] == ["county_applied", "county_units_applied", "county_units_applied"]
    assert [len(e.data["cards"]["units"]) for e in events] == [CARDS_AN_EVENT, CARDS_AN_EVENT, 50]
    assert len(events[0].data["stations"]) == 4
