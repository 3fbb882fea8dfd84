"""The index of road pieces, against shapely's STRtree; and columns of words, against plain Python."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import STRtree

from routing import words
from routing.boxes import FAN, boxes_of_lines, build_tree
from routing.live import LiveRoads
from routing.nearest import pieces_touching, pieces_within
from routing.words import Numbers, Repeated, Words
from tests.rules.routing_world import town

WORD = st.text(max_size=12)


def boxes(count: int, seed: int, wide: float = 0.02) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0.0, 1.0, (count, 2))
    return np.concatenate((corner, corner + rng.exponential(wide, (count, 2))), axis=1)


@pytest.mark.parametrize("count", [1, 2, FAN, FAN + 1, FAN * FAN, FAN * FAN + 1, 5000])
def test_a_box_finds_what_the_strtree_finds(count: int) -> None:
    rows = boxes(count, count)
    tree, other = build_tree(rows), STRtree(shapely.box(*rows.T))
    for west, south, east, north in boxes(200, 1, wide=0.1).tolist():
        expected = np.sort(other.query(shapely.box(west, south, east, north)))
        assert tree.within(west, south, east, north).tolist() == expected.tolist()
    assert tree.within(-1.0, -1.0, 3.0, 3.0).tolist() == list(range(count))
    assert tree.within(5.0, 5.0, 6.0, 6.0).tolist() == []


@given(
    st.lists(st.tuples(*[st.integers(0, 6)] * 4), min_size=1, max_size=60),
    st.tuples(*[st.integers(-1, 7)] * 4),
)
def test_boxes_that_only_touch_count_and_flat_ones_too(
    corners: list[tuple[int, int, int, int]], asked: tuple[int, int, int, int]
) -> None:
    rows = np.array(
        [(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners], dtype=np.float64
    )
    west, east = sorted(asked[::2])
    south, north = sorted(asked[1::2])
    expected = [
        n for n, r in enumerate(rows) if r[0] <= east and r[2] >= west and r[1] <= north and r[3] >= south
    ]
    assert build_tree(rows).within(west, south, east, north).tolist() == expected


def test_boxes_that_are_all_the_same_are_all_found() -> None:
    tree = build_tree(np.full((1000, 4), 112.5))
    assert len(tree.within(112.5, 112.5, 112.5, 112.5)) == 1000


@pytest.mark.parametrize("rows", [np.empty((0, 4)), np.array([[0.0, 0.0, np.nan, 1.0]])])
def test_no_boxes_and_no_numbers_make_no_tree(rows: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match="needs boxes"):
        build_tree(rows)


def test_areas_and_circles_on_roads_find_what_the_strtree_finds() -> None:
    graph = LiveRoads(town(12).live().graph).graph
    lines = np.array(
        [
            shapely.linestrings(graph.coords[a:b])
            for a, b in zip(graph.starts[:-1], graph.starts[1:], strict=True)
        ]
    )
    assert boxes_of_lines(graph.coords, graph.starts).tolist() == shapely.bounds(lines).tolist()
    other = STRtree(lines)
    west, south, east, north = graph.bounds
    rng = np.random.default_rng(3)
    for _ in range(200):
        middle = shapely.Point(rng.uniform(west, east), rng.uniform(south, north))
        ring = shapely.Polygon(shapely.get_coordinates(middle) + rng.normal(0.0, 0.003, (3, 2)))
        area = shapely.union(ring, middle.buffer(rng.exponential(0.001)))
        assert pieces_touching(graph, area).tolist() == np.sort(other.query(area, "intersects")).tolist()
        metres = rng.exponential(300.0)
        found = set(pieces_within(graph, middle.x, middle.y, metres).tolist())
        assert set(other.query(middle.buffer(metres / 111_700.0), "intersects").tolist()) <= found
    assert pieces_touching(graph, shapely.Polygon()).tolist() == []


@given(st.lists(WORD, unique=True, max_size=30), st.lists(WORD, max_size=10))
def test_packed_ids_read_like_a_tuple_and_a_dictionary(ids: list[str], asked: list[str]) -> None:
    packed = Words.of(ids)
    assert list(packed) == ids
    assert packed[1:] == tuple(ids[1:])
    numbers = Numbers.of(packed)
    assert dict(numbers) == {word: number for number, word in enumerate(ids)}
    for word in asked:
        assert numbers.get(word) == (ids.index(word) if word in ids else None)


def test_ids_whose_hashes_collide_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    class Poor:
        def __init__(self, raw: bytes, digest_size: int) -> None:
            self._digest = bytes([len(raw)]) + bytes(digest_size - 1)

        def digest(self) -> bytes:
            return self._digest

    monkeypatch.setattr(words, "blake2b", Poor)
    numbers = Numbers.of(Words.of(("a", "b", "cc", "d")))
    assert [numbers.get(word) for word in ("a", "b", "cc", "d", "e", "ccc")] == [0, 1, 2, 3, None, None]


def test_half_a_character_is_the_id_of_nothing() -> None:
    assert "\ud83d" not in Numbers.of(Words.of(("a",)))


@given(st.lists(st.sampled_from(("", "泽州路", "G207", "省道"))))
def test_repeated_names_are_kept_once(names: list[str]) -> None:
    column = Repeated.of(names)
    assert list(column) == names
    assert column[::2] == tuple(names[::2])
    assert len(column.table) == len(set(names))
    for name in ("泽州路", "elsewhere"):
        assert column.rows(name).tolist() == [row for row, word in enumerate(names) if word == name]
