"""Which extracts are accepted, and the one line that tells what is wrong with the others."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import numpy as np
import pytest

from gis_data.errors import InputError
from gis_data.folder import read_county
from gis_data.osm import import_osm
from tests.rules.osm_world import World, grid

EXTRACTS = Path(__file__).parents[3] / "shared" / "data" / "osm"


def extract(name: str) -> Path:
    file = EXTRACTS / name
    if not file.exists():
        pytest.skip(f"needs ../shared/data/osm/{name}, which is not here")
    return file


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    world = World()
    grid(world)
    world.node(2.5, -2.5, {"place": "village", "name": "王村"}, new=True)
    return world.write(tmp_path)


@pytest.mark.parametrize("ending", [".osm", ".osm.gz", ".osm.bz2"])
def test_plain_and_packed_extracts_give_the_same_county(plain: Path, tmp_path: Path, ending: str) -> None:
    packed = tmp_path / ending.strip(".").replace(".", "-") / f"little{ending}"
    packed.parent.mkdir()
    data = plain.read_bytes()
    packed.write_bytes(
        {".osm": data, ".osm.gz": gzip.compress(data, mtime=0), ".osm.bz2": bz2.compress(data)}[ending]
    )
    one = import_osm(plain, tmp_path / "one")
    other = import_osm(packed, tmp_path / "other")
    assert one == other
    assert read_county(tmp_path / "one").digest == read_county(tmp_path / "other").digest == one.digest


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("nothing.osm.pbf", b"", "is empty"),
        ("words.osm.pbf", b"hello, fire brigade " * 50, "cannot be read as OpenStreetMap data"),
        ("page.osm", b"<html><body>404</body></html>", "cannot be read as OpenStreetMap data"),
        ("half.osm", b'<osm version="0.6"><node id="1" lat="1" lon="2"/><way id="1">', "cannot be read"),
        ("old.osm", b'<osm version="0.5"></osm>', "version 0.5"),
        (
            "letters.osm",
            b'<osm version="0.6"><node id="1" lat="north" lon="2"/></osm>',
            "wrong format for coordinate",
        ),
        ("bare.osm", b'<osm version="0.6"></osm>', "holds no road"),
        ("cut.osm.gz", gzip.compress(b'<osm version="0.6"></osm>' * 999, mtime=0)[:60], "cannot be read"),
        ("cut.osm.bz2", bz2.compress(b'<osm version="0.6"></osm>' * 999)[:60], "cannot be read"),
        ("table.csv", b"id,lon,lat", "is of no supported kind"),
        ("changes.osc", b"<osmChange/>", "is of no supported kind"),
    ],
)
def test_a_bad_extract_gets_one_line(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(InputError) as raised:
        import_osm(file, tmp_path / "out")
    line = str(raised.value)
    assert line.startswith(str(file))
    assert problem in line
    assert "\n" not in line
    assert not (tmp_path / "out").exists()


def test_a_missing_extract_and_a_folder_get_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        import_osm(tmp_path / "none.osm.pbf", tmp_path / "out")
    (tmp_path / "folder.osm").mkdir()
    with pytest.raises(InputError, match="is not a file"):
        import_osm(tmp_path / "folder.osm", tmp_path / "out")


def test_a_folder_that_holds_something_is_never_written_over(plain: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    import_osm(plain, out)
    with pytest.raises(InputError, match="already there and not empty"):
        import_osm(plain, out)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["little.osm", "out"]


def test_an_extract_with_ways_before_nodes_is_told_to_be_sorted(tmp_path: Path) -> None:
    world = World()
    grid(world)
    with pytest.raises(InputError, match="osmium sort"):
        import_osm(world.write(tmp_path, order="wnr"), tmp_path / "out")


def test_ways_that_leave_the_extract_are_kept_as_far_as_they_are_in_it(tmp_path: Path) -> None:
    world = World()
    grid(world)
    known = [world.node(0, 0), world.node(0, 1), world.node(0, 2)]
    way = world.way_of([*known, 999_999], {"highway": "track"})
    county, report = world.import_into(tmp_path)
    assert f"w{way}-0" in county.roads.ids
    assert any(drop.reason == "node not in the extract" for drop in report.dropped)


def test_a_county_at_the_date_line_does_not_stop_the_import(tmp_path: Path) -> None:
    text = World()
    grid(text)
    file = text.write(tmp_path)
    file.write_text(
        file.read_text("utf-8").replace('lon="112.', 'lon="179.').replace('lat="35.', 'lat="-16.'), "utf-8"
    )
    import_osm(file, tmp_path / "out")
    assert read_county(tmp_path / "out").projection == "EPSG:32760"


@pytest.mark.extract
def test_the_same_content_as_pbf_and_as_xml_is_the_same_county(tmp_path: Path) -> None:
    pbf = import_osm(extract("liechtenstein-2013.osm.pbf"), tmp_path / "pbf")
    xml = import_osm(extract("liechtenstein-2013.osm.bz2"), tmp_path / "xml")
    assert pbf == xml
    for name in ("county.toml", "units.csv"):
        assert (tmp_path / "pbf" / name).read_bytes() == (tmp_path / "xml" / name).read_bytes()
    assert read_county(tmp_path / "pbf").digest == read_county(tmp_path / "xml").digest == pbf.digest


@pytest.mark.extract
def test_a_truncated_or_damaged_pbf_gets_one_line(tmp_path: Path) -> None:
    whole = extract("liechtenstein-2013.osm.pbf").read_bytes()
    for name, content in (
        ("short.osm.pbf", whole[:200_000]),
        ("holed.osm.pbf", whole[:200_000] + b"\0" * 2_000 + whole[202_000:]),
    ):
        file = tmp_path / name
        file.write_bytes(content)
        with pytest.raises(InputError, match="cannot be read as OpenStreetMap data"):
            import_osm(file, tmp_path / "out")


@pytest.mark.extract
@pytest.mark.parametrize("name", ["liechtenstein.osm.pbf", "monaco.osm.gz", "krems.osm.gz"])
def test_real_extracts_become_whole_counties(tmp_path: Path, name: str) -> None:
    report = import_osm(extract(name), tmp_path / "out")
    county = read_county(tmp_path / "out")
    assert county.digest == report.digest
    assert len(county.roads) > 1000
    assert len(set(county.roads.ids)) == len(county.roads)
    assert county.towns
    assert county.places
    assert county.water_sources
    assert len(county.units) >= 10
    assert {unit.station for unit in county.units} == {station.code for station in county.stations}
    starts, coords = county.roads.starts, county.roads.coords
    ends = set(map(tuple, coords[starts[:-1]])) | set(map(tuple, coords[starts[1:] - 1]))
    inner = np.delete(coords, np.concatenate([starts[:-1], starts[1:] - 1]), axis=0)
    touching = sum(tuple(vertex) in ends for vertex in inner)
    assert touching <= 2, "pieces meet only at their ends"


@pytest.mark.extract
def test_liechtenstein_has_its_brigades_towns_and_clock(tmp_path: Path) -> None:
    import_osm(extract("liechtenstein.osm.pbf"), tmp_path / "out")
    county = read_county(tmp_path / "out")
    assert county.time_zone == "Europe/Vaduz"
    assert county.projection == "EPSG:32632"
    assert len(county.towns) == 11
    assert sum(not station.synthetic for station in county.stations) == 6
    assert len(county.zones) == 6
    assert len(county.units) >= 40
    assert len(county.forests) > 50
    assert {"bollard", "gate", "cycle_barrier"} <= set(county.roads.barrier)
