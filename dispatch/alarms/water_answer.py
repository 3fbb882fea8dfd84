"""The water plan as the document that pages, API and command line show: codes and numbers, never prose. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dispatch.alarms.shuttle import Run
from dispatch.alarms.triage import metres_between
from dispatch.alarms.water_access import Access, Said, lasting_flow_lps
from dispatch.alarms.water_means import Fire, RelayPlan, ShuttlePlan
from dispatch.alarms.water_supply import WaterPlan, meets
from gis_data.model import County, WaterRules, WaterSource

MOST_USABLE = 12
MOST_REFUSED = 8
REFUSED_WITHIN_METRES = 3000.0
FIRE_HOSE_METRES = 100.0  # what the engine at the fire reaches with its own hose is not worth a word


def answer(county: County, plan: WaterPlan) -> dict[str, Any]:
    """Sources by road, the nearest round trip first, then refused ones near by; seconds, metres, l/s, tonnes.

    `advice.flow_lps` is what the recommended means brings, `advice.short_lps` what is missing then.
    """
    return {
        "need_lps": plan.fire.need_lps,
        "need_from": plan.fire.need_from,
        "rise_metres": plan.fire.rise_metres,
        "attack_unit": plan.attack_unit,
        "sources": _sources(county, plan),
        "shuttle": _shuttle(county.water_rules, plan, plan.shuttle),
        "relay": None if plan.relay is None else _relay(plan.relay, plan.fire),
        "advice": {
            "plan": plan.choice,
            "flow_lps": _lps(plan.flow_lps),
            "short_lps": _lps(max(0.0, plan.fire.need_lps - plan.flow_lps)),
            "enough": plan.meets,
            "reasons": [{"code": f"water.advice.{reason}", "params": {}} for reason in plan.reasons],
            "notes": [
                {"code": f"water.advice.{note}", "params": params} for note, params in _caveats(county, plan)
            ],
        },
    }


def _sources(county: County, plan: WaterPlan) -> list[dict[str, Any]]:
    usable: list[tuple[float, WaterSource]] = []
    refused: list[tuple[float, WaterSource]] = []
    for source in county.water_sources:
        rounds = [one.travel_ms for one in plan.access[source.code] if one.usable]
        metres = metres_between(plan.fire.lon, plan.fire.lat, source.position.x, source.position.y)
        if rounds:
            usable.append((min(rounds), source))
        elif metres <= REFUSED_WITHIN_METRES:
            refused.append((metres, source))
    # What the plan draws from is shown, however long the list.
    drawn = {source.code for source in _drawn(plan)}
    near = sorted(usable, key=lambda one: (one[0], one[1].code))
    shown = [source for place, (_, source) in enumerate(near) if place < MOST_USABLE or source.code in drawn]
    shown += [source for _, source in sorted(refused, key=lambda one: (one[0], one[1].code))[:MOST_REFUSED]]
    return [_source(county.water_rules, plan, source) for source in shown]


def _drawn(plan: WaterPlan) -> list[WaterSource]:
    drawn = [plan.shuttle.sites[run.site] for run in plan.shuttle.shuttle.runs]
    return drawn if plan.relay is None else [*drawn, plan.relay.source]


def _source(rules: WaterRules, plan: WaterPlan, source: WaterSource) -> dict[str, Any]:
    lon, lat = source.position.x, source.position.y
    lasting = lasting_flow_lps(source, rules)
    here = plan.access[source.code]
    return {
        "code": source.code,
        "name": source.name,
        "kind": source.kind,
        "lon": lon,
        "lat": lat,
        "metres": round(metres_between(plan.fire.lon, plan.fire.lat, lon, lat)),
        "capacity_tonnes": source.capacity_tonnes,
        "flow_lps": source.flow_lps,
        "lasting_lps": None if lasting == float("inf") else _lps(lasting),
        "lift_metres": source.lift_metres,
        "fill_places": source.fill_places,
        "season": source.season,
        "usable": any(one.usable for one in here),
        "synthetic": source.synthetic,
        "classes": [_access(one) for one in here],
    }


def _access(access: Access) -> dict[str, Any]:
    trip = access.trip
    return {
        "vehicle": access.vehicle_class,
        "usable": access.usable,
        "out_seconds": None if trip is None or trip.out_ms is None else trip.out_ms / 1000,
        "back_seconds": None if trip is None or trip.back_ms is None else trip.back_ms / 1000,
        "off_road_metres": None if trip is None else round(trip.stop.off_road_metres, 1),
        "fire_off_road_metres": round(access.fire_off_road_metres, 1),
        "fill_lps": _lps(access.fill_lps),
        "by_hand_pump": access.by_hand_pump,
        "refusals": _coded("refusal", access.refusals),
        "notes": _coded("note", access.notes),
    }


def _coded(area: str, said: Sequence[Said]) -> list[dict[str, Any]]:
    return [{"code": f"water.{area}.{one.code.value}", "params": dict(one.params)} for one in said]


def _shuttle(rules: WaterRules, plan: WaterPlan, means: ShuttlePlan) -> dict[str, Any]:
    shuttle = means.shuttle
    drawn: dict[int, float] = {}
    for run in shuttle.runs:
        drawn[run.site] = drawn.get(run.site, 0.0) + run.flow_lps / rules.usable_share
    return {
        "flow_lps": _lps(shuttle.flow_lps),
        "enough": meets(shuttle.flow_lps, plan.fire.need_lps),
        "tankers": shuttle.tankers,
        "tankers_free": shuttle.free,
        "tankers_needed": shuttle.needed,
        "most_lps": _lps(shuttle.most_lps),
        "runs": [_run(plan, means, run) for run in shuttle.runs],
        "sites": [
            {
                "source": means.sites[site].code,
                "drawn_lps": _lps(flow),
                "lasts_hours": _lasts_hours(means.sites[site], flow),
            }
            for site, flow in sorted(drawn.items())
        ],
    }


def _run(plan: WaterPlan, means: ShuttlePlan, run: Run) -> dict[str, Any]:
    group, cycle = means.groups[run.group], means.cycles[run.group, run.site]
    source = means.sites[run.site]
    access = next(one for one in plan.access[source.code] if one.vehicle_class == group.vehicle_class)
    return {
        "source": source.code,
        "vehicle": group.vehicle_class,
        "water_tonnes": group.tonnes,
        "tankers": run.tankers,
        "units": list(means.units_of(run)),
        "flow_lps": _lps(run.flow_lps),
        "by_hand_pump": access.by_hand_pump,
        "cycle_seconds": round(cycle.seconds),
        "out_seconds": round(cycle.out_seconds),
        "fill_seconds": round(cycle.fill_seconds),
        "back_seconds": round(cycle.back_seconds),
        "discharge_seconds": round(cycle.discharge_seconds),
        "handling_seconds": round(2 * cycle.handling_seconds),
    }


def _lasts_hours(source: WaterSource, flow_lps: float) -> float | None:
    """How long what it holds lasts at this flow; None where nobody says how much it holds, or it refills."""
    if source.capacity_tonnes is None or source.flow_lps is not None or flow_lps <= 0.0:
        return None
    return round(source.capacity_tonnes * 1000.0 / flow_lps / 3600.0, 1)


def _relay(means: RelayPlan, fire: Fire) -> dict[str, Any]:
    relay = means.relay
    found = {
        "source": means.source.code,
        "pumps_free": means.pumps_free,
        "hose_free_metres": round(means.hose_free_metres),
        "pumps_needed": means.pumps_needed,
        "hose_needed_metres": round(means.hose_needed_metres),
        "flow_lps": 0.0,
        "enough": False,
        "pumps": 0,
        "vehicles": 0,
        "lines": 0,
        "length_metres": 0,
        "hose_metres": 0,
        "lost_metres": 0.0,
    }
    if relay is not None:
        found |= {
            "flow_lps": _lps(relay.flow_lps),
            "enough": meets(relay.flow_lps, fire.need_lps),
            "pumps": relay.pumps,
            "vehicles": relay.vehicles,
            "lines": relay.lines,
            "length_metres": round(relay.length_metres),
            "hose_metres": round(relay.hose_metres),
            "lost_metres": round(relay.lost_metres, 1),
        }
    return found


def _caveats(county: County, plan: WaterPlan) -> list[tuple[str, dict[str, Any]]]:
    """What the advice rests on that nobody knows, and what it leaves to hose and feet."""
    found: list[tuple[str, dict[str, Any]]] = []
    used = [one for source in _drawn(plan) for one in plan.access[source.code] if one.usable]
    left = max((one.fire_off_road_metres for one in used), default=0.0)
    if plan.choice == "shuttle" and left > FIRE_HOSE_METRES:
        found.append(("fire_off_road", {"metres": round(left)}))
    if plan.choice == "relay" and plan.fire.rise_metres is None:
        found.append(("rise_unknown", {}))
    if plan.fire.need_from != "given":
        found.append(("need_assumed", {}))
    if any(source.synthetic for source in _drawn(plan)):
        found.append(("synthetic", {}))
    if county.water_rules.status:
        found.append(("unverified", {}))
    return found


def _lps(flow: float) -> float:
    return round(flow, 2)
