"""The steps of a way in words, and as documents say them."""

from __future__ import annotations

from typing import Any

from dispatch.messages import Lang, text
from routing.steps import Action, Step

_TURNS = frozenset((Action.LEFT, Action.SHARP_LEFT, Action.RIGHT, Action.SHARP_RIGHT))


def step_text(step: Step, lang: Lang = "zh") -> str:
    """What to do at the step, without how far and how long."""
    manner = "" if step.road else "_unnamed"
    if step.road and step.stays and step.action in _TURNS:
        manner = "_staying"
    code = f"step.{step.action}{manner}"
    heading = text(f"heading.{step.heading}", lang=lang)
    return text(code, {"road": step.road, "heading": heading, "metres": round(step.metres)}, lang)


def step_document(step: Step, lang: Lang = "zh") -> dict[str, Any]:
    """A step for programs and people: codes, numbers (WGS-84 degrees, metres, seconds), and the words in `text`."""
    return {
        "action": str(step.action),
        "road": step.road,
        "heading": step.heading,
        "bearing_degrees": round(step.bearing_degrees, 1),
        "metres": round(step.metres, 1),
        "seconds": step.seconds,
        "lon": step.lon,
        "lat": step.lat,
        "text": step_text(step, lang),
    }
