"""The live roads of this process, which follow the conditions that the database holds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from asyncpg import Record

from dispatch.forces.conditions import SQL, change_speeds, condition_of, topic_of, turn_conditions
from gis_data.model import SpeedProfile
from gis_data.speed_profile import next_change, profile_at
from routing.live import Condition, LiveRoads
from runtime.database import Connection, Database

LOG = logging.getLogger(__name__)
KEPT_METRICS = 3  # beside the usual speeds and those that hold; a province has some 200 MB each
AHEAD = timedelta(minutes=1)
UTC_ZONE = ZoneInfo("UTC")
A_MOMENT = 0.001  # seconds past the one in which something starts or ends, so that it has

Pause = Callable[[asyncio.Event, float], Awaitable[None]]


async def pause(woken: asyncio.Event, seconds: float) -> None:
    """Until woken, and no longer than so many seconds."""
    # Not wait_for: in Python 3.11 it swallows a cancellation that comes in the tick in which it is woken.
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await woken.wait()


@dataclass(frozen=True, slots=True)
class _Known:
    condition: Condition
    starts_at: datetime
    ends_at: datetime | None
    begun: bool

    def holds(self, now: datetime) -> bool:
        return self.starts_at <= now and not self.is_over(now)

    def is_over(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= now

    def is_due(self, now: datetime) -> bool:
        """Whether the journal does not know yet that it began, or that it ended."""
        return self.is_over(now) or (self.holds(now) and not self.begun)


class RoadBook:
    """The live roads of this process. `current` is replaced, never changed, so a search keeps what it began with.

    `profiles` are the county's speed profiles, on the clocks of `zone`; their travel times are made when they first
    hold, or a little ahead, and then swapped.
    """

    def __init__(
        self,
        county: str,
        roads: LiveRoads,
        *,
        profiles: Sequence[SpeedProfile] = (),
        zone: ZoneInfo = UTC_ZONE,
        poll_seconds: float = 1.0,
        pause: Pause = pause,
    ) -> None:
        self.current = roads
        self._county = county
        self._profiles, self._zone = tuple(profiles), zone
        self._free = {"": roads.unhindered}  # by profile: the roads at its speeds, without conditions
        self._told: str | None = (
            None  # the profile of which this process has seen to it that the journal knows
        )
        self._poll_seconds = poll_seconds
        self._pause = pause
        self._version = -1
        self._known: tuple[_Known, ...] = ()
        self._woken = asyncio.Event()
        self._turn = asyncio.Condition()

    async def refresh(self, conn: Connection, now: datetime) -> LiveRoads:
        """Take over what the database says, if it says something new, and what starts or ends by the clock."""
        version = await SQL.version_of(conn, county=self._county) or 0
        profile = profile_at(self._profiles, now, self._zone)
        if (
            version == self._version == self.current.version
            and profile == self.current.profile
            and self._holding(now) == self.current.conditions
        ):
            return self.current
        async with self._turn:
            version = await SQL.version_of(conn, county=self._county) or 0
            if version != self._version:
                rows = SQL.conditions_of(conn, county=self._county, now=now)
                self._known = tuple([_known(row) async for row in rows])
                self._version = version
            holding = self._holding(now)
            free = await self._at_speeds_of(profile)
            if (
                free is not self.current.unhindered
                or holding != self.current.conditions
                or version != self.current.version
            ):
                # A whole province under snow takes a moment of arithmetic; other work goes on meanwhile.
                self.current = await asyncio.to_thread(self.current.with_conditions, holding, version, free)
                for condition, edge in self.current.unmatched:
                    LOG.warning("road condition %s names edge %s, which is not on the roads", condition, edge)
            self._turn.notify_all()
            return self.current

    async def _at_speeds_of(self, profile: SpeedProfile | None) -> LiveRoads:
        key = profile.digest if profile else ""
        if key not in self._free:
            made = await asyncio.to_thread(self._free[""].with_profile, profile)
            if len(self._free) > KEPT_METRICS:
                held = self.current.profile.digest if self.current.profile else ""
                del self._free[next(old for old in self._free if old not in ("", held))]
            self._free[key] = made
        return self._free[key]

    def _holding(self, now: datetime) -> tuple[Condition, ...]:
        return tuple(known.condition for known in self._known if known.holds(now))

    def next_turn(self, now: datetime) -> datetime | None:
        """When the next condition starts or ends, or other speeds hold (these as far as two days ahead)."""
        turns = [turn for known in self._known for turn in (known.starts_at, known.ends_at)]
        turns.append(self.next_speeds(now))
        return min((turn for turn in turns if turn is not None and turn > now), default=None)

    def next_speeds(self, now: datetime) -> datetime | None:
        return next_change(self._profiles, now, self._zone)

    async def at_version(self, version: int) -> LiveRoads:
        """Wait until this process drives on the roads of a version, or of a newer one."""
        async with self._turn:
            await self._turn.wait_for(lambda: self.current.version >= version)
            return self.current

    async def follow(self, db: Database) -> None:
        """Keep up until cancelled: at once when hinted, by a poll when nobody hints, and when a condition turns."""
        await asyncio.to_thread(self.current.make_ready)
        unsubscribe = db.hints.listen(self._hinted)
        try:
            while True:
                self._woken.clear()
                seconds = self._poll_seconds
                try:
                    async with db.work() as work:
                        live = await self.refresh(work.conn, work.now)
                        if any(known.is_due(work.now) for known in self._known):
                            await turn_conditions(work, self._county)
                        speeds = live.profile.digest if live.profile else ""
                        if speeds != self._told:
                            await change_speeds(work, self._county, live.profile)
                        turn = self.next_turn(work.now)
                        if turn is not None:
                            seconds = min(seconds, (turn - work.now).total_seconds() + A_MOMENT)
                    self._told = speeds
                    await asyncio.to_thread(live.make_hierarchy_ready)
                    await self._make_ahead(work.now)
                except (OSError, TimeoutError) as error:
                    LOG.warning("road conditions not refreshed: %s", error)
                await self._pause(self._woken, seconds)
        finally:
            unsubscribe()

    async def _make_ahead(self, now: datetime) -> None:
        """The speeds of the minutes to come, so that no alarm waits for them at the full hour."""
        coming = self.next_speeds(now)
        if coming is not None and coming - now <= AHEAD:
            await self._at_speeds_of(profile_at(self._profiles, coming, self._zone))

    def _hinted(self, topics: frozenset[str]) -> None:
        if topic_of(self._county) in topics:
            self._woken.set()


def _known(row: Record) -> _Known:
    return _Known(
        condition_of(dict(row), str(row["id"])), row["starts_at"], row["ends_at"], row["begun_at"] is not None
    )
