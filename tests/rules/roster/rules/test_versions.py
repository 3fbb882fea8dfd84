"""Two versions of a roster compared, and a plan against what really happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from roster.rules.actual import Attendance, Outcome, against_plan, balances, served_duties
from roster.rules.compare import compare
from tests.rules.roster.rules.world import book, day, duty, local, person, roster, team

BOOK = book(
    [person("A"), person("B"), person("C")], teams={"T1": team("T1", counted_share=0.5), "T2": team("T2")}
)
SEAT = "T1-1/firefighter/0"


def there(who: str, on: int, came: int, left: int | None, minute: int = 0, seat: str = SEAT) -> Attendance:
    return Attendance(
        who, "T1", day(on), "D", seat, local(on, came, minute), local(on, left) if left else None
    )


def test_versions_differ_by_person_in_added_removed_moved_and_marked() -> None:
    before = roster(duty("A", 0), duty("A", 1), duty("B", 2), duty("C", 5))
    after = roster(duty("A", 0, "N"), duty("B", 1), duty("B", 2, pinned=True), duty("C", 5))
    found = {p.person: p for p in compare(before, after).people}
    assert found["A"].moved == ((duty("A", 0), duty("A", 0, "N")),)
    assert found["A"].removed == (duty("A", 1),)
    assert found["B"].added == (duty("B", 1),)
    assert found["B"].marked == ((duty("B", 2), duty("B", 2, pinned=True)),)
    assert "C" not in found
    assert (compare(before, after).changed_duties, compare(before, after).people_touched) == (3, 2)


def test_a_roster_does_not_differ_from_itself_read_again() -> None:
    plan = roster(duty("A", 0), duty("B", 2))
    again = roster(*(replace(d) for d in plan.duties))
    assert compare(plan, again).people == ()


def test_every_duty_has_its_outcome() -> None:
    plan = roster(*(duty("A", n) for n in range(6)), duty("A", 20))
    attendance = [
        there("A", 0, 8, 20, minute=5),
        there("A", 1, 8, 20, minute=6),
        there("A", 2, 8, 19),
        there("A", 3, 9, 18),
        there("B", 4, 8, 20),
    ]
    found = against_plan(BOOK, plan, attendance, local(10, 0))
    assert [a.outcome for a in found if a.person == "A"] == [
        Outcome.AS_PLANNED,
        Outcome.LATE,
        Outcome.LEFT_EARLY,
        Outcome.LATE_AND_EARLY,
        Outcome.REPLACED,
        Outcome.NO_SHOW,
        Outcome.TO_COME,
    ]
    assert [(a.person, a.outcome, a.present_minutes) for a in found if a.person == "B"] == [
        ("B", Outcome.EXTRA, 720)
    ]
    assert next(a.instead for a in found if a.outcome is Outcome.REPLACED) == "B"


def test_nobody_is_a_no_show_before_the_tolerance_is_over() -> None:
    plan = roster(duty("A", 0))
    (waiting,) = against_plan(BOOK, plan, [], local(0, 8, 5))
    (missed,) = against_plan(BOOK, plan, [], local(0, 8, 5) + timedelta(seconds=1))
    assert (waiting.outcome, missed.outcome) == (Outcome.TO_COME, Outcome.NO_SHOW)


def test_who_is_still_there_is_present_until_now() -> None:
    (found,) = against_plan(BOOK, roster(duty("A", 0)), [there("A", 0, 8, None)], local(0, 10))
    assert (found.outcome, found.present_minutes) == (Outcome.AS_PLANNED, 120)


def test_balances_and_history_follow_what_was_served() -> None:
    plan = roster(duty("A", 0), duty("A", 1), duty("A", 2))
    attendance = [there("A", 0, 8, 20), there("A", 1, 9, 20), there("C", 3, 12, 20)]
    found = against_plan(BOOK, plan, attendance, local(9, 0))
    by_person = {b.person: b for b in balances(BOOK, found)}
    a, c = by_person["A"], by_person["C"]
    assert (a.planned_minutes, a.present_minutes, a.counted_minutes, a.no_shows, a.late) == (
        2160,
        1380,
        690,
        1,
        1,
    )
    assert (c.planned_minutes, c.present_minutes, c.extra, c.late) == (0, 480, 1, 0)
    assert served_duties(BOOK, found) == (
        duty("A", 0),
        duty("A", 1, late_minutes=60),
        duty("C", 3, late_minutes=240),
    )


def test_a_take_over_is_two_duties_each_served_as_planned() -> None:
    plan = roster(duty("A", 0, early_minutes=420), duty("B", 0, late_minutes=300))
    found = against_plan(BOOK, plan, [there("A", 0, 8, 13), there("B", 0, 13, 20)], local(1, 0))
    assert [(a.outcome, a.planned_minutes) for a in found] == [
        (Outcome.AS_PLANNED, 300),
        (Outcome.AS_PLANNED, 420),
    ]
