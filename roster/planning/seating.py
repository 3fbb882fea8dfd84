"""Who of those on a shift takes which seat: the important seats first, nobody put out who already sits well."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from roster.shifts import Seat


def by_importance(seats: Sequence[Seat]) -> list[int]:
    """Seats in the order in which they are filled: required ones, then by priority, then those with most needs."""
    return sorted(
        range(len(seats)),
        key=lambda at: (not seats[at].required, seats[at].priority, -len(seats[at].needs), seats[at]),
    )


def seat_people(
    seats: Sequence[Seat], people: Sequence[str], fits: Callable[[str, Seat], bool]
) -> dict[int, str]:
    """Seat index → person. Seats are served by importance, people in the order given; everybody who is moved to make
    room keeps a seat, so no seat filled earlier is emptied again (augmenting paths)."""
    able = [[who for who in people if fits(who, seat)] for seat in seats]
    seated: dict[int, str] = {}
    holder: dict[str, int] = {}
    for at in by_importance(seats):
        _augment(at, able, seated, holder, set())
    return seated


def make_room(
    seats: Sequence[Seat],
    seated: dict[int, str],
    newcomer: str,
    fits: Callable[[str, Seat], bool],
    wanted: int,
) -> dict[int, str] | None:
    """Seat a newcomer so that the wanted seat is filled, others changing seats on the same shift if they must."""
    people = [*seated.values(), newcomer]
    able = [[who for who in people if fits(who, seat)] for seat in seats]
    trial, holder = dict(seated), {who: at for at, who in seated.items()}
    return trial if _augment(wanted, able, trial, holder, set()) else None


def _augment(
    at: int, able: list[list[str]], seated: dict[int, str], holder: dict[str, int], tried: set[str]
) -> bool:
    for who in able[at]:
        if who not in holder and who not in tried:
            seated[at], holder[who] = who, at
            return True
    for who in able[at]:
        if who in tried:
            continue
        tried.add(who)
        if who in holder and _augment(holder[who], able, seated, holder, tried):
            seated[at], holder[who] = who, at
            return True
    return False
