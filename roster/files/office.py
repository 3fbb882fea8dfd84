"""`pianqu roster import`: an office's spreadsheet to a roster, all of it or, with every fault named, nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from gis_data.errors import InputError
from gis_data.fault import Fault
from roster.demand import seats_of
from roster.files.details import DETAILS, Details, read_details
from roster.files.grid import Away, Grid, Placement, find_heading, read_grid
from roster.files.lists import LeaveSpan, read_leave_list, read_people_list
from roster.files.naming import Names
from roster.files.seats import seat_by_qualification
from roster.files.sheets import Sheet, read_sheets
from roster.people import Person
from roster.plan import Book, Duty, Roster


@dataclass(frozen=True, slots=True)
class Imported:
    """`people`: of the workbook's own sheet of people, beside those of the county. `leave`: from marks and lists."""

    roster: Roster
    people: tuple[Person, ...] = ()
    leave: tuple[LeaveSpan, ...] = ()


def import_roster(
    path: Path, book: Book, month: date | None = None
) -> tuple[Imported | None, tuple[Fault, ...]]:
    """Faults, and no roster, when anything at all is wrong. `month` serves where the sheets do not name one."""
    if not book.teams:
        raise InputError("--county", "has no roster.toml with teams", "name a county folder that plans duty")
    return import_sheets(read_sheets(path), path.name, book, month)


def import_sheets(
    sheets: Sequence[Sheet], name: str, book: Book, month: date | None = None
) -> tuple[Imported | None, tuple[Fault, ...]]:
    """As `import_roster`, of sheets that are read; `name` stands for the file."""
    faults: list[Fault] = []
    people, leave, grids, details = _parts(sheets, book, month, faults)
    if not grids and not faults:
        faults.append(Fault(name, "", "sheet_no_grid"))
    if not grids or faults:
        return None, tuple(faults)
    book = replace(book, people={**book.people, **{person.code: person for person in people}})
    duties = _duties(book, grids, details, faults)
    if faults:
        return None, tuple(faults)
    teams = tuple(sorted({team for grid in grids for team in grid.teams}))
    first = details.first if details else min(grid.first for grid in grids)
    last = max(grid.first + timedelta(days=grid.days - 1) for grid in grids)
    days = details.days if details else (last - first).days + 1
    away = [mark for grid in grids for mark in grid.away]
    return (
        Imported(Roster(book.county, first, days, teams, duties), people, (*leave, *_spans(away))),
        (),
    )


def _parts(
    sheets: Sequence[Sheet], book: Book, month: date | None, faults: list[Fault]
) -> tuple[tuple[Person, ...], tuple[LeaveSpan, ...], list[Grid], Details | None]:
    people = [person for sheet in sheets for person in read_people_list(sheet, book, faults)]
    known = {**book.people, **{person.code: person for person in people}}
    names = Names(known.values(), book.teams.values())
    book = replace(book, people=known)
    details = next((read_details(sheet, faults) for sheet in sheets if sheet.name == DETAILS), None)
    leave: list[LeaveSpan] = []
    grids: list[Grid] = []
    for sheet in sheets:
        heading = None if sheet.name == DETAILS else find_heading(sheet)
        if heading is None:
            leave.extend(read_leave_list(sheet, names, faults))
            continue
        grid = read_grid(sheet, heading, names, book, month, faults)
        if grid is not None:
            grids.append(grid)
    return tuple(people), tuple(leave), grids, details


def _duties(
    book: Book, grids: Sequence[Grid], details: Details | None, faults: list[Fault]
) -> tuple[Duty, ...]:
    """The grid says who serves; the details keep the seat as long as they agree with it."""
    kept: dict[tuple[date, str, str, str], list[Duty]] = defaultdict(list)
    for duty in details.duties if details else ():
        kept[duty.day, duty.team, duty.shift, duty.person].append(duty)
    found: list[Duty] = []
    loose: dict[tuple[date, str, str], list[Placement]] = defaultdict(list)
    placed = {(one.day, one.team, one.shift, one.person): one for grid in grids for one in grid.placements}
    for key, placement in placed.items():
        known = kept.get(key)
        if known:
            found.extend(known)
        else:
            loose[placement.day, placement.team, placement.shift].append(placement)
    taken: dict[tuple[date, str, str], set[str]] = defaultdict(set)
    for duty in found:
        taken[duty.day, duty.team, duty.shift].add(duty.seat)
    for shift, placements in sorted(loose.items()):
        found.extend(_seated(book, shift, placements, taken[shift], faults))
    return tuple(sorted(found))


def _seated(
    book: Book,
    key: tuple[date, str, str],
    placements: Sequence[Placement],
    taken: set[str],
    faults: list[Fault],
) -> list[Duty]:
    day, team, shift = key
    open_seats = [seat for seat in seats_of(book, team, day) if seat.shift == shift and seat.key not in taken]
    people = [book.people[placement.person] for placement in placements]
    seated = seat_by_qualification(book, open_seats, people)
    found: list[Duty] = []
    for placement, person in zip(placements, people, strict=True):
        seat = seated.get(person.code)
        if seat is None:
            params = {"name": person.name, "shift": book.shifts[shift].name}
            faults.append(Fault(placement.where, "", "sheet_no_seat", params))
            continue
        borrowed = "" if person.serves(team, day) or not person.memberships else person.home_team
        found.append(Duty(day, team, shift, seat.key, person.code, borrowed_from=borrowed))
    return found


def _spans(away: Sequence[Away]) -> tuple[LeaveSpan, ...]:
    """Days of the same kind in a row are one leave."""
    found: list[LeaveSpan] = []
    for mark in sorted(away, key=lambda one: (one.person, one.day)):
        last = found[-1] if found else None
        if last and (last.person, last.kind) == (mark.person, mark.kind):
            if last.last + timedelta(days=1) == mark.day:
                found[-1] = replace(last, last=mark.day)
                continue
            if last.last == mark.day:
                continue
        found.append(LeaveSpan(mark.person, mark.kind, mark.day, mark.day))
    return tuple(found)
