"""Forward-only migrations: .sql files in a package, each applied once, in order, under one lock."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files

import asyncpg

from runtime.errors import UserError

_LOCK = 0x7069616E7175  # "pianqu": any number will do if everybody uses the same

_TABLE = """
create table if not exists migration (
    name text primary key,
    checksum text not null,
    applied_at timestamptz not null default clock_timestamp()
)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.replace("\r\n", "\n").encode()).hexdigest()


def read_migrations(package: str) -> tuple[Migration, ...]:
    found = (
        Migration(file.name.removesuffix(".sql"), file.read_text(encoding="utf-8"))
        for file in files(package).iterdir()
        if file.name.endswith(".sql")
    )
    return tuple(sorted(found, key=lambda migration: migration.name))


async def migrate(database_url: str, package: str = "dispatch.migrations") -> tuple[str, ...]:
    """Names of those applied now; of several processes that start together one applies them, the others wait."""
    migrations = read_migrations(package)
    conn = await asyncpg.connect(database_url, timeout=30)
    try:
        await conn.execute("select pg_advisory_lock($1)", _LOCK)
        await conn.execute(_TABLE)
        applied = {
            row["name"]: row["checksum"] for row in await conn.fetch("select name, checksum from migration")
        }
        _check(migrations, applied)
        new = [migration for migration in migrations if migration.name not in applied]
        for migration in new:
            await _apply(conn, migration)
        return tuple(migration.name for migration in new)
    finally:
        await conn.close()  # gives the lock back, too


async def _apply(conn: "asyncpg.Connection[asyncpg.Record]", migration: Migration) -> None:
    try:
        async with conn.transaction():
            await conn.execute(migration.sql)
            await conn.execute(
                "insert into migration (name, checksum) values ($1, $2)", migration.name, migration.checksum
            )
    except asyncpg.InsufficientPrivilegeError as error:
        raise UserError(
            f"migration {migration.name}: {error}; let the database user own the database"
        ) from None


def _check(migrations: tuple[Migration, ...], applied: dict[str, str]) -> None:
    known = {migration.name: migration for migration in migrations}
    newer = sorted(applied.keys() - known.keys())
    if newer:
        raise UserError(
            f"the database was migrated by a newer Pianqu ({newer[0]}); install that version or a later one"
        )
    for name, checksum in sorted(applied.items()):
        if known[name].checksum != checksum:
            raise UserError(
                f"migration {name} was changed after it had been applied; restore the file and add a new one"
            )
    missing = [migration.name for migration in migrations if migration.name not in applied]
    if missing and applied and missing[0] < max(applied):
        raise UserError(
            f"migration {missing[0]} sorts before {max(applied)}, which was applied; give it a later number"
        )
