"""PostgreSQL and Valkey for as long as somebody needs them: embedded ones started, adopted and stopped, or given ones.

Every process that uses the embedded servers of a data folder holds a shared lock on `users.lock`; the first one in
starts them and the last one out stops them. The system drops a lock when its process dies, so after a kill -9 the
servers are simply found running without users: the next one in adopts them and stops them at its end.
"""

import asyncio
import fcntl
import logging
import os
import secrets
import shutil
import signal
import stat
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import FrameType

from runtime.errors import UserError
from runtime.postgres import DATABASE, Postgres
from runtime.programs import OsUser, Programs, find_programs, server_user
from runtime.settings import NO_REDIS, Settings
from runtime.valkey import Valkey

_log = logging.getLogger(__name__)

_LONGEST_SOCKET = 107  # bytes in sockaddr_un, less the closing zero
_LOOK_SECONDS = 2.0
_SOCKET_NAME = "/.s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class Servers:
    database_url: str
    redis_url: str | None


@contextmanager
def running_servers(settings: Settings, *, durable: bool = True, kept: bool = False) -> Iterator[Servers]:
    """`kept`: embedded servers that die in the meantime are started again, with the same URLs.

    `durable=False` is for tests alone: it trades safety against a power cut for speed.
    """
    from runtime.reachable import check_database, check_redis  # here: they need asyncpg, which costs 0.1 s

    with _terminated_like_interrupted():
        given_redis = None if settings.redis_url == NO_REDIS else settings.redis_url
        wants_postgres = settings.database_url is None
        wants_valkey = settings.redis_url is None
        if settings.database_url is not None:
            _ask(lambda: check_database(settings.database_url or "", "--database-url"))
        if given_redis is not None:
            _ask(lambda: check_redis(given_redis))
        if not (wants_postgres or wants_valkey):
            yield Servers(settings.database_url or "", given_redis)
            return
        with _embedded(
            settings.data, postgres=wants_postgres, valkey=wants_valkey, durable=durable, kept=kept
        ) as found:
            yield Servers(settings.database_url or found[0] or "", given_redis or found[1])


@contextmanager
def _embedded(
    data: Path, *, postgres: bool, valkey: bool, durable: bool, kept: bool
) -> Iterator[tuple[str | None, str | None]]:
    user = _prepare(data)
    with (data / "users.lock").open("ab") as users:
        with _locked(data / "servers.lock"):
            servers = _Embedded(data, user, durable=durable)
            try:
                urls = servers.start(postgres=postgres, valkey=valkey)
            except BaseException:
                if _taken(users, fcntl.LOCK_EX):
                    servers.stop()
                raise
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            with _kept(servers, data, *(url is not None for url in urls)) if kept else nullcontext():
                yield urls
        finally:
            with _undisturbed(), _locked(data / "servers.lock"):
                fcntl.flock(users, fcntl.LOCK_UN)
                if _taken(users, fcntl.LOCK_EX):
                    servers.stop()
                else:
                    _log.info("others still use the servers of %s; the last one stops them", data)


@contextmanager
def _kept(servers: "_Embedded", data: Path, postgres: bool, valkey: bool) -> Iterator[None]:
    """Somebody has to look: a database that ran out of memory at night comes back before anybody is up."""
    ending = threading.Event()

    def look() -> None:
        while not ending.wait(_LOOK_SECONDS):
            if servers.are_running(postgres=postgres, valkey=valkey):
                continue
            _log.error("an embedded server is gone and is started again; why, its log in %s may tell", data)
            try:
                with _locked(data / "servers.lock"):
                    servers.start(postgres=postgres, valkey=valkey)
            except (UserError, OSError) as error:
                _log.error("%s; trying again", error)

    thread = threading.Thread(target=look, name="embedded-servers", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


class _Embedded:
    """Both servers of one data folder; the caller holds `servers.lock`."""

    def __init__(self, data: Path, user: OsUser, *, durable: bool) -> None:
        self._user = user
        self._record = data / "sockets"  # names the folder of the sockets, which has to be short
        self._postgres = Postgres(data, user, _secret(data, "postgres"), durable=durable)
        self._valkey = Valkey(data, user, _secret(data, "valkey"))

    @cached_property
    def _programs(self) -> Programs:
        return find_programs(self._user)

    def start(self, *, postgres: bool, valkey: bool) -> tuple[str | None, str | None]:
        from runtime.reachable import ensure_database

        programs = self._programs
        database_url = redis_url = None
        if postgres:
            found = self._postgres.running()
            if found is not None and not (found.sockets / ".s.PGSQL.5432").exists():
                self._postgres.stop(programs)  # somebody cleaned up /tmp: alive, but out of reach
                found = None
            if found is None:
                found = self._postgres.start(programs, self._sockets())
            url = self._postgres.url(found.sockets, "postgres")
            _ask(lambda: ensure_database(url, DATABASE))
            database_url = self._postgres.url(found.sockets)
        if valkey:
            path = self._valkey.running()
            if path is None:
                try:
                    path = self._valkey.start(programs, self._sockets())
                except UserError as error:
                    _log.warning("%s; going on without it, hints will be slower", error)
            redis_url = None if path is None else self._valkey.url(path)
        return database_url, redis_url

    def are_running(self, *, postgres: bool, valkey: bool) -> bool:
        return not (
            (postgres and self._postgres.running() is None) or (valkey and self._valkey.running() is None)
        )

    def stop(self) -> None:
        self._valkey.stop()
        self._postgres.stop(self._programs)
        if (folder := self._recorded()) is not None:
            shutil.rmtree(folder, ignore_errors=True)
        self._record.unlink(missing_ok=True)

    def _sockets(self) -> Path:
        recorded = self._recorded()
        if recorded is not None:
            return recorded
        folder = _short_folder(self._user)
        self._user.own(folder, 0o700)
        self._record.write_text(str(folder), encoding="utf-8")
        return folder

    def _recorded(self) -> Path | None:
        with suppress(OSError):
            folder = Path(self._record.read_text(encoding="utf-8"))
            found = folder.lstat()
            # In /tmp anybody may make a folder of that name after a restart of the machine: only ours counts.
            if stat.S_ISDIR(found.st_mode) and found.st_uid == self._user.uid and found.st_mode & 0o77 == 0:
                return folder
        return None


def _short_folder(user: OsUser) -> Path:
    candidates = [] if user.dropped else [os.environ.get("XDG_RUNTIME_DIR", "")]
    candidates += [tempfile.gettempdir(), "/tmp", "/var/tmp", "/run"]
    for parent in candidates:
        if not parent or len(os.fsencode(parent)) + len("/pianqu-12345678" + _SOCKET_NAME) > _LONGEST_SOCKET:
            continue
        if user.dropped and not _open_to_all(Path(parent)):
            continue
        with suppress(OSError):
            return Path(tempfile.mkdtemp(prefix="pianqu-", dir=parent))
    raise UserError("no folder for the servers' sockets: /tmp cannot be written; correct that or set TMPDIR")


def _open_to_all(folder: Path) -> bool:
    """May everybody pass through it and everything above it?"""
    try:
        return all(path.stat().st_mode & 0o001 for path in (folder.resolve(), *folder.resolve().parents))
    except OSError:
        return False


def _prepare(data: Path) -> OsUser:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        (data / "secrets").mkdir(mode=0o700, exist_ok=True)
        (data / "servers.lock").touch(mode=0o600)
        (data / "users.lock").touch(mode=0o600)
    except (FileExistsError, NotADirectoryError):
        raise UserError(f"--data {data}: is not a folder; name one, or one that may be made") from None
    except OSError as error:
        raise UserError(
            f"--data {data}: cannot be written ({error.strerror}); correct its permissions or choose another folder"
        ) from None
    return server_user(data / "postgres")


def _secret(data: Path, name: str) -> str:
    path = data / "secrets" / name
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    secret = secrets.token_urlsafe(32)
    made = path.with_name(name + ".new")
    made.unlink(missing_ok=True)
    with os.fdopen(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(secret)
    made.rename(path)
    return secret


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _taken(file: object, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)  # type: ignore[arg-type]
    except BlockingIOError:
        return False
    return True


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM and SIGHUP unwind the stack as Ctrl-C does, unless the program has its own way of handling them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    changed = [s for s in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(s) is signal.SIG_DFL]

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for number in changed:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in changed:
            if signal.getsignal(number) is leave:
                signal.signal(number, signal.SIG_DFL)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """An impatient second Ctrl-C must not leave the servers running: stopping them is bounded in time."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ask(question: Callable[[], Awaitable[None]]) -> None:
    """Run a coroutine to its end, also where an event loop is running already in this thread."""
    failures: list[BaseException] = []

    async def asked() -> None:
        await question()

    def in_thread() -> None:
        try:
            asyncio.run(asked())
        except BaseException as error:  # noqa: BLE001 (carried over to the caller's thread)
            failures.append(error)

    thread = threading.Thread(target=in_thread, daemon=True)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
