"""`pianqu serve`: servers, migrations, county, then one or more processes of the service on one port."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass, replace
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import click
import uvicorn
import uvloop

from dispatch.app import running_service
from dispatch.cli.options import county_folder, county_option, data_options, settings_of
from dispatch.duty.people import apply_roster, differs
from dispatch.forces.apply import apply_county, plan_county
from dispatch.messages import text
from gis_data.folder import read_county
from gis_data.model import County
from roster.files.book import read_book
from roster.plan import Book
from runtime.database import open_database
from runtime.garbage import settle
from runtime.hints import Hints
from runtime.migrate import migrate
from runtime.ports import listen
from runtime.servers import Servers, running_servers
from runtime.settings import Settings

LOG = logging.getLogger(__name__)
LARGEST_FRAME_BYTES = 262_144
GOOD_LIFE_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 10.0


@click.command()
@click.option("--host", help="Address to listen on; 127.0.0.1 by default.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 8119 by default.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes side by side; 1 by default.")
@click.option(
    "--automatic/--by-hand", "automatic", default=None, help="Order without the one key, for every kind."
)
@county_option
@data_options
def serve(county: Path | None, **given: Any) -> None:
    """Run the service. Ctrl-C or SIGTERM ends it, with the servers it started."""
    settings = settings_of(county=county, **given)
    logging.basicConfig(
        level=settings.log_level.upper(),
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    for chatty in ("apscheduler", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    folder = county_folder(settings, None)
    here = read_county(folder)
    with listen(settings.host, settings.port) as listener, running_servers(settings, kept=True) as servers:
        for line in asyncio.run(prepare(servers, here, read_book(here, folder))):
            print(line, file=sys.stderr)
        address, port = listener.getsockname()[:2]
        print(f"pianqu: http://{address}:{port}/", file=sys.stderr, flush=True)
        if settings.workers == 1:
            uvloop.run(serve_on(listener, settings, servers, here))
        else:
            _run_workers(listener, settings, servers, folder)


async def prepare(servers: Servers, county: County, book: Book | None = None) -> list[str]:
    """Migrate; fill an empty database from the folder; otherwise say how the folder differs from what is there.

    `book`: what the folder says about duty, if anything.
    """
    await migrate(servers.database_url)
    hints = Hints(servers.redis_url)
    db = await open_database(servers.database_url, hints, size=2)
    try:
        async with db.reading() as conn:
            known = await conn.fetchval("select digest from county where code = $1", county.code)
            plan = None if known is None else await plan_county(conn, county)
            roster_differs = book is not None and await differs(conn, book)
        if plan is None:
            async with db.work() as work:
                await apply_county(work, county)
                if book is not None:
                    await apply_roster(work, book)
            return []
        if not plan and not roster_differs:
            return []
        return [
            *(plan.lines() if plan else ()),
            *([text("duty.plan.differs")] if roster_differs else ()),
            "pianqu: starting with what the database holds; `pianqu county apply` brings it to the folder",
        ]
    finally:
        await db.close()


async def serve_on(listener: socket.socket, settings: Settings, servers: Servers, county: County) -> None:
    """One process of the service on a socket that already listens, until SIGINT or SIGTERM."""
    async with running_service(settings, servers, county) as app:
        settle()
        config = uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            ws="websockets-sansio",
            ws_per_message_deflate=False,  # orders are small and urgent; compressing them costs more than it saves
            ws_max_size=LARGEST_FRAME_BYTES,
            ws_ping_interval=None,  # the protocol has its own heartbeat, which the other side answers for
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        await uvicorn.Server(config).serve(sockets=[listener])


def _worker(listener: socket.socket, settings: Settings, servers: Servers, folder: Path) -> None:
    logging.basicConfig(level=settings.log_level.upper(), stream=sys.stderr)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    uvloop.run(serve_on(listener, settings, servers, read_county(folder)))


def _end_with_parent() -> None:
    """Whoever killed the service would find its port taken by workers that nobody watches over."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class WorkerPlace:
    """When the worker of one place is started again: at once after a good life, slower each time it dies young.

    A worker whose database is gone dies as it starts; starting it without a pause would burn the one old server that
    the database has to come back on. Seconds are of a monotonic clock.
    """

    started: float
    died_young: int = 0
    again_at: float | None = None

    @property
    def pause_seconds(self) -> float:
        return 0.0 if self.died_young == 0 else min(0.5 * 2.0 ** (self.died_young - 1), LONGEST_PAUSE_SECONDS)

    def died(self, now: float) -> WorkerPlace:
        young = self.died_young + 1 if now - self.started < GOOD_LIFE_SECONDS else 0
        fallen = replace(self, died_young=young)
        return replace(fallen, again_at=now + fallen.pause_seconds)

    def due(self, now: float) -> bool:
        return self.again_at is not None and now >= self.again_at

    def starting(self, now: float) -> WorkerPlace:
        return replace(self, started=now, again_at=None)


def _run_workers(listener: socket.socket, settings: Settings, servers: Servers, folder: Path) -> None:
    """Keep `workers` processes on one socket; one that dies is started again, until somebody ends us."""
    spawn = multiprocessing.get_context("spawn")
    ending = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: ending.set())

    def start() -> SpawnProcess:
        process = spawn.Process(target=_worker, args=(listener, settings, servers, folder), daemon=False)
        process.start()
        return process

    running = [start() for _ in range(settings.workers)]
    places = [WorkerPlace(started=time.monotonic()) for _ in running]
    while not ending.wait(0.5):
        for number, process in enumerate(running):
            now = time.monotonic()
            if process.exitcode is None:
                continue
            if places[number].again_at is None:
                places[number] = places[number].died(now)
                pause = places[number].pause_seconds
                LOG.error("worker %s ended with %s; again in %g s", process.pid, process.exitcode, pause)
            if places[number].due(now):
                running[number], places[number] = start(), places[number].starting(now)
    for process in running:
        process.terminate()
    for process in running:
        process.join(10)
        if process.exitcode is None:
            process.kill()
