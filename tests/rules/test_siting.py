"""More stations where they help most: checked against brute force, against spopt with CBC, and by the bound itself."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pulp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spopt.locate import MCLP, PMedian

from gis_data.errors import InputError
from routing.siting import maximal_covering, p_median

MINUTES_5 = 300_000


def instance(seed: int, candidates: int, demand: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times candidates × demand in ms, today's times by demand, whole people by demand; some of them nobody."""
    rng = np.random.default_rng(seed)
    sites, places = rng.uniform(0, 20, (candidates, 2)), rng.uniform(0, 20, (demand, 2))
    air = np.hypot(*(sites[:, None] - places[None]).transpose(2, 0, 1))
    times = np.rint(air * 90_000 * rng.uniform(1.0, 1.6, air.shape)).astype(np.int64)
    stations = rng.uniform(0, 20, (2, 2))
    today = np.rint(np.hypot(*(stations[:, None] - places[None]).transpose(2, 0, 1)).min(axis=0) * 110_000)
    people = rng.integers(0, 900, demand) * (rng.random(demand) < 0.9)
    return times, today.astype(np.int64), people.astype(np.int64)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 100_000), add=st.integers(0, 3), candidates=st.integers(3, 9))
def test_small_counties_are_sited_as_trying_everything_would(seed: int, add: int, candidates: int) -> None:
    times, today, people = instance(seed, candidates, 25)
    late = np.where(today <= MINUTES_5, 0, people)
    covering = maximal_covering(times <= MINUTES_5, late, add)
    median = p_median(times, today, people, add)
    choices = [list(one) for one in combinations(range(candidates), add)]
    assert covering.value == max(int(late[(times[one] <= MINUTES_5).any(axis=0)].sum()) for one in choices)
    left = [
        int((people * np.minimum(today, times[one].min(axis=0, initial=10**12))).sum()) for one in choices
    ]
    assert int((people * today).sum()) - median.value == min(left)
    for found in (covering, median):
        assert found.proven
        assert found.gap == 0.0
        assert len(set(found.chosen)) == add


@pytest.mark.filterwarnings("ignore:.*PuLP 4:DeprecationWarning")
@pytest.mark.parametrize("seed", range(6))
def test_spopt_finds_nothing_better(seed: int) -> None:
    """With the stations that stand as its predefined facilities: the last rows of its cost matrix."""
    times, today, people = instance(seed, 40, 120)
    weights = people + 1  # spopt divides by nobody
    add = 1 + seed % 4
    everywhere = np.vstack((times, today[None])).T.astype(float)
    standing = np.zeros(len(times) + 1)
    standing[-1] = 1
    solver = pulp.PULP_CBC_CMD(msg=False)

    late = np.where(today <= MINUTES_5, 0, weights)
    covering = maximal_covering(times <= MINUTES_5, late, add)
    judge = MCLP.from_cost_matrix(
        everywhere, weights, MINUTES_5, p_facilities=add + 1, predefined_facilities_arr=standing
    ).solve(solver)
    reached_today = int(weights[today <= MINUTES_5].sum())
    assert covering.proven
    assert covering.value + reached_today == round(pulp.value(judge.problem.objective))

    median = p_median(times, today, weights, add)
    other = PMedian.from_cost_matrix(
        everywhere, weights, p_facilities=add + 1, predefined_facilities_arr=standing
    ).solve(solver)
    assert median.proven
    assert int((weights * today).sum()) - median.value == round(pulp.value(other.problem.objective))


def test_where_nothing_helps_any_place_is_as_good_and_the_bound_says_so() -> None:
    times, today = np.full((4, 3), 900_000), np.full(3, 100_000)
    people = np.array([5, 6, 7])
    covering = maximal_covering(times <= MINUTES_5, people, 2)
    assert (covering.value, covering.bound, covering.proven) == (0, 0.0, True)
    assert len(covering.chosen) == 2
    median = p_median(times, today, people, 2)
    assert (median.value, median.proven) == (0, True)


def test_out_of_time_the_answer_is_still_a_choice_and_the_gap_is_not_called_zero() -> None:
    times, today, people = instance(3, 60, 400)
    hurried = p_median(times, today, people, 5, seconds=0.0)
    patient = p_median(times, today, people, 5)
    assert not hurried.proven
    assert hurried.gap > 0.0
    assert hurried.value <= patient.value <= hurried.bound
    assert len(hurried.chosen) == 5
    late = np.where(today <= MINUTES_5, 0, people)
    quick = maximal_covering(times <= MINUTES_5, late, 5, seconds=0.0)
    assert quick.value <= maximal_covering(times <= MINUTES_5, late, 5).value <= quick.bound


def test_a_county_of_450_villages_with_two_stations_is_proven_optimal() -> None:
    times, today, people = instance(11, 450, 450)
    median = p_median(times, today, people, 3)
    assert median.proven
    late = np.where(today <= MINUTES_5, 0, people)
    assert maximal_covering(times <= MINUTES_5, late, 3).proven


@pytest.mark.parametrize("add", [-1, 5])
def test_more_stations_than_places_for_them_is_one_clear_line(add: int) -> None:
    times, today, people = instance(1, 4, 10)
    with pytest.raises(InputError, match="stations to add"):
        maximal_covering(times <= MINUTES_5, people, add)
    with pytest.raises(InputError, match="stations to add"):
        p_median(times, today, people, add)
