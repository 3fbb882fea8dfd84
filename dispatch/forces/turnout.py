"""着装登车时间: how long a unit needs from its acknowledgement until it rolls. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from gis_data.model import DutyMode, StationClass, TurnoutRule

# Where the county says nothing: longer for those who come from home. 待核.
DEFAULT_DAY_SECONDS = 90.0
DEFAULT_NIGHT_SECONDS = 120.0


def is_night(now: datetime, zone: tzinfo, from_hour: int, to_hour: int) -> bool:
    """Whether it is night in the county's own time; the night may pass midnight (22 to 6) or not (0 to 6)."""
    hour = now.astimezone(zone).hour
    if from_hour <= to_hour:
        return from_hour <= hour < to_hour
    return hour >= from_hour or hour < to_hour


def turnout_seconds(
    rules: Sequence[TurnoutRule], station_class: StationClass, duty_mode: DutyMode, *, night: bool
) -> float:
    """By the first rule that fits station class and duty mode (`*` fits any)."""
    for rule in rules:
        if rule.force in ("*", station_class.value) and rule.duty_mode in ("*", duty_mode.value):
            return rule.night_seconds if night else rule.day_seconds
    return DEFAULT_NIGHT_SECONDS if night else DEFAULT_DAY_SECONDS
