"""What public sources say of 泽州县: towns, villages, outlines; each row with its source and quality."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from shapely import MultiPolygon, Polygon
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gis_data.zezhou.plane import shape_to_plane

COUNTY, CITY = "泽州县", "城区"
_ENDINGS = ("村民委员会", "社区居民委员会", "村委会")


@dataclass(frozen=True, slots=True)
class TownFact:
    code: str
    name: str
    villages: int
    lon: float | None
    lat: float | None
    bbox: tuple[float, float, float, float] | None
    quality: str
    source: str

    @property
    def short(self) -> str:
        return self.name.removesuffix("镇")


@dataclass(frozen=True, slots=True)
class VillageFact:
    code: str
    name: str
    town: str
    source: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Outlines are in the flat plane (metres)."""

    towns: tuple[TownFact, ...]
    villages: tuple[VillageFact, ...]
    county: BaseGeometry
    city: BaseGeometry
    neighbours: Mapping[str, BaseGeometry]
    county_lonlat: Polygon | MultiPolygon


@cache
def facts() -> Facts:
    features = json.loads(_text("counties.geojson"))["features"]
    degrees = {f["properties"]["name"]: shape(f["geometry"]) for f in features}
    single = {name: _single(area) for name, area in degrees.items()}
    plane = {name: shape_to_plane(area) for name, area in single.items()}
    return Facts(
        towns=tuple(_town(row) for row in rows_of("towns.csv")),
        villages=tuple(
            VillageFact(row["code"], village_name(row["name"]), row["town"], row["source"])
            for row in rows_of("villages.csv")
        ),
        county=plane[COUNTY],
        city=plane[CITY],
        neighbours={name: area for name, area in plane.items() if name not in (COUNTY, CITY)},
        county_lonlat=single[COUNTY],
    )


def _single(area: BaseGeometry) -> Polygon | MultiPolygon:
    if isinstance(area, MultiPolygon) and len(area.geoms) == 1:
        return area.geoms[0]
    assert isinstance(area, Polygon | MultiPolygon)
    return area


def village_name(full: str) -> str:
    """孔匠村委会 → 孔匠村; 滨河社区居民委员会 → 滨河社区; 南村村委会 → 南村."""
    if full.endswith("社区居民委员会"):
        return full.removesuffix("居民委员会")
    for ending in _ENDINGS:
        if full.endswith(ending):
            base = full.removesuffix(ending)
            return base if base.endswith("村") else base + "村"
    return full


def _town(row: Mapping[str, str]) -> TownFact:
    bbox = [float(part) for part in row["bbox"].split()]
    return TownFact(
        row["code"],
        row["name"],
        int(row["villages_2023"]),
        float(row["lon"]) if row["lon"] else None,
        float(row["lat"]) if row["lat"] else None,
        (bbox[0], bbox[1], bbox[2], bbox[3]) if bbox else None,
        row["quality"],
        row["source"],
    )


def rows_of(name: str) -> list[dict[str, str]]:
    """A committed table of this package."""
    return list(csv.DictReader(io.StringIO(_text(name))))


def _text(name: str) -> str:
    return files("gis_data.zezhou").joinpath(name).read_text(encoding="utf-8")
