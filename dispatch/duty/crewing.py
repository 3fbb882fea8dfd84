"""The crews that the dispatcher believes in follow roster and roll call: one call after every change of either."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dispatch.duty.change import Spot
from dispatch.duty.open_seats import tell_open_seats
from dispatch.duty.rollcall import THERE, Known, Rollcall, call_off, leave_seats
from dispatch.duty.rollcall_plan import plan_rollcalls
from dispatch.duty.rollcall_store import SQL, known_people, live_rollcalls, lock_team, save
from dispatch.forces.degrade import DEFAULT_RULES
from dispatch.forces.manning import Aboard, Change, Source, man_units
from gis_data.model import DutyMode
from roster.crew import Crew, ForwardPost
from roster.crew_book import crew_book
from roster.crews import team_crews
from roster.people import Employment, Person
from runtime.database import Work

NOBODY = Crew(0, {}, None)


async def refresh(
    work: Work,
    county: str,
    units: Sequence[str] | None = None,
    let_go: Collection[tuple[Spot, str]] = (),
) -> None:
    """Duties in force or absences changed: make the crews of these units (None: of all) say so now. `let_go`: seats
    with the people who were taken off them at this minute."""
    changed = set(await plan_rollcalls(work, county))
    if units is None:
        rows = SQL.teams_live(work.conn, county=county, now=work.now)
    else:
        rows = SQL.teams_of_units(work.conn, county=county, now=work.now, units=list(units))
    teams = changed | {row["team"] async for row in rows} | {team for (_, team, _, _), _ in let_go}
    await refresh_teams(work, county, teams, cause="roster", by="roster", let_go=let_go)
    await release_orphans(work, county)


async def refresh_teams(
    work: Work,
    county: str,
    teams: Collection[str],
    *,
    cause: str,
    by: str,
    let_go: Collection[tuple[Spot, str]] = (),
) -> None:
    """Take off who is away and count anew, team by team; everything is locked before, in everybody's order."""
    await lock_teams(work, county, teams)
    for team in sorted(teams):
        await take_off_the_absent(work, county, team)
        await _leave_for_another_team(work, county, team)
        await _step_down(work, county, team, let_go)
        await refresh_team(work, county, team, cause=cause, by=by)


async def lock_teams(work: Work, county: str, teams: Collection[str]) -> None:
    for team in sorted(teams):
        await lock_team(work.conn, county, team)
    # An alarm locks the units that it sends by their ids: team after team, two could wait for each other.
    async for _ in SQL.lock_units_of(work.conn, county=county, teams=sorted(teams), now=work.now):
        pass


async def keep_seats_true(work: Work, county: str) -> None:
    """The calendar's part: absences that begin in the middle of a shift, and people who began one with another team."""
    teams = [row["team"] async for row in SQL.teams_untrue(work.conn, county=county, now=work.now)]
    if teams:
        await refresh_teams(work, county, teams, cause="absence", by="calendar")


async def leave_elsewhere(
    work: Work, county: str, teams: Collection[str], since: Mapping[str, datetime]
) -> None:
    """These people (person → from when) have just taken seats of another team: at once where they sit there by now,
    and where what they were answered for here begins no earlier. Call it with the people and the teams locked."""
    for team in sorted(teams):
        for rollcall in await live_rollcalls(work.conn, county, team, work.now):
            left = [
                one.seat
                for one in rollcall.attendance
                if one.state in THERE
                and (begins := since.get(one.person)) is not None
                and (begins <= work.now or (one.since is not None and begins <= one.since))
            ]
            if left:
                await save(work.conn, county, rollcall, leave_seats(rollcall, left, work.now, "elsewhere"))


async def _leave_for_another_team(work: Work, county: str, team: str) -> None:
    """Nobody sits in two vehicles: who has taken a seat of another team since has left this one's."""
    left = [
        (r["rollcall"], r["seat"])
        async for r in SQL.sits_later(work.conn, county=county, team=team, now=work.now)
    ]
    for rollcall in await live_rollcalls(work.conn, county, team, work.now) if left else ():
        seats = [seat for id, seat in left if id == rollcall.id]
        await save(work.conn, county, rollcall, leave_seats(rollcall, seats, work.now, "elsewhere"))


async def _step_down(work: Work, county: str, team: str, let_go: Collection[tuple[Spot, str]]) -> None:
    """Taken off by hand with nobody put there: the dispatcher must not count on them, and the seat is called open."""
    if not any(where[1] == team for where, _ in let_go):
        return
    for rollcall in await live_rollcalls(work.conn, county, team, work.now):
        turn = (rollcall.day, rollcall.team, rollcall.shift)
        there = {(one.seat, one.person) for one in rollcall.attendance if one.state in THERE}
        off = {where[3] for where, person in let_go if where[:3] == turn and (where[3], person) in there}
        if off:
            after = leave_seats(rollcall, off, work.now, "taken_off")
            await save(work.conn, county, rollcall, after)
            lacking = [seat for seat in after.open_seats() if seat.key in off]
            if lacking:
                await tell_open_seats(work, county, after, lacking)


async def refresh_team(
    work: Work, county: str, team: str, *, cause: str, by: str, more: Mapping[str, Any] | None = None
) -> tuple[Change, ...]:
    """Count a team's crews anew and write what changed. Call it with the team locked."""
    rollcalls = await live_rollcalls(work.conn, county, team, work.now)
    if not rollcalls:
        return ()
    people = await known_people(work.conn, county, (a.person for r in rollcalls for a in r.attendance))
    rows = [
        row
        async for row in SQL.classes_of(
            work.conn, county=county, units=sorted({unit for r in rollcalls for unit in r.units})
        )
    ]
    found = await _counted(work, county, team, rollcalls, people, rows)
    await _dismiss_relieved(work, county, rollcalls, found)
    modes, posts = _whereabouts(rollcalls, work.now)
    names = {code: person.name for code, person in people.items()}
    aboard = [
        _aboard(
            row,
            team,
            replace(found.get(row["code"], NOBODY), post=posts.get(row["code"])),
            rollcalls,
            modes,
            names,
            work.now,
        )
        for row in rows
    ]
    return await man_units(work, county, aboard, cause=cause, by=by, more={"team": team, **(more or {})})


def _whereabouts(
    rollcalls: Sequence[Rollcall], now: datetime
) -> tuple[Mapping[str, DutyMode], Mapping[str, ForwardPost]]:
    """By unit, as what and where it stands in the turn that began last: at a forward post, if the roster has one."""
    modes: dict[str, DutyMode] = {}
    posts: dict[str, ForwardPost] = {}
    for rollcall in rollcalls:
        for unit in rollcall.units if rollcall.starts_at <= now else ():
            post = rollcall.posts.get(unit)
            modes[unit] = DutyMode(rollcall.duty_mode) if post is None else DutyMode.FORWARD_POST
            posts.pop(unit, None)
            if post is not None:
                posts[unit] = post
    return modes, posts


async def _counted(
    work: Work,
    county: str,
    team: str,
    rollcalls: Sequence[Rollcall],
    people: Mapping[str, Known],
    rows: Sequence[Mapping[str, Any]],
) -> Mapping[str, Crew]:
    zone = ZoneInfo(await SQL.time_zone(work.conn, county=county))
    book = crew_book(
        (rollcall.turn for rollcall in rollcalls),
        (_person(one) for one in people.values()),
        {
            row["code"]: row["vehicle_class"]
            for row in rows
            if row["vehicle_class"] not in DEFAULT_RULES.driverless
        },
        zone,
        rollcalls[0].lapses_at - rollcalls[0].ends_at,
    )
    return team_crews(book, team, work.now)


def _person(known: Known) -> Person:
    """Only what the crews are counted by."""
    return Person(known.code, known.name, Employment.CONTRACT, (), known.qualifications)


def _aboard(
    row: Mapping[str, Any],
    team: str,
    crew: Crew,
    rollcalls: Sequence[Rollcall],
    modes: Mapping[str, DutyMode],
    names: Mapping[str, str],
    now: datetime,
) -> Aboard:
    unit = row["code"]
    if row["source"] != Source.ROLLCALL.value and not _answered_for(unit, rollcalls):
        # Newly rostered, in the middle of a turn: who is there by strength stands over like any crew that nobody
        # has relieved.
        first = rollcalls[0]
        stands = max(now, first.starts_at) + (first.lapses_at - first.ends_at)
        stood = row["stands_until"]
        if row["team"] != team:
            stood = stands if stood is None else min(stood, stands)
        kept = Crew(row["seats_filled"] or 0, row["qualifications"] or {}, row["until"], next=crew.next)
        source = Source(row["source"] or Source.NOMINAL.value)
        return Aboard(unit, kept, source, team=team, wanted=crew.wanted, stands_until=stood)
    return Aboard(
        unit,
        crew,
        Source.ROLLCALL,
        team=team,
        wanted=crew.wanted,
        duty_mode=modes.get(unit),
        stands_until=crew.stands_until,
        names=names,
    )


def _answered_for(unit: str, rollcalls: Sequence[Rollcall]) -> bool:
    return any(
        one.since is not None and (seat := rollcall.seat(one.seat)) is not None and seat.unit == unit
        for rollcall in rollcalls
        for one in rollcall.attendance
    )


async def _dismiss_relieved(
    work: Work, county: str, rollcalls: Sequence[Rollcall], found: Mapping[str, Crew]
) -> None:
    """Who was relieved, or had no successor, has gone: until then it was duty, and is counted as such."""
    seated = {(seat.key, seat.person) for crew in found.values() for seat in crew.seats}
    for rollcall in rollcalls:
        if rollcall.ends_at > work.now:
            continue
        gone = [a.seat for a in rollcall.attendance if a.state in THERE and (a.seat, a.person) not in seated]
        if gone:
            await save(work.conn, county, rollcall, leave_seats(rollcall, gone, work.now, "relieved"))


async def take_off_the_absent(work: Work, county: str, team: str) -> None:
    """Somebody was reported away after having answered: the seat is empty from now on."""
    live = await live_rollcalls(work.conn, county, team, work.now)
    rollcalls = [r for r in live if r.opened_at is not None or r.opens_at <= work.now]
    people = {a.person for r in rollcalls for a in r.attendance if a.state in THERE}
    people |= {seat.planned for r in rollcalls for seat in r.seats if seat.planned is not None}
    away = {
        row["person"]: row
        async for row in SQL.away(work.conn, county=county, people=sorted(people), now=work.now)
    }
    for rollcall in rollcalls:
        told = {
            person: row["kind"]
            for person, row in away.items()
            if not any(
                a.person == person and a.state in THERE and a.answered_at > row["told_at"]
                for a in rollcall.attendance
            )
        }
        await save(work.conn, county, rollcall, call_off(rollcall, told, work.now, "absence"))


async def release_orphans(work: Work, county: str) -> None:
    """Teams that no published roster holds any more: from now on their strength is told as a number again."""
    rows = [row async for row in SQL.orphaned(work.conn, county=county, now=work.now)]
    if rows:
        gone = [Aboard(row["code"], NOBODY, Source.STRENGTH) for row in rows]
        await man_units(
            work,
            county,
            gone,
            cause="roster_ended",
            by="roster",
            more={"teams": sorted({r["team"] for r in rows})},
        )
