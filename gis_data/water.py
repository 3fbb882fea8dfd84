"""Water sources: which kinds there are, and when one can be used: `04-01/10-31` and its kin, else words for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

# Water under pressure flows by itself; anything else has to be drawn by a pump.
PRESSURISED = frozenset({"hydrant", "crane", "standpipe", "water_tower"})
WATER_KINDS = (*sorted(PRESSURISED), "pond", "reservoir", "river", "suction_point", "tank")

_SPAN = re.compile(
    r"""(?P<from>\d{1,2})(?:-(?P<from_day>\d{1,2})|月(?:(?P<from_day_zh>\d{1,2})日)?)?
        \s*(?:/|至|到|—|–|~|～|-)\s*
        (?P<to>\d{1,2})(?:-(?P<to_day>\d{1,2})|月(?:(?P<to_day_zh>\d{1,2})日)?)?""",
    re.VERBOSE,
)
_BETWEEN = re.compile(r"[,，;；、]")
_YEAR_ROUND = frozenset({"", "全年", "常年", "all year"})
_LEAP_YEAR = 2000  # 02-29 is a day of the year, too


@dataclass(frozen=True, slots=True)
class Season:
    """Spans of days as (month, day), both ends inside; a span may run over the new year. None: the whole year."""

    spans: tuple[tuple[tuple[int, int], tuple[int, int]], ...]

    def covers(self, day: date) -> bool:
        today = (day.month, day.day)
        return not self.spans or any(
            first <= today <= last if first <= last else today >= first or today <= last
            for first, last in self.spans
        )


def read_season(text: str) -> Season | None:
    """`MM-DD/MM-DD`, `MM/MM` (whole months) or `4月1日至10月31日`, several by commas; None: words for people only."""
    text = text.strip()
    if text.lower() in _YEAR_ROUND:
        return Season(())
    spans = []
    for part in _BETWEEN.split(text):
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            return None
        first = _day(match["from"], match["from_day"] or match["from_day_zh"], last=False)
        last = _day(match["to"], match["to_day"] or match["to_day_zh"], last=True)
        if first is None or last is None:
            return None
        spans.append((first, last))
    return Season(tuple(spans))


def is_broken_season(text: str) -> bool:
    """Meant for the machine (it holds digits), and not understood by it."""
    return any(c.isdigit() for c in text) and read_season(text) is None


def _day(month: str, day: str | None, *, last: bool) -> tuple[int, int] | None:
    """A day that exists; without one the first of its month or, at the end of a span, the last."""
    if not 1 <= int(month) <= 12:
        return None
    if day is None:
        return (int(month), 31 if last else 1)
    try:
        date(_LEAP_YEAR, int(month), int(day))
    except ValueError:
        return None
    return (int(month), int(day))
