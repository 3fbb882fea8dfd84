"""车辆勤务状态: the statuses of a unit by GA/T 974.39-2011 as one transition table, no I/O.

控制 and 扑灭 are milestones of the incident, not statuses of a unit. A crew presses what is so, sometimes late and
sometimes skipping a step, so the table admits every jump that can be true and refuses only what cannot be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    STANDBY = "standby"
    TURNED_OUT = "turned_out"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    WATER_ON = "water_on"
    WATER_OFF = "water_off"
    RETURNING = "returning"
    FORWARD_POST = "forward_post"
    WATER_SHUTTLE = "water_shuttle"
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class Sign:
    """How a status is shown: the code of the standard, the message that names it, a glyph beside the colour."""

    code: int
    name_key: str
    glyph: str


SIGNS: dict[Status, Sign] = {
    Status.STANDBY: Sign(10, "forces.status.standby", "●"),
    Status.TURNED_OUT: Sign(20, "forces.status.turned_out", "◔"),
    Status.EN_ROUTE: Sign(21, "forces.status.en_route", "▶"),
    Status.ON_SCENE: Sign(22, "forces.status.on_scene", "■"),
    Status.WATER_ON: Sign(23, "forces.status.water_on", "▼"),
    Status.WATER_OFF: Sign(24, "forces.status.water_off", "▽"),
    Status.RETURNING: Sign(25, "forces.status.returning", "◀"),
    Status.FORWARD_POST: Sign(26, "forces.status.forward_post", "◆"),
    Status.WATER_SHUTTLE: Sign(27, "forces.status.water_shuttle", "⇄"),
    Status.TRAINING: Sign(30, "forces.status.training", "△"),
}

BY_CODE: dict[int, Status] = {sign.code: status for status, sign in SIGNS.items()}

# Busy at a scene or on the way to it, with or without an assignment that says so.
WORKING = frozenset(
    {
        Status.TURNED_OUT,
        Status.EN_ROUTE,
        Status.ON_SCENE,
        Status.WATER_ON,
        Status.WATER_OFF,
        Status.WATER_SHUTTLE,
    }
)
AT_SCENE = frozenset({Status.ON_SCENE, Status.WATER_ON, Status.WATER_OFF, Status.WATER_SHUTTLE})
# A unit in these is somewhere on the road or at a post: its last fix tells more than its station does.
AWAY = frozenset(Status) - {Status.STANDBY, Status.TURNED_OUT}

_CALLED_OUT = frozenset({Status.TURNED_OUT, Status.EN_ROUTE, Status.ON_SCENE})
_DONE = frozenset({Status.RETURNING, Status.STANDBY})
_SCENE_WORK = AT_SCENE | _DONE

TRANSITIONS: dict[Status, frozenset[Status]] = {
    # Nobody pressed anything while there was work to do: any step of it may be the first one heard of.
    Status.STANDBY: frozenset(Status) - {Status.STANDBY, Status.WATER_OFF},
    # Back to standby from here is a recall before the wheels turned.
    Status.TURNED_OUT: frozenset({Status.EN_ROUTE, Status.ON_SCENE, Status.WATER_ON}) | _DONE,
    Status.EN_ROUTE: frozenset({Status.ON_SCENE, Status.WATER_ON, Status.WATER_SHUTTLE}) | _DONE,
    # From a scene a unit may be sent straight to the next one.
    Status.ON_SCENE: (_SCENE_WORK | _CALLED_OUT | {Status.FORWARD_POST}) - {Status.ON_SCENE},
    Status.WATER_ON: (_SCENE_WORK | {Status.EN_ROUTE, Status.TURNED_OUT}) - {Status.WATER_ON},
    Status.WATER_OFF: (_SCENE_WORK | {Status.EN_ROUTE, Status.TURNED_OUT}) - {Status.WATER_OFF},
    Status.WATER_SHUTTLE: (_SCENE_WORK | {Status.EN_ROUTE, Status.TURNED_OUT}) - {Status.WATER_SHUTTLE},
    Status.RETURNING: _CALLED_OUT | {Status.STANDBY, Status.FORWARD_POST},
    Status.FORWARD_POST: _CALLED_OUT | _DONE | {Status.WATER_SHUTTLE, Status.TRAINING},
    Status.TRAINING: _CALLED_OUT | _DONE | {Status.FORWARD_POST},
}


class Told(StrEnum):
    """What a report did. `late`: it tells of a time before the status that holds, so it is only noted."""

    CHANGED = "changed"
    STANDS = "stands"
    LATE = "late"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Settled:
    status: Status
    told: Told


def settle(status: Status, since: datetime, report: Status, at: datetime) -> Settled:
    """What stands after a report made at `at`: devices repeat themselves and send late what they kept offline."""
    if report is status:
        return Settled(status, Told.STANDS)
    if at < since:
        return Settled(status, Told.LATE)
    if report not in TRANSITIONS[status]:
        return Settled(status, Told.REFUSED)
    return Settled(report, Told.CHANGED)


def parse(word: str | int) -> Status | None:
    """A status by its own name or by the code of the standard (`"21"` or `21`); None if it is neither."""
    text = str(word).strip()
    if text.isascii() and text.isdigit():
        return BY_CODE.get(int(text))
    try:
        return Status(text)
    except ValueError:
        return None
