"""Where the seats and villages lie: seats as known or inferred, villages drawn inside their town, both said so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiPoint
from shapely.geometry.base import BaseGeometry

from gis_data.zezhou.facts import Facts, TownFact, VillageFact
from gis_data.zezhou.plane import Floats, centimetres, length, stream, to_plane
from gis_data.zezhou.terrain import ruggedness

# Towns without any public position: the empty quarter of the map in which they are known to lie, roughly.
_INFERRED = {
    "下村镇": (112.70, 35.655),
    "周村镇": (112.64, 35.475),
    "山河镇": (112.70, 35.295),
    "南岭镇": (112.63, 35.39),
}
# A seat whose known position is only the centre of its area, or uncertain, counts as synthetic.
_TRUSTED = frozenset({"seat"})
_QUALITY = {
    "seat": "驻地点（GeoNames）",
    "area_centre": "行政区范围中心，非驻地",
    "unverified": "未核实的公开点位，±1.3 km",
    "none": "无公开坐标，按空白区域推定",
}

VILLAGE_STEP = 380.0
MIN_SPACING = 1500.0


@dataclass(frozen=True)
class Seat:
    fact: TownFact
    at: Floats
    quality: str
    synthetic: bool


@dataclass(frozen=True)
class VillageSite:
    """`in_town`: part of the built-up seat, without lanes of its own."""

    fact: VillageFact
    at: Floats
    town: int
    population: int
    in_town: bool


def seats(facts: Facts) -> tuple[Seat, ...]:
    found = []
    for town in facts.towns:
        lonlat = _INFERRED[town.name] if town.lon is None or town.lat is None else (town.lon, town.lat)
        at = centimetres(to_plane(lonlat))
        found.append(Seat(town, at, _QUALITY[town.quality], town.quality not in _TRUSTED))
    return tuple(found)


def villages(facts: Facts, towns: tuple[Seat, ...]) -> tuple[VillageSite, ...]:
    """A site for every village: apart from each other, in its town's part of the county, rather in the valleys."""
    rng = stream(3)
    candidates = _candidates(facts.county, rng)
    owner = _nearest_town(candidates, towns)
    liking = rng.random(len(candidates)) + 0.5 * (1.0 - ruggedness(candidates))
    taken = [seat.at for seat in towns]
    sites: list[VillageSite] = []
    for number, seat in enumerate(towns):
        mine = [v for v in facts.villages if v.town == seat.fact.code]
        outside = [v for v in mine if not _in_town(v, seat.fact)]
        spots = _spread(candidates[owner == number], liking[owner == number], taken, len(outside))
        taken.extend(spots)
        near = iter(_ring(seat.at, len(mine) - len(outside), rng))
        away = iter(spots)
        for village in mine:
            inside = _in_town(village, seat.fact)
            at = next(near) if inside else next(away)
            size = float(rng.random())
            people = int(260 + 2400 * size * size + (900 if inside else 0))
            sites.append(VillageSite(village, at, number, people, inside))
    return tuple(sites)


def village_cells(facts: Facts, sites: tuple[VillageSite, ...]) -> list[BaseGeometry]:
    """The county divided among its villages: the nearest village is yours. Neighbouring cells share their corners."""
    points = np.array([site.at for site in sites])
    cells = shapely.voronoi_polygons(MultiPoint(points), extend_to=facts.county, ordered=True)
    return [shapely.intersection(cell, facts.county) for cell in shapely.get_parts(cells)]


def _candidates(county: BaseGeometry, rng: np.random.Generator) -> Floats:
    west, south, east, north = county.bounds
    columns, rows = int((east - west) / VILLAGE_STEP), int((north - south) / VILLAGE_STEP)
    grid = np.stack(np.meshgrid(np.arange(columns), np.arange(rows), indexing="ij"), axis=-1).reshape(-1, 2)
    points = centimetres((grid + rng.random(grid.shape)) * VILLAGE_STEP + (west, south))
    at = shapely.points(points)
    inside = shapely.contains(county, at) & (shapely.distance(county.boundary, at) > 350.0)
    return points[inside]


def _nearest_town(points: Floats, towns: tuple[Seat, ...]) -> np.ndarray:
    """Nearest by distance over the square root of the number of villages: a big town reaches farther."""
    reach = np.sqrt(np.array([seat.fact.villages for seat in towns], dtype=np.float64))
    centres = np.array([_area_centre(seat) for seat in towns])
    return np.asarray(np.argmin(length(points[:, None] - centres[None]) / reach, axis=1))


def _area_centre(seat: Seat) -> Floats:
    if seat.fact.bbox is None:
        return seat.at
    west, south, east, north = seat.fact.bbox
    return to_plane(((west + east) / 2, (south + north) / 2))


def _spread(points: Floats, liking: Floats, taken: list[Floats], wanted: int) -> list[Floats]:
    """Greedy by liking, at the widest spacing that still leaves room for all."""
    order = np.argsort(-liking, kind="stable")
    spacing = MIN_SPACING
    while True:
        chosen: list[Floats] = []
        others = np.array(taken)
        for index in order:
            at = points[index]
            if len(chosen) == wanted:
                break
            if length(others - at).min() < spacing + 250.0:
                continue
            if chosen and length(np.array(chosen) - at).min() < spacing:
                continue
            chosen.append(at)
        if len(chosen) == wanted:
            return chosen
        spacing *= 0.92


def _in_town(village: VillageFact, town: TownFact) -> bool:
    name = village.name
    return name.startswith(town.short) and "园" not in name and len(name) <= len(town.short) + 4


def _ring(centre: Floats, count: int, rng: np.random.Generator) -> list[Floats]:
    """Spots round the seat, on a diamond (no sines: they differ between machines)."""
    spots = []
    for k in range(count):
        t = 4.0 * (k + 0.5 * float(rng.random())) / max(count, 1)
        corner, rest = int(t) % 4, t - int(t)
        x, y = ((1 - rest, rest), (-rest, 1 - rest), (rest - 1, -rest), (rest, rest - 1))[corner]
        spots.append(centimetres(centre + np.array([x, y]) * (260.0 + 160.0 * float(rng.random()))))
    return spots
