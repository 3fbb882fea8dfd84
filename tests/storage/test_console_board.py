"""The board: an old snapshot and the events after it are a fresh snapshot, whatever happened in between."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dispatch.access.principal import Principal, Role
from dispatch.access.problem import Problem
from dispatch.alarms.conduct import close, reach_milestone
from dispatch.alarms.incident import Milestone, Report
from dispatch.alarms.notices import receive_notice
from dispatch.alarms.progress import unit_reported
from dispatch.console.board import Board, fold
from dispatch.console.store import ConsoleSnapshots, load_board
from dispatch.forces import commands, conditions
from dispatch.forces.apply import apply_county
from dispatch.forces.status import Status
from dispatch.forces.tracking import Tracking
from gis_data.model import Name
from runtime.database import Database
from runtime.encoding import from_json, to_json
from runtime.journal import read_events
from tests.conftest import FakeClock
from tests.storage.alarm_world import World, make_world
from tests.storage.small_county import CODE, small_county

STREAM = f"county/{CODE}"
VIEWER = Principal(CODE, Role.VIEWER, "operator/test", None, "墙")


async def fresh(db: Database) -> Board:
    async with db.reading() as conn:
        return (await load_board(conn, CODE))[1]


async def after(db: Database, board: Board) -> Board:
    """The board after every event that has come since."""
    async with db.pool.acquire() as conn:
        while events := await read_events(conn, STREAM, board.seq):
            for event in events:
                board = fold(board, event.seq, event.data)
    return board


def shown(board: Board) -> dict[str, list[Any]]:
    """As a page would have it: through JSON."""
    found: dict[str, list[Any]] = from_json(to_json(board.cards()))
    return found


class Night:
    """Whatever may happen in a night, one thing after another, from a seed."""

    def __init__(self, world: World, clock: FakeClock, seed: int) -> None:
        self.world = world
        self.db = world.db
        self.clock = clock
        self.chance = random.Random(seed)
        self.tracking = Tracking(world.db, CODE)
        self.done: set[str] = set()

    async def step(self) -> None:
        things: dict[str, Callable[[], Awaitable[object]]] = {
            "alarm": self.alarm,
            "alarm again": self.alarm,
            "time": self.time_passes,
            "answer": self.answer,
            "answer more": self.answer,
            "report": self.unit_reports,
            "duty": self.duty,
            "service": self.service,
            "fix": self.fix,
            "road": self.road,
            "milestone": self.milestone,
            "notice": self.notice,
            "close": self.close_one,
            "apply": self.apply,
        }
        name = self.chance.choice(list(things))
        try:
            await things[name]()
            self.done.add(name)
        except Problem:
            pass  # refused: nothing happened, and the board must not show anything either
        await self.world.sweep()

    async def alarm(self) -> None:
        kind = self.chance.choice(["building", "vegetation", "vehicle"])
        at = (self.chance.uniform(112.71, 112.89), self.chance.uniform(35.41, 35.51))
        await self.world.alarm(at, kind=kind, trapped=self.chance.choice([0, 0, 2]))

    async def time_passes(self) -> None:
        self.clock.advance(self.chance.choice([5, 40, 200, 900]))

    async def _some(self, query: str) -> Any:
        rows = await self.world.sql(query, CODE)
        return self.chance.choice(rows) if rows else None

    async def answer(self) -> None:
        row = await self._some("select id from assignment where county = $1 and ended_at is null order by id")
        if row is not None:
            report = self.chance.choice([r for r in Report if r is not Report.TIME_OUT])
            await self.world.say(row["id"], report, cause="breakdown")

    async def unit_reports(self) -> None:
        unit = self.chance.choice(self.world.desk.county.units).code
        word = self.chance.choice(list(Status)).value
        await self.world.act(unit_reported, unit, word, by="test", via="device", at=None)

    async def duty(self) -> None:
        unit = self.chance.choice(self.world.desk.county.units)
        async with self.db.work() as work:
            await commands.report_strength(
                work,
                CODE,
                unit.code,
                crew=self.chance.choice([0, self.chance.randint(0, unit.seats), unit.seats]),
                until=self.chance.choice([None, work.now + timedelta(hours=1)]),
                by="test",
            )

    async def service(self) -> None:
        unit = self.chance.choice(self.world.desk.county.units)
        async with self.db.work() as work:
            cause = self.chance.choice([None, "repair"])
            await commands.set_service(work, CODE, unit.code, cause=cause, by="test")

    async def fix(self) -> None:
        unit = self.chance.choice(self.world.desk.county.units)
        await self.tracking.report(unit.code, self.chance.uniform(112.7, 112.9), 35.45, "wgs84", None)

    async def road(self) -> None:
        row = await self._some(
            "select id from road_condition where county = $1 and removed_at is null order by id"
        )
        async with self.db.work() as work:
            await conditions.turn_conditions(work, CODE)
            if row is not None and self.chance.random() < 0.4:
                await conditions.remove_condition(work, CODE, row["id"], by="test")
                return
            edge = self.chance.choice(self.world.desk.county.roads.ids)
            ends_at = self.chance.choice([None, work.now + timedelta(minutes=10)])
            report = conditions.Report((edge,), None, 0.0, (), "flood", None, ends_at)
            await conditions.add_condition(work, CODE, report, by="test")

    async def _open_incident(self) -> Any:
        return await self._some("select id from incident where county = $1 and status = 'open' order by id")

    async def milestone(self) -> None:
        row = await self._open_incident()
        if row is not None:
            milestone = self.chance.choice(list(Milestone))
            await self.world.act(reach_milestone, row["id"], milestone, by="test", at=None)

    async def notice(self) -> None:
        row = await self._some("select id from notice where county = $1 order by id")
        if row is not None:
            await self.world.act(receive_notice, row["id"], by="test")

    async def close_one(self) -> None:
        row = await self._open_incident()
        if row is not None:
            for assignment in await self.world.sql(
                "select id from assignment where incident = $1 and ended_at is null", row["id"]
            ):
                await self.world.say(assignment["id"], Report.RECALL)
            for milestone in (Milestone.MOP_UP, Milestone.GUARD, Milestone.ACCEPTANCE):
                await self.world.act(reach_milestone, row["id"], milestone, by="test", at=None)
            await self.world.act(close, row["id"], by="test", why=None)

    async def apply(self) -> None:
        county = small_county()
        first, *others = county.units
        named = replace(first, name=Name(f"新名{self.chance.randint(0, 9)}", "new"))
        zones = county.zones if self.chance.random() < 0.7 else county.zones[:1]
        gone = self.chance.choice([0, 1])
        async with self.db.work() as work:
            await apply_county(work, replace(county, units=(named, *others[gone:]), zones=zones))


@pytest.mark.parametrize("seed", range(6))
async def test_old_snapshot_and_events_are_a_fresh_snapshot(
    stopped_db: Database, fake_clock: FakeClock, seed: int
) -> None:
    night = Night(await make_world(stopped_db), fake_clock, seed)
    boards = [await fresh(stopped_db)]
    for number in range(60):
        await night.step()
        if number % 6 == 0:
            now = shown(await fresh(stopped_db))
            for board in boards:
                assert shown(await after(stopped_db, board)) == now, f"after step {number}"
            boards.append(await fresh(stopped_db))
    assert len(night.done) > 8
    assert all(shown(boards[-1])[kind] for kind in ("units", "stations"))


async def test_the_board_converges_when_everybody_acts_at_once(db: Database, fake_clock: FakeClock) -> None:
    world = await make_world(db)
    old = await fresh(db)
    nights = [Night(world, fake_clock, seed) for seed in range(4)]

    async def live(night: Night) -> None:
        for _ in range(12):
            await night.step()

    results = await asyncio.gather(*(live(night) for night in nights), return_exceptions=True)
    assert [r for r in results if r is not None] == []
    assert shown(await after(db, old)) == shown(await fresh(db))


async def test_a_snapshot_carries_what_a_page_needs_to_begin(db: Database) -> None:
    world = await make_world(db)
    await world.alarm((112.74, 35.44))
    await world.sweep()
    snapshots = ConsoleSnapshots(db, world.desk.county)
    head, found = await snapshots.snapshot(VIEWER)
    assert head.seq > 0
    assert set(found) == {"server_time", "county", "stations", "zones", "cards"}
    assert set(found["cards"]) == {"incidents", "assignments", "units", "notices", "conditions"}
    assert len(found["cards"]["incidents"]) == 1
    assert found["cards"]["assignments"]
    assert found["zones"][0]["area"]["type"] == "Polygon"
    county = found["county"]
    assert county["code"] == CODE
    assert county["names"]["kinds"]["building"]["zh"]
    assert county["names"]["vehicle_classes"]["heavy_engine"]["zh"]
    assert county["undo_seconds"] == 10
    assert county["statuses"]["en_route"]["code"] == 21
    assert len(to_json(found)) < 200_000


async def test_a_county_that_nobody_applied_yet_has_an_empty_board(db: Database) -> None:
    board = await fresh(db)
    assert board.seq == 0
    assert not any(board.cards().values())
