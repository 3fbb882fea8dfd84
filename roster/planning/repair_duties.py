"""From who sits where after a repair to duties and to the changes that people are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from roster.plan import Duty, Roster
from roster.planning.repair_case import Away, Nearness, RepairCase, served_part
from roster.planning.spans import minute_of
from roster.shifts import Seat

Param = str | int


class ChangeKind(StrEnum):
    TAKES = "takes"  # comes for a duty that somebody else had, or that was open
    MOVES = "moves"  # changes the seat on a duty that he has anyway
    TAKES_OVER = "takes_over"  # comes now, into a duty that has begun
    LEFT_OPEN = "left_open"
    GETS_OFF = "gets_off"  # a duty given to somebody else


@dataclass(frozen=True, slots=True)
class Change:
    """What one person (`after`, or `before` where nobody follows) is told. `asks`: needs consent, it is so near."""

    kind: ChangeKind
    day: date
    team: str
    shift: str
    seat: str
    before: str
    after: str
    asks: bool = False
    borrowed_from: str = ""

    @property
    def code(self) -> str:
        return f"roster.repair.{self.kind.value}{'.asked' if self.asks else ''}"


def roster_after(
    case: RepairCase, held: frozenset[tuple[int, int]], away: Sequence[Away]
) -> tuple[Roster, tuple[Change, ...], tuple[Seat, ...]]:
    """The roster, the changes in order of time, and the seats that are open and were not."""
    frame = case.frame
    gone = set(case.released)
    lost = {(frame.people[person].code, place) for person, place in case.held - held}
    kept, left = [], {}
    for duty in case.roster.duties:
        place = _place(case, duty)
        if place is None:
            kept.append(duty)
        elif duty in gone:
            kept += served_part(frame.book, duty, away)
            left[place, duty.seat] = duty.person
        elif (duty.person, place) in lost:
            left[place, duty.seat] = duty.person
        else:
            kept.append(duty)
    taken = defaultdict(set)
    for duty in kept:
        taken[duty.team, duty.day, duty.shift].add(duty.seat)
    for duty in case.released:  # of what the absent served himself, the rest is still to be filled
        taken[duty.team, duty.day, duty.shift].discard(duty.seat)
    fresh, changes = [], []
    for person, place in sorted(held - case.held, key=lambda pair: (pair[1], pair[0])):
        turn = frame.turns[frame.places[place].turn]
        sits = taken[turn.key]
        free = [seat for seat in frame.places[place].seats if seat.key not in sits]
        seat = next((one for one in free if (place, one.key) in left), free[0])
        sits.add(seat.key)
        duty = _duty(case, person, place, seat, away)
        fresh.append(duty)
        before = left.pop((place, seat.key), "")
        changes.append(_change(case, person, place, seat, before, duty.borrowed_from))
    changes += _givers(case, held, lost)
    empty = []
    for (place, key), before in sorted(left.items(), key=lambda item: item[0]):
        seat = next(one for one in frame.places[place].seats if one.key == key)
        empty.append(seat)
        changes.append(Change(ChangeKind.LEFT_OPEN, seat.day, seat.team, seat.shift, key, before, ""))
    changes.sort(
        key=lambda one: (frame.turns[frame.index[one.team, one.day, one.shift]].starts, one.seat, one.kind)
    )
    after = replace(case.roster, duties=tuple(sorted((*kept, *fresh))))
    return after, tuple(changes), tuple(empty)


def _place(case: RepairCase, duty: Duty) -> int | None:
    if duty.team != case.frame.team:
        return None
    turn = case.frame.index.get((duty.team, duty.day, duty.shift))
    return None if turn is None else case.frame.place_of_seat.get((turn, duty.seat))


def _change(case: RepairCase, person: int, place: int, seat: Seat, before: str, lender: str) -> Change:
    turn = case.frame.places[place].turn
    here = any((person, other) in case.held for other in case.frame.places_of[turn])
    near = case.nearness(turn)
    kind = ChangeKind.MOVES if here else ChangeKind.TAKES_OVER if near is Nearness.PAST else ChangeKind.TAKES
    asks = not here and near is not Nearness.FREE
    who = case.frame.people[person].code
    return Change(kind, seat.day, seat.team, seat.shift, seat.key, before, who, asks, lender)


def _givers(case: RepairCase, held: frozenset[tuple[int, int]], lost: set[tuple[str, int]]) -> list[Change]:
    """Whoever is off a turn that he had, and that is not his own absence."""
    frame = case.frame
    turns = {(frame.people[person].code, frame.places[place].turn) for person, place in held}
    found = []
    for duty in case.roster.duties:
        place = _place(case, duty)
        if place is None or (duty.person, place) not in lost or duty in case.released:
            continue
        turn = frame.places[place].turn
        if (duty.person, turn) not in turns:
            asks = case.nearness(turn) is not Nearness.FREE
            found.append(
                Change(ChangeKind.GETS_OFF, duty.day, duty.team, duty.shift, duty.seat, duty.person, "", asks)
            )
    return found


def _duty(case: RepairCase, person: int, place: int, seat: Seat, away: Sequence[Away]) -> Duty:
    """From now on only, if the turn has begun; from when the absent leaves, if he leaves in the middle of it."""
    frame = case.frame
    who = frame.people[person]
    turn = frame.turns[frame.places[place].turn]
    lender = who.home_team if person >= frame.own else ""
    begins = _fall_open(case, frame.places[place].turn, away)
    return Duty(
        seat.day, seat.team, seat.shift, seat.key, who.code, borrowed_from=lender,
        late_minutes=max(0, begins - turn.starts),
    )  # fmt: skip


def _fall_open(case: RepairCase, turn: int, away: Sequence[Away]) -> int:
    """The minute from which the turn's released seats are to be filled."""
    one = case.frame.turns[turn]
    people = {d.person for d in case.released if (d.team, d.day, d.shift) == one.key}
    leaving = [minute_of(a.starts) for a in away if a.person in people and minute_of(a.ends) > one.starts]
    return max(one.starts, case.now, min(leaving, default=one.starts))


def sentence_params(change: Change, names: Mapping[str, str], shifts: Mapping[str, str]) -> dict[str, Param]:
    """What the sentences of the catalogue may use."""
    unit, role, _ = change.seat.split("/")
    return {
        "name": names.get(change.after or change.before, change.after or change.before),
        "other": names.get(change.before, change.before) if change.after else "",
        "day": change.day.isoformat(), "shift": shifts.get(change.shift, change.shift),
        "role": role, "unit": unit, "lender": change.borrowed_from,
    }  # fmt: skip
