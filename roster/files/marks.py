"""The marks that offices write into a month's grid: 班, 白, 夜, 休, 假 … and the county's own shift codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gis_data.reference import DutyMode
from roster.people import AbsenceKind
from roster.plan import Book
from roster.shifts import ShiftType, Team

ON = ("班", "值", "√", "✓", "●", "1", "在岗", "值班", "上")
DAY = ("白", "日", "白班", "日班", "D")
NIGHT = ("夜", "晚", "夜班", "晚班", "N")
OFF = ("休", "轮休", "-", "—", "–", "/", "×", "x", "X", "0", "○", "公休")
AWAY: Mapping[str, AbsenceKind] = {
    "假": AbsenceKind.LEAVE,
    "年": AbsenceKind.LEAVE,
    "年休": AbsenceKind.LEAVE,
    "年假": AbsenceKind.LEAVE,
    "事": AbsenceKind.LEAVE,
    "事假": AbsenceKind.LEAVE,
    "请假": AbsenceKind.LEAVE,
    "婚假": AbsenceKind.LEAVE,
    "产假": AbsenceKind.LEAVE,
    "病": AbsenceKind.SICK,
    "病假": AbsenceKind.SICK,
    "训": AbsenceKind.TRAINING,
    "培": AbsenceKind.TRAINING,
    "学": AbsenceKind.TRAINING,
    "培训": AbsenceKind.TRAINING,
    "补": AbsenceKind.OWED_REST,
    "补休": AbsenceKind.OWED_REST,
    "借": AbsenceKind.ELSEWHERE,
    "抽": AbsenceKind.ELSEWHERE,
    "借调": AbsenceKind.ELSEWHERE,
    "抽调": AbsenceKind.ELSEWHERE,
}
ABSENCE_MARKS: Mapping[AbsenceKind, str] = {
    AbsenceKind.LEAVE: "假",
    AbsenceKind.SICK: "病",
    AbsenceKind.TRAINING: "训",
    AbsenceKind.OWED_REST: "补",
    AbsenceKind.ERRAND: "外",
    AbsenceKind.ELSEWHERE: "借",
}
_BETWEEN = re.compile(r"[、,，+＋;；\s]+")


@dataclass(frozen=True, slots=True)
class Meaning:
    """Shifts to serve, or a reason to be away, or (neither) a day off."""

    shifts: tuple[str, ...] = ()
    away: AbsenceKind | None = None


def mark_of(shift: ShiftType, team: Team, book: Book) -> str:
    """What stands in the grid for a shift of a team: a sign where it is unmistakable, else the code."""
    for sign in ("班", "白", "夜"):
        meaning = meaning_of(sign, team, book)
        if meaning is not None and meaning.shifts == (shift.code,):
            return sign
    return shift.code


def known_marks(team: Team, book: Book) -> str:
    """For who is told that a mark is not known."""
    signs = [sign for sign in ("班", "白", "夜") if (found := meaning_of(sign, team, book)) and found.shifts]
    return "、".join(dict.fromkeys((*signs, *team.shifts, "休", "假", "病", "训", "补")))


def meaning_of(text: str, team: Team, book: Book) -> Meaning | None:
    """None: the mark means nothing to this team. Several marks in one cell are several shifts."""
    if not text or text in OFF:
        return Meaning()
    if text in AWAY:
        return Meaning(away=AWAY[text])
    shift = _shift(text, team, book)
    if shift is not None:
        return Meaning((shift,))
    parts = [part for part in _BETWEEN.split(text.replace("/", " ")) if part]
    if len(parts) == 1 and text in ("白夜", "日夜"):
        parts = list(text)
    shifts = [_shift(part, team, book) for part in parts]
    if len(parts) > 1 and all(shifts):
        return Meaning(tuple(dict.fromkeys(shift for shift in shifts if shift)))
    return None


def _shift(text: str, team: Team, book: Book) -> str | None:
    kinds = [book.shifts[code] for code in team.shifts if code in book.shifts]
    for kind in kinds:
        if text.upper() == kind.code.upper() or text in (kind.name, kind.name_en):
            return kind.code
    if text in ON:
        wanted = kinds
    elif text in DAY:
        wanted = [kind for kind in kinds if not kind.night and 5 <= kind.starts.hour < 13]
    elif text in NIGHT:
        wanted = [kind for kind in kinds if kind.night and kind.starts.hour >= 15]
    elif text in ("驻", "驻勤"):
        wanted = [
            kind for kind in kinds if kind.rest_after_minutes == 0 and kind.duty_mode is DutyMode.STATION
        ]
    elif text in ("备", "备勤"):
        wanted = [kind for kind in kinds if kind.duty_mode is DutyMode.HOME]
    else:
        return None
    return wanted[0].code if len(wanted) == 1 else None
