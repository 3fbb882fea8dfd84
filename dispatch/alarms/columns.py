"""All candidates as columns, as far as they do not depend on the alarm: made once, and mended where a unit changed.

Between two choices few units change, and most of a question to `choose` is the others. So the columns of the last
candidates are kept; they are never written to once they are made. Pure, but for that memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

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


def _made(county: County, candidates: tuple[Candidate, ...]) -> Columns:
    capabilities = tuple(county.capabilities)
    zone_at = {zone.code: place for place, zone in enumerate(county.zones)}
    units = Units(
        turnout_ms=np.array([round(unit.turnout_seconds * 1000) for unit in candidates], dtype=np.int64),
        brings=_table([unit.brings for unit in candidates], capabilities),
        full_brings=_table([unit.full_brings for unit in candidates], capabilities),
        zone=np.array([-1 if u.foreign else zone_at.get(u.zone, -1) for u in candidates], dtype=np.int32),
        engine=np.array([unit.brings.get("engine", 0.0) > 0 for unit in candidates], dtype=np.bool_),
        # By place in the list: these are the same objects, while a dictionary would hash every one of them in Python.
        duty_mode=np.array([_MODES.index(unit.duty_mode) for unit in candidates], dtype=np.int8),
    )
    classes = [_CLASSES.index(unit.station_class) for unit in candidates]
    return Columns(
        county=county,
        candidates=candidates,
        units=units,
        record={name: getattr(units, name).tolist() for name in _UNITS},
        gates=np.array([int(unit.gates) for unit in candidates], dtype=np.int32),
        turnout_ms=np.array([unit.turnout_seconds for unit in candidates], dtype=np.float64) * 1000,
        lon=np.array([unit.lon for unit in candidates], dtype=np.float64),
        lat=np.array([unit.lat for unit in candidates], dtype=np.float64),
        station_class=np.array(classes, dtype=np.int8),
        alike=tuple((at, u.body, u.foreign) for at, u in zip(classes, candidates, strict=True)),
        codes=tuple(unit.code for unit in candidates),
        stations=tuple(unit.station for unit in candidates),
        zones=tuple("" if unit.foreign else unit.zone for unit in candidates),
    )


def _mended(last: Columns, candidates: tuple[Candidate, ...], changed: Sequence[int]) -> Columns:
    new = _made(last.county, tuple(candidates[row] for row in changed))

    def array(old: NDArray[Any], rows: NDArray[Any]) -> NDArray[Any]:
        mended = old.copy()
        mended[changed] = rows
        return mended

    def listed(old: Sequence[Any], rows: Sequence[Any]) -> list[Any]:
        mended = list(old)
        for row, value in zip(changed, rows, strict=True):
            mended[row] = value
        return mended

    return Columns(
        county=last.county,
        candidates=candidates,
        units=Units(*(array(getattr(last.units, name), getattr(new.units, name)) for name in _UNITS)),
        record={name: listed(last.record[name], new.record[name]) for name in _UNITS},
        gates=array(last.gates, new.gates),
        turnout_ms=array(last.turnout_ms, new.turnout_ms),
        lon=array(last.lon, new.lon),
        lat=array(last.lat, new.lat),
        station_class=array(last.station_class, new.station_class),
        alike=tuple(listed(last.alike, new.alike)),
        codes=tuple(listed(last.codes, new.codes)),
        stations=tuple(listed(last.stations, new.stations)),
        zones=tuple(listed(last.zones, new.zones)),
    )


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
