"""`pianqu simulate`: how long people wait under each policy; `simulate verify`: the simulator against theory."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from dispatch.cli.options import (
    county_of,
    county_option,
    data_options,
    json_option,
    print_json,
    progress,
    settings_of,
)
from dispatch.cli.roads import live_roads
from dispatch.simulator.assumptions import default_assumptions
from dispatch.simulator.ground import Ground
from dispatch.simulator.habits import habits
from dispatch.simulator.outcome import Outcome
from dispatch.simulator.rows import ALARMS, RESPONSES, heading
from dispatch.simulator.study import HEADLINES, Study, carry_out, check_county, check_study, drawn, places_of
from dispatch.simulator.travel import fill, fingerprint, read_table, write_table
from dispatch.simulator.verify.cases import bundled_cases, read_cases
from dispatch.simulator.verify.recognise import checks_in
from dispatch.simulator.verify.run import LIMIT, verified
from dispatch.simulator.workers import Task
from gis_data.errors import InputError


@click.group(invoke_without_command=True)
@click.option("--years", type=float, help="How long, in years of 365 days.")
@click.option(
    "--policy", "policies", default="tt", show_default=True, metavar="A[,B…]", help="What to compare with A."
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--replications", type=int, default=5, show_default=True, help="Independent runs.")
@click.option("--alarms-per-day", type=float, help="Instead of the assumed 8.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=True), metavar="DIR", help="CSV and summary."
)
@county_option
@data_options
@json_option
@click.pass_context
def simulate(
    context: click.Context,
    /,
    years: float | None,
    policies: str,
    seed: int,
    replications: int,
    alarms_per_day: float | None,
    out: Path | None,
    county: Path | None,
    as_json: bool,
    **where: Any,
) -> None:
    """Response times under one or several policies, on the county's roads with invented alarms.

    Policies: tt (the county's own), zone_first, air, travel_only, zone_tolerance=SECONDS. All meet the same alarms
    and the same luck; the first is what the others are compared with.
    """
    if context.invoked_subcommand is not None:
        return
    if years is None:
        raise InputError("--years", "not given", "say how long, like --years 1")
    given = default_assumptions()
    study = Study(
        habits(policies),
        years,
        seed,
        replications,
        given.alarms_a_day if alarms_per_day is None else alarms_per_day,
    )
    check_study(study)
    folder = _folder(out) if out is not None else None
    settings = settings_of(**where)
    here = county_of(settings, county)
    check_county(here)
    demand, alarms = drawn(here, given, study)
    kept = settings.cache_folder / f"travel-{here.code}-{fingerprint(here)}.npz"
    table = read_table(kept, here)
    with progress("roads") as step:
        if fill(table, here, lambda: live_roads(here, settings.cache_folder), places_of(alarms), step):
            write_table(table, kept)
    task = Task(Ground(here, given, table), demand, study.habits, alarms, seed, folder is not None)
    workers = len(os.sched_getaffinity(0))
    with ExitStack() as stack:
        rows = stack.enter_context(_row_files(folder)) if folder is not None else None
        step = stack.enter_context(progress("alarms"))
        total, done = sum(len(one) for one in alarms) * len(study.habits), 0

        def each(outcome: Outcome) -> None:
            nonlocal done
            done += len(outcome.alarms)
            if rows is not None and outcome.rows is not None:
                rows[0].write(outcome.rows.responses)
                rows[1].write(outcome.rows.alarms)
            step(done, total)

        report = carry_out(task, study, each, workers)
    if folder is not None:
        text = json.dumps(report, ensure_ascii=False, indent=2)
        (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
    if as_json:
        print_json(report)
    else:
        _show(report)


@simulate.command()
@click.option("--case", type=click.Path(path_type=Path), metavar="FILE", help="Cases in a file of your own.")
@click.option("--seeds", type=click.IntRange(30, 1000), default=30, show_default=True)
@json_option
def verify(case: Path | None, seeds: int, as_json: bool) -> int:
    """The simulator against cases with exact or published values; ends with 1 where one is missed (|z| ≥ 3)."""
    checks, unknown = checks_in(bundled_cases() if case is None else read_cases(case))
    for name in unknown:
        click.echo(f"pianqu: case {name}: no fields that the simulator knows; passed over", err=True)
    if not checks:
        raise InputError(f"--case {case}", "no case that the simulator knows", "see docs/simulation.md")
    with progress("cases") as step:
        found = verified(checks, seeds, step)
    if as_json:
        print_json([one.as_json() for one in found])
    else:
        table = Table()
        for column in ("case", "quantity", "expected", "mean", "z"):
            table.add_column(column, justify="left" if column in ("case", "quantity") else "right")
        for one in found:
            table.add_row(
                one.case,
                one.quantity,
                f"{one.expected:.6g}",
                f"{one.mean:.6g}",
                f"{one.z:+.2f}",
                style=None if abs(one.z) < LIMIT else "bold red",
            )
        Console().print(table)
    return 0 if all(abs(one.z) < LIMIT for one in found) else 1


def _folder(out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise InputError(f"--out {out}", f"cannot be made ({fault.strerror})", "name a folder") from None
    return out


@contextmanager
def _row_files(folder: Path) -> Iterator[tuple[TextIO, TextIO]]:
    with (
        (folder / "responses.csv").open("w", encoding="utf-8", newline="") as responses,
        (folder / "alarms.csv").open("w", encoding="utf-8", newline="") as alarms,
    ):
        responses.write(heading(RESPONSES))
        alarms.write(heading(ALARMS))
        yield responses, alarms


def _show(report: dict[str, Any]) -> None:
    console = Console()
    title = f"{report['county_name']}  {report['years']:g} a × {report['replications']}"
    table = Table(title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for column in ("seconds", "n", "mean", "±", "50%", "90%", "95%", "≤10min", "≤20min"):
        table.add_column(column, justify="left" if column == "seconds" else "right", no_wrap=True)
    for policy in report["policies"]:
        table.add_row(policy["policy"], style="bold")
        for name, short in (("first_engine", "engine"), ("first_unit", "unit"), ("full_set", "full set")):
            said = policy[name]
            mean = said.get("mean_seconds", _NONE)
            half = None if mean["low"] is None else (mean["high"] - mean["low"]) / 2
            table.add_row(
                f"  {short}",
                *(_number(said["n"]["value"]), _number(mean["value"]), _number(half, 1)),
                *(_number(said.get(f"{q}_seconds", _NONE)["value"]) for q in ("p50", "p90", "p95")),
                *(_percent(said.get("within", {}).get(m, _NONE)["value"]) for m in ("10", "20")),
            )
    console.print(table)
    for policy in report["policies"]:
        parts = policy["first_engine"].get("parts", {})
        said = "  ".join(
            f"{name.removesuffix('_seconds')} {part['value']:.0f}" for name, part in parts.items()
        )
        console.print(f"{policy['policy']}: {said} s")
    for row in report["differences"]:
        if row["quantity"] in HEADLINES and row["difference"] is not None:
            interval = "" if row["low"] is None else f"  [{row['low']:+.3g}, {row['high']:+.3g}]"
            console.print(
                f"{row['policy']} − {row['against']}  {row['quantity']}  {row['difference']:+.3g}{interval}",
                highlight=False,
                soft_wrap=True,
            )
    console.print("待核: invented alarms and assumed crews, see docs/simulation.md", highlight=False)
    if report["synthetic"]:
        console.print("合成数据（synthetic）：不是测绘成果。")


_NONE: dict[str, Any] = {"value": None, "low": None, "high": None}


def _number(value: float | None, digits: int = 0) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}%"
