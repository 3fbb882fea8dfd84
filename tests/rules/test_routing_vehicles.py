"""What a vehicle class may drive on, and how fast."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gis_data.model import DrivingRules, VehicleClass
from routing.graph import build_graph
from routing.live import LiveRoads
from routing.passable import CLOSED, GATES, POSTS, UNPAVED, WALLS, why_closed
from tests.rules.routing_world import FLEET, FOOT, HEAVY, LIGHT, MOTORCYCLE, Draft, at, town, vehicle

PAVED_ONLY = vehicle("ladder", needs_paved=True, tracktypes=frozenset({"grade1"}))


def drive(vehicle_class: VehicleClass, rules: DrivingRules | None = None, **facts: object) -> tuple[int, int]:
    """Milliseconds along and against one piece of road with these facts."""
    draft = Draft()
    draft.add([at(0, 0), at(5, 0)], **facts)
    live = LiveRoads(build_graph(draft.roads(), {vehicle_class.code: vehicle_class}, rules))
    along, against = live.travel_ms(vehicle_class.code)
    return int(along), int(against)


def passes(vehicle_class: VehicleClass, **facts: object) -> bool:
    return drive(vehicle_class, **facts)[0] < CLOSED


def kmh(vehicle_class: VehicleClass, **facts: object) -> float:
    draft = Draft()
    draft.add([at(0, 0), at(5, 0)], **facts)
    metres = float(draft.graph().length_metres[0])
    return metres / drive(vehicle_class, **facts)[0] * 3600.0


def test_the_class_speed_holds_where_nothing_is_posted() -> None:
    assert kmh(HEAVY, road="tertiary") == pytest.approx(40.0, rel=1e-4)


def test_a_road_class_without_a_speed_is_closed() -> None:
    assert not passes(HEAVY, road="footway")
    assert passes(FOOT, road="footway")


def test_a_posted_limit_holds_an_emergency_drive_back_by_its_factor_only() -> None:
    assert kmh(HEAVY, road="primary", maxspeed=30.0) == pytest.approx(39.0, rel=1e-4)
    assert kmh(HEAVY, road="primary", maxspeed=100.0) == pytest.approx(60.0, rel=1e-4)
    strict = DrivingRules(maxspeed_factor=1.0)
    assert (
        drive(HEAVY, strict, road="primary", maxspeed=30.0)[0]
        > drive(HEAVY, road="primary", maxspeed=30.0)[0]
    )


def test_nobody_walks_slower_for_a_speed_limit() -> None:
    assert kmh(FOOT, road="residential", maxspeed=3.0) == pytest.approx(4.5, rel=1e-4)


@pytest.mark.parametrize("surface", ["gravel", "unpaved", "dirt", "compacted"])
def test_soft_ground_slows_by_the_factor_for_unpaved_unless_the_class_has_its_own(surface: str) -> None:
    assert kmh(LIGHT, road="tertiary", surface=surface) == pytest.approx(24.0, rel=1e-4)


def test_asphalt_slows_nobody() -> None:
    assert kmh(LIGHT, road="tertiary", surface="asphalt") == pytest.approx(40.0, rel=1e-4)


@pytest.mark.parametrize(
    ("tracktype", "heavy"), [("grade1", True), ("grade2", False), ("grade5", False), ("", False)]
)
def test_a_track_must_be_of_a_grade_the_class_can_use(tracktype: str, heavy: bool) -> None:
    assert passes(HEAVY, road="track", tracktype=tracktype) == heavy


def test_a_track_of_unknown_grade_counts_as_grade_three() -> None:
    assert passes(LIGHT, road="track")
    assert not passes(replace(LIGHT, tracktypes=frozenset({"grade1", "grade2"})), road="track")


def test_smoothness_must_be_among_those_of_the_class_where_it_is_known() -> None:
    assert passes(HEAVY, smoothness="bad")
    assert not passes(HEAVY, smoothness="horrible")


@pytest.mark.parametrize("surface", sorted(UNPAVED))
def test_a_class_that_needs_a_hard_road_takes_no_soft_one(surface: str) -> None:
    assert not passes(PAVED_ONLY, surface=surface)


def test_a_class_that_needs_a_hard_road_trusts_roads_but_not_tracks_of_unknown_surface() -> None:
    assert passes(PAVED_ONLY, surface="")
    assert passes(PAVED_ONLY, road="track", tracktype="grade1")
    assert not passes(replace(PAVED_ONLY, tracktypes=frozenset({"grade3"})), road="track")


def test_a_lane_must_be_wider_than_the_vehicle_by_the_side_clearance() -> None:
    assert not passes(HEAVY, width=2.7)
    assert passes(HEAVY, width=2.8)
    assert passes(FOOT, width=0.6)


def test_a_weak_bridge_and_a_low_one_stop_what_is_heavier_or_higher() -> None:
    assert not passes(HEAVY, maxweight=15.9)
    assert passes(HEAVY, maxweight=16.0)
    assert not passes(HEAVY, maxheight=3.4)
    assert passes(MOTORCYCLE, maxweight=2.0, maxheight=2.0)


@pytest.mark.parametrize("barrier", sorted(GATES))
def test_a_gate_costs_time_or_stops_a_class_that_cannot_open_it(barrier: str) -> None:
    open_ms, _ = drive(HEAVY)
    assert drive(HEAVY, barrier=barrier) == (open_ms + 20_000, open_ms + 20_000)
    assert not passes(replace(HEAVY, passes_gates=False), barrier=barrier)
    assert drive(FOOT, barrier=barrier) == drive(FOOT)


@pytest.mark.parametrize("barrier", sorted(POSTS))
def test_a_bollard_stops_an_engine_and_not_a_motorcycle_nor_people(barrier: str) -> None:
    assert not passes(HEAVY, barrier=barrier)
    assert drive(MOTORCYCLE, barrier=barrier) == drive(MOTORCYCLE)
    assert passes(FOOT, barrier=barrier)


@pytest.mark.parametrize("barrier", sorted(WALLS))
def test_a_stile_or_a_wall_stops_all_but_people(barrier: str) -> None:
    assert not passes(MOTORCYCLE, barrier=barrier)
    assert passes(FOOT, barrier=barrier)


def test_a_ford_stops_what_cannot_wade() -> None:
    assert not passes(HEAVY, ford=True)
    assert passes(MOTORCYCLE, ford=True)


def test_access_no_is_closed_and_private_is_not() -> None:
    assert not passes(HEAVY, access="no")
    assert passes(HEAVY, access="private")


@pytest.mark.parametrize("oneway", [-1, 1])
def test_a_one_way_street_is_closed_the_other_way(oneway: int) -> None:
    along, against = drive(HEAVY, oneway=oneway)
    assert (along < CLOSED, against < CLOSED) == (oneway > 0, oneway < 0)


def test_a_class_that_may_goes_against_the_one_way_slowly_but_never_on_a_trunk_road() -> None:
    along, against = drive(LIGHT, road="tertiary", oneway=1)
    assert against == pytest.approx(2 * along, abs=1)
    fast = vehicle("fast", against_oneway=True, speeds_kmh={"trunk": 80.0})
    assert drive(fast, road="trunk", oneway=1)[1] == CLOSED


def test_contraflow_is_configured_by_class_and_by_class_of_road() -> None:
    rules = DrivingRules(contraflow_factor=0.8, contraflow_roads=frozenset({"residential"}))
    along, against = drive(LIGHT, rules, road="residential", oneway=1)
    assert against == pytest.approx(along / 0.8, abs=1)
    assert drive(LIGHT, rules, road="tertiary", oneway=1)[1] == CLOSED
    assert drive(HEAVY, rules, road="residential", oneway=1)[1] == CLOSED


CLIMBER = vehicle("climber", max_incline_percent=20.0, uphill_time_per_percent=0.03)


def test_a_climb_takes_longer_upwards_and_no_shorter_downwards() -> None:
    level = drive(CLIMBER)[0]
    assert drive(CLIMBER, incline=10.0) == (pytest.approx(1.3 * level, abs=1), level)
    assert drive(CLIMBER, incline=-10.0) == (level, pytest.approx(1.3 * level, abs=1))
    assert drive(HEAVY, incline=10.0) == drive(HEAVY)


def test_a_climb_of_unknown_gradient_is_level() -> None:
    assert drive(CLIMBER, incline=float("nan")) == drive(CLIMBER, incline=0.0)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_road_too_steep_for_a_class_is_closed_both_ways(sign: float) -> None:
    assert drive(CLIMBER, incline=sign * 20.0)[0] < CLOSED
    assert drive(CLIMBER, incline=sign * 20.1) == (CLOSED, CLOSED)
    assert passes(HEAVY, incline=sign * 20.1)


def test_a_gate_on_a_climb_costs_its_own_time_and_no_more() -> None:
    along, _ = drive(CLIMBER, incline=10.0)
    assert drive(CLIMBER, incline=10.0, barrier="gate")[0] == along + 20_000


@pytest.mark.parametrize(
    ("cause", "facts"),
    [
        ("no_access", {"access": "no"}),
        ("barrier", {"barrier": "bollard"}),
        ("too_narrow", {"width": 2.3}),
        ("too_weak", {"maxweight": 5.0}),
        ("too_low", {"maxheight": 2.5}),
        ("ford", {"ford": True}),
        ("too_steep", {"incline": -21.0}),
        ("surface", {"smoothness": "horrible"}),
        ("road_class", {"road": "footway"}),
    ],
)
def test_what_stops_a_class_is_named(cause: str, facts: dict[str, object]) -> None:
    draft = Draft()
    draft.add([at(9, 9), at(9, 8), at(8, 8)], road="primary")
    draft.add([at(0, 0), at(5, 0)], **facts)
    assert why_closed(draft.roads(), 1, CLIMBER, DrivingRules()) == cause
    assert why_closed(draft.roads(), 0, CLIMBER, DrivingRules()) is None
    assert not passes(CLIMBER, **facts)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("code", list(FLEET))
def test_every_road_is_closed_to_a_class_exactly_where_something_stops_it(seed: int, code: str) -> None:
    roads = town(seed).roads()
    ms = LiveRoads(build_graph(roads, FLEET)).travel_ms(code)
    for piece in range(len(roads)):
        is_open = min(ms[2 * piece], ms[2 * piece + 1]) < CLOSED
        assert (why_closed(roads, piece, FLEET[code], DrivingRules()) is None) == is_open


def test_people_walk_both_ways() -> None:
    along, against = drive(FOOT, oneway=1)
    assert along == against


def test_a_piece_of_no_length_costs_a_millisecond() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(0, 0)])
    assert draft.live().travel_ms("heavy_engine").tolist() == [1, 1]
