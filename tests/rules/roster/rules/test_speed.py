"""The checker is quick enough to be asked after every click: a county's month and a single move, in processor time."""

from __future__ import annotations

import time
from dataclasses import replace
from statistics import median

from roster.people import Membership
from roster.plan import Book, Duty, Roster
from roster.policy import Policy
from roster.rules.case import case_of
from roster.rules.check import check, new_violations
from roster.rules.moves import swap
from roster.rules.violation import blocking
from roster.shifts import SeatRule
from tests.rules.roster.rules.world import FIRST, book, day, person, team

CHECK_SECONDS = 2.0
MOVE_SECONDS = 0.020
TEAMS = tuple(f"T{n:02}" for n in range(30))


def county() -> tuple[Book, Roster]:
    """600 people in 30 teams on 24/48, 31 days and four weeks of history; all of it legal."""
    people = [
        person(f"{code}-{n:02}", "driver", "firefighter", team=code, memberships=(Membership(code, n % 3),))
        for code in TEAMS
        for n in range(20)
    ]
    teams = {code: team(code, "48", shifts=("T24",), counted_share=0.68) for code in TEAMS}
    seats = tuple(SeatRule(code, "crew", 6, ("driver",), f"{code}-1", ("T24",)) for code in TEAMS)
    found = book(people, teams=teams, seat_rules=seats, policy=Policy())
    served, planned = [], []
    for one in people:
        place = int(one.code[-2:])
        platoon = place % 3
        for number in range(-28, 31):
            on = day(number)
            if place // 3 < 6 and found.rotations["48"].letter(platoon, FIRST, on):
                duty = Duty(on, one.home_team, "T24", f"{one.home_team}-1/crew/{place // 3}", one.code)
                (planned if number >= 0 else served).append(duty)
    whole = Roster("140525", FIRST, 31, TEAMS, tuple(sorted(planned)))
    return replace(found, history=tuple(served)), whole


def test_a_month_of_six_hundred_people_and_single_moves_are_checked_in_time() -> None:
    of, plan = county()
    began = time.thread_time()
    found = check(of, plan)
    seconds = time.thread_time() - began
    assert not blocking(found)
    assert seconds <= CHECK_SECONDS

    case = case_of(of, plan)
    took, cold = [], []
    for place in range(0, 300, 20):
        one = plan.duties[place]
        other = next(d for d in plan.duties[place + 40 :] if d.team == one.team and d.person != one.person)
        began = time.thread_time()
        done = swap(case, one, other)
        took.append(time.thread_time() - began)
        began = time.thread_time()
        new_violations(of, plan, done.roster)
        cold.append(time.thread_time() - began)
    print(f"check {seconds:.3f} s, swap {median(took) * 1000:.1f} ms, cold {median(cold) * 1000:.1f} ms")
    assert median(took) <= MOVE_SECONDS
