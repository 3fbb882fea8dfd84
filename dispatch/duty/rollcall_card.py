"""A roll call as devices, pages and the API show it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dispatch.duty.rollcall import Attendance, Known, Rollcall, State
from runtime.encoding import utc_text


def rollcall_card(
    rollcall: Rollcall, people: Mapping[str, Known], now: datetime, *, telephones: bool = False
) -> dict[str, Any]:
    """Seat by seat: who is planned, who sits there, who was answered for otherwise.

    `telephones`: for whoever takes the roll call by telephone, and for nobody else.
    """
    return {
        "id": str(rollcall.id),
        "team": rollcall.team,
        "day": rollcall.day.isoformat(),
        "shift": rollcall.shift,
        "station": rollcall.station,
        "starts_at": utc_text(rollcall.starts_at),
        "ends_at": utc_text(rollcall.ends_at),
        "opens_at": utc_text(rollcall.opens_at),
        "due_at": utc_text(rollcall.due_at),
        "state": _state(rollcall, now),
        "unanswered": len(rollcall.unanswered()),
        "seats": [
            {**_seat(rollcall, key, people), **(_telephones(rollcall, key, people) if telephones else {})}
            for key in sorted(seat.key for seat in rollcall.seats)
        ],
    }


def _state(rollcall: Rollcall, now: datetime) -> str:
    if now < rollcall.opens_at and rollcall.opened_at is None:
        return "planned"
    if now >= rollcall.ends_at:
        return "over"
    return "answered" if not rollcall.unanswered() else "overdue" if now > rollcall.due_at else "open"


def _seat(rollcall: Rollcall, key: str, people: Mapping[str, Known]) -> dict[str, Any]:
    seat = rollcall.seat(key)
    assert seat is not None
    there = rollcall.sitting(key)
    return {
        "seat": key,
        "unit": seat.unit or None,
        "role": seat.role,
        "needs": list(seat.needs),
        "required": seat.required,
        "planned": seat.planned,
        "planned_name": _name(people, seat.planned),
        "person": there.person if there is not None else None,
        "name": _name(people, there.person if there is not None else None),
        "state": there.state.value if there is not None else _why_empty(rollcall, key, seat.planned),
        "told": [_told(one, people) for one in rollcall.attendance if one.seat == key],
    }


def _telephones(rollcall: Rollcall, key: str, people: Mapping[str, Known]) -> dict[str, Any]:
    seat, there = rollcall.seat(key), rollcall.sitting(key)
    return {
        "planned_telephone": _telephone(people, seat.planned if seat is not None else None),
        "telephone": _telephone(people, there.person if there is not None else None),
    }


def _why_empty(rollcall: Rollcall, key: str, planned: str | None) -> str:
    for one in rollcall.attendance:
        if one.seat == key and one.person == planned:
            return one.state.value
    return "expected" if planned is not None else "open"


def _told(one: Attendance, people: Mapping[str, Known]) -> dict[str, Any]:
    end = one.gone_at
    return {
        "person": one.person,
        "name": _name(people, one.person),
        "state": one.state.value,
        "cause": one.cause,
        "since": one.since and utc_text(one.since),
        "gone_at": end and utc_text(end),
        "back_by": one.back_by and utc_text(one.back_by) if one.state is State.ERRAND else None,
        "by": one.answered_by,
    }


def _name(people: Mapping[str, Known], code: str | None) -> str | None:
    return people[code].name if code is not None and code in people else None


def _telephone(people: Mapping[str, Known], code: str | None) -> str | None:
    return people[code].telephone or None if code is not None and code in people else None
