"""Who serves with whom, and preferences: pairs, mentors, requests, the rotation, equal shares."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from roster.people import Membership, Pair, PairKind, Request
from roster.plan import Authorisation
from roster.rules.company import is_novice
from tests.rules.roster.rules.world import FIRST, away, book, broken, day, duty, local, person, roster, team

PEOPLE = [person("A"), person("B"), person("C")]


def test_people_kept_apart_meet_on_no_shift_of_a_team() -> None:
    of = book(PEOPLE, pairs=(Pair(PairKind.APART, "B", "A"),))
    assert [
        (v.person, v.params["other"]) for v in broken("apart", of, roster(duty("A", 0), duty("B", 0, seat=1)))
    ] == [("B", "名A")]
    assert (
        broken("apart", of, roster(duty("A", 0), duty("B", 0, "N"), duty("B", 1), duty("C", 0, seat=1))) == ()
    )


def test_people_kept_together_are_both_there_unless_the_other_is_away() -> None:
    of = book(PEOPLE, pairs=(Pair(PairKind.TOGETHER, "A", "B"),))
    assert broken("together", of, roster(duty("A", 0), duty("B", 0, seat=1))) == ()
    assert [v.person for v in broken("together", of, roster(duty("A", 0), duty("B", 1)))] == ["A", "B"]
    absent = replace(of, absences=(away("B", local(0, 0), local(1, 0)),))
    assert broken("together", absent, roster(duty("A", 0))) == ()


def test_an_authorisation_for_either_of_a_pair_lifts_the_rule() -> None:
    of = book(PEOPLE, pairs=(Pair(PairKind.APART, "A", "B"),))
    plan = roster(duty("A", 0), duty("B", 0, seat=1))
    for who, blocks in (("A", False), ("B", False), ("C", True)):
        permit = Authorisation("P", "apart", who, day(0), day(0), "队长", "人手不足")
        assert [v.blocks for v in broken("apart", replace(of, authorisations=(permit,)), plan)] == [blocks]


def test_a_novice_never_stands_without_somebody_experienced() -> None:
    new = [person(code, joined=date(2026, 8, 1)) for code in ("N1", "N2")]
    of = book([*PEOPLE, *new])
    assert broken("mentor", of, roster(duty("N1", 0), duty("A", 0, seat=1))) == ()
    found = broken("mentor", of, roster(duty("N1", 0), duty("N2", 0, seat=1)))
    assert [v.person for v in found] == ["N1", "N2"]


@pytest.mark.parametrize(
    ("joined", "on", "novice"),
    [
        (date(2026, 5, 2), date(2026, 11, 1), True),
        (date(2026, 5, 2), date(2026, 11, 2), False),
        (date(2026, 8, 31), date(2027, 2, 28), True),
        (date(2026, 8, 31), date(2027, 3, 1), False),
        (None, date(2026, 11, 2), False),
    ],
)
def test_a_novice_is_one_until_the_months_are_over(joined: date | None, on: date, novice: bool) -> None:
    assert is_novice(person("A", joined=joined), on, 6) is novice


def test_wishes_are_kept_or_told() -> None:
    wishes = (
        Request("A", day(0), None, wanted=False, weight=3),
        Request("A", day(1), "D", wanted=True),
        Request("A", day(2), "N", wanted=False),
        Request("A", day(40), None, wanted=True),
    )
    of = book(PEOPLE, requests=wishes)
    assert broken("request", of, roster(duty("A", 1), duty("A", 2))) == ()
    found = broken("request", of, roster(duty("A", 0), duty("A", 1, "N"), duty("A", 2, "N")))
    assert [(v.days[0], v.excess, v.blocks) for v in found] == [
        (day(0), 3, False),
        (day(1), 1, False),
        (day(2), 1, False),
    ]


def test_the_rotation_is_compared_day_by_day_but_on_days_of_absence() -> None:
    people = [
        person("A", memberships=(Membership("T1", 0),)),
        person("B", memberships=(Membership("T1", 1),)),
    ]
    of = book(people, teams={"T1": team("T1", "48"), "T2": team("T2")})
    as_it_says = [*(duty("A", n, "T24") for n in (0, 3)), *(duty("B", n, "T24", seat=1) for n in (2, 5))]
    assert broken("rotation", of, roster(*as_it_says, days=6)) == ()
    moved = [replace(d, day=day(1)) if (d.person, d.day) == ("A", FIRST) else d for d in as_it_says]
    found = broken("rotation", of, roster(*moved, days=6))
    assert [(v.days[0], v.params["expected"], v.params["actual"]) for v in found] == [
        (day(0), "全日班", "-"),
        (day(1), "-", "全日班"),
    ]
    sick = replace(of, absences=(away("A", local(0, 0), local(1, 0)),))
    assert broken("rotation", sick, roster(*as_it_says[1:], days=6)) == ()


def test_nights_may_differ_by_one_and_weekends_by_two() -> None:
    of = book([person("A"), person("B")])
    one = roster(duty("A", 0, "N"), duty("A", 7, "N"), duty("B", 2, "N"))
    assert broken("fair_nights", of, one) == ()
    two = roster(*one.duties, duty("A", 10, "N"))
    assert [(v.params["most"], v.params["least"]) for v in broken("fair_nights", of, two)] == [("名A", "名B")]
    weekends = [duty("A", n) for n in (5, 12, 19)]
    assert broken("fair_weekends", of, roster(*weekends[:2])) == ()
    assert len(broken("fair_weekends", of, roster(*weekends))) == 1


def test_who_was_away_is_not_compared() -> None:
    of = book([person("A"), person("B")], absences=(away("B", local(3, 0), local(4, 0)),))
    assert broken("fair_nights", of, roster(*(duty("A", n, "N") for n in range(5)))) == ()
