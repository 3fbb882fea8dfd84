"""The help of a group names its commands without loading them; what it says of each is what the command says."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from dispatch.cli import COMMANDS, pianqu
from dispatch.cli.lazy import Lazy
from dispatch.cli.roster import COMMANDS as OF_ROSTER
from dispatch.cli.roster import roster

GROUPS: tuple[tuple[Lazy, str], ...] = (
    *((pianqu, name) for name in COMMANDS),
    *((roster, name) for name in OF_ROSTER),
)  # type: ignore[assignment]


@pytest.mark.parametrize(("group", "name"), GROUPS, ids=[name for _, name in GROUPS])
def test_a_line_of_the_help_is_how_the_help_of_the_command_begins(group: Lazy, name: str) -> None:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    assert command.name == name
    said = " ".join((command.help or "").split())
    line = group.named[name].line
    assert said.startswith(line)
    assert line.endswith(".") or said[len(line)] in ":;, "


def test_help_loads_no_library_of_a_command() -> None:
    asked = "import sys; from dispatch.cli import main; main(['--help']); main(['roster', '--help'])"
    heavy = "print(sorted({'numpy', 'numba', 'scipy', 'fastapi', 'asyncpg', 'shapely'} & set(sys.modules)))"
    told = subprocess.run(
        [sys.executable, "-c", f"{asked}; {heavy}"],
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    ).stdout
    assert told.splitlines()[-1] == "[]"
    assert "coverage" in told
    assert "explain" in told


def test_an_unknown_command_is_one_line() -> None:
    assert pianqu.get_command(click.Context(pianqu), "nothing") is None
