"""The real service in a process of its own, with a device for every unit, for tests that look at it from outside."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import httpx

from dispatch.access.principal import Role
from dispatch.access.sessions import create_login_code
from dispatch.demo.stage import tokens
from dispatch.push.device import Device, DeviceRefused, Told
from gis_data.folder import read_county
from gis_data.model import County
from runtime.database import open_database
from runtime.hints import Hints
from runtime.ports import free_port

START_SECONDS = 120.0


@dataclass(frozen=True)
class LiveHouse:
    url: str
    county: County
    login_code: str
    devices: dict[str, str]  # token by unit code


@contextmanager
def live_house(database_url: str, county_folder: Path, data: Path) -> Iterator[LiveHouse]:
    """`pianqu serve --by-hand` on this database, ready; ended with SIGTERM."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    code = "from dispatch.cli import run; run()"
    arguments = [
        "serve",
        "--port",
        str(port),
        "--data",
        str(data),
        "--county",
        str(county_folder),
        "--by-hand",
    ]
    environment = {**os.environ, "PIANQU_DATABASE_URL": database_url, "PIANQU_REDIS_URL": "off"}
    data.mkdir(parents=True, exist_ok=True)
    with (data / "service.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait_until_ready(url, process, data / "service.log")
        county = read_county(county_folder)
        login_code, devices = asyncio.run(_doors(database_url, county))
        yield LiveHouse(url, county, login_code, devices)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with suppress(httpx.HTTPError):
            if httpx.get(f"{url}/health/ready", timeout=5).status_code == 200:
                return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    words = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise AssertionError(f"the service did not start; it said: {words}")


async def _doors(database_url: str, county: County) -> tuple[str, dict[str, str]]:
    db = await open_database(database_url, Hints(None), size=2)
    try:
        code = await create_login_code(
            db, county=county.code, role=Role.DISPATCHER, name="李强", actor="test"
        )
        _, devices = await tokens(db, county)
        return code, devices
    finally:
        await db.close()


@contextmanager
def obedient_devices(house: LiveHouse) -> Iterator[None]:
    """Every unit's device is connected and acknowledges what it is ordered."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def obey(token: str) -> None:
        async def hear(told: Told) -> None:
            if told.event == "order_dispatched":
                device.decide(told.data["assignment_id"], "acknowledge")

        device = Device(house.url, token, hear)
        with suppress(DeviceRefused):
            await device.run()

    async def start() -> list[asyncio.Task[None]]:
        return [asyncio.create_task(obey(token)) for token in house.devices.values()]

    async def stop(tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    tasks = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(stop(tasks), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
