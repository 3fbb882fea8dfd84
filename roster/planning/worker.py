"""A solver process: takes a book, then tasks, on standard input; gives reports and months on standard output.

It ends when its parent does: the pipe closes, and on Linux the kernel tells it.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from queue import SimpleQueue
from typing import Any, BinaryIO

from roster.planning.county import Task, work_off
from roster.planning.month import Report

STOP, TASK, BOOK = "stop", "task", "book"
REPORT, MONTH, DONE = "report", "month", "done"


def send(pipe: BinaryIO, message: object) -> None:
    data = pickle.dumps(message)
    pipe.write(len(data).to_bytes(8, "big") + data)
    pipe.flush()


def receive(pipe: BinaryIO) -> Any:
    """The next message, or None when the other side is gone."""
    head = pipe.read(8)
    if len(head) < 8:
        return None
    data = pipe.read(int.from_bytes(head, "big"))
    return pickle.loads(data) if data else None


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, who says when to stop.
    _die_with_parent()
    # Whatever a library prints must not get between the messages.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    inbox: SimpleQueue[Any] = SimpleQueue()
    stop = threading.Event()

    def read() -> None:
        while True:
            message = receive(sys.stdin.buffer)
            if message is None:
                os._exit(0)
            if message[0] == STOP:
                stop.set()
            else:
                inbox.put(message)

    threading.Thread(target=read, daemon=True).start()
    _, book = inbox.get()

    def told(report: Report) -> None:
        send(answers, (REPORT, report))

    while True:
        _, task = inbox.get()
        assert isinstance(task, Task)
        for month in work_off(book, task, stop.is_set, told):
            send(answers, (MONTH, month))
        send(answers, (DONE, None))


def _die_with_parent() -> None:
    if sys.platform == "linux":
        import ctypes

        death_signal = 1  # PR_SET_PDEATHSIG
        ctypes.CDLL(None).prctl(death_signal, signal.SIGKILL)
        if os.getppid() == 1:  # it was already gone
            os._exit(0)


if __name__ == "__main__":
    main()
