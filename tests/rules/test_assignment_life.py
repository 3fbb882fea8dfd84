"""The life of an assignment: every state against every report, and the promises behind the table."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.alarms.incident import (
    BUSY,
    ENDED,
    FILLING,
    TRANSITIONS,
    Outcome,
    Report,
    State,
    missing_to_close,
    settle,
)
from gis_data.model import Verb

PAIRS = list(itertools.product(State, Report))


@pytest.mark.parametrize(("state", "report"), PAIRS)
def test_every_report_has_one_answer_in_every_state(state: State, report: Report) -> None:
    settled = settle(state, report, verb=Verb.REQUEST, slot_open=True)
    if settled.outcome is Outcome.CHANGED:
        assert settled.state is TRANSITIONS[state][report]
        assert settled.state is not state
    else:
        assert settled.state is state


@pytest.mark.parametrize(("state", "report"), [(s, r) for s, r in PAIRS if s in ENDED])
def test_what_has_ended_never_starts_again(state: State, report: Report) -> None:
    assert settle(state, report, verb=Verb.REQUEST, slot_open=True).state is state


@pytest.mark.parametrize("state", State)
def test_who_was_ordered_cannot_decline(state: State) -> None:
    assert settle(state, Report.DECLINE, verb=Verb.ORDER, slot_open=True).outcome is Outcome.REFUSED


def test_a_deadline_never_frees_a_unit() -> None:
    for state in State:
        assert (settle(state, Report.TIME_OUT, verb=Verb.ORDER, slot_open=True).state in BUSY) == (
            state in BUSY
        )


def test_a_late_answer_wins_while_the_slot_is_open() -> None:
    settled = settle(State.UNCONFIRMED, Report.ACKNOWLEDGE, verb=Verb.ORDER, slot_open=True)
    assert (settled.state, settled.outcome) == (State.ACKNOWLEDGED, Outcome.CHANGED)


@pytest.mark.parametrize("report", [Report.ACKNOWLEDGE, Report.EN_ROUTE, Report.ON_SCENE])
def test_a_late_answer_to_a_filled_slot_waits_for_the_dispatcher(report: Report) -> None:
    settled = settle(State.UNCONFIRMED, report, verb=Verb.ORDER, slot_open=False)
    assert (settled.state, settled.outcome) == (State.UNCONFIRMED, Outcome.LATE)


def test_the_dispatcher_may_keep_a_late_unit() -> None:
    assert (
        settle(State.UNCONFIRMED, Report.KEEP, verb=Verb.ORDER, slot_open=False).state is State.ACKNOWLEDGED
    )


@given(st.lists(st.tuples(st.sampled_from(Report), st.booleans()), max_size=20), st.sampled_from(Verb))
def test_repeating_any_report_changes_nothing_more(reports: list[tuple[Report, bool]], verb: Verb) -> None:
    state = State.DISPATCHED
    for report, slot_open in reports:
        state = settle(state, report, verb=verb, slot_open=slot_open).state
        assert settle(state, report, verb=verb, slot_open=slot_open).state is state


@given(st.lists(st.sampled_from(Report), max_size=20))
def test_only_a_person_ends_what_a_unit_has_begun(reports: list[Report]) -> None:
    by_people = {Report.UNABLE, Report.DECLINE, Report.RECALL, Report.CLEAR}
    state = State.DISPATCHED
    for report in reports:
        before, state = state, settle(state, report, verb=Verb.REQUEST, slot_open=True).state
        if before in BUSY and state in ENDED:
            assert report in by_people


def test_unconfirmed_is_busy_and_fills_nothing() -> None:
    assert State.UNCONFIRMED in BUSY
    assert State.UNCONFIRMED not in FILLING


def test_a_forest_fire_stays_open_until_it_is_guarded_and_accepted() -> None:
    done = (State.CLEARED,)
    assert missing_to_close("forest", frozenset({"out"}), done) == ("mop_up", "guard", "acceptance")
    assert missing_to_close("forest", frozenset({"mop_up", "guard", "acceptance"}), done) == ()
    assert missing_to_close("fire", frozenset(), done) == ()
    assert missing_to_close("fire", frozenset(), (State.ON_SCENE,)) == ("units_busy",)
