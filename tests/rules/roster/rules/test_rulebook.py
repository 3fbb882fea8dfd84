"""The rulebook, the catalogue of messages and the documentation agree, and every rule stands on its own."""

from __future__ import annotations

import string
from dataclasses import replace
from pathlib import Path

import pytest

from dispatch.messages import catalogue, text
from dispatch.messages.violations import rules_table, violation_document, violation_text
from roster.people import AbsenceKind
from roster.policy import Strength
from roster.rules.actual import Outcome
from roster.rules.check import check
from roster.rules.forecast import Colour
from roster.rules.rule import Rule, Source
from roster.rules.rulebook import BY_CODE, RULES
from roster.shifts import SeatRule
from tests.rules.roster.rules.world import FREE_POLICY, away, book, broken, duty, local, person, roster

CHECKOUT = Path(__file__).resolve().parents[4]
IMPLIED = {"name", "team", "first", "day"}
ALL = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


@ALL
def test_every_rule_has_a_name_a_sentence_a_source_and_words(rule: Rule) -> None:
    assert f"roster.rule_name.{rule.code}" in catalogue()
    assert f"roster.source.{rule.source.value}" in catalogue()
    assert f"roster.strength.{rule.strength.value}" in catalogue()
    assert rule.words.endswith(".")
    for sentence in catalogue()[f"roster.rule.{rule.code}"].values():
        used = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        assert used <= IMPLIED | set(rule.params), rule.code


@ALL
def test_every_rule_is_broken_in_a_test_of_its_own(rule: Rule) -> None:
    tests = "".join(
        file.read_text(encoding="utf-8") for file in sorted(Path(__file__).parent.glob("test_*.py"))
    )
    assert f'broken("{rule.code}"' in tests or f'{{"{rule.code}"}}' in tests


@ALL
def test_every_rule_finds_in_exactly_one_way(rule: Rule) -> None:
    assert sum(find is not None for find in (rule.of_person, rule.of_shift, rule.of_team)) == 1


def test_codes_are_unique_and_no_message_speaks_of_a_rule_that_is_gone() -> None:
    assert len(BY_CODE) == len(RULES)
    for area in ("roster.rule.", "roster.rule_name."):
        assert {code.removeprefix(area) for code in catalogue() if code.startswith(area)} == set(BY_CODE)


def test_the_words_of_sources_absences_colours_and_outcomes_are_there() -> None:
    areas = {
        "roster.source": Source,
        "roster.absence": AbsenceKind,
        "roster.colour": Colour,
        "roster.actual": Outcome,
    }
    wanted = [f"{area}.{word.value}" for area, words in areas.items() for word in words]
    assert [code for code in wanted if code not in catalogue()] == []


def test_the_documentation_has_the_table_of_the_rules() -> None:
    """When it fails: write what `rules_table()` gives into the file."""
    assert rules_table() in (CHECKOUT / "docs" / "roster-rules.md").read_text(encoding="utf-8")


def test_a_county_sets_the_strength_of_rules_that_are_policy_and_of_no_other() -> None:
    wish = dict.fromkeys((rule.code for rule in RULES), Strength.PREFERENCE)
    of = book([person("A")], policy=replace(FREE_POLICY, strengths=wish))
    assert [v.strength for v in broken("rest", of, roster(duty("A", 0), duty("A", 0, "N")))] == [
        Strength.PREFERENCE
    ]
    assert [v.strength for v in broken("overlap", of, roster(duty("A", 0), duty("A", 0, "E", "T2")))] == [
        Strength.HARD
    ]


def test_every_sentence_can_be_said_from_what_the_violation_carries() -> None:
    of = book(
        [person("A"), person("B", "cook")],
        absences=(away("A", local(1, 9), local(1, 12), AbsenceKind.SICK),),
        policy=replace(FREE_POLICY, longest_run_days=1),
    )
    plan = roster(duty("A", 0), duty("A", 0, "N"), duty("A", 1), duty("B", 1, seat=1), duty("ghost", 2))
    for violation in check(of, plan):
        for lang in ("zh", "en"):
            said = text(violation.message, violation.params, lang)  # type: ignore[arg-type]
            assert "{" not in said
            assert "{" not in violation_text(violation, lang)  # type: ignore[arg-type]
    found = {v.rule: violation_document(v) for v in check(of, plan) if v.blocks}
    assert found["absence"]["text"] == "名A 2026-11-03 白班期间有 180 分钟不在（病假）"
    assert found["rest"]["params"]["needed"] == 480


def test_seats_qualifications_and_duty_rooms_are_named_in_words() -> None:
    of = book(
        [person("A")],
        seat_rules=(
            SeatRule("T1", "driver", 1, ("driver:heavy_engine",), "T1-1", ("D",)),
            SeatRule("T1", "watch_officer", 1, (), None, ("D",)),
        ),
    )
    plan = roster(replace(duty("A", 0), seat="T1-1/driver/0"), days=1, teams=("T1",))
    said = {v.rule: (violation_text(v), violation_text(v, "en")) for v in check(of, plan) if v.blocks}
    assert said["qualification"][0].endswith("驾驶员岗位上缺少资质：驾驶员·水罐消防车（重型）")
    assert "driver (" in said["qualification"][1]
    assert "值班室" in said["seat_unfilled"][0]


def test_the_checker_shares_no_code_with_what_it_audits() -> None:
    for file in (CHECKOUT / "roster" / "rules").glob("*.py"):
        source = file.read_text(encoding="utf-8")
        assert "roster.solving" not in source, file.name
        assert "roster.planning" not in source, file.name
