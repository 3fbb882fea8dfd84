"""The crew of a unit at an instant: the one thing that the dispatcher needs to know of a duty roster.

On duty is who is rostered and has answered the roll call, and who stands over: a seat is handed over man for man, so
whoever sits in it stays responsible after the planned end until the next one has answered for that seat, at most the
policy's `standing_over_minutes`. A seat that no later turn has ends as planned: nobody was to relieve it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter

from roster.crew import Crew, Manned, NextCrew
from roster.crew_book import DRIVER, CrewBook, Laid, LaidTeam, Together, held_as

FIREFIGHTER = "firefighter"
DUTY_ROOM = ""
_BY_SEAT = attrgetter("key")
_COMING = 4  # turns ahead that may hold a unit's next crew


def crews(book: CrewBook, instant: datetime) -> dict[str, Crew]:
    """Who can roll at an instant, by unit. A rostered unit that nobody answered for is in it with no seat filled."""
    found: dict[str, Crew] = {}
    instant = instant.astimezone(UTC)
    for team in book.teams:
        found.update(team_crews(book, team, instant))
    found.pop(DUTY_ROOM, None)
    return found


def team_crews(book: CrewBook, team: str, instant: datetime) -> Mapping[str, Crew]:
    """The same for one team, with the seats of its duty room under the unit ''."""
    laid = book.teams[team]
    event = bisect_right(laid.events, instant)
    last = book.last.get(team)
    if last is None or last[0] != event:
        last = book.last[team] = (event, _team_crews(book, laid, instant))
    return last[1]


@dataclass(slots=True)
class _Filling:
    """What is gathered of one unit; `seats` in the order of their keys as long as one turn filled them."""

    told: dict[str, int]
    wanted: int = 0
    seats: tuple[Manned, ...] = ()
    until: datetime | None = None
    stands_until: datetime | None = None
    next: NextCrew | None = None


class _Units(dict[str, _Filling]):
    """The units of a team, each told of from its first mention on."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        super().__init__()
        self._classes = classes

    def __missing__(self, unit: str) -> _Filling:
        # Named also where it is nobody: a crew that was asked and has no driver is not one that never was asked.
        filling = self[unit] = _Filling({FIREFIGHTER if unit not in self._classes else DRIVER: 0})
        return filling


def _team_crews(book: CrewBook, laid: LaidTeam, instant: datetime) -> dict[str, Crew]:
    after = bisect_right(laid.begins, instant)
    first = bisect_right(laid.begins, instant - laid.longest - book.standing_over)
    begun = laid.turns[first:after]
    units = _Units(book.vehicle_classes)
    filled: set[str] = set()
    seated: set[str] = set()
    for one in reversed(begun):
        if one.turn.ends > instant:
            for group in one.units:
                _fill(book, units, one, group, instant, seated, filled)
            if one.turn.starts <= instant:
                for unit, count in one.wanted.items():
                    units[unit].wanted += count
    for one in reversed(begun):
        if one.turn.ends <= instant < one.turn.ends + book.standing_over:
            # Man for man: who has been answered for has been relieved, and who has no successor goes home.
            over = one.relief - filled
            for group in one.units if over else ():
                if not over.isdisjoint(group.keys):
                    _fill(book, units, one, group, instant, seated, filled, over)
    for one in (*begun, *laid.turns[after : after + _COMING]):
        if one.turn.starts > instant:
            for unit, coming in one.forecast.items():
                there = units[unit]
                if there.next is None or coming.at < there.next.at:
                    there.next = coming
    return {
        unit: Crew(len(n.seats), n.told, n.until, n.seats, n.next, n.wanted, n.stands_until)
        for unit, n in units.items()
    }


def _fill(
    book: CrewBook,
    units: _Units,
    laid: Laid,
    group: Together,
    instant: datetime,
    seated: set[str],
    filled: set[str],
    over: frozenset[str] | None = None,
) -> None:
    """Seat everybody of a turn's unit who is there at the instant; `over`: only these seats, of a turn that ended."""
    ends = laid.turn.ends
    if (
        over is None
        and group.whole_from is not None
        and group.whole_from <= instant
        and seated.isdisjoint(group.people)
    ):
        seated |= group.people
        filled |= group.keys
        seats, relieved, told = group.seats, group.relieved, group.told
    else:
        some: list[Manned] = []
        told = {}
        relieved = False
        for one in group.sitting:
            if one.since > instant or (one.gone is not None and one.gone <= instant) or one.person in seated:
                continue
            if over is not None and one.seat not in over:
                continue
            seated.add(one.person)
            filled.add(one.seat)
            some.append(one.on_time if over is None else one.over)
            relieved = relieved or one.seat in laid.relief
            codes = one.codes
            if codes is None:
                today = instant.astimezone(book.time_zone).date()
                codes = held_as(book, one.person, book.vehicle_classes.get(group.unit), today)
            for code in codes:
                told[code] = told.get(code, 0) + 1
        if not some:
            return
        seats = tuple(some)
    unit = units[group.unit]
    for code, count in told.items():
        unit.told[code] = unit.told.get(code, 0) + count
    unit.seats = seats if not unit.seats else tuple(sorted((*unit.seats, *seats), key=_BY_SEAT))
    if unit.until is None or ends < unit.until:
        unit.until = ends
    stands = ends + book.standing_over if relieved else ends
    if unit.stands_until is None or stands > unit.stands_until:
        unit.stands_until = stands
