"""More stations: what is chosen does what it is said to do, and nothing else would have done more."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from shapely import Point, box

from gis_data.errors import InputError
from gis_data.model import Name, Place, Zone
from routing.coverage import Post, coverage
from routing.expansion import Expansion, Goal, Team, expand, people_reached
from tests.rules.routing_world import SIDE, at, town

MINUTES = 1.5
TEAM = Team("light_engine", 20.0)


def places(seed: int, count: int) -> list[Place]:
    """Some off the road, some on islands, some without people."""
    rng = np.random.default_rng(seed)
    return [
        Place(
            f"p{n}", f"村{n}", "village", f"town{n % 3}", "",
            Point(at(rng.uniform(0, SIDE + 4), rng.uniform(0, SIDE))), 0.0, int(rng.integers(0, 5)) * 100,
        )
        for n in range(count)
    ]  # fmt: skip


def expansion(
    seed: int, goal: Goal, add: int, candidates: int = 8
) -> tuple[Expansion, list[Place], list[Post]]:
    live, demand = town(seed % 4).live(), places(seed, 60)
    posts = [Post("old", *at(2.0, 2.0), "heavy_engine", 30.0)]
    zone = Zone("z", Name("片", "z"), box(112, 35, 114, 36), "", ())
    (found,) = expand(
        live, posts, demand, [zone], MINUTES, wanted=[(goal, add)], candidates=demand[:candidates], team=TEAM
    )
    return found, demand, posts


@pytest.mark.parametrize("seed", range(5))
def test_covering_reaches_as_many_people_as_any_pair_of_candidates_could(seed: int) -> None:
    found, demand, posts = expansion(seed, Goal.COVERING, 2)
    live = town(seed % 4).live()
    best = max(
        people_reached(
            coverage(
                live,
                [*posts, *(Post("n", p.position.x, p.position.y, TEAM.vehicle_class, 20.0) for p in pair)],
                demand, (), MINUTES,
            )
        )
        for pair in combinations(demand[:8], 2)
    )  # fmt: skip
    assert people_reached(found.after) == best
    assert found.people_newly_reached == found.sited.value > 0
    assert found.sited.proven


@pytest.mark.parametrize("seed", range(5))
def test_the_mean_time_falls_by_what_the_solver_saved(seed: int) -> None:
    found, demand, _ = expansion(seed, Goal.MEDIAN, 2)
    people = sum(place.population for place in demand)
    saved = (found.mean_seconds_before - found.mean_seconds_after) * 1000.0 * people
    assert saved == pytest.approx(found.sited.value, rel=1e-9)
    assert found.sited.proven


def test_covering_and_mean_time_may_want_different_places_and_both_keep_what_stands() -> None:
    covering, _, _ = expansion(2, Goal.COVERING, 1, candidates=60)
    median, _, _ = expansion(2, Goal.MEDIAN, 1, candidates=60)
    assert covering.people_newly_reached >= median.people_newly_reached
    assert median.mean_seconds_after <= covering.mean_seconds_after
    for found in (covering, median):
        for before, after in zip(found.before.places, found.after.places, strict=True):
            assert after.seconds is not None or before.seconds is None
            assert before.seconds is None or (after.seconds or 0.0) <= before.seconds


def test_nobody_lives_there_or_there_is_no_place_for_so_many() -> None:
    live = town(1).live()
    empty = [Place("p", "p", "village", "t", "", Point(at(3, 3)), 0.0, 0)]
    with pytest.raises(InputError, match="people"):
        expand(live, [], empty, (), 5.0, wanted=[(Goal.MEDIAN, 1)], candidates=empty, team=TEAM)
    with pytest.raises(InputError, match="stations to add"):
        expansion(1, Goal.COVERING, 9)
