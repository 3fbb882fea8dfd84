"""From the county folder to the database, in one journaled transaction.

The folder owns geography and reference rows; the database owns status, duty, positions and what was edited on the
pages. What vanished from the folder is retired, never deleted: yesterday's incidents still name it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dispatch.forces.degrade import nominal_crew
from dispatch.forces.plan import Plan, compare
from dispatch.forces.store import station_cards, zone_cards
from dispatch.push.changes import record_change
from gis_data.model import County
from runtime.database import Connection, Work
from runtime.errors import UserError
from runtime.ids import new_id
from runtime.queries import load_queries

SQL = load_queries("dispatch.forces", "apply.sql")
# One event of a whole province's units would be too big for any reader.
CARDS_AN_EVENT = 200


async def plan_county(conn: Connection, county: County) -> Plan:
    """What `apply_county` would do now."""
    header = await SQL.county_row(conn, county=county.code)
    stored = {
        "zone": {row["code"]: row async for row in SQL.zone_rows(conn, county=county.code)},
        "station": {row["code"]: row async for row in SQL.station_rows(conn, county=county.code)},
        "unit": {row["code"]: row async for row in SQL.unit_rows(conn, county=county.code)},
    }
    return compare(county, header, stored)


async def apply_county(work: Work, county: County) -> Plan:
    """Make the database say what the folder says; answers what was changed. Nothing to do writes nothing."""
    check_references(county)
    await SQL.lock_apply(work.conn, county=county.code)
    plan = await plan_county(work.conn, county)
    if not plan:
        return plan
    await SQL.upsert_county(
        work.conn,
        county=county.code,
        name=county.name.zh,
        name_en=county.name.en,
        time_zone=county.time_zone,
        digest=county.digest,
        at=work.now,
    )
    zones, stations, units = (plan.tables[name] for name in ("zone", "station", "unit"))
    await SQL.upsert_zones(work.conn, county=county.code, rows=zones.written)
    await SQL.upsert_stations(work.conn, county=county.code, rows=stations.written)
    touched = await _write_units(work, county, units.written)
    touched |= await _retire(work, county.code, zones.retired, stations.retired, units.retired)
    moved = [row["code"] for row in stations.written]
    touched |= {row["id"] async for row in SQL.units_of_stations(work.conn, county=county.code, codes=moved)}
    await _journal(work, county.code, plan, sorted(touched))
    return plan


async def _write_units(work: Work, county: County, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    units = {unit.code: unit for unit in county.units}
    full = [{**row, "id": new_id(), "duty_mode": units[row["code"]].duty_mode.value} for row in rows]
    written = {
        row["id"] async for row in SQL.upsert_units(work.conn, county=county.code, rows=full, at=work.now)
    }
    manned = [{"code": row["code"], "crew": nominal_crew(row["seats"], row["brings"])} for row in rows]
    await SQL.man_new_units(work.conn, county=county.code, rows=manned, at=work.now)
    return written


async def _retire(
    work: Work, county: str, zones: Sequence[str], stations: Sequence[str], units: Sequence[str]
) -> set[UUID]:
    await SQL.retire_zones(work.conn, county=county, codes=list(zones), at=work.now)
    await SQL.retire_stations(work.conn, county=county, codes=list(stations), at=work.now)
    gone = SQL.retire_units(work.conn, county=county, codes=list(units), at=work.now)
    return {row["id"] async for row in gone}


async def _journal(work: Work, county: str, plan: Plan, units: Sequence[UUID]) -> None:
    """One event with the zones and stations that changed, then the units in as many as it takes."""
    changed = {
        name: {*(row["code"] for row in table.written), *table.retired} for name, table in plan.tables.items()
    }
    stations = [
        c for c in await station_cards(work.conn, county, retired=True) if c["code"] in changed["station"]
    ]
    zones = [c for c in await zone_cards(work.conn, county, retired=True) if c["code"] in changed["zone"]]
    first, *rest = [units[i : i + CARDS_AN_EVENT] for i in range(0, len(units), CARDS_AN_EVENT)] or [()]
    params = {"counts": plan.counts(), "stations": stations, "zones": zones}
    await record_change(work, county, "county_applied", params, units=first)
    for more in rest:
        await record_change(work, county, "county_units_applied", {}, units=more)


def check_references(county: County) -> None:
    """What the database cannot take, in one line; `county check` tells everything else."""
    stations = {station.code for station in county.stations}
    for unit in county.units:
        if unit.station not in stations:
            raise UserError(
                f"units.csv: unit {unit.code} belongs to station {unit.station!r}, which does not exist; "
                "run `pianqu county check` for every fault of the folder"
            )
