"""How tags of ways and nodes become pieces of road."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from shapely import LineString

from gis_data.crs import line_metres
from tests.rules.osm_world import World, grid, line, one, pieces


@pytest.fixture
def world() -> World:
    world = World()
    grid(world)
    return world


@pytest.mark.parametrize(
    ("highway", "road_class"),
    [
        ("motorway", "motorway"),
        ("motorway_link", "motorway"),
        ("trunk_link", "trunk"),
        ("primary_link", "primary"),
        ("secondary", "secondary"),
        ("tertiary_link", "tertiary"),
        ("unclassified", "unclassified"),
        ("road", "unclassified"),
        ("living_street", "living_street"),
        ("pedestrian", "living_street"),
        ("service", "service"),
        ("track", "track"),
        ("path", "path"),
        ("cycleway", "path"),
        ("footway", "footway"),
        ("steps", "footway"),
    ],
)
def test_links_and_by_ways_are_folded_into_our_classes(
    world: World, tmp_path: Path, highway: str, road_class: str
) -> None:
    way = world.way([(0, 0), (0, 2)], highway=highway)
    roads = world.roads(tmp_path)
    assert roads.classes[one(roads, way)] == road_class


@pytest.mark.parametrize(
    ("tags", "oneway"),
    [
        ({}, 0),
        ({"oneway": "yes"}, 1),
        ({"oneway": "true"}, 1),
        ({"oneway": "1"}, 1),
        ({"oneway": "-1"}, -1),
        ({"oneway": "reverse"}, -1),
        ({"oneway": "no"}, 0),
        ({"oneway": "reversible"}, 0),
        ({"junction": "roundabout"}, 1),
        ({"junction": "circular"}, 1),
        ({"junction": "roundabout", "oneway": "-1"}, -1),
        ({"highway": "motorway"}, 1),
        ({"highway": "motorway", "oneway": "no"}, 0),
        ({"highway": "motorway_link"}, 0),
        ({"highway": "footway", "oneway": "yes"}, 0),
        ({"oneway": "yes", "oneway__emergency": "no"}, 0),
    ],
)
def test_one_way_streets_keep_their_direction(
    world: World, tmp_path: Path, tags: dict[str, str], oneway: int
) -> None:
    way = world.way([(0, 0), (0, 2)], **tags)
    roads = world.roads(tmp_path)
    assert roads.oneway[one(roads, way)] == oneway


@pytest.mark.parametrize(
    ("tags", "access"),
    [
        ({}, ""),
        ({"access": "yes"}, ""),
        ({"access": "private"}, "private"),
        ({"access": "no"}, "no"),
        ({"access": "no", "motor_vehicle": "yes"}, ""),
        ({"access": "private", "vehicle": "no"}, "restricted"),
        ({"vehicle": "no", "motor_vehicle": "forestry"}, "forestry"),
        ({"motor_vehicle": "agricultural;forestry"}, "agricultural"),
        ({"motor_vehicle": "no"}, "restricted"),
        ({"motor_vehicle": "no", "emergency": "yes"}, "emergency"),
        ({"access": "yes", "emergency": "no"}, "no"),
        ({"access": "destination"}, "destination"),
    ],
)
def test_the_most_particular_word_on_access_decides(
    world: World, tmp_path: Path, tags: dict[str, str], access: str
) -> None:
    way = world.way([(0, 0), (0, 2)], **tags)
    roads = world.roads(tmp_path)
    assert roads.access[one(roads, way)] == access


def test_the_facts_of_a_road_are_taken_over(world: World, tmp_path: Path) -> None:
    way = world.way(
        [(0, 0), (0, 2)],
        highway="track",
        name="Forstweg",
        surface="gravel",
        tracktype="grade3",
        smoothness="bad",
        width="3,5 m",
        maxweight="7.5",
        maxheight="3.6",
        maxspeed="20 mph",
        incline="12%",
        bridge="viaduct",
        ford="yes",
    )
    roads = world.roads(tmp_path)
    at = one(roads, way)
    assert roads.names[at] == "Forstweg"
    assert (roads.surface[at], roads.tracktype[at], roads.smoothness[at]) == ("gravel", "grade3", "bad")
    assert roads.width_metres[at] == 3.5
    assert roads.maxweight_tonnes[at] == 7.5
    assert roads.maxheight_metres[at] == 3.6
    assert roads.maxspeed_kmh[at] == pytest.approx(32.2)
    assert roads.incline_percent[at] == 12.0
    assert roads.bridge[at]
    assert roads.ford[at]
    assert not roads.synthetic[at]


def test_what_is_not_said_stays_unknown(world: World, tmp_path: Path) -> None:
    way = world.way([(0, 0), (0, 2)], maxspeed="none", maxheight="default", maxweight="unsigned", bridge="no")
    roads = world.roads(tmp_path)
    at = one(roads, way)
    for column in (roads.maxspeed_kmh, roads.maxheight_metres, roads.maxweight_tonnes, roads.width_metres):
        assert np.isnan(column[at])
    assert not roads.bridge[at]
    assert not roads.ford[at]


def test_the_narrower_of_width_and_maxwidth_counts(world: World, tmp_path: Path) -> None:
    way = world.way([(0, 0), (0, 2)], width="4", maxwidth="2.2", est_width="1")
    roads = world.roads(tmp_path)
    assert roads.width_metres[one(roads, way)] == 2.2


def test_steps_are_no_way_for_a_motorcycle(world: World, tmp_path: Path) -> None:
    way = world.way([(0, 0), (0, 2)], highway="steps")
    roads = world.roads(tmp_path)
    assert roads.smoothness[one(roads, way)] == "impassable"


def test_ways_are_cut_where_they_meet_and_nowhere_else(world: World, tmp_path: Path) -> None:
    long = world.way([(0, 0), (0, 1), (0, 2), (0, 3)])
    world.way([(0, 2), (2, 2)])
    roads = world.roads(tmp_path)
    assert [roads.ids[at] for at in pieces(roads, long)] == [f"w{long}-0", f"w{long}-1"]
    assert len(line(roads, pieces(roads, long)[0])) == 3
    ends = {tuple(line(roads, at)[side]) for at in range(len(roads)) for side in (0, -1)}
    for at in range(len(roads)):
        inner = {tuple(vertex) for vertex in line(roads, at)[1:-1]}
        assert not inner & ends


def test_a_bridge_over_a_road_does_not_meet_it(world: World, tmp_path: Path) -> None:
    under = world.way([(0, 0), (0, 1), (0, 2)])
    over = world.way([(1, 0), (1, 1.5), (-1, 1.5)], bridge="yes", layer="1")
    roads = world.roads(tmp_path)
    assert len(pieces(roads, under)) == 1
    assert len(pieces(roads, over)) == 1


def test_two_nodes_on_one_spot_of_one_level_are_one_junction(world: World, tmp_path: Path) -> None:
    along = world.way([(0, 0), (0, 1), (0, 2)])
    twin = world.node(0, 1, new=True)
    across = world.way_of([world.node(-1, 1), twin, world.node(1, 1)], {"highway": "service"})
    roads = world.roads(tmp_path)
    assert len(pieces(roads, along)) == 2
    assert len(pieces(roads, across)) == 2


def test_a_way_that_crosses_itself_is_cut_into_simple_pieces(world: World, tmp_path: Path) -> None:
    spiral = world.way([(0, 0), (0, 3), (2, 3), (2, 1), (-1, 1)])
    roads = world.roads(tmp_path)
    parts = pieces(roads, spiral)
    assert len(parts) > 1
    assert all(LineString(line(roads, at)).is_simple for at in parts)


def test_a_real_island_within_the_county_is_kept(world: World, tmp_path: Path) -> None:
    ring = world.area(-5, -10, 300, 300, {"note": "outline"})
    tags = {"type": "boundary", "boundary": "administrative", "admin_level": "6", "name": "县"}
    world.relation([("way", ring, "outer")], tags)
    island = world.way([(10, 100), (150, 100)])
    abroad = world.way([(10, 400), (150, 400)])
    roads = world.roads(tmp_path)
    assert pieces(roads, island)
    assert not pieces(roads, abroad)


def test_a_loop_is_cut_in_two_so_that_no_piece_ends_where_it_starts(world: World, tmp_path: Path) -> None:
    loop = world.way([(0, 0), (0, 1), (1, 1), (1, 0.5), (0, 0)])
    roads = world.roads(tmp_path)
    halves = pieces(roads, loop)
    assert len(halves) == 2
    for at in halves:
        assert tuple(line(roads, at)[0]) != tuple(line(roads, at)[-1])


@pytest.mark.parametrize(
    ("tags", "word"),
    [
        ({"barrier": "gate"}, "gate"),
        ({"barrier": "lift_gate"}, "lift_gate"),
        ({"barrier": "swing_gate"}, "swing_gate"),
        ({"barrier": "bollard"}, "bollard"),
        ({"barrier": "bollard", "bollard": "removable"}, "gate"),
        ({"barrier": "rising_bollard"}, "gate"),
        ({"barrier": "cycle_barrier"}, "cycle_barrier"),
        ({"barrier": "block"}, "block"),
        ({"barrier": "kissing_gate"}, "kissing_gate"),
    ],
)
def test_a_barrier_on_a_way_becomes_a_metre_that_carries_it(
    world: World, tmp_path: Path, tags: dict[str, str], word: str
) -> None:
    world.node(0, 1, tags)
    way = world.way([(0, 0), (0, 1), (0, 2)])
    roads = world.roads(tmp_path)
    parts = pieces(roads, way)
    assert [roads.barrier[at] for at in parts] == ["", word, ""]
    assert line_metres(line(roads, parts[1])) == pytest.approx(1.0, abs=0.05)
    for before, after in pairwise(parts):
        assert tuple(line(roads, before)[-1]) == tuple(line(roads, after)[0])


@pytest.mark.parametrize("word", ["entrance", "cattle_grid", "toll_booth", "border_control", "mystery"])
def test_what_nobody_must_stop_for_cuts_no_road(world: World, tmp_path: Path, word: str) -> None:
    world.node(0, 1, {"barrier": word})
    way = world.way([(0, 0), (0, 1), (0, 2)])
    county, report = world.import_into(tmp_path)
    assert county.roads.barrier[one(county.roads, way)] == ""
    assert any(drop.layer == "barriers" for drop in report.dropped)


def test_a_gate_drawn_on_a_junction_stands_in_the_lesser_road(world: World, tmp_path: Path) -> None:
    world.node(0, 1, {"barrier": "gate"})
    street = world.way([(0, 0), (0, 1), (0, 2)])
    track = world.way([(0, 1), (1, 1), (2, 1)], highway="track")
    roads = world.roads(tmp_path)
    assert {roads.barrier[at] for at in pieces(roads, street)} == {""}
    assert [roads.barrier[at] for at in pieces(roads, track)] == ["gate", ""]


def test_a_gate_between_two_stretches_of_one_road_stands_once(world: World, tmp_path: Path) -> None:
    world.node(0, 1, {"barrier": "gate"})
    below = world.way([(0, 0), (0, 1)])
    above = world.way([(0, 1), (0, 2)])
    roads = world.roads(tmp_path)
    gates = [at for way in (below, above) for at in pieces(roads, way) if roads.barrier[at] == "gate"]
    assert len(gates) == 1


def test_a_short_way_with_a_gate_carries_it_whole(world: World, tmp_path: Path) -> None:
    world.node(0, 0.01, {"barrier": "gate"})
    way = world.way([(0, 0), (0, 0.01)])
    roads = world.roads(tmp_path)
    assert roads.barrier[one(roads, way)] == "gate"


def test_the_height_of_a_restrictor_is_a_limit_of_its_metre(world: World, tmp_path: Path) -> None:
    world.node(0, 1, {"barrier": "height_restrictor", "maxheight": "2.1"})
    way = world.way([(0, 0), (0, 1), (0, 2)])
    roads = world.roads(tmp_path)
    low = [at for at in pieces(roads, way) if roads.maxheight_metres[at] == 2.1]
    assert len(low) == 1
    assert roads.barrier[low[0]] == ""


@pytest.mark.parametrize("tags", [{"ford": "yes"}, {"highway": "ford"}])
def test_a_ford_on_a_node_is_a_metre_of_water(world: World, tmp_path: Path, tags: dict[str, str]) -> None:
    world.node(0, 1, tags)
    way = world.way([(0, 0), (0, 1), (0, 2)])
    roads = world.roads(tmp_path)
    assert [bool(roads.ford[at]) for at in pieces(roads, way)] == [False, True, False]


def test_what_is_no_road_is_dropped_and_counted(world: World, tmp_path: Path) -> None:
    gone = [
        world.way([(0, 0), (0, 2)], highway="construction"),
        world.way([(0, 0), (1, 2)], highway="platform"),
        world.way([(0, 0), (2, 2)], area="yes"),
        world.way([(0, 0), (2, 3)], indoor="yes"),
        world.way([(0, 0), (2, 4)], abandoned="yes"),
    ]
    county, report = world.import_into(tmp_path)
    assert not any(pieces(county.roads, way) for way in gone)
    assert sum(drop.count for drop in report.dropped if drop.layer == "roads") == len(gone)


def test_doubles_stubs_and_scraps_are_cleaned_away(world: World, tmp_path: Path) -> None:
    kept = world.way([(0, 0), (0, 2), (1, 2)], highway="secondary")
    double = world.way([(1, 2), (0, 2), (0, 0)], highway="track")
    stub = world.way([(1, 2), (1, 2.005)])
    world.way([(1, 2), (3, 2)])
    scrap = world.way([(50, 50), (52, 50)])
    county, report = world.import_into(tmp_path)
    assert pieces(county.roads, kept)
    assert not any(pieces(county.roads, way) for way in (double, stub, scrap))
    reasons = {drop.reason for drop in report.dropped if drop.layer == "road pieces"}
    assert len(reasons) == 3


def test_turn_restrictions_are_kept_between_the_pieces_that_meet(world: World, tmp_path: Path) -> None:
    coming = world.way([(0, 0), (0, 1), (0, 2)])
    going = world.way([(0, 2), (2, 2)])
    world.way([(0, 1), (2, 1)])
    via = world.node(0, 2)
    world.relation(
        [("way", coming, "from"), ("node", via, "via"), ("way", going, "to")],
        {"type": "restriction", "restriction": "no_right_turn"},
    )
    world.relation(
        [("way", coming, "from"), ("way", going, "via"), ("way", coming, "to")],
        {"type": "restriction", "restriction": "no_u_turn"},
    )
    county, report = world.import_into(tmp_path)
    assert county.turn_restrictions == ((f"w{coming}-1", f"w{going}-0", "no_right_turn"),)
    assert any(drop.layer == "turn restrictions" for drop in report.dropped)
