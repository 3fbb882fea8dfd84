"""`pianqu` run by tests: how it ended, what it printed, and the one line of a refusal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


Run = Callable[..., Ended]


def pianqu(*arguments: str | Path, timeout: float = 120, **environment: str) -> Ended:
    """`pianqu …` as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", "from dispatch.cli import run; run()", *map(str, arguments)],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def refused(ended: Ended, *words: str) -> None:
    """Exit code 2, nothing on standard output, one line on standard error that says these words."""
    assert (ended.code, ended.out) == (2, ""), ended
    assert ended.err.endswith("\n")
    assert ended.err.count("\n") == 1, ended.err
    assert "Traceback" not in ended.err
    for word in words:
        assert word in ended.err, ended.err
