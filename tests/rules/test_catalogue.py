"""The default catalogue is complete, agrees with itself, and is honest about what nobody could look up."""

from __future__ import annotations

from itertools import pairwise

import pytest

from dispatch.messages import catalogue as messages
from gis_data.catalogue import default_catalogue
from gis_data.fault import FAULTS
from gis_data.model import Contact, DutyMode, ResponsePlan, SlotRule, StationClass

CATALOGUE = default_catalogue()
FIRST_RESPONSE = {
    SlotRule.NEAREST,
    SlotRule.ZONE_BRIGADE,
    SlotRule.RESPONSIBLE_STATION,
    SlotRule.MICRO_ON_FOOT,
}


@pytest.mark.parametrize("code", CATALOGUE.kinds)
def test_every_kind_has_a_plan_for_each_of_its_levels(code: str) -> None:
    kind = CATALOGUE.kinds[code]
    levels = range(kind.worst_level, 5) if kind.scale == "forest" else range(1, kind.worst_level + 1)
    found = {plan.level for plan in CATALOGUE.plans if plan.kind == code}
    assert found == set(levels)
    assert all(plan.scale == kind.scale for plan in CATALOGUE.plans if plan.kind == code)


@pytest.mark.parametrize("code", CATALOGUE.kinds)
def test_a_worse_level_never_sends_less(code: str) -> None:
    kind = CATALOGUE.kinds[code]
    plans = sorted(
        (plan for plan in CATALOGUE.plans if plan.kind == code),
        key=lambda plan: -plan.level if kind.scale == "forest" else plan.level,
    )
    for milder, worse in pairwise(plans):
        for capability, amount in milder.must_arrive.items():
            assert worse.must_arrive.get(capability, 0.0) >= amount, (milder.code, worse.code, capability)


def test_a_building_fire_gets_the_whole_first_response() -> None:
    for plan in CATALOGUE.plans:
        if plan.kind == "building":
            assert {slot.rule for slot in plan.slots} == FIRST_RESPONSE


def test_forestry_crews_and_only_equipped_crews_go_to_the_fire_line() -> None:
    for plan in CATALOGUE.plans:
        if plan.kind == "vegetation":
            first = plan.slots[0]
            assert first.classes == {StationClass.FORESTRY}
            assert CATALOGUE.tasks[first.task].needs["forest_gear"] > 0


def test_micro_stations_come_in_addition_and_fill_nothing() -> None:
    slots = [slot for plan in CATALOGUE.plans for slot in plan.slots if slot.rule is SlotRule.MICRO_ON_FOOT]
    assert slots
    assert not any(slot.counts for slot in slots)
    assert all(slot.within_metres == 1000 for slot in slots)


@pytest.mark.parametrize("plan", CATALOGUE.plans, ids=lambda plan: plan.code)
def test_every_plan_says_where_its_figures_come_from(plan: ResponsePlan) -> None:
    assert plan.status == "待核"
    assert plan.source


def test_every_other_figure_says_so_too() -> None:
    for row in (*CATALOGUE.triggers, *CATALOGUE.turnouts, *CATALOGUE.deadlines, *CATALOGUE.tasks.values()):
        assert row.status == "待核"
        assert row.source


def test_there_is_a_turnout_time_and_a_deadline_for_every_force() -> None:
    for force in StationClass:
        for mode in DutyMode:
            times = [t for t in CATALOGUE.turnouts if t.force in ("*", force) and t.duty_mode in ("*", mode)]
            assert times
            assert times[0].night_seconds >= times[0].day_seconds
            for contact in Contact:
                rules = [
                    d
                    for d in CATALOGUE.deadlines
                    if d.force in ("*", force) and d.duty_mode in ("*", mode) and d.contact in ("*", contact)
                ]
                assert rules
                assert (rules[0].acknowledge_seconds is None) == (contact is Contact.TELEPHONE)


def test_a_manned_watch_room_has_half_a_minute_and_home_standby_two_to_three() -> None:
    def seconds(force: str, mode: str, contact: str) -> float | None:
        for rule in CATALOGUE.deadlines:
            if (
                rule.force in ("*", force)
                and rule.duty_mode in ("*", mode)
                and rule.contact in ("*", contact)
            ):
                return rule.acknowledge_seconds
        return None

    assert seconds("township_1", "station", "tablet") == 30
    for force in ("volunteer", "part_time", "township_2"):
        for contact in ("tablet", "phone"):
            found = seconds(force, "home", contact)
            assert found is not None
            assert 120 <= found <= 180


def test_every_code_of_the_catalogue_has_a_name_in_the_messages() -> None:
    wanted = [
        *(f"kind.{code}" for code in CATALOGUE.kinds),
        *(f"capability.{code}" for code in CATALOGUE.capabilities),
        *(f"task.{code}" for code in CATALOGUE.tasks),
        *(f"vehicle_class.{code}" for code in CATALOGUE.vehicle_classes),
        *(f"notify.{code}" for code in CATALOGUE.notify_bodies),
        *(f"trigger.{trigger.code}" for trigger in CATALOGUE.triggers),
        *(f"slot.{slot.code}" for plan in CATALOGUE.plans for slot in plan.slots),
        *(f"level.{plan.scale}.{plan.level}" for plan in CATALOGUE.plans),
        *(f"class.{word.value}" for word in StationClass),
        *(f"duty_mode.{word.value}" for word in DutyMode),
        *(f"contact.{word.value}" for word in Contact),
    ]
    assert [code for code in wanted if code not in messages()] == []


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_reads_the_same_in_the_messages(code: str) -> None:
    problem, remedy = FAULTS[code]
    assert messages()[f"fault.{code}"]["en"] == problem
    assert messages()[f"remedy.{code}"]["en"] == remedy
