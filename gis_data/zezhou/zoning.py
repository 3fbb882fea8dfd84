"""Five zones (片区) made of whole towns; towns made of the cells of their villages; no gap, no overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gis_data.model import Name, Town, Zone
from gis_data.zezhou.plane import shape_to_lonlat, to_lonlat
from gis_data.zezhou.sites import Sites
from gis_data.zezhou.towns import village_cells


@dataclass(frozen=True, slots=True)
class ZonePlan:
    code: str
    name: Name
    towns: tuple[str, ...]
    backup: tuple[str, ...]

    @property
    def brigade(self) -> str:
        """The main brigade stands in the first town."""
        return f"{PINYIN[self.towns[0]].lower()}-brigade"


PINYIN = {
    "南村": "Nancun",
    "下村": "Xiacun",
    "大东沟": "Dadonggou",
    "周村": "Zhoucun",
    "犁川": "Lichuan",
    "晋庙铺": "Jinmiaopu",
    "金村": "Jincun",
    "高都": "Gaodu",
    "巴公": "Bagong",
    "大阳": "Dayang",
    "山河": "Shanhe",
    "大箕": "Daji",
    "柳树口": "Liushukou",
    "北义城": "Beiyicheng",
    "川底": "Chuandi",
    "南岭": "Nanling",
}

ZONES = (
    ZonePlan("z1", Name("巴公片区", "Bagong zone"), ("巴公", "大阳", "下村"), ("z2", "z3", "z5", "z4")),
    ZonePlan("z2", Name("高都片区", "Gaodu zone"), ("高都", "北义城"), ("z1", "z5", "z3", "z4")),
    ZonePlan(
        "z3", Name("周村片区", "Zhoucun zone"), ("周村", "川底", "大东沟", "南岭"), ("z4", "z1", "z2", "z5")
    ),
    ZonePlan(
        "z4",
        Name("南村片区", "Nancun zone"),
        ("南村", "犁川", "山河", "晋庙铺", "大箕"),
        ("z3", "z5", "z1", "z2"),
    ),
    ZonePlan("z5", Name("金村片区", "Jincun zone"), ("金村", "柳树口"), ("z2", "z4", "z1", "z3")),
)
ZONE_OF_TOWN = {town: plan.code for plan in ZONES for town in plan.towns}


def make_areas(sites: Sites) -> tuple[tuple[Town, ...], tuple[Zone, ...]]:
    """Cells are rounded to the folder's grid before they are joined, so that neighbours keep common corners."""
    cells = [shape_to_lonlat(cell) for cell in village_cells(sites.facts, sites.villages)]
    towns: list[Town] = []
    for number, seat in enumerate(sites.seats):
        mine = [cell for cell, site in zip(cells, sites.villages, strict=True) if site.town == number]
        lon, lat = to_lonlat(seat.at)
        towns.append(
            Town(
                seat.fact.code,
                seat.fact.name,
                Point(float(lon), float(lat)),
                seat.quality + "；行政区范围为生成",
                seat.fact.source,
                True,
                _joined(mine),
            )
        )
    by_short = {seat.fact.short: town for seat, town in zip(sites.seats, towns, strict=True)}
    zones = tuple(
        Zone(
            plan.code,
            plan.name,
            _joined([area for name in plan.towns if (area := by_short[name].area) is not None]),
            plan.brigade,
            plan.backup,
        )
        for plan in ZONES
    )
    return tuple(towns), zones


def _joined(parts: Sequence[BaseGeometry]) -> Polygon | MultiPolygon:
    area = shapely.union_all([shapely.make_valid(part) for part in parts], grid_size=1e-7)
    assert isinstance(area, Polygon | MultiPolygon)
    return area
