"""Fair shares of a team's nights, weekends, holidays and hours, as convex prices on each person's counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from roster.people import NO_DEBT, Person
from roster.plan import Book
from roster.planning.ledger import Ledger
from roster.planning.rotation import rotation_turns
from roster.planning.spans import counted_minutes, week_of
from roster.planning.weights import Weights
from roster.shifts import Seat

LARGEST_SHIFT = 0.49


@dataclass(frozen=True, slots=True)
class Shares:
    """Targets by person."""

    nights: Mapping[str, float]
    weekends: Mapping[str, float]
    holidays: Mapping[str, float]
    minutes: Mapping[str, float]
    duty_minutes: float
    weights: Weights

    def night_table(self, who: str, most: int) -> tuple[int, ...]:
        return fair_table(self.nights[who], self.weights.fairness, most)

    def weekend_table(self, who: str, most: int) -> tuple[int, ...]:
        return fair_table(self.weekends[who], self.weights.fairness * self.weights.weekend_share, most)

    def holiday_table(self, who: str, most: int) -> tuple[int, ...]:
        return fair_table(self.holidays[who], self.weights.fairness * self.weights.holiday_share, most)

    def minutes_table(self, who: str, unit: int, most: int) -> tuple[int, ...]:
        """By units of minutes; the price is per duty squared."""
        per_unit = unit / self.duty_minutes
        return fair_table(self.minutes[who] / unit, self.weights.hours * per_unit**2, most)


def shares_of(
    book: Book, ledger: Ledger, team: str, people: Sequence[str], seats: Sequence[Seat], weights: Weights
) -> Shares:
    """Leave counts against nobody: who is away for half of the month has half a share."""
    shifts = tuple(sorted({seat.shift for seat in seats}))
    present = {who: presence(ledger, book.people[who], team, shifts) for who in people}
    loads = {who: ledger.load(who) for who in people}
    nights = sum(book.shifts[seat.shift].night for seat in seats) + sum(load[1] for load in loads.values())
    minutes = sum(counted_minutes(book, team, seat.shift) for seat in seats)
    duty_minutes = minutes / len(seats) if seats and minutes else 1.0
    minutes += sum(load[0] for load in loads.values())
    holidays = sum(book.calendar.is_holiday(seat.day) for seat in seats)
    whole = sum(present.values()) or 1.0
    usual = _usual_weekends(book, ledger, team)
    ahead = {name: _ahead(book, people, name) for name in ("nights", "weekends", "holidays", "minutes")}
    return Shares(
        {who: nights * present[who] / whole - ahead["nights"][who] for who in people},
        {who: usual * present[who] - ahead["weekends"][who] for who in people},
        {who: holidays * present[who] / whole - ahead["holidays"][who] for who in people},
        {who: minutes * present[who] / whole - ahead["minutes"][who] for who in people},
        duty_minutes,
        weights,
    )


def presence(ledger: Ledger, person: Person, team: str, shifts: Sequence[str]) -> float:
    """The part of the period's days on which a person could serve the team at all."""
    if not shifts:
        return 0.0
    span = [ledger.first + timedelta(days=offset) for offset in range(ledger.days)]
    there = sum(
        person.serves(team, day) and not all(ledger.is_away(person.code, day, shift) for shift in shifts)
        for day in span
    )
    return there / ledger.days


def fair_table(target: float, step: float, most: int) -> tuple[int, ...]:
    """Costs of 0 … `most`: `step` × the square of the distance from the target, the least of them 0."""
    raw = [step * (count - target) ** 2 for count in range(most + 1)]
    least = min(raw)
    return tuple(int(cost - least + 0.5) for cost in raw)


def _usual_weekends(book: Book, ledger: Ledger, team: str) -> float:
    """Weekends that the rotation touches, on average; 0 without a rotation: the fewer the better, and equal."""
    turns = [letters for letters in rotation_turns(book, team, ledger.first, ledger.days).values() if letters]
    touched = [
        {week_of(at) for day, shift in letters.items() for at in ledger.spans.weekend_days(day, shift)}
        for letters in turns
    ]
    return sum(len(found) for found in touched) / len(touched) if touched else 0.0


def _ahead(book: Book, people: Sequence[str], name: str) -> dict[str, float]:
    """What somebody did beyond his share before, brought below half a duty: debts decide who gets the odd one, and the
    range within the month stays what it can be. What remains is carried on."""
    debts = {who: float(getattr(book.debts.get(who, NO_DEBT), name)) for who in people}
    if name == "minutes":
        return debts
    largest = max((abs(debt) for debt in debts.values()), default=0.0)
    scale = LARGEST_SHIFT / max(LARGEST_SHIFT, largest)
    return {who: debt * scale for who, debt in debts.items()}
