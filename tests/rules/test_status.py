"""The statuses of a unit by GA/T 974.39: every pair of status and report has one outcome."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatch.forces.status import BY_CODE, SIGNS, TRANSITIONS, WORKING, Status, Told, parse, settle

SINCE = datetime(2026, 4, 5, 8, 0, tzinfo=UTC)
LATER = SINCE + timedelta(minutes=1)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("report", list(Status))
def test_every_report_changes_stands_or_is_refused(status: Status, report: Status) -> None:
    settled = settle(status, SINCE, report, LATER)
    if report is status:
        assert settled == type(settled)(status, Told.STANDS)
    elif report in TRANSITIONS[status]:
        assert settled == type(settled)(report, Told.CHANGED)
    else:
        assert settled == type(settled)(status, Told.REFUSED)


@pytest.mark.parametrize("status", list(Status))
def test_no_unit_is_stuck_and_each_can_go_home_and_be_called_out(status: Status) -> None:
    after = TRANSITIONS[status]
    assert after & {Status.STANDBY, Status.RETURNING} or status is Status.STANDBY
    assert after & {Status.EN_ROUTE, Status.ON_SCENE}


def test_codes_are_those_of_the_standard() -> None:
    assert {sign.code for sign in SIGNS.values()} == {10, 20, 21, 22, 23, 24, 25, 26, 27, 30}
    assert BY_CODE[25] is Status.RETURNING
    assert parse("21") is parse(21) is parse("en_route") is Status.EN_ROUTE
    assert parse("99") is None
    assert parse("控制") is None


def test_glyphs_tell_statuses_apart_without_colour() -> None:
    assert len({sign.glyph for sign in SIGNS.values()}) == len(Status)


def test_a_report_kept_offline_does_not_undo_a_newer_status() -> None:
    settled = settle(Status.ON_SCENE, SINCE, Status.EN_ROUTE, SINCE - timedelta(seconds=1))
    assert settled.status is Status.ON_SCENE
    assert settled.told is Told.LATE


def test_a_unit_can_be_sent_from_one_scene_to_the_next() -> None:
    assert settle(Status.WATER_OFF, SINCE, Status.EN_ROUTE, LATER).told is Told.CHANGED


def test_nobody_trains_at_a_fire() -> None:
    assert all(settle(status, SINCE, Status.TRAINING, LATER).told is Told.REFUSED for status in WORKING)
