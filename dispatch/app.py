"""The composition root: the only place where the running service is put together."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, FastAPI
from redis.asyncio import Redis

from dispatch.access.api import make_access_router
from dispatch.access.guard import Guard
from dispatch.access.limits import BodyLimits
from dispatch.access.passwords import Passwords
from dispatch.access.principal import Principal, Role
from dispatch.access.problem import install_problem_handlers
from dispatch.alarms.api import make_alarms_router
from dispatch.alarms.day import summarise_yesterday
from dispatch.alarms.desk import Desk
from dispatch.alarms.device_handlers import AlarmDeviceHandlers
from dispatch.alarms.location import CountyMap
from dispatch.alarms.places import CountyPlaces
from dispatch.alarms.progress import unit_reported
from dispatch.alarms.sweep import timer_handlers
from dispatch.console.api import make_console_router
from dispatch.console.metrics import make_health_router, make_metrics_router
from dispatch.console.places import PlaceIndex
from dispatch.console.site import mount_pages
from dispatch.console.store import ConsoleSnapshots
from dispatch.console.tiles import TileStore
from dispatch.duty.api import make_roster_router
from dispatch.duty.crewing import keep_seats_true
from dispatch.duty.handover import keep_handovers
from dispatch.duty.jobs import Jobs, lose_jobs
from dispatch.duty.offering import lapse_offers
from dispatch.duty.rollcall_api import make_rollcall_router
from dispatch.duty.settling import settle_last_month
from dispatch.duty.swapping import lapse_swaps
from dispatch.duty.timers import duty_handlers
from dispatch.duty.workshop import Workshop
from dispatch.forces.api import make_forces_router
from dispatch.forces.commands import forget_stale_positions
from dispatch.forces.conditions import turn_conditions
from dispatch.forces.reach_api import make_reach_router
from dispatch.forces.roads import RoadBook
from dispatch.forces.speed_table import laid_over
from dispatch.forces.speeds import speed_table
from dispatch.forces.speeds_api import make_speeds_router
from dispatch.forces.status import Status
from dispatch.forces.tracking import Tracking
from dispatch.forces.watch import lapse_crews, presume_home
from dispatch.push.feed import Feed
from dispatch.push.sockets import make_socket_router
from gis_data.crs import to_wgs84
from gis_data.model import County
from routing.county import county_graph
from routing.hierarchy import open_hierarchy
from routing.live import LiveRoads
from routing.store import GRAPHS
from routing.warm import warm_up
from runtime.calendar import Calendar, Job
from runtime.database import Work, open_database
from runtime.hints import Hints
from runtime.retention import apply_retention
from runtime.servers import Servers
from runtime.settings import Settings
from runtime.timers import Sweeper

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

        async with db.reading() as conn:
            speeds = await speed_table(conn, county.code)
        driven = replace(county, vehicle_classes=laid_over(county.vehicle_classes, speeds.factors))
        live = await asyncio.to_thread(_live_roads, driven, settings.cache_folder)
        roads = RoadBook(county.code, live, profiles=county.speed_profiles, zone=ZoneInfo(county.time_zone))
        async with db.work() as work:
            await roads.refresh(work.conn, work.now)
        guard = Guard(db)
        stack.callback(guard.close)
        feed = Feed(db, hints)
        tracking = Tracking(db, county.code, redis, roads)
        places = CountyPlaces(county)
        desk = Desk(
            db,
            county,
            CountyMap(county, places, to_wgs84),
            roads,
            automatic=True if settings.automatic else None,
            positions=tracking,
            speed_table=speeds.version,
        )
        sweeper = Sweeper(db, {**timer_handlers(desk), **duty_handlers()}, settings.poll_seconds)
        calendar = Calendar(db, county.time_zone, _jobs(desk, settings))

        app = FastAPI(
            title="Pianqu",
            version="0.1.0",
            openapi_url=None,  # served behind the guard, like everything else
            docs_url=None,
            redoc_url=None,
        )
        install_problem_handlers(app)
        app.add_middleware(BodyLimits)
        app.include_router(make_health_router(db))
        for router in (
            make_access_router(db, guard, county.code, Passwords()),
            make_alarms_router(desk, guard),
            make_metrics_router(db, guard, county.code),
            make_rollcall_router(db, guard, county.code),
        ):
            app.include_router(router, prefix=API)
        app.include_router(
            make_forces_router(
                db,
                guard,
                county,
                roads,
                tracking,
                report_status=_with_assignment(desk),
                describe=places.describe,
            )
        )
        app.include_router(make_reach_router(guard, county, roads))
        app.include_router(make_speeds_router(db, guard, county, speeds.version))
        workshop = Workshop()
        stack.push_async_callback(workshop.close)
        jobs = Jobs(db, county.code)
        stack.push_async_callback(jobs.close)
        app.include_router(make_roster_router(db, guard, county, workshop, jobs))
        snapshots = ConsoleSnapshots(db, county)
        tiles = TileStore(settings.cache_folder / "tiles", county)
        stack.callback(tiles.close)
        app.include_router(make_console_router(guard, snapshots, county.code, PlaceIndex(county), tiles))
        app.include_router(make_socket_router(guard, feed, AlarmDeviceHandlers(desk, tracking), snapshots))
        _serve_openapi(app, guard)
        mount_pages(app)

        # Whole-county tiles take the longest to cut: made before somebody opens the first page.
        stack.push_async_callback(_stop, asyncio.create_task(asyncio.to_thread(tiles.make_ahead)))
        await calendar.start()
        stack.push_async_callback(calendar.stop)
        for name, run in (("feed", feed.run), ("sweeper", sweeper.run), ("roads", lambda: roads.follow(db))):
            stack.push_async_callback(_stop, asyncio.create_task(_kept_running(name, run), name=name))
        yield app


def _with_assignment(desk: Desk) -> Any:
    """A status said over HTTP moves the unit's assignment too, as it does when its device says it."""

    async def report(
        work: Work,
        county: str,
        key: str,
        status: Status,
        *,
        at: datetime | None,
        by: str,
        cause: str | None,
    ) -> Mapping[str, Any]:
        return await unit_reported(desk, work, key, status.value, by=by, via="console", at=at, cause=cause)

    return report


def _serve_openapi(app: FastAPI, guard: Guard) -> None:
    """The document of the API, for whoever has a token."""

    @app.get(f"{API}/openapi.json", include_in_schema=False)
    async def openapi(_: Annotated[Principal, Depends(guard.require(*Role))]) -> dict[str, Any]:
        return app.openapi()


def _live_roads(county: County, cache: Path) -> LiveRoads:
    """Mapped from the cache after the first start, so that worker processes share its pages."""
    warm_up()
    live = LiveRoads(county_graph(county, cache))
    hierarchy = open_hierarchy(cache / GRAPHS, live.graph)
    hierarchy.make_ready(live, sorted({unit.vehicle_class for unit in county.units}))
    return live.with_hierarchy(hierarchy)


async def _kept_running(name: str, run: Callable[[], Awaitable[Any]]) -> None:
    """A background task that failed is started again: a service that looks alive and does nothing kills people."""
    while True:
        try:
            await run()
        except Exception:  # whatever it was: it is told, and the work goes on
            LOG.exception("%s failed and is started again", name)
        await asyncio.sleep(0.5)


async def _stop(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _jobs(desk: Desk, settings: Settings) -> tuple[Job, ...]:
    """What follows the calendar; a lease lets one process do it."""
    db, county = desk.db, desk.county

    def in_one_work(act: Callable[[Work, str], Awaitable[Any]]) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            async with db.work() as work:
                await act(work, county.code)

        return run

    async def summarise() -> None:
        async with db.work() as work:
            await summarise_yesterday(desk, work)

    async def hand_over() -> None:
        await keep_handovers(db, county.code)

    async def retain() -> None:
        await apply_retention(db, county.code, settings.retention_days)

    return (
        Job("turn-road-conditions", in_one_work(turn_conditions), every_seconds=5, lease_seconds=4),
        Job("forget-stale-positions", in_one_work(forget_stale_positions), every_seconds=600),
        Job("lapse-crews", in_one_work(lapse_crews), every_seconds=15, lease_seconds=12),
        # Timers hand over to the second; this plans ahead, and finds what no timer told of.
        Job("shift-handover", hand_over, every_seconds=30, lease_seconds=25),
        Job("seats-true", in_one_work(keep_seats_true), every_seconds=15, lease_seconds=12),
        Job("lapse-swaps", in_one_work(lapse_swaps), every_seconds=60, lease_seconds=45),
        Job("lapse-offers", in_one_work(lapse_offers), every_seconds=60, lease_seconds=45),
        Job("presume-home", in_one_work(presume_home), every_seconds=600),
        Job("lose-roster-jobs", in_one_work(lose_jobs), every_seconds=30, lease_seconds=25),
        Job("settle-month", in_one_work(settle_last_month), cron="30 3 * * *"),
        Job("daily-summary", summarise, cron="5 0 * * *"),
        Job("retention", retain, cron="20 4 * * *"),
    )
