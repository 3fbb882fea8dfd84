"""Reads an OpenStreetMap extract once, streaming, and keeps only what a county is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import osmium
import shapely
from osmium.filter import KeyFilter
from osmium.geom import WKBFactory
from osmium.osm import Area, Node, Relation, Way
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis_data.errors import InputError
from gis_data.osm.raw import Extract, RawArea, RawNode, RawTurn, RawWay
from gis_data.osm.report import Tally
from gis_data.osm.way import ROAD_KEYS

Progress = Callable[[str, int, int], None]

SUFFIXES = (".osm.pbf", ".osm.bz2", ".osm.gz", ".osm", ".pbf")
_REMEDY = "download the extract again, or convert it with osmium to .osm.pbf"
# Objects without any of these keys never reach Python.
_KEYS = (
    "highway", "barrier", "ford", "amenity", "emergency", "man_made", "place",
    "boundary", "natural", "landuse", "restriction", "building", "tourism", "leisure",
)  # fmt: skip
_AREA_KEYS = ("boundary", "natural", "landuse", "amenity", "emergency", "building", "man_made")
_NODE_KEYS = ("barrier", "ford", "amenity", "emergency", "man_made", "place", "tourism")
_SAY_EVERY = 50_000
_LANDMARKS = frozenset(
    {"hospital", "clinic", "school", "college", "university", "townhall", "nursing_home", "social_facility",
     "police", "marketplace", "place_of_worship", "community_centre", "fuel", "kindergarten"}
)  # fmt: skip
_AREAS_OF_USE = {
    "boundary": frozenset({"administrative"}),
    "natural": frozenset({"wood", "water"}),
    "landuse": frozenset({"forest", "reservoir", "basin"}),
    "amenity": frozenset({"fire_station", "water_point"}) | _LANDMARKS,
    "building": frozenset({"fire_station"}),
    "emergency": frozenset(
        {"water_tank", "suction_point", "fire_water_pond", "fire_hydrant", "fire_station"}
    ),
    "man_made": frozenset({"water_tower", "reservoir_covered", "storage_tank", "works", "water_tank"}),
}


def read_extract(file: Path, tally: Tally, progress: Progress | None = None) -> Extract:
    """Everything of use in the file, or one InputError that says what is wrong with it."""
    _check_file(file)
    extract = Extract()
    try:
        _read(file, extract, tally, progress)
    except (RuntimeError, osmium.InvalidLocationError, UnicodeDecodeError, ValueError) as error:
        # pyosmium raises bare RuntimeErrors for all that can be wrong with a file; the first line says it best.
        words = (str(error).strip().splitlines() or ["is not readable"])[0]
        raise InputError(str(file), f"cannot be read as OpenStreetMap data ({words})", _REMEDY) from error
    if not extract.ways:
        raise InputError(
            str(file),
            f"holds no road ({extract.nodes_read:,} nodes, {extract.ways_read:,} ways read)",
            "give an extract with ways tagged highway=*, sorted by type (osmium sort)",
        )
    extract.sort()
    return extract


def _check_file(file: Path) -> None:
    if not file.exists():
        raise InputError(str(file), "does not exist", "give the path of an OpenStreetMap extract")
    if not file.is_file():
        raise InputError(str(file), "is not a file", "give one of " + ", ".join(SUFFIXES[:4]))
    if not file.name.lower().endswith(SUFFIXES):
        raise InputError(str(file), "is of no supported kind", "give one of " + ", ".join(SUFFIXES[:4]))
    if file.stat().st_size == 0:
        raise InputError(str(file), "is empty", _REMEDY)


def _read(file: Path, extract: Extract, tally: Tally, progress: Progress | None) -> None:
    wkb = WKBFactory()
    wanted = osmium.FileProcessor(file).with_areas(KeyFilter(*_AREA_KEYS)).with_filter(KeyFilter(*_KEYS))
    wanted.handler_for_filtered(_Rest(extract))
    for number, thing in enumerate(_objects(wanted), start=1):
        if isinstance(thing, Node):
            extract.nodes_read += 1
            _keep_node(thing, extract, tally)
        elif isinstance(thing, Way):
            extract.ways_read += 1
            _keep_way(thing, extract, tally)
        elif isinstance(thing, Relation):
            extract.relations_read += 1
            _keep_turn(thing, extract, tally)
        elif isinstance(thing, Area):
            _keep_area(thing, extract, tally, wkb)
        if progress and number % _SAY_EVERY == 0:
            progress("read", extract.nodes_read + extract.ways_read + extract.relations_read, 0)
    if progress:
        everything = extract.nodes_read + extract.ways_read + extract.relations_read
        progress("read", everything, everything)


def _objects(processor: osmium.FileProcessor) -> Iterator[object]:
    yield from processor


class _Rest:
    """Counts what the filter held back, so that the report can say how much was read."""

    def __init__(self, extract: Extract) -> None:
        self._extract = extract

    def node(self, _node: Node) -> None:
        self._extract.nodes_read += 1

    def way(self, _way: Way) -> None:
        self._extract.ways_read += 1

    def relation(self, _relation: Relation) -> None:
        self._extract.relations_read += 1


def _keep_node(node: Node, extract: Extract, tally: Tally) -> None:
    if not any(key in node.tags for key in _NODE_KEYS) and node.tags.get("highway") != "ford":
        return
    if not node.location.valid():
        tally.drop("nodes", "no valid position")
        return
    extract.nodes.append(RawNode(node.id, dict(node.tags), node.location.lon, node.location.lat))


def _keep_way(way: Way, extract: Extract, tally: Tally) -> None:
    if "highway" not in way.tags:
        return
    known = [(n.ref, n.location.x, n.location.y) for n in way.nodes if n.location.valid()]
    lost = len(way.nodes) - len(known)
    if lost:
        tally.drop("road vertices", "node not in the extract", lost)
    if len(known) < 2:
        tally.drop("roads", "fewer than two points in the extract")
        return
    first, last = extract.points.add((n for n, _, _ in known), (step for _, x, y in known for step in (x, y)))
    told = tuple(sorted((tag.k, tag.v) for tag in way.tags if tag.k in ROAD_KEYS))
    tags = extract.tags_of_ways.setdefault(told, dict(told))
    extract.ways.append(RawWay(way.id, tags, extract.points, first, last))


def _keep_turn(relation: Relation, extract: Extract, tally: Tally) -> None:
    rule = relation.tags.get("restriction")
    if relation.tags.get("type") != "restriction" or rule is None:
        return
    by_role: dict[str, list[tuple[str, int]]] = {}
    for member in relation.members:
        by_role.setdefault(member.role, []).append((member.type, member.ref))
    ends = [by_role.get(role, []) for role in ("from", "via", "to")]
    if [len(end) for end in ends] != [1, 1, 1] or [end[0][0] for end in ends] != ["w", "n", "w"]:
        tally.drop("turn restrictions", "not from one way over one node to one way")
        return
    (_, from_way), (_, via), (_, to_way) = (end[0] for end in ends)
    extract.turns.append(RawTurn(relation.id, rule, from_way, via, to_way))


def _keep_area(area: Area, extract: Extract, tally: Tally, wkb: WKBFactory) -> None:
    """Roads are lines here: a closed road is read as a way, never as a surface."""
    if "highway" in area.tags or not any(area.tags.get(key) in words for key, words in _AREAS_OF_USE.items()):
        return
    name = f"{'w' if area.from_way() else 'r'}{area.orig_id()}"
    try:
        shape = shapely.from_wkb(bytes.fromhex(wkb.create_multipolygon(area)))
    except (RuntimeError, shapely.errors.GEOSException):
        tally.drop("areas", "outline cannot be closed")
        return
    extract.areas.append(RawArea(name, dict(area.tags), _whole(shape)))


def _whole(shape: BaseGeometry) -> Polygon | MultiPolygon:
    valid = shape if shape.is_valid else shapely.make_valid(shape, method="structure")
    parts = [part for part in shapely.get_parts(valid) if isinstance(part, Polygon)]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)
