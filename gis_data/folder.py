"""The county folder: county.toml, county.gpkg, units.csv, people.csv. Read whole, written whole."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from shapely import MultiPolygon, Point, Polygon

from gis_data.catalogue import SECTIONS, Catalogue, catalogue_document, catalogue_of, default_catalogue
from gis_data.crs import Projection
from gis_data.digest import with_digest
from gis_data.errors import InputError
from gis_data.layers import GPKG, area_of, read_layer, read_records, write_layer, write_records
from gis_data.model import County, Forest, Name, Person, Place, Station, Town, Unit, WaterSource, Zone
from gis_data.records import plain, record
from gis_data.roads import read_roads, write_roads
from gis_data.tables import read_table, write_table
from gis_data.toml_text import toml_text

_HEADER = """\
# A county folder. Geography is in county.gpkg (open it in QGIS), units and people in units.csv and people.csv.
# Check it with: pianqu county check DIR. What each field means: docs/county-folder.md.

"""


@dataclass(frozen=True, slots=True)
class _County:
    code: str
    name: Name
    projection: str
    time_zone: str = "Asia/Shanghai"
    synthetic: bool = False
    attribution: tuple[str, ...] = ()
    centre_body: str = "county_centre"


def read_county(path: Path) -> County:
    """The whole folder, or one InputError that names the file, the row or feature, the field and the remedy."""
    if not path.is_dir():
        raise InputError(str(path), "is not a folder", "give a county folder, or make one with import-osm")
    head, catalogue = read_head(path)
    package = path / GPKG
    if not package.exists():
        raise InputError(GPKG, f"is not in {path.name}", "put the GeoPackage there")
    quantities = tuple(catalogue.capabilities)
    return with_digest(
        County(
            **{f.name: getattr(head, f.name) for f in fields(_County)},
            roads=read_roads(package),
            boundary=read_boundary(package),
            towns=read_towns(package),
            places=read_records(package, "places", Place),
            zones=read_records(package, "zones", Zone),
            stations=read_records(package, "stations", Station),
            units=read_table(path, "units", Unit, quantities),
            people=read_table(path, "people", Person),
            water_sources=read_records(package, "water_sources", WaterSource),
            forests=read_records(package, "forest", Forest),
            **{f.name: getattr(catalogue, f.name) for f in fields(Catalogue)},
            digest="",
            turn_restrictions=read_turns(package),
        )
    )


def write_county(county: County, path: Path) -> None:
    """Write every part anew; files of the same names are replaced."""
    path.mkdir(parents=True, exist_ok=True)
    head = _County(**{f.name: getattr(county, f.name) for f in fields(_County)})
    document = {"county": plain(head, defaults=True), **catalogue_document(county)}
    (path / "county.toml").write_text(_HEADER + toml_text(document), encoding="utf-8")
    quantities = tuple(county.capabilities)
    write_table(path / "units.csv", Unit, county.units, quantities)
    write_table(path / "people.csv", Person, county.people)
    package = path / GPKG
    package.unlink(missing_ok=True)
    write_roads(package, county.roads)
    write_layer(
        package,
        "boundary",
        [county.boundary],
        "MultiPolygon",
        {"code": np.array([county.code], dtype=object), "name": np.array([county.name.zh], dtype=object)},
    )
    _write_towns(package, county.towns)
    write_records(package, "places", Place, county.places)
    write_records(package, "zones", Zone, county.zones)
    write_records(package, "stations", Station, county.stations)
    write_records(package, "water_sources", WaterSource, county.water_sources)
    write_records(package, "forest", Forest, county.forests)
    if county.turn_restrictions:
        columns = zip(
            ("from_road", "to_road", "rule"), zip(*county.turn_restrictions, strict=True), strict=True
        )
        write_layer(
            package, "turn_restrictions", None, None, {k: np.array(v, dtype=object) for k, v in columns}
        )


def read_head(path: Path) -> tuple[_County, Catalogue]:
    """county.toml: who the county is, and its reference tables."""
    file = path / "county.toml"
    if not file.exists():
        raise InputError(
            "county.toml", f"is not in {path.name or path}", "put it there or give another folder"
        )
    try:
        document: Mapping[str, Any] = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError("county.toml", "is not UTF-8", "save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError("county.toml", f"is not valid TOML: {error}", "mend that line") from error
    for section in document:
        if section not in ("county", *SECTIONS):
            raise InputError(
                f"county.toml [{section}]", "is not a known section", f"use county, {', '.join(SECTIONS)}"
            )
    if "county" not in document:
        raise InputError("county.toml", "has no section [county]", "add it with code, name and projection")
    head = record(_County, document["county"], "county.toml [county]")
    Projection(head.projection, "county.toml [county], field projection")
    try:
        ZoneInfo(head.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InputError(
            "county.toml [county], field time_zone", f"{head.time_zone!r} is unknown", "use Asia/Shanghai"
        ) from error
    return head, catalogue_of(document, "county.toml", default_catalogue())


def read_boundary(package: Path) -> Polygon | MultiPolygon:
    layer = read_layer(package, "boundary")
    if layer is None or len(layer.rows) == 0:
        raise InputError(f"{GPKG}, layer boundary", "is missing or empty", "draw the county's outline in it")
    areas = [area_of(shape, layer.where(index)) for index, shape in enumerate(layer.geometry)]
    parts = [part for area in areas for part in (area.geoms if isinstance(area, MultiPolygon) else (area,))]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def read_towns(package: Path) -> tuple[Town, ...]:
    """Towns are areas with the position of their seat beside it, or just points where no area is known."""
    layer = read_layer(package, "towns")
    if layer is None:
        return ()
    found: list[Town] = []
    for index, shape in enumerate(layer.geometry):
        where = layer.where(index)
        row = {name: value for name, value in layer.row(index).items() if value is not None}
        area = None if isinstance(shape, Point) else area_of(shape, where)
        seat = shape if isinstance(shape, Point) else _seat(row, area_of(shape, where))
        text = {name: str(row.get(name, "")) for name in ("code", "name", "quality", "source")}
        found.append(Town(**text, seat=seat, synthetic=bool(row.get("synthetic", False)), area=area))
    return tuple(found)


def _seat(row: Mapping[str, Any], area: Polygon | MultiPolygon) -> Point:
    lon, lat = row.get("seat_lon"), row.get("seat_lat")
    return area.representative_point() if lon is None or lat is None else Point(float(lon), float(lat))


def _write_towns(package: Path, towns: tuple[Town, ...]) -> None:
    has_areas = len(towns) > 0 and all(town.area is not None for town in towns)
    columns: dict[str, Any] = {
        name: np.array([getattr(town, name) for town in towns], dtype=object)
        for name in ("code", "name", "quality", "source")
    }
    columns["synthetic"] = np.array([town.synthetic for town in towns], dtype=np.bool_)
    columns["seat_lon"] = np.array([town.seat.x for town in towns], dtype=np.float64)
    columns["seat_lat"] = np.array([town.seat.y for town in towns], dtype=np.float64)
    if has_areas:
        areas = [town.area for town in towns if town.area is not None]
        write_layer(package, "towns", areas, "MultiPolygon", columns)
    else:
        write_layer(package, "towns", [town.seat for town in towns], "Point", columns)


def read_turns(package: Path) -> tuple[tuple[str, str, str], ...]:
    layer = read_layer(package, "turn_restrictions")
    if layer is None:
        return ()
    from_road, to_road, rule = (layer.columns[name] for name in ("from_road", "to_road", "rule"))
    return tuple((str(a), str(b), str(c)) for a, b, c in zip(from_road, to_road, rule, strict=True))
