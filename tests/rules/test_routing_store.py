"""A graph kept in a cache: the same after reading, shared by processes, and made again where its file is no good."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from gis_data.errors import InputError
from gis_data.model import DrivingRules
from routing import boxes, geometry, search, store
from routing.array_file import UnusableFileError, map_arrays, write_arrays
from routing.graph import RoadGraph, build_graph
from routing.live import LiveRoads
from routing.path import path_of
from routing.rank import Start, rank
from routing.snap import snap
from routing.store import KEPT, arrays_of, open_graph
from tests.rules.routing_world import FLEET, Draft, at, town

ROADS = town(8).roads()
STARTS = [Start(*at(i, i), code) for i, code in enumerate(FLEET)]


def only_file(cache: Path) -> Path:
    (path,) = cache.glob("*.graph")
    return path


def assert_alike(one: RoadGraph, other: RoadGraph) -> None:
    mine, theirs = arrays_of(one), arrays_of(other)
    assert mine.keys() == theirs.keys()
    for name, array in mine.items():
        assert array.dtype == theirs[name].dtype, name
        assert array.tolist() == theirs[name].tolist(), name


def test_a_graph_that_was_kept_is_the_graph_that_was_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build_graph(ROADS, FLEET)
    first = open_graph(tmp_path, ROADS, FLEET)
    monkeypatch.delattr(store, "build_graph")
    second = open_graph(tmp_path, ROADS, FLEET)
    for kept in (first, second):
        assert_alike(kept, built)
        assert kept.bounds == built.bounds
        assert kept.classes == built.classes
        assert kept.piece_of[ROADS.ids[3]] == 3
        assert kept.piece_names[:] == built.piece_names[:]
        assert rank(LiveRoads(kept), *at(5, 6), STARTS) == rank(LiveRoads(built), *at(5, 6), STARTS)
    with pytest.raises(ValueError, match="read-only"):
        second.tail[0] = 1


def test_every_field_of_a_graph_is_kept_or_made_anew_on_purpose() -> None:
    kept = {name.split(".")[0] for name in arrays_of(build_graph(ROADS, FLEET))}
    by_field = {"piece_ids": "ids", "piece_of": "ids", "main_networks": "main"}
    # turns: with_turns lays them over whatever is mapped; near: circles asked for before, found again when asked for
    anew = {"vehicle_classes", "rules", "scratch", "turns", "near"}
    names = {field.name for field in fields(RoadGraph)} - anew
    assert {by_field.get(name, name) for name in names} == kept


def test_a_mapped_graph_adds_no_version_of_a_compiled_function(tmp_path: Path) -> None:
    def versions() -> dict[str, int]:
        found = {**vars(boxes), **vars(geometry), **vars(search)}
        return {name: len(value.signatures) for name, value in found.items() if hasattr(value, "signatures")}

    def use(graph: RoadGraph) -> None:
        live = LiveRoads(graph)
        for start, reach in zip(STARTS, rank(live, *at(5, 6), STARTS), strict=True):
            path_of(live, start, reach)

    use(build_graph(ROADS, FLEET))
    before = versions()
    use(open_graph(tmp_path, ROADS, FLEET))
    assert versions() == before


@pytest.mark.parametrize(
    "change",
    [
        lambda: (replace(ROADS, oneway=-ROADS.oneway + 1), FLEET, DrivingRules()),
        lambda: (replace(ROADS, names=("x", *ROADS.names[1:])), FLEET, DrivingRules()),
        lambda: (ROADS, {code: replace(v, mass_tonnes=v.mass_tonnes + 1) for code, v in FLEET.items()}, None),
        lambda: (ROADS, FLEET, DrivingRules(contraflow_factor=0.4)),
        lambda: (ROADS, FLEET, DrivingRules(closing_access=frozenset({"no", "private"}))),
    ],
    ids=["column", "word", "class", "number", "set"],
)
def test_another_road_class_or_rule_is_another_graph(tmp_path: Path, change: Callable[[], tuple]) -> None:  # type: ignore[type-arg]
    open_graph(tmp_path, ROADS, FLEET)
    assert_alike(open_graph(tmp_path, *change()), build_graph(*change()))
    assert len(list(tmp_path.glob("*.graph"))) == 2


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def cut_in_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def flip_in(share: float) -> Callable[[Path], None]:
    def flip(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[int(share * len(data))] ^= 0x10
        path.write_bytes(data)

    return flip


def foreign(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" * 300)


def of_another(path: Path) -> None:
    write_arrays(path, "another key", {"tail": np.arange(3)})


def without_an_array(path: Path) -> None:
    key = store.graph_key(ROADS, FLEET, DrivingRules())
    arrays = {name: array.copy() for name, array in map_arrays(path, key).items()}
    del arrays["slot"]
    write_arrays(path, key, arrays)


@pytest.mark.parametrize(
    "harm",
    [cut, cut_in_header, empty, lengthen, flip_in(0.0), flip_in(0.001), flip_in(0.5), flip_in(0.999),
     foreign, of_another, without_an_array],
)  # fmt: skip
def test_a_file_that_is_no_good_is_made_again_with_one_line(
    harm: Callable[[Path], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    open_graph(tmp_path, ROADS, FLEET)
    harm(only_file(tmp_path))
    with caplog.at_level(logging.WARNING):
        again = open_graph(tmp_path, ROADS, FLEET)
    assert_alike(again, build_graph(ROADS, FLEET))
    (said,) = caplog.records
    assert "built again" in said.getMessage()
    caplog.clear()
    open_graph(tmp_path, ROADS, FLEET)
    assert caplog.records == []


def test_a_cache_that_cannot_be_written_is_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    assert_alike(open_graph(file, ROADS, FLEET), build_graph(ROADS, FLEET))
    assert [record.getMessage().split(" (")[0] for record in caplog.records] == [
        f"the road graph cannot be kept in {file}"
    ]


def test_a_full_disk_leaves_no_half_file_and_the_graph_is_built_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert_alike(open_graph(tmp_path, ROADS, FLEET), build_graph(ROADS, FLEET))
    assert [path.name for path in tmp_path.iterdir()] == ["graphs.lock"]


def test_a_county_without_roads_is_refused_in_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^roads: the county has no roads; fill the layer `roads`"):
        open_graph(tmp_path, Draft().roads(), FLEET)
    assert list(tmp_path.glob("*.graph")) == []


def test_a_class_without_roads_is_kept_and_said_to_have_none(tmp_path: Path) -> None:
    fleet = {**FLEET, "boat": replace(FLEET["heavy_engine"], code="boat", speeds_kmh={"river": 20.0})}
    for _ in range(2):
        live = LiveRoads(open_graph(tmp_path, ROADS, fleet))
        with pytest.raises(InputError, match="vehicle class boat: no road of the county is open to it"):
            snap(live, *at(3, 3), "boat")


def test_only_the_graphs_used_last_are_kept(tmp_path: Path) -> None:
    for number in range(KEPT + 3):
        open_graph(tmp_path, ROADS, FLEET, DrivingRules(walk_kmh=3.0 + number))
    assert len(list(tmp_path.glob("*.graph"))) == KEPT


def test_two_processes_that_start_at_once_build_one_graph_and_share_its_pages(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from routing import store\n"
        "from tests.rules.test_routing_store import ROADS, FLEET\n"
        "built = []; build = store.build_graph\n"
        "store.build_graph = lambda *args: built.append(1) or build(*args)\n"
        "graph = store.open_graph(Path(sys.argv[1]), ROADS, FLEET)\n"
        "mapped = [line for line in open('/proc/self/maps') if line.rstrip().endswith('.graph')]\n"
        "shared = any(line.split()[1] == 'r--s' for line in mapped)\n"
        "print(len(built), shared, int(graph.tail.sum()))"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [process.communicate(timeout=60)[0].split() for process in started]
    assert sorted(answer[0] for answer in answers) == ["0", "1"]
    assert {tuple(answer[1:]) for answer in answers} == {
        ("True", str(int(build_graph(ROADS, FLEET).tail.sum())))
    }


def test_arrays_of_any_shape_come_back_as_they_were(tmp_path: Path) -> None:
    arrays = {
        "none": np.empty(0, dtype=np.uint64),
        "rows": np.arange(12, dtype=np.float64).reshape(3, 4),
        "flags": np.array([True, False, True]),
        "last": np.empty((0, 4)),
    }
    write_arrays(tmp_path / "some", "k", arrays)
    found = map_arrays(tmp_path / "some", "k")
    for name, array in arrays.items():
        assert found[name].tolist() == array.tolist()
        assert found[name].shape == array.shape
        assert found[name].dtype == array.dtype
        assert found[name].flags.c_contiguous
        assert found[name].flags.aligned
    with pytest.raises(UnusableFileError):
        map_arrays(tmp_path / "some", "another")
