"""Repairs of a roster, explanations of an impossible month and ways out of it, in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from dispatch.messages import Lang, catalogue, text
from dispatch.messages.violations import coded, role_word
from roster.plan import Book
from roster.planning.clash import Part
from roster.planning.counting import Count
from roster.planning.fix import Step
from roster.planning.guarded import ElementKind
from roster.planning.repair_duties import Change

NAMED = 8
"""So many names are spelled out."""


def change_text(book: Book, change: Change, lang: Lang = "zh") -> str:
    """What one person is told."""
    said = text(change.code, change_params(book, change, lang), lang)
    if not change.borrowed_from:
        return said
    return (
        f"{said} · {text('roster.repair.borrowed', {'team': _team(book, change.borrowed_from, lang)}, lang)}"
    )


def change_params(book: Book, change: Change, lang: Lang = "zh") -> dict[str, Any]:
    seat = seat_words(change.seat, lang)
    return {
        "day": change.day.isoformat(),
        "shift": _shift(book, change.shift, lang),
        "seat": seat,
        "name": _name(book, change.after or change.before),
        "other": _name(book, change.before) if change.before else text("roster.repair.nobody", lang=lang),
    }


def count_text(book: Book, count: Count, lang: Lang = "zh") -> str:
    """Seats against people, or duties against what people can serve."""
    params = {
        "day": count.first.isoformat(),
        "first": count.first.isoformat(),
        "last": count.last.isoformat(),
        "shift": _shift(book, count.shift, lang),
        "roles": [role_word(role, lang) for role in count.roles],
        "needed": count.needed,
        "able": count.able,
        "people": _names(book, count.people, lang),
    }
    return text(f"roster.count.{count.code}", params, lang)


def part_text(book: Book, part: Part, lang: Lang = "zh") -> str:
    """One of the things that cannot hold together."""
    params: dict[str, Any] = {
        "first": part.first.isoformat(),
        "last": part.last.isoformat(),
        "name": _names(book, part.people, lang),
        "count": len(part.people),
    }
    if part.kind is ElementKind.DEMAND:
        params |= {
            "role": role_word(part.role, lang),
            "seats": part.seats,
            "shift": _shift(book, part.shift, lang),
            "able": len(part.able),
            "people": _names(book, part.able, lang),
        }
        return text(f"roster.clash.{_when(part)}", params, lang)
    code = f"roster.rule_name.{part.code}"
    params["rule"] = text(code, lang=lang) if code in catalogue() else part.code
    named = part.kind.value if len(part.people) == 1 or part.kind is not ElementKind.RULE else "rules"
    return text(f"roster.clash.{named}", params, lang)


def step_text(book: Book, step: Step, lang: Lang = "zh") -> str:
    """One thing to do about it."""
    days = sorted(set(step.days))
    params = {
        "name": _name(book, step.person) if step.person in book.people else step.person,
        "rule": text(f"roster.rule_name.{step.rule}", lang=lang) if step.rule else "",
        "role": ("、" if lang == "zh" else ", ").join(role_word(r, lang) for r in step.role.split(", ")),
        "seat": seat_words(step.seat, lang) if step.seat else "",
        "shift": _shift(book, step.shift, lang),
        "team": _team(book, step.team, lang),
        "first": _day(days[:1]),
        "last": _day(days[-1:]),
        "days": [day.isoformat() for day in days[:NAMED]],
        "count": len(step.days),
        "by_days": abs(step.by_days),
        "people": step.people,
    }
    which = ".earlier" if step.by_days < 0 else ".many" if step.people > 1 else ""
    return text(f"roster.fix.{step.kind.value}{which}", params, lang)


def seat_words(seat: str, lang: Lang = "zh") -> str:
    """`unit/role/index` as people say it."""
    unit, role, _ = seat.split("/")
    where = unit or text("roster.duty_room", lang=lang)
    word = role_word(role, lang)
    return f"{word}·{where}" if lang == "zh" else f"{word}, {where}"


def _when(part: Part) -> str:
    if part.first != part.last:
        return "demand_days"
    return "demand" if part.shift else "demand_day"


def _names(book: Book, people: Iterable[str], lang: Lang) -> list[str]:
    codes = list(people)
    named = [_name(book, code) for code in codes[:NAMED]]
    if len(codes) > NAMED:
        named.append(text("roster.clash.and_more", {"count": len(codes) - NAMED}, lang))
    return named


def _name(book: Book, code: str) -> str:
    return book.people[code].name if code in book.people else code


def _team(book: Book, code: str, lang: Lang) -> str:
    return coded(code, book.teams[code].name, lang) if code in book.teams else code


def _shift(book: Book, code: str, lang: Lang) -> str:
    return coded(code, book.shifts[code].name, lang) if code in book.shifts else code


def _day(days: list[date]) -> str:
    return days[0].isoformat() if days else ""
