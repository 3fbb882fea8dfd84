"""The whole call as the dispatcher makes it: from an alarm's place to units with reasons and the ways they take."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from uuid import UUID

import numpy as np

from dispatch.alarms.decide import decide
from dispatch.alarms.measure import measure, ways
from dispatch.alarms.rows import IncidentRow
from dispatch.forces.model import Candidate
from dispatch.simulator.assumptions import default_assumptions
from dispatch.simulator.ground import Ground as Standing
from dispatch.simulator.travel import empty_table
from gis_data.model import County
from routing.live import LiveRoads
from runtime.garbage import settle
from scripts.benchmarks.routing.ground import Grounds
from scripts.benchmarks.row import row

ALARMS = 400
FEW_CLASSES = 4  # the county's most used, for which there are goals; beside all of them
NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


def rows(grounds: Grounds) -> Iterator[dict[str, Any]]:
    """Every alarm is at a place of its own, so nothing of it has been asked before."""
    county, ground = grounds.bundled_county(), grounds.bundled()
    units = Standing(county, default_assumptions(), empty_table(county)).candidates[False]
    rng = np.random.default_rng(11)
    chosen = rng.choice(len(county.places), min(ALARMS, len(county.places)), replace=False)
    incidents = [_incident(county, int(place)) for place in chosen]
    settle()  # as the service does
    used = Counter(unit.vehicle_class for unit in units).most_common()
    for classes in (len(used), FEW_CLASSES):
        chosen_classes = {code for code, _ in used[:classes]}
        asked = tuple(unit for unit in units if unit.vehicle_class in chosen_classes)
        hierarchies = ((None, "without the hierarchy"), (ground.climbing.hierarchy, "with the hierarchy"))
        for hierarchy, how in hierarchies:
            fresh = LiveRoads(ground.graph, hierarchy=hierarchy)  # they remember places they were asked for
            spent = asyncio.run(_spent(county, fresh, asked, incidents))
            title = f"whole call, {len(asked)} units, {classes} classes, {ground.name}, {how}"
            for name, percent, goal in (("p50", 50, 2.0), ("p99", 99, 8.0)):
                asked_for = goal if hierarchy is not None and classes == FEW_CLASSES else None
                yield row(f"{title}: {name}", float(np.percentile(spent, percent)), at_most=asked_for)


async def _spent(
    county: County, live: LiveRoads, units: Sequence[Candidate], incidents: Sequence[IncidentRow]
) -> list[float]:
    """Milliseconds of each call but the first. As in a night of alarms, the units of the last call have changed."""
    sent = await _call(county, live, units, incidents[0])
    spent = []
    for incident in incidents[1:]:
        units = tuple(replace(unit) if unit.code in sent else unit for unit in units)
        begin = perf_counter()
        sent = await _call(county, live, units, incident)
        spent.append((perf_counter() - begin) * 1000.0)
    return spent


async def _call(
    county: County, live: LiveRoads, units: Sequence[Candidate], incident: IncidentRow
) -> dict[str, list[list[float]]]:
    """Snap, rank, gate, choose, give reasons; then the ways of those chosen, as the console draws them."""
    measured = await measure(live, incident.lon, incident.lat, units)
    decision = decide(county, incident, (), units, measured.travels, NOW, season="")
    chosen = decision.result["units"]
    if not chosen:
        raise AssertionError(f"nobody was chosen for {incident.place}")
    return await ways(measured, frozenset(one["unit"] for one in chosen[:5]))


def _incident(county: County, place: int) -> IncidentRow:
    """A fire in a building at one of the county's places."""
    at = county.places[place]
    plan = next(plan for plan in county.plans if plan.kind == "building" and plan.level == 2)
    zone = next((zone for zone in county.zones if zone.area.covers(at.position)), None)
    return IncidentRow(
        id=UUID(int=place), county=county.code, number=f"B{place}", kind=plan.kind, scale="", level=plan.level,
        plan=plan.code, status="open", merged_into=None, lon=at.position.x, lat=at.position.y, place=at.name,
        place_code=at.code, place_verified=True, uncertainty_metres=0.0, zone=zone.code if zone else None,
        station=at.responsible or None, trapped=0, facts={}, automatic=False, milestones={}, opened_at=NOW,
        closed_at=None, version=1,
    )  # fmt: skip
