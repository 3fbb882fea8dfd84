"""What a caller says, as level and plan; which alarms are one incident; whom we may order and how long they have."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.alarms.deadlines import deadlines, may_order_unasked, verb_towards
from dispatch.alarms.triage import (
    OpenIncident,
    Sighting,
    metres_between,
    same_incident,
    severity,
    triage,
    worse,
)
from dispatch.forces.model import Candidate, Gate
from gis_data.model import Contact, DutyMode, StationClass, Verb
from tests.storage.small_county import small_county

COUNTY = small_county()
NOON = datetime(2026, 4, 5, 4, 0, tzinfo=UTC)


def judged(kind: str, trapped: int = 0, at_least: int | None = None, **facts: object):  # type: ignore[no-untyped-def]
    return triage(COUNTY, kind, facts, trapped=trapped, zone=None, season="", at_least=at_least)


def test_an_ordinary_house_fire_is_level_one() -> None:
    assert (judged("building").level, judged("building").scale) == (1, "fire")


def test_somebody_trapped_raises_the_level_and_puts_life_first() -> None:
    found = judged("building", trapped=2)
    assert found.level > judged("building").level
    assert found.life_at_risk
    assert found.triggers


def test_a_forest_level_gets_worse_downwards() -> None:
    assert worse("forest", 4, 2) == 2
    assert worse("fire", 4, 2) == 4
    assert judged("vegetation", trapped=1).level < judged("vegetation").level


def test_facts_never_lower_the_level_that_stands() -> None:
    assert judged("building", at_least=4).level == 4
    assert judged("vegetation", at_least=1).level == 1


def test_an_unknown_kind_is_taken_as_other() -> None:
    assert judged("dragon").kind == "other"


@given(
    st.sampled_from(sorted(COUNTY.kinds)),
    st.integers(0, 100),
    st.dictionaries(
        st.sampled_from(["crowded", "hazmat", "gas", "floors", "underground", "burning_hectares"]),
        st.one_of(st.booleans(), st.integers(-5, 5000), st.text(max_size=3), st.none()),
    ),
)
def test_every_report_gets_a_plan_that_exists(kind: str, trapped: int, facts: dict[str, object]) -> None:
    found = triage(COUNTY, kind, facts, trapped=trapped, zone=None, season="")
    assert found.plan in {plan.code for plan in COUNTY.plans}
    assert severity(found.scale, found.level) >= severity(found.scale, COUNTY.kinds[kind].default_level)


def test_a_plan_made_for_a_zone_goes_before_the_general_one() -> None:
    general = next(p for p in COUNTY.plans if p.kind == "building" and p.level == 1)
    own = replace(general, code="building-1-w", zone="W")
    county = replace(COUNTY, plans=(*COUNTY.plans, own))
    assert triage(county, "building", {}, trapped=0, zone="W", season="").plan == "building-1-w"
    assert triage(county, "building", {}, trapped=0, zone="E", season="").plan == general.code


def test_every_kind_and_level_has_a_plan_of_its_own() -> None:
    for kind in COUNTY.kinds.values():
        levels = {plan.level for plan in COUNTY.plans if plan.kind == kind.code}
        worst, default = kind.worst_level, kind.default_level
        assert set(range(min(worst, default), max(worst, default) + 1)) <= levels, kind.code


def open_incident(kind: str, lon: float, lat: float, minutes_ago: float, number: int = 1) -> OpenIncident:
    at = NOON - timedelta(minutes=minutes_ago)
    return OpenIncident(UUID(int=number), Sighting(kind, lon, lat, 0, at), at)


@pytest.mark.parametrize(
    ("kind", "metres", "minutes", "same"),
    [
        ("building", 100, 5, True),
        ("building", 3000, 5, False),
        ("building", 100, 600, False),
        ("other", 100, 5, True),
        ("vegetation", 100, 5, False),
        ("industrial", 100, 5, True),
    ],
)
def test_alarms_are_joined_by_kind_distance_and_time(
    kind: str, metres: float, minutes: float, same: bool
) -> None:
    there = open_incident("building", 112.8, 35.45, minutes)
    here = Sighting(kind, 112.8, 35.45 + metres / 111_195, 0, NOON)
    assert (same_incident(COUNTY, here, [there]) is there) is same


def test_an_uncertain_place_reaches_further_but_not_without_end() -> None:
    there = [open_incident("building", 112.8, 35.45, 5)]
    reach = COUNTY.kinds["building"].link_metres
    near = Sighting("building", 112.8, 35.45 + 1.5 * reach / 111_195, 5 * reach, NOON)
    far = Sighting("building", 112.8, 35.45 + 2.5 * reach / 111_195, 50 * reach, NOON)
    assert same_incident(COUNTY, near, there) is there[0]
    assert same_incident(COUNTY, far, there) is None


def test_the_nearest_of_several_open_incidents_is_joined() -> None:
    far, near = (
        open_incident("building", 112.8, 35.4525, 5, 1),
        open_incident("building", 112.8, 35.451, 5, 2),
    )
    assert same_incident(COUNTY, Sighting("building", 112.8, 35.45, 0, NOON), [far, near]) is near


def test_flat_distances_are_good_enough_for_a_county() -> None:
    from pyproj import Geod

    for lon, lat, other_lon, other_lat in [(112.8, 35.4, 112.9, 35.5), (9.5, 47.1, 9.6, 47.2)]:
        true = Geod(ellps="WGS84").inv(lon, lat, other_lon, other_lat)[2]
        assert metres_between(lon, lat, other_lon, other_lat) == pytest.approx(true, rel=0.003)


def candidate(**changes: object) -> Candidate:
    plain = Candidate(
        unit_id=UUID(int=7),
        code="u",
        name="",
        name_en="",
        station="s",
        station_class=StationClass.TOWNSHIP_1,
        zone="W",
        town="",
        body="county_centre",
        foreign=False,
        vehicle_class="heavy_engine",
        brings={},
        full_brings={},
        duty_mode=DutyMode.STATION,
        contact=Contact.TABLET,
        turnout_seconds=60,
        lon=112.8,
        lat=35.45,
        at_station=True,
        gates=Gate.NONE,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_a_manned_watch_room_has_thirty_seconds_and_a_telephone_has_no_deadline() -> None:
    manned = deadlines(COUNTY.deadlines, candidate(), NOON)
    assert manned.acknowledge_at == NOON + timedelta(seconds=30)
    assert manned.delivery_at == NOON + timedelta(seconds=10)
    rung = deadlines(COUNTY.deadlines, candidate(contact=Contact.TELEPHONE), NOON)
    assert (rung.delivery_at, rung.acknowledge_at) == (None, None)


def test_at_home_there_is_more_time() -> None:
    home = deadlines(COUNTY.deadlines, candidate(duty_mode=DutyMode.HOME, contact=Contact.PHONE), NOON)
    assert home.acknowledge_at is not None
    assert timedelta(seconds=120) <= home.acknowledge_at - NOON <= timedelta(seconds=180)


def test_neighbours_are_asked_and_never_ordered() -> None:
    for force in StationClass:
        verb, _ = verb_towards(COUNTY.authority, candidate(foreign=True, station_class=force), "building")
        assert verb is not Verb.ORDER


def test_volunteers_are_asked_and_township_brigades_ordered() -> None:
    assert verb_towards(COUNTY.authority, candidate(), "building")[0] is Verb.ORDER
    volunteer = candidate(station_class=StationClass.VOLUNTEER)
    assert verb_towards(COUNTY.authority, volunteer, "building")[0] is Verb.REQUEST


def test_a_force_that_no_line_names_is_asked() -> None:
    assert verb_towards((), candidate(), "building")[0] is Verb.REQUEST


@pytest.mark.parametrize(
    ("unit", "verb", "automatic", "verified", "goes"),
    [
        (candidate(), Verb.ORDER, True, True, True),
        (candidate(), Verb.ORDER, False, True, False),
        (candidate(), Verb.ORDER, True, False, False),
        (candidate(), Verb.REQUEST, True, True, False),
        (candidate(foreign=True), Verb.ORDER, True, True, False),
        (candidate(station_class=StationClass.VOLUNTEER), Verb.ORDER, True, True, False),
    ],
)
def test_the_machine_orders_only_whom_it_may(
    unit: Candidate, verb: Verb, automatic: bool, verified: bool, goes: bool
) -> None:
    assert may_order_unasked(unit, verb, automatic=automatic, verified=verified) is goes
