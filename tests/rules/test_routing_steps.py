"""Steps: what a driver is told fits the way on the map, and adds up to its time and length."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.messages import Lang
from dispatch.messages.directions import step_text
from routing.route import route
from routing.steps import HEADINGS, Action, Step, heading_of, steps_of
from tests.rules.routing_world import FLEET, SIDE, Draft, at, town


def told(draft: Draft, a: tuple[float, float], b: tuple[float, float]) -> tuple[Step, ...]:
    live = draft.live()
    found = route(live, at(*a), at(*b), "light_engine")
    return steps_of(live, "light_engine", found.reach, at(*b))


def crossing() -> Draft:
    """Four named roads that meet in the middle, and a fifth half left."""
    draft, middle = Draft(), at(5, 5)
    for name, end in (
        ("南路", (5, 0)),
        ("北路", (5, 9)),
        ("东路", (9, 5)),
        ("西路", (0, 5)),
        ("斜街", (2, 9)),
    ):
        draft.add([at(*end), middle], road="primary", name=name)
    return draft


@pytest.mark.parametrize(
    ("goal", "action", "road", "heading"),
    [
        ((5, 8), Action.CONTINUE, "北路", "n"),
        ((8, 5), Action.RIGHT, "东路", "e"),
        ((1, 5), Action.LEFT, "西路", "w"),
        ((3, 7.6667), Action.SLIGHT_LEFT, "斜街", "nw"),
    ],
)
def test_each_way_out_of_a_crossing_has_its_word(
    goal: tuple[float, float], action: Action, road: str, heading: str
) -> None:
    steps = told(crossing(), (5, 1), goal)
    assert [step.action for step in steps] == [Action.DEPART, action, Action.ARRIVE]
    assert (steps[0].road, steps[0].heading) == ("南路", "n")
    assert (steps[1].road, steps[1].heading) == (road, heading)
    assert (steps[1].lon, steps[1].lat) == at(5, 5)


def test_a_road_taken_back_at_an_angle_is_a_sharp_turn() -> None:
    steps = told(crossing(), (3, 7.6667), (5, 8))
    assert steps[1].action is Action.SHARP_LEFT
    steps = told(crossing(), (5, 8), (3, 7.6667))
    assert steps[1].action is Action.SHARP_RIGHT


def test_a_bend_where_no_other_road_meets_is_no_step() -> None:
    draft = Draft()
    for a, b in (((0, 0), (4, 0)), ((4, 0), (4, 4)), ((4, 4), (0, 4))):
        draft.add([at(*a), at(*b)], name="环山路")
    steps = told(draft, (1, 0), (1, 4))
    assert [step.action for step in steps] == [Action.DEPART, Action.ARRIVE]
    assert steps[0].road == "环山路"


def test_a_named_road_that_bends_a_little_at_a_junction_is_no_step_and_one_that_turns_is() -> None:
    for corner, expected in (((8, 1.5), []), ((5, 4), [(Action.LEFT, True)])):
        draft = Draft()
        draft.add([at(0, 0), at(5, 0)], name="高沁线")
        draft.add([at(5, 0), at(*corner)], name="高沁线")
        draft.add([at(5, 0), at(9, -3)], name="别路")
        steps = told(draft, (1, 0), corner)
        assert [(step.action, step.stays) for step in steps[1:-1]] == expected


def test_the_name_changes_and_the_way_goes_straight_on() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(4, 0)], name="迎宾路")
    draft.add([at(4, 0), at(8, 0)])
    draft.add([at(8, 0), at(12, 0)], name="泽州路")
    steps = told(draft, (1, 0), (11, 0))
    assert [(step.action, step.road) for step in steps] == [
        (Action.DEPART, "迎宾路"),
        (Action.CONTINUE, ""),
        (Action.CONTINUE, "泽州路"),
        (Action.ARRIVE, "泽州路"),
    ]


def test_a_junction_is_told_by_its_direction_and_not_by_the_bend_behind_it() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(5, 0)], name="直路")
    draft.add([at(5, 0), at(9, 0)], name="直路")
    # Leaves straight on for a metre and then goes left: the mouth of the junction misleads.
    draft.add([at(5, 0), at(5.005, 0), at(5.01, 4)], name="岔路")
    steps = told(draft, (1, 0), (5.01, 3))
    assert steps[1].action is Action.LEFT


def test_what_is_left_is_walked_and_says_where_to() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(5, 0)], name="直路")
    steps = told(draft, (0, 0), (3, 2))
    assert steps[-2].action is Action.ARRIVE
    assert steps[-1].action is Action.WALK
    assert steps[-1].heading == "n"
    assert steps[-1].metres > 400
    assert steps[-1].seconds > 300


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 5),
    code=st.sampled_from(sorted(FLEET)),
    a=st.tuples(st.floats(0, SIDE - 1), st.floats(0, SIDE - 1)),
    b=st.tuples(st.floats(0, SIDE - 1), st.floats(0, SIDE - 1)),
)
def test_the_steps_add_up_to_the_way(
    seed: int, code: str, a: tuple[float, float], b: tuple[float, float]
) -> None:
    live = town(seed).live()
    found = route(live, at(*a), at(*b), code)
    steps = steps_of(live, code, found.reach, at(*b))
    driven = [step for step in steps if step.action is not Action.WALK]
    walked_ms = found.reach.on_foot_ms if found.reach.on_foot_metres >= 1.0 else 0
    assert sum(step.milliseconds for step in driven) == found.travel_ms
    assert sum(step.metres for step in driven) == pytest.approx(found.distance_metres, abs=1e-6)
    assert all(step.milliseconds >= 0 and step.metres >= 0.0 for step in steps)
    assert sum(step.milliseconds for step in steps) == found.travel_ms + walked_ms
    if driven:
        assert driven[0].action is Action.DEPART
        assert driven[-1].action is Action.ARRIVE
        assert (driven[-1].lon, driven[-1].lat) == pytest.approx((found.reach.stop.lon, found.reach.stop.lat))
    # Every name on the way is told, in its order.
    names = [step.road for step in driven[:-1] if step.road]
    assert [name for n, name in enumerate(names) if n == 0 or names[n - 1] != name] == list(found.path.names)


def test_eight_headings_go_clockwise_from_north() -> None:
    assert [heading_of(45.0 * n) for n in range(9)] == [*HEADINGS, "n"]
    assert heading_of(359.0) == "n"
    assert heading_of(22.4) == "n"
    assert heading_of(22.6) == "ne"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("action", [action for action in Action if action is not Action.WALK])
def test_every_step_has_words_with_and_without_a_name(lang: Lang, action: Action) -> None:
    for road, stays in (("丹河路", False), ("丹河路", True), ("", False)):
        said = step_text(Step(action, road, stays, 120.0, 9000, "ne", 45.0, 112.8, 35.4), lang)
        assert said
        assert "step." not in said
        assert "{" not in said
        if road and action is not Action.ARRIVE:
            assert road in said


def test_a_walk_says_how_far_and_where_to() -> None:
    walk = Step(Action.WALK, "", False, 120.4, 108_000, "nw", 315.0, 112.8, 35.4)
    assert step_text(walk) == "向西北步行 120 米"
    assert step_text(walk, "en") == "120 m on foot, north-west"
