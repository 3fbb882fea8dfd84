"""A short crew takes capabilities away, step by step, until nothing may roll."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.forces.degrade import DEFAULT_RULES, degrade
from gis_data.zezhou.kits import KITS, Kit
from roster.crew import Crew

HEAVY = {
    "people": 6.0,
    "ba_pairs": 2.0,
    "water_tonnes": 6.0,
    "engine": 1.0,
    "rescue_set": 1.0,
    "commander": 1.0,
    "foam_tonnes": 1.0,
}
FULL = {"driver": 1, "squad_leader": 1, "ba": 4}


def test_a_full_crew_brings_everything() -> None:
    aboard = degrade(HEAVY, "heavy_engine", 2, Crew(6, FULL, None))
    assert aboard.legal
    assert aboard.brings == HEAVY
    assert aboard.lost == ()
    assert aboard.counts_as is None


def test_a_heavy_engine_with_three_people_counts_as_a_light_one() -> None:
    aboard = degrade(HEAVY, "heavy_engine", 2, Crew(3, FULL, None))
    assert aboard.counts_as == "forces.counts_as.light_engine"
    assert aboard.brings == {"people": 3, "ba_pairs": 1, "water_tonnes": 6, "engine": 1, "commander": 1}
    assert aboard.lost == ("ba_pairs", "foam_tonnes", "people", "rescue_set")


def test_below_the_legal_minimum_nothing_rolls() -> None:
    aboard = degrade(HEAVY, "heavy_engine", 3, Crew(2, FULL, None))
    assert not aboard.legal
    assert aboard.brings == {}


def test_a_full_crew_without_a_driver_does_not_roll() -> None:
    assert not degrade(HEAVY, "heavy_engine", 2, Crew(6, {"squad_leader": 1, "ba": 4}, None)).legal


def test_a_foot_crew_needs_no_driver() -> None:
    crew = Crew(8, {"forest_fighter": 6}, None)
    assert degrade({"people": 8.0, "forest_gear": 8.0}, "foot_crew", 4, crew).brings == {
        "people": 8,
        "forest_gear": 6,
    }


def test_an_empty_seat_is_never_a_legal_crew() -> None:
    assert not degrade({"people": 2.0}, "foot_crew", 0, Crew(0, {}, None)).legal


def test_without_certified_wearers_there_is_no_interior_attack() -> None:
    aboard = degrade(HEAVY, "heavy_engine", 2, Crew(6, {"driver": 1, "squad_leader": 1}, None))
    assert "ba_pairs" not in aboard.brings
    assert "ba_pairs" in aboard.lost


def test_without_a_squad_leader_it_brings_no_commander() -> None:
    assert "commander" not in degrade(HEAVY, "heavy_engine", 2, Crew(6, {"driver": 2, "ba": 4}, None)).brings


def test_a_duty_flag_without_qualifications_limits_by_people_only() -> None:
    assert degrade(HEAVY, "heavy_engine", 2, Crew(6, {}, None)).brings == HEAVY


@pytest.mark.parametrize("kit", KITS.values(), ids=KITS.keys())
def test_the_vehicles_of_the_bundled_county_lose_nothing_with_their_full_crew(kit: Kit) -> None:
    aboard = degrade(
        kit.brings, kit.vehicle_class, kit.minimum_crew, Crew(int(kit.brings["people"]), {}, None)
    )
    assert (aboard.legal, aboard.brings, aboard.counts_as) == (True, dict(kit.brings), None)


quantities = st.dictionaries(
    st.sampled_from([*HEAVY, "forest_gear", "hand_pump", "ladder", "extinguishers", "drone"]),
    st.integers(0, 12).map(float),
)
classes = st.sampled_from(["heavy_engine", "light_engine", "ladder", "foot_crew", "fire_motorcycle"])
certified = st.dictionaries(
    st.sampled_from(["driver", "squad_leader", "ba", "forest_fighter", "drone_pilot"]), st.integers(0, 8)
)


@given(quantities, classes, st.integers(0, 6), st.integers(0, 12), certified)
def test_a_crew_never_brings_more_than_the_vehicle_and_one_more_person_never_brings_less(
    brings: dict[str, float], vehicle: str, minimum: int, people: int, told: dict[str, int]
) -> None:
    less = degrade(brings, vehicle, minimum, Crew(people, told, None))
    more = degrade(brings, vehicle, minimum, Crew(people + 1, told, None))
    for name, amount in less.brings.items():
        assert 0 < amount <= brings[name]
        assert more.brings[name] >= amount
    assert set(less.lost) == {n for n, a in brings.items() if less.brings.get(n, 0) < a} or not less.legal


@given(quantities, classes, st.integers(0, 12), certified)
def test_one_more_qualification_never_brings_less(
    brings: dict[str, float], vehicle: str, people: int, told: dict[str, int]
) -> None:
    if not told:
        return
    better = {**told, "ba": told.get("ba", 0) + 1, "driver": told.get("driver", 0) + 1}
    less = degrade(brings, vehicle, 1, Crew(people, told, None), DEFAULT_RULES).brings
    more = degrade(brings, vehicle, 1, Crew(people, better, None), DEFAULT_RULES).brings
    assert all(more[name] >= amount for name, amount in less.items())
