"""The small county in a real database, spoken to in the words of the alarms slice."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch.alarms.answer import Answered, Said, report
from dispatch.alarms.assignment_store import assignment_cards, assignments_of
from dispatch.alarms.by_hand import order_units
from dispatch.alarms.desk import Desk
from dispatch.alarms.incident import Report
from dispatch.alarms.incident_store import incident_card
from dispatch.alarms.intake import take_alarm
from dispatch.alarms.location import CountyMap
from dispatch.alarms.places import CountyPlaces
from dispatch.alarms.rows import AssignmentRow
from dispatch.alarms.sweep import timer_handlers
from dispatch.forces.apply import apply_county
from dispatch.forces.roads import RoadBook
from dispatch.forces.tracking import Tracking
from gis_data.crs import to_wgs84
from routing.live import LiveRoads
from runtime.database import Database
from runtime.idempotency import run_once
from runtime.ids import new_id
from runtime.journal import Event, read_events
from runtime.timers import Sweeper
from tests.storage.small_county import CODE, VILLAGE_W, small_county, small_graph


@dataclass
class World:
    """One county, one desk, one sweeper; several dispatchers and devices may act in it at once."""

    db: Database
    desk: Desk
    sweeper: Sweeper
    devices: dict[str, UUID] = field(default_factory=dict)
    ids: Any = field(default_factory=lambda: itertools.count(1))

    async def alarm(self, at: tuple[float, float] | None = None, **body: Any) -> dict[str, Any]:
        if at is not None:
            body = {"location": {"lon": at[0], "lat": at[1]}, **body}
        body = {"source": "119", "source_id": f"call-{next(self.ids)}", "kind": "building", **body}
        return await run_once(
            self.db,
            county=CODE,
            actor="gateway/test",
            id=None,
            kind="alarm",
            request=body,
            act=lambda work: take_alarm(self.desk, work, body, by="gateway/test", message_id=None),
        )

    async def act(self, command: Any, *args: Any, **named: Any) -> Any:
        """Run a command of the slice in one transaction."""
        async with self.db.work() as work:
            return await command(self.desk, work, *args, **named)

    async def say(self, assignment: UUID | str, what: Report, **said: Any) -> Answered:
        said = {"by": "test", "via": "device", **said}
        return await self.act(report, UUID(str(assignment)), Said(what, **said))

    async def sweep(self) -> int:
        """Everything that is due, and what it asks for in turn."""
        total = 0
        while handled := await self.sweeper.sweep_once():
            total += handled
        return total

    def restart(self) -> None:
        """As after a kill: another sweeper, which has handled nothing yet."""
        self.sweeper = Sweeper(self.db, timer_handlers(self.desk))

    async def incident(self, id: str | UUID) -> dict[str, Any]:
        async with self.db.reading() as conn:
            card = await incident_card(conn, CODE, UUID(str(id)))
        assert card is not None
        return card

    async def assignments(self, incident: str | UUID) -> dict[str, AssignmentRow]:
        async with self.db.reading() as conn:
            return {a.unit_code: a for a in await assignments_of(conn, UUID(str(incident)))}

    async def cards(self, incident: str | UUID) -> list[dict[str, Any]]:
        async with self.db.reading() as conn:
            return await assignment_cards(conn, UUID(str(incident)))

    async def events(self, stream: str) -> list[Event]:
        async with self.db.reading() as conn:
            return await read_events(conn, stream, 0)

    async def types(self, incident: str | UUID) -> list[str]:
        return [event.type for event in await self.events(f"incident/{incident}")]

    async def device_types(self, unit: str) -> list[str]:
        return [event.type for event in await self.events(f"device/{self.devices[unit]}")]

    async def sql(self, text: str, *args: Any) -> list[Mapping[str, Any]]:
        async with self.db.pool.acquire() as conn:
            return list(await conn.fetch(text, *args))

    async def forget_everything(self) -> None:
        """As on the first day: no incident, every unit at its station. Between examples of one test."""
        await self.sql(
            "with a as (delete from timer), b as (delete from event), c as (update stream set head = 0) "
            "update unit set status = 'standby', version = version + 1"
        )
        for table in ("notice", "shortfall", "assignment", "proposal", "alarm", "incident"):
            await self.sql(f"delete from {table}")

    async def unit(self, code: str) -> Mapping[str, Any]:
        return (await self.sql("select * from unit where county = $1 and code = $2", CODE, code))[0]

    async def now(self) -> datetime:
        return await self.db.now()


async def make_world(db: Database, *, automatic: bool | None = True, devices: bool = True) -> World:
    """The county applied, everybody on duty, one device for each unit that is not telephone only."""
    county = small_county()
    roads = RoadBook(CODE, LiveRoads(small_graph()))
    county_map = CountyMap(county, CountyPlaces(county), to_wgs84)
    desk = Desk(db, county, county_map, roads, automatic, Tracking(db, CODE, None, roads))
    async with db.work() as work:
        await apply_county(work, county)
    world = World(db, desk, Sweeper(db, timer_handlers(desk)))
    if devices:
        now = await db.now()
        for unit in county.units:
            if unit.contact != "telephone":
                id = world.devices[unit.code] = new_id()
                await world.sql(
                    "insert into device (id, county, name, station, unit, enrolled_at) "
                    "values ($1, $2, $3, $4, $5, $6)",
                    id,
                    CODE,
                    unit.code,
                    unit.station,
                    unit.code,
                    now,
                )
    return world


async def ordered(world: World, *units: str) -> tuple[UUID, dict[str, UUID]]:
    """An incident with these units ordered by hand."""
    answer = await world.alarm(VILLAGE_W)
    made = await world.act(order_units, UUID(answer["incident_id"]), list(units), by="operator/a")
    await world.sweep()
    return UUID(answer["incident_id"]), {c["unit"]: UUID(c["id"]) for c in made["assignments"]}
