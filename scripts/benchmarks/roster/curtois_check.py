"""The independent checker of benchmark schedules: reads the rules as the format's authors state them.

It shares nothing with the solver, not even the statement of the problem: only what `curtois.read` found in the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

from scripts.benchmarks.roster.curtois import Benchmark, Staff

Schedule = Mapping[str, Sequence[str]]
"""By person, one shift or "" for each day."""


def violations(benchmark: Benchmark, schedule: Schedule) -> list[str]:
    """Every broken hard rule, in words."""
    faults = [f"{name}: not in the instance" for name in schedule if name not in benchmark.staff]
    for name, staff in benchmark.staff.items():
        row = schedule.get(name)
        if row is None or len(row) != benchmark.days:
            faults.append(f"{name}: no row of {benchmark.days} days")
            continue
        unknown = {shift for shift in row if shift and shift not in benchmark.minutes}
        if unknown:
            faults.append(f"{name}: unknown shifts {', '.join(sorted(unknown))}")
            continue
        faults.extend(f"{name}: {fault}" for fault in _faults_of(benchmark, name, staff, row))
    return faults


def objective(benchmark: Benchmark, schedule: Schedule) -> int:
    """Requests not met and cover missed, weighted as the file says."""
    total = sum(
        request.weight
        for request in benchmark.on_requests
        if schedule[request.staff][request.day] != request.shift
    )
    total += sum(
        request.weight
        for request in benchmark.off_requests
        if schedule[request.staff][request.day] == request.shift
    )
    for need in benchmark.needs:
        present = sum(row[need.day] == need.shift for row in schedule.values())
        short = need.required - present
        total += need.under * short if short > 0 else need.over * -short
    return total


def _faults_of(benchmark: Benchmark, name: str, staff: Staff, row: Sequence[str]) -> list[str]:
    faults = []
    worked = Counter(shift for shift in row if shift)
    for shift, count in worked.items():
        if count > staff.max_shifts.get(shift, 0):
            faults.append(f"{count} times {shift}, at most {staff.max_shifts.get(shift, 0)}")
    minutes = sum(benchmark.minutes[shift] * count for shift, count in worked.items())
    if not staff.min_minutes <= minutes <= staff.max_minutes:
        faults.append(f"{minutes} minutes, not {staff.min_minutes} to {staff.max_minutes}")
    for day in range(benchmark.days - 1):
        if row[day] and row[day + 1] in benchmark.barred_after[row[day]]:
            faults.append(f"{row[day + 1]} after {row[day]} on day {day + 1}")
    faults.extend(f"works on day off {day}" for day in sorted(benchmark.days_off.get(name, ())) if row[day])
    begin = 0
    for works, group in groupby(row, key=bool):
        length = len(list(group))
        inner = begin > 0 and begin + length < benchmark.days
        if works and length > staff.max_run:
            faults.append(f"{length} days in a row from day {begin}, at most {staff.max_run}")
        if works and inner and length < staff.min_run:
            faults.append(f"{length} days in a row from day {begin}, at least {staff.min_run}")
        if not works and inner and length < staff.min_off:
            faults.append(f"{length} days off from day {begin}, at least {staff.min_off}")
        begin += length
    weekends = sum(bool(row[sunday - 1] or row[sunday]) for sunday in range(6, benchmark.days, 7))
    if weekends > staff.max_weekends:
        faults.append(f"{weekends} weekends, at most {staff.max_weekends}")
    return faults
