"""Fixtures: a real PostgreSQL and Valkey shared by all workers of a run, a fresh database for each test."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from runtime.database import Connection, Database, open_database
from runtime.hints import Hints
from runtime.ids import new_id
from runtime.migrate import migrate
from runtime.servers import Servers, running_servers
from runtime.settings import load_settings

_TEMPLATE = "pianqu_template"


def with_database(url: str, name: str) -> str:
    return urlsplit(url)._replace(path="/" + name).geturl()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all xdist workers of this run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def servers(run_folder: Path) -> Iterator[Servers]:
    """The first worker in starts them, the last one out stops them: that is `running_servers` itself."""
    settings = load_settings(data=run_folder / "servers")
    with running_servers(settings, durable=False) as found:
        yield found


@pytest.fixture(scope="session")
def redis_url(servers: Servers) -> str:
    assert servers.redis_url is not None
    return servers.redis_url


@pytest.fixture(scope="session")
def template(servers: Servers, run_folder: Path) -> str:
    """A migrated database that nobody ever changes."""
    with (run_folder / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        asyncio.run(_make_template(servers.database_url))
    return _TEMPLATE


async def _make_template(url: str) -> None:
    conn = await asyncpg.connect(url)
    if not await conn.fetchval("select true from pg_database where datname = $1", _TEMPLATE):
        making = _TEMPLATE + "_new"
        await conn.execute(f"drop database if exists {making}")
        await conn.execute(f"create database {making}")
        await migrate(with_database(url, making))
        await conn.execute(f"alter database {making} rename to {_TEMPLATE}")
    await conn.close()


@pytest.fixture
async def database_url(servers: Servers, template: str) -> AsyncIterator[str]:
    """A fresh, migrated database."""
    name = f"test_{new_id().hex}"
    conn = await asyncpg.connect(servers.database_url)
    await conn.execute(f"create database {name} template {template}")
    yield with_database(servers.database_url, name)
    await conn.execute(f"drop database {name} with (force)")
    await conn.close()


@dataclass
class FakeClock:
    """Stands where the test puts it; pass it as `clock` to `open_database`."""

    now: datetime = datetime(2026, 4, 4, 6, 0, tzinfo=UTC)  # 清明, two in the afternoon in Zezhou

    def advance(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now

    async def __call__(self, conn: Connection) -> datetime:
        return self.now


@pytest.fixture
def fake_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def hints() -> AsyncIterator[Hints]:
    """Inside the process only; tests of Redis make their own with `redis_url`."""
    made = Hints()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def db(database_url: str, hints: Hints) -> AsyncIterator[Database]:
    """On PostgreSQL's own clock."""
    database = await open_database(database_url, hints, size=8)
    yield database
    await database.close()


@pytest.fixture
async def stopped_db(database_url: str, hints: Hints, fake_clock: FakeClock) -> AsyncIterator[Database]:
    """On `fake_clock`, which only the test moves."""
    database = await open_database(database_url, hints, size=8, clock=fake_clock)
    yield database
    await database.close()
