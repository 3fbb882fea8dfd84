"""How long every unit drives from its station to every place where something burns: a travel matrix, made ahead."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from dispatch.alarms.travel import Travel
from gis_data.model import County
from routing.live import LiveRoads
from routing.matrix import travel_matrix
from routing.reach import Start

_COLUMNS = (
    *("known", "reachable", "travel_ms", "on_foot_ms", "metres", "on_foot_metres"),
    *("setup_ms", "without_water_ms"),
)


@dataclass(frozen=True)
class TravelTable:
    """Places × units, in the county's order; rows are filled when they are needed (`known`)."""

    known: NDArray[np.bool_]
    reachable: NDArray[np.bool_]
    travel_ms: NDArray[np.int64]
    on_foot_ms: NDArray[np.int64]
    metres: NDArray[np.float64]
    on_foot_metres: NDArray[np.float64]
    setup_ms: NDArray[np.int64]
    without_water_ms: NDArray[np.int64]

    def row(self, place: int) -> tuple[Travel, ...]:
        """As the framing of a question wants it."""
        return tuple(
            Travel(
                bool(reachable),
                int(travel),
                int(foot),
                float(metres),
                float(walked),
                setup_ms=int(setup),
                without_water_ms=int(without),
            )
            for reachable, travel, foot, metres, walked, setup, without in zip(
                self.reachable[place],
                self.travel_ms[place],
                self.on_foot_ms[place],
                self.metres[place],
                self.on_foot_metres[place],
                self.setup_ms[place],
                self.without_water_ms[place],
                strict=True,
            )
        )


def empty_table(county: County) -> TravelTable:
    shape = (len(county.places), len(county.units))
    return TravelTable(
        np.zeros(shape[0], dtype=np.bool_),
        np.zeros(shape, dtype=np.bool_),
        np.zeros(shape, dtype=np.int64),
        np.zeros(shape, dtype=np.int64),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(shape, dtype=np.int64),
        np.zeros(shape, dtype=np.int64),
    )


def fill(
    table: TravelTable,
    county: County,
    roads: Callable[[], LiveRoads],
    places: Iterable[int],
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> bool:
    """Find what is not known yet, on roads without conditions; False where there was nothing to do.

    `progress` counts the searches.
    """
    missing = [place for place in sorted(set(places)) if not table.known[place]]
    if not missing:
        return False
    live = roads()
    stations = {station.code: station.position for station in county.stations}
    wanted = [
        (stations[unit.station].x, stations[unit.station].y, unit.vehicle_class) for unit in county.units
    ]
    # Units of one station and class drive alike.
    alike = list(dict.fromkeys(wanted))
    index = np.array([alike.index(one) for one in wanted], dtype=np.intp)
    spots = [(at.x, at.y) for at in (county.places[place].position for place in missing)]
    found = travel_matrix(live, [Start(*one) for one in alike], spots, progress=progress)
    table.reachable[missing] = found.reachable.T[:, index]
    table.travel_ms[missing] = found.travel_ms.T[:, index]
    table.on_foot_ms[missing] = found.on_foot_ms.T[:, index]
    table.metres[missing] = found.distance_metres.T[:, index]
    table.on_foot_metres[missing] = found.on_foot_metres.T[:, index]
    table.setup_ms[missing] = found.setup_ms.T[:, index]
    table.without_water_ms[missing] = found.without_water_ms.T[:, index]
    table.known[missing] = True
    return True


def fingerprint(county: County) -> str:
    """A short checksum of everything the times depend on: the county's ground, its classes, and how we route."""
    seal = hashlib.sha256(county.digest.encode())
    stations = {station.code: station.position for station in county.stations}
    for unit in county.units:
        at = stations[unit.station]
        seal.update(f"{unit.code} {unit.vehicle_class} {at.x!r} {at.y!r}\n".encode())
    for place in county.places:
        seal.update(f"{place.code} {place.position.x!r} {place.position.y!r}\n".encode())
    for code in sorted(county.vehicle_classes):
        vehicle = county.vehicle_classes[code]
        seal.update(_said(vehicle).encode())
    for part in sorted(files("routing").iterdir(), key=lambda entry: entry.name):
        if part.name.endswith(".py"):
            seal.update(part.read_bytes())
    return seal.hexdigest()[:16]


def _said(vehicle: object) -> str:
    fields: Sequence[str] = getattr(vehicle, "__slots__", ())
    return ";".join(f"{name}={_ordered(getattr(vehicle, name))}" for name in fields)


def _ordered(value: object) -> str:
    """A set says its members in another order in every process."""
    if isinstance(value, frozenset):
        return repr(sorted(value))
    return repr(sorted(value.items())) if isinstance(value, dict) else repr(value)


def read_table(file: Path, county: County) -> TravelTable:
    """What an earlier run left; an empty table where there is none or it cannot be read."""
    table = empty_table(county)
    try:
        with np.load(file) as kept:
            found = TravelTable(*(kept[column] for column in _COLUMNS))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return table
    return found if found.travel_ms.shape == table.travel_ms.shape else table


def write_table(table: TravelTable, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    making = file.with_name(f"{file.name}.part.npz")
    np.savez_compressed(making, **{column: getattr(table, column) for column in _COLUMNS})
    making.replace(file)
