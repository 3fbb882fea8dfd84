"""The roads as they are now: immutable travel times by vehicle class, with closures and slowdowns laid over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gis_data.speed_profile import SpeedProfile
from routing.condition import Condition, Pieces, check_condition, find_pieces
from routing.graph import RoadGraph
from routing.metric import metric_of
from routing.nearest import ALL_ROADS, EVERY_PIECE, snap_to
from routing.overlay import NOTHING, Change, Laid, Sheets, change_between
from routing.passable import CLOSED
from routing.point import EdgePoint

if TYPE_CHECKING:
    from routing.ends import Arrival
    from routing.fleet import Division
    from routing.hierarchy import Hierarchy
    from routing.reach import Start

__all__ = ["Condition", "LiveRoads"]

REMEMBERED_POINTS = 8192
UNASKED: Any = object()


@dataclass(frozen=True, eq=False)
class LiveRoads:
    """A graph with the conditions that hold; a change makes a new one, and searches under way keep theirs.

    Where conditions overlap, the one that slows most holds. Classes that no condition touches share the arrays of
    `base`, the same roads without any; `touched` tells for the others which conditions hinder them and where, `closed`
    names those of them for which something is closed. `unmatched` are the edge ids that no longer exist. `profile` is
    whose speeds hold; None: the usual ones.
    """

    graph: RoadGraph
    version: int = 0
    conditions: tuple[Condition, ...] = ()
    inbound: Mapping[str, NDArray[np.uint64]] = field(default_factory=dict)
    pieces_of: Mapping[Condition, Pieces] = field(default_factory=dict)
    touched: Mapping[str, Laid] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    unmatched: tuple[tuple[str, str], ...] = ()
    base: LiveRoads | None = None
    hierarchy: Hierarchy | None = None
    profile: SpeedProfile | None = None
    sheets: Sheets = field(default_factory=Sheets, repr=False)
    turn_weights: dict[tuple[str, bool], NDArray[np.uint64]] = field(default_factory=dict, repr=False)
    points: dict[tuple[float, float, str], EdgePoint | None] = field(default_factory=dict, repr=False)
    arrivals: dict[tuple[float, float, str], Arrival | None] = field(default_factory=dict, repr=False)
    divisions: dict[tuple[Start, ...], Mapping[str, Division]] = field(default_factory=dict, repr=False)
    hierarchy_times: dict[str, NDArray[np.uint32]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if not self.inbound:
            object.__setattr__(self, "inbound", self.graph.inbound)

    @property
    def unhindered(self) -> LiveRoads:
        """The same roads without any condition."""
        return self.base or self

    def weights(self, vehicle_class: str) -> NDArray[np.uint64]:
        """The class's weights in the order of the search."""
        self.graph.require_class(vehicle_class)
        return self.inbound[vehicle_class]

    def travel_ms(self, vehicle_class: str) -> NDArray[np.uint32]:
        """Milliseconds by arc, as exported; `CLOSED` where the class cannot go now."""
        weights = self.weights(vehicle_class)
        return (weights[self.graph.slot] >> np.uint64(32)).astype(np.uint32)

    def with_profile(self, profile: SpeedProfile | None) -> LiveRoads:
        """The roads without conditions at a profile's speeds. Make it once, and lay conditions over it with `base`."""
        graph, free = self.graph, self.unhindered
        return LiveRoads(
            graph=graph,
            inbound=graph.inbound if profile is None else metric_of(graph, profile),
            hierarchy=self.hierarchy,
            profile=profile,
            sheets=self.sheets,
            points=free.points,  # no profile closes a road
        )

    def with_conditions(
        self, conditions: Sequence[Condition], version: int, base: LiveRoads | None = None
    ) -> LiveRoads:
        """The same graph under other conditions (all that hold now, not the difference), and with a `base` at others'
        speeds.

        Costs as much as the conditions in which an earlier version differs mean pieces, not as the graph is large.
        """
        graph, known_touched, known_inbound = self.graph, self.touched, self.inbound
        if base is None or base is self.unhindered:
            base = self.unhindered
        else:
            known_touched, known_inbound = {}, base.inbound
        pieces_of: dict[Condition, Pieces] = {}
        unmatched: list[tuple[str, str]] = []
        for condition in conditions:
            check_condition(condition)
            known = self.pieces_of.get(condition)
            if known is None:
                known, odd = find_pieces(graph, condition)
                unmatched += [(condition.id, edge) for edge in odd]
            else:
                unmatched += [one for one in self.unmatched if one[0] == condition.id]
            pieces_of[condition] = known
        inbound = dict(base.inbound)
        touched: dict[str, Laid] = {}
        laid_by: dict[tuple[bool, ...], Laid] = {}  # classes under the same conditions share what is computed
        changes: dict[tuple[Laid, Laid], Change] = {}
        for code in graph.classes:
            here = tuple(
                condition.hinders(code) and len(pieces_of[condition]) > 0 for condition in conditions
            )
            if not any(here):
                continue
            laid = laid_by.setdefault(
                here, Laid({c: pieces_of[c] for c, hinders in zip(conditions, here, strict=True) if hinders})
            )
            touched[code] = laid
            before = known_touched.get(code, NOTHING)
            if before.pieces_of.keys() == laid.pieces_of.keys():
                inbound[code] = known_inbound[code]
                continue
            sheet = self.sheets.take(code, known_inbound[code], base.inbound[code], before, laid)
            step = (sheet.laid, laid)
            if step not in changes:
                changes[step] = change_between(graph, *step)
            sheet.write(changes[step], laid)
            inbound[code] = self.sheets.lend(code, sheet)
        return LiveRoads(
            graph=graph,
            version=version,
            conditions=tuple(conditions),
            inbound=inbound,
            pieces_of=pieces_of,
            touched=touched,
            closed=frozenset(code for code, laid in touched.items() if laid.closes),
            unmatched=tuple(unmatched),
            base=base,
            hierarchy=self.hierarchy,
            profile=base.profile,
            sheets=self.sheets,
        )

    def make_ready(self) -> None:
        """Do before the first alarm and the first closure what takes time as the graph is large."""
        for code in self.graph.classes:
            self.sheets.make_ready(code, self.unhindered.inbound[code])
        self.make_hierarchy_ready()

    def make_hierarchy_ready(self) -> None:
        """Until it was called for this version, classes under conditions are ranked by the search."""
        if self.hierarchy is not None:
            self.hierarchy.make_ready(self, self.graph.classes)

    def with_hierarchy(self, hierarchy: Hierarchy) -> LiveRoads:
        """The same roads with a hierarchy to serve the rankings that would search far."""
        return replace(self, hierarchy=hierarchy, base=self.base and replace(self.base, hierarchy=hierarchy))

    def find_point(self, lon: float, lat: float, vehicle_class: str | None, where: str) -> EdgePoint | None:
        """Like `snap`, remembered, and None instead of an error where no open road is near.

        Conditions close roads and open none: the point on the unhindered roads holds unless its piece is closed now.
        """
        if vehicle_class is not None:
            self.graph.require_class(vehicle_class)
        lon, lat = float(lon), float(lat)  # the compiled search knows floats only
        if self.base is not None:
            freely = self.base.find_point(lon, lat, vehicle_class, where)
            if freely is None or vehicle_class not in self.closed or self._is_open(vehicle_class, freely.arc):
                return freely
        key = (lon, lat, vehicle_class or "")
        known: EdgePoint | None = self.points.get(
            key, UNASKED
        )  # one step: another thread may clear between two
        if known is not UNASKED:
            return known
        if vehicle_class is None:
            point = snap_to(self.graph, ALL_ROADS, EVERY_PIECE, lon, lat, where)
        else:
            joined = self.graph.main_network(vehicle_class).pieces
            point = snap_to(self.graph, self.inbound[vehicle_class], joined, lon, lat, where)
        if len(self.points) >= REMEMBERED_POINTS:
            self.points.clear()
        self.points[key] = point
        return point

    def _is_open(self, vehicle_class: str, arc: int) -> bool:
        return int(self.inbound[vehicle_class][self.graph.slot[arc]] >> np.uint64(32)) < CLOSED
