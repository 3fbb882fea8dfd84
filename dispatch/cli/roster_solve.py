"""`pianqu roster solve`: a month for a county or some teams, with progress, the best so far on Ctrl-C."""

from __future__ import annotations

import signal
import sys
import time
from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from dispatch.cli.options import county_option, data_options, json_option, print_json, settings_of
from dispatch.cli.roster_options import book_of, lang_option, month_of
from dispatch.messages import Lang, text
from gis_data.errors import InputError
from roster.files.document import write_roster
from roster.files.month import is_synthetic
from roster.plan import Book
from roster.planning.county import Ask, CountyMonth, solve_county
from roster.planning.month import Effort, Report
from roster.planning.outcome import EmptySeat, TeamOutcome, outcomes_of
from roster.planning.processes import Processes

INTERRUPTED = 130
TOLD_SEATS = 3
"""So many empty seats of a team are told one by one."""


@click.command("solve")
@click.option("--month", required=True, metavar="YYYY-MM")
@click.option("--team", "teams", multiple=True, metavar="CODE", help="By default all; again for more.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same month.")
@click.option(
    "--time-limit",
    type=click.FloatRange(min=1.0),
    metavar="SECONDS",
    help="Stop then with the best so far. Without it the steps are counted, and the seed alone decides.",
)
@click.option(
    "--effort",
    type=click.FloatRange(min=0.01, max=1e6),
    default=1.0,
    show_default=True,
    help="Times the usual number of steps.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Solver processes beside this one.",
)
@click.option(
    "--progress/--no-progress",
    default=None,
    help="Progress on standard error; by default on a terminal only.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="ROSTER.json")
@lang_option
@county_option
@data_options
@json_option
def solve_command(
    month: str,
    teams: tuple[str, ...],
    seed: int,
    time_limit: float | None,
    effort: float,
    processes: int,
    progress: bool | None,
    out: Path | None,
    lang: Lang,
    county: Path | None,
    as_json: bool,
    **where: Any,
) -> int:
    """Plan a month. Ends with 0 when every required seat is filled, 1 when not, 130 when stopped by Ctrl-C."""
    first = month_of(month)
    assert first is not None
    book = book_of(settings_of(**where), county)
    if not book.teams:
        raise InputError("--county", "it has no duty book", "write teams and shifts into its roster.toml")
    for team in teams:
        if team not in book.teams:
            known = ", ".join(sorted(book.teams)[:12])
            raise InputError("--team", f"{team!r} is not in the county", f"use one of {known} …")
    if out is not None and not out.absolute().parent.is_dir():  # said now, and not after minutes of work
        raise InputError("--out", f"{out.parent} is no folder", "make it, or name another file")
    days = monthrange(first.year, first.month)[1]
    usual = Effort()
    ask = Ask(
        first,
        days,
        tuple(sorted(set(teams))),
        seed,
        replace(usual, steps_a_cell=round(usual.steps_a_cell * effort)),
    )
    begun = time.monotonic()
    shown = _Progress(len(ask.teams or book.teams), progress)
    with _stop_on_interrupt() as interrupted:

        def should_stop() -> bool:
            late = time_limit is not None and time.monotonic() - begun > time_limit
            return late or bool(interrupted)

        with Processes(book, processes, should_stop=should_stop, told=shown) as runner:
            solved = solve_county(book, ask, runner)
    shown.done()
    seconds = round(time.monotonic() - begun, 1)
    if out is not None:
        write_roster(out, solved.roster, synthetic=is_synthetic(book))
    outcomes = outcomes_of(book, ask, solved)
    if as_json:
        print_json(_document(book, month, seed, seconds, solved, outcomes, bool(interrupted), lang))
    else:
        _say(book, outcomes, seconds, lang)
        if out is None:
            print("nothing is written without --out ROSTER.json", file=sys.stderr)
    if interrupted:
        return INTERRUPTED
    return 1 if any(outcome.required_empty for outcome in outcomes) else 0


class _Progress:
    """One line that is written over and over on a terminal; lines elsewhere, if they are asked for."""

    def __init__(self, teams: int, wanted: bool | None) -> None:
        self._teams, self._share = teams, dict[str, float]()
        self._terminal = sys.stderr.isatty()
        self._shown = self._terminal if wanted is None else wanted

    def __call__(self, report: Report) -> None:
        self._share[report.team] = report.share_done
        if not self._shown:
            return
        part = sum(min(1.0, share) for share in self._share.values()) / self._teams
        line = f"{part:5.0%}  {report.team}"
        print(
            f"\r{line:<44}" if self._terminal else line, end="" if self._terminal else "\n", file=sys.stderr
        )
        sys.stderr.flush()

    def done(self) -> None:
        if self._shown and self._terminal:
            print("\r" + " " * 44 + "\r", end="", file=sys.stderr)


@contextmanager
def _stop_on_interrupt() -> Iterator[list[int]]:
    """Ctrl-C asks for the best so far; once more ends at once."""
    caught: list[int] = []

    def remember(number: int, frame: object) -> None:
        if caught:
            raise KeyboardInterrupt
        caught.append(number)

    before = signal.signal(signal.SIGINT, remember)
    try:
        yield caught
    finally:
        signal.signal(signal.SIGINT, before)


def _say(book: Book, outcomes: tuple[TeamOutcome, ...], seconds: float, lang: Lang) -> None:
    if is_synthetic(book):
        print(text("roster.plan.synthetic", {}, lang))
    for outcome in outcomes:
        print(text("roster.plan.team", _params(book, outcome), lang))
        for empty in outcome.required_empty[:TOLD_SEATS]:
            print("  " + text("roster.plan.empty_seat", _seat_params(book, empty), lang))
        for proof in _proofs(book, outcome, lang):
            print("  " + proof)
    seats = sum(outcome.seats for outcome in outcomes)
    params = {
        "teams": len(outcomes),
        "seats": seats,
        "filled": sum(outcome.filled for outcome in outcomes),
        "required": sum(len(outcome.required_empty) for outcome in outcomes),
        "wished": sum(outcome.wished_empty for outcome in outcomes),
        "seconds": seconds,
    }
    print(text("roster.plan.whole", params, lang))


def _params(book: Book, outcome: TeamOutcome) -> dict[str, object]:
    return {
        "team": book.teams[outcome.team].name,
        "filled": outcome.filled,
        "seats": outcome.seats,
        "nights": max((spread.nights for spread in outcome.spreads), default=0),
        "weekends": max((spread.weekends for spread in outcome.spreads), default=0),
        "least": round(outcome.least_hours),
        "most": round(outcome.most_hours),
        "borrowed": outcome.borrowed,
    }


def _seat_params(book: Book, empty: EmptySeat) -> dict[str, object]:
    return {
        "day": empty.seat.day.isoformat(),
        "shift": book.shifts[empty.seat.shift].name,
        "seat": empty.seat.role,
        "unit": empty.seat.unit or "-",
        "holders": empty.holders,
        "away": empty.away,
        "on_shift": empty.on_shift,
        "barred": empty.barred,
    }


def _proofs(book: Book, outcome: TeamOutcome, lang: Lang) -> list[str]:
    return [
        text(
            f"roster.plan.least_{proof.what}",
            {
                "team": book.teams[outcome.team].name,
                "people": proof.people,
                "least": f"{proof.least:g}",
                "required": proof.open_required,
                "wished": proof.open_wished,
            },
            lang,
        )
        for proof in outcome.proofs
    ]


def _document(
    book: Book,
    month: str,
    seed: int,
    seconds: float,
    solved: CountyMonth,
    outcomes: tuple[TeamOutcome, ...],
    interrupted: bool,
    lang: Lang,
) -> dict[str, Any]:
    return {
        "month": month,
        "county": book.county,
        "synthetic": is_synthetic(book),
        "seed": seed,
        "seconds": seconds,
        "stopped": solved.stopped,
        "interrupted": interrupted,
        "duties": len(solved.roster.duties),
        "teams": [
            {
                "team": outcome.team,
                "solved": outcome.solved,
                "seats": outcome.seats,
                "filled": outcome.filled,
                "required_empty": [_seat_params(book, empty) for empty in outcome.required_empty],
                "wished_empty": outcome.wished_empty,
                "ranges": [
                    {
                        "employment": spread.employment,
                        "people": len(spread.people),
                        "nights": spread.nights,
                        "weekends": spread.weekends,
                    }
                    for spread in outcome.spreads
                ],
                "hours": [round(outcome.least_hours, 1), round(outcome.most_hours, 1)],
                "borrowed": outcome.borrowed,
                "proofs": _proofs(book, outcome, lang),
            }
            for outcome in outcomes
        ],
    }
