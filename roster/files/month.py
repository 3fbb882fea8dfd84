"""A team's roster as the table that is printed: people by days, with marks, seats, counts and what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from roster.demand import seats_of
from roster.files.marks import ABSENCE_MARKS, mark_of
from roster.files.words import role_sign
from roster.people import Absence, Person
from roster.plan import Book, Duty, Roster
from roster.shifts import ShiftType, Team


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    rest: bool
    """A weekend or holiday that is no swapped working day."""
    holiday: str


@dataclass(frozen=True, slots=True)
class Cell:
    """`mark` as it is read back; `seats` like `2驾`, small beside it; `away` for a mark of absence."""

    mark: str = ""
    seats: str = ""
    away: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    person: str
    name: str
    group: str
    cells: tuple[Cell, ...]
    duties: int
    nights: int
    weekends: int
    hours_counted: float


@dataclass(frozen=True, slots=True)
class TeamMonth:
    team: Team
    days: tuple[Day, ...]
    rows: tuple[Row, ...]
    unfilled: tuple[int, ...]
    """Required seats that nobody holds, by day."""
    legend: tuple[tuple[str, ShiftType], ...]
    synthetic: bool

    @property
    def title(self) -> str:
        first, last = self.days[0].day, self.days[-1].day
        if is_month(first, len(self.days)):
            return f"{self.team.name} {first.year}年{first.month}月 值班备勤表"
        return f"{self.team.name} {first.year}年{first.month}月{first.day}日至{last.isoformat()} 值班备勤表"

    @property
    def title_en(self) -> str:
        return f"{self.team.name_en or self.team.code}, duty roster from {self.days[0].day.isoformat()}"


def is_month(first: date, days: int) -> bool:
    return first.day == 1 and (first + timedelta(days=days)).day == 1 and days <= 31


def months_of(
    book: Book, roster: Roster, teams: Sequence[str] = (), person: str | None = None
) -> tuple[TeamMonth, ...]:
    """A table for each of the teams (all of the roster, if none is named); of one `person` alone where asked."""
    by_team: dict[str, list[Duty]] = defaultdict(list)
    for duty in roster.duties:
        by_team[duty.team].append(duty)
    away: dict[str, list[Absence]] = defaultdict(list)
    for absence in book.absences:
        away[absence.person].append(absence)
    chosen = [team for team in roster.teams if not teams or team in teams]
    if person is not None:
        chosen = [team for team in chosen if any(duty.person == person for duty in by_team[team])]
    return tuple(_month(book, roster, book.teams[team], by_team[team], away, person) for team in chosen)


def is_synthetic(book: Book) -> bool:
    """Somebody in the book is invented."""
    return any(person.synthetic for person in book.people.values())


def _month(
    book: Book,
    roster: Roster,
    team: Team,
    duties: Sequence[Duty],
    away: Mapping[str, Sequence[Absence]],
    person: str | None,
) -> TeamMonth:
    days = tuple(roster.first + timedelta(days=offset) for offset in range(roster.days))
    by_person: dict[str, dict[date, list[Duty]]] = defaultdict(lambda: defaultdict(list))
    for duty in duties:
        by_person[duty.person][duty.day].append(duty)
    members = {p.code for p in book.people.values() if any(m.team == team.code for m in p.memberships[:1])}
    shown = sorted(members | set(by_person), key=lambda code: _order(book, team, code))
    if person is not None:
        shown = [code for code in shown if code == person]
    held = {(duty.day, duty.shift, duty.seat) for duty in duties}
    unfilled = tuple(
        sum(s.required and (day, s.shift, s.key) not in held for s in seats_of(book, team.code, day))
        for day in days
    )
    calendar = book.calendar
    return TeamMonth(
        team,
        tuple(
            Day(day, calendar.is_weekend(day) or calendar.is_holiday(day), calendar.holidays.get(day, ""))
            for day in days
        ),
        tuple(_row(book, team, code, by_person[code], days, away.get(code, ())) for code in shown),
        unfilled,
        tuple((mark_of(book.shifts[code], team, book), book.shifts[code]) for code in team.shifts),
        any(book.people[code].synthetic for code in shown if code in book.people),
    )


def _order(book: Book, team: Team, code: str) -> tuple[int, int, str]:
    """By platoon; helpers from elsewhere last."""
    person = book.people.get(code)
    own = person is not None and any(m.team == team.code for m in person.memberships)
    platoon = _platoon(person, team) if person else None
    return (0 if own else 1, -1 if platoon is None else platoon, code)


def _platoon(person: Person, team: Team) -> int | None:
    return next((m.platoon for m in person.memberships if m.team == team.code), None)


def _row(
    book: Book,
    team: Team,
    code: str,
    on: dict[date, list[Duty]],
    days: Sequence[date],
    away: Sequence[Absence],
) -> Row:
    person = book.people.get(code)
    own = person is not None and any(m.team == team.code for m in person.memberships)
    platoon = _platoon(person, team) if person else None
    duties = [duty for day in days for duty in on.get(day, ())]
    kinds = [book.shifts[duty.shift] for duty in duties]
    minutes = sum(
        int((kind.minutes - duty.late_minutes - duty.early_minutes) * team.counted_share + 0.5)
        for kind, duty in zip(kinds, duties, strict=True)
    )
    return Row(
        code,
        person.name if person else code,
        ("" if platoon is None else f"{platoon + 1}班") if own else "借",
        tuple(_cell(book, team, day, on.get(day, ()), away) for day in days),
        len(duties),
        sum(kind.night for kind in kinds),
        len(_weekends(book, duties)),
        round(minutes / 60, 1),
    )


def _cell(book: Book, team: Team, day: date, duties: Sequence[Duty], away: Sequence[Absence]) -> Cell:
    if duties:
        ordered = sorted(duties, key=lambda duty: book.shifts[duty.shift].starts)
        marks = [mark_of(book.shifts[duty.shift], team, book) for duty in ordered]
        return Cell("、".join(dict.fromkeys(marks)), "、".join(seat_sign(duty.seat) for duty in ordered))
    noon = datetime.combine(day, time(12), book.time_zone)
    for absence in away:
        if absence.starts <= noon < absence.ends:
            return Cell(ABSENCE_MARKS[absence.kind], away=True)
    return Cell()


def seat_sign(seat: str) -> str:
    """`bagong-brigade-2/driver/0` as `2驾`: the number of the vehicle and the role."""
    unit, role, _ = seat.split("/") if seat.count("/") == 2 else ("", seat, "")
    number = unit.rpartition("-")[2]
    return (number if number.isdigit() and len(number) <= 2 else "") + role_sign(role)


def _weekends(book: Book, duties: Sequence[Duty]) -> set[tuple[int, int]]:
    """ISO weeks on whose weekend somebody serves."""
    found: set[tuple[int, int]] = set()
    for duty in duties:
        starts, ends = (at.astimezone(book.time_zone) for at in book.times(duty))
        last = (ends - timedelta(seconds=1)).date()
        for day in {starts.date(), last}:
            if book.calendar.is_weekend(day):
                found.add(day.isocalendar()[:2])
    return found
