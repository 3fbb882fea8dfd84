"""The roads as they are now: conditions as rows, and the live roads of this process that follow them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record
from shapely import MultiPolygon, Polygon
from shapely.geometry import shape

from dispatch.access.problem import Problem
from dispatch.forces.release import force_released
from dispatch.push.changes import record_change
from routing.live import Condition, LiveRoads
from runtime.database import Connection, Database, Work
from runtime.ids import new_id
from runtime.queries import load_queries

SQL = load_queries("dispatch.forces", "roads.sql")
LOG = logging.getLogger(__name__)


def topic_of(county: str) -> str:
    """The hint that the county's road conditions changed."""
    return f"roads/{county}"


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody says of a road. `factor` 0 is closed, 0.5 half speed; no vehicle classes named: for all."""

    edges: tuple[str, ...]
    area: Mapping[str, Any] | None
    factor: float
    vehicle_classes: tuple[str, ...]
    reason: str
    starts_at: datetime | None
    ends_at: datetime | None


async def add_condition(work: Work, county: str, report: Report, *, by: str) -> UUID:
    """Record a condition; from its start the roads have it."""
    starts_at = report.starts_at or work.now
    if report.ends_at is not None and report.ends_at <= max(starts_at, work.now):
        raise Problem(409, "road_condition_over", {"ends_at": report.ends_at})
    id = new_id()
    await SQL.insert_condition(
        work.conn,
        id=id,
        county=county,
        edges=list(report.edges),
        area=report.area,
        factor=report.factor,
        vehicle_classes=list(report.vehicle_classes),
        reason=report.reason,
        starts_at=starts_at,
        ends_at=report.ends_at,
        by=by,
    )
    params = {"condition": id, "factor": report.factor, "reason": report.reason, "by": by}
    await _changed(work, county, "road_condition_added", params, [id])
    return id


async def remove_condition(work: Work, county: str, id: UUID, *, by: str) -> None:
    """Lift a condition before its time. 404 when it is not there, or gone already."""
    if await SQL.remove_condition(work.conn, county=county, id=id, at=work.now) is None:
        raise Problem(404, "road_condition_unknown", {"condition": str(id)})
    force_released(work, county)
    await _changed(work, county, "road_condition_removed", {"condition": id, "by": by}, [id])


async def expire_conditions(work: Work, county: str) -> int:
    """The scheduled command: what has run out is removed as of the end it was given."""
    over = [row["id"] async for row in SQL.expire_conditions(work.conn, county=county, now=work.now)]
    for id in over:
        await record_change(work, county, "road_condition_expired", {"condition": id}, conditions=[id])
    if over:
        force_released(work, county)
        await SQL.next_version(work.conn, county=county)
        work.wake(topic_of(county))
    return len(over)


async def _changed(
    work: Work, county: str, type: str, params: Mapping[str, Any], ids: Sequence[UUID]
) -> None:
    version = await SQL.next_version(work.conn, county=county)
    await record_change(work, county, type, {**params, "conditions_version": version}, conditions=ids)
    work.wake(topic_of(county))


async def condition_cards(conn: Connection, county: str) -> list[Mapping[str, Any]]:
    return [row["card"] async for row in SQL.condition_cards(conn, county=county)]


@dataclass(frozen=True, slots=True)
class _Known:
    condition: Condition
    starts_at: datetime
    ends_at: datetime | None

    def holds(self, now: datetime) -> bool:
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


class RoadBook:
    """The live roads of this process. `current` is replaced, never changed, so a search keeps what it began with."""

    def __init__(self, county: str, roads: LiveRoads, *, poll_seconds: float = 1.0) -> None:
        self.current = roads
        self._county = county
        self._poll_seconds = poll_seconds
        self._version = -1
        self._known: tuple[_Known, ...] = ()
        self._woken = asyncio.Event()
        self._turn = asyncio.Condition()

    async def refresh(self, conn: Connection, now: datetime) -> LiveRoads:
        """Take over what the database says, if it says something new, or if a condition starts or ends by now."""
        version = await SQL.version_of(conn, county=self._county) or 0
        if version == self._version == self.current.version and self._holding(now) == self.current.conditions:
            return self.current
        async with self._turn:
            version = await SQL.version_of(conn, county=self._county) or 0
            if version != self._version:
                rows = SQL.conditions_of(conn, county=self._county, now=now)
                self._known = tuple([_known(row) async for row in rows])
                self._version = version
            holding = self._holding(now)
            if holding != self.current.conditions or version != self.current.version:
                # Seconds of arithmetic on a province; other work goes on meanwhile.
                self.current = await asyncio.to_thread(self.current.with_conditions, holding, version)
                for condition, edge in self.current.unmatched:
                    LOG.warning("road condition %s names edge %s, which is not on the roads", condition, edge)
            self._turn.notify_all()
            return self.current

    def _holding(self, now: datetime) -> tuple[Condition, ...]:
        return tuple(known.condition for known in self._known if known.holds(now))

    async def at_version(self, version: int) -> LiveRoads:
        """Wait until this process drives on the roads of a version, or of a newer one."""
        async with self._turn:
            await self._turn.wait_for(lambda: self.current.version >= version)
            return self.current

    async def follow(self, db: Database) -> None:
        """Keep up until cancelled: at once when hinted, and by a poll when nobody hints."""
        unsubscribe = db.hints.listen(self._hinted)
        try:
            while True:
                self._woken.clear()
                try:
                    async with db.work() as work:
                        await self.refresh(work.conn, work.now)
                except (OSError, TimeoutError) as error:
                    LOG.warning("road conditions not refreshed: %s", error)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), self._poll_seconds)
        finally:
            unsubscribe()

    def _hinted(self, topics: frozenset[str]) -> None:
        if topic_of(self._county) in topics:
            self._woken.set()


def _known(row: Record) -> _Known:
    area = shape(row["area"]) if row["area"] else None
    condition = Condition(
        id=str(row["id"]),
        edges=tuple(row["edges"]),
        area=area if isinstance(area, Polygon | MultiPolygon) else None,
        factor=row["factor"],
        vehicle_classes=frozenset(row["vehicle_classes"]),
        reason=row["reason"],
    )
    return _Known(condition, row["starts_at"], row["ends_at"])
