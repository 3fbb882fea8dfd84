"""Where a unit is: which fix counts, and when its station counts instead. Pure.

Trackers send late, out of order and with wrong clocks (a date in the future would poison "latest" for ever), so a
fix is ordered by its own time and judged against the server's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from dispatch.forces.status import AWAY, Status
from gis_data.model import DutyMode
from routing.on_road import OnRoad

FUTURE_TOLERANCE = timedelta(seconds=30)
OLDEST = timedelta(hours=24)
STALE_AFTER = timedelta(minutes=15)
WRITE_EVERY = timedelta(seconds=10)


class Verdict(StrEnum):
    TAKEN = "taken"
    FUTURE = "future"  # its clock is ahead of ours
    TOO_OLD = "too_old"
    OUT_OF_ORDER = "out_of_order"  # a newer fix is known


def judge(fix_at: datetime, last_at: datetime | None, now: datetime) -> Verdict:
    """Whether a fix becomes the unit's last known one."""
    if fix_at > now + FUTURE_TOLERANCE:
        return Verdict.FUTURE
    if fix_at < now - OLDEST:
        return Verdict.TOO_OLD
    if last_at is not None and fix_at <= last_at:
        return Verdict.OUT_OF_ORDER
    return Verdict.TAKEN


def worth_writing(fix_at: datetime, written_at: datetime | None) -> bool:
    """A unit that reports every second is kept in PostgreSQL every ten."""
    return written_at is None or fix_at - written_at >= WRITE_EVERY


@dataclass(frozen=True, slots=True)
class Whereabouts:
    lon: float
    lat: float
    at_station: bool


def is_stale(fix_at: datetime, now: datetime) -> bool:
    """Whether a fix is too old to say where a unit on standby is."""
    return now - fix_at > STALE_AFTER


def whereabouts(
    *,
    station: tuple[float, float],
    fix: tuple[float, float] | None,
    fix_at: datetime | None,
    status: Status,
    duty_mode: DutyMode,
    now: datetime,
) -> Whereabouts:
    """A unit on standby needs no fix: it is at its station, unless its duty is to be elsewhere and a fix says so.

    On the road the last fix counts even when it is old, for it is the best that is known.
    """
    elsewhere = status in AWAY or duty_mode in (DutyMode.PATROL, DutyMode.FORWARD_POST)
    if fix is None or fix_at is None or not elsewhere:
        return Whereabouts(*station, True)
    if status is Status.STANDBY and is_stale(fix_at, now):
        return Whereabouts(*station, True)
    return Whereabouts(*fix, False)


@dataclass(frozen=True, slots=True)
class UnitFix:
    """The newest fix of a unit (WGS-84), and the place on the road that all its fixes so far lead to."""

    lon: float
    lat: float
    at: datetime
    on_road: OnRoad | None


def place_record(place: OnRoad | None) -> dict[str, Any] | None:
    """A place on the road as JSON values."""
    return None if place is None else asdict(place)


def place_from(record: Mapping[str, Any] | None) -> OnRoad | None:
    """The place of a record. None for one that another version of this program wrote: it must not stop a ranking."""
    if record is None:
        return None
    try:
        return OnRoad(
            str(record["edge"]), bool(record["against"]), float(record["fraction"]), bool(record["directed"])
        )
    except (KeyError, TypeError, ValueError):
        return None
