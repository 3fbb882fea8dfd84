"""Speeds learnt from drives: what is proposed, and the table that a planner accepts or takes back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from dispatch.access.problem import Problem
from dispatch.forces.speed_table import (
    Factors,
    NewSpeed,
    SpeedTable,
    laid_over,
    not_proposed,
    speeds_of,
    with_speeds,
)
from dispatch.push.changes import record_change
from gis_data.model import County
from routing.learning import Correction, Driven, Learned, LearningRules, RoadTime, learn
from runtime.database import Connection, Work
from runtime.encoding import utc_text
from runtime.queries import load_queries

SQL = load_queries("dispatch.forces", "speeds.sql")
LEARN_FROM = timedelta(days=365)
MOST_DRIVES = 5000
MOST_TABLES = 50
RESTART = "restart_to_apply"  # a graph is built with the table that stands when the service starts


@dataclass(frozen=True, slots=True)
class SpeedReport:
    """What drives say of the table accepted last. `other_drives`: the simulated ones, or the real, if not asked for."""

    table: SpeedTable
    learned: Learned
    simulated: bool
    other_drives: int
    least_drives: int


async def speed_table(conn: Connection, county: str) -> SpeedTable:
    """The table accepted last; graphs built from now on have it."""
    row = await SQL.table_in_force(conn, county=county)
    return SpeedTable(0, {}) if row is None else SpeedTable(row["version"], row["factors"])


async def accepted_tables(conn: Connection, county: str) -> list[Mapping[str, Any]]:
    """Who accepted what, the newest first."""
    return [dict(row) async for row in SQL.tables(conn, county=county, most=MOST_TABLES)]


async def speed_report(
    conn: Connection, county: County, now: datetime, *, simulated: bool = False
) -> SpeedReport:
    """Compare the drives of the last year with the table. Simulated drives are never mixed with real ones."""
    table, rules = await speed_table(conn, county.code), LearningRules()
    drives: list[Driven] = []
    others = 0
    async for row in SQL.drives(conn, county=county.code, since=now - LEARN_FROM, most=MOST_DRIVES):
        if row["simulated"] is simulated:
            by_road = {road: RoadTime(time["ms"], time["kmh"]) for road, time in row["by_road"].items()}
            drives.append(Driven(row["vehicle_class"], by_road, row["seconds"]))
        else:
            others += 1
    today = speeds_of(laid_over(county.vehicle_classes, table.factors))
    learned = await asyncio.to_thread(learn, drives, today, rules)
    return SpeedReport(table, learned, simulated, others, rules.least_drives)


async def accept_speeds(
    work: Work, county: County, seen: int, news: Sequence[NewSpeed], *, by: str
) -> SpeedTable:
    """Take over speeds that real drives propose now, on the table `seen`.

    409 when another table was accepted meanwhile, or when a speed is not, or no longer, what is proposed.
    """
    report = await speed_report(work.conn, county, work.now)
    _require_seen(report.table, seen)
    strange = not_proposed(news, report.learned.corrections)
    if strange:
        rows = ", ".join(f"{one.vehicle_class}/{one.road_class} {one.kmh:g}" for one in strange[:5])
        raise Problem(409, "speed_not_proposed", {"rows": rows})
    named = {(new.vehicle_class, new.road_class) for new in news}
    basis = [
        row_of(one) for one in report.learned.corrections if (one.vehicle_class, one.road_class) in named
    ]
    factors = with_speeds(report.table.factors, county.vehicle_classes, news)
    return await _put(work, county.code, seen, factors, basis, {"restored": None}, by=by)


async def restore_speeds(work: Work, county: County, seen: int, to: int, *, by: str) -> SpeedTable:
    """Go back to an earlier table as a new version; 0 is the folder's own. 404 for one that never was."""
    _require_seen(await speed_table(work.conn, county.code), seen)
    factors = {} if to == 0 else await SQL.table_of(work.conn, county=county.code, version=to)
    if factors is None:
        raise Problem(404, "speed_table_unknown", {"version": to})
    return await _put(work, county.code, seen, factors, [], {"restored": to}, by=by)


def _require_seen(table: SpeedTable, seen: int) -> None:
    if table.version != seen:
        raise Problem(409, "speed_table_changed_meanwhile", {"version": table.version})


async def _put(
    work: Work,
    county: str,
    seen: int,
    factors: Factors,
    basis: Sequence[Mapping[str, Any]],
    more: Mapping[str, Any],
    *,
    by: str,
) -> SpeedTable:
    version = await SQL.insert_table(
        work.conn,
        county=county,
        version=seen + 1,
        factors=factors,
        basis={"rows": list(basis), **more},
        by=by,
        at=work.now,
    )
    if version is None:
        raise Problem(409, "speed_table_changed_meanwhile", {"version": seen + 1})
    params = {"version": version, "rows": list(basis), **more, "by": by}
    await record_change(work, county, "speed_table_changed", params)
    return SpeedTable(version, factors)


def row_of(one: Correction) -> dict[str, Any]:
    """One line of a proposal as people see it."""
    digits = {"hours": 2, "factor": 3, "low": 3, "high": 3}
    return {
        name: round(value, digits[name]) if name in digits else value for name, value in asdict(one).items()
    }


def shown(report: SpeedReport, accepted: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The report, and the tables accepted so far, as JSON values."""
    learned = report.learned
    return {
        "version": report.table.version,
        "simulated": report.simulated,
        "drives": learned.used,
        "left_out": learned.left_out,
        "other_drives": report.other_drives,
        "least_drives": report.least_drives,
        "noise": round(learned.noise, 3),
        "rows": [row_of(one) for one in learned.corrections],
        "accepted": [
            {
                "version": one["version"],
                "accepted_by": one["accepted_by"],
                "accepted_at": utc_text(one["accepted_at"]),
                **one["basis"],
            }
            for one in accepted
        ],
    }
