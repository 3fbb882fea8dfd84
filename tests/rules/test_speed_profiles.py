"""Speeds by season, day and hour: which hold at an instant, when that changes, and what they make of the roads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_data.catalogue import catalogue_document, catalogue_of, default_catalogue
from gis_data.check_speeds import check_speeds
from gis_data.model import Name
from gis_data.speed_profile import SpeedProfile, next_change, profile_at, read_hours
from routing.live import Condition, LiveRoads
from routing.passable import CLOSED
from routing.rank import Start, rank
from tests.rules.routing_world import at, town
from tests.storage.small_county import small_county

NAME = Name("早市", "market")
ZEZHOU, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
MARKET = SpeedProfile("market", NAME, {"*": 0.5}, days=("sat", "sun"), hours=("06:00-09:30",))
NIGHT = SpeedProfile("night", NAME, {"*": 1.25}, hours=("22:00-05:00",))
WINTER = SpeedProfile("winter", NAME, {"*": 0.8}, season="11-15/03-15")


def code_at(profiles: tuple[SpeedProfile, ...], wall: str, zone: ZoneInfo = ZEZHOU) -> str | None:
    found = profile_at(profiles, datetime.fromisoformat(wall).replace(tzinfo=zone).astimezone(UTC), zone)
    return found.code if found else None


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        ("2026-04-04T05:59:59", None),  # a Saturday
        ("2026-04-04T06:00:00", "market"),
        ("2026-04-04T09:29:59", "market"),
        ("2026-04-04T09:30:00", None),
        ("2026-04-06T07:00:00", None),
        ("2026-04-06T22:00:00", "night"),
        ("2026-04-07T04:59:59", "night"),
        ("2026-04-07T05:00:00", None),
        ("2026-12-05T07:00:00", "market"),  # the first in the file holds
        ("2026-12-06T12:00:00", "winter"),
    ],
)
def test_days_and_hours_are_read_on_the_countys_clocks(wall: str, expected: str | None) -> None:
    assert code_at((MARKET, NIGHT, WINTER), wall) == expected


def test_hours_over_midnight_belong_to_the_day_they_begin_on() -> None:
    friday = replace(NIGHT, days=("fri",))
    assert code_at((friday,), "2026-04-03T23:00:00") == "night"
    assert code_at((friday,), "2026-04-04T04:00:00") == "night"
    assert code_at((friday,), "2026-04-03T04:00:00") is None


@pytest.mark.parametrize(
    "text", ["", "6-9", "06:00-06:00", "24:00-25:00", "10:60-11:00", "06:00-24:01", "早上"]
)
def test_hours_nobody_understands_never_hold(text: str) -> None:
    assert read_hours(text) is None
    broken = replace(MARKET, days=(), hours=(text,))
    assert all(code_at((broken,), f"2026-04-04T{hour:02}:30:00") is None for hour in range(24))


SPRING, AUTUMN = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)
spans = st.builds(
    lambda a, b: f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}",
    *(st.integers(0, 95).map(lambda n: n * 15), st.integers(0, 96).map(lambda n: n * 15)),
)
profiles = st.lists(
    st.builds(
        SpeedProfile,
        st.sampled_from("abc"),
        st.just(NAME),
        st.just({"*": 0.5}),
        season=st.sampled_from(("", "03-29/10-24", "10-25/12-31")),
        days=st.lists(st.sampled_from(("mon", "sat", "sun")), max_size=2).map(tuple),
        hours=st.lists(spans, max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=3,
).map(tuple)


@given(
    profiles,
    st.sampled_from((SPRING, AUTUMN, datetime(2026, 4, 4, tzinfo=UTC))),
    st.integers(-30 * 60, 30 * 60),
    st.sampled_from((BERLIN, ZEZHOU, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/St_Johns"))),
)
def test_the_next_change_is_the_first_minute_in_which_another_holds_also_when_clocks_change(
    these: tuple[SpeedProfile, ...], day: datetime, minutes: int, zone: ZoneInfo
) -> None:
    now = day + timedelta(minutes=minutes)
    expected, held = None, profile_at(these, now, zone)
    for ahead in range(1, 2 * 24 * 60 + 1):
        moment = now + timedelta(minutes=ahead)
        if profile_at(these, moment, zone) is not held:
            expected = moment
            break
    assert next_change(these, now, zone) == expected


def test_a_span_in_the_hour_that_the_clocks_skip_is_skipped_and_one_in_the_hour_twice_holds_twice() -> None:
    early = SpeedProfile("early", NAME, {"*": 0.5}, hours=("02:15-02:45",))
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    following = next_change((early,), datetime(2026, 3, 29, 0, 0, tzinfo=UTC), BERLIN)
    assert following == datetime(2026, 3, 30, 0, 15, tzinfo=UTC)
    assert next_change((early,), spring, BERLIN) == datetime(2026, 3, 30, 0, 15, tzinfo=UTC)
    moment, held = datetime(2026, 10, 24, 12, tzinfo=UTC), []
    for _ in range(4):
        found = next_change((early,), moment, BERLIN)
        assert found is not None
        held.append((found.hour, found.minute))
        moment = found
    assert held == [(0, 15), (0, 45), (1, 15), (1, 45)]


def test_a_profile_changes_every_open_road_of_its_classes_and_no_other() -> None:
    live = town(3).live()
    profile = SpeedProfile("p", NAME, {"primary": 0.5, "track": 0.8, "*": 2.0}, hours=("06:00-07:00",))
    slow = live.with_profile(profile)
    graph = live.graph
    factor = np.repeat([profile.factor(word) for word in graph.piece_classes], 2)
    for code in graph.classes:
        before, after = live.travel_ms(code), slow.travel_ms(code)
        open_ = before < CLOSED
        assert (after[~open_] == CLOSED).all()
        if graph.vehicle_classes[code].on_foot:
            assert slow.inbound[code] is live.inbound[code]
        else:
            exact = np.maximum(np.rint(before[open_] / factor[open_]), 1)
            assert after[open_].tolist() == exact.astype(np.int64).tolist()
    only = live.with_profile(replace(profile, vehicle_classes=("light_engine",)))
    assert only.inbound["heavy_engine"] is live.inbound["heavy_engine"]
    assert live.with_profile(None).inbound["light_engine"] is live.inbound["light_engine"]


@given(
    st.lists(
        st.tuples(st.sampled_from((None, "half", "fast")), st.sets(st.integers(0, 30), max_size=4)),
        max_size=8,
    )
)
def test_conditions_lie_over_whatever_speeds_hold(steps: list[tuple[str | None, set[int]]]) -> None:
    live = GRID
    for version, (code, closed) in enumerate(steps):
        edges = tuple(live.graph.piece_ids[n] for n in sorted(closed))
        conditions = [Condition("c", edges), Condition("s", (), None, 0.5, everywhere=len(closed) > 2)]
        live = live.with_conditions(conditions, version, BASES[code])
        assert live.unhindered is BASES[code]
        assert live.profile is BASES[code].profile
        fresh = LiveRoads(GRID.graph).with_profile(live.profile).with_conditions(conditions, version)
        for vehicle_class in live.graph.classes:
            assert live.travel_ms(vehicle_class).tolist() == fresh.travel_ms(vehicle_class).tolist()


GRID = town(5, side=6).live()
BASES = {
    None: GRID,
    "half": GRID.with_profile(SpeedProfile("half", NAME, {"*": 0.5})),
    "fast": GRID.with_profile(SpeedProfile("fast", NAME, {"track": 2.0, "*": 1.5})),
}


def test_a_detour_is_counted_against_the_speeds_of_the_hour() -> None:
    edge = GRID.graph.piece_ids
    start = [Start(*at(0, 0), "heavy_engine")]
    slow = BASES["half"]
    hindered = slow.with_conditions([Condition("c", tuple(edge), factor=0.5)], 1)
    (freely,), (now,) = rank(slow, *at(4, 4), start), rank(hindered, *at(4, 4), start)
    assert now.delay_ms == now.total_ms - freely.total_ms


def test_profiles_are_written_read_and_named_by_what_they_do_to_the_roads() -> None:
    assert default_catalogue().speed_profiles == ()
    assert "speed_profile" not in catalogue_document(default_catalogue())
    given_ = replace(default_catalogue(), speed_profiles=(MARKET, NIGHT, WINTER))
    assert catalogue_of(catalogue_document(given_), "county.toml", default_catalogue()) == given_
    assert MARKET.digest == replace(MARKET, hours=("07:00-08:00",)).digest
    assert len({MARKET.digest, replace(MARKET, factors={"*": 0.6}).digest, NIGHT.digest}) == 3


def test_a_profile_that_cannot_be_meant_is_a_fault_with_its_field() -> None:
    wrong = SpeedProfile(
        "odd", NAME, {"canal": 0.5, "primary": 0.0}, "13-01/14-01", ("someday",), ("7-9",), ("spaceship",)
    )
    county = replace(small_county(), speed_profiles=(MARKET, wrong))
    faults = list(check_speeds(county))
    assert {fault.feature for fault in faults} == {"[[speed_profile]] odd"}
    found = sorted((fault.code, str(fault.params.get("field", ""))) for fault in faults)
    assert found == [
        ("bad_hours", ""),
        ("bad_season", ""),
        ("out_of_range", "factors.primary"),
        ("unknown_code", "days"),
        ("unknown_code", "factors"),
        ("unknown_code", "vehicle_classes"),
    ]
