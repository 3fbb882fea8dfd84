"""A smallest clash: from parts that cannot hold together to few that can be read, each verified to be needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from roster.planning.frame import Frame
from roster.planning.guarded import Element, ElementKind, Guarded
from roster.planning.spans import week_of
from roster.planning.timer import Timer

SHOWN = 12
"""So many parts can be read; a clash of more is shown in coarser ones."""
SEARCHED = 60
"""More parts than that are not searched one by one: what remains would be too many to read."""
PATIENCE_SECONDS = 0.4
"""For one question whether some parts can hold together."""
MOST_UNKNOWN = 2
"""So many questions may stay open before coarser parts are shown instead."""


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


def smallest(frame: Frame, core: Sequence[Element], timer: Timer) -> tuple[tuple[Part, ...], bool]:
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
