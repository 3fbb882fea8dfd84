"""The dispatching policy, said in situations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.alarms.choose import choose
from dispatch.alarms.question import Cause, Choice, Reason, Request, Role, Rule, Units
from dispatch.alarms.record import from_record, to_record
from dispatch.forces.model import Gate
from tests.rules.choosing import CAPABILITIES, POLICY, Unit, request, slot, units_of

FULL = {"people": 5.0, "engine": 1.0}


def chosen(choice: Choice) -> list[int]:
    return [pick.unit for pick in choice.picks]


def nearest(units: list[Unit], **more: object) -> Choice:
    asked = request(units, (slot(Rule.NEAREST, units, engine=1),), **more)  # type: ignore[arg-type]
    return choose(units_of(units), (asked,), POLICY)


def test_the_soonest_unit_by_turnout_and_road_is_sent() -> None:
    units = [Unit(10, turnout=30), Unit(8, turnout=60), Unit(8, turnout=180)]
    choice = nearest(units)
    assert chosen(choice) == [1]
    assert choice.picks[0].reason is Reason.NEAREST


def test_a_slow_turnout_loses_to_a_longer_drive() -> None:
    assert chosen(nearest([Unit(5, turnout=300), Unit(8, turnout=60)])) == [1]


@pytest.mark.parametrize("gate", [g for g in Gate if g])
def test_no_gated_unit_is_ever_sent(gate: Gate) -> None:
    choice = nearest([Unit(1, gates=gate), Unit(30)])
    assert chosen(choice) == [1]
    assert [(p.unit, p.gates) for p in choice.passed] == [(0, gate)]


def test_the_own_zone_is_preferred_within_a_minute_and_the_price_is_told() -> None:
    choice = nearest([Unit(10, zone=1), Unit(10.9, zone=0, zone_order=0)])
    assert chosen(choice) == [1]
    assert choice.picks[0].reason is Reason.OWN_ZONE
    assert choice.picks[0].cost_ms == 54_000


def test_the_own_zone_is_not_preferred_beyond_the_tolerance() -> None:
    assert chosen(nearest([Unit(10), Unit(11.1, zone_order=0)])) == [0]


def test_where_life_is_at_risk_the_zone_costs_nothing() -> None:
    choice = nearest([Unit(10), Unit(10.1, zone_order=0)], life=True)
    assert chosen(choice) == [0]
    assert choice.picks[0].cost_ms == 0


def test_a_backing_zone_goes_before_one_that_is_not_listed() -> None:
    choice = nearest([Unit(10), Unit(10.5, zone_order=1), Unit(10.5, zone_order=2)])
    assert chosen(choice) == [1]
    assert choice.picks[0].reason is Reason.BACKING_ZONE


def test_a_tie_spares_the_last_engine_of_a_zone() -> None:
    units = [Unit(10, zone=0), Unit(10, zone=1), Unit(50, zone=1)]
    assert chosen(nearest(units)) == [1]


def test_the_zone_brigade_comes_too_while_force_is_spare() -> None:
    units = [Unit(5), Unit(20, role=Role.ZONE_BRIGADE), *[Unit(60) for _ in range(4)]]
    slots = (slot(Rule.NEAREST, units, engine=1), slot(Rule.ZONE_BRIGADE, units, optional=True))
    choice = choose(units_of(units), (request(units, slots),), POLICY)
    assert chosen(choice) == [0, 1]


def test_the_zone_brigade_stays_when_engines_are_few() -> None:
    units = [Unit(5), Unit(20, role=Role.ZONE_BRIGADE), Unit(60)]
    slots = (slot(Rule.NEAREST, units, engine=1), slot(Rule.ZONE_BRIGADE, units, optional=True))
    choice = choose(units_of(units), (request(units, slots),), POLICY)
    assert chosen(choice) == [0]
    assert (1, Reason.RESERVE) in [(p.unit, p.reason) for p in choice.passed]


def test_few_engines_do_not_keep_the_zone_brigade_from_saving_a_life() -> None:
    units = [Unit(5), Unit(20, role=Role.ZONE_BRIGADE)]
    slots = (slot(Rule.NEAREST, units, engine=1), slot(Rule.ZONE_BRIGADE, units, optional=True))
    assert chosen(choose(units_of(units), (request(units, slots, life=True),), POLICY)) == [0, 1]


def test_the_zone_brigade_is_not_sent_twice_when_it_is_the_nearest() -> None:
    units = [Unit(5, role=Role.ZONE_BRIGADE), Unit(6, role=Role.ZONE_BRIGADE), *[Unit(60) for _ in range(4)]]
    slots = (slot(Rule.NEAREST, units, engine=1), slot(Rule.ZONE_BRIGADE, units, optional=True))
    assert chosen(choose(units_of(units), (request(units, slots),), POLICY)) == [0]


def test_a_micro_station_comes_in_addition_and_fills_no_need() -> None:
    micro = Unit(2, brings={"people": 6, "extinguishers": 8}, role=Role.ON_FOOT_NEAR | Role.NO_SLOT)
    units = [micro, Unit(9)]
    slots = (slot(Rule.NEAREST, units), slot(Rule.MICRO_ON_FOOT, units, counts=False, optional=True))
    choice = choose(units_of(units), (request(units, slots, people=5),), POLICY)
    assert chosen(choice) == [1, 0]
    assert choice.shortfalls == ()


def test_needs_are_filled_by_the_soonest_that_bring_some_of_them() -> None:
    tanker = Unit(15, brings={"water_tonnes": 8, "people": 2})
    units = [Unit(5), Unit(30), tanker]
    asked = request(units, (slot(Rule.NEAREST, units, engine=1),), people=9, water_tonnes=8)
    choice = choose(units_of(units), (asked,), POLICY)
    assert chosen(choice) == [0, 2, 1]
    assert [pick.slot for pick in choice.picks] == [0, -1, -2]
    assert choice.shortfalls == ()


def test_who_may_not_do_the_first_task_gets_the_second_or_stays() -> None:
    no_mask = Unit(5, brings={"people": 8})
    units = [no_mask, Unit(20)]
    only_masks = request(units, extra_tasks=({"ba_pairs": 1},), people=5)
    assert chosen(choose(units_of(units), (only_masks,), POLICY)) == [1]
    either = request(units, extra_tasks=({"ba_pairs": 1}, {"people": 2}), people=5)
    choice = choose(units_of(units), (either,), POLICY)
    assert [(pick.unit, pick.task) for pick in choice.picks] == [(0, 1)]


@pytest.mark.parametrize(
    ("units", "cause"),
    [
        ([], Cause.NONE_EXISTS),
        ([Unit(5, brings={"people": 3})], Cause.NONE_EXISTS),
        ([Unit(5, gates=Gate.BUSY), Unit(6, gates=Gate.BUSY), Unit(7, gates=Gate.OFF_DUTY)], Cause.BUSY),
        ([Unit(None)], Cause.NO_ROAD),
        # Nobody aboard brings nothing; the county has the unit all the same.
        ([Unit(5, brings={}, full=FULL, gates=Gate.OFF_DUTY)] * 2, Cause.OFF_DUTY),
        ([Unit(5, brings={}, full=FULL, gates=Gate.SHORT_CREW)], Cause.SHORT_CREW),
        ([Unit(5, brings={"people": 3}, full=FULL)], Cause.SHORT_CREW),
    ],
)
def test_a_shortfall_names_what_stops_most(units: list[Unit], cause: Cause) -> None:
    choice = nearest(units)
    assert chosen(choice) == []
    assert [(s.slot, s.cause) for s in choice.shortfalls] == [(0, cause)]


def test_an_optional_slot_is_no_shortfall() -> None:
    units = [Unit(5)]
    asked = request(units, (slot(Rule.ENTERPRISE_OWN, units, optional=True),))
    assert choose(units_of(units), (asked,), POLICY).shortfalls == ()


def test_a_zone_left_without_an_engine_is_told() -> None:
    choice = nearest([Unit(5, zone=2), Unit(50, zone=1)])
    assert choice.zones_left == (2,)
    assert choice.free_engines_left == 1


def test_two_places_at_once_share_the_units_and_life_goes_first() -> None:
    units = [Unit(5), Unit(20)]
    engine = (slot(Rule.NEAREST, units, engine=1),)
    smoke = request(units, engine, waiting=600_000)
    trapped = request(units, engine, life=True)
    choice = choose(units_of(units), (smoke, trapped), POLICY)
    assert {pick.request: pick.unit for pick in choice.picks} == {1: 0, 0: 1}


def test_without_life_at_risk_whoever_waits_longest_goes_first() -> None:
    units = [Unit(5), Unit(20)]
    engine = (slot(Rule.NEAREST, units, engine=1),)
    choice = choose(units_of(units), (request(units, engine), request(units, engine, waiting=60_000)), POLICY)
    assert {pick.request: pick.unit for pick in choice.picks} == {1: 0, 0: 1}


GATES = st.sampled_from([Gate.NONE, Gate.NONE, Gate.NONE, Gate.BUSY, Gate.OFF_DUTY, Gate.NOT_OURS])
ROLES = [Role.NONE, Role.ZONE_BRIGADE, Role.RESPONSIBLE, Role.ON_FOOT_NEAR | Role.NO_SLOT]
BRINGS = st.fixed_dictionaries(
    {}, optional={code: st.sampled_from([0.0, 1.0, 2.5, 6.0]) for code in CAPABILITIES}
)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Units, tuple[Request, ...]]:
    units = draw(
        st.lists(
            st.builds(
                Unit,
                minutes=st.one_of(st.none(), st.integers(0, 60)),
                turnout=st.integers(0, 300),
                zone=st.integers(-1, 3),
                zone_order=st.sampled_from([0, 1, 2, 999]),
                role=st.sampled_from(
                    [Role.NONE, Role.ZONE_BRIGADE, Role.RESPONSIBLE, Role.ON_FOOT_NEAR | Role.NO_SLOT]
                ),
                gates=GATES,
                brings=BRINGS,
                admitted=st.booleans(),
            ),
            max_size=9,
        )
    )
    asked = []
    for _ in range(draw(st.integers(1, 3))):
        rules = draw(st.lists(st.sampled_from(Rule), max_size=4))
        slots = tuple(
            slot(
                r,
                units,
                counts=r is not Rule.MICRO_ON_FOOT,
                optional=draw(st.booleans()),
                engine=draw(st.integers(0, 1)),
            )
            for r in rules
        )
        need = draw(BRINGS)
        asked.append(
            request(
                units,
                slots,
                life=draw(st.booleans()),
                waiting=draw(st.integers(0, 10)),
                minutes=draw(
                    st.lists(
                        st.one_of(st.none(), st.integers(0, 60)), min_size=len(units), max_size=len(units)
                    )
                ),
                **need,
            )
        )
    return units_of(units), tuple(asked)


@settings(max_examples=300)
@given(situations())
def test_every_choice_keeps_the_promises(situation: tuple[Units, tuple[Request, ...]]) -> None:
    units, requests = situation
    choice = choose(units, requests, POLICY)
    sent = chosen(choice)
    assert len(sent) == len(set(sent)), "nobody is sent to two places"
    for pick in choice.picks:
        asked = requests[pick.request]
        assert asked.gates[pick.unit] == 0, "no gated unit is sent"
        assert 0 <= pick.cost_ms <= (0 if asked.life_at_risk else POLICY.zone_tolerance_ms)
    for index, asked in enumerate(requests):
        mine = {pick.unit for pick in choice.picks if pick.request == index}
        told = {passed.unit for passed in choice.passed if passed.request == index}
        assert mine | told == set(range(len(units.turnout_ms))), (
            "everybody chosen or passed over has a reason"
        )
        assert not mine & told
        counted = sum(
            (units.brings[u] for u in mine if not asked.role[u] & Role.NO_SLOT), np.zeros(len(CAPABILITIES))
        )
        for short in choice.shortfalls:
            if short.request == index and short.capability >= 0:
                assert short.missing <= asked.need[short.capability] + 1e-9
        lacking = {s.capability for s in choice.shortfalls if s.request == index and s.capability >= 0}
        extras = [p for p in choice.picks if p.request == index and p.slot < 0]
        if len(extras) < POLICY.most_extras:
            assert all(
                counted[c] >= asked.need[c] - 1e-9 for c in range(len(CAPABILITIES)) if c not in lacking
            )


@settings(max_examples=150)
@given(situations())
def test_a_recorded_decision_replays_to_the_same_choice(situation: tuple[Units, tuple[Request, ...]]) -> None:
    units, requests = situation
    again = choose(*from_record(to_record(units, requests, POLICY)))
    assert again == choose(units, requests, POLICY)


@settings(max_examples=200)
@given(situations())
def test_the_first_nearest_slot_is_the_true_minimum_within_tolerance(
    situation: tuple[Units, tuple[Request, ...]],
) -> None:
    units, requests = situation
    asked = requests[0]
    for place, wanted in enumerate(asked.slots[:1]):
        if wanted.rule is not Rule.NEAREST:
            continue
        able = [
            u
            for u in range(len(units.turnout_ms))
            if asked.gates[u] == 0
            and wanted.classes_ok[u]
            and not asked.role[u] & Role.NO_SLOT
            and (units.brings[u] >= wanted.needs).all()
        ]
        arrival = {u: int(units.turnout_ms[u] + asked.travel_ms[u]) for u in able}
        picks = [p for p in choose(units, (asked,), POLICY).picks if p.slot == place]
        assert bool(picks) == bool(able)
        if picks:
            tolerance = 0 if asked.life_at_risk else POLICY.zone_tolerance_ms
            near = [u for u in able if arrival[u] <= min(arrival.values()) + tolerance]
            assert asked.zone_order[picks[0].unit] == min(asked.zone_order[u] for u in near)
            assert picks[0].cost_ms == arrival[picks[0].unit] - min(arrival.values())
