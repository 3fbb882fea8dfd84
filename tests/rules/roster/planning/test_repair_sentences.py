"""Every repair, clash, count and fix is a sentence in both languages, with all that it names filled in."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import get_args

import pytest

from dispatch.messages import Lang, catalogue
from dispatch.messages.repairs import change_text, count_text, part_text, step_text
from dispatch.messages.violations import violation_text
from roster.people import Pair, PairKind
from roster.planning.counting import counts
from roster.planning.explain import explain
from roster.planning.fix import FixKind, Step
from roster.planning.fixes import fixes
from roster.planning.frame import frame_of
from roster.planning.repair import repair
from roster.planning.repair_case import Away
from roster.planning.repair_duties import Change, ChangeKind
from roster.policy import Policy, Strength
from roster.rules.violation import Violation
from tests.rules.roster.planning.small_team import FIRST, local, planned, small_book, with_lender

LANGUAGES: tuple[Lang, ...] = get_args(Lang)


def said(sentence: str) -> bool:
    return bool(sentence) and "{" not in sentence and not sentence.startswith("roster.")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", list(ChangeKind))
def test_each_kind_of_change_is_a_sentence(kind: ChangeKind, lang: Lang) -> None:
    book = small_book([True, True])
    asks = kind is ChangeKind.TAKES_OVER
    change = Change(kind, FIRST, "T1", "D", "U1/driver/0", "P0", "P1", asks)
    assert said(change_text(book, change, lang))
    borrowed = replace(change, borrowed_from="T1")
    assert "一队" in change_text(book, borrowed, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", list(FixKind))
def test_each_kind_of_step_is_a_sentence(kind: FixKind, lang: Lang) -> None:
    book = small_book([True, True])
    step = Step(kind, "P0", "longest_run", "driver", "U1/driver/0", "D", "T1", (FIRST,), -2)
    assert said(step_text(book, step if kind is FixKind.MOVE_LEAVE else replace(step, by_days=0), lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_how_many_to_hire_is_said(lang: Lang) -> None:
    assert "7" in step_text(small_book([True]), Step(FixKind.HIRE, role="driver", team="T1", people=7), lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_found_is_told(lang: Lang) -> None:
    policy = Policy(longest_run_days=3, week_minutes=None, days_off_a_week=0)
    book = with_lender(small_book([True, False, False], shifts=1, policy=policy), "driver")
    book = replace(book, pairs=(Pair(PairKind.APART, "P0", "P1"),))
    ticks = count()

    def clock() -> float:
        return next(ticks) * 0.0001

    why = explain(book, "T1", FIRST, 6, clock=clock)
    assert why.impossible
    assert all(said(part_text(book, part, lang)) for part in why.parts)
    alone = small_book([True, False, False])
    assert all(said(count_text(alone, one, lang)) for one in counts(frame_of(alone, "T1", FIRST, 4)))
    for way in fixes(book, "T1", FIRST, 6, why, clock=clock):
        assert all(said(step_text(book, step, lang)) for step in way.steps)


def test_every_kind_of_option_has_its_name() -> None:
    book = small_book([True] * 6, wished=1)
    ticks = count()
    found = repair(
        book, planned(book, 9), [Away("P0", local(2), local(6))], local(2), clock=lambda: next(ticks) * 0.0001
    )
    kinds = {option.kind for option in found.options}
    known = {"fewest", "other_people", "gives_back", "asks_nobody", "fills_wished", "calls_nobody"}
    assert kinds <= known
    assert {f"roster.repair.kind.{kind}" for kind in known} <= catalogue().keys()


def test_english_sentences_have_the_codes_of_teams_and_shifts_beside_their_names() -> None:
    step = Step(FixKind.LEAVE_OPEN, role="driver", seat="U1/driver/0", shift="D", team="T1", days=(FIRST,))
    assert "D 白班" in step_text(small_book([True]), step, "en")
    assert "D 白班" not in step_text(small_book([True]), step, "zh")
    hire = Step(FixKind.HIRE, role="driver", team="T1")
    assert "T1 一队" in step_text(small_book([True]), hire, "en")
    empty = Violation("seat_unfilled", Strength.OVERRIDABLE, "", "T1", (FIRST,), {"team": "一队"})
    assert "T1 一队" in violation_text(empty, "en")
    assert "T1" not in violation_text(empty, "zh")
