"""`pianqu roster …`: who is on duty where, and why."""

from __future__ import annotations

import click

from dispatch.cli.lazy import Lazy, Named

COMMANDS = {
    "check": Named(
        "dispatch.cli.roster_files:check_command", "Audit a roster by every rule, hand-made ones too."
    ),
    "import": Named(
        "dispatch.cli.roster_files:import_command",
        "Read a month as offices keep it: people by days, marks in cells.",
    ),
    "export": Named(
        "dispatch.cli.roster_files:export_command",
        "Write a roster as a month calendar (xlsx, html, pdf), a person's calendar feed (ics) or a document (json).",
    ),
    "solve": Named("dispatch.cli.roster_solve:solve_command", "Plan a month."),
    "repair": Named(
        "dispatch.cli.roster_repair:repair_command",
        "Up to three ways to mend a roster, fewest changed duties first.",
    ),
    "explain": Named(
        "dispatch.cli.roster_explain:explain_command",
        "Why a month cannot be done: counts, the smallest clash, ways out.",
    ),
    "publish": Named("dispatch.cli.roster_publish:publish_command", "Put a roster document in force."),
}


@click.group(cls=Lazy, named=COMMANDS)
def roster() -> None:
    """值班备勤表: plan, check, mend and publish who is on duty where."""
