"""Why a month cannot be done: counts first, then a smallest clash of demands, rules and absences, verified.

The clash is found from the prices of a relaxed programme (or, where that sees none, from days around the seats that
stay empty), then made minimal by taking out part after part. What is shown has been verified: together the parts are
impossible, and without any one of them the others are possible.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from roster.plan import Book, Duty, Roster
from roster.planning.counting import Count, counts
from roster.planning.frame import Frame, frame_of
from roster.planning.guarded import Element, ElementKind, Guarded
from roster.planning.linear import Outcome
from roster.planning.rotation import roster_by_rotation
from roster.planning.spans import week_of
from roster.rules.check import check
from roster.rules.violation import blocking

SHOWN = 12
"""So many parts can be read; a clash of more is shown in coarser ones."""
SEARCHED = 60
"""More parts than that are not searched one by one: what remains would be too many to read."""
PATIENCE_SECONDS = 0.4
"""For one question whether some parts can hold together."""
MOST_UNKNOWN = 2
"""So many questions may stay open before coarser parts are shown instead."""
WINDOWS = (0, 1, 3, 7)
"""Days around empty seats in which a clash is looked for."""


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence of a clash: elements of one kind. For demands `role`, `unit`, `shift` (if only one), `seats`."""

    kind: ElementKind
    code: str
    people: tuple[str, ...]
    first: date
    last: date
    elements: tuple[Element, ...]
    role: str = ""
    unit: str = ""
    shift: str = ""
    seats: int = 0
    able: tuple[str, ...] = ()
    """For demands: everybody of the team who holds what the seat needs."""


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


class Timer:
    """Time left of a budget."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self.clock, self.seconds, self.began = clock, seconds, clock()

    @property
    def passed(self) -> float:
        return self.clock() - self.began

    @property
    def left(self) -> float:
        return max(0.05, self.seconds - self.passed)

    @property
    def over(self) -> bool:
        return self.passed > self.seconds


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
    parts, minimal = _smallest(frame, core, timer)
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


def best_month(whole: Guarded, seconds: float, start: Roster | None = None) -> tuple[int, Roster, bool]:
    """The fewest required seats that stay empty, a roster with so many, and whether it is proved the fewest."""
    frame = whole.frame
    costs = np.zeros(whole.programme.columns)
    costs[list(whole.empty.values())] = 1.0
    guess = None if start is None else whole.values_of(start)
    answer = whole.programme.minimise(costs, seconds=seconds, start=guess)
    if answer.values is None:
        empty = Roster(frame.book.county, frame.first, frame.days, (frame.team,), ())
        return sum(len(p.seats) for p in frame.places if p.required), empty, False
    pairs = [pair for pair, column in whole.seat.items() if answer.values[column] > 0.5]
    return round(answer.cost), roster_of(frame, pairs), answer.outcome is Outcome.OPTIMAL


def roster_of(frame: Frame, pairs: Iterable[tuple[int, int]]) -> Roster:
    """Who sits where, as duties; alike seats are given out by name."""
    sitting: defaultdict[int, list[int]] = defaultdict(list)
    for person, place in sorted(pairs):
        sitting[place].append(person)
    duties = []
    for place, people in sitting.items():
        for person, seat in zip(people, frame.places[place].seats, strict=False):
            who = frame.people[person]
            lender = who.home_team if person >= frame.own else ""
            duties.append(Duty(seat.day, seat.team, seat.shift, seat.key, who.code, borrowed_from=lender))
    return Roster(frame.book.county, frame.first, frame.days, (frame.team,), tuple(sorted(duties)))


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


def _smallest(frame: Frame, core: Sequence[Element], timer: Timer) -> tuple[tuple[Part, ...], bool]:
    """From coarse parts to fine ones, as long as they are few enough to search and to read."""
    shown: tuple[list[tuple[Element, ...]], bool] | None = None
    question = 0.0
    for level in (_by_rule, _by_week, _each):
        groups = _grouped(core, lambda element, level=level: level(frame, element))  # type: ignore[misc]
        if shown is not None and (len(groups) > SEARCHED or len(groups) * question > timer.left / 3):
            break
        began, asked = timer.passed, len(groups)
        found, minimal = _minimal(frame, groups, timer)
        question = (timer.passed - began) / (
            2 * asked
        )  # about so long takes one, of at least two for each group
        if shown is None or (len(found) <= SHOWN and minimal):
            shown = found, minimal
        if not minimal:
            break
        core = [element for group in found for element in group]
    assert shown is not None
    return tuple(_part(frame, group) for group in shown[0]), shown[1]


def _grouped(
    core: Iterable[Element], key: Callable[[Element], tuple[object, ...]]
) -> list[tuple[Element, ...]]:
    found: defaultdict[tuple[object, ...], list[Element]] = defaultdict(list)
    for element in core:
        found[key(element)].append(element)
    return [tuple(sorted(group)) for group in found.values()]


def _by_rule(frame: Frame, element: Element) -> tuple[object, ...]:
    if element.kind is ElementKind.DEMAND:
        place = frame.places[element.place]
        return element.kind, place.unit, place.role, place.needs
    return element.kind, "" if element.kind is ElementKind.ABSENCE else element.code


def _by_week(frame: Frame, element: Element) -> tuple[object, ...]:
    if element.kind is ElementKind.DEMAND:
        return *_by_rule(frame, element), week_of(frame.turns[frame.places[element.place].turn].day)
    return (element,)


def _each(frame: Frame, element: Element) -> tuple[object, ...]:
    return (element,)


def _minimal(
    frame: Frame, groups: list[tuple[Element, ...]], timer: Timer
) -> tuple[list[tuple[Element, ...]], bool]:
    """Take out what is not needed, many at once first; then verify. Rules go before absences before demands, so that
    what stays is told in demands as far as it can be."""
    programme = Guarded(frame, _demanded(groups), elastic=False)
    order = {ElementKind.DEMAND: 2, ElementKind.ABSENCE: 1}
    kept = sorted(groups, key=lambda group: (order.get(group[0].kind, 0), group))
    unknown = 0

    def holds(chosen: Iterable[tuple[Element, ...]]) -> bool | None:
        nonlocal unknown
        found = programme.holds([e for group in chosen for e in group], min(timer.left, PATIENCE_SECONDS))
        unknown += found is None
        return found

    size = max(1, len(kept) // 2)
    while True:
        at = 0
        while at < len(kept) and not timer.over and unknown <= MOST_UNKNOWN:
            trial = kept[:at] + kept[at + size :]
            if len(trial) < len(kept) and holds(trial) is False:
                kept = trial
            else:
                at += size
        if size == 1 or timer.over or unknown > MOST_UNKNOWN:
            break
        size = max(1, size // 2)
    if unknown > MOST_UNKNOWN:
        return kept, False
    needed = all(holds(kept[:at] + kept[at + 1 :]) is True for at in range(len(kept)))
    minimal = needed and holds(kept) is False
    # What says nothing about the seats that are left (the hours of those who cannot sit there) is not shown.
    real = set(Guarded(frame, _demanded(kept), elastic=False).elements)
    return [tuple(element for element in group if element in real) for group in kept], minimal


def _demanded(groups: Iterable[Iterable[Element]]) -> set[int]:
    return {e.place for group in groups for e in group if e.kind is ElementKind.DEMAND}


def _part(frame: Frame, group: tuple[Element, ...]) -> Part:
    one = group[0]
    last = frame.first + timedelta(days=frame.days - 1)
    if one.kind is not ElementKind.DEMAND:
        people = tuple(sorted({who for e in group for who in (e.person, e.other) if who}))
        if one.kind is not ElementKind.ABSENCE:
            return Part(one.kind, one.code, people, frame.first, last, group)
        spans = [a for a in frame.book.absences if a.code in {e.code for e in group}]
        zone = frame.book.time_zone
        return Part(
            one.kind, one.code if len(group) == 1 else "", people,
            min(a.starts.astimezone(zone).date() for a in spans),
            max((a.ends - timedelta(minutes=1)).astimezone(zone).date() for a in spans), group,
        )  # fmt: skip
    places = [frame.places[element.place] for element in group]
    turns = [frame.turns[place.turn] for place in places]
    shifts = {turn.shift for turn in turns}
    able = tuple(p.code for p in frame.people[: frame.own] if frame.fits(p, places[0]))
    return Part(
        one.kind, "", (), min(t.day for t in turns), max(t.day for t in turns), group,
        places[0].role, places[0].unit, shifts.pop() if len(shifts) == 1 else "",
        sum(len(place.seats) for place in places), able,
    )  # fmt: skip
