"""The county on a virtual clock: the service's own questions, the same luck for every policy, nobody in two places."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from dispatch.alarms.choose import choose
from dispatch.alarms.framing import Standing, frame
from dispatch.alarms.incident import State
from dispatch.alarms.question import Policy, Request, Rule, SlotWanted, Units
from dispatch.alarms.travel import Travels
from dispatch.forces.model import Gate
from dispatch.simulator.habits import Asked, habits
from dispatch.simulator.incident import NEVER
from dispatch.simulator.outcome import PARTS
from dispatch.simulator.question import ask
from gis_data.errors import InputError
from tests.rules.simulating import (
    ASSUMED,
    TT,
    alarms_of,
    answering,
    even,
    ground_of,
    only_kind,
    outcome_of,
    small_ground,
    world_of,
)
from tests.storage.small_county import small_county


def _same(one: Request, other: Request) -> None:
    for field in ("travel_ms", "gates", "role", "zone_order", "need"):
        np.testing.assert_array_equal(getattr(one, field), getattr(other, field), field)
    np.testing.assert_array_equal(one.extra_tasks, other.extra_tasks)
    assert len(one.slots) == len(other.slots)
    for mine, framed in zip(one.slots, other.slots, strict=True):
        assert (mine.rule, mine.counts, mine.optional) == (framed.rule, framed.counts, framed.optional)
        np.testing.assert_array_equal(mine.needs, framed.needs)
        np.testing.assert_array_equal(mine.classes_ok, framed.classes_ok)
    assert (one.life_at_risk, one.waiting_ms) == (other.life_at_risk, other.waiting_ms)


def test_the_simulator_asks_the_very_question_that_the_live_service_frames() -> None:
    ground, rng = small_ground(), np.random.default_rng(5)
    county = ground.county
    for _ in range(300):
        night, place = bool(rng.integers(2)), int(rng.integers(len(county.places)))
        plan = county.plans[int(rng.integers(len(county.plans)))]
        joined = ground.plan(plan.code, plan.kind)
        busy = rng.random(len(ground.codes)) < 0.3
        present = [int(u) for u in np.flatnonzero(busy & (rng.random(len(busy)) < 0.5))]
        tried = {int(u) for u in np.flatnonzero(rng.random(len(busy)) < 0.1)}
        filled = {slot.code for slot in plan.slots if rng.random() < 0.4}
        life, waiting = bool(rng.integers(2)), int(rng.integers(10**6))
        at, zone = county.places[place].position, ground.zone_of(place)
        candidates = tuple(
            replace(unit, gates=unit.gates | Gate.BUSY) if busy[i] else unit
            for i, unit in enumerate(ground.candidates[night])
        )
        arriving = {"people": 3.0, "engine": 1.0}
        standing = Standing(
            kind=plan.kind,
            lon=at.x,
            lat=at.y,
            zone=zone,
            station=ground.station_of(place),
            life_at_risk=life,
            waiting_ms=waiting,
            filled=frozenset(filled),
            present=frozenset(ground.codes[u] for u in present),
            tried=frozenset(ground.codes[u] for u in tried),
            arriving=arriving,
        )
        framed = frame(county, candidates, Travels.of(ground.table.row(place)), standing, plan)
        spot = ground.spot(place, night)
        roles = 0
        for unit in present:
            roles |= int(spot.role[unit])
        request, slots = ask(
            spot,
            joined,
            np.where(busy, ground.gates | int(Gate.BUSY), ground.gates).astype(np.int32),
            tried=tried,
            filled=filled,
            present_roles=roles,
            arriving=np.array([arriving.get(code, 0.0) for code in ground.capabilities]),
            life_at_risk=life,
            waiting_ms=waiting,
        )
        _same(request, framed.request)
        assert [joined.slot_codes[slot] for slot in slots] == [slot.code for slot in framed.slots]
        units = ground.units[night]
        for column in ("turnout_ms", "brings", "full_brings", "zone", "engine", "duty_mode"):
            np.testing.assert_array_equal(getattr(units, column), getattr(framed.units, column))
        assert ground.numbers == framed.policy
        mine, live = (
            choose(units, (request,), ground.numbers),
            choose(framed.units, (framed.request,), framed.policy),
        )
        assert mine == live


def test_the_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    ground = small_ground()
    first, again = outcome_of(ground, seed=3), outcome_of(ground, seed=3)
    assert first.rows == again.rows
    assert outcome_of(ground, seed=4).rows != first.rows
    assert outcome_of(ground, seed=3, run=1).rows != first.rows


def test_every_policy_meets_the_same_alarms_and_the_same_luck() -> None:
    ground = small_ground()
    for habit in habits("zone_first,air,travel_only,zone_tolerance=120"):
        mine, base = world_of(ground, habit), world_of(ground)
        assert [(i.at_ms, i.ready_ms, i.place, i.plan.code, i.work_ms) for i in mine.incidents] == [
            (i.at_ms, i.ready_ms, i.place, i.plan.code, i.work_ms) for i in base.incidents
        ]
        answered = {
            (s.incident, s.unit): s.acknowledged_ms - s.ordered_ms
            for s in base.sent
            if s.acknowledged_ms != NEVER
        }
        for one in mine.sent:
            if one.acknowledged_ms != NEVER and (one.incident, one.unit) in answered:
                assert one.acknowledged_ms - one.ordered_ms == answered[one.incident, one.unit]


def test_a_unit_is_never_in_two_places_and_everybody_comes_home() -> None:
    world = world_of(small_ground(), years=0.2, a_day=12)
    by_unit = defaultdict(list)
    for one in world.sent:
        if one.home_ms != NEVER:
            by_unit[one.unit].append((one.ordered_ms, one.home_ms))
    for spans in by_unit.values():
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
    assert not (world.stopped & int(Gate.BUSY)).any()
    assert all(incident.open == 0 for incident in world.incidents)
    assert not world.waiting


def test_the_parts_of_a_response_sum_to_it() -> None:
    outcome = outcome_of(small_ground(), years=0.1)
    for times in (outcome.first_engine, outcome.first_unit):
        came = ~np.isnan(times.total)
        assert came.any()
        assert times.parts.shape[1] == len(PARTS)
        assert (times.parts[came] >= 0).all()
        np.testing.assert_allclose(times.parts[came].sum(axis=1), times.total[came])


def test_the_first_unit_comes_before_the_full_set() -> None:
    outcome = outcome_of(small_ground(), years=0.1)
    full = ~np.isnan(outcome.full_set_seconds)
    assert full.any()
    assert (outcome.first_unit.total[full] <= outcome.full_set_seconds[full]).all()


def test_a_crew_that_never_answers_is_replaced_at_its_deadline() -> None:
    ground = ground_of(small_county(), answering(silent=0.2))
    world = world_of(ground)
    missed = [one for one in world.sent if one.state is State.UNCONFIRMED]
    at_once = 0
    for one in missed:
        assert one.acknowledged_ms == one.arrived_ms == NEVER
        incident = world.incidents[one.incident]
        asking = ASSUMED.asking_seconds if incident.plan.asked[one.unit] else 0.0
        deadline = one.ordered_ms + ground.acknowledge_ms[one.unit] + round(asking * 1000)
        after = [
            s
            for s in world.sent
            if s.incident == one.incident and s.slot == one.slot and s.ordered_ms > one.ordered_ms
        ]
        assert all(s.ordered_ms >= deadline and s.unit != one.unit for s in after)
        at_once += any(s.ordered_ms == deadline for s in after)
    assert at_once > len(missed) / 3


def test_a_crew_that_answers_late_keeps_its_slot_only_while_it_is_open_or_it_is_there_sooner() -> None:
    ground = ground_of(small_county(), answering(mean=40.0, variation=0.5))
    world = world_of(ground)
    kept = [one for one in world.sent if one.slot.startswith("kept-")]
    recalled = [one for one in world.sent if one.state is State.RECALLED]
    assert kept
    assert recalled
    assert all(one.arrived_ms == NEVER for one in recalled)
    assert all(one.arrived_ms != NEVER for one in kept)


def test_what_finds_nobody_free_waits_and_is_served_when_somebody_comes_home() -> None:
    world = world_of(small_ground(), a_day=40)
    late = [
        one
        for one in world.sent
        if one.ordered_ms > world.incidents[one.incident].ready_ms + 600_000 and one.arrived_ms != NEVER
    ]
    assert late
    homes = {one.home_ms for one in world.sent} | {NEVER}
    assert any(one.ordered_ms in homes for one in late)


def test_one_unit_alone_is_a_queue_with_the_wait_that_theory_gives() -> None:
    """Pollaczek and Khinchine, through the whole world: alarms, choose, answer, turnout, drive, work and return."""
    county = small_county()
    county = replace(
        county,
        units=tuple(unit for unit in county.units if unit.code == "W1-1"),
        places=county.places[:1],
        turnouts=tuple(replace(rule, night_seconds=rule.day_seconds) for rule in county.turnouts),
    )
    variation, work = 1.2, 2400.0
    given = replace(
        only_kind(answering(), "other", **even(ASSUMED.kinds[0]), trapped=0.0, facts=(), work_seconds=work),
        handling=replace(ASSUMED.handling, variation=0.0),
        turnout_variation=0.0,
        driving_variation=0.0,
        least_stay_seconds=0.0,
        work_variation=variation,
    )
    ground = ground_of(county, given)
    drive = ground.table.travel_ms[0, 0] / 1000
    fixed = 10.0 + ground.units[False].turnout_ms[0] / 1000 + drive * (1 + given.return_factor)
    mean = fixed + work
    rate = 0.6 / mean
    wait = rate * (mean**2 + (variation * work) ** 2) / 2 / (1 - rate * mean)
    waits = []
    for run in range(10):
        outcome = outcome_of(ground, years=0.25, a_day=rate * 86_400, run=run)
        waits.append(float(outcome.first_unit.parts[:, PARTS.index("queue")].mean()))
    z = (np.mean(waits) - wait) / (np.std(waits, ddof=1) / math.sqrt(len(waits)))
    assert abs(z) < 3, (np.mean(waits), wait)


def test_alarms_come_at_the_rate_asked_for_and_follow_hours_and_seasons() -> None:
    ground = small_ground()
    demand, alarms = alarms_of(ground, years=3, a_day=20)
    expected = 3 * 365 * 20
    assert abs(len(alarms) - expected) < 4 * math.sqrt(expected)
    assert (np.diff(alarms.at_ms) >= 0).all()
    assert alarms.at_ms.max() < alarms.horizon_ms
    counts = np.bincount(alarms.kind, minlength=len(demand.kinds))
    shares = np.array([kind.share for kind in demand.kinds])
    np.testing.assert_allclose(counts / len(alarms), shares / shares.sum(), atol=0.01)
    vegetation = [kind.code for kind in demand.kinds].index("vegetation")
    day = alarms.at_ms[alarms.kind == vegetation] // 86_400_000 % 365
    assert np.mean((day >= 59) & (day < 90)) > 0.2  # March
    hour = alarms.at_ms[alarms.kind == vegetation] // 3_600_000 % 24
    assert np.mean((hour >= 10) & (hour < 18)) > 0.6


def test_one_more_unit_in_the_county_changes_nobody_elses_luck() -> None:
    county = small_county()
    ground = small_ground()
    fewer = ground_of(replace(county, units=county.units[:-1]))
    demand, alarms = alarms_of(ground, years=0.05)
    _, same = alarms_of(fewer, years=0.05)
    np.testing.assert_array_equal(alarms.at_ms, same.at_ms)
    np.testing.assert_array_equal(
        world_of(ground).incidents[3].draws[:, : len(fewer.codes)], world_of(fewer).incidents[3].draws
    )
    assert demand.kinds


def _asked(travel: list[int], turnout: list[int], zone_order: list[int], air: list[float]) -> Asked:
    n = len(travel)
    units = Units(
        np.array(turnout),
        *[np.ones((n, 1))] * 2,
        np.zeros(n, np.int32),
        np.ones(n, np.bool_),
        np.zeros(n, np.int8),
    )
    slot = SlotWanted(Rule.NEAREST, np.zeros(1), np.ones(n, np.bool_), True, False)
    request = Request(
        np.array(travel),
        np.zeros(n, np.int32),
        np.zeros(n, np.int32),
        np.array(zone_order, np.int32),
        (slot,),
        np.zeros(1),
        (),
        False,
        0,
    )
    return Asked(units, (request,), Policy(0, 0, False, 0), (np.array(air),))


@pytest.mark.parametrize(
    ("policy", "sent"),
    [
        ("tt", 0),
        ("travel_only", 1),
        ("air", 2),
        ("zone_first", 3),
        ("zone_tolerance=30", 4),
        ("zone_tolerance=5", 0),
    ],
)
def test_each_policy_compares_what_it_says(policy: str, sent: int) -> None:
    asked = _asked(
        travel=[300_000, 200_000, 600_000, 900_000, 320_000],
        turnout=[60_000, 300_000, 60_000, 60_000, 60_000],
        zone_order=[2, 2, 2, 0, 1],
        air=[3000.0, 4000.0, 1000.0, 9000.0, 3500.0],
    )
    (pick,) = habits(policy)[0].choose(asked).picks
    assert pick.unit == sent


@pytest.mark.parametrize(
    "said",
    ["nearest", "", "tt,", "zone_tolerance", "zone_tolerance=x", "zone_tolerance=-1", "zone_tolerance=nan"],
)
def test_an_unknown_policy_is_refused_in_one_line(said: str) -> None:
    with pytest.raises(InputError, match="--policy"):
        habits(said)


def test_the_default_policy_is_the_countys_own() -> None:
    asked = _asked([1000], [0], [0], [1.0])
    assert TT.turned(asked) is asked
