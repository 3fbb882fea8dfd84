"""The embedded Valkey: hints and presence only, so nothing of it is kept on disk."""

import contextlib
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psutil

from runtime.encoding import from_json, to_json
from runtime.errors import UserError
from runtime.programs import OsUser, Programs, ended, last_line, wait_ended

_CONFIGURATION = """\
port 0
unixsocket "{socket}"
unixsocketperm 700
requirepass {password}
save ""
appendonly no
daemonize no
maxmemory 256mb
maxmemory-policy allkeys-lru
"""
_START_SECONDS = 20.0


class Valkey:
    def __init__(self, data: Path, user: OsUser, password: str) -> None:
        self._record = data / "valkey.json"
        self._log = data / "valkey.log"
        self._user = user
        self._password = password

    def running(self) -> Path | None:
        """The socket of the server that this folder's record names, if it lives and knows our password."""
        found = self._process()
        if found is None:
            return None
        return found[1] if self._answers(found[1]) else None

    def start(self, programs: Programs, sockets: Path) -> Path:
        self.stop()  # one that lives but does not answer
        path = sockets / "valkey.sock"
        path.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            offset = log.tell()
            # The configuration goes in by pipe: the password is neither in a file nor in the list of processes.
            process = subprocess.Popen(
                [str(programs.valkey), "-"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=sockets,
                text=True,
                **self._user.process_options(),
            )
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(_CONFIGURATION.format(socket=path, password=self._password))
            process.stdin.close()
        self._record.write_text(
            to_json(
                {"pid": process.pid, "born": psutil.Process(process.pid).create_time(), "socket": str(path)}
            )
        )
        until = time.monotonic() + _START_SECONDS
        while not self._answers(path):
            if process.poll() is not None or time.monotonic() > until:
                process.kill()
                raise UserError(
                    f"the embedded Valkey did not start ({self._complaint(offset)}); see {self._log}, "
                    "or name a server with --redis-url, or switch it off with --redis-url off"
                )
            time.sleep(0.01)
        return path

    def stop(self) -> None:
        found = self._process()
        self._record.unlink(missing_ok=True)
        if found is None:
            return
        process = found[0]
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
            if not wait_ended(process, 5):
                process.kill()

    def url(self, path: Path) -> str:
        return f"unix://:{quote(self._password, safe='')}@{quote(str(path))}"

    def _process(self) -> tuple[psutil.Process, Path] | None:
        try:
            record = from_json(self._record.read_bytes())
            process = psutil.Process(record["pid"])
            # The number alone may be another process by now.
            if process.create_time() != record["born"] or ended(process):
                return None
            return process, Path(record["socket"])
        except (OSError, ValueError, KeyError, TypeError, psutil.NoSuchProcess):
            return None

    def _answers(self, path: Path) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2)
            try:
                probe.connect(str(path))
                probe.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = probe.recv(256)
                    if not part:
                        return False
                    answer += part
            except OSError:
                return False
            return answer == b"+OK\r\n+PONG\r\n"

    def _complaint(self, offset: int) -> str:
        with self._log.open("rb") as log:
            log.seek(offset)
            return last_line(log.read().decode("utf-8", "replace"))
