"""What a repair starts from: who is away, which duties fall open, what is past, near or free, how options compare."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum

from roster.people import Absence, AbsenceKind
from roster.plan import Book, Duty, Roster
from roster.planning.frame import Frame, frame_of
from roster.planning.spans import minute_of

DAY_MINUTES = 24 * 60


class Nearness(IntEnum):
    """How far a turn is from now, and what may still be done about it."""

    PAST = 0
    """Begun (or over): nobody is moved, but the rest of it can be taken over."""
    NOTICE = 1
    """Within the notice window: only by asking."""
    FREE = 2


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody falls out from `starts` until before `ends` (instants)."""

    person: str
    starts: datetime
    ends: datetime
    kind: AbsenceKind = AbsenceKind.SICK


@dataclass(frozen=True, slots=True, order=True)
class RepairCost:
    """What an option costs, the gravest first; options are ranked by it.

    Asking comes before wished seats: within the notice window people are asked for the legal minimum, and for a wished
    seat only by an option that says so. Own members before loans before fairness: a duty more than the mean is nearer
    than a stranger.
    """

    required_open: int = 0
    asks: int = 0
    """Duties gained or lost within the notice window: each needs the person's consent."""
    wished_open: int = 0
    overrides: int = 0
    """Duties that lean on a recorded authorisation."""
    changes: int = 0
    """Seats that change hands or fall open; the absent person's seats that stay open do not count."""
    people: int = 0
    """Others than the absent whose duties change."""
    loans: int = 0
    unfairness: int = 0
    """How far above the mean of their team those stand who get a duty more, in duties, summed."""


@dataclass(eq=False)
class RepairCase:
    """One team's published duties with the absent taken out, as indices into a frame."""

    frame: Frame
    roster: Roster
    now: int
    absent: frozenset[int]
    held: frozenset[tuple[int, int]]
    """(person, place) as published, the released ones taken out."""
    pinned: frozenset[tuple[int, int]]
    released: tuple[Duty, ...]
    opened: Mapping[int, int]
    """Place → how many of its seats were released."""
    loads: tuple[int, ...]
    """By person: duties above the mean of his team, from 0."""
    held_of: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def nearness(self, turn: int) -> Nearness:
        starts = self.frame.turns[turn].starts
        if starts < self.now:
            return Nearness.PAST
        notice = self.frame.book.policy.notice_days * DAY_MINUTES
        return Nearness.NOTICE if starts < self.now + notice else Nearness.FREE

    def open_before(self, place: int) -> int:
        """Seats empty once the absent are gone."""
        return len(self.frame.places[place].seats) - self.sitting.get(place, 0)

    def open_published(self, place: int) -> int:
        """Seats that were empty in the published roster already: a repair need not fill them."""
        return self.open_before(place) - self.opened.get(place, 0)

    @property
    def sitting(self) -> Mapping[int, int]:
        return self._sitting

    def __post_init__(self) -> None:
        self._sitting = Counter(place for _, place in self.held)
        held_of: defaultdict[int, set[int]] = defaultdict(set)
        for person, place in self.held:
            held_of[person].add(place)
        self.held_of = {person: frozenset(places) for person, places in held_of.items()}


def book_with(book: Book, away: Sequence[Away]) -> Book:
    """The book once the absences are known."""
    added = tuple(
        Absence(f"repair-{at}-{one.person}", one.person, one.kind, one.starts, one.ends)
        for at, one in enumerate(away)
    )
    return replace(book, absences=(*book.absences, *added))


def released_duties(book: Book, roster: Roster, away: Sequence[Away], now: datetime) -> tuple[Duty, ...]:
    """Duties of the absent that touch their absence and are not over yet."""
    found = []
    for duty in roster.duties:
        starts, ends = book.times(duty)
        if ends > now and any(
            one.person == duty.person and one.starts < ends and starts < one.ends for one in away
        ):
            found.append(duty)
    return tuple(found)


def served_part(book: Book, duty: Duty, away: Sequence[Away]) -> list[Duty]:
    """What the absent still serve of a released duty until they fall out; nothing if they never come."""
    starts, ends = (minute_of(at) for at in book.times(duty))
    leaves = min(
        minute_of(one.starts) for one in away if one.person == duty.person and minute_of(one.ends) > starts
    )
    return [replace(duty, early_minutes=duty.early_minutes + ends - leaves)] if leaves > starts else []


def case_of(
    book: Book, roster: Roster, away: Sequence[Away], released: Sequence[Duty], team: str, now: datetime
) -> RepairCase:
    """`book` knows the absences already; `released` are all released duties, of this team and others."""
    gone = set(released)
    elsewhere = [d for d in roster.duties if (d.team != team or d.early_minutes) and d not in gone]
    # Whoever falls out in the middle of a duty serves it until then, and can do nothing else that rest forbids with it.
    elsewhere += [part for duty in released for part in served_part(book, duty, away)]
    frame = frame_of(book, team, roster.first, roster.days, elsewhere)
    who = {person.code: at for at, person in enumerate(frame.people)}
    held, pinned, opened = set(), set(), Counter[int]()
    for duty in roster.duties:
        if duty.team != team or duty.person not in who or (duty.early_minutes and duty not in gone):
            continue  # whoever has left early sits there no more
        turn = frame.index.get((team, duty.day, duty.shift))
        place = None if turn is None else frame.place_of_seat.get((turn, duty.seat))
        if place is None:
            continue
        if duty in gone:
            opened[place] += 1
            continue
        held.add((who[duty.person], place))
        if duty.pinned:
            pinned.add((who[duty.person], place))
    absent = frozenset(who[one.person] for one in away if one.person in who)
    mine = tuple(duty for duty in released if duty.team == team)
    return RepairCase(
        frame, roster, minute_of(now), absent, frozenset(held), frozenset(pinned), mine, opened,
        _loads(frame, roster, gone),
    )  # fmt: skip


def next_notice_end(book: Book, now: datetime) -> datetime:
    return now + timedelta(days=book.policy.notice_days)


def _loads(frame: Frame, roster: Roster, gone: Iterable[Duty]) -> tuple[int, ...]:
    """Duties of the period by person, debts added, less the least of his home team; at most nine."""
    lost = set(gone)
    count = Counter(duty.person for duty in roster.duties if duty not in lost)
    load = {
        person.code: count[person.code] + _debt(frame.book, person.code) for person in frame.people
    }  # a debt is what somebody did beyond his share
    least: dict[str, float] = {}
    for person in frame.people:
        least[person.home_team] = min(least.get(person.home_team, 1e9), load[person.code])
    return tuple(
        max(0, min(9, round(load[person.code] - least[person.home_team]))) for person in frame.people
    )


def _debt(book: Book, person: str) -> float:
    debt = book.debts.get(person)
    return 0.0 if debt is None else debt.nights + debt.weekends
