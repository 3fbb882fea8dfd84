"""The figures of the working-time and crewing rules, by county, with where each comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Strength(StrEnum):
    HARD = "hard"  # never broken in what is published
    OVERRIDABLE = "overridable"  # broken only with a recorded authorisation
    PREFERENCE = "preference"  # costs, never forbids


@dataclass(frozen=True, slots=True)
class Policy:
    """A county's figures. None: the rule does not hold there. `strengths` overrides a rule's own default strength.

    Hours are counted hours (time present x the team's 在岗计时系数) but for rest, which is wall-clock minutes.
    """

    minimum_rest_minutes: int = 480
    longest_run_days: int | None = 6
    longest_run_days_living_in: int | None = 22
    week_minutes: int | None = 60 * 60
    """Counted minutes in any 7 days in a row. 待核: Labour Law art. 36 states 44 h on average, no rolling cap."""
    average_days: int = 28
    average_week_minutes: int | None = 44 * 60
    """Labour Law art. 36; with 综合计算工时 (劳部发〔1994〕503号 art. 5) averaged over the period."""
    overtime_month_minutes: int = 36 * 60
    """Labour Law art. 41; disaster work (art. 42) lies outside it and is booked apart."""
    longest_nights: int | None = 4
    weekends_most: int | None = None
    novice_months: int = 6
    notice_days: int = 2
    """Duties so near are not changed without the person's consent (repair freezes them)."""
    days_off_a_week: int = 1
    """Labour Law art. 38."""
    strengths: Mapping[str, Strength] = field(default_factory=dict)
    rollcall_opens_minutes: int = 15
    """So long before a shift its roll call may be answered; what is answered early counts from its beginning."""
    rollcall_grace_minutes: int = 10
    """So long after it whoever has not answered is a no-show, and the handover is named as missed."""
    standing_over_minutes: int = 120
    """So long at most a crew that nobody relieves stays on the board after its end. 待核: county practice."""
    owed_rest_within_days: int = 30
    """So soon after a forward post the rest owed for it is taken, in one piece. County's own figure, 待核."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Figure → where the county has it from, in its own words."""
