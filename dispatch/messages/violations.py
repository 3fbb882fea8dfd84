"""The rules of a duty roster and what breaks them, in words and as documents say them."""

from __future__ import annotations

from typing import Any

from dispatch.messages import Lang, catalogue, text
from roster.rules.rule import Rule
from roster.rules.rulebook import RULES
from roster.rules.violation import Param, Violation

# Parameters that are codes themselves, and where their words stand.
_CODED = {"kind": "roster.absence", "wish": "roster.wish", "what": "roster.unknown"}
_AREAS = ("page.roles", "qualification")


def violation_text(violation: Violation, lang: Lang = "zh") -> str:
    """One sentence: who or which team, when, what is wrong and by how much."""
    params = {name: _spoken(name, value, lang) for name, value in violation.params.items()}
    if violation.team and "team" in params:
        params["team"] = coded(violation.team, str(params["team"]), lang)
    return text(violation.message, params, lang)


def coded(code: str, name: str, lang: Lang) -> str:
    """Names of teams and shifts are the county's data, in its own language: beside them an English sentence has the
    code, which its reader can look up."""
    return name if lang == "zh" or name == code else f"{code} {name}"


def violation_document(violation: Violation, lang: Lang = "zh") -> dict[str, Any]:
    """A violation for programs and people: codes and numbers, and the sentence in `text`."""
    return {
        "rule": violation.rule,
        "strength": violation.strength.value,
        "blocks": violation.blocks,
        "person": violation.person,
        "team": violation.team,
        "days": [day.isoformat() for day in violation.days],
        "params": dict(violation.params),
        "authorised_by": violation.authorised_by,
        "text": violation_text(violation, lang),
    }


def rule_documents(lang: Lang = "zh") -> list[dict[str, Any]]:
    """All rules in the order of the rulebook."""
    return [_rule_document(rule, lang) for rule in RULES]


def rules_table() -> str:
    """The table of `docs/roster-rules.md`."""
    rows = ["| Rule | 名称 | Strength | Source | Leaves out | What it asks |", "|---|---|---|---|---|---|"]
    for chinese, english in zip(rule_documents("zh"), rule_documents("en"), strict=True):
        strength = english["strength"] + (", fixed" if english["fixed"] else "")
        source = english["source"] + (
            " 待核" if english["status"] and "not verified" not in english["source"] else ""
        )
        exempt = ", ".join(english["exempt"]) or "–"
        cells = (f"`{english['code']}`", chinese["name"], strength, source, exempt, english["words"])
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows) + "\n"


def _rule_document(rule: Rule, lang: Lang) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": text(f"roster.rule_name.{rule.code}", lang=lang),
        "strength": rule.strength.value,
        "fixed": rule.fixed,
        "source": text(f"roster.source.{rule.source.value}", lang=lang),
        "status": "" if rule.checked else "待核",
        "exempt": sorted(employment.value for employment in rule.exempt),
        "words": rule.words,
    }


def _spoken(name: str, value: Param, lang: Lang) -> Param:
    if name in _CODED:
        return text(f"{_CODED[name]}.{value}", lang=lang)
    if name == "unit" and value == "-":
        return text("roster.duty_room", lang=lang)
    if name in ("seat", "missing") and isinstance(value, str):
        return ("、" if lang == "zh" else ", ").join(role_word(code, lang) for code in value.split(", "))
    return value


def role_word(code: str, lang: Lang) -> str:
    """A role or qualification in words where the catalogue has them: the county may name others."""
    what, _, vehicle = code.partition(":")
    word = next(
        (text(f"{area}.{what}", lang=lang) for area in _AREAS if f"{area}.{what}" in catalogue()), what
    )
    if not vehicle:
        return word
    kind = f"vehicle_class.{vehicle}"
    named = text(kind, lang=lang) if kind in catalogue() else vehicle
    return f"{word}·{named}" if lang == "zh" else f"{word} ({named})"
