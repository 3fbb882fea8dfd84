"""Faults of the zones: overlaps, gaps, broken outlines, and an order of backup that names the wrong ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from gis_data.check_roads import METRES_PER_DEGREE
from gis_data.fault import Fault
from gis_data.model import County

# Borders are drawn by hand: slivers below two hectares are no fault.
SLIVER_SQUARE_METRES = 20_000.0


def check_zones(county: County) -> Iterator[Fault]:
    yield from _outlines(county)
    codes = [zone.code for zone in county.zones]
    stations = {station.code for station in county.stations}
    for zone in county.zones:
        if zone.brigade not in stations:
            yield Fault("zones", zone.code, "no_station", {"value": zone.brigade or "(none)"})
        for position, other in enumerate(zone.backup):
            if other not in codes or other == zone.code or other in zone.backup[:position]:
                yield Fault("zones", zone.code, "zone_backup", {"value": other})
    if not county.zones:
        return
    areas = [shapely.make_valid(zone.area) for zone in county.zones]
    square_metres = METRES_PER_DEGREE**2 * float(np.cos(np.radians(county.boundary.centroid.y)))
    for a in range(len(areas)):
        for b in range(a + 1, len(areas)):
            common = shapely.intersection(areas[a], areas[b]).area * square_metres
            if common > SLIVER_SQUARE_METRES:
                params = {"other": codes[b], "square_km": round(common / 1e6, 3)}
                yield Fault("zones", codes[a], "zone_overlap", params)
    uncovered = shapely.difference(shapely.make_valid(county.boundary), shapely.union_all(areas))
    for part in shapely.get_parts(uncovered):
        size = part.area * square_metres
        if size > SLIVER_SQUARE_METRES:
            at = part.representative_point()
            params = {"square_km": round(size / 1e6, 3), "lon": round(at.x, 4), "lat": round(at.y, 4)}
            yield Fault("zones", "", "zone_gap", params)


def _outlines(county: County) -> Iterator[Fault]:
    if not county.boundary.is_valid:
        yield Fault("boundary", county.code, "broken_area")
    for layer, features in (("zones", county.zones), ("forest", county.forests)):
        for feature in features:
            if not feature.area.is_valid:
                yield Fault(layer, feature.code, "broken_area")
