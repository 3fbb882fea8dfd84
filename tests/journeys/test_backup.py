"""A backup is worth what comes back from it: dumped and restored with the tools that the product brings."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from dispatch.cli import main
from dispatch.cli.postgres import connection_variables
from runtime.database import Database
from tests.conftest import with_database


async def test_a_dump_restored_elsewhere_holds_what_was_there(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    async with db.work() as work:
        work.journal("county/140525", "alarm_received", {"place": "西村"}, county="140525")
    dump = tmp_path / "备份 1.dump"
    elsewhere = with_database(database_url, "restored")
    where = ("--redis-url", "off", "--database-url")
    assert main(["postgres", *where, database_url, "pg_dump", "-Fc", "-f", str(dump)]) == 0
    assert main(["postgres", *where, database_url, "createdb", "restored"]) == 0
    try:
        assert (
            main(
                ["postgres", *where, elsewhere, "pg_restore", "--exit-on-error", "-d", "restored", str(dump)]
            )
            == 0
        )
        conn = await asyncpg.connect(elsewhere)
        assert await conn.fetchval("select data ->> 'place' from event") == "西村"
        await conn.close()
    finally:
        assert main(["postgres", *where, database_url, "dropdb", "restored"]) == 0


def test_a_tool_that_postgresql_does_not_have_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["postgres", "../../bin/sh"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("pianqu: ../../bin/sh: no tool of PostgreSQL; there are ")
    assert "pg_dump" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("postgresql://u%40x:p%2Fw@db:5433/fire?sslmode=require", "db"),
        ("postgresql://u%40x:p%2Fw@/fire?host=/run/数据&port=5433&sslmode=require", "/run/数据"),
    ],
)
def test_the_tools_get_the_connection_of_the_url(url: str, host: str) -> None:
    assert connection_variables(url) == {
        "PGHOST": host,
        "PGPORT": "5433",
        "PGUSER": "u@x",
        "PGPASSWORD": "p/w",
        "PGDATABASE": "fire",
        "PGSSLMODE": "require",
    }
