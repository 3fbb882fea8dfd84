"""What a team's duties need of people, as the core's covers: seats, the floor under 驻勤轮休, mentors for novices."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta

from roster.plan import Book
from roster.planning.spans import is_living_in
from roster.planning.team_problem import Place, Post
from roster.planning.weights import Weights
from roster.shifts import Seat
from roster.solving.problem import Cover

ShiftPost = tuple[str, str]
"""FLOOR or MENTOR, and the shift: a line of demand that has no seats of its own."""
FLOOR, MENTOR = "floor", "mentor"


def shift_posts(book: Book, team: str, posts: Sequence[Post], *, novices: bool) -> tuple[ShiftPost, ...]:
    shifts = sorted({shift for shift, _ in posts})
    floor = is_living_in(book, team) and book.teams[team].floor > 0
    return (
        *((FLOOR, shift) for shift in shifts if floor),
        *((MENTOR, shift) for shift in shifts if novices),
    )


def counts_for(extra: Sequence[ShiftPost], base: int, shift: str, *, novice: bool) -> tuple[int, ...]:
    """The numbers (from `base` on) of the shift posts that a duty on a shift counts for."""
    return tuple(
        base + at for at, (what, of) in enumerate(extra) if of == shift and not (novice and what == MENTOR)
    )


def seat_cover(day: int, post: int, seats: Sequence[Seat], weights: Weights) -> Cover:
    """The least important seat is the first to stay empty."""
    missing = tuple(sorted(weights.missing(seat) for seat in seats))
    return Cover(day, post, len(seats), missing, (weights.surplus,))


def shift_covers(
    book: Book,
    team: str,
    first: date,
    extra: Sequence[ShiftPost],
    posts: Sequence[Post],
    places: Collection[Place],
    present: Mapping[tuple[date, str], Sequence[bool]],
    weights: Weights,
) -> Iterator[Cover]:
    """`present`: who is fixed on a shift already, as whether he is a novice."""
    open_shifts = sorted({(day, posts[post][0]) for day, post in places})
    for day, shift in open_shifts:
        there = present.get((first + timedelta(days=day), shift), ())
        for at, (what, of) in enumerate(extra):
            if of != shift:
                continue
            if what == FLOOR and book.teams[team].floor > len(there):
                need = book.teams[team].floor - len(there)
                yield Cover(day, len(posts) + at, need, (weights.company,))
            if what == MENTOR and all(there):
                yield Cover(day, len(posts) + at, 1, (weights.company,))
