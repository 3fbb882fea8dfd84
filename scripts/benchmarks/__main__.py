"""scripts/bench routing|dispatch|roster [--only PART …] [--json FILE]: a table on the terminal, rows in a file."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

WIDTH = 190  # a row is one line, also where standard error is a file
AREAS = ("routing", "dispatch", "roster")


@click.command()
@click.argument("area", type=click.Choice(AREAS))
@click.option(
    "--json", "out", type=click.Path(path_type=Path, dir_okay=False), help="Write the rows here too."
)
@click.option("--only", multiple=True, help="Run just this part of the area; may be given several times.")
@click.option(
    "--curtois",
    "instance",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="roster: solve this one instance of the shift-scheduling benchmarks, and write what came out to --json.",
)
@click.option("--time-limit", type=click.FloatRange(min=0.1), default=60.0, help="Seconds for --curtois.")
@click.option("--seed", type=int, default=1, help="Seed for --curtois.")
def bench(
    area: str, out: Path | None, only: tuple[str, ...], instance: Path | None, time_limit: float, seed: int
) -> None:
    """Measure one area and print each value beside its peer, as a ratio, with its goal."""
    if instance is not None:
        if area != "roster":
            raise click.UsageError("--curtois belongs to the area roster")
        _solve_one(instance, time_limit, seed, out)
        return
    module = import_module(f"scripts.benchmarks.{area}")
    parts = tuple(getattr(module, "PARTS", ()))
    unknown = [part for part in only if part not in parts]
    if unknown:
        known = ", ".join(parts) or "none: it runs as a whole"
        raise click.UsageError(f"--only {unknown[0]}: parts of {area} are {known}")
    rows: list[dict[str, Any]] = []
    for row in module.rows(only) if parts else module.rows():
        rows.append(row)
        print(f"{len(rows)}  {row['work']}", file=sys.stderr, flush=True)
    table = Table(title=f"bench {area}")
    for column in ("work", "value", "unit", "peer", "peer value", "ratio", "goal", "met"):
        table.add_column(column)
    for row in rows:
        cells = [
            row["work"],
            row["value"],
            row["unit"],
            row["peer"],
            row["peer_value"],
            row["ratio"],
            row["goal"],
            row["met"],
        ]
        table.add_row(*("–" if c is None else f"{c:.3g}" if isinstance(c, float) else str(c) for c in cells))
    console = Console(file=sys.stderr, width=WIDTH)
    console.print(table)
    console.print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors at the end")
    if out is not None:
        out.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


class _BrokenError(click.ClickException):
    """What was given cannot be used: one line, and the exit code of a wrong call."""

    exit_code = 2


def _solve_one(instance: Path, time_limit: float, seed: int, out: Path | None) -> None:
    from roster.solving.problem import ProblemError
    from scripts.benchmarks.roster.curtois import FormatError
    from scripts.benchmarks.roster.single import solve_file

    if out is not None and not os.access(out if out.exists() else out.absolute().parent, os.W_OK):
        raise _BrokenError(f"--json {out}: cannot be written; name a file in a folder that exists")
    try:
        answer = solve_file(instance, time_limit, seed)
    except (FormatError, ProblemError) as error:
        raise _BrokenError(str(error)) from error
    if out is not None:
        out.write_text(json.dumps(answer, ensure_ascii=False) + "\n", encoding="utf-8")
    else:
        print(json.dumps(answer, ensure_ascii=False))
    said = {key: value for key, value in answer.items() if key != "schedule"}
    print(json.dumps(said, ensure_ascii=False), file=sys.stderr)


if __name__ == "__main__":
    bench()
