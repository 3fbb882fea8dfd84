"""OSRM's row of the bench: what is exported is our graph arc by arc, and its absence is said in a clear line."""

from xml.etree import ElementTree

import pytest

from routing.live import LiveRoads
from routing.passable import CLOSED
from scripts.benchmarks.routing.osrm_peer import Osrm, compared, osm_lines
from tests.rules.routing_world import town

WORK = "best 2 of 3 units"


def test_the_export_holds_every_open_arc_with_its_milliseconds_and_no_other() -> None:
    graph = town(4).graph()
    milliseconds = LiveRoads(graph).travel_ms("heavy_engine")
    osm = ElementTree.fromstring("".join(osm_lines(graph, milliseconds)))
    assert len(osm.findall("node")) == graph.nodes
    found = {}
    for way in osm.findall("way"):
        tags = {tag.get("k"): tag.get("v") for tag in way.findall("tag")}
        assert tags["oneway"] == "yes"
        ends = [int(str(nd.get("ref"))) - 1 for nd in way.findall("nd")]
        found[int(str(way.get("id"))) - 1] = (*ends, int(str(tags["ms"])))
    assert found == {
        arc: (graph.tail[arc], graph.head[arc], milliseconds[arc])
        for arc in range(graph.arcs)
        if milliseconds[arc] < CLOSED
    }


def test_the_row_compares_its_median_with_ours() -> None:
    told = {"ms": [30.0, 50.0, 40.0], "seconds": [[60.0, 61.2], [5.0, 9.0], [0.0, 1000.0]]}
    ours = [[60_040, 61_150], [5_020, 8_990], [0, 1_003_000]]
    row = compared(WORK, 0.2, ours, told)
    assert (row["value"], row["peer_value"], row["ratio"], row["met"]) == (0.2, 40.0, 200.0, True)
    assert compared(WORK, 0.5, ours, told)["met"] is False


def test_an_answer_that_is_not_ours_ends_the_bench() -> None:
    with pytest.raises(AssertionError, match="is not"):
        compared(WORK, 0.2, [[60_000, 90_000]], {"ms": [30.0], "seconds": [[60.0, 70.0]]})


def test_without_a_python_that_has_it_the_row_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("OSRM_PYTHON", raising=False)
    assert Osrm.at_hand() is None
    row = compared(WORK, 0.0, (), None)
    assert row["value"] is None
    assert "OSRM_PYTHON" in row["peer"]
