"""Many answers at one instant: one outcome each, and the promises hold whatever is said in whatever order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.alarms.incident import BUSY, ENDED, FILLING, Report, State
from runtime.database import Database
from tests.conftest import FakeClock
from tests.storage.alarm_world import World, make_world, ordered
from tests.storage.small_county import VILLAGE_E, VILLAGE_W


@pytest.fixture
async def world(stopped_db: Database, fake_clock: FakeClock) -> World:
    """Automatic, and time stands until the test moves it."""
    return await make_world(stopped_db)


@pytest.fixture
async def by_hand(stopped_db: Database, fake_clock: FakeClock) -> World:
    return await make_world(stopped_db, automatic=False)


async def test_an_answer_and_the_deadline_at_one_instant_have_one_outcome(
    by_hand: World, fake_clock: FakeClock
) -> None:
    incident, ids = await ordered(by_hand, "W1-1", "W1-2", "W2-1", "E1-1", "E1-2")
    fake_clock.advance(30)
    outcomes = await asyncio.gather(
        by_hand.sweep(), *(by_hand.say(id, Report.ACKNOWLEDGE) for id in ids.values())
    )
    await by_hand.sweep()
    rows = await by_hand.assignments(incident)
    types = await by_hand.types(incident)
    assert outcomes
    for code in ids:
        assert rows[code].state in (State.ACKNOWLEDGED, State.UNCONFIRMED)
        if rows[code].state is State.UNCONFIRMED:
            assert rows[code].late_acknowledged_at is not None
    filled = [a.slot for a in rows.values() if a.state in FILLING]
    assert len(filled) == len(set(filled))
    assert types.count("assignment_unconfirmed") <= len(ids)


async def test_the_same_answer_ten_times_at_once_is_one_answer(by_hand: World) -> None:
    incident, ids = await ordered(by_hand, "W1-1")
    answers = await asyncio.gather(*(by_hand.say(ids["W1-1"], Report.ACKNOWLEDGE) for _ in range(10)))
    assert sorted(a.outcome.value for a in answers) == ["changed"] + ["stands"] * 9
    assert (await by_hand.types(incident)).count("assignment_acknowledged") == 1


WORK = [Report.ACKNOWLEDGE, Report.EN_ROUTE, Report.ON_SCENE, Report.CLEAR, Report.RECALL]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(0, 3), st.sampled_from([*Report])),
        st.tuples(st.just("say"), st.integers(0, 1), st.sampled_from(WORK)),
        st.tuples(st.just("say"), st.integers(0, 2), st.sampled_from([Report.UNABLE, Report.ACKNOWLEDGE])),
        st.tuples(st.just("wait"), st.sampled_from([5, 11, 31, 200])),
        st.tuples(st.just("sweep")),
        st.tuples(st.just("alarm"), st.integers(0, 2)),
    ),
    min_size=1,
    max_size=12,
)


@given(rounds=st.lists(STEPS, min_size=2, max_size=5))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_said_at_once_the_promises_hold(
    world: World, fake_clock: FakeClock, rounds: list[list[tuple[Any, ...]]]
) -> None:
    """Each round's steps run at the same time: constraints hold, ended stays ended, every change is journaled."""
    places = (VILLAGE_W, VILLAGE_E, (112.80, 35.46))
    await world.forget_everything()
    await world.alarm(places[0])
    await world.sweep()
    for steps in rounds:
        rows = await world.sql("select id from assignment order by dispatched_at desc, id limit 4")
        before = {r["id"]: r["state"] for r in await world.sql("select id, state from assignment")}
        actions = []
        for kind, *args in steps:
            if kind == "say" and args[0] < len(rows):
                actions.append(world.say(rows[args[0]]["id"], args[1], cause="test"))
            elif kind == "wait":
                fake_clock.advance(args[0])
            elif kind == "sweep":
                actions.append(world.sweep())
            elif kind == "alarm":
                actions.append(world.alarm(places[args[0]]))
        await asyncio.gather(*actions)
        after = await world.sql("select id, incident, unit, slot, state from assignment")
        for row in after:
            was = before.get(row["id"])
            assert was not in ENDED or row["state"] == was
        busy = [row["unit"] for row in after if row["state"] in BUSY]
        assert len(busy) == len(set(busy))
        filled = [(row["incident"], row["slot"]) for row in after if row["state"] in FILLING]
        assert len(filled) == len(set(filled))
        told = await world.sql(
            "select distinct on (a.id) a.id, a.state, c.card ->> 'state' as told from assignment a "
            "join event e on e.stream = 'incident/' || a.incident "
            "cross join lateral jsonb_array_elements(e.data -> 'cards' -> 'assignments') as c (card) "
            "where c.card ->> 'id' = a.id::text order by a.id, e.seq desc"
        )
        assert len(told) == len(after)
        assert all(row["state"] == row["told"] for row in told)
