"""Faults of a county's duty files for `county check`: what names something that does not exist, what cannot work."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path

from gis_data.errors import InputError
from gis_data.fault import Fault
from gis_data.model import County
from roster.files.book import read_book
from roster.files.rows import QUALIFICATIONS
from roster.files.sections import FILE, OFF, Sections, read_sections
from roster.files.teams import crew_of, rostered_stations
from roster.people import Person
from roster.plan import Book
from roster.shifts import RotationKind, SeatRule, Team

_PEOPLE = "people.csv"


def check_duty(county: County, folder: Path, today: date) -> tuple[Fault, ...]:
    """Empty for a county without a roster.toml, and for one where all is well."""
    try:
        sections = read_sections(folder)
        book = read_book(county, folder)
    except InputError as error:
        file, _, rest = error.where.partition(", ")
        return (Fault(file, rest, "unreadable", {"problem": error.problem, "remedy": error.remedy}),)
    if not sections.team:
        return ()
    return (
        *_doubles(sections),
        *_rotations(sections, book),
        *_teams(county, sections, book),
        *_seats(county, sections, book),
        *_people(county, book, today),
        *_tables(book),
        *_enough(book, today),
    )


def _unknown(
    layer: str, feature: str, what: str, values: Iterable[str], known: Collection[str]
) -> Iterator[Fault]:
    for value in values:
        if value not in known:
            yield Fault(layer, feature, "roster_reference", {"what": what, "value": value or "(empty)"})


def _doubles(sections: Sections) -> Iterator[Fault]:
    for what, codes in (
        ("shift", [row.code for row in sections.shift]),
        ("rotation", [row.code for row in sections.rotation]),
        ("team", [row.code for row in sections.team if row.code]),
        ("season", [row.code for row in sections.season]),
    ):
        for code, times in Counter(codes).items():
            if times > 1:
                yield Fault(FILE, f"[[{what}]]", "roster_twice", {"what": what, "value": code})


def _rotations(sections: Sections, book: Book) -> Iterator[Fault]:
    for row in sections.rotation:
        feature = f"[[rotation]] {row.code}"
        yield from _unknown(FILE, feature, "shift", (s for s in row.word if s != OFF), book.shifts)
        if row.kind is not RotationKind.WORD:
            continue
        problem = ""
        if not any(letter != OFF for letter in row.word):
            problem = "has no shift"
        elif len(set(row.offsets)) < len(row.offsets):
            problem = "has an offset twice"
        elif any(not 0 <= offset < len(row.word) for offset in row.offsets):
            problem = f"has {len(row.word)} days, and an offset beyond them"
        if problem:
            params = {"rotation": row.code, "problem": problem}
            yield Fault(FILE, feature, "roster_rotation_word", params)


def _teams(county: County, sections: Sections, book: Book) -> Iterator[Fault]:
    stations = {station.code for station in rostered_stations(county, sections)}
    for team in book.teams.values():
        feature = f"[[team]] {team.code}"
        if team.station:
            yield from _unknown(FILE, feature, "station", [team.station], stations)
        yield from _unknown(FILE, feature, "shift", team.shifts, book.shifts)
        yield from _unknown(FILE, feature, "rotation", [team.rotation], book.rotations)
        yield from _unknown(FILE, feature, "team", team.lends_to, book.teams)
        if not 0.0 < team.counted_share <= 1.0:
            yield Fault(FILE, feature, "roster_share", {"value": team.counted_share})
        rotation = book.rotations.get(team.rotation)
        for shift in dict.fromkeys(rotation.word if rotation else ()):
            if shift is not None and shift not in team.shifts:
                params = {"rotation": team.rotation, "shift": shift}
                yield Fault(FILE, feature, "roster_shift_not_of_team", params)
    planned = {team.station for team in book.teams.values()}
    for station in rostered_stations(county, sections):
        if station.code not in planned:
            yield Fault("stations", station.code, "roster_no_team", {"value": station.name.zh})


def _seats(county: County, sections: Sections, book: Book) -> Iterator[Fault]:
    classes = {station.code: station.station_class.value for station in county.stations}
    of_team = {team.station: team.code for team in book.teams.values() if team.station}
    units = {unit.code: unit.station for unit in county.units}
    for unit in county.units:
        if unit.station in of_team and crew_of(unit, classes[unit.station], sections.crew) is None:
            yield Fault("units.csv", unit.code, "roster_unit_without_crew", {"value": unit.vehicle_class})
    seasons = {season.code for season in sections.season}
    for place, row in enumerate(sections.crew, start=1):
        feature = f"[[crew]] {place}"
        yield from _unknown(FILE, feature, "vehicle_class", [row.vehicle_class], county.vehicle_classes)
        yield from _unknown(FILE, feature, "unit", row.units, units)
        yield from _unknown(FILE, feature, "season", [row.season] if row.season else [], seasons)
        for role in row.roles:
            yield from _qualifications(FILE, feature, role.needs, county)
    for place, seat in enumerate(sections.seat, start=1):
        feature = f"[[seat]] {place}"
        yield from _unknown(FILE, feature, "team", [seat.team] if seat.team else [], book.teams)
        yield from _unknown(FILE, feature, "season", [seat.season] if seat.season else [], seasons)
        yield from _unknown(FILE, feature, "shift", seat.shifts, book.shifts)
        yield from _qualifications(FILE, feature, seat.needs, county)
    for rule in book.seat_rules:
        team = book.teams[rule.team]
        if rule.unit is not None and units.get(rule.unit) != team.station:
            params = {"role": rule.role, "value": rule.unit}
            yield Fault(FILE, f"[[seat]] {rule.team}", "roster_seat_unit", params)
    for place, post in enumerate(sections.post, start=1):
        yield from _unknown(FILE, f"[[post]] {place}", "team", [post.team], book.teams)
        yield from _unknown(FILE, f"[[post]] {place}", "unit", [post.unit], units)
    for place, readiness in enumerate(sections.readiness, start=1):
        yield from _unknown(FILE, f"[[readiness]] {place}", "team", readiness.teams, book.teams)


def _qualifications(layer: str, feature: str, codes: Iterable[str], county: County) -> Iterator[Fault]:
    for code in codes:
        kind, _, vehicle = code.partition(":")
        if kind not in QUALIFICATIONS:
            yield Fault(layer, feature, "roster_reference", {"what": "qualification", "value": code})
        elif vehicle and vehicle not in county.vehicle_classes:
            yield Fault(layer, feature, "roster_reference", {"what": "vehicle_class", "value": vehicle})


def _people(county: County, book: Book, today: date) -> Iterator[Fault]:
    rostered = {team.station for team in book.teams.values() if team.station}
    for row in county.people:
        if row.code not in book.people and (row.station in rostered or not row.station):
            yield Fault(_PEOPLE, row.code, "roster_person_without_team")
    for person in book.people.values():
        for membership in person.memberships:
            yield from _unknown(_PEOPLE, person.code, "team", [membership.team], book.teams)
        yield from _qualifications(_PEOPLE, person.code, (q.code for q in person.qualifications), county)
        for held in person.qualifications:
            if held.until is not None and held.until < today:
                params = {"what": held.code, "day": held.until.isoformat()}
                yield Fault(_PEOPLE, person.code, "roster_expired", params)
        yield from _platoon(person, book)


def _platoon(person: Person, book: Book) -> Iterator[Fault]:
    home = person.memberships[0]
    team = book.teams.get(home.team)
    rotation = book.rotations.get(team.rotation) if team else None
    if rotation is None or rotation.kind is not RotationKind.WORD or not rotation.offsets:
        return
    params = {"rotation": rotation.code, "platoons": len(rotation.offsets)}
    if home.platoon is None:
        yield Fault(_PEOPLE, person.code, "roster_no_platoon", params)
    elif home.platoon >= len(rotation.offsets):
        yield Fault(_PEOPLE, person.code, "roster_platoon", {**params, "value": home.platoon + 1})


def _tables(book: Book) -> Iterator[Fault]:
    codes = Counter(absence.code for absence in book.absences)
    for absence in book.absences:
        yield from _unknown("absences.csv", absence.code, "person", [absence.person], book.people)
        if codes.pop(absence.code, 0) > 1:
            params = {"what": "absence", "value": absence.code}
            yield Fault("absences.csv", absence.code, "roster_twice", params)
    for request in book.requests:
        feature = f"{request.person} {request.day.isoformat()}"
        yield from _unknown("requests.csv", feature, "person", [request.person], book.people)
        yield from _unknown(
            "requests.csv", feature, "shift", [request.shift] if request.shift else [], book.shifts
        )
    for pair in book.pairs:
        feature = f"{pair.one} {pair.other}"
        yield from _unknown("pairs.csv", feature, "person", [pair.one, pair.other], book.people)
    yield from _unknown("debts.csv", "", "person", book.debts, book.people)
    for permit in book.authorisations:
        whose = [] if permit.person.startswith("team:") else [permit.person]
        yield from _unknown(FILE, f"[[authorisation]] {permit.code}", "person", whose, book.people)


def _enough(book: Book, today: date) -> Iterator[Fault]:
    """A count: seats of one shift that need a qualification, against those who hold it at all."""
    seats: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for rule in book.seat_rules:
        if rule.required and rule.needs and _held_today(book, rule, today):
            seats[rule.team][rule.needs] += rule.count
    for code, wanted in seats.items():
        members = _members(book, book.teams[code])
        for needs, count in wanted.items():
            holders = sum(all(person.holds(need, today) for need in needs) for person in members)
            if holders < count:
                params = {"holders": holders, "needs": ", ".join(needs), "seats": count}
                yield Fault(FILE, f"[[team]] {code}", "roster_too_few", params)


def _held_today(book: Book, rule: SeatRule, today: date) -> bool:
    return rule.season is None or book.calendar.in_season(rule.season, today)


def _members(book: Book, team: Team) -> list[Person]:
    return [p for p in book.people.values() if any(m.team == team.code for m in p.memberships)]
