"""`county check`: every fault of a county folder, with layer, feature and remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gis_data.check_codes import check_codes
from gis_data.check_points import check_points
from gis_data.check_roads import check_roads
from gis_data.check_speeds import check_speeds
from gis_data.check_water import check_water
from gis_data.check_zones import check_zones
from gis_data.errors import InputError
from gis_data.fault import Fault
from gis_data.folder import read_boundary, read_county, read_head, read_towns, read_turns
from gis_data.layers import GPKG, layer_names, read_records
from gis_data.model import County, Forest, Person, Place, Station, Unit, WaterSource, Zone
from gis_data.roads import read_roads
from gis_data.tables import read_table


def check_county(county: County) -> tuple[Fault, ...]:
    """Faults in what could be read; an empty tuple is a clean county."""
    return (
        *check_roads(county.roads),
        *check_points(county),
        *check_zones(county),
        *check_codes(county),
        *check_water(county),
        *check_speeds(county),
    )


def check_folder(path: Path) -> tuple[Fault, ...]:
    """Faults of the folder. Parts that cannot be read are faults too: all of them at once, not only the first."""
    if not path.is_dir():
        raise InputError(str(path), "is not a folder", "give a county folder, or make one with import-osm")
    unreadable = {str(fault): fault for part in _parts(path) if (fault := _attempt(part)) is not None}
    return tuple(unreadable.values()) or check_county(read_county(path))


def _parts(path: Path) -> list[Callable[[], object]]:
    package = path / GPKG
    tables: list[Callable[[], object]] = [
        lambda: read_head(path),
        lambda: read_table(path, "units", Unit, tuple(read_head(path)[1].capabilities)),
        lambda: read_table(path, "people", Person),
    ]
    if not package.exists():
        return [*tables, lambda: read_county(path)]
    try:
        layer_names(package)
    except InputError:
        return [*tables, lambda: layer_names(package)]
    return [
        *tables,
        lambda: read_roads(package),
        lambda: read_boundary(package),
        lambda: read_towns(package),
        lambda: read_records(package, "places", Place),
        lambda: read_records(package, "zones", Zone),
        lambda: read_records(package, "stations", Station),
        lambda: read_records(package, "water_sources", WaterSource),
        lambda: read_records(package, "forest", Forest),
        lambda: read_turns(package),
    ]


def _attempt(part: Callable[[], object]) -> Fault | None:
    try:
        part()
    except InputError as error:
        file, _, rest = error.where.partition(", ")
        return Fault(file, rest, "unreadable", {"problem": error.problem, "remedy": error.remedy})
    return None
