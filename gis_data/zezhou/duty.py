"""The bundled county's duty files beside its people: rules, a year's leave plan, wishes, pairs. All of it invented."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

from gis_data.model import Person
from gis_data.zezhou.people import duty_rules

_FIRST_WEEK = date(2026, 12, 7)
_WEEKS = 56
_LEAVE_DAYS = 5
_NOTE = "合成数据"


def write_duty_files(folder: Path, people: Sequence[Person]) -> None:
    rules = files("gis_data").joinpath("zezhou/roster.toml").read_bytes()
    (folder / "roster.toml").write_bytes(rules)
    _write(folder / "absences.csv", ("code", "person", "kind", "starts", "ends", "note"), _leave(people))
    _write(folder / "requests.csv", ("person", "day", "wanted", "shift", "weight"), _wishes(people))
    _write(folder / "pairs.csv", ("kind", "one", "other"), _pairs(people))


def _leave(people: Sequence[Person]) -> Iterable[tuple[str, ...]]:
    """年休: five days each, spread over a year so that few of a team are away at once, never under 战备."""
    stops = [(row["first"], row["last"]) for row in duty_rules()["readiness"]]
    weeks = [
        monday
        for monday in (_FIRST_WEEK + timedelta(weeks=week) for week in range(_WEEKS))
        if not any(first <= monday + timedelta(days=_LEAVE_DAYS) and monday <= last for first, last in stops)
    ]
    for members in _teams(people).values():
        for place, person in enumerate(members):
            # Neighbours in the list hold alike seats: seventeen weeks apart, they are not away together.
            monday = weeks[(place * 17 + int(person.code[1:]) // 60) % len(weeks)]
            last = monday + timedelta(days=_LEAVE_DAYS - 1)
            yield f"leave-{person.code}", person.code, "leave", monday.isoformat(), last.isoformat(), _NOTE


def _wishes(people: Sequence[Person]) -> Iterable[tuple[str, ...]]:
    rostered = [person for members in _teams(people).values() for person in members]
    for place, person in enumerate(rostered[7::12]):
        day = date(2026, 12, 3) + timedelta(days=place * 3)
        yield person.code, day.isoformat(), "false", "", str(1 + place % 5)


def _pairs(people: Sequence[Person]) -> Iterable[tuple[str, ...]]:
    """Couples who look after a child serve on different shifts: in three teams, from different platoons."""
    for members in list(_teams(people).values())[:3]:
        one = next(p for p in members if p.platoon == 1)
        other = next(p for p in members if p.platoon == 2)
        yield "apart", one.code, other.code


def _teams(people: Sequence[Person]) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        if person.platoon is not None or person.employment != "official" or not person.station:
            found[person.station or person.teams[0]].append(person)
    return found


def _write(path: Path, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows(rows)
    path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode("utf-8"))
