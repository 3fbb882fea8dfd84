"""Is the database, is Redis there? Answered in one line that names the remedy."""

import logging
import ssl
from urllib.parse import urlsplit

import asyncpg
import redis.asyncio

from runtime.errors import UserError

LOG = logging.getLogger(__name__)

_SECONDS = 5.0
_OLDEST = 15


async def check_database(url: str, option: str) -> None:
    where = without_password(url)
    try:
        conn = await asyncpg.connect(url, timeout=_SECONDS)
    except asyncpg.InvalidCatalogNameError:
        raise UserError(
            f"{option} {where}: the server has no such database; create it with createdb"
        ) from None
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError):
        raise UserError(f"{option} {where}: user or password refused; correct them in the URL") from None
    except asyncpg.CannotConnectNowError:
        raise UserError(f"{option} {where}: the server is starting or stopping; try again") from None
    except asyncpg.TooManyConnectionsError:
        raise UserError(f"{option} {where}: no connection left; raise max_connections") from None
    except (TimeoutError, OSError, ssl.SSLError) as error:
        raise UserError(
            f"{option} {where}: unreachable ({_short(error)}); is the server running, are host and port right?"
        ) from None
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise UserError(f"{option} {where}: {_short(error)}; correct the URL") from None
    try:
        if conn.get_server_version().major < _OLDEST:
            raise UserError(
                f"{option} {where}: PostgreSQL {conn.get_server_version().major} is too old; "
                f"{_OLDEST} or newer is needed"
            )
    finally:
        await conn.close(timeout=_SECONDS)


async def ensure_database(server_url: str, name: str) -> None:
    """Make the database on our own server; somebody else may be making it at this moment."""
    conn = await asyncpg.connect(server_url, timeout=30)
    try:
        if not await conn.fetchval("select true from pg_database where datname = $1", name):
            await conn.execute(f'create database "{name}"')
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass
    finally:
        await conn.close()


async def check_redis(url: str) -> None:
    """A wrong password is a mistake to mend now. A server that is away is not: it carries hints alone, and without
    it the poll keeps every promise, so that a restart at night never waits for it."""
    where = without_password(url)
    client = redis.asyncio.from_url(url, socket_connect_timeout=_SECONDS, socket_timeout=_SECONDS)
    try:
        await client.ping()
    except redis.AuthenticationError:
        raise UserError(f"--redis-url {where}: password refused; correct it in the URL") from None
    except (redis.RedisError, OSError) as error:
        LOG.warning(
            "--redis-url %s: unreachable (%s); going on by polling until it is there, or use `off`",
            where,
            _short(error),
        )
    finally:
        await client.aclose()


def without_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return url.replace(":" + (url.split("://", 1)[1].split("@", 1)[0].split(":", 1)[1]) + "@", ":…@", 1)


def _short(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
