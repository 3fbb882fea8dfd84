"""The two means of bringing water, with the units and sources at hand: a shuttle of tankers, a relay of pumps. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dispatch.alarms.relay import Relay, is_better, plan_relay, pumps_for, whole_lengths_metres
from dispatch.alarms.shuttle import Cycle, Run, Shuttle, Site, cycle_of, plan_shuttle
from dispatch.alarms.triage import metres_between
from dispatch.alarms.water_access import Access, lasting_flow_lps
from gis_data.model import County, WaterRules, WaterSource
from gis_data.water import PRESSURISED
from routing.live import LiveRoads
from routing.rank import rank
from routing.reach import Start

MOST_SITES = 6
QUICKEST_SITES = 4
MOST_RELAY_SOURCES = 20


@dataclass(frozen=True, slots=True)
class Supplier:
    """A unit that could bring water: free, or sent to this fire already (`assigned`). WGS-84 degrees."""

    code: str
    name: str
    vehicle_class: str
    brings: Mapping[str, float]
    lon: float
    lat: float
    turnout_seconds: float = 0.0
    assigned: bool = False

    @property
    def tonnes(self) -> float:
        return self.brings.get("water_tonnes", 0.0)

    @property
    def hand_pumps(self) -> int:
        return int(self.brings.get("hand_pump", 0.0))


@dataclass(frozen=True, slots=True)
class Fire:
    """What is asked for: `need_from` is `given`, `table` or `default`; a rise that nobody knows counts as none."""

    lon: float
    lat: float
    today: date
    need_lps: float
    need_from: str
    rise_metres: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Equal tankers, those already here first, then the nearest."""

    vehicle_class: str
    tonnes: float
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShuttlePlan:
    """The shuttle with what its numbers stand for."""

    shuttle: Shuttle
    groups: tuple[Group, ...]
    sites: tuple[WaterSource, ...]
    cycles: Mapping[tuple[int, int], Cycle]

    def units_of(self, run: Run) -> tuple[str, ...]:
        """The units of a run: runs take from their group in order."""
        before = 0
        for other in self.shuttle.runs:
            if other == run:
                break
            before += other.tankers if other.group == run.group else 0
        return self.groups[run.group].units[before : before + run.tankers]


@dataclass(frozen=True, slots=True)
class RelayPlan:
    """A relay from a source: `relay` None where not even a little comes through.

    `pumps_needed` and `hose_needed_metres` are what the whole need would take from there.
    """

    source: WaterSource
    relay: Relay | None
    pumps_free: int
    hose_free_metres: float
    pumps_needed: int
    hose_needed_metres: float


def draws(county: County, unit: Supplier) -> bool:
    return county.vehicle_classes[unit.vehicle_class].pump_lps > 0.0


def at_hand(
    live: LiveRoads, fire: Fire, suppliers: Sequence[Supplier], rules: WaterRules
) -> tuple[Supplier, ...]:
    """Those who were sent, then whoever can be there in `at_hand_seconds`, the soonest first.

    Where no road is near the fire, all of them.
    """
    if not suppliers or live.find_point(fire.lon, fire.lat, None, "fire") is None:
        return tuple(suppliers)
    starts = [Start(unit.lon, unit.lat, unit.vehicle_class) for unit in suppliers]
    reaches = rank(live, fire.lon, fire.lat, starts)
    eta = {
        unit.code: unit.turnout_seconds + reach.total_ms / 1000.0
        for unit, reach in zip(suppliers, reaches, strict=True)
    }
    near = [unit for unit in suppliers if unit.assigned or eta[unit.code] <= rules.at_hand_seconds]
    return tuple(sorted(near, key=lambda unit: (not unit.assigned, eta[unit.code], unit.code)))


def group_tankers(tankers: Sequence[Supplier]) -> tuple[Group, ...]:
    """Equal tankers together, in the order given."""
    members: dict[tuple[str, float], list[Supplier]] = {}
    for unit in tankers:
        members.setdefault((unit.vehicle_class, unit.tonnes), []).append(unit)
    return tuple(
        Group(code, tonnes, tuple(unit.code for unit in units))
        for (code, tonnes), units in sorted(members.items())
    )


def shuttle_plan(
    county: County,
    fire: Fire,
    groups: tuple[Group, ...],
    access: Mapping[str, tuple[Access, ...]],
    hand_pumps: int,
) -> ShuttlePlan:
    """The sites that give a tanker most or are there and back soonest, and the tankers that go to each."""
    rules = county.water_rules
    cycles: dict[str, dict[int, Cycle]] = {}
    pumped: set[str] = set()
    for code, here in access.items():
        usable = [one for one in here if one.usable and one.fill_lps > 0.0]
        direct = [one for one in usable if not one.by_hand_pump]
        if usable and not direct:
            pumped.add(code)
        by_class = {one.vehicle_class: one for one in direct or usable}
        rounds = {
            number: _cycle(group, by_class[group.vehicle_class], rules)
            for number, group in enumerate(groups)
            if group.vehicle_class in by_class
        }
        if rounds:
            cycles[code] = rounds
    source_of = {source.code: source for source in county.water_sources}

    def gives(code: str) -> float:
        """What the best tanker for it brings from there, if the source lasts."""
        lasting = lasting_flow_lps(source_of[code], rules) * rules.usable_share
        return min(lasting, max(cycle.flow_lps for cycle in cycles[code].values()))

    best = sorted(cycles, key=lambda code: (-gives(code), code))
    # A small tanker's quick round matters too, where the big ones have filled the best places.
    quickest = sorted(cycles, key=lambda code: (min(c.seconds for c in cycles[code].values()), code))
    offered = dict.fromkeys((*best[:MOST_SITES], *quickest[:QUICKEST_SITES]))
    chosen = tuple(source_of[code] for code in offered)
    numbered = {
        (group, site): cycle
        for site, source in enumerate(chosen)
        for group, cycle in cycles[source.code].items()
    }
    sites = [
        Site(lasting_flow_lps(source, rules), source.fill_places, source.code in pumped) for source in chosen
    ]
    shuttle = plan_shuttle(
        fire.need_lps,
        [len(group.units) for group in groups],
        sites,
        numbered,
        discharge_places=rules.discharge_places,
        hand_pumps=hand_pumps,
    )
    return ShuttlePlan(shuttle, groups, chosen, numbered)


def _cycle(group: Group, access: Access, rules: WaterRules) -> Cycle:
    trip = access.trip
    assert trip is not None
    assert trip.out_ms is not None
    assert trip.back_ms is not None
    return cycle_of(
        tank_litres=group.tonnes * 1000.0,
        usable_share=rules.usable_share,
        out_seconds=trip.out_ms / 1000.0,
        back_seconds=trip.back_ms / 1000.0,
        fill_lps=access.fill_lps,
        discharge_lps=rules.discharge_lps,
        handling_seconds=rules.handling_seconds,
    )


def relay_plan(
    county: County,
    fire: Fire,
    units: Sequence[Supplier],
    access: Mapping[str, tuple[Access, ...]],
    hand_pumps: int,
) -> RelayPlan | None:
    """The best relay from any of the nearest sources; what it would take from the nearest, where none is enough."""
    rules, classes = county.water_rules, county.vehicle_classes
    loss = rules.hose_loss.get(str(rules.hose_millimetres))
    if loss is None:
        return None
    engines = [classes[unit.vehicle_class].pump_lps for unit in units if draws(county, unit)]
    pumps = engines + [rules.hand_pump_lps] * hand_pumps
    hose = [classes[unit.vehicle_class].hose_metres for unit in units]
    head = rules.pump_head_metres - rules.residual_head_metres
    rise = fire.rise_metres or 0.0
    source_of = {source.code: source for source in county.water_sources}
    lengths = sorted(
        (_laid_metres(source_of[code], fire, here, rules), code)
        for code, here in access.items()
        if any(one.usable for one in here)
    )
    best: RelayPlan | None = None
    for length, code in lengths[:MOST_RELAY_SOURCES]:
        source = source_of[code]
        first = max((_first_pump(county, one) for one in access[code] if one.usable), default=0.0)
        relay = plan_relay(
            fire.need_lps,
            length_metres=length,
            rise_metres=rise,
            loss=loss,
            head_metres=head,
            pumps=sorted(pumps, reverse=True)[: rules.most_relay_pumps],
            first_pump_lps=first,
            hose=hose,
            source_lps=lasting_flow_lps(source, rules),
        )
        wanted = [
            pumps_for(
                fire.need_lps,
                loss=loss,
                length_metres=length,
                rise_metres=rise,
                head_metres=head,
                lines=lines,
            )
            for lines in (1, 2)
        ]
        lines = 1 if wanted[0] <= wanted[1] else 2
        plan = RelayPlan(
            source, relay, len(pumps), sum(hose), wanted[lines - 1], whole_lengths_metres(length, lines)
        )
        if best is None or _brings_more(plan, best):
            best = plan
    return best


def _laid_metres(source: WaterSource, fire: Fire, here: Sequence[Access], rules: WaterRules) -> float:
    air = metres_between(source.position.x, source.position.y, fire.lon, fire.lat) * rules.lay_detour
    by_road = [
        one.trip.back_metres + one.trip.stop.off_road_metres + one.fire_off_road_metres
        for one in here
        if one.usable and one.trip is not None
    ]
    return min([air, *by_road])


def _first_pump(county: County, access: Access) -> float:
    """What can be pumped at the source by this class: its own pump, or a portable one carried to the water."""
    if access.by_hand_pump:
        return county.water_rules.hand_pump_lps
    pump = county.vehicle_classes[access.vehicle_class].pump_lps
    return pump if access.source.kind in PRESSURISED else min(pump, access.fill_lps)


def _brings_more(plan: RelayPlan, best: RelayPlan) -> bool:
    if plan.relay is None or best.relay is None:
        return best.relay is None and plan.relay is not None
    return is_better(plan.relay, best.relay)
