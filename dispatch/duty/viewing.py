"""What pages show of a roster: a month by team and seat with its colours, hours and fairness, who could stand in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from dispatch.access.problem import Problem
from dispatch.duty.change import Move, Spot
from dispatch.duty.decide import first_fault, violation_document
from dispatch.duty.standing import book_for, load_standing, refuse
from dispatch.duty.store import in_force, published_days, roster_of, with_retired
from dispatch.duty.version import Version
from gis_data.model import County
from roster.demand import seats_of
from roster.plan import Book, Duty, Roster
from roster.rules.case import case_of
from roster.rules.forecast import CrewFloor, Outlook, forecast
from roster.rules.rulebook import RULES
from roster.rules.substitutes import Candidate, ranked
from roster.rules.summary import Summary, summaries
from runtime.database import Connection


def people_document(book: Book, on: date, *, telephones: bool) -> list[dict[str, Any]]:
    """Everybody with what they may do on a day; telephones only for whoever has to call them."""
    return [
        {
            "code": person.code,
            "name": person.name,
            "employment": person.employment.value,
            "teams": [asdict(membership) for membership in person.memberships],
            "qualifications": [asdict(one) for one in person.qualifications],
            "valid": list(person.held_on(on)),
            "telephone": person.telephone if telephones else None,
            "joined": person.joined,
            "synthetic": person.synthetic,
        }
        for _, person in sorted(book.people.items())
    ]


def teams_document(book: Book) -> dict[str, Any]:
    """Teams, shift types and rotations, and the rules with the strength that they have here."""
    return {
        "teams": [asdict(team) for _, team in sorted(book.teams.items())],
        "shifts": [asdict(shift) for _, shift in sorted(book.shifts.items())],
        "rotations": [asdict(rotation) for _, rotation in sorted(book.rotations.items())],
        "seats": [asdict(rule) for rule in book.seat_rules],
        "rules": [
            {
                "code": rule.code,
                "strength": (
                    rule.strength if rule.fixed else book.policy.strengths.get(rule.code, rule.strength)
                ).value,
                "source": f"roster.source.{rule.source.value}",
                "checked": rule.checked,
                "message": f"roster.rule.{rule.code}",
            }
            for rule in RULES
        ],
    }


async def month(
    conn: Connection,
    county: County,
    first: date,
    days: int,
    teams: Sequence[str] | None,
    version: Version | None,
) -> dict[str, Any]:
    """Each team's seats day by day: of what is in force, or of a version."""
    last = first + timedelta(days=days - 1)
    book = await book_for(conn, county.code, first, days, [])
    shown = _known_teams(book, teams)
    if version is None:
        duties = await in_force(conn, county.code, first, last)
        published = await published_days(conn, county.code, first, last)
    else:
        duties, published = (await roster_of(conn, county.code, version)).duties, {}
    book = await with_retired(conn, county.code, book, duties)
    roster = Roster(county.code, first, days, shown, tuple(d for d in duties if first <= d.day <= last))
    outlooks = await asyncio.to_thread(
        forecast, case_of(book, roster), first, days, crew_floors(county), teams=shown
    )
    colours = {(one.team, one.day, one.shift, one.unit): one for one in outlooks}
    holders: dict[Spot, list[Duty]] = {}
    for duty in roster.duties:
        holders.setdefault((duty.day, duty.team, duty.shift, duty.seat), []).append(duty)
    span = [first + timedelta(days=offset) for offset in range(days)]
    return {
        "first": first,
        "days": days,
        "calendar": [calendar_day(book, day) for day in span],
        "shifts": {code: asdict(book.shifts[code]) for code in sorted(book.shifts)},
        "teams": [
            {
                "code": team,
                "name": book.teams[team].name,
                "days": [
                    {
                        "day": day,
                        "version": published.get((team, day)) if version is None else version.number,
                        "shifts": _shifts(book, team, day, holders, colours),
                    }
                    for day in span
                ],
            }
            for team in shown
        ],
    }


async def outlook(
    conn: Connection, county: County, first: date, days: int, teams: Sequence[str] | None
) -> list[dict[str, Any]]:
    """Crewing some days ahead: which vehicle has its crew, which would roll short, which not at all."""
    book = await book_for(conn, county.code, first, days, [])
    shown = _known_teams(book, teams)
    duties = await in_force(conn, county.code, first, first + timedelta(days=days - 1))
    case = case_of(book, Roster(county.code, first, days, shown, duties))
    found = await asyncio.to_thread(forecast, case, first, days, crew_floors(county), teams=shown)
    return [{"team": one.team, "day": one.day, "shift": one.shift, **coloured(one)} for one in found]


async def hours(
    conn: Connection, county: str, first: date, days: int, teams: Sequence[str] | None
) -> list[dict[str, Any]]:
    """Hours, nights, weekends and holidays by person, with the debts carried into these days; of those who have left
    since, too."""
    book = await book_for(conn, county, first, days)
    shown = _known_teams(book, teams)
    duties = await in_force(conn, county, first, first + timedelta(days=days - 1))
    book = await with_retired(conn, county, book, duties)
    case = case_of(book, Roster(county, first, days, shown, duties))
    found: tuple[Summary, ...] = await asyncio.to_thread(summaries, case)
    debts = book.debts
    return [
        {
            **asdict(one),
            "name": book.people[one.person].name,
            "debts": asdict(debts[one.person]) if one.person in debts else None,
        }
        for one in found
        if one.team in shown
    ]


async def substitutes(conn: Connection, county: str, place: Spot, *, unable: bool) -> list[dict[str, Any]]:
    """Who could take a seat, the best first, with the reasons and with what it would break."""
    day, team, shift, key = place
    standing = await load_standing(conn, county, day - timedelta(days=1), day)
    refusal = first_fault(standing.book, (Move(*place, None),), standing.published)
    if refusal is not None:
        raise refuse(refusal)
    seats = seats_of(standing.book, team, day)
    seat = next(one for one in seats if (one.shift, one.key) == (shift, key))
    case = case_of(standing.book, standing.roster)
    found = await asyncio.to_thread(ranked, case, seat, unable=unable)
    return [_candidate(standing.book, one) for one in found]


def crew_floors(county: County) -> Mapping[str, CrewFloor]:
    """What each unit needs to roll at all, as the dispatcher's own rules have it."""
    floors = {}
    for unit in county.units:
        vehicle = county.vehicle_classes.get(unit.vehicle_class)
        on_foot = vehicle is not None and vehicle.on_foot
        needs = () if on_foot else ("driver",)
        floors[unit.code] = CrewFloor(unit.minimum_crew, needs)
    return floors


def _known_teams(book: Book, teams: Sequence[str] | None) -> tuple[str, ...]:
    if teams is None:
        return tuple(sorted(book.teams))
    for team in teams:
        if team not in book.teams:
            raise Problem(404, "roster_team_unknown", {"team": team})
    return tuple(sorted(set(teams)))


def calendar_day(book: Book, day: date) -> dict[str, Any]:
    calendar = book.calendar
    return {
        "day": day,
        "holiday": calendar.holidays.get(day),
        "weekend": calendar.is_weekend(day),
        "unconfirmed": day.year in calendar.unconfirmed,
        "seasons": [season.code for season in calendar.seasons if season.holds(day)],
    }


def _shifts(
    book: Book,
    team: str,
    day: date,
    holders: Mapping[Spot, list[Duty]],
    colours: Mapping[tuple[str, date, str, str], Outlook],
) -> list[dict[str, Any]]:
    seats = seats_of(book, team, day)
    found = []
    for shift in sorted({seat.shift for seat in seats}):
        mine = [seat for seat in seats if seat.shift == shift]
        found.append(
            {
                "shift": shift,
                "units": {
                    unit: coloured(colours[team, day, shift, unit])
                    for unit in sorted({seat.unit for seat in mine})
                    if (team, day, shift, unit) in colours
                },
                "seats": [
                    {
                        "seat": seat.key,
                        "unit": seat.unit,
                        "role": seat.role,
                        "needs": list(seat.needs),
                        "required": seat.required,
                        "held_by": [
                            _holder(book, duty) for duty in holders.get((day, team, shift, seat.key), ())
                        ],
                    }
                    for seat in mine
                ],
            }
        )
    return found


def _holder(book: Book, duty: Duty) -> dict[str, Any]:
    person = book.people.get(duty.person)
    starts, ends = book.times(duty)
    return {
        "person": duty.person,
        "name": person.name if person else duty.person,
        "starts": starts,
        "ends": ends,
        "pinned": duty.pinned,
        "borrowed_from": duty.borrowed_from,
        "authorisation": duty.authorisation,
    }


def coloured(one: Outlook) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "colour": one.colour.value,
        "filled": one.filled,
        "seats": one.seats,
        "causes": [
            {"code": f"roster.forecast.{cause.code}", "params": dict(cause.params)} for cause in one.causes
        ],
    }


def _candidate(book: Book, one: Candidate) -> dict[str, Any]:
    person = book.people[one.person]
    return {
        "person": one.person,
        "name": person.name,
        "able": one.able,
        "borrowed_from": one.duty.borrowed_from,
        "reasons": [
            {"code": f"roster.substitute.{reason.code}", "params": dict(reason.params)}
            for reason in one.reasons
        ],
        "breaks": [violation_document(violation) for violation in one.broken],
        "counted_minutes": one.counted_minutes,
    }
