"""Moves by hand: what they change, what they would newly break, and that none ever smuggles in a hard violation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from roster.people import Membership
from roster.policy import Strength
from roster.rules.case import case_of
from roster.rules.moves import MoveError, fill, give_up, hand_over, swap, take_over
from roster.shifts import Seat
from tests.rules.roster.rules.world import FREE_POLICY, book, duty, local, person, roster, team

PEOPLE = [person("A"), person("B"), person("C", team="T2"), person("D", team="T3")]
BOOK = book(PEOPLE, teams={"T1": team("T1"), "T2": team("T2", lends_to=("T1",)), "T3": team("T3")})


def test_a_swap_exchanges_two_people_and_leaves_the_rest() -> None:
    mine, yours, other = duty("A", 0), duty("B", 3), duty("A", 6)
    done = swap(case_of(BOOK, roster(mine, yours, other)), mine, yours)
    assert done.allowed
    assert done.roster.duties == (duty("B", 0), duty("A", 3), other)


def test_a_swap_that_costs_somebody_the_rest_is_shown_and_not_allowed() -> None:
    night, mine, yours = duty("A", 2, "N"), duty("A", 0), duty("B", 3)
    done = swap(case_of(BOOK, roster(night, mine, yours)), mine, yours)
    assert not done.allowed
    assert [(v.rule, v.person) for v in done.broken if v.blocks] == [("rest", "A")]


def test_only_new_violations_are_held_against_a_move() -> None:
    bad = (duty("A", 10), duty("A", 10, "N"))
    mine, yours = duty("A", 0), duty("B", 3)
    assert swap(case_of(BOOK, roster(*bad, mine, yours)), mine, yours).allowed


def test_a_violation_that_grows_worse_is_new_and_one_that_shrinks_is_not() -> None:
    of = replace(BOOK, policy=replace(FREE_POLICY, longest_run_days=2))
    run = [duty("A", n) for n in range(4)]
    longer = hand_over(case_of(of, roster(*run, duty("B", 4))), duty("B", 4), "A")
    assert [v.rule for v in longer.broken if v.blocks] == ["longest_run"]
    shorter = give_up(case_of(of, roster(*run)), run[3])
    assert shorter.allowed
    assert "longest_run" in {v.rule for v in shorter.mended}


def test_a_member_of_another_team_comes_on_loan_only_where_his_team_lends() -> None:
    case = case_of(BOOK, roster(duty("A", 0)))
    lent = hand_over(case, duty("A", 0), "C")
    assert lent.allowed
    assert lent.added[0].borrowed_from == "T2"
    refused = hand_over(case, duty("A", 0), "D")
    assert [v.rule for v in refused.broken if v.blocks] == ["membership"]


def test_a_home_team_of_several_needs_no_loan() -> None:
    both = person("E", memberships=(Membership("T2"), Membership("T1")))
    case = case_of(book([*PEOPLE, both]), roster(duty("A", 0)))
    assert hand_over(case, duty("A", 0), "E").added[0].borrowed_from == ""


def test_taking_over_in_the_middle_parts_the_seat_between_two_and_leaves_no_gap() -> None:
    whole = duty("A", 0)
    done = take_over(case_of(BOOK, roster(whole)), whole, "B", local(0, 13))
    first, second = done.roster.duties
    assert (first.person, first.early_minutes, second.person, second.late_minutes) == ("A", 420, "B", 300)
    assert BOOK.times(first)[1] == BOOK.times(second)[0] == local(0, 13)
    assert done.allowed
    assert not done.broken


def test_a_seat_can_be_taken_over_a_second_time_from_the_second_holder() -> None:
    case = case_of(BOOK, roster(duty("A", 0)))
    once = take_over(case, duty("A", 0), "B", local(0, 13))
    twice = take_over(once.after, once.added[1], "A", local(0, 15))
    assert twice.allowed
    assert [BOOK.times(d) for d in twice.roster.duties if d.person == "A"] == [
        (local(0, 8), local(0, 13)),
        (local(0, 15), local(0, 20)),
    ]


@pytest.mark.parametrize("hour", [8, 20, 23])
def test_what_is_not_running_cannot_be_taken_over(hour: int) -> None:
    with pytest.raises(MoveError, match="not_running"):
        take_over(case_of(BOOK, roster(duty("A", 0))), duty("A", 0), "B", local(0, hour))


def test_what_has_begun_is_not_swapped_and_near_duties_need_consent() -> None:
    mine, yours = duty("A", 0), duty("B", 3)
    case = case_of(BOOK, roster(mine, yours))
    with pytest.raises(MoveError, match="begun"):
        swap(case, mine, yours, local(0, 8))
    assert swap(case, mine, yours, local(0, 7)).consents == ("A", "B")
    assert give_up(case, yours, local(1, 7)).consents == ("B",)
    assert give_up(case, yours, local(0, 7)).consents == ()


def test_moves_that_make_no_sense_say_why() -> None:
    case = case_of(BOOK, roster(duty("A", 0), duty("A", 3)))
    with pytest.raises(MoveError, match="same_person"):
        swap(case, duty("A", 0), duty("A", 3))
    with pytest.raises(MoveError, match="not_there"):
        give_up(case, duty("A", 5))
    with pytest.raises(MoveError, match="unknown_person"):
        hand_over(case, duty("A", 0), "nobody")
    taken = Seat("T1", duty("A", 0).day, "D", "T1-1", "firefighter", 0, ("firefighter",), True, 5)
    with pytest.raises(MoveError, match="seat_taken"):
        fill(case, taken, "B")


def test_filling_an_empty_seat_mends_it() -> None:
    rule = BOOK.seat_rules[0]
    of = replace(BOOK, seat_rules=(replace(rule, count=1, required=True, shifts=("D",), last=rule.last),))
    case = case_of(of, roster(days=1, teams=("T1",)))
    seat = case.ground.seats("T1", duty("A", 0).day)[0]
    done = fill(case, seat, "A")
    assert done.allowed
    assert [v.rule for v in done.mended] == ["seat_unfilled"]
    assert not any(v.strength is Strength.HARD for v in done.broken)
    assert done.roster.last == duty("A", 0).day + timedelta(days=0)
