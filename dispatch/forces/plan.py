"""What applying a county folder would change in the database, table by table. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dispatch.messages import Lang, text
from gis_data.model import County

Row = Mapping[str, Any]
TABLES = ("zone", "station", "unit")


@dataclass(frozen=True, slots=True)
class Change:
    """One row's new values. `fields` are those that differ, as (was, will be); empty for a row that only returns."""

    row: Row
    fields: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class TablePlan:
    """`changed` holds rows that differ and rows that come back after they were retired."""

    added: tuple[Row, ...]
    changed: tuple[Change, ...]
    retired: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.retired)

    @property
    def written(self) -> list[Row]:
        return [*self.added, *(change.row for change in self.changed)]


@dataclass(frozen=True, slots=True)
class Plan:
    county: str
    new: bool
    header: Mapping[str, tuple[Any, Any]]
    tables: Mapping[str, TablePlan]

    def __bool__(self) -> bool:
        return self.new or bool(self.header) or any(self.tables.values())

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        return {
            name: {"added": len(t.added), "changed": len(t.changed), "retired": len(t.retired)}
            for name, t in self.tables.items()
            if t
        }

    def lines(self, lang: Lang = "zh", most: int = 40) -> Iterator[str]:
        """The difference for people, a line each; a long table is cut short and says so."""
        if not self:
            yield text("forces.plan.nothing", {"county": self.county}, lang)
            return
        for field, (was, will) in self.header.items():
            yield text("forces.plan.header", {"field": field, "was": was, "will": will}, lang)
        for name, table in self.tables.items():
            said = list(_table_lines(name, table, lang))
            yield from said[:most]
            if len(said) > most:
                yield text("forces.plan.more", {"table": name, "count": len(said) - most}, lang)


def _table_lines(name: str, table: TablePlan, lang: Lang) -> Iterator[str]:
    for row in table.added:
        yield text("forces.plan.added", {"table": name, "code": row["code"], "name": row["name"]}, lang)
    for change in table.changed:
        where = {"table": name, "code": change.row["code"], "name": change.row["name"]}
        if not change.fields:
            yield text("forces.plan.returned", where, lang)
        for field, (was, will) in change.fields.items():
            yield text("forces.plan.changed", {**where, "field": field, "was": was, "will": will}, lang)
    for code in table.retired:
        yield text("forces.plan.retired", {"table": name, "code": code}, lang)


def compare(county: County, header: Row | None, stored: Mapping[str, Mapping[str, Row]]) -> Plan:
    """The folder against what is stored (`stored` by table and code; each row with its `retired`)."""
    wanted = rows_of(county)
    will = {
        "name": county.name.zh,
        "name_en": county.name.en,
        "time_zone": county.time_zone,
        "digest": county.digest,
    }
    differs = {f: (header[f], value) for f, value in will.items() if header[f] != value} if header else {}
    return Plan(
        county.code,
        header is None,
        differs,
        {name: _compare_table(wanted[name], stored.get(name, {})) for name in TABLES},
    )


def _compare_table(wanted: Mapping[str, Row], stored: Mapping[str, Row]) -> TablePlan:
    changed = []
    for code, row in wanted.items():
        if (was := stored.get(code)) is None:
            continue
        fields = {field: (was[field], value) for field, value in row.items() if was[field] != value}
        if fields or was["retired"]:
            changed.append(Change(row, fields))
    return TablePlan(
        tuple(row for code, row in wanted.items() if code not in stored),
        tuple(changed),
        tuple(sorted(code for code, row in stored.items() if code not in wanted and not row["retired"])),
    )


def rows_of(county: County) -> Mapping[str, Mapping[str, Row]]:
    """The folder's rows as the database keeps them, by table and code."""
    return {
        "zone": {
            z.code: {
                "code": z.code,
                "name": z.name.zh,
                "name_en": z.name.en,
                "brigade": z.brigade,
                "backup": list(z.backup),
            }
            for z in county.zones
        },
        "station": {
            s.code: {
                "code": s.code,
                "name": s.name.zh,
                "name_en": s.name.en,
                "class": s.station_class.value,
                "lon": s.position.x,
                "lat": s.position.y,
                "zone": s.zone,
                "town": s.town,
                "body": s.body,
                "telephone": s.telephone,
                "is_foreign": s.foreign,
            }
            for s in county.stations
        },
        "unit": {
            u.code: {
                "code": u.code,
                "name": u.name.zh,
                "name_en": u.name.en,
                "station": u.station,
                "vehicle_class": u.vehicle_class,
                "brings": dict(u.brings),
                "seats": u.seats,
                "minimum_crew": u.minimum_crew,
                "contact": u.contact.value,
                "accepted": u.accepted,
            }
            for u in county.units
        },
    }
