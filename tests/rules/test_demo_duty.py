"""The demo's duty: one team hands over when the tale wants it, one sickness takes the nearest engine off the board."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dispatch.demo.duty_plan import HANDOVER_SHIFT, answers_for, duty_plan, find_sickness, passed_over
from dispatch.demo.scenario import Scenario, Scene
from roster.plan import Book
from roster.rules.check import check
from roster.turns import turns_of
from tests.storage.duty_world import book
from tests.storage.small_county import small_county

COUNTY = small_county()
W1 = next(station for station in COUNTY.stations if station.code == "W1")
AT_W1 = Scene("near", W1.position.x, W1.position.y)
TALE = Scenario((), (AT_W1,), (), None)
NOW = datetime(2026, 4, 4, 6, 0, 30, 700, tzinfo=UTC)


@pytest.mark.parametrize("hours", [0, 9.99, 10, 17, 23.5])
def test_the_team_that_hands_over_does_so_exactly_then_and_everything_stays_legal(hours: float) -> None:
    now = NOW + timedelta(hours=hours)
    plan = duty_plan(COUNTY, TALE, book(), now, 50)
    assert plan is not None
    assert plan.team is not None
    assert plan.handover_at is not None
    turns = [
        t
        for t in turns_of(plan.book, plan.roster, plan.roster.first, plan.roster.last)
        if t.team == plan.team
    ]
    assert {turn.shift for turn in turns} == {HANDOVER_SHIFT}
    assert [t.starts for t in turns if now < t.starts <= now + timedelta(minutes=1)] == [plan.handover_at]
    assert any(t.ends == plan.handover_at for t in turns)
    assert plan.roster.days == 31
    assert plan.roster.first == now.astimezone(plan.book.time_zone).date() - timedelta(days=1)
    # What is broken can be allowed, and an officer is asked to.
    assert [v for v in check(plan.book, plan.roster) if v.blocks and v not in plan.lifted] == []
    assert sum(v.rule == "seat_unfilled" for v in plan.lifted) == plan.empty


def test_a_county_without_teams_plans_no_duty() -> None:
    empty: Book = replace(book(), teams={})
    assert duty_plan(COUNTY, TALE, empty, NOW, 50) is None


def test_a_device_answers_for_its_own_seats_and_the_first_for_the_watch_room_too() -> None:
    rollcall = {
        "seats": [
            {"seat": "U/driver/0", "unit": "U", "state": "expected"},
            {"seat": "U/firefighter/0", "unit": "U", "state": "absent"},
            {"seat": "V/driver/0", "unit": "V", "state": "expected"},
            {"seat": "/radio_operator/0", "unit": None, "state": "expected"},
        ]
    }
    assert [one["seat"] for one in answers_for(rollcall, "U", leads=False)] == ["U/driver/0"]
    assert [one["seat"] for one in answers_for(rollcall, "V", leads=True)] == [
        "V/driver/0",
        "/radio_operator/0",
    ]


def card(unit: str, **more: Any) -> dict[str, Any]:
    seats = [
        {"seat": f"{unit}/{role}/0", "role": role, "person": role, "name": role} for role in ("driver", "x")
    ]
    return {
        "code": unit,
        "station": unit.split("-")[0],
        "accepted": True,
        "is_foreign": False,
        "on_duty": True,
        "assignment": None,
        "status": "standby",
        "out_of_service": None,
        "brings": {"engine": 1},
        "minimum_crew": 2,
        "crew": 2,
        "crew_qualifications": {"driver": 1},
        "crew_seats": seats,
        **more,
    }


def test_the_sickness_finds_the_nearest_engine_that_cannot_do_without_its_driver() -> None:
    found = find_sickness(COUNTY, TALE, "near", {"W1-1": card("W1-1"), "E1-1": card("E1-1")})
    assert found is not None
    assert (found.unit, found.role) == ("W1-1", "driver")


@pytest.mark.parametrize(
    "more",
    [
        {"assignment": "busy"},
        {"on_duty": False},
        {"crew": 5, "crew_qualifications": {"driver": 2}},
        {"brings": {}},
    ],
)
def test_nobody_falls_ill_where_it_would_change_nothing(more: dict[str, Any]) -> None:
    found = find_sickness(COUNTY, TALE, "near", {"W1-1": card("W1-1", **more)})
    assert found is None


def test_who_was_passed_over_is_found_in_the_proposal() -> None:
    proposal = {"passed_over": [{"unit": "A"}, {"unit": "B"}]}
    assert passed_over(proposal, "B") == {"unit": "B"}
    assert passed_over(proposal, "C") is None
