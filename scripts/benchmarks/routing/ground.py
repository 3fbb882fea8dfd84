"""The road graphs that are measured: two real ones and two generated, each made when a row first asks for it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gis_data.bundled import bundled_county_folder
from gis_data.catalogue import default_catalogue
from gis_data.folder import read_county
from gis_data.model import County
from gis_data.osm import import_osm
from routing.county import county_graph
from routing.graph import RoadGraph, build_graph
from routing.hierarchy import Hierarchy
from routing.live import LiveRoads
from routing.rank import Fleet
from routing.reach import Start
from scripts.benchmarks.road_like import road_like

VEHICLE = "light_engine"
EXTRACT = Path(__file__).resolve().parents[4] / "shared" / "data" / "osm" / "liechtenstein-2013.osm.pbf"


@dataclass(frozen=True, eq=False)
class Ground:
    """`name` as the rows say it; `generous` is how many alarms are asked of a fast peer, `few` of a slow one."""

    name: str
    graph: RoadGraph
    generous: int
    few: int
    is_province: bool = False
    is_county: bool = False  # the generated one, to which the goals belong
    made: list[LiveRoads] = field(default_factory=list)

    @property
    def live(self) -> LiveRoads:
        """Without a hierarchy."""
        if not self.made:
            self.made.append(LiveRoads(self.graph))
        return self.made[0]

    @property
    def climbing(self) -> LiveRoads:
        """The same roads with a hierarchy."""
        if len(self.made) < 2:
            self.made.append(self.live.with_hierarchy(Hierarchy(self.graph)))
        return self.made[1]

    @property
    def settled(self) -> NDArray[np.int64]:
        """Nodes from which and to which the whole main network can be driven."""
        main = self.graph.main_network(VEHICLE)
        return np.flatnonzero(main.leads_in & main.comes_out)

    def at(self, node: int) -> tuple[float, float]:
        return float(self.graph.node_lon[node]), float(self.graph.node_lat[node])

    def fleet(self, live: LiveRoads, nodes: NDArray[np.int64]) -> Fleet:
        """A unit of one class at each of these nodes."""
        return Fleet(live, [Start(*self.at(int(node)), VEHICLE) for node in nodes])


@dataclass
class Grounds:
    """Keeps what was made until the run is over; `folder` goes with it."""

    folder: Path
    kept: dict[str, Ground] = field(default_factory=dict)
    counties: dict[str, County] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Grounds]:
        with tempfile.TemporaryDirectory() as folder:
            yield cls(Path(folder))

    def bundled_county(self) -> County:
        if "bundled" not in self.counties:
            self.counties["bundled"] = read_county(bundled_county_folder(self.folder / "counties"))
        return self.counties["bundled"]

    def bundled(self) -> Ground:
        return self._of_county("bundled county", self.bundled_county())

    def liechtenstein(self) -> Ground | None:
        """None where the extract is not at hand."""
        if not EXTRACT.exists():
            return None
        out = self.folder / "liechtenstein"
        if not out.exists():
            import_osm(EXTRACT, out)
        return self._of_county("Liechtenstein", read_county(out))

    def county(self) -> Ground:
        return self._generated("county", 260, 245, generous=40, few=3)

    def province(self) -> Ground:
        return self._generated("province", 1046, 1000, generous=12, few=0)

    def _of_county(self, name: str, county: County) -> Ground:
        if name not in self.kept:
            graph = county_graph(county)
            self.kept[name] = Ground(f"{name}, {_size(graph)}", graph, generous=40, few=0)
        return self.kept[name]

    def _generated(self, name: str, columns: int, rows: int, *, generous: int, few: int) -> Ground:
        if name not in self.kept:
            graph = build_graph(road_like(columns, rows, 1), default_catalogue().vehicle_classes)
            self.kept[name] = Ground(
                f"{name}, {_size(graph)}", graph, generous, few, name == "province", name == "county"
            )
        return self.kept[name]


def _size(graph: RoadGraph) -> str:
    return f"{graph.nodes / 1e6:.2f} M nodes" if graph.nodes > 1e6 else f"{graph.nodes / 1e3:.0f} k nodes"
