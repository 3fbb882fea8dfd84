"""Faults of water: kinds and seasons nobody understands, and figures of sources and pumps that cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gis_data.fault import Fault
from gis_data.model import County
from gis_data.water import WATER_KINDS, is_broken_season

_MOST = 1e7
_PHYSICAL_LIFT_METRES = 10.33  # the air at sea level carries no higher column
_SOURCE_LIMITS = {
    "capacity_tonnes": (0.0, _MOST),
    "flow_lps": (0.0, 1000.0),
    "lift_metres": (-100.0, 100.0),
    "fill_places": (1, 20),
}
_CLASS_LIMITS = {
    "pump_lps": (0.0, 1000.0),
    "max_suction_lift_metres": (0.0, _PHYSICAL_LIFT_METRES),
    "suction_hose_metres": (0.0, 100.0),
}


def check_water(county: County) -> Iterator[Fault]:
    for source in county.water_sources:
        at = ("water_sources", source.code)
        if source.kind not in WATER_KINDS:
            known = ", ".join(WATER_KINDS)
            params = {"field": "kind", "value": source.kind or "(empty)", "known": known}
            yield Fault(*at, "unknown_code", params)
        if is_broken_season(source.season):
            yield Fault(*at, "bad_season", {"value": source.season})
        yield from _ranges(*at, source, _SOURCE_LIMITS)
    for vehicle in county.vehicle_classes.values():
        yield from _ranges("county.toml", vehicle.code, vehicle, _CLASS_LIMITS)
    for need in county.water_needs:
        at = ("county.toml", f"[[water_need]] {need.kind} {need.level}")
        if need.kind not in county.kinds:
            params = {"field": "kind", "value": need.kind, "known": ", ".join(county.kinds)}
            yield Fault(*at, "unknown_code", params)
        yield from _ranges(*at, need, {"flow_lps": (0.0, 1000.0)})


def _ranges(
    layer: str, feature: str, record: object, limits: Mapping[str, tuple[float, float]]
) -> Iterator[Fault]:
    for field, (least, most) in limits.items():
        value = getattr(record, field)
        if value is not None and not least <= value <= most:
            params = {"field": field, "value": f"{value:g}", "least": f"{least:g}", "most": f"{most:g}"}
            yield Fault(layer, feature, "out_of_range", params)
