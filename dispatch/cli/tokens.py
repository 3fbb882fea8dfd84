"""`pianqu token create` and `pianqu operator create`: who may come in, said beside a running service."""

from __future__ import annotations

import asyncio
import getpass
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from dispatch.access.commands import create_token
from dispatch.access.passwords import Passwords
from dispatch.access.principal import PEOPLE, Role
from dispatch.access.problem import Problem
from dispatch.access.sessions import create_login_code, create_operator
from dispatch.cli.folders import beside
from dispatch.cli.options import county_option, data_options, settings_of
from runtime.database import Database
from runtime.errors import UserError


async def county_code(db: Database) -> str:
    """The one county of this database."""
    async with db.reading() as conn:
        codes = await conn.fetch("select code from county order by code")
    if not codes:
        raise UserError(
            "the database holds no county yet; start `pianqu serve` once, or run `pianqu county apply`"
        )
    return str(codes[0]["code"])


@click.group()
def token() -> None:
    """Tokens for gateways, devices and scripts."""


@token.command("create")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--station", metavar="CODE", help="The station of a device.")
@click.option("--person", metavar="CODE", help="The person that a member's token speaks for.")
@click.option("--name", help="What the list of tokens calls it.")
@click.option("--days", type=click.IntRange(1, 3650), help="How long it lives; for ever by default.")
@county_option
@data_options
def create(
    role: str,
    station: str | None,
    person: str | None,
    name: str | None,
    days: int | None,
    county: Path | None,
    **where: Any,
) -> None:
    """Print a token and nothing else."""

    async def make(db: Database) -> str:
        life = timedelta(days=days) if days else None
        code = await county_code(db)
        return await create_token(
            db, county=code, role=Role(role), station=station, person=person, name=name, life=life
        )

    print(asyncio.run(beside(settings_of(county=county, **where), make)))


@click.group()
def operator() -> None:
    """People who work on the console."""


@operator.command("create")
@click.option("--login", required=True, help="What the person types.")
@click.option("--name", required=True, help="What colleagues read.")
@click.option(
    "--role",
    type=click.Choice(["dispatcher", "supervisor", "planner", "admin", "viewer", "roster_officer"]),
    default="dispatcher",
)
@data_options
def create_person(login: str, name: str, role: str, **where: Any) -> None:
    """Make an operator; the password is asked for, or read from standard input."""
    password = getpass.getpass("password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")

    async def make(db: Database) -> None:
        code = await county_code(db)
        await create_operator(
            db,
            Passwords(),
            county=code,
            login=login,
            name=name,
            role=Role(role),
            password=password,
            actor="cli",
        )

    try:
        asyncio.run(beside(settings_of(**where), make))
    except Problem as problem:
        raise UserError(
            f"--login {login}: {problem.code}; choose another login or a longer password"
        ) from None
    print(login)


EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})  # where to listen, but nowhere to go to


@operator.command("link")
@click.option("--name", required=True, help="What colleagues read.")
@click.option("--role", type=click.Choice(sorted(role.value for role in PEOPLE)), default="dispatcher")
@data_options
def link(name: str, role: str, **where: Any) -> None:
    """Print a link that lets one person in, once, within a quarter of an hour: for the first login of all."""
    settings = settings_of(**where)

    async def make(db: Database) -> str:
        return await create_login_code(
            db, county=await county_code(db), role=Role(role), name=name, actor="cli"
        )

    host = "127.0.0.1" if settings.host in EVERY_ADDRESS else settings.host
    print(f"http://{host}:{settings.port}/#login={asyncio.run(beside(settings, make))}")
