"""A roster straight from the rotation: turns kept, seats filled once, nobody without rest or qualification."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from roster.demand import seats_between
from roster.people import Employment, Membership, Person
from roster.plan import Book
from roster.planning.ledger import Ledger
from roster.planning.rotation import letter_of, roster_by_rotation
from roster.shifts import Rotation, RotationKind, SeatRule, ShiftType, Team
from scripts.benchmarks.roster.made_book import FIRST, made_book


@pytest.fixture(scope="module")
def book() -> Book:
    return made_book(7, ("3x8", "2x12", "24/48"))


def test_every_seat_is_filled_at_most_once_by_somebody_who_holds_what_it_needs(book: Book) -> None:
    roster = roster_by_rotation(book, FIRST, 28)
    seats = {
        (s.team, s.day, s.shift, s.key): s
        for team in book.teams
        for s in seats_between(book, team, FIRST, 28)
    }
    filled = Counter((d.team, d.day, d.shift, d.seat) for d in roster.duties)
    ledger = Ledger.opened(book, FIRST, 28)
    assert set(filled) <= set(seats)
    assert max(filled.values()) == 1
    assert all(ledger.fits(d.person, seats[d.team, d.day, d.shift, d.seat]) for d in roster.duties)
    assert len(filled) >= 0.98 * len(seats)


def test_each_duty_is_allowed_beside_all_the_others(book: Book) -> None:
    roster = roster_by_rotation(book, FIRST, 28)
    ledger = Ledger.opened(book, FIRST, 28, roster.duties)
    for duty in roster.duties:
        ledger.remove(duty.person, duty.team, duty.day, duty.shift)
        assert ledger.permits(book.people[duty.person], duty.team, duty.day, duty.shift)
        ledger.add(duty.person, duty.team, duty.day, duty.shift)


def test_a_platoon_stands_at_its_own_place_in_the_word(book: Book) -> None:
    letters = [
        letter_of(
            book, "team-03", Membership("team-03", platoon), book.teams["team-03"].anchor + timedelta(days=2)
        )
        for platoon in (0, 1, 2)
    ]
    assert letters == [None, "T24", None]


def test_a_second_run_gives_the_same_roster(book: Book) -> None:
    assert roster_by_rotation(book, FIRST, 28) == roster_by_rotation(book, FIRST, 28)


def test_living_in_gives_everybody_the_days_off_that_are_due(book: Book) -> None:
    shift = ShiftType("LIVE", "驻勤", time(8), 1440, 0, night=True)
    rotation = Rotation("living-in", "驻勤轮休", RotationKind.LIVING_IN, days_off_a_month=8)
    team = Team("forest", "演示森防队", "forest", ("LIVE",), "living-in", date(2026, 12, 1), 0.3, floor=6)
    people = {
        f"f{n:02}": Person(f"f{n:02}", f"演示森防{n}", Employment.CONTRACT, (Membership("forest"),), ())
        for n in range(12)
    }
    forest = replace(
        book, people=people, teams={"forest": team}, shifts={"LIVE": shift}, rotations={"living-in": rotation},
        seat_rules=(SeatRule("forest", "forest_fighter", 12, required=False),), absences=(), history=(),
    )  # fmt: skip
    roster = roster_by_rotation(forest, date(2026, 12, 1), 31)
    worked = Counter(duty.person for duty in roster.duties)
    present = Counter(duty.day for duty in roster.duties)
    assert all(22 <= worked[person] <= 23 for person in people)
    assert min(present.values()) >= 6
