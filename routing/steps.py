"""A way as steps that a driver can follow: codes with parameters, so that words of any language can be made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from routing.geometry import metres_east, metres_north, part
from routing.live import LiveRoads
from routing.passable import CLOSED
from routing.path import arc_line
from routing.reach import Reach, cut

LOOK_METRES = (
    20.0  # how far before and after a junction the road's direction is looked at: bends at its mouth mislead
)
SLIGHT, TURN, SHARP = 20.0, 50.0, 120.0  # degrees from straight on
HEADINGS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


class Action(StrEnum):
    DEPART = "depart"
    CONTINUE = "continue"
    SLIGHT_LEFT = "slight_left"
    LEFT = "left"
    SHARP_LEFT = "sharp_left"
    SLIGHT_RIGHT = "slight_right"
    RIGHT = "right"
    SHARP_RIGHT = "sharp_right"
    U_TURN = "u_turn"
    ARRIVE = "arrive"
    WALK = "walk"


@dataclass(frozen=True, slots=True)
class Step:
    """What to do at (`lon`, `lat`), and how far and how long it goes on like that until the next step.

    `road` is the name of the road it leads onto, "" where it has none; `stays`: it is on that road already. `heading`
    is where that road leads first, one of `HEADINGS`, `bearing_degrees` the same clockwise from north. The
    milliseconds of all steps but `WALK` add up to the drive's, those of `WALK` are the time on foot. Roundabouts are
    not told apart: the roads do not say so.
    """

    action: Action
    road: str
    stays: bool
    metres: float
    milliseconds: int
    heading: str
    bearing_degrees: float
    lon: float
    lat: float

    @property
    def seconds(self) -> float:
        return self.milliseconds / 1000.0


def steps_of(
    live: LiveRoads, vehicle_class: str, reach: Reach, place: tuple[float, float] | None = None
) -> tuple[Step, ...]:
    """The steps of a reach that `rank` or `route` found, from where the unit stands to where it stops, then on foot.

    A step begins where the name of the road changes, and at junctions where the way bends (by 50° or more, if the road
    keeps its name). `place`: where it
    is going (lon, lat), for the direction of the walk. What the drive takes beyond its roads (turning round) counts
    for the first step.
    """
    steps = _drive(live, vehicle_class, reach)
    if reach.on_foot_metres >= 1.0:
        stop = (reach.stop.lon, reach.stop.lat)
        bearing = _bearing(np.array((stop, place or stop)))
        steps.append(
            Step(
                Action.WALK, "", False, reach.on_foot_metres, reach.on_foot_ms, heading_of(bearing), bearing,
                reach.stop.lon, reach.stop.lat,
            )
        )  # fmt: skip
    return tuple(steps)


def heading_of(bearing_degrees: float) -> str:
    """The nearest of eight directions to a bearing clockwise from north."""
    return HEADINGS[round(bearing_degrees / 45.0) % 8]


def _drive(live: LiveRoads, vehicle_class: str, reach: Reach) -> list[Step]:
    graph, arcs = live.graph, [int(arc) for arc in reach.arcs]
    if not arcs:
        return []
    begin, end = cut(reach.arcs, reach.start, reach.stop)
    lines = [
        arc_line(graph, arc, begin if n == 0 else 0.0, end if n == len(arcs) - 1 else 1.0)
        for n, arc in enumerate(arcs)
    ]
    metres, milliseconds = _measured(live, vehicle_class, reach, (begin, end))
    name = [graph.piece_names[arc >> 1] for arc in arcs]
    starts = [(0, Action.DEPART)]
    for n, (one, other) in enumerate(pairwise(arcs), start=1):
        action = _turn(lines[n - 1], lines[n], turned_back=one ^ 1 == other)
        renamed = name[n] != name[n - 1]
        if action in (Action.SLIGHT_LEFT, Action.SLIGHT_RIGHT) and name[n] and not renamed:
            continue  # the road goes on under its name
        bends = action is not Action.CONTINUE and (
            action is Action.U_TURN or _is_junction(live, vehicle_class, one, other)
        )
        if bends or renamed:
            starts.append((n, action if bends else Action.CONTINUE))
    steps = []
    for (first, action), (after, _) in pairwise([*starts, (len(arcs), Action.ARRIVE)]):
        bearing = _bearing(_near(lines[first], at_end=False))
        steps.append(
            Step(
                action=action,
                road=name[first],
                stays=first > 0 and name[first] == name[first - 1],
                metres=float(sum(metres[first:after])),
                milliseconds=sum(milliseconds[first:after]),
                heading=heading_of(bearing),
                bearing_degrees=bearing,
                lon=float(lines[first][0, 0]),
                lat=float(lines[first][0, 1]),
            )
        )
    bearing = _bearing(_near(lines[-1], at_end=True))
    steps.append(
        Step(
            Action.ARRIVE, name[-1], True, 0.0, 0, heading_of(bearing), bearing,
            float(lines[-1][-1, 0]), float(lines[-1][-1, 1]),
        )
    )  # fmt: skip
    return steps


def _measured(
    live: LiveRoads, vehicle_class: str, reach: Reach, ends: tuple[float, float]
) -> tuple[list[float], list[int]]:
    """Metres and milliseconds of every arc as far as it is driven; together they are those of the reach."""
    graph = live.graph
    begin = np.zeros(len(reach.arcs))
    end = np.ones(len(reach.arcs))
    begin[0], end[-1] = ends
    metres = (end - begin) * graph.length_metres[reach.arcs >> 1]
    whole = (live.weights(vehicle_class)[graph.slot[reach.arcs]] >> np.uint64(32)).tolist()
    milliseconds = [
        part(int(ms), float(until)) - part(int(ms), float(since))
        for ms, since, until in zip(whole, begin, end, strict=True)
    ]
    milliseconds[0] += reach.travel_ms - sum(milliseconds)
    return metres.tolist(), milliseconds


def _turn(before: NDArray[np.float64], after: NDArray[np.float64], *, turned_back: bool) -> Action:
    """What the wheel does between the end of one line and the beginning of the next."""
    if turned_back:
        return Action.U_TURN
    bend = _bearing(_near(after, at_end=False)) - _bearing(_near(before, at_end=True))
    bend = (bend + 180.0) % 360.0 - 180.0
    size, right = abs(bend), bend > 0.0
    if size < SLIGHT:
        return Action.CONTINUE
    if size < TURN:
        return Action.SLIGHT_RIGHT if right else Action.SLIGHT_LEFT
    if size < SHARP:
        return Action.RIGHT if right else Action.LEFT
    return Action.SHARP_RIGHT if right else Action.SHARP_LEFT


def _is_junction(live: LiveRoads, vehicle_class: str, one: int, other: int) -> bool:
    """Whether another road that the class uses, in either direction, meets the way where it goes from arc to arc."""
    graph, weights = live.graph, live.weights(vehicle_class)
    node = int(graph.head[one])
    entering = graph.in_arc[int(graph.first_in[node]) : int(graph.first_in[node + 1])].astype(np.int64)
    beside = entering[(entering >> 1 != one >> 1) & (entering >> 1 != other >> 1)]
    slots = graph.slot[np.concatenate((beside, beside ^ 1))]
    return bool((weights[slots] >> np.uint64(32) < np.uint64(CLOSED)).any())


def _near(line: NDArray[np.float64], *, at_end: bool) -> NDArray[np.float64]:
    """The first or last `LOOK_METRES` of a line, as two points in driving direction."""
    rows = line[::-1] if at_end else line
    scale = metres_east(float(rows[0, 1])), metres_north(float(rows[0, 1]))
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*(np.diff(rows, axis=0) * scale).T))))
    at = min(LOOK_METRES, float(along[-1]))
    far = (float(np.interp(at, along, rows[:, 0])), float(np.interp(at, along, rows[:, 1])))
    return np.array((far, rows[0]) if at_end else (rows[0], far))


def _bearing(ends: NDArray[np.float64]) -> float:
    """Degrees clockwise from north, 0 to 360, from the first point to the second; 0 where they are one."""
    latitude = float(ends[:, 1].mean())
    east = float(ends[1, 0] - ends[0, 0]) * metres_east(latitude)
    north = float(ends[1, 1] - ends[0, 1]) * metres_north(latitude)
    return math.degrees(math.atan2(east, north)) % 360.0
