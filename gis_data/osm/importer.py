"""Makes a county folder from an OpenStreetMap extract."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from zoneinfo import available_timezones

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Point, Polygon

from gis_data.catalogue import Catalogue, default_catalogue
from gis_data.crs import Projection
from gis_data.digest import with_digest
from gis_data.errors import InputError
from gis_data.folder import write_county
from gis_data.model import County, Name, Roads
from gis_data.osm.barrier import obstacles
from gis_data.osm.clean import clean_pieces
from gis_data.osm.clock import guess_time_zone
from gis_data.osm.forces import build_forces
from gis_data.osm.names import both_names, slug
from gis_data.osm.nature import read_forests, read_water
from gis_data.osm.outline import Outline, choose_outline, districts, in_degrees, in_metres
from gis_data.osm.pieces import Piece, Spot, cut_ways, end_places, step_metres
from gis_data.osm.places import read_places
from gis_data.osm.raw import Extract, RawWay
from gis_data.osm.read import SUFFIXES, Progress, read_extract
from gis_data.osm.report import ImportReport, Tally, freeze
from gis_data.osm.turns import turn_restrictions
from gis_data.osm.way import DRIVABLE, WayFacts, read_way
from gis_data.roads import roads_from

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"
# Around the county so much of the neighbours' roads, stations and water is kept as there is in the extract.
REACH_METRES = 15_000.0
SAMPLE_METRES = 250.0
# Where an invented post may stand: any engine gets there, and it is no place to stop on.
_POST_ROADS = frozenset({"primary", "secondary", "tertiary", "unclassified", "residential"})


def import_osm(
    file: Path,
    out: Path,
    *,
    progress: Progress | None = None,
    time_zone: str | None = None,
    code: str | None = None,
) -> ImportReport:
    """Write the county in `file` to the new folder `out`; the same file gives the same county, byte order aside.

    `progress(step, done, total)` is called as each step begins, goes on and ends; total is 0 while it is not known.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(
            str(out), "is already there and not empty", "give a new folder with --out, or remove this one"
        )
    if time_zone is not None and time_zone not in available_timezones():
        raise InputError("time zone", f"{time_zone!r} is unknown", "give an IANA name such as Asia/Shanghai")
    tally = Tally()
    extract = read_extract(file, tally, progress)
    county = build_county(extract, _stem(file), tally, progress, time_zone=time_zone, code=code)
    with _step(progress, "write"):
        _write_whole(county, out)
    return freeze(
        tally,
        county=county.code,
        name=county.name.zh,
        digest=county.digest,
        read={"nodes": extract.nodes_read, "ways": extract.ways_read, "relations": extract.relations_read},
        attribution=ATTRIBUTION,
    )


def build_county(
    extract: Extract,
    stem: str,
    tally: Tally,
    progress: Progress | None = None,
    *,
    time_zone: str | None = None,
    code: str | None = None,
) -> County:
    """The county as data; `stem` (the file's name without its ending) names it where no boundary does."""
    with _step(progress, "roads"):
        alike: dict[WayFacts, WayFacts] = {}
        ways = [
            (way, alike.setdefault(facts, facts))
            for way in _once(extract, tally)
            if (facts := read_way(way.tags, tally)) is not None
        ]
        pieces = cut_ways(ways, obstacles(extract.nodes, tally), tally)
        if not pieces:
            raise InputError(stem, "holds no road that can be driven or walked", "give an extract with roads")
        definition = _utm(pieces)
        projection = Projection(definition)
        outline = choose_outline(extract.areas, _road_samples(pieces), projection, tally)
        reach = in_degrees(in_metres(outline.area, projection).buffer(REACH_METRES, quad_segs=4), projection)
        pieces = clean_pieces(pieces, _near(reach), _inside(outline.area), tally)
        turns = turn_restrictions(extract.turns, pieces, _via_spots(extract), tally)
        tally.take("road pieces", len(pieces))
    with _step(progress, "places"):
        parts = districts(extract.areas, outline, projection)
        towns, places = read_places(extract, outline, parts, tally)
        water = read_water(extract, outline.area, pieces, projection, tally)
        forests = read_forests(extract.areas, reach, projection, tally)
    with _step(progress, "forces"):
        forces = build_forces(
            extract, outline.area, reach, towns, forests, _post_spots(pieces), projection, tally
        )
    middle = outline.area.representative_point()
    zone = time_zone or _guessed_zone(outline, middle, tally)
    catalogue = default_catalogue()
    return with_digest(
        County(
            code=code or slug(stem, "county"),
            name=both_names(outline.tags) or Name(stem, stem),
            time_zone=zone,
            projection=definition,
            synthetic=False,
            attribution=(ATTRIBUTION,),
            centre_body="county_centre",
            roads=_roads(pieces),
            boundary=forces.outline,
            towns=towns,
            places=places,
            zones=forces.zones,
            stations=forces.stations,
            units=forces.units,
            people=(),
            water_sources=water,
            forests=forests,
            **{f.name: getattr(catalogue, f.name) for f in fields(Catalogue)},
            digest="",
            turn_restrictions=turns,
        )
    )


@contextmanager
def _step(progress: Progress | None, step: str) -> Iterator[None]:
    if progress:
        progress(step, 0, 1)
    yield
    if progress:
        progress(step, 1, 1)


def _via_spots(extract: Extract) -> dict[int, Spot]:
    """Where the nodes lie over which turns are restricted."""
    wanted = np.array(sorted({turn.via for turn in extract.turns}), dtype=np.int64)
    spots: dict[int, Spot] = {}
    for at in np.flatnonzero(np.isin(extract.points.nodes, wanted)).tolist():
        lon, lat = extract.points.places[at].tolist()
        spots[int(extract.points.nodes[at])] = (lon, lat)
    return spots


def _once(extract: Extract, tally: Tally) -> list[RawWay]:
    """Each way once, the last of several versions."""
    latest = {way.id: way for way in extract.ways}
    tally.drop("roads", "an older version of another", len(extract.ways) - len(latest))
    return list(latest.values())


def _stem(file: Path) -> str:
    name = file.name
    for suffix in SUFFIXES:
        if name.lower().endswith(suffix):
            return name[: -len(suffix)] or "county"
    return name


def _utm(pieces: Sequence[Piece]) -> str:
    """The UTM zone of the middle of the roads."""
    ends = end_places(pieces).reshape(-1, 2).astype(np.float64)
    (west, south), (east, north) = ends.min(axis=0), ends.max(axis=0)
    middle = (south + north) / 2e7
    zone = min(60, max(1, int(((west / 1e7 + east / 1e7) / 2 + 180.0) // 6.0) + 1))
    return f"EPSG:{(32600 if middle >= 0 else 32700) + zone}"


def _road_samples(pieces: Sequence[Piece]) -> NDArray[np.float64]:
    """Points along the roads that engines use, lon and lat, each with the metres of road it stands for."""
    chosen = [p for p in pieces if p.facts.road_class in DRIVABLE] or list(pieces)
    line = np.concatenate([piece.line for piece in chosen])
    within = np.ones(len(line) - 1, dtype=np.bool_)
    within[np.cumsum([len(piece.line) for piece in chosen])[:-1] - 1] = False  # from one piece to the next
    metres = step_metres(line)[within]
    a, b = line[:-1][within].astype(np.float64), line[1:][within].astype(np.float64)
    count = np.maximum(1, np.rint(metres / SAMPLE_METRES)).astype(np.int64)
    step = np.repeat(np.arange(len(count)), count)
    share = (np.arange(len(step)) - np.repeat(np.cumsum(count) - count, count) + 0.5) / count[step]
    at = a[step] + (b[step] - a[step]) * share[:, np.newaxis]
    return np.column_stack((at, metres[step] / count[step])) * (1e-7, 1e-7, 1.0)


def _near(reach: Polygon | MultiPolygon) -> Callable[[Spot], bool]:
    west, south, east, north = (round(value * 1e7) for value in reach.bounds)
    return lambda spot: west <= spot[0] <= east and south <= spot[1] <= north


def _inside(outline: Polygon | MultiPolygon) -> Callable[[Spot], bool]:
    shapely.prepare(outline)
    return lambda spot: bool(shapely.contains_xy(outline, spot[0] / 1e7, spot[1] / 1e7))


def _post_spots(pieces: Sequence[Piece]) -> NDArray[np.float64]:
    chosen = [
        p for p in pieces if p.facts.road_class in _POST_ROADS and p.facts.access == "" and not p.barrier
    ]
    spots = np.unique(np.concatenate([piece.line for piece in chosen or pieces]), axis=0)
    return spots.astype(np.float64) / 1e7


def _guessed_zone(outline: Outline, middle: Point, tally: Tally) -> str:
    zone = guess_time_zone(
        middle.x, middle.y, outline.tags.get("ISO3166-1", outline.tags.get("ISO3166-1:alpha2", ""))
    )
    tally.note(f"the time zone {zone} is a guess from the position; give --time-zone if it is another")
    return zone


def _roads(pieces: Sequence[Piece]) -> Roads:
    facts = [piece.facts for piece in pieces]
    columns: Mapping[str, Sequence[object]] = {
        "ids": [piece.id for piece in pieces],
        "names": [f.name for f in facts],
        "classes": [f.road_class for f in facts],
        "oneway": [f.oneway for f in facts],
        "maxspeed_kmh": [round(f.maxspeed_kmh, 1) for f in facts],
        "surface": [f.surface for f in facts],
        "tracktype": [f.tracktype for f in facts],
        "smoothness": [f.smoothness for f in facts],
        "width_metres": [round(f.width_metres, 2) for f in facts],
        "maxweight_tonnes": [round(f.maxweight_tonnes, 2) for f in facts],
        "maxheight_metres": [round(f.maxheight_metres, 2) for f in facts],
        "access": [f.access for f in facts],
        "barrier": [piece.barrier for piece in pieces],
        "bridge": [f.bridge for f in facts],
        "ford": [f.ford for f in facts],
        "incline_percent": [round(f.incline_percent, 1) for f in facts],
        "synthetic": [False] * len(facts),
    }
    starts = np.zeros(len(pieces) + 1, dtype=np.int64)
    np.cumsum([len(piece.line) for piece in pieces], out=starts[1:])
    coords = np.concatenate([piece.line for piece in pieces]).astype(np.float64) / 1e7
    return roads_from(starts, coords, columns)


def _write_whole(county: County, out: Path) -> None:
    """Beside its place first, so that a folder is either whole or not there."""
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        write_county(county, beside)
        beside.chmod(0o777 & ~_umask())
        if out.exists():
            out.rmdir()
        beside.replace(out)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
