"""Every named query of the product, prepared against a real PostgreSQL with the migrations applied.

A misspelt column, a missing table or a wrong parameter type fails here, before any test runs.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

import asyncpg

from runtime.migrate import migrate
from runtime.queries import load_queries
from runtime.servers import running_servers
from runtime.settings import load_settings

CHECKOUT = Path(__file__).resolve().parents[1]
PACKAGES = ("dispatch", "roster", "runtime")


async def faults(database_url: str) -> tuple[int, list[str]]:
    """How many queries were prepared, and one line for each that could not be."""
    await migrate(database_url)
    conn = await asyncpg.connect(database_url)
    found: list[str] = []
    count = 0
    try:
        for package in PACKAGES:
            for file in sorted((CHECKOUT / package).rglob("*.sql")):
                if file.parent.name == "migrations":
                    continue
                queries = load_queries(".".join(file.relative_to(CHECKOUT).parent.parts), file.name)
                for name in queries.available_queries:
                    query = getattr(queries, name)
                    if name.endswith("_cursor"):
                        continue
                    count += 1
                    try:
                        await conn.prepare(query.sql)
                    except asyncpg.PostgresError as error:
                        found.append(f"{file.relative_to(CHECKOUT)}: {name}: {error}")
    finally:
        await conn.close()
    return count, found


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="pianqu-sql-") as folder:
        settings = load_settings(data=Path(folder) / "data", redis_url="off")
        with running_servers(settings, durable=False) as servers:
            count, found = asyncio.run(faults(servers.database_url))
    for line in found:
        print(line, file=sys.stderr)
    if count == 0:
        print("scripts/check_sql.py: no queries found: the check itself is broken", file=sys.stderr)
    return 1 if found or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
