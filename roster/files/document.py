"""A roster as a JSON document: versioned, one duty a line so that two of them compare, read back exactly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from gis_data.errors import InputError
from roster.plan import Duty, Roster

VERSION = 1
MOST_DAYS, MOST_MINUTES = 366, 14 * 1440
# Calendars end; nobody plans so far ahead or keeps rosters from so long ago.
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
_MARK = "pianqu-roster"
_ROSTER_FIELDS = {"county": str, "first": str, "days": int, "teams": list, "duties": list}
_DUTY_FIELDS = ("day", "team", "shift", "seat", "person")
_DUTY_OPTIONS: Mapping[str, type] = {
    "pinned": bool,
    "borrowed_from": str,
    "authorisation": str,
    "late_minutes": int,
    "early_minutes": int,
}


def write_roster(path: Path, roster: Roster, *, synthetic: bool) -> None:
    """`synthetic`: the people in it are invented; the document says so."""
    path.write_text(roster_text(roster, synthetic=synthetic), encoding="utf-8")


def read_roster(path: Path) -> Roster:
    """The roster of a document, or one InputError with the field and the remedy."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(str(path), "does not exist", "name the roster document to read") from None
    except (IsADirectoryError, UnicodeDecodeError):
        raise InputError(path.name, "is not a text file in UTF-8", "give a roster document") from None
    return roster_of_text(text, path.name)


def roster_text(roster: Roster, *, synthetic: bool) -> str:
    head = {
        _MARK: VERSION,
        "county": roster.county,
        "synthetic": synthetic,
        "first": roster.first.isoformat(),
        "days": roster.days,
        "teams": list(roster.teams),
    }
    lines = [f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}," for key, value in head.items()]
    duties = [f"    {json.dumps(_duty_document(duty), ensure_ascii=False)}" for duty in sorted(roster.duties)]
    body = ["  " + '"duties": [' + ("\n" + ",\n".join(duties) + "\n  ]" if duties else "]")]
    return "\n".join(["{", *lines, *body, "}"]) + "\n"


def roster_of_text(text: str, name: str) -> Roster:
    """As `read_roster`; `name` stands for the document in what is said of its faults."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{name}, line {error.lineno}", f"is not valid JSON: {error.msg}", "mend that line"
        ) from error
    return roster_of_document(document, name)


def roster_of_document(document: Any, name: str) -> Roster:
    if not isinstance(document, Mapping) or _MARK not in document:
        raise InputError(name, f"has no field {_MARK}", "give a roster document as `pianqu roster` writes it")
    if document[_MARK] != VERSION:
        raise InputError(
            f"{name}, field {_MARK}",
            f"is version {document[_MARK]!r}",
            f"this program reads version {VERSION}",
        )
    _known(document, (_MARK, "synthetic", *_ROSTER_FIELDS), name)
    for key, kind in _ROSTER_FIELDS.items():
        _typed(document, key, kind, name)
    if not 1 <= document["days"] <= MOST_DAYS:
        raise InputError(f"{name}, field days", f"is {document['days']}", f"write 1 to {MOST_DAYS}")
    teams = document["teams"]
    if not teams:
        raise InputError(f"{name}, field teams", "is empty", "list the codes of teams")
    if not all(isinstance(team, str) for team in teams):
        raise InputError(f"{name}, field teams", "holds more than texts", "list the codes of teams")
    duties = tuple(
        sorted(_duty(row, f"{name}, duty {place}") for place, row in enumerate(document["duties"], start=1))
    )
    first = _day(document["first"], f"{name}, field first")
    if not EARLIEST <= first <= LATEST:
        raise InputError(
            f"{name}, field first",
            f"{first} is out of reach",
            f"write a day of {EARLIEST.year} to {LATEST.year}",
        )
    return Roster(document["county"], first, document["days"], tuple(teams), duties)


def _duty_document(duty: Duty) -> dict[str, Any]:
    found: dict[str, Any] = {
        "day": duty.day.isoformat(),
        "team": duty.team,
        "shift": duty.shift,
        "seat": duty.seat,
        "person": duty.person,
    }
    found |= {key: value for key in _DUTY_OPTIONS if (value := getattr(duty, key))}
    return found


def _duty(row: Any, where: str) -> Duty:
    if not isinstance(row, Mapping):
        raise InputError(where, "is not an object", f"write it with {', '.join(_DUTY_FIELDS)}")
    _known(row, (*_DUTY_FIELDS, *_DUTY_OPTIONS), where)
    for key in _DUTY_FIELDS:
        _typed(row, key, str, where)
    for key, kind in _DUTY_OPTIONS.items():
        if key in row:
            _typed(row, key, kind, where)
            if kind is int and not 0 <= row[key] <= MOST_MINUTES:
                raise InputError(f"{where}, field {key}", f"is {row[key]}", f"write 0 to {MOST_MINUTES}")
    day = _day(row["day"], f"{where}, field day")
    texts = {key: row[key] for key in _DUTY_FIELDS if key != "day"}
    return Duty(day, **texts, **{key: row[key] for key in _DUTY_OPTIONS if key in row})


def _known(row: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in row:
        if key not in known:
            raise InputError(f"{where}, field {key}", "is not known", f"use {', '.join(known)}")


def _typed(row: Mapping[str, Any], key: str, kind: type, where: str) -> None:
    said = {str: "a text", int: "a whole number", bool: "true or false", list: "a list"}[kind]
    if key not in row:
        raise InputError(f"{where}, field {key}", "is missing", f"write {said}")
    value = row[key]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InputError(f"{where}, field {key}", f"{value!r} is not {said}", f"write {said}")


def _day(text: Any, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise InputError(where, f"{text!r} is not a day", "write YYYY-MM-DD") from None
