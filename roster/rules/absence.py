"""Rules of being away: absences, leave in 战备, rest owed after a forward post, days off and presence in 驻勤轮休."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from roster.people import AbsenceKind
from roster.rules.case import Case
from roster.rules.rule import Breach
from roster.rules.turn import Turn, days_touched
from roster.rules.violation import Param
from roster.shifts import Post, RotationKind

_LONGEST_SHIFT_DAYS = 3
"""So far back somebody may have begun a duty (48 h) that reaches into the roster."""


def absence(case: Case, person: str) -> Iterator[Breach]:
    """Nobody is on duty for a single minute of leave, sickness, training, owed rest or secondment."""
    yield from _clashes(case, person, errands=False)


def errand(case: Case, person: str) -> Iterator[Breach]:
    """临时外出: who is out for some hours with a duty to come back when called holds no seat meanwhile, unless
    somebody allows it."""
    yield from _clashes(case, person, errands=True)


def readiness_leave(case: Case, person: str) -> Iterator[Breach]:
    """While a 战备 level stops leave, nobody of the teams it names is on leave."""
    book = case.book
    for away in case.ground.away.get(person, ()):
        if away.absence.kind is not AbsenceKind.LEAVE:
            continue
        touched = days_touched(book, away.starts, away.ends)
        for level in book.readiness:
            teams = set(level.teams)
            bound = not teams or any(m.team in teams for m in book.people[person].memberships)
            days = tuple(d for d in touched if level.first <= d <= level.last and case.covers(d))
            if bound and days:
                params: dict[str, Param] = {"level": level.level, "reason": level.reason or "-"}
                yield Breach(days, params, len(days), away.absence.code, person)


def owed_rest(case: Case, person: str) -> Iterator[Breach]:
    """Who stood at a forward post (靠前驻防) has the days owed for it, in proportion to the days served there, free
    and in one piece within the county's number of days after the post ends."""
    posts = [post for post in case.book.posts if _matters(case, post)]
    if not posts:
        return
    turns = case.turns(person)
    for post in posts:
        served = {turn.duty.day for turn in turns if _at(post, turn)}
        if not served:
            continue
        length = (post.last - post.first).days + 1
        owed = max(1, (2 * post.owed_rest_days * len(served) + length) // (2 * length))
        within = case.book.policy.owed_rest_within_days
        days = [post.last + timedelta(days=n) for n in range(1, within + 1)]
        # What began at the post and ends on the first day after it is no reason to deny that day.
        busy = {day for turn in turns if not _at(post, turn) for day in turn.touches}
        longest = _longest_free(days, busy)
        if longest < owed:
            params: dict[str, Param] = {"owed": owed, "had": longest, "place": post.place, "within": within}
            last = max((d for d in busy if d in set(days)), default=days[-1])
            yield Breach(tuple(days), params, owed - longest, post.unit, person, post.team, last)


def days_off_month(case: Case, person: str) -> Iterator[Breach]:
    """驻勤轮休: in every calendar month each member has the rotation's days off; for a part of a month (a roster that
    ends in the middle, a membership, days of absence left out) the same share of them, rounded down."""
    book = case.book
    for membership in book.people[person].memberships:
        team = book.teams.get(membership.team)
        rotation = book.rotations.get(team.rotation) if team else None
        if team is None or rotation is None or rotation.kind is not RotationKind.LIVING_IN:
            continue
        if team.code not in case.roster.teams or not rotation.days_off_a_month:
            continue
        busy = {turn.duty.day for turn in case.turns(person)}
        away = {d for a in case.ground.away.get(person, ()) for d in days_touched(book, a.starts, a.ends)}
        for days in _months(case, person):
            known = [d for d in days if book.people[person].serves(team.code, d) and d not in away]
            length = monthrange(days[0].year, days[0].month)[1]
            needed = rotation.days_off_a_month * len(known) // length
            had = sum(1 for d in known if d not in busy)
            worked = [d for d in known if d in busy]
            if had < needed and worked:
                params: dict[str, Param] = {"had": had, "needed": needed, "month": f"{days[0]:%Y-%m}"}
                subject = f"{days[0]:%Y-%m}"
                yield Breach(tuple(days), params, needed - had, subject, person, team.code, worked[-1])


def floor(case: Case, team: str) -> Iterator[Breach]:
    """驻勤轮休: while a shift of the team runs, never fewer people are present than the team's floor."""
    book = case.book
    rotation = book.rotations.get(book.teams[team].rotation)
    least = book.teams[team].floor
    if least <= 0 or rotation is None or rotation.kind is not RotationKind.LIVING_IN:
        return
    people = {d.person for key, crew in case.crews.items() if key[0] == team for d in crew}
    since = case.roster.first - timedelta(days=_LONGEST_SHIFT_DAYS)
    people |= {
        code
        for code, duties in case.ground.history.items()
        if any(duty.team == team and duty.day >= since for duty in duties)
    }
    turns = [turn for code in sorted(people) for turn in case.turns(code) if turn.duty.team == team]
    by_day: dict[date, list[Turn]] = {}
    for turn in turns:
        for day in {turn.duty.day, *turn.touches}:
            by_day.setdefault(day, []).append(turn)
    for day in case.days():
        present = _least_present(case, team, day, by_day)
        if present is not None and present < least:
            yield Breach((day,), {"present": present, "floor": least}, least - present, team=team)


def _clashes(case: Case, person: str, *, errands: bool) -> Iterator[Breach]:
    for away in case.ground.away.get(person, ()):
        if (away.absence.kind is AbsenceKind.ERRAND) is not errands:
            continue
        for turn in case.turns(person):
            shared = min(away.ends, turn.ends) - max(away.starts, turn.starts)
            if shared > 0 and not turn.served:
                params = {"kind": away.absence.kind.value, "minutes": shared, "shift": turn.shift.name}
                subject = f"{away.absence.code} {turn.duty.team}/{turn.shift.code}"
                yield Breach((turn.duty.day,), params, shared, subject, person)


def _matters(case: Case, post: Post) -> bool:
    """The time after the post, in which rest is owed, meets the roster."""
    ends = post.last + timedelta(days=case.book.policy.owed_rest_within_days)
    return post.owed_rest_days > 0 and post.last < case.roster.last and ends >= case.roster.first


def _at(post: Post, turn: Turn) -> bool:
    duty = turn.duty
    at_unit = duty.seat.partition("/")[0] == post.unit
    return duty.team == post.team and at_unit and post.first <= duty.day <= post.last


def _longest_free(days: list[date], busy: set[date]) -> int:
    longest = run = 0
    for day in days:
        run = 0 if day in busy else run + 1
        longest = max(longest, run)
    return longest


def _months(case: Case, person: str) -> Iterator[list[date]]:
    """The days of each calendar month of the roster that are known: planned, or served as history tells."""
    served = [turn.duty.day for turn in case.turns(person) if turn.served]
    begin = min([case.roster.first, *served])
    month = case.roster.first.replace(day=1)
    while month <= case.roster.last:
        length = monthrange(month.year, month.month)[1]
        days = [month + timedelta(days=n) for n in range(length)]
        yield [day for day in days if begin <= day <= case.roster.last]
        month += timedelta(days=length)


def _least_present(case: Case, team: str, day: date, by_day: dict[date, list[Turn]]) -> int | None:
    """The fewest people present at any minute of the team's shifts that begin on the day."""
    least: int | None = None
    for code in case.book.teams[team].shifts:
        if code not in case.book.shifts:
            continue
        shift_starts, shift_ends, touched = case.ground.whole(day, code)
        near = [
            t for d in touched for t in by_day.get(d, ()) if t.starts < shift_ends and t.ends > shift_starts
        ]
        changes = {shift_starts, *(t.ends for t in near if shift_starts < t.ends < shift_ends)}
        for minute in changes:
            present = len({t.duty.person for t in near if t.starts <= minute < t.ends})
            least = present if least is None else min(least, present)
    return least
