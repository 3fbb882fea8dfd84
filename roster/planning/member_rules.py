"""A member's limits as the core's rules: runs, rolling weeks, counts; what cannot bind is left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from roster.planning.kinds import Kinds, Work
from roster.planning.limits import Limits
from roster.planning.shares import Shares
from roster.solving.problem import Rules, RunLimit, Tally, Window

WEEK = 7


@dataclass(frozen=True, slots=True)
class Frame:
    """What the rules of all members share: the kinds, the weekends as blocks of days, the holidays."""

    kinds: Kinds
    works: tuple[Work, ...]
    weekends: tuple[frozenset[int], ...]
    holidays: frozenset[int]
    days: int

    def weights(self, value: Mapping[Work, int]) -> tuple[int, ...]:
        return tuple(value.get(work, 0) for work in self.works)


def frame_of(kinds: Kinds, holidays: frozenset[int], used: Collection[tuple[int, Work]], days: int) -> Frame:
    """`used`: the days (by offset) on which each work comes up."""
    blocks: dict[date, set[int]] = {}
    seen: set[int] = set()
    for offset, work in sorted(used, key=lambda item: (item[0], item[1].duties, item[1].weekend)):
        day = date.fromordinal(kinds.first.toordinal() + offset)
        for weekend in sorted(kinds.weekends(day, work.duties))[:1]:
            if offset not in seen or offset in blocks.get(weekend, ()):
                seen.add(offset)
                blocks.setdefault(weekend, set()).add(offset)
    weekends = tuple(frozenset(found) for _, found in sorted(blocks.items()))
    return Frame(kinds, tuple(kinds.works), weekends, holidays, days)


def member_rules(
    frame: Frame,
    who: str,
    limits: Limits,
    usable: Collection[Work],
    shares: Shares,
    history: Mapping[date, int],
) -> tuple[Rules, tuple[tuple[int, ...], ...]]:
    """Rules and the cost tables of their tallies. `usable`: what this person may do at all; `history`:
    counted minutes by day before the period."""
    tallies, tables = _tallies(frame, who, limits, usable, shares, history)
    living = all(frame.kinds.is_living_in(work) for work in usable)
    rules = Rules(
        work_run_max=limits.living_in_run_days if living else limits.run_days,
        run_limits=_nights(frame, limits, usable),
        windows=_windows(frame, limits, usable, living=living),
        tallies=tallies,
    )
    return rules, tables


def _nights(frame: Frame, limits: Limits, usable: Collection[Work]) -> tuple[RunLimit, ...]:
    kinds = frozenset(
        number
        for number, work in enumerate(frame.works)
        if frame.kinds.is_hard_night(work) and "nights" not in work.lifted
    )
    relevant = any(frame.works[number] in usable for number in kinds)
    if limits.nights is None or not relevant:
        return ()
    return (RunLimit("nights", kinds, limits.nights),)


def _windows(frame: Frame, limits: Limits, usable: Collection[Work], *, living: bool) -> tuple[Window, ...]:
    windows = []
    run = limits.living_in_run_days if living else limits.run_days
    if limits.week_minutes is not None:
        counted = _counted(frame, "week_minutes")
        longest = max((counted.get(work, 0) for work in usable), default=0)
        if longest * _most_duties(WEEK, run) > limits.week_minutes:
            windows.append(Window("week_minutes", WEEK, frame.weights(counted), limits.week_minutes))
    if limits.week_days is not None and _most_duties(WEEK, run) > limits.week_days:
        ones = dict.fromkeys(frame.works, 1)
        windows.append(Window("rest_day", WEEK, frame.weights(ones), limits.week_days))
    return tuple(windows)


def _counted(frame: Frame, rule: str) -> dict[Work, int]:
    return {work: frame.kinds.minutes(work) for work in frame.works if rule not in work.lifted}


def _most_duties(days: int, run: int | None) -> int:
    """At most so many of so many days in a row when no run of days is longer than `run`."""
    return days if run is None else days - days // (run + 1)


def _tallies(
    frame: Frame,
    who: str,
    limits: Limits,
    usable: Collection[Work],
    shares: Shares,
    history: Mapping[date, int],
) -> tuple[tuple[Tally, ...], tuple[tuple[int, ...], ...]]:
    kinds, days = frame.kinds, frame.days
    found: list[tuple[Tally, tuple[int, ...]]] = []
    nights = frame.weights({work: 1 for work in frame.works if kinds.is_night(work)})
    if any(nights):
        found.append((Tally("nights", nights, priced=True), shares.night_table(who, days)))
    if frame.weekends:
        weights = frame.weights({work: 1 for work in frame.works if work.weekend})
        tally = Tally("weekends", weights, at_most=limits.weekends, blocks=frame.weekends, priced=True)
        found.append((tally, shares.weekend_table(who, len(frame.weekends))))
    if frame.holidays:
        ones = frame.weights(dict.fromkeys(frame.works, 1))
        tally = Tally("holidays", ones, days=frame.holidays, priced=True)
        found.append((tally, shares.holiday_table(who, len(frame.holidays))))
    minutes = frame.weights({work: kinds.minutes(work) for work in frame.works})
    if any(minutes):
        tally = Tally("minutes", minutes, priced=True)
        found.append((tally, shares.minutes_table(who, tally.unit, max(minutes) * days // tally.unit)))
    counted = _counted(frame, "average")
    longest = max((counted.get(work, 0) for work in usable), default=0)
    for begins, length, most in limits.averages:
        start = (begins - kinds.first).days
        before = sum(served for day, served in history.items() if begins <= day < kinds.first)
        inside = frozenset(range(max(0, start), start + length))
        run = limits.run_days if limits.run_days is not None else limits.living_in_run_days
        if longest * _most_duties(len(inside), run) + before > most:
            tally = Tally("average", frame.weights(counted), at_most=max(0, most - before), days=inside)
            found.append((tally, ()))
    ones = frame.weights(dict.fromkeys(frame.works, 1))
    for month, most in limits.months:
        offsets = frozenset((day - kinds.first).days for day in month)
        found.append((Tally("days_off_month", ones, at_most=most, days=offsets), ()))
    return tuple(tally for tally, _ in found), tuple(table for _, table in found)
