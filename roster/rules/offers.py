"""Open seats offered in a fair order: who is asked, when, and until when the answer counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from roster.rules.case import Case
from roster.rules.substitutes import Candidate, minutes_until, ranked
from roster.shifts import Seat


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """A county's figures. Each of the first `at_most` on the list is asked alone for `answer_minutes`, as long as the
    seat can be settled `settled_before_minutes` ahead of the duty; if time is shorter, the time left is parted among
    them, and below `shortest_minutes` each all are asked at once and the first to accept has it."""

    answer_minutes: int = 240
    shortest_minutes: int = 15
    settled_before_minutes: int = 720
    at_most: int = 6


@dataclass(frozen=True, slots=True)
class Asked:
    candidate: Candidate
    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """`asked` is empty when nobody may take the seat; `at_once`: everybody is asked in the same minutes."""

    seat: Seat
    asked: tuple[Asked, ...]
    at_once: bool


def offers(
    case: Case, seats: Iterable[Seat], now: datetime, terms: OfferTerms | None = None
) -> tuple[Offer, ...]:
    """Seats with the fewest takers come first. Who leads one list stands further back in the next ones, as if the
    first offer had been accepted: no one is asked for everything."""
    use = terms or OfferTerms()
    open_seats = [seat for seat in seats if minutes_until(case, seat, now) > 0]
    takers = {seat: len(ranked(case, seat)) for seat in open_seats}
    busy: dict[str, float] = {}
    found = []
    for seat in sorted(open_seats, key=lambda seat: (takers[seat], seat.priority, seat)):
        people = ranked(case, seat, busy=busy)[: use.at_most]
        found.append(_offer(case, seat, people, now, use))
        if people:
            busy[people[0].person] = busy.get(people[0].person, 0.0) + 1
    return tuple(sorted(found, key=lambda offer: offer.seat))


def open_seats(case: Case, now: datetime) -> tuple[Seat, ...]:
    """The seats of the roster, required ones first, that nobody holds and whose duty has not begun."""
    found = []
    for team in case.roster.teams:
        for day in case.days():
            for seat in case.ground.seats(team, day):
                held = {duty.seat for duty in case.crews.get((team, day, seat.shift), ())}
                if seat.key not in held and minutes_until(case, seat, now) > 0:
                    found.append(seat)
    return tuple(sorted(found, key=lambda seat: (not seat.required, seat.priority, seat)))


def _offer(case: Case, seat: Seat, people: tuple[Candidate, ...], now: datetime, terms: OfferTerms) -> Offer:
    ahead = minutes_until(case, seat, now)
    # Too near to be settled as early as wished: then up to the last minute before the duty.
    left = ahead - terms.settled_before_minutes if ahead > terms.settled_before_minutes else ahead
    each = min(terms.answer_minutes, left // max(1, len(people)))
    if each < terms.shortest_minutes:
        closes = now + timedelta(minutes=left)
        return Offer(seat, tuple(Asked(person, now, closes) for person in people), at_once=True)
    step = timedelta(minutes=each)
    asked = tuple(
        Asked(person, now + step * place, now + step * (place + 1)) for place, person in enumerate(people)
    )
    return Offer(seat, asked, at_once=False)
