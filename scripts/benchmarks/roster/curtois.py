"""Read an instance in the format of the Curtois shift-scheduling benchmarks, and state it as the product's problem."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from roster.solving.problem import FORBIDDEN, Cover, Kind, Option, Person, Problem, Rules, Tally

HORIZON, SHIFTS, STAFF, DAYS_OFF = "HORIZON", "SHIFTS", "STAFF", "DAYS_OFF"
ON, OFF_REQUESTS, COVER = "SHIFT_ON_REQUESTS", "SHIFT_OFF_REQUESTS", "COVER"
SECTIONS = (HORIZON, SHIFTS, STAFF, DAYS_OFF, ON, OFF_REQUESTS, COVER)


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
    """The instance in a file; a fault is told with its line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise FormatError(f"{path.name}: is not text; give an instance of the benchmarks") from None
    except OSError as error:
        raise FormatError(f"{path.name}: {error.strerror}") from None
    at = 0
    sections: dict[str, list[tuple[int, list[str]]]] = {section: [] for section in SECTIONS}
    section = ""
    for at, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if line.startswith("SECTION_"):
            section = line.removeprefix("SECTION_").rstrip(", \t")
            if section not in sections:
                known = ", ".join(f"SECTION_{one}" for one in SECTIONS)
                raise FormatError(f"{path.name}, line {at}: unknown section {line}; known are {known}")
        elif line and not line.startswith("#"):
            if not section:
                raise FormatError(f"{path.name}, line {at}: stands before any SECTION_; is this an instance?")
            sections[section].append((at, [cell.strip() for cell in line.split(",")]))

    def lines(section: str) -> Iterator[list[str]]:
        nonlocal at
        for at, cells in sections[section]:  # noqa: B007 - the error message below names it
            yield cells

    if not (sections[HORIZON] and sections[SHIFTS] and sections[STAFF]):
        raise FormatError(f"{path.name}: sections HORIZON, SHIFTS and STAFF must not be empty")
    try:
        return _parsed(path.stem, lines)
    except (ValueError, IndexError, TypeError) as error:
        said = "too few values" if isinstance(error, (IndexError, TypeError)) else error
        raise FormatError(f"{path.name}, line {at}: {said}") from None


def _parsed(name: str, lines: Callable[[str], Iterator[list[str]]]) -> Benchmark:
    days = 0
    for cells in islice(lines(HORIZON), 1):
        days = _whole(cells[0], "days", least=1)
    minutes: dict[str, int] = {}
    barred: dict[str, frozenset[str]] = {}
    for cells in lines(SHIFTS):
        _new(cells[0], minutes, "shift")
        minutes[cells[0]] = _whole(cells[1], "minutes")
        barred[cells[0]] = frozenset(filter(None, map(str.strip, "".join(cells[2:3]).split("|"))))
    for cells in lines(SHIFTS):
        for shift in barred[cells[0]]:
            _known(shift, minutes, "shift")
    staff: dict[str, Staff] = {}
    for cells in lines(STAFF):
        _new(cells[0], staff, "staff")
        caps = {}
        for item in filter(None, cells[1].split("|")):
            shift, _, cap = item.partition("=")
            caps[_known(shift.strip(), minutes, "shift")] = _whole(cap, f"most of {shift}")
        staff[cells[0]] = Staff(caps, *(_whole(cell, "a limit") for cell in cells[2:8]))
    off: dict[str, frozenset[int]] = {}
    for cells in lines(DAYS_OFF):
        more = frozenset(_day(cell, days) for cell in cells[1:] if cell)
        off[cells[0]] = off.get(_known(cells[0], staff, "staff"), frozenset()) | more
    requests: dict[str, list[Request]] = {ON: [], OFF_REQUESTS: []}
    for kind, into in requests.items():
        for cells in lines(kind):
            who, shift = _known(cells[0], staff, "staff"), _known(cells[2], minutes, "shift")
            into.append(Request(who, _day(cells[1], days), shift, _whole(cells[3], "weight")))
    needs: dict[tuple[int, str], Need] = {}
    for cells in lines(COVER):
        key = _day(cells[0], days), _known(cells[1], minutes, "shift")
        _new(key, needs, "cover of")
        needs[key] = Need(*key, *(_whole(cells[i], "a figure") for i in (2, 3, 4)))
    return Benchmark(
        name, days, minutes, barred, staff, off, tuple(requests[ON]), tuple(requests[OFF_REQUESTS]),
        tuple(needs.values()),
    )  # fmt: skip


def _whole(cell: str, what: str, least: int = 0) -> int:
    try:
        number = int(cell)
    except ValueError:
        raise ValueError(f"{what} must be a whole number, not {cell!r}") from None
    if number < least:
        raise ValueError(f"{what} must be at least {least}, not {number}")
    return number


def _day(cell: str, days: int) -> int:
    day = _whole(cell, "day")
    if day >= days:
        raise ValueError(f"day {day} lies beyond the horizon of {days} days")
    return day


def _known(name: str, names: Container[str], what: str) -> str:
    if name not in names:
        raise ValueError(f"unknown {what} {name!r}")
    return name


def _new(name: object, names: Container[object], what: str) -> None:
    if not name or name in names:
        raise ValueError(f"{what} {name!r} is empty or stands here twice")


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
