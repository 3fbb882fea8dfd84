"""The life of an assignment and the milestones of an incident: one transition table each, no I/O.

An assignment goes dispatched → delivered → acknowledged → en route → on scene → cleared, or ends as unable,
declined or recalled. A unit that missed its deadline is *unconfirmed*: its crew may be rolling, so it is busy, but
it fills no slot; a machine never turns it round.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gis_data.model import Verb


class State(StrEnum):
    """调派状态."""

    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    CLEARED = "cleared"
    UNCONFIRMED = "unconfirmed"
    UNABLE = "unable"
    DECLINED = "declined"
    RECALLED = "recalled"


BUSY = frozenset(
    {State.DISPATCHED, State.DELIVERED, State.ACKNOWLEDGED, State.EN_ROUTE, State.ON_SCENE, State.UNCONFIRMED}
)
FILLING = BUSY - {State.UNCONFIRMED}
ANSWERED = frozenset({State.ACKNOWLEDGED, State.EN_ROUTE, State.ON_SCENE})
ENDED = frozenset({State.CLEARED, State.UNABLE, State.DECLINED, State.RECALLED})


class Report(StrEnum):
    """What may be said about an assignment, by a device, a dispatcher or a deadline."""

    DELIVER = "deliver"
    ACKNOWLEDGE = "acknowledge"
    TIME_OUT = "time_out"
    UNABLE = "unable"
    DECLINE = "decline"
    RECALL = "recall"
    KEEP = "keep"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    CLEAR = "clear"


class Outcome(StrEnum):
    """`changed`: the state is new. `stands`: nothing to do, it holds already. `late`: the slot is filled by
    somebody else, the dispatcher keeps or recalls. `refused`: the report does not fit the state."""

    CHANGED = "changed"
    STANDS = "stands"
    LATE = "late"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Settled:
    state: State
    outcome: Outcome


_FROM_WAITING = {
    Report.ACKNOWLEDGE: State.ACKNOWLEDGED,
    Report.TIME_OUT: State.UNCONFIRMED,
    Report.UNABLE: State.UNABLE,
    Report.DECLINE: State.DECLINED,
    Report.RECALL: State.RECALLED,
    Report.EN_ROUTE: State.EN_ROUTE,  # who is driving has accepted
    Report.ON_SCENE: State.ON_SCENE,
}

TRANSITIONS: dict[State, dict[Report, State]] = {
    State.DISPATCHED: {Report.DELIVER: State.DELIVERED, **_FROM_WAITING},
    State.DELIVERED: _FROM_WAITING,
    State.ACKNOWLEDGED: {
        Report.EN_ROUTE: State.EN_ROUTE,
        Report.ON_SCENE: State.ON_SCENE,
        Report.UNABLE: State.UNABLE,  # the engine did not start
        Report.DECLINE: State.DECLINED,
        Report.RECALL: State.RECALLED,
        Report.CLEAR: State.CLEARED,
    },
    State.EN_ROUTE: {
        Report.ON_SCENE: State.ON_SCENE,
        Report.UNABLE: State.UNABLE,  # broken down on the way
        Report.RECALL: State.RECALLED,
        Report.CLEAR: State.CLEARED,
    },
    State.ON_SCENE: {Report.CLEAR: State.CLEARED, Report.RECALL: State.RECALLED},
    State.UNCONFIRMED: {
        Report.ACKNOWLEDGE: State.ACKNOWLEDGED,
        Report.KEEP: State.ACKNOWLEDGED,
        Report.EN_ROUTE: State.EN_ROUTE,
        Report.ON_SCENE: State.ON_SCENE,
        Report.UNABLE: State.UNABLE,
        Report.DECLINE: State.DECLINED,
        Report.RECALL: State.RECALLED,
        Report.CLEAR: State.CLEARED,
    },
    State.CLEARED: {},
    State.UNABLE: {},
    State.DECLINED: {},
    State.RECALLED: {},
}

# A report that only says again what already holds is no error: devices repeat themselves.
_SAYS: dict[Report, frozenset[State]] = {
    Report.DELIVER: frozenset(State) - {State.DISPATCHED},
    Report.ACKNOWLEDGE: ANSWERED,
    Report.TIME_OUT: frozenset(State) - {State.DISPATCHED, State.DELIVERED},
    Report.UNABLE: frozenset({State.UNABLE}),
    Report.DECLINE: frozenset({State.DECLINED}),
    Report.RECALL: frozenset({State.RECALLED}),
    Report.KEEP: ANSWERED,
    Report.EN_ROUTE: frozenset({State.EN_ROUTE, State.ON_SCENE}),
    Report.ON_SCENE: frozenset({State.ON_SCENE}),
    Report.CLEAR: frozenset({State.CLEARED}),
}


def settle(state: State, report: Report, *, verb: Verb, slot_open: bool) -> Settled:
    """What stands after the report. `slot_open`: nobody else fills the slot of this assignment.

    Only who was asked may decline; who was ordered can only be unable, with a cause. A late answer wins while the
    slot is open; otherwise it is noted and the dispatcher decides.
    """
    if report is Report.DECLINE and verb is Verb.ORDER:
        return Settled(state, Outcome.REFUSED)
    if state in _SAYS[report]:
        return Settled(state, Outcome.STANDS)
    new = TRANSITIONS[state].get(report)
    if new is None:
        return Settled(state, Outcome.REFUSED)
    if state is State.UNCONFIRMED and new in FILLING and not slot_open and report is not Report.KEEP:
        return Settled(state, Outcome.LATE)
    return Settled(new, Outcome.CHANGED)


class Milestone(StrEnum):
    """Of the incident, not of a unit: 控制 and 扑灭 are said by the commander."""

    ARRIVED = "arrived"
    FIRST_WATER = "first_water"
    UNDER_CONTROL = "under_control"
    OUT = "out"
    MOP_UP = "mop_up"  # 清理火场
    GUARD = "guard"  # 看守火场
    ACCEPTANCE = "acceptance"  # 验收


FOREST_CLOSING = (Milestone.MOP_UP, Milestone.GUARD, Milestone.ACCEPTANCE)


def missing_to_close(scale: str, milestones: frozenset[str], states: tuple[State, ...]) -> tuple[str, ...]:
    """What keeps an incident open: `units_busy`, or the milestones that a forest fire still lacks."""
    missing = ["units_busy"] if any(state in BUSY for state in states) else []
    if scale == "forest":
        missing += [m.value for m in FOREST_CLOSING if m.value not in milestones]
    return tuple(missing)
