"""Which pieces of road a vehicle class may use in each direction, and how many milliseconds it needs for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from gis_data.model import DrivingRules, Roads, VehicleClass

CLOSED = 2**31 - 1
LONGEST_MS = 10**9

UNPAVED = frozenset(
    {
        "unpaved", "compacted", "fine_gravel", "gravel", "pebblestone", "rock", "dirt", "earth", "ground",
        "grass", "grass_paver", "mud", "sand", "woodchips", "snow", "ice", "salt", "clay", "stepping_stones",
    }
)  # fmt: skip
GATES = frozenset(
    {
        "gate", "lift_gate", "swing_gate", "sliding_gate", "wicket_gate", "hampshire_gate", "bump_gate",
        "sally_port", "chain", "rope", "sliding_beam",
    }
)  # fmt: skip
POSTS = frozenset(
    {
        "bollard",
        "rising_bollard",
        "block",
        "cycle_barrier",
        "motorcycle_barrier",
        "planter",
        "height_restrictor",
    }
)
WALLS = frozenset(
    {
        "stile", "turnstile", "kissing_gate", "full-height_turnstile", "horse_stile", "jersey_barrier", "debris",
        "log", "wall", "fence", "hedge", "ditch", "retaining_wall", "guard_rail", "tank_trap", "spikes",
    }
)  # fmt: skip


def travel_table(
    roads: Roads, length_metres: NDArray[np.float64], vehicle: VehicleClass, rules: DrivingRules
) -> NDArray[np.uint32]:
    """Milliseconds by arc (2 × piece along the line, 2 × piece + 1 against it); `CLOSED` where it cannot go."""
    speed = by_word(roads.classes, lambda word: vehicle.speeds_kmh.get(word, 0.0))
    if not vehicle.on_foot:
        limit = np.where(roads.maxspeed_kmh > 0.0, roads.maxspeed_kmh * rules.maxspeed_factor, np.inf)
        speed = np.minimum(speed, limit)
    speed *= by_word(roads.surface, lambda word: _surface_factor(word, vehicle))
    passable = speed > 0.0
    for _, stopped in obstacles(roads, vehicle, rules):
        passable &= ~stopped

    gate_ms = by_word(roads.barrier, lambda word: vehicle.gate_seconds * 1000.0 if word in GATES else 0.0)
    if vehicle.on_foot:
        gate_ms[:] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.where(passable, length_metres * 3600.0 / speed, np.inf)
    rise = (
        np.where(np.isnan(roads.incline_percent), 0.0, roads.incline_percent)
        * vehicle.uphill_time_per_percent
    )
    along, against = level * (1.0 + np.maximum(rise, 0.0)), level * (1.0 + np.maximum(-rise, 0.0))
    if not vehicle.on_foot:
        slow = 1.0 / rules.contraflow_factor if vehicle.against_oneway else np.inf
        contraflow = by_word(roads.classes, lambda word: slow if word in rules.contraflow_roads else np.inf)
        along = np.where(roads.oneway < 0, _times(along, contraflow), along)
        against = np.where(roads.oneway > 0, _times(against, contraflow), against)
    table = np.empty(2 * len(roads), dtype=np.uint32)
    table[0::2] = _milliseconds(along + gate_ms)
    table[1::2] = _milliseconds(against + gate_ms)
    return table


def obstacles(
    roads: Roads, vehicle: VehicleClass, rules: DrivingRules
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """What may stop a class, one after the other, and on which pieces it does: all that is needed to say why.

    Comparisons with NaN are false, so an unknown width, weight, height or gradient never closes a road. Between posts
    the width is that of the gap, and `passes_bollards` says already who slips through.
    """
    clearance = 0.0 if vehicle.on_foot else rules.side_clearance_metres
    between_posts = by_word(roads.barrier, lambda word: word in POSTS and vehicle.passes_bollards).astype(
        bool
    )
    yield "no_access", by_word(roads.access, lambda word: word in rules.closing_access).astype(bool)
    yield "barrier", ~by_word(roads.barrier, lambda word: _passes(word, vehicle)).astype(bool)
    yield "too_narrow", (roads.width_metres < vehicle.width_metres + clearance) & ~between_posts
    yield "too_weak", roads.maxweight_tonnes < vehicle.mass_tonnes
    yield "too_low", roads.maxheight_metres < vehicle.height_metres
    yield "ford", roads.ford & (not vehicle.ford)
    if vehicle.max_incline_percent > 0.0:
        yield "too_steep", np.abs(roads.incline_percent) > vehicle.max_incline_percent
    yield "surface", ~_surface_holds(roads, vehicle, rules)
    yield "road_class", by_word(roads.classes, lambda word: vehicle.speeds_kmh.get(word, 0.0)) <= 0.0


def why_closed(roads: Roads, piece: int, vehicle: VehicleClass, rules: DrivingRules) -> str | None:
    """What stops a class on one piece of road, a name of `obstacles`; None where nothing that is built there does."""
    one = one_piece(roads, piece)
    return next((cause for cause, stopped in obstacles(one, vehicle, rules) if stopped[0]), None)


def one_piece(roads: Roads, piece: int) -> Roads:
    first, last = int(roads.starts[piece]), int(roads.starts[piece + 1])
    columns = {f.name: getattr(roads, f.name)[piece : piece + 1] for f in fields(Roads)}
    shape = {"coords": roads.coords[first:last], "starts": np.array((0, last - first), dtype=np.int64)}
    return Roads(**(columns | shape))


def by_word(words: Sequence[str], value: Callable[[str], float]) -> NDArray[np.float64]:
    """A column of words as numbers, asking once a distinct word."""
    number = {word: float(value(word)) for word in dict.fromkeys(words)}
    return np.fromiter(map(number.__getitem__, words), dtype=np.float64, count=len(words))


def _surface_factor(surface: str, vehicle: VehicleClass) -> float:
    """The class's own factor, or its factor for `unpaved` where it does not tell this kind of soft ground apart."""
    if surface in vehicle.surface_factor:
        return vehicle.surface_factor[surface]
    return vehicle.surface_factor.get("unpaved", 1.0) if surface in UNPAVED else 1.0


def _passes(barrier: str, vehicle: VehicleClass) -> bool:
    if barrier in GATES:
        return vehicle.passes_gates or vehicle.on_foot
    if barrier in POSTS:
        return vehicle.passes_bollards or vehicle.on_foot
    return barrier not in WALLS or vehicle.on_foot


def _surface_holds(roads: Roads, vehicle: VehicleClass, rules: DrivingRules) -> NDArray[np.bool_]:
    """Tracktype and smoothness, where known, must be among the class's own; needs_paved asks for a hard surface."""
    if vehicle.on_foot:
        return np.ones(len(roads), dtype=np.bool_)
    track = by_word(roads.classes, lambda word: word == "track").astype(np.bool_)
    graded = by_word(roads.tracktype, lambda word: word in vehicle.tracktypes).astype(np.bool_)
    ungraded = by_word(roads.tracktype, lambda word: word == "").astype(np.bool_)
    holds = graded | (ungraded & (~track | (rules.unknown_track in vehicle.tracktypes)))
    holds &= by_word(roads.smoothness, lambda word: word == "" or word in vehicle.smoothness).astype(np.bool_)
    if vehicle.needs_paved:
        unpaved = by_word(roads.surface, lambda word: word in UNPAVED).astype(np.bool_)
        unknown = by_word(roads.surface, lambda word: word == "").astype(np.bool_)
        hard_track = by_word(roads.tracktype, lambda word: word == "grade1").astype(np.bool_)
        holds &= ~(unpaved | (unknown & track & ~hard_track))
    return holds


def _times(milliseconds: NDArray[np.float64], factor: NDArray[np.float64]) -> NDArray[np.float64]:
    """A product in which a closed road stays closed even when its length is zero."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(factor), np.inf, milliseconds * factor)


def _milliseconds(exact: NDArray[np.float64]) -> NDArray[np.uint32]:
    """Whole milliseconds, at least 1, so that no search meets an arc that costs nothing."""
    open_ = np.isfinite(exact)
    whole = np.clip(np.rint(np.where(open_, exact, 0.0)), 1.0, float(LONGEST_MS))
    return np.where(open_, whole, float(CLOSED)).astype(np.uint32)
