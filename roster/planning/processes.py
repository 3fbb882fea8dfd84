"""Runs solver tasks in processes of their own: progress as it comes, the best so far when somebody stops them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any

from roster.plan import Book
from roster.planning import worker
from roster.planning.county import Task, Told
from roster.planning.month import TeamMonth

TICK_SECONDS = 0.2


class SolverDiedError(RuntimeError):
    """A solver process ended by itself; the message has what it said last."""


class Processes:
    """A runner of tasks over a few solver processes; use it as a context, so that none outlives it.

    `should_stop` is asked a few times a second: then the tasks that run give their best so far, those that wait are
    dropped.
    """

    def __init__(
        self,
        book: Book,
        count: int = 2,
        *,
        should_stop: Callable[[], bool] = lambda: False,
        told: Told = lambda report: None,
    ) -> None:
        self._book, self._count = book, count
        self._should_stop, self._told = should_stop, told
        self._workers: list[subprocess.Popen[bytes]] = []
        self._inbox: SimpleQueue[tuple[int, Any]] = SimpleQueue()
        self.stopped = False

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._workers:
            process.kill()
        for process in self._workers:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def run(self, tasks: Sequence[Task]) -> Iterator[TeamMonth]:
        waiting = list(tasks)
        self._start(min(self._count, len(waiting)))
        busy: set[int] = set()
        for number in range(len(self._workers)):
            if waiting:
                self._give(number, waiting.pop(0))
                busy.add(number)
        while busy:
            for number, message in self._messages():
                if message is None:
                    raise SolverDiedError("a solver process ended before its task was done")
                what, content = message
                if what == worker.REPORT:
                    self._told(content)
                elif what == worker.MONTH:
                    yield content
                elif waiting and not self.stopped:
                    self._give(number, waiting.pop(0))
                else:
                    busy.discard(number)
            if not self.stopped and self._should_stop():
                self.stopped = True
                for process in self._workers:
                    _send(process, (worker.STOP, None))

    def _messages(self) -> Iterator[tuple[int, Any]]:
        try:
            yield self._inbox.get(timeout=TICK_SECONDS)
        except Empty:
            return

    def _start(self, count: int) -> None:
        paths = os.pathsep.join(path for path in sys.path if path)
        while len(self._workers) < count:
            process = subprocess.Popen(
                [sys.executable, "-m", worker.__name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": paths},
            )
            number = len(self._workers)
            self._workers.append(process)
            _send(process, (worker.BOOK, self._book))
            threading.Thread(target=self._read, args=(number, process), daemon=True).start()

    def _read(self, number: int, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        message: Any = True
        while message is not None:
            try:
                message = worker.receive(process.stdout)  # type: ignore[arg-type]
            except (OSError, ValueError):
                message = None
            self._inbox.put((number, message))

    def _give(self, number: int, task: Task) -> None:
        _send(self._workers[number], (worker.TASK, task))


def _send(process: subprocess.Popen[bytes], message: object) -> None:
    assert process.stdin is not None
    worker.send(process.stdin, message)  # type: ignore[arg-type]
