"""The composition root: the only place where the running service is put together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from redis.asyncio import Redis

from dispatch import console
from dispatch.access.api import make_access_router
from dispatch.access.guard import Guard
from dispatch.access.passwords import Passwords
from dispatch.access.problem import install_problem_handlers
from dispatch.alarms.api import make_alarms_router
from dispatch.alarms.desk import Desk
from dispatch.alarms.device_handlers import AlarmDeviceHandlers
from dispatch.alarms.location import CountyMap
from dispatch.alarms.places import CountyPlaces
from dispatch.alarms.sweep import timer_handlers
from dispatch.console.metrics import make_health_router, make_metrics_router
from dispatch.forces.api import make_forces_router
from dispatch.forces.commands import forget_stale_positions
from dispatch.forces.roads import RoadBook, expire_conditions
from dispatch.forces.tracking import Tracking
from dispatch.push.feed import Feed
from dispatch.push.sockets import make_socket_router
from gis_data.crs import to_wgs84
from gis_data.model import County
from routing.compiled import warm_up
from routing.graph import build_graph
from routing.live import LiveRoads
from runtime import journal
from runtime.calendar import Calendar, Job
from runtime.database import Database, Work, open_database
from runtime.hints import Hints
from runtime.idempotency import prune_commands
from runtime.servers import Servers
from runtime.settings import Settings
from runtime.timers import Sweeper, prune_timers

LOG = logging.getLogger(__name__)
API = "/api/v1"


@asynccontextmanager
async def running_service(settings: Settings, servers: Servers, county: County) -> AsyncIterator[FastAPI]:
    """One process of the service: its application, with everything that works behind it already running.

    The database must be migrated and hold the county. Several may run side by side on one database.
    """
    async with AsyncExitStack() as stack:
        hints = Hints(servers.redis_url)
        await hints.start()
        stack.push_async_callback(hints.stop)
        db = await open_database(servers.database_url, hints, size=settings.pool_size)
        stack.push_async_callback(db.close)
        redis = Redis.from_url(servers.redis_url) if servers.redis_url else None
        if redis is not None:
            stack.push_async_callback(redis.aclose)

        live = await asyncio.to_thread(_live_roads, county)
        roads = RoadBook(county.code, live)
        async with db.work() as work:
            await roads.refresh(work.conn, work.now)
        guard = Guard(db)
        stack.callback(guard.close)
        feed = Feed(db, hints, poll_seconds=settings.poll_seconds)
        tracking = Tracking(db, county.code, redis)
        desk = Desk(
            db,
            county,
            CountyMap(county, CountyPlaces(county), to_wgs84),
            roads,
            automatic=True if settings.automatic else None,
        )
        sweeper = Sweeper(db, timer_handlers(desk), settings.poll_seconds)
        calendar = Calendar(db, county.time_zone, _jobs(db, county, settings))

        app = FastAPI(
            title="Pianqu",
            version="0.1.0",
            openapi_url=None,  # served behind the guard, like everything else
            docs_url=None,
            redoc_url=None,
        )
        install_problem_handlers(app)
        app.include_router(make_health_router(db))
        for router in (
            make_access_router(db, guard, county.code, Passwords()),
            make_alarms_router(desk, guard),
            make_forces_router(db, guard, county, roads, tracking),
            make_metrics_router(db, guard, county.code),
        ):
            app.include_router(router, prefix=API)
        board = console.make_console(db, guard, county, tracking, settings.data)
        app.include_router(board.router, prefix=API)
        app.include_router(
            make_socket_router(guard, feed, AlarmDeviceHandlers(desk, tracking), board.handlers)
        )
        app.mount("/", board.pages)

        await calendar.start()
        stack.push_async_callback(calendar.stop)
        for name, run in (("feed", feed.run), ("sweeper", sweeper.run), ("roads", lambda: roads.follow(db))):
            stack.push_async_callback(_stop, asyncio.create_task(_kept_running(name, run), name=name))
        yield app


def _live_roads(county: County) -> LiveRoads:
    warm_up()
    return LiveRoads(build_graph(county.roads, county.vehicle_classes))


async def _kept_running(name: str, run: Callable[[], Awaitable[Any]]) -> None:
    """A background task that failed is started again: a service that looks alive and does nothing kills people."""
    while True:
        try:
            await run()
        except Exception:
            LOG.exception("%s failed and is started again", name)
        await asyncio.sleep(0.5)


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _jobs(db: Database, county: County, settings: Settings) -> tuple[Job, ...]:
    """What follows the calendar; a lease lets one process do it."""

    def in_one_work(act: Callable[[Work, str], Awaitable[Any]]) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            async with db.work() as work:
                await act(work, county.code)

        return run

    async def prune() -> None:
        for forget in (journal.prune, prune_commands, prune_timers):
            async with db.work() as work:
                before = work.now - timedelta(days=settings.retention_days)
                await forget(work.conn, county.code, before)

    return (
        Job("expire-road-conditions", in_one_work(expire_conditions), every_seconds=5, lease_seconds=4),
        Job("forget-stale-positions", in_one_work(forget_stale_positions), every_seconds=600),
        Job("retention", prune, cron="20 4 * * *"),
    )
