"""What more stations would change: the best places for them, and who is reached and how soon before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gis_data.errors import InputError
from gis_data.model import Place, Zone
from routing.coverage import Coverage, PlaceReach, Post, coverage
from routing.drives import drives
from routing.ends import Stops, one_stop
from routing.live import LiveRoads
from routing.passable import CLOSED
from routing.point import NO_ARC, EdgePoint
from routing.siting import Sited, maximal_covering, p_median

UNREACHED_SECONDS = 7200.0


class Goal(StrEnum):
    """What the new stations are put for: the most people in time, or the smallest mean time of all."""

    COVERING = "covering"
    MEDIAN = "median"


@dataclass(frozen=True, slots=True)
class Team:
    """What a new station sends, and how long it needs to get rolling."""

    vehicle_class: str
    turnout_seconds: float


@dataclass(frozen=True, slots=True)
class Expansion:
    """`sites` are the chosen places; `sited` says whether a better choice is ruled out.

    Mean times are by population, over all places that have any; where nobody drives, `UNREACHED_SECONDS` count, and
    never more than that.
    """

    goal: Goal
    sites: tuple[Place, ...]
    sited: Sited
    before: Coverage
    after: Coverage
    mean_seconds_before: float
    mean_seconds_after: float

    @property
    def people_newly_reached(self) -> int:
        return people_reached(self.after) - people_reached(self.before)


def people_reached(found: Coverage) -> int:
    return sum(area.population_reached for area in found.by_town)


def expand(
    live: LiveRoads,
    posts: Sequence[Post],
    places: Sequence[Place],
    zones: Sequence[Zone],
    minutes: float,
    *,
    wanted: Sequence[tuple[Goal, int]],
    candidates: Sequence[Place],
    team: Team,
    seconds: float = 60.0,
) -> tuple[Expansion, ...]:
    """For each goal and number of teams wanted: the candidates that serve it best beside the posts that stand.

    Times are those of `coverage`, from the order on. `seconds` limits the solver, each time. Raises InputError as
    `coverage` does, for more teams than candidates, and where no place has people.
    """
    before = coverage(live, posts, places, zones, minutes)
    inhabited = [number for number, place in enumerate(places) if place.population > 0]
    if not inhabited:
        raise InputError("places", "none of them has people", "fill `population` in the layer `places`")
    people = np.array([places[number].population for number in inhabited], dtype=np.int64)
    today = _capped_ms([before.places[number] for number in inhabited])
    late = np.where([before.places[number].reached for number in inhabited], 0, people)
    times = _times(live, team, candidates, [places[number] for number in inhabited])
    found = []
    for goal, add in wanted:
        if goal is Goal.COVERING:
            sited = maximal_covering(times <= minutes * 60_000.0, late, add, seconds)
        else:
            sited = p_median(times, today, people, add, seconds)
        sites = tuple(candidates[number] for number in sited.chosen)
        new = [
            Post(site.code, site.position.x, site.position.y, team.vehicle_class, team.turnout_seconds)
            for site in sites
        ]
        after = coverage(live, [*posts, *new], places, zones, minutes)
        then = _capped_ms([after.places[number] for number in inhabited])
        means = _mean_seconds(today, people), _mean_seconds(then, people)
        found.append(Expansion(goal, sites, sited, before, after, *means))
    return tuple(found)


def _times(
    live: LiveRoads, team: Team, candidates: Sequence[Place], places: Sequence[Place]
) -> NDArray[np.int64]:
    """Candidates × places: what `coverage` would say of a post there, in milliseconds."""
    live.graph.require_class(team.vehicle_class)
    starts = []
    for place in candidates:
        point = _point(live, team, place)
        starts.append(point or EdgePoint(NO_ARC, 0.0, place.position.x, place.position.y, 0.0))
    stops: list[Stops | None] = []
    for place in places:
        point = _point(live, team, place)
        at = place.position
        there = None if point is None else one_stop(live, team.vehicle_class, point, (at.x, at.y))
        stops.append(None if there is None else replace(there, last=there.last.on_foot_alone()))
    found = drives(live, team.vehicle_class, starts, stops).total_ms
    return np.where(found < CLOSED, found + round(team.turnout_seconds * 1000.0), CLOSED)


def _point(live: LiveRoads, team: Team, place: Place) -> EdgePoint | None:
    return live.find_point(place.position.x, place.position.y, team.vehicle_class, f"place {place.code}")


def _capped_ms(found: Sequence[PlaceReach]) -> NDArray[np.int64]:
    most = UNREACHED_SECONDS
    return np.array(
        [round(1000.0 * (most if one.seconds is None else min(most, one.seconds))) for one in found],
        dtype=np.int64,
    )


def _mean_seconds(milliseconds: NDArray[np.int64], people: NDArray[np.int64]) -> float:
    return float((milliseconds * people).sum() / people.sum() / 1000.0)
