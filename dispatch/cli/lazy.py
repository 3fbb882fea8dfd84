"""A group whose commands load only when asked for: each has its own libraries, and together they take seconds."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click


class Named(NamedTuple):
    """Where a command is (`module:function`), and what help says of it; a test holds it against the command."""

    place: str
    line: str


class Lazy(click.Group):
    """The group's `--help` imports none of its commands."""

    def __init__(self, *args: Any, named: Mapping[str, Named], **more: Any) -> None:
        super().__init__(*args, **more)
        self.named = named

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.named)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.named:
            return None
        module, _, function = self.named[cmd_name].place.partition(":")
        found = getattr(import_module(module), function)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.line) for name, one in self.named.items()])
