"""Which fix counts, how long a crew needs to roll, and who covers an emptied zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from dispatch.forces.cover import Cover, move_ups, uncovered
from dispatch.forces.positions import Verdict, judge, whereabouts, worth_writing
from dispatch.forces.status import Status
from dispatch.forces.turnout import is_night, turnout_seconds
from gis_data.model import DutyMode, StationClass, TurnoutRule

NOW = datetime(2026, 4, 5, 8, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def ago(**delta: float) -> datetime:
    return NOW - timedelta(**delta)


@pytest.mark.parametrize(
    ("fix_at", "last_at", "verdict"),
    [
        (ago(seconds=1), None, Verdict.TAKEN),
        (ago(seconds=1), ago(seconds=5), Verdict.TAKEN),
        (ago(seconds=9), ago(seconds=5), Verdict.OUT_OF_ORDER),
        (ago(seconds=5), ago(seconds=5), Verdict.OUT_OF_ORDER),
        (ago(seconds=-29), None, Verdict.TAKEN),
        (ago(minutes=-1), None, Verdict.FUTURE),
        (ago(days=2), None, Verdict.TOO_OLD),
    ],
)
def test_a_fix_is_judged_by_its_own_time_and_ours(
    fix_at: datetime, last_at: datetime | None, verdict: Verdict
) -> None:
    assert judge(fix_at, last_at, NOW) is verdict


def test_a_chatty_tracker_is_written_every_ten_seconds() -> None:
    assert worth_writing(NOW, None)
    assert not worth_writing(NOW, ago(seconds=9))
    assert worth_writing(NOW, ago(seconds=10))


STATION = (112.80, 35.50)
FIX = (112.90, 35.60)


@pytest.mark.parametrize(
    ("status", "mode", "fix_at", "at_station"),
    [
        (Status.STANDBY, DutyMode.STATION, None, True),
        (Status.STANDBY, DutyMode.STATION, ago(seconds=5), True),
        (Status.STANDBY, DutyMode.PATROL, ago(minutes=5), False),
        (Status.STANDBY, DutyMode.PATROL, ago(hours=1), True),
        (Status.RETURNING, DutyMode.STATION, ago(hours=1), False),
        (Status.RETURNING, DutyMode.STATION, None, True),
        (Status.FORWARD_POST, DutyMode.FORWARD_POST, ago(minutes=1), False),
    ],
)
def test_a_unit_at_its_station_needs_no_fix(
    status: Status, mode: DutyMode, fix_at: datetime | None, at_station: bool
) -> None:
    where = whereabouts(
        station=STATION,
        fix=FIX if fix_at else None,
        fix_at=fix_at,
        status=status,
        duty_mode=mode,
        now=NOW,
    )
    assert where.at_station is at_station
    assert (where.lon, where.lat) == (STATION if at_station else FIX)


def test_night_is_the_counties_own_and_passes_midnight() -> None:
    at = datetime(2026, 4, 5, 15, 30, tzinfo=UTC)  # 23:30 in Shanxi
    assert is_night(at, SHANGHAI, 22, 6)
    assert not is_night(at, ZoneInfo("UTC"), 22, 6)
    assert not is_night(at + timedelta(hours=7), SHANGHAI, 22, 6)
    assert is_night(at + timedelta(hours=2), SHANGHAI, 0, 6)


def test_the_first_turnout_rule_that_fits_decides() -> None:
    rules = (TurnoutRule("volunteer", "home", 180, 300), TurnoutRule("*", "*", 60, 90))
    assert turnout_seconds(rules, StationClass.VOLUNTEER, DutyMode.HOME, night=True) == 300
    assert turnout_seconds(rules, StationClass.VOLUNTEER, DutyMode.STATION, night=False) == 60


def cover(zone: list[int], free: list[bool], arrival: list[list[int]]) -> Cover:
    return Cover(
        np.array(zone, np.int32),
        np.array(free, np.bool_),
        np.full(len(zone), 60_000, np.int64),
        np.array(arrival, np.int64),
    )


def test_a_zone_without_a_free_engine_gets_the_move_with_the_best_net_gain() -> None:
    county = cover(
        [0, 1, 1, 2, 2],
        [False, True, True, True, True],
        [
            [60_000, 600_000, 620_000, 500_000, 520_000],
            [600_000, 60_000, 61_000, 400_000, 400_000],
            [600_000, 400_000, 400_000, 60_000, 300_000],
        ],
    )
    assert uncovered(county) == (0,)
    [move] = move_ups(county)
    assert (move.engine, move.zone) == (4, 0)
    assert move.gain_ms == 440_000
    assert move.loss_ms == 0
    assert move.travel_ms == 460_000


def test_the_last_engine_of_a_zone_is_never_offered() -> None:
    county = cover([0, 1], [False, True], [[60_000, 600_000], [600_000, 60_000]])
    assert uncovered(county) == (0,)
    assert move_ups(county) == ()


def test_one_engine_is_not_offered_to_two_zones() -> None:
    county = cover(
        [0, 1, 2, 2],
        [False, False, True, True],
        [
            [60_000, 600_000, 500_000, 500_000],
            [600_000, 60_000, 500_000, 500_000],
            [600_000, 600_000, 60_000, 60_000],
        ],
    )
    assert [move.engine for move in move_ups(county)] == [2]
