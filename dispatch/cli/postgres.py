"""`pianqu postgres TOOL …`: PostgreSQL's own tools on our database: psql, pg_dump, pg_restore, pg_basebackup."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import click

from dispatch.cli.options import data_options, settings_of
from runtime.errors import UserError
from runtime.programs import postgres_tools
from runtime.servers import running_servers


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@data_options
@click.argument("tool")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def postgres(tool: str, arguments: tuple[str, ...], **where: Any) -> int:
    """Run one of PostgreSQL's tools on the database: psql, pg_dump, pg_restore, pg_basebackup …

    Options of the tool come after its name. The embedded server is started for it if nobody runs it.
    """
    tools = postgres_tools()
    program = tools / tool
    if program.name != tool or not program.is_file():
        known = ", ".join(sorted(path.name for path in tools.iterdir()))
        raise UserError(f"{tool}: no tool of PostgreSQL; there are {known}")
    with running_servers(settings_of(**where)) as servers:
        environment = {**os.environ, **connection_variables(servers.database_url)}
        return subprocess.run([program, *arguments], env=environment, check=False).returncode


def connection_variables(url: str) -> Mapping[str, str]:
    """What libpq reads, so that no password stands on a command line."""
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    said = {
        "PGHOST": parts.hostname or options.get("host"),
        "PGPORT": str(parts.port) if parts.port else options.get("port"),
        "PGUSER": unquote(parts.username) if parts.username else options.get("user"),
        "PGPASSWORD": unquote(parts.password) if parts.password else options.get("password"),
        "PGDATABASE": unquote(parts.path.removeprefix("/")) or None,
        "PGSSLMODE": options.get("sslmode"),
    }
    return {name: value for name, value in said.items() if value}
