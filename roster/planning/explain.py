"""Why a month cannot be done: counts first, then a smallest clash of demands, rules and absences, verified.

The clash is found from the prices of a relaxed programme (or, where that sees none, from days around the seats that
stay empty), then made minimal by taking out part after part. What is shown has been verified: together the parts are
impossible, and without any one of them the others are possible.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from roster.plan import Book, Duty, Roster
from roster.planning.best_month import best_month
from roster.planning.clash import Part, smallest
from roster.planning.counting import Count, counts
from roster.planning.frame import Frame, frame_of
from roster.planning.guarded import Element, Guarded
from roster.planning.rotation import roster_by_rotation
from roster.planning.timer import Timer
from roster.rules.check import check
from roster.rules.violation import blocking

WINDOWS = (0, 1, 3, 7)
"""Days around empty seats in which a clash is looked for."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """`short`: so many required seats stay empty at best (None: not known in the time); 0 with a `roster`: it can be
    done. `impossible` has been proved; neither this nor possible: the time did not suffice to tell. `minimal`: the
    parts are verified to clash, and each to be needed for it."""

    team: str
    short: int | None
    counts: tuple[Count, ...]
    parts: tuple[Part, ...]
    minimal: bool
    roster: Roster
    seconds: float
    impossible: bool

    @property
    def possible(self) -> bool:
        return self.short == 0


def explain(
    book: Book,
    team: str,
    first: date,
    days: int,
    *,
    clock: Callable[[], float],
    seconds: float = 5.0,
    elsewhere: Iterable[Duty] = (),
) -> Explanation:
    """Whether a team's required seats can all be filled by the rules, and if not, why."""
    timer = Timer(clock, seconds)
    fixed = tuple(elsewhere)
    by_turns = _by_rotation(book, team, first, days, fixed)
    frame = frame_of(book, team, first, days, fixed, guards=True)
    required = [at for at, place in enumerate(frame.places) if place.required]
    if _fills(frame, by_turns) and not blocking(check(book, _among(by_turns, fixed))):
        return Explanation(
            team, 0, (), (), minimal=False, roster=by_turns, seconds=timer.passed, impossible=False
        )
    whole = Guarded(frame, required, elastic=True)
    relaxed = whole.shortage(timer.left)
    short, roster, proved = best_month(whole, timer.left / 2, by_turns)
    missing = relaxed is not None and relaxed[0] > 1e-6
    if short == 0 or not (missing or proved):
        known = 0 if short == 0 else None
        return Explanation(
            team, known, (), (), minimal=False, roster=roster, seconds=timer.passed, impossible=False
        )
    core = relaxed[1] if relaxed is not None and missing else _around(frame, whole, roster, timer)
    parts, minimal = smallest(frame, core, timer)
    return Explanation(
        team, short if proved else None, counts(frame), parts, minimal, roster, timer.passed, impossible=True
    )


def _by_rotation(book: Book, team: str, first: date, days: int, fixed: Sequence[Duty]) -> Roster:
    """What the rotation alone gives: often it does, and else it is where the search begins."""
    found = roster_by_rotation(book, first, days, (team,), fixed)
    return Roster(
        found.county, first, days, (team,), tuple(duty for duty in found.duties if duty.team == team)
    )


def _among(roster: Roster, others: Sequence[Duty]) -> Roster:
    teams = tuple(sorted({*roster.teams, *(duty.team for duty in others)}))
    return Roster(roster.county, roster.first, roster.days, teams, tuple(sorted((*roster.duties, *others))))


def _fills(frame: Frame, roster: Roster) -> bool:
    held = {(duty.day, duty.shift, duty.seat) for duty in roster.duties}
    return all(
        (seat.day, seat.shift, seat.key) in held
        for place in frame.places
        if place.required
        for seat in place.seats
    )


def _around(frame: Frame, whole: Guarded, roster: Roster, timer: Timer) -> list[Element]:
    """No fraction of a person is missing, yet seats stay empty: the days around them, as few as clash by themselves."""
    filled: defaultdict[int, int] = defaultdict(int)
    for duty in roster.duties:
        filled[frame.place_of_seat[frame.index[duty.team, duty.day, duty.shift], duty.seat]] += 1
    empty = {
        frame.turns[place.turn].day
        for at, place in enumerate(frame.places)
        if place.required and filled[at] < len(place.seats)
    }
    for day in sorted(empty):
        for width in WINDOWS:
            near = [
                at
                for at, place in enumerate(frame.places)
                if place.required and abs((frame.turns[place.turn].day - day).days) <= width
            ]
            part = Guarded(frame, near, elastic=False)
            if part.holds(part.elements, timer.left) is False:
                return part.elements
    return whole.elements
