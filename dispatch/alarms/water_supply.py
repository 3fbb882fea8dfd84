"""The water plan of a fire (供水方案): which sources tankers can use by road, and a shuttle or a relay from them. Pure.

Advice for people: nothing is ordered by it, and where it falls short it says by how much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dispatch.alarms.water_access import Access, accesses
from dispatch.alarms.water_means import (
    Fire,
    RelayPlan,
    ShuttlePlan,
    Supplier,
    at_hand,
    draws,
    group_tankers,
    relay_plan,
    shuttle_plan,
)
from gis_data.model import County
from routing.live import LiveRoads


@dataclass(frozen=True, slots=True)
class WaterPlan:
    """`access` by source code, for every class at hand; `choice` is `shuttle`, `relay` or `none`."""

    fire: Fire
    attack_unit: str | None
    access: Mapping[str, tuple[Access, ...]]
    shuttle: ShuttlePlan
    relay: RelayPlan | None
    choice: str
    reasons: tuple[str, ...] = ()

    @property
    def flow_lps(self) -> float:
        if self.choice == "relay" and self.relay is not None and self.relay.relay is not None:
            return self.relay.relay.flow_lps
        return self.shuttle.shuttle.flow_lps

    @property
    def meets(self) -> bool:
        return meets(self.flow_lps, self.fire.need_lps)


def meets(flow_lps: float, need_lps: float) -> bool:
    return flow_lps >= need_lps - 1e-3


def need_lps(county: County, kind: str, level: int, given: float | None) -> tuple[float, str]:
    """The flow to plan for and where it comes from: a figure that somebody gave wins over the county's table."""
    if given is not None:
        return given, "given"
    for row in county.water_needs:
        if (row.kind, row.level) == (kind, level):
            return row.flow_lps, "table"
    return county.water_rules.default_lps, "default"


def plan_water(county: County, live: LiveRoads, fire: Fire, suppliers: Sequence[Supplier]) -> WaterPlan:
    """The plan with the units at hand. Raises InputError for a position that is none.

    One engine that was sent stays at the fire: the one with the strongest pump, the smallest tank among equals.
    """
    rules, classes = county.water_rules, county.vehicle_classes
    units = at_hand(live, fire, suppliers, rules)
    sent = [unit for unit in units if unit.assigned and draws(county, unit)]
    attack = min(
        sent, key=lambda unit: (-classes[unit.vehicle_class].pump_lps, unit.tonnes, unit.code), default=None
    )
    others = [unit for unit in units if unit is not attack and not classes[unit.vehicle_class].on_foot]
    hand_pumps = sum(unit.hand_pumps for unit in others)
    groups = group_tankers([unit for unit in others if unit.tonnes >= rules.tanker_least_tonnes])
    driving = {group.vehicle_class for group in groups}
    driving = driving or {unit.vehicle_class for unit in others if draws(county, unit)}
    by_class = {
        code: accesses(
            live, county.water_sources, fire.lon, fire.lat, code, rules, fire.today, hand_pumps=hand_pumps > 0
        )
        for code in sorted(driving)
    }
    access = {
        source.code: tuple(by_class[code][number] for code in sorted(driving))
        for number, source in enumerate(county.water_sources)
    }
    shuttle = shuttle_plan(county, fire, groups, access, hand_pumps)
    relay = relay_plan(county, fire, others, access, hand_pumps)
    choice, reasons = _choose(fire, shuttle, relay)
    return WaterPlan(fire, attack.code if attack else None, access, shuttle, relay, choice, reasons)


def _choose(fire: Fire, plan: ShuttlePlan, relay: RelayPlan | None) -> tuple[str, tuple[str, ...]]:
    """The cheaper of the two that bring the need, in vehicles held; where neither does, the one that brings more."""
    shuttle, row = plan.shuttle, relay.relay if relay is not None else None
    flows = (shuttle.flow_lps, row.flow_lps if row is not None else 0.0)
    if max(flows) <= 0.0:
        return "none", ("nothing_at_hand",)
    enough = tuple(meets(flow, fire.need_lps) for flow in flows)
    if enough == (True, True):
        assert row is not None
        if row.vehicles == shuttle.tankers:
            return "relay", ("as_many_vehicles", "no_waiting")
        return (
            ("relay", ("fewer_vehicles",))
            if row.vehicles < shuttle.tankers
            else ("shuttle", ("fewer_vehicles",))
        )
    if any(enough):
        return ("shuttle" if enough[0] else "relay"), ("only_one_enough",)
    return ("shuttle" if flows[0] >= flows[1] else "relay"), ("neither_enough", "brings_more")
