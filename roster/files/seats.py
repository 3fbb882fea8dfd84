"""Who takes which seat when a grid says only who serves: the qualified first, important seats first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from roster.people import Person
from roster.plan import Book
from roster.shifts import Seat


def seat_by_qualification(book: Book, seats: Sequence[Seat], people: Sequence[Person]) -> dict[str, Seat]:
    """Person → seat. Who is qualified for none of what is left takes any seat: the checker names the fault then.

    Seats are filled in order of importance along augmenting paths, so that no important one stays empty for the
    sake of another. People beyond the number of seats are left out.
    """
    ordered = sorted(seats, key=lambda seat: (not seat.required, seat.priority, seat))
    holder: dict[int, int] = {}  # seat → person, by place
    fits = [[who for who, person in enumerate(people) if _fits(book, person, seat)] for seat in ordered]

    def find(seat: int, tried: set[int]) -> bool:
        for who in fits[seat]:
            if who in tried:
                continue
            tried.add(who)
            held = next((place for place, holds in holder.items() if holds == who), None)
            if held is None or find(held, tried):
                holder[seat] = who
                return True
        return False

    for seat in range(len(ordered)):
        find(seat, set())
    found = {people[who].code: ordered[seat] for seat, who in holder.items()}
    empty = [seat for place, seat in enumerate(ordered) if place not in holder]
    for person in people:
        if person.code not in found and empty:
            found[person.code] = empty.pop(0)
    return found


def _fits(book: Book, person: Person, seat: Seat) -> bool:
    return all(person.holds(code, day) for code in seat.needs for day in _days(book, seat))


def _days(book: Book, seat: Seat) -> tuple[date, ...]:
    """The day the shift begins on, and the next when it passes midnight."""
    kind = book.shifts[seat.shift]
    passes = kind.starts.hour * 60 + kind.starts.minute + kind.minutes > 24 * 60
    return (seat.day, seat.day + timedelta(days=1)) if passes else (seat.day,)
