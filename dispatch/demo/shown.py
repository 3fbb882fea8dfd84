"""The demo's report as people read it: a table of who was sent, what was not served, one line in the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rich.table import Table

from dispatch.demo.narrator import Story
from dispatch.demo.report import said
from dispatch.messages import Lang, text

COLUMNS = ("incident", "place", "unit", "eta", "reason", "dispatched", "delivered", "acknowledged", "state")
MOST_INCIDENTS = 40


def shown(report: dict[str, Any], story: Story, lang: Lang) -> Iterator[Table | str]:
    """What is printed, one after the other."""
    yield _table(report, story, lang)
    for one in report["unserved"]:
        yield text("demo.not_served", {"number": one["number"], "place": one["place"]}, lang)
    alarm, device = report["latency_ms"]["alarm_to_dispatch"], report["latency_ms"]["dispatch_to_device"]
    summary = {name: report[name] for name in ("served", "alarms", "acknowledged", "escalated")}
    summary |= {"a50": alarm["p50"], "a99": alarm["p99"], "d50": device["p50"], "d99": device["p99"]}
    yield text("demo.summary", summary, lang)


def clock_text(at: str | None) -> str:
    """Hours, minutes and seconds of an RFC 3339 time, in this machine's zone."""
    if not at:
        return "–"
    return datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone().strftime("%H:%M:%S")


def _table(report: dict[str, Any], story: Story, lang: Lang) -> Table:
    table = Table(show_lines=False, pad_edge=False)
    for column in COLUMNS:
        table.add_column(text(f"demo.column.{column}", lang=lang), overflow="fold")
    for incident in report["incidents"][:MOST_INCIDENTS]:
        for row, a in enumerate(incident["assignments"]):
            unit = story.units.get(a["unit"], {})
            card = next(c for c in story.assignments.values() if _same(c, incident, a))
            table.add_row(
                incident["number"] if row == 0 else "",
                incident["place"] if row == 0 else "",
                unit.get("name_en" if lang == "en" else "name", a["unit"]),
                "–" if a["eta_seconds"] is None else f"{a['eta_seconds'] / 60:.1f}′",
                said(card["reason"], lang),
                *(clock_text(a[name]) for name in ("dispatched_at", "delivered_at", "acknowledged_at")),
                text(f"page.step.{a['state']}", lang=lang),
            )
    return table


def _same(card: Any, incident: Any, assignment: Any) -> bool:
    return bool(
        card["incident"] == incident["id"]
        and card["unit"] == assignment["unit"]
        and card["dispatched_at"] == assignment["dispatched_at"]
    )
