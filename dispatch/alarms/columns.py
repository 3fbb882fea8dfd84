"""All candidates as columns, as far as they do not depend on the alarm: made once, and mended where a unit changed.

Between two choices few units change, and most of a question to `choose` is the others. So the columns of the last
candidates are kept; they are never written to once they are made. Pure, but for that memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.alarms.question import Units
from dispatch.forces.model import Candidate
from gis_data.model import County, DutyMode, StationClass

_MODES, _CLASSES = tuple(DutyMode), tuple(StationClass)
_UNITS = tuple(field.name for field in fields(Units))


@dataclass(frozen=True, slots=True)
class Columns:
    """Row r of everything here is `candidates[r]`.

    `units` is what `choose` reads and `record` the same as lists; `gates` are those that depend on no road or task,
    `turnout_ms` is not rounded; `station_class` indexes `StationClass`; `alike`: (station class, body, foreign), on
    which depends what may be done towards a unit; `zone` is a zone's code, "" beyond the border.
    """

    county: County
    candidates: tuple[Candidate, ...]
    units: Units
    record: Mapping[str, Any]
    gates: NDArray[np.int32]
    turnout_ms: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    station_class: NDArray[np.int8]
    alike: tuple[tuple[int, str, bool], ...]
    codes: tuple[str, ...]
    stations: tuple[str, ...]
    zones: tuple[str, ...]


_last: list[Columns] = []


def columns_of(county: County, candidates: Sequence[Candidate]) -> Columns:
    """The columns of these candidates; only rows of units that are not the very ones of last time are made anew."""
    candidates = tuple(candidates)
    last = _last[0] if _last else None
    if last is None or last.county is not county or len(last.candidates) != len(candidates):
        found = _made(county, candidates)
    else:
        before = zip(last.candidates, candidates, strict=True)
        changed = [row for row, (then, now) in enumerate(before) if then is not now]
        if not changed:
            return last
        few = 2 * len(changed) < len(candidates)
        found = _mended(last, candidates, changed) if few else _made(county, candidates)
    _last[:] = [found]
    return found


class _Row(NamedTuple):
    """One unit in everything of `Units` but what it brings, and in the other columns."""

    turnout_ms: int
    zone: int
    engine: bool
    duty_mode: int
    gates: int
    turnout: float
    lon: float
    lat: float
    station_class: int
    alike: tuple[int, str, bool]
    code: str
    station: str
    home: str


def _row(unit: Candidate, zone_at: Mapping[str, int]) -> _Row:
    # By place in the list: these are the same objects, while a dictionary would hash every one of them in Python.
    force = _CLASSES.index(unit.station_class)
    return _Row(
        turnout_ms=round(unit.turnout_seconds * 1000),
        zone=-1 if unit.foreign else zone_at.get(unit.zone, -1),
        engine=unit.brings.get("engine", 0.0) > 0,
        duty_mode=_MODES.index(unit.duty_mode),
        gates=int(unit.gates),
        turnout=unit.turnout_seconds * 1000,
        lon=unit.lon,
        lat=unit.lat,
        station_class=force,
        alike=(force, unit.body, unit.foreign),
        code=unit.code,
        station=unit.station,
        home="" if unit.foreign else unit.zone,
    )


def _made(county: County, candidates: tuple[Candidate, ...]) -> Columns:
    capabilities = tuple(county.capabilities)
    zone_at = {zone.code: place for place, zone in enumerate(county.zones)}
    rows = [_row(unit, zone_at) for unit in candidates]
    units = Units(
        turnout_ms=np.array([row.turnout_ms for row in rows], dtype=np.int64),
        brings=_table([unit.brings for unit in candidates], capabilities),
        full_brings=_table([unit.full_brings for unit in candidates], capabilities),
        zone=np.array([row.zone for row in rows], dtype=np.int32),
        engine=np.array([row.engine for row in rows], dtype=np.bool_),
        duty_mode=np.array([row.duty_mode for row in rows], dtype=np.int8),
    )
    return Columns(
        county=county,
        candidates=candidates,
        units=units,
        record={name: getattr(units, name).tolist() for name in _UNITS},
        gates=np.array([row.gates for row in rows], dtype=np.int32),
        turnout_ms=np.array([row.turnout for row in rows], dtype=np.float64),
        lon=np.array([row.lon for row in rows], dtype=np.float64),
        lat=np.array([row.lat for row in rows], dtype=np.float64),
        station_class=np.array([row.station_class for row in rows], dtype=np.int8),
        alike=tuple(row.alike for row in rows),
        codes=tuple(row.code for row in rows),
        stations=tuple(row.station for row in rows),
        zones=tuple(row.home for row in rows),
    )


def _mended(last: Columns, candidates: tuple[Candidate, ...], changed: Sequence[int]) -> Columns:
    """A few rows written over in copies: making small arrays of them first takes several times as long."""
    county, capabilities = last.county, tuple(last.county.capabilities)
    zone_at = {zone.code: place for place, zone in enumerate(county.zones)}
    units = Units(*(getattr(last.units, name).copy() for name in _UNITS))
    record = {name: list(last.record[name]) for name in _UNITS}
    gates, turnout_ms, station_class = last.gates.copy(), last.turnout_ms.copy(), last.station_class.copy()
    lon, lat = last.lon.copy(), last.lat.copy()
    alike, codes = list(last.alike), list(last.codes)
    stations, zones = list(last.stations), list(last.zones)
    for at in changed:
        unit = candidates[at]
        row = _row(unit, zone_at)
        units.turnout_ms[at] = record["turnout_ms"][at] = row.turnout_ms
        units.zone[at] = record["zone"][at] = row.zone
        units.engine[at] = record["engine"][at] = row.engine
        units.duty_mode[at] = record["duty_mode"][at] = row.duty_mode
        units.brings[at] = record["brings"][at] = amounts(unit.brings, capabilities)
        units.full_brings[at] = record["full_brings"][at] = amounts(unit.full_brings, capabilities)
        gates[at], turnout_ms[at], station_class[at] = row.gates, row.turnout, row.station_class
        lon[at], lat[at] = row.lon, row.lat
        alike[at], codes[at], stations[at], zones[at] = row.alike, row.code, row.station, row.home
    return Columns(
        county, candidates, units, record, gates, turnout_ms, lon, lat, station_class,
        tuple(alike), tuple(codes), tuple(stations), tuple(zones),
    )  # fmt: skip


def amounts(quantities: Mapping[str, float], capabilities: tuple[str, ...]) -> list[float]:
    """Of each capability how much, none where nothing is said of it."""
    return [float(quantities.get(code, 0.0)) for code in capabilities]


def _table(quantities: Sequence[Mapping[str, float]], capabilities: tuple[str, ...]) -> NDArray[np.float64]:
    """A row for each of them; few units bring much of what there is."""
    column = {code: place for place, code in enumerate(capabilities)}
    table = np.zeros((len(quantities), len(capabilities)))
    places: list[int] = []
    amounts: list[float] = []
    for first, brought in zip(range(0, table.size, len(capabilities) or 1), quantities, strict=False):
        places += [first + column[code] for code in brought if code in column]
        amounts += [brought[code] for code in brought if code in column]
    table.reshape(-1)[places] = amounts
    return table
