"""Live conditions: closed and slowed roads, by edge and area and class, as immutable versions of the roads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon

from gis_data.errors import InputError
from routing.condition import unknown_names
from routing.live import Condition, LiveRoads
from routing.passable import CLOSED
from routing.rank import Start, rank
from tests.rules.routing_world import FLEET, Draft, at, somewhere, town


def square() -> LiveRoads:
    """Two ways from A (0,0) to B (4,4): by the bridge in the south-east, or the longer one in the north-west."""
    draft = Draft()
    draft.add([at(0, 0), at(4, 0)], id="south")
    draft.add([at(4, 0), at(4, 4)], id="bridge")
    draft.add([at(0, 0), at(-1, 4)], id="west")
    draft.add([at(-1, 4), at(4, 4)], id="north")
    return draft.live()


def edges_of(live: LiveRoads, arcs: np.ndarray) -> list[str]:
    return [live.graph.piece_ids[arc >> 1] for arc in arcs]


def way(live: LiveRoads, vehicle_class: str = "heavy_engine") -> list[str]:
    (reach,) = rank(live, *at(4, 4), [Start(*at(0, 0), vehicle_class)])
    return edges_of(live, reach.arcs)


def test_a_closed_bridge_is_gone_round_and_named() -> None:
    live = square()
    closed = live.with_conditions([Condition("c1", ("bridge",), reason="桥梁封闭")], 1)
    assert way(live) == ["south", "bridge"]
    assert way(closed) == ["west", "north"]
    (reach,) = rank(closed, *at(4, 4), [Start(*at(0, 0), "heavy_engine")])
    assert reach.avoided == ("c1",)
    (unhindered,) = rank(live, *at(4, 4), [Start(*at(0, 0), "heavy_engine")])
    assert unhindered.avoided == ()


def test_a_slowed_road_that_is_still_the_best_way_is_named_too() -> None:
    live = square()
    slowed = live.with_conditions([Condition("c1", ("bridge",), factor=0.9)], 1)
    assert way(slowed) == ["south", "bridge"]
    (before,) = rank(live, *at(4, 4), [Start(*at(0, 0), "heavy_engine")])
    (after,) = rank(slowed, *at(4, 4), [Start(*at(0, 0), "heavy_engine")])
    assert after.travel_ms > before.travel_ms
    assert after.avoided == ("c1",)


def test_a_condition_off_the_way_is_not_named() -> None:
    closed = square().with_conditions([Condition("c1", ("north",))], 1)
    assert rank(closed, *at(4, 4), [Start(*at(0, 0), "heavy_engine")])[0].avoided == ()


def test_a_condition_holds_for_the_classes_it_names_only() -> None:
    closed = square().with_conditions(
        [Condition("c1", ("bridge",), None, 0.0, frozenset({"heavy_engine"}))], 1
    )
    assert way(closed, "heavy_engine") == ["west", "north"]
    assert way(closed, "light_engine") == ["south", "bridge"]
    assert closed.weights("light_engine") is closed.graph.inbound["light_engine"]


def test_half_the_speed_is_twice_the_time() -> None:
    live = square()
    slowed = live.with_conditions([Condition("snow", ("south",), factor=0.5)], 1)
    ratio = slowed.travel_ms("heavy_engine") / live.travel_ms("heavy_engine")
    assert ratio.tolist() == [2.0, 2.0] + [1.0] * 6


def test_where_conditions_overlap_the_slowest_holds_in_any_order() -> None:
    live = square()
    snow = Condition("snow", ("south", "bridge"), factor=0.5)
    works = Condition("works", ("south",), factor=0.25)
    closed = Condition("closed", ("bridge",))
    one = live.with_conditions([snow, works, closed], 1).travel_ms("heavy_engine")
    other = live.with_conditions([closed, works, snow], 1).travel_ms("heavy_engine")
    assert one.tolist() == other.tolist()
    assert one[0] == 4 * live.travel_ms("heavy_engine")[0]
    assert one[2] == CLOSED


def test_an_area_takes_every_piece_that_touches_it() -> None:
    live = town(1).live()
    area = Polygon([at(2, 2), at(6, 2.5), at(5, 6)])
    flooded = live.with_conditions([Condition("flood", (), area)], 1)
    ms = flooded.travel_ms("foot_crew")
    for piece in range(len(live.graph.piece_ids)):
        rows = live.graph.coords[live.graph.starts[piece] : live.graph.starts[piece + 1]]
        inside = area.intersects(LineString(rows))
        assert (ms[2 * piece] == CLOSED) or not inside


def test_lifting_all_conditions_brings_the_same_times_back() -> None:
    live = town(2).live()
    hindered = live.with_conditions([Condition("c", live.graph.piece_ids[:50])], 1)
    lifted = hindered.with_conditions([], 2)
    assert lifted.version == 2
    for code in live.graph.classes:
        assert lifted.travel_ms(code).tolist() == live.travel_ms(code).tolist()


def test_a_search_keeps_the_roads_it_began_with() -> None:
    live = square()
    before = live.travel_ms("heavy_engine").tolist()
    live.with_conditions([Condition("c1", ("bridge",))], 1)
    assert live.travel_ms("heavy_engine").tolist() == before
    with pytest.raises(ValueError, match="read-only"):
        live.weights("heavy_engine")[0] = 0


def test_an_edge_that_is_no_longer_there_is_told_and_ignored() -> None:
    live = square().with_conditions([Condition("c1", ("gone", "bridge"))], 1)
    assert live.unmatched == (("c1", "gone"),)
    assert way(live) == ["west", "north"]


@pytest.mark.parametrize("factor", [-0.1, 1.1, float("nan")])
def test_a_factor_out_of_range_is_refused(factor: float) -> None:
    with pytest.raises(InputError, match="road condition c1"):
        square().with_conditions([Condition("c1", ("bridge",), factor=factor)], 1)


def test_a_village_cut_off_is_served_from_the_last_stop_before_the_closure() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(4, 0)], id="valley")
    draft.add([at(4, 0), at(5, 0)], id="bridge")
    draft.add([at(5, 0), at(8, 0)], id="village")
    live = draft.live().with_conditions([Condition("washed out", ("bridge",))], 1)
    starts = [
        Start(*at(1, 0), "heavy_engine"),
        Start(*at(6, 0), "heavy_engine"),
        Start(*at(1, 0), "foot_crew"),
    ]
    engine, inside, crew = rank(live, *at(7, 0), starts)
    assert (engine.by_road, engine.reachable) == (False, True)
    assert (engine.stop_lon, engine.stop_lat) == pytest.approx(at(4, 0))
    metres = 3 * 0.002 * 90_800
    assert engine.on_foot_metres == pytest.approx(1.4 * metres, rel=0.01)
    assert engine.on_foot_ms == pytest.approx(1.4 * metres * 3600 / 4.0, rel=0.01)
    assert engine.avoided == ("washed out",)
    assert inside.by_road
    assert not crew.by_road


def test_a_unit_shut_in_by_closures_walks_from_where_it_stands() -> None:
    live = square()
    shut = live.with_conditions([Condition("quake", tuple(live.graph.piece_ids))], 1)
    (reach,) = rank(shut, *at(4, 4), [Start(*at(0, 0), "light_engine")])
    assert (reach.travel_ms, reach.distance_metres, reach.by_road) == (0, 0.0, False)
    assert (reach.stop_lon, reach.stop_lat) == at(0, 0)
    assert reach.on_foot_metres > 1000


def test_a_unit_too_far_to_walk_is_not_reachable() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(4, 0)])
    draft.add([at(100, 0), at(104, 0)])
    (reach,) = rank(draft.live(), *at(102, 0), [Start(*at(2, 0), "heavy_engine")])
    assert not reach.reachable
    assert reach.on_foot_metres > 10_000


def test_an_engine_stops_where_the_lane_becomes_a_path_and_says_how_far_is_left() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(4, 0)], id="lane")
    draft.add([at(4, 0), at(4, 3)], id="path", road="path")
    live = draft.live()
    starts = [Start(*at(0, 0), "heavy_engine"), Start(*at(0, 0), "fire_motorcycle")]
    engine, motorcycle = rank(live, *at(4, 3), starts)
    assert edges_of(live, engine.arcs) == ["lane"]
    assert engine.on_foot_metres == pytest.approx(1.4 * 3 * 0.002 * 110_950, rel=0.01)
    assert (motorcycle.by_road, motorcycle.on_foot_metres) == (True, 0.0)


def test_a_path_beside_the_lane_keeps_no_engine_from_arriving() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(4, 0)], id="lane")
    draft.add([at(0, 0.1), at(4, 0.1)], id="pavement", road="footway")
    (reach,) = rank(draft.live(), *at(2, 0.12), [Start(*at(0, 0), "heavy_engine")])
    assert (reach.by_road, reach.on_foot_metres) == (True, 0.0)


def test_a_way_round_says_which_road_and_what_it_costs() -> None:
    live = square()
    closed = live.with_conditions([Condition("c1", ("bridge",)), Condition("c2", ("north",), factor=0.5)], 1)
    start = [Start(*at(0, 0), "heavy_engine")]
    (free,), (round_,) = rank(live, *at(4, 4), start), rank(closed, *at(4, 4), start)
    (hindrance,) = round_.hindrances
    assert [live.graph.piece_ids[piece] for piece in hindrance.pieces] == ["bridge"]
    assert round_.delay_ms == round_.total_ms - free.total_ms > 0
    assert (free.hindrances, free.delay_ms) == ((), 0)


def test_a_closed_road_with_another_as_quick_beside_it_hinders_nobody() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(4, 0)], id="one")
    draft.add([at(0, 0), at(4, 0)], id="twin")
    closed = draft.live().with_conditions([Condition("c1", ("one",))], 1)
    (reach,) = rank(closed, *at(4, 0), [Start(*at(0, 0), "heavy_engine")])
    assert (reach.hindrances, reach.delay_ms) == ((), 0)


def test_roads_are_meant_by_name_by_kind_and_by_area_together() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(1, 0)], id="a", name="环城路", road="primary")
    draft.add([at(1, 0), at(2, 0)], id="b", name="环城路", road="primary", bridge=True)
    draft.add([at(9, 0), at(10, 0)], id="c", name="环城路", road="track")
    draft.add([at(1, 0), at(1, 1)], id="d", name="", road="track", surface="gravel")
    live = draft.live()
    near = Polygon([at(-1, -1), at(3, -1), at(3, 2), at(-1, 2)])
    meant = {
        "abc": {"names": ("环城 路",)},
        "ab": {"names": ("环城路",), "area": near},
        "cd": {"road_classes": frozenset({"track"})},
        "d": {"road_classes": frozenset({"track"}), "area": near},
        "b": {"bridges": True},
        "abd": {"area": near},
        "abcd": {"everywhere": True},
        "ad": {"edges": ("a",), "surfaces": frozenset({"gravel"})},
        "": {"names": ("环城路",), "road_classes": frozenset({"path"})},
    }
    for expected, said in meant.items():
        made = live.with_conditions([Condition("c1", **said)], 1)
        pieces = made.pieces_of[made.conditions[0]].tolist()
        assert "".join(live.graph.piece_ids[piece] for piece in pieces) == expected
        shut = made.travel_ms("foot_crew").reshape(-1, 2) == CLOSED
        assert shut.all(axis=1).nonzero()[0].tolist() == pieces


def test_a_name_that_no_road_has_is_answered_with_the_nearest_spellings() -> None:
    draft = Draft()
    for number, name in enumerate(("环城路", "环城东路", "人民大街", "G207")):
        draft.add([at(number, 0), at(number, 1)], name=name)
    graph = draft.graph()
    assert unknown_names(graph, ["Ｇ２０７", "g 207", "人民大街"]) == {}
    (near,) = unknown_names(graph, ["环城中路"]).values()
    assert set(near) == {"环城路", "环城东路"}
    assert unknown_names(graph, ["zzz", ""]) == {"zzz": (), "": ()}


EDGES = tuple(f"e{number}" for number in range(24))


def small_grid() -> LiveRoads:
    draft = Draft()
    for number, edge in enumerate(EDGES):
        draft.add([at(number % 5, number // 5), at(number % 5 + 1, number // 5 + number % 3)], id=edge)
    return draft.live()


GRID = small_grid()


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    return Condition(
        draw(st.sampled_from("abcdef")),
        tuple(draw(st.lists(st.sampled_from(EDGES), max_size=8, unique=True))),
        factor=draw(st.sampled_from((0.0, 0.25, 0.5, 1.0))),
        vehicle_classes=frozenset(
            draw(st.sets(st.sampled_from(("heavy_engine", "light_engine")), max_size=1))
        ),
        everywhere=draw(st.integers(0, 9)) == 0,
    )


def by_hand(code: str, laid: list[Condition]) -> list[int]:
    """Each arc's time worked out from nothing but the graph's own and the conditions."""
    ms = GRID.travel_ms(code).tolist()
    for arc, edge in enumerate(np.repeat(EDGES, 2)):
        factor = min(
            (c.factor for c in laid if c.hinders(code) and (c.everywhere or edge in c.edges)), default=1.0
        )
        if ms[arc] < CLOSED:
            ms[arc] = round(ms[arc] / factor) if factor > 0 else CLOSED
    return [int(one) for one in ms]


@given(st.lists(st.tuples(st.lists(conditions(), max_size=4), st.booleans()), min_size=1, max_size=8))
def test_whatever_came_before_a_version_says_what_its_conditions_say_and_old_ones_stay(
    steps: list[tuple[list[Condition], bool]],
) -> None:
    live, kept = GRID, []
    for version, (laid, keep) in enumerate(steps):
        live = live.with_conditions(laid, version)
        if keep:
            kept.append((live, laid))
        for held, said in [*kept, (live, laid)]:
            for code in ("heavy_engine", "light_engine", "foot_crew"):
                assert held.travel_ms(code).tolist() == by_hand(code, said)


def test_an_array_is_written_again_only_when_nobody_can_read_it() -> None:
    live = small_grid()
    one = live.with_conditions([Condition("a", ("e0",))], 1)
    lent = one.weights("heavy_engine")
    part, whole = lent[4:9], lent.copy()
    address = lent.ctypes.data
    del one, lent
    for version in range(2, 6):  # the part keeps the first sheet out of use
        other = live.with_conditions([Condition("b", EDGES)], version)
        assert other.weights("heavy_engine").ctypes.data != address
        assert part.tolist() == whole[4:9].tolist()
    del part
    again = live.with_conditions([Condition("c", ("e1",))], 6)
    held = live.with_conditions([Condition("d", ("e2",))], 7)
    assert address in (again.weights("heavy_engine").ctypes.data, held.weights("heavy_engine").ctypes.data)


def test_searches_that_run_while_the_roads_change_keep_their_own_version() -> None:
    live = town(3).live()
    starts = [Start(*at(i, i), "heavy_engine") for i in range(6)]
    versions = [live.with_conditions([Condition("c", live.graph.piece_ids[n::7])], n) for n in range(7)]
    expected = [[reach.total_ms for reach in rank(one, *at(5, 6), starts)] for one in versions]
    del versions

    def ask(number: int) -> bool:
        made = live.with_conditions([Condition("c", live.graph.piece_ids[number % 7 :: 7])], number)
        return [reach.total_ms for reach in rank(made, *at(5, 6), starts)] == expected[number % 7]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(200)))


def test_a_point_keeps_its_road_until_that_is_closed() -> None:
    live = square()
    before = live.find_point(*at(4.1, 2), "heavy_engine", "alarm")
    slowed = live.with_conditions([Condition("c", ("bridge",), factor=0.5), Condition("d", ("west",))], 1)
    assert slowed.find_point(*at(4.1, 2), "heavy_engine", "alarm") is before
    closed = live.with_conditions([Condition("c", ("bridge",))], 2)
    moved = closed.find_point(*at(4.1, 2), "heavy_engine", "alarm")
    assert moved is not None
    assert live.graph.piece_ids[moved.arc >> 1] != "bridge"


@pytest.mark.parametrize("seed", range(12))
def test_the_best_few_are_those_of_all_whatever_is_closed(seed: int) -> None:
    """Also where a closure cuts units off, or the alarm, and walking in from some stop is the soonest."""
    rng = np.random.default_rng(seed)
    live = town(seed).live()
    for version in range(6):
        shut = rng.choice(live.graph.piece_ids, size=int(rng.integers(1, 120)), replace=False)
        closed = live.with_conditions([Condition("c", tuple(map(str, shut)))], version)
        starts = [
            Start(*somewhere(rng, live), str(rng.choice(list(FLEET))), ready_ms=int(rng.integers(0, 90_000)))
            for _ in range(40)
        ]
        place = somewhere(rng, live)
        everybody = [reach.total_ms for reach in rank(closed, *place, starts)]
        order = np.lexsort((np.arange(len(everybody)), everybody))
        for k in (1, 3, 10, 40):
            few = rank(closed, *place, starts, k=k)
            found = [number for number, reach in enumerate(few) if reach is not None]
            assert sorted(order[:k].tolist()) == found
            assert [few[n].total_ms for n in found] == [everybody[n] for n in found]  # type: ignore[union-attr]
