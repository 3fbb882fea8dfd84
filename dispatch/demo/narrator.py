"""What happens on the board, told in readable lines: cards before, cards after → codes with parameters. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dispatch.messages import Lang, catalogue, text

Card = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One line to print: `code` names a message of the demo, `tone` how loud it is."""

    code: str
    params: Mapping[str, object]
    tone: str = "plain"


@dataclass
class Story:
    """The cards seen so far; `tell` turns changed cards into lines and remembers them."""

    lang: Lang
    incidents: dict[str, Card] = field(default_factory=dict)
    assignments: dict[str, Card] = field(default_factory=dict)
    units: dict[str, Card] = field(default_factory=dict)
    conditions: dict[str, Card] = field(default_factory=dict)

    def tell(self, cards: Mapping[str, list[Card]]) -> list[Line]:
        for unit in cards.get("units", ()):
            self.units[unit["code"]] = unit
        lines: list[Line] = []
        for incident in cards.get("incidents", ()):
            lines.extend(self._incident(self.incidents.get(incident["id"]), incident))
            self.incidents[incident["id"]] = incident
        for assignment in cards.get("assignments", ()):
            lines.extend(self._assignment(self.assignments.get(assignment["id"]), assignment))
            self.assignments[assignment["id"]] = assignment
        for condition in cards.get("conditions", ()):
            if condition["id"] not in self.conditions and not condition["removed_at"]:
                code = "demo.road_closed" if condition["factor"] == 0 else "demo.road_slowed"
                lines.append(Line(code, {"reason": condition["reason"]}, "warn"))
            self.conditions[condition["id"]] = condition
        return lines

    def _incident(self, before: Card | None, now: Card) -> Iterator[Line]:
        params: dict[str, object] = {
            "number": now["number"],
            "kind": text(f"kind.{now['kind']}", lang=self.lang),
            "level": text(f"level.{now['scale']}.{now['level']}", lang=self.lang),
            "place": now["place"],
        }
        if before is None:
            trapped = text("demo.trapped", {"count": now["trapped"]}, self.lang) if now["trapped"] else ""
            unverified = "" if now["place_verified"] else text("demo.unverified", lang=self.lang)
            yield Line(
                "demo.incident_opened", {**params, "trapped": trapped, "unverified": unverified}, "alarm"
            )
            return
        if now["alarms"] > before["alarms"]:
            yield Line("demo.alarm_linked", {**params, "count": now["alarms"]})
        if now["level"] != before["level"]:
            yield Line("demo.level_changed", params, "warn")
        if (now["lon"], now["lat"]) != (before["lon"], before["lat"]):
            yield Line("demo.relocated", params, "warn")
        if now["shortfalls"] and now["shortfalls"] != before["shortfalls"]:
            lacking = "、" if self.lang == "zh" else ", "
            said = lacking.join(
                text(
                    "demo.lacking",
                    {
                        "what": _lacking(s["code"], self.lang),
                        "missing": round(s["missing"], 1),
                        "cause": text(f"shortfall.{s['cause']}", lang=self.lang),
                    },
                    self.lang,
                )
                for s in now["shortfalls"]
            )
            yield Line("demo.shortfall", {**params, "lacking": said}, "warn")
        if now["status"] == "closed" and before["status"] != "closed":
            yield Line("demo.incident_closed", params)

    def _assignment(self, before: Card | None, now: Card) -> Iterator[Line]:
        incident = self.incidents.get(now["incident"], {})
        unit = self.units.get(now["unit"], {})
        params: dict[str, object] = {
            "number": incident.get("number", ""),
            "unit": unit.get("name_en" if self.lang == "en" else "name", now["unit"]),
            "eta": _minutes(now["eta_seconds"]),
            "by": now["acknowledged_by"] or "",
            "cause": text(f"page.assignment_causes.{now['cause']}", lang=self.lang) if now["cause"] else "",
        }
        if before is None:
            reason = now["reason"] or {}
            said = text(reason.get("code", ""), reason.get("params", {}), self.lang)
            yield Line("demo.dispatched", {**params, "reason": said})
            if now["state"] == "dispatched":
                return
        if before is not None and before["state"] == now["state"]:
            if now["late_acknowledged_at"] and not before["late_acknowledged_at"]:
                yield Line("demo.late", params, "warn")
            return
        state = now["state"]
        code = f"demo.{state}"
        if state == "acknowledged" and now["acknowledged_via"] not in (None, "device"):
            code = "demo.acknowledged_by_telephone"
        yield Line(code, params, "warn" if state in ("unconfirmed", "unable", "declined") else "plain")


def _lacking(code: str, lang: Lang) -> str:
    """A capability by its name; a slot of the plan by the name of the slot."""
    for area in ("capability", "slot"):
        if f"{area}.{code}" in catalogue():
            return text(f"{area}.{code}", lang=lang)
    return text("demo.more_units", lang=lang) if code.startswith("extra-") else code


def _minutes(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds / 60:.1f}"
