"""Migrations run once, in order, and lead to the schema that docs/schema.sql documents."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from runtime.database import Database
from runtime.errors import UserError
from runtime.ids import new_id
from runtime.migrate import migrate, read_migrations
from runtime.schema import describe_schema
from runtime.servers import Servers
from tests.conftest import with_database

_DOCUMENT = Path(__file__).parents[2] / "docs" / "schema.sql"
_HEADING = (
    "-- The schema, as the migrations make it; written by the test that compares them. Do not edit.\n\n"
)


@pytest.fixture
async def empty_url(servers: Servers) -> AsyncIterator[str]:
    name = f"test_{new_id().hex}"
    conn = await asyncpg.connect(servers.database_url)
    await conn.execute(f"create database {name}")
    yield with_database(servers.database_url, name)
    await conn.execute(f"drop database {name} with (force)")
    await conn.close()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An importable package of migrations of the test's own."""
    name = f"migrations_{new_id().hex}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "0001_first.sql").write_text("create table a (n int);", encoding="utf-8")
    (folder / "0002_second.sql").write_text("insert into a values (1);", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    sys.modules.pop(name, None)


async def test_the_migrations_lead_to_the_documented_schema(db: Database) -> None:
    async with db.reading() as conn:
        found = _HEADING + await describe_schema(conn)
    if os.environ.get("PIANQU_WRITE_SCHEMA"):
        _DOCUMENT.write_text(found, encoding="utf-8")
    assert _DOCUMENT.read_text(encoding="utf-8") == found, (
        "docs/schema.sql is old: run PIANQU_WRITE_SCHEMA=1 pytest tests/storage/test_runtime_migrate.py, read, commit"
    )


async def test_the_documented_schema_can_be_loaded_and_is_the_same(empty_url: str) -> None:
    conn = await asyncpg.connect(empty_url)
    document = _DOCUMENT.read_text(encoding="utf-8")
    await conn.execute(document)
    assert _HEADING + await describe_schema(conn) == document
    await conn.close()


async def test_processes_that_start_together_apply_each_migration_once(empty_url: str) -> None:
    applied = await asyncio.gather(*(migrate(empty_url) for _ in range(4)))
    assert sorted(len(names) for names in applied)[:3] == [0, 0, 0]
    assert max(applied, key=len) == tuple(m.name for m in read_migrations("dispatch.migrations"))


async def test_a_new_migration_is_applied_alone(empty_url: str, package: Path) -> None:
    assert await migrate(empty_url, package.name) == ("0001_first", "0002_second")
    (package / "0003_third.sql").write_text("insert into a values (2);", encoding="utf-8")
    assert await migrate(empty_url, package.name) == ("0003_third",)
    assert await migrate(empty_url, package.name) == ()


async def test_a_migration_that_fails_leaves_nothing_of_itself(empty_url: str, package: Path) -> None:
    broken = package / "0003_third.sql"
    broken.write_text("create table b (n int); select 1 / 0;", encoding="utf-8")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty_url, package.name)
    broken.write_text("create table b (n int);", encoding="utf-8")
    assert await migrate(empty_url, package.name) == ("0003_third",)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda folder: (folder / "0001_first.sql").write_text("select 1"), "0001_first was changed"),
        (lambda folder: (folder / "0002_second.sql").unlink(), "newer Pianqu"),
        (lambda folder: (folder / "0001_late.sql").write_text("select 1"), "later number"),
    ],
)
async def test_a_history_that_was_tampered_with_is_refused(
    empty_url: str, package: Path, change: Callable[[Path], object], says: str
) -> None:
    await migrate(empty_url, package.name)
    change(package)
    with pytest.raises(UserError, match=says):
        await migrate(empty_url, package.name)
