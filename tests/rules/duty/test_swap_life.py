"""The life of a swap is one table: every act in every state leads where the table says, or nowhere."""

from __future__ import annotations

from itertools import product

import pytest

from dispatch.duty.swap import OPEN, TRANSITIONS, SwapAct, SwapState, after

ALLOWED = {
    SwapState.PROPOSED: {"accept", "decline", "withdraw", "refuse", "lapse"},
    SwapState.ACCEPTED: {"decline", "withdraw", "approve", "refuse", "lapse"},
}


@pytest.mark.parametrize(("state", "act"), list(product(SwapState, SwapAct)))
def test_an_act_leads_somewhere_only_where_it_is_due(state: SwapState, act: SwapAct) -> None:
    assert (after(state, act) is not None) == (act.value in ALLOWED.get(state, set()))


def test_nothing_is_done_without_the_other_s_word_and_an_officer_s() -> None:
    ways = [(state, act) for (state, act), becomes in TRANSITIONS.items() if becomes is SwapState.APPROVED]
    assert ways == [(SwapState.ACCEPTED, SwapAct.APPROVE)]
    ways = [(state, act) for (state, act), becomes in TRANSITIONS.items() if becomes is SwapState.ACCEPTED]
    assert ways == [(SwapState.PROPOSED, SwapAct.ACCEPT)]


def test_what_is_settled_stays_settled() -> None:
    assert {state for state, _ in TRANSITIONS} == set(OPEN)
