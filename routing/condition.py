"""A condition of the roads, said by edge, by name, by area or by kind of road, and the pieces that it means."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from gis_data.errors import InputError
from routing.graph import RoadGraph
from routing.nearest import pieces_touching
from routing.words import Repeated

Pieces = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Condition:
    """A stretch of road that is closed (`factor` 0) or slowed (0 to 1 × the speed).

    It means the `edges`, and beside them every piece that its `area` touches (no area: that lies anywhere) and that is
    called by one of the `names`, is of one of the `road_classes` and of one of the `surfaces`, and is a bridge where
    only `bridges` are meant; what is left empty asks for nothing. With edges alone it means these alone, and all
    roads only where it says `everywhere`. Names are compared by `plain_name`. No vehicle classes named: it holds for
    all of them.
    """

    id: str
    edges: tuple[str, ...] = ()
    area: Polygon | MultiPolygon | None = None
    factor: float = 0.0
    vehicle_classes: frozenset[str] = frozenset()
    reason: str = ""
    names: tuple[str, ...] = ()
    road_classes: frozenset[str] = frozenset()
    surfaces: frozenset[str] = frozenset()
    bridges: bool = False
    everywhere: bool = False
    place: str = ""

    def hinders(self, vehicle_class: str) -> bool:
        return self.factor < 1.0 and (not self.vehicle_classes or vehicle_class in self.vehicle_classes)

    @property
    def picks(self) -> bool:
        """Whether it means roads by what they are or where they lie, not by edge ids alone."""
        kinds = self.names or self.road_classes or self.surfaces or self.bridges
        return bool(kinds) or self.area is not None or self.everywhere


def check_condition(condition: Condition) -> None:
    """Raises InputError for a factor that is none."""
    if not 0.0 <= condition.factor <= 1.0:
        raise InputError(
            f"road condition {condition.id}",
            f"factor {condition.factor} is out of range",
            "give 0 (closed) to 1",
        )


def pieces_meant(graph: RoadGraph, condition: Condition) -> Pieces:
    """The pieces that a condition means, ascending; edges that are not on the roads are left out."""
    return find_pieces(graph, condition)[0]


def find_pieces(graph: RoadGraph, condition: Condition) -> tuple[Pieces, tuple[str, ...]]:
    """The pieces that a condition means, ascending, and those of its edges that are not on the roads."""
    numbers = graph.piece_of.of_each(condition.edges)
    unmatched = tuple(edge for edge, number in zip(condition.edges, numbers, strict=True) if number < 0)
    return _meant(graph, condition, np.unique(numbers[numbers >= 0])), unmatched


def _meant(graph: RoadGraph, condition: Condition, listed: Pieces) -> Pieces:
    if not condition.picks:
        return listed
    if condition.area is not None:
        picked = pieces_touching(graph, condition.area)
    else:
        picked = np.arange(len(graph.piece_ids), dtype=np.int64)
    if condition.road_classes:
        picked = _those(picked, graph.piece_classes, condition.road_classes.__contains__)
    if condition.surfaces:
        picked = _those(picked, graph.piece_surfaces, condition.surfaces.__contains__)
    if condition.bridges:
        picked = picked[graph.bridge[picked]]
    if condition.names:
        plain = {plain_name(name) for name in condition.names} - {""}
        picked = _those(picked, graph.piece_names, lambda name: plain_name(name) in plain)
    return picked if len(listed) == 0 else np.union1d(picked, listed)


def plain_name(name: str) -> str:
    """A road's name as it is compared: wide letters and digits, case and blanks make no other road of it."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def unknown_names(graph: RoadGraph, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Those of the names that no road has, each with the nearest spellings on these roads, best first."""
    spelled: dict[str, str] = {}
    for name in graph.piece_names.table:
        if name:
            spelled.setdefault(plain_name(name), name)
    strange: dict[str, tuple[str, ...]] = {}
    for name in names:
        plain = plain_name(name)
        if plain not in spelled:
            near = difflib.get_close_matches(plain, spelled, n=5, cutoff=0.4)
            near += sorted(known for known in spelled if plain and plain in known and known not in near)[:5]
            strange[name] = tuple(spelled[one] for one in near[:5])
    return strange


def _those(pieces: Pieces, column: Repeated, wanted: Callable[[str], bool]) -> Pieces:
    """Those of the pieces whose word is wanted, asking once a distinct word."""
    is_wanted = np.fromiter(map(wanted, column.table), dtype=np.bool_, count=len(column.table))
    return pieces[is_wanted[column.number[pieces]]]
