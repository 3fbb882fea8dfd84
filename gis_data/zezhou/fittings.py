"""What each piece of road is like: surface, width, weight limits, gates and bollards. Invented, by class of road."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from gis_data.model import Roads
from gis_data.roads import roads_of
from gis_data.zezhou.pieces import Piece, split_line
from gis_data.zezhou.plane import Floats, stream, to_lonlat
from gis_data.zezhou.terrain import height

_SPEED = {"trunk": 80.0, "primary": 70.0, "secondary": 60.0, "tertiary": 50.0}
_WIDTH = {"trunk": 12.0, "primary": 9.0, "secondary": 7.5, "tertiary": 6.0, "service": 4.5}
# Choices with their shares: (share, value).
_NARROW = ((0.10, 2.5), (0.22, 3.0), (0.68, 4.0))
_LANE = ((0.16, 1.8), (0.22, 2.5), (0.62, 3.5))
_ALLEY = ((0.22, 1.4), (0.33, 2.3), (0.45, 3.0))
_TRACK_GRADES = ((0.22, "grade2"), (0.40, "grade3"), (0.26, "grade4"), (0.12, "grade5"))
_LIMITS = {
    "secondary": ((0.8, np.nan), (0.2, 40.0)),
    "tertiary": ((0.55, np.nan), (0.30, 30.0), (0.15, 15.0)),
    "unclassified": ((0.40, 20.0), (0.30, 13.0), (0.22, 8.0), (0.08, 5.0)),
    "residential": ((0.5, 10.0), (0.5, 5.0)),
    "living_street": ((1.0, 5.0),),
}
_TRACK_SURFACE = {"grade2": "gravel", "grade3": "unpaved", "grade4": "dirt", "grade5": "dirt"}


def fit_out(pieces: list[Piece]) -> Roads:
    """The finished roads; a gate or a bollard becomes a piece of one metre of its own."""
    rng = stream(10)
    pieces = _with_barriers(pieces, rng)
    ends = height(np.array([piece.line[[0, -1]] for piece in pieces]))
    dice = rng.random((len(pieces), 5))
    rows = [
        _row(number, piece, float(ends[number, 1] - ends[number, 0]), dice[number])
        for number, piece in enumerate(pieces)
    ]
    cuts = np.cumsum([len(piece.line) for piece in pieces])[:-1]
    lines = np.split(to_lonlat(np.concatenate([piece.line for piece in pieces])), cuts)
    return roads_of(lines, {key: [row[key] for row in rows] for key in rows[0]})


def _row(number: int, piece: Piece, climb: float, dice: Floats) -> dict[str, Any]:
    road = piece.road_class
    grade = str(_pick(_TRACK_GRADES, dice[0])) if road == "track" else ""
    rise = climb / max(piece.metres, 60.0) * 100.0
    return {
        "ids": f"r{number:05d}",
        "names": piece.name,
        "classes": road,
        "oneway": piece.oneway,
        "maxspeed_kmh": _SPEED.get(road, np.nan),
        "surface": _surface(road, grade, dice[1]),
        "tracktype": grade,
        "smoothness": _smoothness(road, grade, dice[2]),
        "width_metres": 0.8 if piece.barrier == "bollard" else _width(road, dice[3]),
        "maxweight_tonnes": _pick(_LIMITS.get(road, ((1.0, np.nan),)), dice[4]) if piece.bridge else np.nan,
        "maxheight_metres": np.nan,
        "access": "",
        "barrier": piece.barrier,
        "bridge": piece.bridge,
        "ford": piece.ford,
        "incline_percent": round(min(max(rise, -18.0), 18.0), 1) + 0.0,  # no -0.0
        "synthetic": True,
    }


def _with_barriers(pieces: list[Piece], rng: np.random.Generator) -> list[Piece]:
    """A checkpoint gate where every third forest track leaves the road; bollards in some village alleys."""
    on_road = {tuple(end) for p in pieces if p.road_class != "track" for end in (p.line[0], p.line[-1])}
    found: list[Piece] = []
    for piece in pieces:
        chance = float(rng.random())
        starts = piece.road_class == "track" and (tuple(piece.line[0]) in on_road) != (
            tuple(piece.line[-1]) in on_road
        )
        gate = starts and chance < 0.34
        bollard = piece.road_class == "living_street" and chance < 0.035
        if not (gate or bollard) or piece.metres < 40.0 or piece.bridge or piece.ford:
            found.append(piece)
            continue
        at = 12.0 if tuple(piece.line[0]) in on_road else piece.metres - 13.0
        at = at if gate else piece.metres / 2.0
        before, barrier, after = split_line(piece.line, [at, at + 1.0])
        kind = "gate" if gate else "bollard"
        found.extend(
            (
                replace(piece, line=before),
                replace(piece, line=barrier, barrier=kind),
                replace(piece, line=after),
            )
        )
    return found


def _width(road: str, dice: float) -> float:
    if road in _WIDTH:
        return _WIDTH[road]
    if road == "unclassified":
        return float(_pick(_NARROW, dice))
    if road == "residential":
        return float(_pick(_LANE, dice))
    return float(_pick(_ALLEY, dice)) if road == "living_street" else 3.0


def _surface(road: str, grade: str, dice: float) -> str:
    if road == "track":
        return _TRACK_SURFACE[grade]
    if road in ("trunk", "primary", "secondary"):
        return "asphalt"
    return "asphalt" if road == "tertiary" and dice < 0.6 else "concrete" if dice < 0.93 else "gravel"


def _smoothness(road: str, grade: str, dice: float) -> str:
    if road == "track":
        return {"grade2": "intermediate", "grade3": "bad", "grade4": "bad"}.get(grade, "very_bad")
    if road in ("trunk", "primary"):
        return "excellent"
    return "good" if dice < 0.85 else "intermediate"


def _pick(choices: tuple[tuple[float, Any], ...], dice: float) -> Any:
    for share, value in choices:
        dice -= share
        if dice < 0:
            return value
    return choices[-1][1]
