"""The published shift-scheduling instances, several seeds and limits, each run in a process of its own.

`python -m scripts.benchmarks.roster.series --out FILE` appends one JSON object a run, so that an interrupted series
goes on where it stopped; `rows` makes the table from such a series (and runs what is missing).
"""

from __future__ import annotations

import csv
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from scripts.benchmarks.row import row, skipped

FOLDER = Path(os.environ.get("PIANQU_CURTOIS", "../shared/data/roster/curtois"))
SEEDS = (1, 2, 3)
EASY, HARD = (1, 2, 3, 4, 5, 6, 7, 10, 11), (8, 9, 12)
GOALS = {(60, 8): 1.01, (60, 9): 1.07, (60, 12): 1.04, (600, 8): 1.003, (600, 9): 1.03, (600, 12): 1.02}
"""How far above the best known value the median may lie, as a factor; 0.5 % elsewhere."""
TO_PROVE = (2, 3, 4, 10, 11)
SERIES = Path("build/roster-series.jsonl")
"""Where runs are kept between calls (`build` is ignored by git); remove it to measure anew."""


def best_known(folder: Path = FOLDER) -> dict[int, int]:
    """The best known value of each instance."""
    with (folder / "bounds.csv").open(encoding="utf-8-sig", newline="") as file:
        return {int(line["instance"]): int(line["ub"]) for line in csv.DictReader(file)}


def measure(folder: Path, number: int, seconds: int, seed: int) -> dict[str, Any]:
    """One run, as the command would make it."""
    answer = subprocess.run(
        [
            sys.executable, "-m", "scripts.benchmarks", "roster", "--curtois", str(folder / f"Instance{number}.txt"),
            "--time-limit", str(seconds), "--seed", str(seed),
        ],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ).stdout  # fmt: skip
    found: dict[str, Any] = json.loads(answer)
    del found["schedule"]
    return {"number": number, "limit": seconds, "seed": seed, **found, "load": round(os.getloadavg()[0], 1)}


def series(
    folder: Path, out: Path, numbers: tuple[int, ...], limits: tuple[int, ...], seeds: tuple[int, ...]
) -> list[dict[str, Any]]:
    """All runs, those already in the file not again."""
    out.parent.mkdir(parents=True, exist_ok=True)
    done = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    have = {(run["number"], run["limit"], run["seed"]) for run in done}
    for limit in limits:
        for number in numbers:
            for seed in seeds:
                if (number, limit, seed) in have:
                    continue
                run = measure(folder, number, limit, seed)
                done.append(run)
                with out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(run) + "\n")
                print(json.dumps(run), file=sys.stderr, flush=True)
    return done


def rows() -> Iterator[dict[str, Any]]:
    """The table at 60 s for all instances, and at 600 s for the three hard ones (best known values are the peer)."""
    if not (FOLDER / "bounds.csv").exists():
        yield skipped("curtois", f"no instances in {FOLDER}; set PIANQU_CURTOIS to their folder")
        return
    known = best_known()
    series(FOLDER, SERIES, (*EASY, *HARD), (60,), SEEDS)
    runs = series(FOLDER, SERIES, HARD, (600,), SEEDS)
    for limit, number in [(60, n) for n in sorted((*EASY, *HARD))] + [(600, n) for n in HARD]:
        mine = [run for run in runs if (run["number"], run["limit"]) == (number, limit)]
        yield from table_rows(number, limit, mine, known[number])


def table_rows(number: int, limit: int, runs: list[dict[str, Any]], known: int) -> Iterator[dict[str, Any]]:
    """The median's row, and for some the proof's: how far the bound stays below the value."""
    values = [run["objective"] for run in runs]
    faults = sum(run["violations"] for run in runs)
    spread = f"{min(values)}–{max(values)}"
    yield row(
        f"curtois {number}, {limit} s, median of {len(runs)} seeds ({spread}), {faults} violations",
        float(statistics.median(values)), unit="cost", peer="best known", peer_value=float(known),
        at_most=known * GOALS.get((limit, number), 1.005),
    )  # fmt: skip
    if number in TO_PROVE:
        gap = statistics.median(run["objective"] - (run["bound"] or 0) for run in runs)
        yield row(f"curtois {number}, {limit} s, gap to the proved bound", float(gap), unit="cost", at_most=0)


@click.command()
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), default=FOLDER)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=SERIES)
@click.option("--instance", "numbers", type=int, multiple=True, default=tuple(range(1, 13)))
@click.option("--limit", "limits", type=int, multiple=True, default=(60,))
@click.option("--seed", "seeds", type=int, multiple=True, default=SEEDS)
def main(
    folder: Path, out: Path, numbers: tuple[int, ...], limits: tuple[int, ...], seeds: tuple[int, ...]
) -> None:
    """Run what is missing of a series, one run at a time (each uses two threads)."""
    series(folder, out, numbers, limits, seeds)


if __name__ == "__main__":
    main()
