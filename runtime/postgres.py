"""The embedded PostgreSQL: made once, started or adopted, stopped.

The server is started standing in its data folder and is told that the folder is `/proc/self/cwd`. So it needs no path
to it: the folder may lie below a directory that the server's user may not pass (/root), be deep, or have any name.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil

from runtime.errors import UserError
from runtime.programs import OsUser, Programs, ended, last_line, run, wait_ended

USER = "pianqu"
DATABASE = "pianqu"
_PORT = 5432  # names the socket only; no TCP port is opened
_HERE = "/proc/self/cwd"
_MAJOR = "18"

_CONFIGURATION = """\
# Written at every start; for a server of your own use --database-url.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
port = 5432
max_connections = 300
shared_buffers = 128MB
track_commit_timestamp = on
work_mem = 8MB
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
logging_collector = off
log_min_messages = warning
log_checkpoints = off
password_encryption = 'scram-sha-256'
idle_in_transaction_session_timeout = '60s'
fsync = {durable}
synchronous_commit = {durable}
full_page_writes = {durable}
"""


@dataclass(frozen=True, slots=True)
class Running:
    pid: int
    sockets: Path


class Postgres:
    def __init__(self, data: Path, user: OsUser, password: str, *, durable: bool = True) -> None:
        self._cluster = data / "postgres"
        self._log = data / "postgres.log"
        self._user = user
        self._password = password
        self._durable = durable

    def running(self) -> Running | None:
        """The server of this folder that accepts connections now, whoever started it."""
        lines = self._pid_file()
        if len(lines) < 8 or lines[7].strip() != "ready":
            return None
        pid = int(lines[0])
        return Running(pid, Path(lines[4])) if self._is_ours(pid) else None

    def start(self, programs: Programs, sockets: Path) -> Running:
        if not (self._cluster / "PG_VERSION").exists():
            self._create(programs, sockets)
        self._check_version()
        self._clear_after_crash(sockets)
        configuration = self._cluster / "postgresql.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                sockets=str(sockets).replace("'", "''"), durable="on" if self._durable else "off"
            ),
            encoding="utf-8",
        )
        self._user.own(configuration, 0o600)
        offset = self._log.stat().st_size if self._log.exists() else 0
        command = [str(programs.pg_ctl), "-D", _HERE, "-w", "-s", "-t", "120", "start"]
        with self._log.open("ab") as log:
            started = run(command, self._user, timeout=150, cwd=self._cluster, log=log.fileno())
        found = self.running()
        if started.returncode != 0 or found is None:
            raise UserError(
                f"the embedded PostgreSQL did not start ({self._complaint(offset)}); the whole story is in {self._log}"
            )
        return found

    def stop(self, programs: Programs) -> None:
        lines = self._pid_file()
        if not lines or not self._is_ours(int(lines[0])):
            return
        process = psutil.Process(int(lines[0]))
        for mode, seconds in (("fast", 30), ("immediate", 30)):
            command = [str(programs.pg_ctl), "-D", _HERE, "-w", "-s", "-t", str(seconds), "-m", mode, "stop"]
            try:
                if run(command, self._user, timeout=seconds + 5, cwd=self._cluster).returncode == 0:
                    break
            except subprocess.TimeoutExpired:
                continue
        if not wait_ended(process, 10):
            process.kill()  # even this loses nothing that was committed

    def url(self, sockets: Path, database: str = DATABASE) -> str:
        where = urlencode({"host": str(sockets), "port": _PORT}, quote_via=quote, safe="/")
        return f"postgresql://{USER}:{quote(self._password, safe='')}@/{database}?{where}"

    def _create(self, programs: Programs, sockets: Path) -> None:
        """Into a folder beside, put in place when complete: a cluster half made is never taken for one."""
        made = self._cluster.with_name("postgres.new")
        shutil.rmtree(made, ignore_errors=True)
        if self._cluster.exists():
            shutil.rmtree(self._cluster)  # no PG_VERSION in it: not a cluster
        made.mkdir(mode=0o700)
        self._user.own(made, 0o700)
        password_file = sockets / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self._password, encoding="ascii")
        self._user.own(password_file, 0o600)
        command = [
            *(str(programs.initdb), "-D", _HERE, "-U", USER, f"--pwfile={password_file}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"),
            *("--builtin-locale=C.UTF-8", "--no-instructions"),
            *(() if self._durable else ("--no-sync",)),
        ]
        try:
            result = run(command, self._user, timeout=300, cwd=made)
        finally:
            password_file.unlink(missing_ok=True)
        if result.returncode != 0:
            raise UserError(
                f"{made}: the embedded PostgreSQL could not make its files ({last_line(result.stdout)}); "
                "free space there or choose another folder with --data"
            )
        made.rename(self._cluster)

    def _clear_after_crash(self, sockets: Path) -> None:
        """PostgreSQL refuses to start when the number in an old lock file is that of some process today.

        We know better than it can: no process of this cluster is left, and nobody else uses the folder of the sockets.
        """
        lines = self._pid_file()
        if lines and not self._is_ours(int(lines[0])):
            for orphan in [p for p in psutil.process_iter() if self._is_ours(p.pid)]:
                if not wait_ended(orphan, 10):  # without a postmaster they end by themselves
                    orphan.kill()
            (self._cluster / "postmaster.pid").unlink(missing_ok=True)
        if self.running() is None and not self._pid_file():
            for left in sockets.glob(".s.PGSQL.*"):
                left.unlink(missing_ok=True)

    def _check_version(self) -> None:
        found = (self._cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != _MAJOR:
            raise UserError(
                f"{self._cluster}: made by PostgreSQL {found}, the embedded one is {_MAJOR}; "
                "dump it with its own version and restore it into a new --data folder"
            )

    def _pid_file(self) -> list[str]:
        try:
            lines = (
                (self._cluster / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
            )
        except (FileNotFoundError, NotADirectoryError):
            return []
        return lines if lines and lines[0].strip().isdigit() else []

    def _is_ours(self, pid: int) -> bool:
        try:
            process = psutil.Process(pid)
            return (
                not ended(process)
                and process.name() == "postgres"
                and Path(process.cwd()).samefile(self._cluster)
            )
        except (psutil.Error, OSError):
            return False

    def _complaint(self, offset: int) -> str:
        with self._log.open("rb") as log:
            log.seek(offset)
            text = log.read().decode("utf-8", "replace")
        serious = [line for line in text.splitlines() if "FATAL:" in line or "PANIC:" in line]
        return last_line("\n".join(serious[:1]) or text)
