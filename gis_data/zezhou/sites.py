"""Every built-up place before there are roads: the city, towns, villages, hamlets, and settlements of neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gis_data.zezhou.facts import Facts, facts
from gis_data.zezhou.mesh import BUFFER_METRES, Ground, Mesh, Pattern, make_mesh
from gis_data.zezhou.plane import Floats, centimetres, length, stream, to_plane
from gis_data.zezhou.terrain import ruggedness
from gis_data.zezhou.towns import Seat, VillageSite, seats, villages

# Seats of the neighbours, to a kilometre or so; where one lies beyond the strip, the road ends at its edge.
NEIGHBOUR_SEATS = {
    "高平": (112.92, 35.79),
    "陵川": (113.275, 35.77),
    "沁阳": (112.95, 35.09),
    "博爱": (113.07, 35.175),
    "阳城": (112.42, 35.49),
    "济源": (112.60, 35.115),
    "沁水": (112.43, 35.70),
    "中站": (113.17, 35.255),
}


@dataclass(frozen=True)
class HamletSite:
    """自然村, invented. `village` is the index of the village it belongs to."""

    at: Floats
    village: int


@dataclass(frozen=True)
class Sites:
    facts: Facts
    seats: tuple[Seat, ...]
    villages: tuple[VillageSite, ...]
    hamlets: tuple[HamletSite, ...]
    city: Floats
    neighbour_seats: dict[str, Floats]
    outlying: tuple[Floats, ...]
    mesh: Mesh
    first: dict[str, int]  # where each sort of pattern begins

    def point(self, sort: str, number: int) -> int:
        """The mesh point in the middle of the n-th city, town, neighbour, village, hamlet or outlying place."""
        return int(self.mesh.centre[self.first[sort] + number])


def make_sites() -> Sites:
    known = facts()
    towns = seats(known)
    homes = villages(known, towns)
    city = centimetres(np.array(known.city.centroid.coords[0]))
    abroad = {name: _drawn_in(known, to_plane(at), city) for name, at in NEIGHBOUR_SEATS.items()}
    hamlets = _hamlets(known, homes, towns)
    outlying = _outlying(known, list(abroad.values()))
    patterns: list[Pattern] = [Pattern(Ground.CITY, city, 3400.0, (285.0, 240.0), 12.0)]
    first = {"city": 0, "town": 1}
    for seat in towns:
        radius = 380.0 + 14.0 * seat.fact.villages
        patterns.append(Pattern(Ground.TOWN, seat.at, radius, (118.0, 88.0), 7.0))
    first["neighbour"] = len(patterns)
    patterns.extend(Pattern(Ground.TOWN, at, 650.0, (150.0, 120.0), 9.0) for at in abroad.values())
    first["village"] = len(patterns)
    patterns.extend(_village_pattern(home) for home in homes)
    first["hamlet"] = len(patterns)
    patterns.extend(Pattern(Ground.HAMLET, h.at, 74.0, (46.0, 44.0), 9.0) for h in hamlets)
    first["outlying"] = len(patterns)
    patterns.extend(Pattern(Ground.HAMLET, at, 110.0, (70.0, 60.0), 12.0) for at in outlying)
    mesh = make_mesh(known.county, known.city, patterns)
    return Sites(known, towns, homes, hamlets, city, abroad, outlying, mesh, first)


def _drawn_in(known: Facts, at: Floats, city: Floats) -> Floats:
    """A seat beyond the strip is drawn at its edge, in its direction."""
    while shapely.distance(known.county, shapely.Point(at)) > BUFFER_METRES - 1500.0:
        at = at + (city - at) * 0.02
    return centimetres(at)


def _village_pattern(home: VillageSite) -> Pattern:
    radius = 60.0 if home.in_town else 84.0 + home.population / 19.0
    return Pattern(Ground.VILLAGE, home.at, radius, (54.0, 47.0), 9.0)


def _hamlets(known: Facts, homes: tuple[VillageSite, ...], towns: tuple[Seat, ...]) -> tuple[HamletSite, ...]:
    """One or two hamlets near most villages of the hills, few in the plain."""
    rng = stream(5)
    centres = np.array([home.at for home in homes] + [seat.at for seat in towns])
    reach = np.array([260.0 + h.population / 19.0 for h in homes] + [1150.0] * len(towns))
    found: list[HamletSite] = []
    taken = np.zeros((0, 2))
    for number, home in enumerate(homes):
        if home.in_town:
            continue
        wanted = int(0.75 + 2.1 * float(ruggedness(home.at)) + float(rng.random()) * 1.3)
        for spot in home.at + (rng.random((20, 2)) - 0.5) * 2800.0:
            if wanted == 0:
                break
            at = centimetres(spot)
            free = (length(centres - at) > reach + 160.0).all() and (
                len(taken) == 0 or length(taken - at).min() > 420.0
            )
            nearest = int(np.argmin(length(centres[: len(homes)] - at)))
            if not free or nearest != number or not _well_inside(known, at):
                continue
            found.append(HamletSite(at, number))
            taken = np.concatenate([taken, at[None]])
            wanted -= 1
    return tuple(found)


def _well_inside(known: Facts, at: Floats) -> bool:
    point = shapely.Point(at)
    return bool(
        shapely.contains(known.county, point) and shapely.distance(known.county.boundary, point) > 250.0
    )


def _outlying(known: Facts, taken: list[Floats]) -> tuple[Floats, ...]:
    """Settlements of the neighbours in the strip round the county, sparse and without names."""
    rng = stream(6)
    west, south, east, north = known.county.bounds
    low = np.array([west, south]) - BUFFER_METRES
    high = np.array([east, north]) + BUFFER_METRES
    home = shapely.union(known.county, known.city)
    found = list(taken)
    for spot in centimetres(low + rng.random((2600, 2)) * (high - low)):
        away = float(shapely.distance(home, shapely.Point(spot)))
        if 900.0 < away < BUFFER_METRES - 900.0 and length(np.array(found) - spot).min() > 3100.0:
            found.append(spot)
    return tuple(found[len(taken) :])
