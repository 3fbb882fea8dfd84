"""scripts/bench routing|dispatch [--json FILE]: a table on the terminal, rows in a file."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

AREAS = ("routing", "dispatch")


@click.command()
@click.argument("area", type=click.Choice(AREAS))
@click.option(
    "--json", "out", type=click.Path(path_type=Path, dir_okay=False), help="Write the rows here too."
)
def bench(area: str, out: Path | None) -> None:
    """Measure one area and print each value beside its peer, as a ratio, with its goal."""
    rows: list[dict[str, Any]] = import_module(f"scripts.benchmarks.{area}").rows()
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
    Console(file=sys.stderr).print(table)
    if out is not None:
        out.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    bench()
