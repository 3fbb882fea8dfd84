"""What the demo's duty is played with: a whole month, one team that hands over soon, one sickness. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from dispatch.alarms.triage import metres_between
from dispatch.demo.duty_month import month_of
from dispatch.demo.scenario import Behaviour, Scenario
from gis_data.model import Contact, County, Unit
from roster.demand import seats_between
from roster.plan import Book, Roster
from roster.policy import Strength
from roster.rules.check import check
from roster.rules.violation import Violation
from roster.shifts import RotationKind

Card = Mapping[str, Any]
DAYS_BEHIND, DAYS = 1, 31  # who is on duty in the morning began yesterday
HANDOVER_SHIFT = "交接演示"
CLEARLY_NEARER_METRES = 1_000.0


@dataclass(frozen=True, slots=True)
class Plan:
    """`team` hands over at `handover_at`: its shift begins then, on every day, as any shift type may.

    At `sick_scene` somebody falls ill of the team that stands nearest, planned at its minimum. `lifted`: what the
    month still breaks and an officer may allow. `filled`, `empty`: required seats that the rotation left empty, by
    whether the solver found somebody.
    """

    book: Book
    roster: Roster
    team: str | None
    handover_at: datetime | None
    sick_scene: str | None
    lifted: tuple[Violation, ...]
    filled: int
    empty: int


def duty_plan(
    county: County, scenario: Scenario, book: Book, now: datetime, seconds_ahead: float
) -> Plan | None:
    """None for a county whose folder plans no duty."""
    if not book.teams:
        return None
    at = (now + timedelta(seconds=seconds_ahead)).replace(microsecond=0)
    team = _who_hands_over(county, book)
    shown = book if team is None else _with_handover(book, team, at)
    today: date = now.astimezone(book.time_zone).date()
    month = month_of(shown, today - timedelta(days=DAYS_BEHIND), DAYS)
    roster = month.roster
    scene, bare = _where_somebody_falls_ill(county, scenario, book, team)
    if bare is not None:
        roster = _at_its_minimum(shown, roster, bare)
    lifted = tuple(v for v in check(shown, roster) if v.blocks and v.strength is Strength.OVERRIDABLE)
    return Plan(shown, roster, team, None if team is None else at, scene, lifted, month.filled, month.empty)


def _who_hands_over(county: County, book: Book) -> str | None:
    """The last team, by code, that turns around the clock and whose every engine has a device."""
    with_device = {u.code for u in county.units if u.accepted and u.contact is not Contact.TELEPHONE}
    for code in sorted(book.teams, reverse=True):
        team = book.teams[code]
        units = {rule.unit for rule in book.seat_rules if rule.team == code and rule.unit}
        around_the_clock = len(team.shifts) == 1 and book.shifts[team.shifts[0]].minutes == 1440
        by_word = book.rotations[team.rotation].kind is RotationKind.WORD
        if units and units <= with_device and around_the_clock and by_word:
            return code
    return None


def _where_somebody_falls_ill(
    county: County, scenario: Scenario, book: Book, hands_over: str | None
) -> tuple[str | None, str | None]:
    """The scene with the clearest nearest engine, if that is the only one of a rostered team with a device."""
    engines: dict[str, list[Unit]] = {}
    for unit in county.units:
        if unit.accepted and unit.brings.get("engine", 0) > 0:
            engines.setdefault(unit.station, []).append(unit)
    team_of = {team.station: code for code, team in book.teams.items() if team.station}
    best: tuple[float, str, str] | None = None
    for scene in scenario.scenes:
        if scene.behaviour is not Behaviour.READY:
            continue
        near = sorted(
            (metres_between(s.position.x, s.position.y, scene.lon, scene.lat), s.code)
            for s in county.stations
            if s.code in engines
        )
        if len(near) < 2:
            continue
        own, station = engines[near[0][1]], near[0][1]
        alone = len(own) == 1 and own[0].contact is not Contact.TELEPHONE
        lead = near[1][0] - near[0][0]
        if alone and team_of.get(station, hands_over) != hands_over and (best is None or lead > best[0]):
            best = (lead, scene.name, team_of[station])
    return (None, None) if best is None else (best[1], best[2])


def _at_its_minimum(book: Book, roster: Roster, team: str) -> Roster:
    """The team without its wished seats, as on a day of leave."""
    required = {
        (seat.day, seat.shift, seat.key)
        for seat in seats_between(book, team, roster.first, roster.days)
        if seat.required
    }
    kept = (d for d in roster.duties if d.team != team or (d.day, d.shift, d.seat) in required)
    return replace(roster, duties=tuple(kept))


def _with_handover(book: Book, code: str, at: datetime) -> Book:
    """The book in which this team's day begins at the local time of `at`."""
    team = book.teams[code]
    rotation = book.rotations[team.rotation]
    local = at.astimezone(book.time_zone).time().replace(microsecond=0)
    shift = replace(book.shifts[team.shifts[0]], code=HANDOVER_SHIFT, starts=local)
    word = tuple(None if letter is None else HANDOVER_SHIFT for letter in rotation.word)
    own = replace(rotation, code=HANDOVER_SHIFT, word=word)
    return replace(
        book,
        shifts={**book.shifts, HANDOVER_SHIFT: shift},
        rotations={**book.rotations, HANDOVER_SHIFT: own},
        teams={**book.teams, code: replace(team, shifts=(HANDOVER_SHIFT,), rotation=HANDOVER_SHIFT)},
        seat_rules=tuple(
            replace(rule, shifts=()) if rule.team == code and rule.shifts else rule
            for rule in book.seat_rules
        ),
    )


def answers_for(rollcall: Card, unit: str, *, leads: bool) -> list[dict[str, Any]]:
    """Whom a vehicle's device answers for: its own seats, and the first of a station for those of the watch room."""
    return [
        {"seat": seat["seat"], "state": "present"}
        for seat in rollcall["seats"]
        if seat["state"] == "expected" and (seat["unit"] == unit or (leads and seat["unit"] is None))
    ]


def is_open(rollcall: Card) -> bool:
    return rollcall["state"] in ("open", "overdue")


@dataclass(frozen=True, slots=True)
class Sickness:
    """Somebody on this seat falls ill: the unit cannot roll any more, though it stands nearest to the scene."""

    scene: str
    unit: str
    seat: str
    role: str
    person: str
    name: str


def find_sickness(
    county: County, scenario: Scenario, scene: str, units: Mapping[str, Card]
) -> Sickness | None:
    """The free engine that is clearly the nearest to a scene, if one person's absence takes it off the board."""
    where = next((one for one in scenario.scenes if one.name == scene), None)
    if where is None or where.behaviour is not Behaviour.READY:
        return None
    free = [card for card in units.values() if _is_free_engine(card)]
    by_station: dict[str, float] = {}
    for station in county.stations:
        if any(card["station"] == station.code for card in free):
            by_station[station.code] = metres_between(
                station.position.x, station.position.y, where.lon, where.lat
            )
    nearest = sorted(by_station, key=lambda code: (by_station[code], code))
    if not nearest:
        return None
    if len(nearest) > 1 and by_station[nearest[1]] - by_station[nearest[0]] < CLEARLY_NEARER_METRES:
        return None
    for card in sorted(free, key=lambda one: str(one["code"])):
        if card["station"] == nearest[0] and (seat := _indispensable(card)) is not None:
            return Sickness(scene, card["code"], seat["seat"], seat["role"], seat["person"], seat["name"])
    return None


def _is_free_engine(card: Card) -> bool:
    return (
        card["accepted"]
        and not card["is_foreign"]
        and card["on_duty"]
        and card["assignment"] is None
        and card["status"] == "standby"
        and card["out_of_service"] is None
        and card["brings"].get("engine", 0) > 0
    )


def _indispensable(card: Card) -> Card | None:
    """A seat without which the unit may not roll: that of the only driver, or any of a crew at its minimum."""
    seats: Sequence[Card] = card["crew_seats"]
    drivers = [seat for seat in seats if seat["role"] == "driver"]
    if drivers and (card["crew_qualifications"].get("driver") == 1 or card["crew"] == card["minimum_crew"]):
        return drivers[0]
    return None


def people_of(card: Card | None) -> list[str]:
    return [] if card is None else sorted(str(seat["name"]) for seat in card["crew_seats"])


def passed_over(proposal: Card, unit: str) -> Card | None:
    found: Iterable[Card] = (one for one in proposal.get("passed_over", ()) if one["unit"] == unit)
    return next(iter(found), None)
