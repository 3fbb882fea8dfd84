"""Fixes from trackers: judged, converted to WGS-84, matched to the road, live in Redis, kept in PostgreSQL at times.

Every fix that is not too old teaches the unit's matcher of this process, a late one too; the newest goes out with the
place on the road that they lead to, so that any process ranks the unit from there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from dispatch.access.problem import Problem
from dispatch.forces.model import Candidate
from dispatch.forces.positions import UnitFix, Verdict, judge, place_from, place_record, worth_writing
from dispatch.forces.store import SQL
from dispatch.push.changes import record_change
from gis_data.crs import to_wgs84
from gis_data.errors import InputError
from gis_data.position import check_position
from routing.live import LiveRoads
from routing.matching import Fix, Matcher, match, matched
from routing.on_road import OnRoad, on_road
from routing.words import Words
from runtime.clock import utc_now
from runtime.database import Database
from runtime.encoding import from_json, to_json

LOG = logging.getLogger(__name__)
LIVE_SECONDS = 900
REDIS_PATIENCE_SECONDS = 0.5
RANKING_PATIENCE_SECONDS = 0.05  # an alarm does not wait longer for a fix that is at most ten seconds newer
_REDIS_LEFT_ALONE_SECONDS = 5.0  # after a failure: a Redis that hangs must not hold up every fix
_REDIS_TROUBLE = (RedisError, OSError, TimeoutError)


@dataclass(slots=True)
class _Track:
    id: UUID
    code: str
    vehicle_class: str
    last_at: datetime | None
    written_at: datetime | None
    newest: UnitFix | None = None
    matcher: Matcher | None = None
    numbering: Words | None = None  # of the pieces that the matcher's arcs stand for
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class CurrentRoads(Protocol):
    """`RoadBook`: what this process drives on now."""

    current: LiveRoads


class Tracking:
    """The fixes of one county as this process sees them. Another process's fixes are ordered by the database.

    Without `roads` nothing is matched, and a unit stands on the road nearest to its fix.
    """

    def __init__(
        self, db: Database, county: str, redis: Redis | None = None, roads: CurrentRoads | None = None
    ) -> None:
        self._db = db
        self._county = county
        self._redis = redis
        self._roads = roads
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
        if verdict is Verdict.TAKEN:
            track.last_at = fix_at
        if verdict in (Verdict.TAKEN, Verdict.OUT_OF_ORDER):
            place = await self._match(track, lon, lat, fix_at, now)
        if verdict is not Verdict.TAKEN:
            return verdict
        fix = UnitFix(lon, lat, fix_at, place)
        if track.newest is None or track.newest.at < fix_at:
            track.newest = fix
        await self._publish(track.code, fix)
        if worth_writing(fix_at, track.written_at):
            verdict = await self._write(track, fix)
        return verdict

    async def _match(
        self, track: _Track, lon: float, lat: float, at: datetime, now: datetime
    ) -> OnRoad | None:
        """Where the unit is on the road by everything it has sent here. Closed or not: a fire engine goes there."""
        if self._roads is None:
            return None
        graph = self._roads.current.graph
        if track.vehicle_class not in graph.vehicle_classes:
            return None
        async with track.turn:
            if track.matcher is None or track.numbering is not graph.piece_ids:
                track.matcher, track.numbering = Matcher(track.vehicle_class), graph.piece_ids
            fix = Fix(at.timestamp(), lon, lat)
            taught, _ = await asyncio.to_thread(
                match, graph, graph.inbound, track.matcher, fix, now.timestamp()
            )
            track.matcher = taught
            found = matched(graph, taught)
        return None if found is None else on_road(graph, found.point)

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
            known_at = row["position_at"]
            track = _Track(row["id"], row["code"], row["vehicle_class"], known_at, known_at)
        self._tracks[key] = self._tracks[track.code] = track
        return track

    async def _write(self, track: _Track, fix: UnitFix) -> Verdict:
        place = place_record(fix.on_road)
        async with self._db.work() as work:
            kept = await SQL.set_position(
                work.conn, id=track.id, lon=fix.lon, lat=fix.lat, at=fix.at, on_road=place
            )
            if kept is None:
                return Verdict.OUT_OF_ORDER
            params = {"unit": track.code, "lon": fix.lon, "lat": fix.lat, "at": fix.at, "on_road": place}
            await record_change(work, self._county, "unit_moved", params, units=[track.id])
        track.written_at = fix.at
        return Verdict.TAKEN

    async def _publish(self, code: str, fix: UnitFix) -> None:
        """Best effort: without Redis the fix in PostgreSQL is at most ten seconds older."""
        shown = {"lon": fix.lon, "lat": fix.lat, "position_at": fix.at}
        told = to_json({**shown, "on_road": place_record(fix.on_road)})
        await self._ask_redis(lambda redis: redis.set(self._key(code), told, ex=LIVE_SECONDS))

    async def newest(self, units: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The same units, those that are away from their station where the newest fix of any process says they are."""
        away = [unit.code for unit in units if unit.fix_at is not None]
        keys = [self._key(code) for code in away]
        found = (
            await self._ask_redis(lambda redis: redis.mget(keys), RANKING_PATIENCE_SECONDS) if away else None
        )
        fixes: dict[str, UnitFix] = {}
        for code, told in zip(away, found or [None] * len(away), strict=True):
            known = [track.newest] if (track := self._tracks.get(code)) and track.newest else []
            if told:
                known.append(_unit_fix(from_json(told)))
            if known:
                fixes[code] = max(known, key=lambda fix: fix.at)
        return tuple(_moved(unit, fixes.get(unit.code)) for unit in units)

    def _key(self, code: str) -> str:
        return f"pianqu:fix:{self._county}:{code}"

    async def overlay(self, cards: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Unit cards with the live fix where it is newer than the one in PostgreSQL."""
        keys = [self._key(card["code"]) for card in cards]
        found = await self._ask_redis(lambda redis: redis.mget(keys)) if keys else None
        if found is None:
            return cards
        fixes = [from_json(fix) if fix else None for fix in found]
        shown = ("lon", "lat", "position_at")
        return [
            {**card, **{name: fix[name] for name in shown}}
            if fix and fix["position_at"] > (card["position_at"] or "")
            else card
            for card, fix in zip(cards, fixes, strict=True)
        ]

    async def _ask_redis(
        self, question: Callable[[Redis], Awaitable[Any]], patience_seconds: float = REDIS_PATIENCE_SECONDS
    ) -> Any:
        """None when there is no Redis, when it fails, or when it failed a moment ago."""
        time = asyncio.get_running_loop().time
        if self._redis is None or time() < self._redis_from:
            return None
        try:
            async with asyncio.timeout(patience_seconds):
                return await question(self._redis)
        except _REDIS_TROUBLE as error:
            self._redis_from = time() + _REDIS_LEFT_ALONE_SECONDS
            LOG.warning("live positions pause, Redis does not answer: %r", error)
            return None


def _unit_fix(told: Mapping[str, Any]) -> UnitFix:
    at = datetime.fromisoformat(told["position_at"])
    return UnitFix(told["lon"], told["lat"], at, place_from(told.get("on_road")))


def _moved(unit: Candidate, fix: UnitFix | None) -> Candidate:
    if fix is None or unit.fix_at is None or fix.at <= unit.fix_at:
        return unit
    return replace(unit, lon=fix.lon, lat=fix.lat, fix_at=fix.at, on_road=fix.on_road)
