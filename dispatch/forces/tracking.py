"""Fixes from trackers: judged, converted to WGS-84, live in Redis if there, kept in PostgreSQL every ten seconds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from dispatch.access.problem import Problem
from dispatch.forces.positions import Verdict, judge, worth_writing
from dispatch.forces.store import SQL
from dispatch.push.changes import record_change
from gis_data.crs import check_position, to_wgs84
from gis_data.errors import InputError
from runtime.clock import utc_now
from runtime.database import Database
from runtime.encoding import from_json, to_json

LOG = logging.getLogger(__name__)
LIVE_SECONDS = 900
REDIS_PATIENCE_SECONDS = 0.5
_REDIS_LEFT_ALONE_SECONDS = 5.0  # after a failure: a Redis that hangs must not hold up every fix
_REDIS_TROUBLE = (RedisError, OSError, TimeoutError)


@dataclass(slots=True)
class _Track:
    id: UUID
    code: str
    last_at: datetime | None
    written_at: datetime | None


class Tracking:
    """The fixes of one county as this process sees them. Another process's fixes are ordered by the database."""

    def __init__(self, db: Database, county: str, redis: Redis | None = None) -> None:
        self._db = db
        self._county = county
        self._redis = redis
        self._tracks: dict[str, _Track] = {}
        self._redis_from = 0.0  # not asked before, by the loop's clock

    async def report(self, key: str, lon: float, lat: float, crs: str, at: datetime | None) -> Verdict:
        """Take a fix. 404 for an unknown unit, 422 for a position that cannot be."""
        now = utc_now()
        try:
            check_position(lon, lat, f"unit {key}")
            lon, lat = to_wgs84(lon, lat, crs)
        except InputError as error:
            raise Problem(422, "unusable", {"reason": str(error)}) from error
        track = await self._track(key)
        fix_at = at or now
        verdict = judge(fix_at, track.last_at, now)
        if verdict is not Verdict.TAKEN:
            return verdict
        track.last_at = fix_at
        await self._publish(track.code, lon, lat, fix_at)
        if worth_writing(fix_at, track.written_at):
            verdict = await self._write(track, lon, lat, fix_at)
        return verdict

    async def _track(self, key: str) -> _Track:
        known = self._tracks.get(key)
        if known is not None:
            return known
        async with self._db.pool.acquire() as conn:
            row = await SQL.unit_fix(conn, county=self._county, key=key)
        if row is None:
            raise Problem(404, "unit_unknown", {"unit": key})
        # Code and id lead to the same track.
        track = self._tracks.get(row["code"])
        if track is None:
            track = _Track(row["id"], row["code"], row["position_at"], row["position_at"])
        self._tracks[key] = self._tracks[track.code] = track
        return track

    async def _write(self, track: _Track, lon: float, lat: float, at: datetime) -> Verdict:
        async with self._db.work() as work:
            if await SQL.set_position(work.conn, id=track.id, lon=lon, lat=lat, at=at) is None:
                return Verdict.OUT_OF_ORDER
            params = {"unit": track.code, "lon": lon, "lat": lat, "at": at}
            await record_change(work, self._county, "unit_moved", params, units=[track.id])
        track.written_at = at
        return Verdict.TAKEN

    async def _publish(self, code: str, lon: float, lat: float, at: datetime) -> None:
        """Best effort: without Redis the fix in PostgreSQL is at most ten seconds older."""
        fix = to_json({"lon": lon, "lat": lat, "position_at": at})
        await self._ask_redis(
            lambda redis: redis.set(f"pianqu:fix:{self._county}:{code}", fix, ex=LIVE_SECONDS)
        )

    async def overlay(self, cards: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Unit cards with the live fix where it is newer than the one in PostgreSQL."""
        keys = [f"pianqu:fix:{self._county}:{card['code']}" for card in cards]
        found = await self._ask_redis(lambda redis: redis.mget(keys)) if keys else None
        if found is None:
            return cards
        fixes = [from_json(fix) if fix else None for fix in found]
        return [
            {**card, **fix} if fix and fix["position_at"] > (card["position_at"] or "") else card
            for card, fix in zip(cards, fixes, strict=True)
        ]

    async def _ask_redis(self, question: Callable[[Redis], Awaitable[Any]]) -> Any:
        """None when there is no Redis, when it fails, or when it failed a moment ago."""
        time = asyncio.get_running_loop().time
        if self._redis is None or time() < self._redis_from:
            return None
        try:
            async with asyncio.timeout(REDIS_PATIENCE_SECONDS):
                return await question(self._redis)
        except _REDIS_TROUBLE as error:
            self._redis_from = time() + _REDIS_LEFT_ALONE_SECONDS
            LOG.warning("live positions pause, Redis does not answer: %r", error)
            return None
