"""What the demo plays on: servers of its own, the service in its own process, a token for everybody."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

import httpx

from dispatch.access.commands import create_token
from dispatch.access.devices import add_device
from dispatch.access.principal import Principal, Role
from dispatch.access.sessions import open_session
from gis_data.model import Contact, County
from runtime.database import Database, open_database
from runtime.errors import UserError
from runtime.hints import Hints
from runtime.ids import new_id
from runtime.ports import free_port, listen
from runtime.servers import Servers
from runtime.settings import Settings

START_SECONDS = 90.0
LIFE = timedelta(days=1)


@contextmanager
def own_settings(settings: Settings, folder: Path) -> Iterator[Settings]:
    """Settings for one run: data of its own, thrown away at the end, so that no old incident joins the tale."""
    runs = settings.data / "demo"
    runs.mkdir(parents=True, exist_ok=True)
    data = Path(tempfile.mkdtemp(prefix="run-", dir=runs))
    try:
        yield settings.model_copy(
            update={
                "data": data,
                "cache": settings.cache_folder,
                "county": folder,
                "automatic": True,
            }
        )
    finally:
        shutil.rmtree(data, ignore_errors=True)


def choose_port(settings: Settings, asked: int | None) -> int:
    """The port asked for, else the usual one, else any that is free: a second demo must not fail for this."""
    if asked is not None:
        return asked
    return settings.port if _is_free(settings.host, settings.port) else free_port()


def _is_free(host: str, port: int) -> bool:
    try:
        listen(host, port).close()
    except UserError:
        return False
    return True


class Service:
    """The service as a process of its own, started like a county starts it."""

    def __init__(self, settings: Settings, servers: Servers, port: int) -> None:
        self.url = f"http://{settings.host}:{port}"
        self._log = settings.data / "service.log"
        self._arguments = [
            *("serve", "--host", settings.host, "--port", str(port), "--data", str(settings.data)),
            *("--county", str(settings.county), "--automatic" if settings.automatic else "--by-hand"),
        ]
        self._environment = {
            **os.environ,
            "PIANQU_CACHE": str(settings.cache_folder),
            "PIANQU_DATABASE_URL": servers.database_url,
            "PIANQU_REDIS_URL": servers.redis_url or "off",
            "PIANQU_LOG_LEVEL": "warning",
        }
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Until it is ready. Raises UserError with the last words of its log when it is not."""
        code = "import sys; from dispatch.cli import run; run()"
        before = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-c", code, *self._arguments),
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        async with httpx.AsyncClient(base_url=self.url) as client:
            for _ in range(round(START_SECONDS / 0.1)):
                if self.process.returncode is not None:
                    break
                try:
                    ready = (await client.get("/health/ready")).status_code == 200
                    if ready and self._listens(before):
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.1)
        await self.stop()
        raise UserError(f"the service did not start; it said: {self._last_words()}")

    def _listens(self, offset: int) -> bool:
        """It says so itself: whoever answers may be somebody else's service that took the port a moment earlier."""
        with self._log.open("rb") as log:
            log.seek(offset)
            return any(line.startswith(b"pianqu: http://") for line in log)

    async def ended(self) -> None:
        """Wait until the service ends by itself."""
        if self.process is not None:
            await self.process.wait()

    async def stop(self, number: int = signal.SIGTERM) -> None:
        process = self.process
        if process is None or process.returncode is not None:
            return
        process.send_signal(number)
        try:
            await asyncio.wait_for(process.wait(), 15)
        except TimeoutError:
            process.kill()
            await process.wait()

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return " / ".join(lines[-3:]) or "nothing"


@asynccontextmanager
async def back_door(servers: Servers) -> AsyncIterator[Database]:
    """The database behind the service, for tokens and for measuring commits."""
    hints = Hints(None)
    db = await open_database(servers.database_url, hints, size=2)
    try:
        yield db
    finally:
        await db.close()


async def tokens(db: Database, county: County) -> tuple[str, dict[str, str]]:
    """A supervisor's token for the simulated dispatcher, and one for the device of each unit that has a device."""
    person = await create_token(
        db, county=county.code, role=Role.SUPERVISOR, name="模拟调度员", life=LIFE, actor="demo"
    )
    devices: dict[str, str] = {}
    async with db.work() as work:
        for unit in county.units:
            if unit.contact is Contact.TELEPHONE:
                continue
            id = new_id()
            await add_device(work, id, county.code, unit.name.zh, unit.station, unit.code)
            principal = Principal(county.code, Role.DEVICE, f"device/{id}", unit.station, unit.name.zh)
            devices[unit.code] = (await open_session(work, principal, LIFE)).token
    return person, devices
