"""Rules of rest: nobody in two places, rest between duties, runs of days and of nights, days off, weekends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from roster.rules.case import Case, key_of
from roster.rules.rule import Breach
from roster.rules.turn import DAY_MINUTES, Turn, midnight


def overlap(case: Case, person: str) -> Iterator[Breach]:
    """Nobody has two duties at the same time, whatever the teams. One may begin at the minute the other ends."""
    turns = case.turns(person)
    for place, one in enumerate(turns):
        for other in turns[place + 1 :]:
            if other.starts >= one.ends:
                break
            if one.served and other.served:
                continue
            shared = min(one.ends, other.ends) - other.starts
            yield Breach(
                _days(one, other),
                {"one": one.shift.name, "other": other.shift.name, "minutes": shared},
                excess=shared,
                subject=_subject(one, other),
                person=person,
            )


def rest(case: Case, person: str) -> Iterator[Breach]:
    """After a duty nothing begins before the rest is over: the longer of the shift's own rest and the county's least
    rest, in elapsed minutes. Living in (驻勤) and duty rooms have their rest inside: the same shift may follow at
    once, as long as the run of days allows."""
    turns = case.turns(person)
    least = case.book.policy.minimum_rest_minutes
    for place, one in enumerate(turns):
        needed = max(one.shift.rest_after_minutes, least)
        for other in turns[place + 1 :]:
            had = other.starts - one.ends
            if had >= needed:
                break
            chained = one.lives_in and one.shift.code == other.shift.code
            parts = key_of(one.duty) == key_of(other.duty)  # relieved for a while, and back on the same shift
            if had < 0 or chained or parts or (one.served and other.served):
                continue
            yield Breach(
                _days(one, other),
                {"had": had, "needed": needed, "one": one.shift.name, "other": other.shift.name},
                excess=needed - had,
                subject=_subject(one, other),
                person=person,
            )


def longest_run(case: Case, person: str) -> Iterator[Breach]:
    """Days in a row on which duties begin are limited; a run that is all living in has its own, longer limit."""
    policy = case.book.policy
    for run in _runs(case.turns(person), lambda turn: True):
        all_in = all(turn.lives_in for turn in run)
        most = policy.longest_run_days_living_in if all_in else policy.longest_run_days
        yield from _run_breach(run, most, person)


def nights(case: Case, person: str) -> Iterator[Breach]:
    """Night duties on days in a row are limited. Who lives in sleeps at the station, and is not counted."""
    for run in _runs(case.turns(person), lambda turn: turn.shift.night and not turn.lives_in):
        yield from _run_breach(run, case.book.policy.longest_nights, person)


def rest_day(case: Case, person: str) -> Iterator[Breach]:
    """In every week from Monday so many free stretches of 24 hours begin, none counted for two weeks. Weeks of living
    in take their rest in one piece instead (驻勤轮休) and are left out."""
    needed = case.book.policy.days_off_a_week
    turns = case.turns(person)
    if not turns or needed <= 0:
        return
    zone = case.book.time_zone
    monday = case.roster.first - timedelta(days=case.roster.first.weekday())
    used_until = midnight(monday, zone)
    while monday <= case.roster.last:
        starts, ends = midnight(monday, zone), midnight(monday + timedelta(days=7), zone)
        within = [turn for turn in turns if turn.starts < ends + DAY_MINUTES and turn.ends > starts]
        week = [turn for turn in within if turn.starts < ends]
        found, used_until = _free_days(within, max(starts, used_until), ends, needed)
        bound = not all(turn.lives_in for turn in week) and not all(turn.served for turn in week)
        if found < needed and bound:
            days = tuple(monday + timedelta(days=n) for n in range(7))
            last = max(turn.duty.day for turn in week)
            params = {"had": found, "needed": needed}
            yield Breach(days, params, needed - found, person=person, breaks_on=last)
        monday += timedelta(days=7)


def weekends(case: Case, person: str) -> Iterator[Breach]:
    """Weekends with a duty that touches them are limited within the roster, where the county sets a number."""
    most = case.book.policy.weekends_most
    if most is None:
        return
    for first, days in case.periods:
        last = first + timedelta(days=days - 1)
        turns = [turn for turn in case.turns(person) if first <= turn.duty.day <= last]
        worked = case.weekends(turns, first, last)
        if len(worked) > most and not all(turn.served for turn in turns):
            params = {"weekends": len(worked), "most": most}
            subject = case.name_of_period(first, days)
            yield Breach(tuple(worked.values()), params, len(worked) - most, subject, person)


def _free_days(turns: list[Turn], start: int, week_ends: int, needed: int) -> tuple[int, int]:
    """How many (no more than needed) free 24 hours begin in the week, as early as they can; and when they end."""
    found, at = 0, start
    for limit, resumes in [*((t.starts, t.ends) for t in turns), (week_ends + DAY_MINUTES, week_ends)]:
        while found < needed and at < week_ends and at + DAY_MINUTES <= limit:
            found, at = found + 1, at + DAY_MINUTES
        if found == needed:
            break
        at = max(at, resumes)
    return found, at


def _runs(turns: tuple[Turn, ...], counts: Callable[[Turn], bool]) -> Iterator[list[Turn]]:
    """Turns on days in a row; runs that are all history are nobody's plan."""
    run: list[Turn] = []
    for turn in turns:
        if not counts(turn):
            continue
        if run and (turn.duty.day - run[-1].duty.day).days > 1:
            if not all(t.served for t in run):
                yield run
            run = []
        run.append(turn)
    if run and not all(t.served for t in run):
        yield run


def _run_breach(run: list[Turn], most: int | None, person: str) -> Iterator[Breach]:
    days = tuple(sorted({turn.duty.day for turn in run}))
    if most is not None and len(days) > most:
        yield Breach(days, {"days": len(days), "most": most}, len(days) - most, person=person)


def _days(one: Turn, other: Turn) -> tuple[date, ...]:
    return tuple(sorted({one.duty.day, other.duty.day}))


def _subject(one: Turn, other: Turn) -> str:
    """Which two duties: several clashes of one person on the same days are told apart."""
    return (
        f"{one.duty.team}/{one.duty.shift}/{one.starts} {other.duty.team}/{other.duty.shift}/{other.starts}"
    )
