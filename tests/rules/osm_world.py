"""Tiny OpenStreetMap extracts, written tag by tag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from gis_data.folder import read_county
from gis_data.model import County, Roads
from gis_data.osm import ImportReport, import_osm

LON, LAT = 112.9, 35.5
STEP = 0.001  # about 100 m


class World:
    """A sheet of squared paper near Zezhou: node positions are in squares of about a hundred metres."""

    def __init__(self) -> None:
        self._nodes: list[str] = []
        self._ways: list[str] = []
        self._relations: list[str] = []
        self._at: dict[tuple[float, float], int] = {}
        self._last = 0

    def node(self, x: float, y: float, tags: Mapping[str, str] | None = None, *, new: bool = False) -> int:
        if not new and (x, y) in self._at:
            if tags:
                raise ValueError("tag a node when it is first named")
            return self._at[(x, y)]
        number = len(self._nodes) + 1
        self._at[(x, y)] = number
        spot = f'lat="{LAT + y * STEP:.7f}" lon="{LON + x * STEP:.7f}"'
        self._nodes.append(f'<node id="{number}" version="1" {spot}>{_tags(tags)}</node>')
        return number

    def way(self, points: Sequence[tuple[float, float]], **tags: str) -> int:
        return self.way_of([self.node(x, y) for x, y in points], {"highway": "residential", **_plain(tags)})

    def area(self, x: float, y: float, width: float, height: float, tags: Mapping[str, str]) -> int:
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        nodes = [self.node(*corner) for corner in corners]
        return self.way_of([*nodes, nodes[0]], tags)

    def way_of(self, nodes: Sequence[int], tags: Mapping[str, str]) -> int:
        self._last += 1
        refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
        self._ways.append(f'<way id="{self._last}" version="1">{refs}{_tags(tags)}</way>')
        return self._last

    def relation(self, members: Sequence[tuple[str, int, str]], tags: Mapping[str, str]) -> int:
        number = len(self._relations) + 1
        parts = "".join(f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members)
        self._relations.append(f'<relation id="{number}" version="1">{parts}{_tags(tags)}</relation>')
        return number

    def write(self, folder: Path, name: str = "little.osm", *, order: str = "nwr") -> Path:
        parts = {"n": self._nodes, "w": self._ways, "r": self._relations}
        body = "\n".join(line for kind in order for line in parts[kind])
        file = folder / name
        file.write_text(
            f'<?xml version="1.0"?>\n<osm version="0.6" generator="test">\n{body}\n</osm>\n', "utf-8"
        )
        return file

    def import_into(self, folder: Path, **options: str) -> tuple[County, ImportReport]:
        report = import_osm(self.write(folder), folder / "county", **options)  # type: ignore[arg-type]
        return read_county(folder / "county"), report

    def roads(self, folder: Path) -> Roads:
        return self.import_into(folder)[0].roads


def grid(world: World, size: int = 6, **tags: str) -> None:
    """Streets that make the county whole: rows far below, so that tests draw above them undisturbed."""
    for row in range(-size, 0):
        world.way([(x, row) for x in range(size)], **tags)
    for column in range(size):
        world.way([(column, y) for y in range(-size, 1)], **tags)


def one(roads: Roads, way: int) -> int:
    """The index of the only piece of a way."""
    found = pieces(roads, way)
    if len(found) != 1:
        raise AssertionError(f"way {way} has {len(found)} pieces")
    return found[0]


def pieces(roads: Roads, way: int) -> list[int]:
    return [index for index, name in enumerate(roads.ids) if name.startswith(f"w{way}-")]


def line(roads: Roads, index: int) -> NDArray[np.float64]:
    return roads.coords[roads.starts[index] : roads.starts[index + 1]]


def _plain(tags: Mapping[str, str]) -> dict[str, str]:
    """`motor_vehicle` needs no help; `fire_hydrant__type` stands for `fire_hydrant:type`."""
    return {key.replace("__", ":"): value for key, value in tags.items()}


def _tags(tags: Mapping[str, str] | None) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in (tags or {}).items())
