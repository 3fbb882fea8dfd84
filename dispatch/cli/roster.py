"""`pianqu roster …`: a group whose commands load only when they are asked for, since each has its own libraries."""

from __future__ import annotations

from importlib import import_module

import click

_COMMANDS = {
    "check": "dispatch.cli.roster_files",
    "import": "dispatch.cli.roster_files",
    "export": "dispatch.cli.roster_files",
    "solve": "dispatch.cli.roster_solve",
    "repair": "dispatch.cli.roster_repair",
    "explain": "dispatch.cli.roster_explain",
    "publish": "dispatch.cli.roster_publish",
}


class _Lazy(click.Group):
    """A module holds the commands as functions of their name, `_command` behind it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        found = getattr(import_module(_COMMANDS[cmd_name]), f"{cmd_name}_command")
        assert isinstance(found, click.Command)
        return found


@click.group(cls=_Lazy)
def roster() -> None:
    """值班备勤表: plan, check, mend and publish who is on duty where."""
