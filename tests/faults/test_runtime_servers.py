"""The embedded servers live exactly as long as somebody needs them, whatever happens to that somebody."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from runtime.encoding import from_json
from runtime.errors import UserError
from runtime.programs import ended, wait_ended
from runtime.servers import running_servers
from runtime.settings import load_settings

_CHECKOUT = Path(__file__).parents[2]

# A service as small as can be: says what it has, then waits to be told to end.
# Whoever runs the tests in the background (`… &`) hands down an ignored Ctrl-C.
_SERVICE = """
import signal
import sys
from runtime.encoding import to_json
from runtime.servers import running_servers
from runtime.settings import load_settings
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it would be ignored, and rightly so
asked = {option: option in sys.argv for option in ("durable", "kept")}
with running_servers(load_settings(data=sys.argv[1]), **asked) as servers:
    print(to_json(servers), flush=True)
    sys.stdin.read()
"""


class Service:
    def __init__(self, data: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _SERVICE, str(data), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_CHECKOUT,
            start_new_session=True,
            text=True,
        )
        assert self.process.stdout is not None
        self.urls = from_json(self.process.stdout.readline())

    def signal(self, number: int) -> int:
        os.killpg(self.process.pid, number)  # as a terminal does it: to the whole group
        return self.process.wait(60)

    def end(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(60)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "数据 of 片区"
    yield folder
    for process in servers_of(folder):  # only after a failed test
        process.kill()


def servers_of(data: Path) -> list[psutil.Process]:
    """The living servers of a data folder: the postmaster by its pid file, Valkey by our record."""
    pids: list[int] = []
    if (pid_file := data / "postgres" / "postmaster.pid").exists():
        pids.append(int(pid_file.read_text(encoding="utf-8").splitlines()[0]))
    if (record := data / "valkey.json").exists():
        pids.append(from_json(record.read_bytes())["pid"])
    found = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    return [process for process in found if not ended(process)]


def ask(url: str, question: str) -> object:
    async def asked() -> object:
        conn = await asyncpg.connect(url, timeout=10)
        try:
            return await conn.fetchval(question)
        finally:
            await conn.close()

    return asyncio.run(asked())


def answered(question: Callable[[], object]) -> object:
    """The first true answer, within half a minute."""
    until = time.monotonic() + 30
    while True:
        try:
            if found := question():
                return found
        except (OSError, asyncpg.PostgresError):
            pass  # not yet
        assert time.monotonic() < until, "nothing came back"
        threading.Event().wait(0.1)  # nothing announces it


def sockets_of(service: Service) -> Path:
    return Path(service.urls["redis_url"].split("@", 1)[1]).parent


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_leaves_no_sockets(data: Path, number: int) -> None:
    service = Service(data)
    assert len(servers_of(data)) == 2
    sockets = sockets_of(service)
    assert sockets.exists()
    assert service.signal(number) != 0
    assert servers_of(data) == []
    assert not sockets.exists()


def test_data_and_password_survive_a_restart(data: Path) -> None:
    settings = load_settings(data=data)
    with running_servers(settings, durable=False) as servers:
        ask(servers.database_url, "create table kept as select 42 as n")
    with running_servers(settings, durable=False) as servers:
        assert ask(servers.database_url, "select n from kept") == 42


def test_after_kill_9_the_next_one_adopts_the_servers_and_stops_them_at_its_end(data: Path) -> None:
    first = Service(data)
    ask(first.urls["database_url"], "create table kept as select 42 as n")
    before = servers_of(data)
    first.signal(signal.SIGKILL)
    assert servers_of(data) == before
    second = Service(data)
    assert second.urls == first.urls
    assert servers_of(data) == before
    assert ask(second.urls["database_url"], "select n from kept") == 42
    assert second.end() == 0
    assert servers_of(data) == []


def test_servers_that_die_under_a_service_come_back_where_they_were(data: Path) -> None:
    service = Service(data, "durable", "kept")
    ask(service.urls["database_url"], "create table kept as select 42 as n")
    before = servers_of(data)
    for server in before:
        server.kill()
        assert wait_ended(server, 10)
    assert answered(lambda: ask(service.urls["database_url"], "select n from kept")) == 42
    assert answered(lambda: len(servers_of(data)) == 2)
    assert set(servers_of(data)).isdisjoint(before)
    assert service.end() == 0
    assert servers_of(data) == []


def test_a_command_beside_the_service_neither_starts_nor_stops_the_servers(data: Path) -> None:
    service = Service(data)
    before = servers_of(data)
    beside = Service(data)
    assert beside.urls == service.urls
    assert beside.end() == 0
    assert servers_of(data) == before
    service.end()
    assert servers_of(data) == []


def test_the_last_one_out_stops_them_even_if_it_came_as_a_guest(data: Path) -> None:
    first, second = Service(data), Service(data)
    assert first.end() == 0
    assert len(servers_of(data)) == 2
    assert ask(second.urls["database_url"], "select 1") == 1
    assert second.signal(signal.SIGTERM) == 128 + signal.SIGTERM
    assert servers_of(data) == []


def test_servers_killed_with_their_owner_are_started_anew(data: Path) -> None:
    """A power cut: nothing runs any more, but every file says so."""
    first = Service(data, "durable")
    ask(first.urls["database_url"], "create table kept as select 42 as n")
    for process in servers_of(data):
        everything = [process, *process.children(recursive=True)]
        for one in everything:
            one.kill()
        assert all(wait_ended(one, 20) for one in everything)
    first.signal(signal.SIGKILL)
    second = Service(data)
    assert ask(second.urls["database_url"], "select n from kept") == 42
    second.end()


def test_a_pid_file_that_names_another_process_does_not_hinder_the_start(data: Path) -> None:
    Service(data).end()
    pid_file = data / "postgres" / "postmaster.pid"
    pid_file.write_text(
        f"{os.getpid()}\n/proc/self/cwd\n1\n5432\n/tmp/gone\n\n 1 1\nready\n", encoding="utf-8"
    )
    with running_servers(load_settings(data=data), durable=False) as servers:
        assert ask(servers.database_url, "select 1") == 1


def test_servers_whose_sockets_somebody_cleaned_away_are_started_anew(data: Path) -> None:
    first = Service(data)
    for file in sockets_of(first).iterdir():
        file.unlink()
    first.signal(signal.SIGKILL)
    second = Service(data)
    assert ask(second.urls["database_url"], "select 1") == 1
    assert second.end() == 0
    assert servers_of(data) == []


def test_a_long_path_and_quotes_are_no_hindrance(tmp_path: Path) -> None:
    data = tmp_path / ("很长的路径" * 10) / 'it\'s "quoted" $HOME'
    with running_servers(load_settings(data=data), durable=False) as servers:
        assert len(str(data).encode()) > 107
        assert ask(servers.database_url, "select 1") == 1


def test_secrets_are_closed_to_others_and_a_wrong_password_is_refused(data: Path) -> None:
    with running_servers(load_settings(data=data), durable=False) as servers:
        for file in (data / "secrets").iterdir():
            assert file.stat().st_mode & 0o077 == 0
        assert (data / "postgres").stat().st_mode & 0o077 == 0
        password = (data / "secrets" / "postgres").read_text(encoding="ascii")
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(servers.database_url.replace(password, "wrong"), "select 1")
        assert all(password not in " ".join(process.cmdline()) for process in servers_of(data))
        assert ask(
            servers.database_url, "select rolpassword like 'SCRAM-SHA-256$%' from pg_authid where rolcanlogin"
        )


def test_nothing_listens_on_the_network(data: Path) -> None:
    service = Service(data)
    for process in servers_of(data):
        assert [c for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN] == []
    service.end()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_started_by_root_the_servers_run_as_somebody_else(data: Path) -> None:
    data.parent.chmod(0o700)  # like /root: closed to the servers' user
    with running_servers(load_settings(data=data), durable=False) as servers:
        assert all(process.uids().real != 0 for process in servers_of(data))
        assert ask(servers.database_url, "select 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_may_run_them_too() -> None:
    """In a fork that has given root up: the interpreter itself may be closed to other users."""
    home = Path(tempfile.mkdtemp(dir="/var/tmp"))
    os.chown(home, 65534, 65534)
    settings = load_settings(data=home / "数据")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            with running_servers(settings, durable=False) as servers:
                answer = ask(servers.database_url, "select 'answered by ' || current_user")
                os.write(writing, f"{answer}, {len(servers_of(settings.data))} servers".encode())
        except BaseException as error:  # noqa: BLE001 (a fork of pytest must end here, whatever happens)
            os.write(writing, repr(error).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as said:
        assert said.read() == "answered by pianqu, 2 servers"
    assert servers_of(settings.data) == []
    shutil.rmtree(home)


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ({"data": "/proc/nowhere"}, "--data /proc/nowhere"),
        ({"data": "/dev/null"}, "--data /dev/null"),
        ({"database_url": "postgresql://u:secret@127.0.0.1:9/x"}, "--database-url"),
        ({"database_url": "postgresql://u@nowhere.invalid/x"}, "unreachable"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    tmp_path: Path, overrides: dict[str, str], says: str
) -> None:
    settings = load_settings(**{"data": tmp_path / "data", **overrides})
    with pytest.raises(UserError) as caught, running_servers(settings, durable=False):
        pass
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_redis_that_is_away_at_the_start_is_one_warning_and_no_reason_to_stay_down(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    service = Service(data)
    given = {"database_url": service.urls["database_url"], "redis_url": "redis://:secret@127.0.0.1:9/0"}
    with running_servers(load_settings(data=tmp_path / "other", **given)) as servers:
        assert servers.redis_url == given["redis_url"]
    told = [record.getMessage() for record in caplog.records if "--redis-url" in record.getMessage()]
    assert len(told) == 1
    assert "secret" not in told[0]
    service.end()


def test_a_database_that_does_not_exist_or_a_wrong_password_is_said_in_one_line(
    data: Path, tmp_path: Path
) -> None:
    service = Service(data)
    url = service.urls["database_url"]
    password = (data / "secrets" / "postgres").read_text(encoding="ascii")
    for wrong, says in (
        (url.replace("/pianqu?", "/nosuch?"), "createdb"),
        (url.replace(password, "wrong"), "password refused"),
    ):
        settings = load_settings(data=tmp_path / "other", database_url=wrong, redis_url="off")
        with pytest.raises(UserError, match=says), running_servers(settings):
            pass
    with running_servers(
        load_settings(data=tmp_path / "other", database_url=url, redis_url="off")
    ) as servers:
        assert servers.redis_url is None
        assert servers.database_url == url
    assert len(servers_of(data)) == 2  # a given server is not ours to stop
    service.end()
