"""Read an instance in the format of the Curtois shift-scheduling benchmarks, and state it as the product's problem."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from roster.solving.problem import FORBIDDEN, Cover, Kind, Option, Person, Problem, Rules, Tally

HORIZON, SHIFTS, STAFF, DAYS_OFF = "HORIZON", "SHIFTS", "STAFF", "DAYS_OFF"
ON, OFF_REQUESTS, COVER = "SHIFT_ON_REQUESTS", "SHIFT_OFF_REQUESTS", "COVER"


class FormatError(ValueError):
    """The file is not a readable instance; the message names the line."""


@dataclass(frozen=True, slots=True)
class Staff:
    """One line of the section STAFF."""

    max_shifts: dict[str, int]
    max_minutes: int
    min_minutes: int
    max_run: int
    min_run: int
    min_off: int
    max_weekends: int


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody wants (or does not want) a shift on a day."""

    staff: str
    day: int
    shift: str
    weight: int


@dataclass(frozen=True, slots=True)
class Need:
    """One line of the section COVER."""

    day: int
    shift: str
    required: int
    under: int
    over: int


@dataclass(frozen=True, slots=True)
class Benchmark:
    """An instance as the file states it."""

    name: str
    days: int
    minutes: dict[str, int]
    barred_after: dict[str, frozenset[str]]
    staff: dict[str, Staff]
    days_off: dict[str, frozenset[int]]
    on_requests: tuple[Request, ...]
    off_requests: tuple[Request, ...]
    needs: tuple[Need, ...]


def read(path: Path) -> Benchmark:
    """The instance in a file."""
    sections: dict[str, list[tuple[int, list[str]]]] = defaultdict(list)
    section = ""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise FormatError(f"{path.name}: is not text; give an instance of the benchmarks") from None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if line.startswith("SECTION_"):
            section = line.removeprefix("SECTION_").rstrip(",")
        elif line and not line.startswith("#"):
            sections[section].append((number, [cell.strip() for cell in line.split(",")]))
    at = 0

    def lines(section: str) -> Iterator[list[str]]:
        nonlocal at
        for at, cells in sections[section]:  # noqa: B007 - the error message below names it
            yield cells

    try:
        days = minutes = None
        for cells in islice(lines(HORIZON), 1):
            days = int(cells[0])
        minutes, barred = {}, {}
        for cells in lines(SHIFTS):
            minutes[cells[0]] = int(cells[1])
            barred[cells[0]] = frozenset(filter(None, "".join(cells[2:3]).split("|")))
        staff = {}
        for cells in lines(STAFF):
            caps = dict(item.split("=") for item in cells[1].split("|") if item)
            staff[cells[0]] = Staff({shift: int(cap) for shift, cap in caps.items()}, *map(int, cells[2:8]))
        off: dict[str, frozenset[int]] = {}
        for cells in lines(DAYS_OFF):
            off[cells[0]] = off.get(cells[0], frozenset()) | frozenset(
                int(cell) for cell in cells[1:] if cell
            )
        requests: dict[str, list[Request]] = {ON: [], OFF_REQUESTS: []}
        for kind, found in requests.items():
            for cells in lines(kind):
                found.append(Request(cells[0], int(cells[1]), cells[2], int(cells[3])))
        needs = []
        for cells in lines(COVER):
            needs.append(Need(int(cells[0]), cells[1], *map(int, cells[2:5])))
    except (ValueError, IndexError, TypeError) as error:
        raise FormatError(f"{path.name}, line {at}: {error}") from error
    if not days or not minutes or not staff:
        raise FormatError(f"{path.name}: sections HORIZON, SHIFTS and STAFF must not be empty")
    names = set(staff), set(minutes)
    for request in (*requests[ON], *requests[OFF_REQUESTS]):
        if request.staff not in names[0] or request.shift not in names[1] or not 0 <= request.day < days:
            raise FormatError(
                f"{path.name}: request of {request.staff} for {request.shift} on day {request.day}"
            )
    for need in needs:
        if need.shift not in names[1] or not 0 <= need.day < days:
            raise FormatError(f"{path.name}: cover of {need.shift} on day {need.day}")
    return Benchmark(
        path.stem,
        days,
        minutes,
        barred,
        staff,
        off,
        tuple(requests[ON]),
        tuple(requests[OFF_REQUESTS]),
        tuple(needs),
    )


def as_problem(benchmark: Benchmark) -> Problem:
    """The same as a problem of the product: one kind, one option and one post per shift."""
    shifts = list(benchmark.minutes)
    index = {shift: s for s, shift in enumerate(shifts)}
    kinds = tuple(
        Kind(
            shift,
            benchmark.minutes[shift],
            (frozenset(index[after] for after in benchmark.barred_after[shift]),),
        )
        for shift in shifts
    )
    base_cost = sum(request.weight for request in benchmark.on_requests)
    costs = {name: np.zeros((benchmark.days, len(shifts)), np.int64) for name in benchmark.staff}
    for request in benchmark.on_requests:
        costs[request.staff][request.day, index[request.shift]] -= request.weight
    for request in benchmark.off_requests:
        costs[request.staff][request.day, index[request.shift]] += request.weight
    people = []
    for name, staff in benchmark.staff.items():
        for shift, s in index.items():
            if staff.max_shifts.get(shift, 0) <= 0:
                costs[name][:, s] = FORBIDDEN
        for day in benchmark.days_off.get(name, ()):
            costs[name][day] = FORBIDDEN
        off_costs = np.zeros(benchmark.days, np.int64)
        people.append(Person(name, _rules(benchmark, staff, shifts), costs[name], off_costs))
    covers = tuple(
        Cover(need.day, index[need.shift], need.required, (need.under,), (need.over,))
        for need in benchmark.needs
    )
    return Problem(
        days=benchmark.days,
        kinds=kinds,
        options=tuple(Option(shift, s, (s,)) for s, shift in enumerate(shifts)),
        posts=tuple(shifts),
        covers=covers,
        people=tuple(people),
        base_cost=base_cost,
    )


def _rules(benchmark: Benchmark, staff: Staff, shifts: list[str]) -> Rules:
    weekends = tuple(frozenset({7 * w + 5, 7 * w + 6}) for w in range(benchmark.days // 7))
    caps = tuple(
        Tally(f"shift {shift}", tuple(int(other == shift) for other in shifts), at_most=cap)
        for shift, cap in staff.max_shifts.items()
        if shift in shifts and 0 < cap < benchmark.days
    )
    minutes = tuple(benchmark.minutes.values())
    return Rules(
        work_run_min=max(1, staff.min_run),
        work_run_max=staff.max_run,
        off_run_min=max(1, staff.min_off),
        tallies=(
            Tally("minutes", minutes, at_least=staff.min_minutes, at_most=staff.max_minutes),
            Tally("weekends", (1,) * len(shifts), at_most=staff.max_weekends, blocks=weekends),
            *caps,
        ),
    )
