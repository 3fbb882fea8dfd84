"""Seats: unknown ones, seats filled twice or not at all, qualifications to the day, membership and loans."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from roster.people import Membership, Qualification
from roster.plan import Authorisation, Book, Duty
from roster.rules.check import check
from roster.shifts import SeatRule, ShiftType
from tests.rules.roster.rules.world import SHIFTS, book, broken, day, duty, person, roster, team

DRIVER = SeatRule("T1", "driver", 1, ("driver",), "T1-1", ("D", "N"))


def crew(*people: str, until: date | None = None, **more: Any) -> Book:
    drivers = [person(code, qualifications=(Qualification("driver", until),)) for code in people]
    return replace(book(drivers, seat_rules=(DRIVER,)), **more)


def drive(person: str, on: int, shift: str = "D", **more: Any) -> Duty:
    return replace(duty(person, on, shift), **{"seat": "T1-1/driver/0", **more})


def test_codes_that_the_book_does_not_have_are_named_and_never_crash() -> None:
    plan = roster(drive("ghost", 0), drive("A", 0, "Q"), replace(drive("A", 1), team="T9"))
    found = broken("unknown_code", crew("A"), plan)
    named = {(v.params["what"], v.params["code"]) for v in found}
    assert named == {("person", "ghost"), ("shift", "Q"), ("team", "T9")}
    assert all(v.blocks for v in found)


def test_a_duty_outside_the_roster_or_without_a_minute_is_refused() -> None:
    assert broken("outside_roster", crew("A"), roster(drive("A", 27))) == ()
    assert len(broken("outside_roster", crew("A"), roster(drive("A", 28)))) == 1
    assert len(broken("outside_roster", crew("A"), roster(drive("A", 0), teams=("T2",)))) == 1
    assert broken("outside_roster", crew("A"), roster(drive("A", 0, late_minutes=719))) == ()
    assert len(broken("outside_roster", crew("A"), roster(drive("A", 0, late_minutes=720)))) == 1


def test_a_seat_that_nobody_asked_for_is_unknown() -> None:
    assert broken("seat_unknown", crew("A"), roster(drive("A", 0))) == ()
    assert len(broken("seat_unknown", crew("A"), roster(drive("A", 0, seat="T1-1/driver/1")))) == 1
    assert len(broken("seat_unknown", crew("A"), roster(drive("A", 0, "T24")))) == 1


def test_a_seat_holds_one_person_at_a_time() -> None:
    both = roster(drive("A", 0), drive("B", 0))
    assert [v.person for v in broken("seat_twice", crew("A", "B"), both)] == ["B"]
    parted = roster(drive("A", 0, early_minutes=420), drive("B", 0, late_minutes=300))
    assert broken("seat_twice", crew("A", "B"), parted) == ()
    overlapping = roster(drive("A", 0, early_minutes=419), drive("B", 0, late_minutes=300))
    assert [v.excess for v in broken("seat_twice", crew("A", "B"), overlapping)] == [1]


def test_every_required_seat_left_empty_is_told_and_can_be_authorised_for_the_team() -> None:
    found = broken("seat_unfilled", crew("A"), roster(drive("A", 0), days=1, teams=("T1",)))
    assert [(v.team, v.params["shift"], v.blocks) for v in found] == [("T1", "夜班", True)]
    permit = Authorisation("P", "seat_unfilled", "", day(0), day(0), "队长", "无人", team="T1")
    permitted = crew("A", authorisations=(permit,))
    found = broken("seat_unfilled", permitted, roster(drive("A", 0), days=1, teams=("T1",)))
    assert [(v.authorised_by, v.blocks) for v in found] == [("P", False)]


def test_a_seat_given_up_in_the_middle_is_empty_for_the_minutes_left() -> None:
    plan = roster(drive("A", 0, early_minutes=60), drive("A", 0, "N"), days=1, teams=("T1",))
    assert [v.params["minutes"] for v in broken("seat_unfilled", crew("A"), plan)] == [60]


def test_wished_seats_cost_only() -> None:
    of = crew("A", seat_rules=(replace(DRIVER, required=False),))
    found = check(of, roster(days=1, teams=("T1",)))
    assert {v.rule for v in found} == {"seat_wished"}
    assert not any(v.blocks for v in found)


@pytest.mark.parametrize(
    ("shift", "last_day", "breaks"), [("D", 3, False), ("D", 2, True), ("N", 4, False), ("N", 3, True)]
)
def test_a_qualification_holds_to_its_last_day_and_past_midnight(
    shift: str, last_day: int, breaks: bool
) -> None:
    of = crew("A", until=day(last_day))
    assert bool(broken("qualification", of, roster(drive("A", 3, shift)))) is breaks


def test_a_shift_that_ends_at_midnight_does_not_need_the_next_day() -> None:
    evening = ShiftType("V", "前夜", time(16), 480, 480, night=False)
    of = crew("A", until=day(0), shifts=SHIFTS | {"V": evening}, seat_rules=(replace(DRIVER, shifts=("V",)),))
    assert broken("qualification", of, roster(drive("A", 0, "V"))) == ()
    longer = replace(evening, minutes=481)
    of = crew("A", until=day(0), shifts=SHIFTS | {"V": longer}, seat_rules=(replace(DRIVER, shifts=("V",)),))
    assert len(broken("qualification", of, roster(drive("A", 0, "V")))) == 1


def test_who_is_relieved_before_midnight_needs_nothing_for_the_day_after() -> None:
    of = crew("A", until=day(0))
    assert broken("qualification", of, roster(drive("A", 0, "N", early_minutes=480))) == ()


def test_every_missing_qualification_is_named() -> None:
    of = replace(crew("A"), seat_rules=(replace(DRIVER, needs=("driver", "ba", "squad_leader")),))
    found = broken("qualification", of, roster(drive("A", 0)))
    assert [v.params["missing"] for v in found] == ["ba, squad_leader"]


def test_membership_holds_from_its_first_to_its_last_day() -> None:
    member = person("A", "driver", memberships=(Membership("T1", None, day(1), day(2)),))
    of = replace(crew("A"), people={"A": member})
    plan = roster(*(drive("A", n) for n in range(4)))
    assert [v.days for v in broken("membership", of, plan)] == [(day(0),), (day(3),)]


def test_a_loan_is_legal_only_from_a_team_of_the_persons_that_lends() -> None:
    lending = {"T1": team("T1"), "T2": team("T2", lends_to=("T1",)), "T3": team("T3")}
    of = crew(
        "A",
        teams=lending,
        people={"A": person("A", "driver", team="T2"), "B": person("B", "driver", team="T3")},
    )
    assert broken("membership", of, roster(drive("A", 0, borrowed_from="T2"))) == ()
    assert len(broken("membership", of, roster(drive("A", 0)))) == 1
    assert len(broken("membership", of, roster(drive("B", 0, borrowed_from="T3")))) == 1
    assert len(broken("membership", of, roster(drive("B", 0, borrowed_from="T2")))) == 1


def test_an_authorisation_named_on_a_duty_has_to_be_on_record_for_it() -> None:
    permit = Authorisation("P", "rest", "A", day(0), day(1), "队长", "无人")
    of = crew("A", "B", authorisations=(permit,))
    for on in (0, 1):
        assert broken("authorisation_unknown", of, roster(drive("A", on, authorisation="P"))) == ()
    for bad in (
        drive("A", 2, authorisation="P"),
        drive("B", 1, authorisation="P"),
        drive("A", 1, authorisation="Q"),
    ):
        assert len(broken("authorisation_unknown", of, roster(bad))) == 1
