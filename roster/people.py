"""People as a roster knows them: what they may do and until when, which teams they serve, when they are away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Employment(StrEnum):
    """用工性质: decides which rules of working time hold for a person."""

    OFFICIAL = "official"  # 在编
    CONTRACT = "contract"  # 合同制
    AGENCY = "agency"  # 劳务派遣
    PART_TIME = "part_time"  # 兼职
    VOLUNTEER = "volunteer"  # 志愿
    CADRE = "cadre"  # 带班领导、干部


class AbsenceKind(StrEnum):
    LEAVE = "leave"  # 请假、年休
    SICK = "sick"  # 病假
    TRAINING = "training"  # 培训
    OWED_REST = "owed_rest"  # 补休
    ERRAND = "errand"  # 临时外出: hours, with a duty to come back when called
    ELSEWHERE = "elsewhere"  # 借调、抽调


@dataclass(frozen=True, slots=True)
class Qualification:
    """What a person may do, until when (the last valid day; None: for good).

    Codes: squad_leader, driver (any vehicle) or driver:<vehicle class>, pump_operator, firefighter, ba,
    radio_operator, drone_pilot, safety_officer, forest_fighter, water_rescue, watch_officer, leading_cadre.
    """

    code: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """One person may serve several teams; `platoon` is the place in the team's rotation, counted from 0."""

    team: str
    platoon: int | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """`joined` within the policy's months makes a novice, who needs a mentor beside him or her."""

    code: str
    name: str
    employment: Employment
    memberships: tuple[Membership, ...]
    qualifications: tuple[Qualification, ...]
    telephone: str = ""
    joined: date | None = None
    synthetic: bool = True

    def holds(self, code: str, on: date) -> bool:
        """Valid on that day. Who holds `driver` drives every class; `driver:<class>` is that class alone."""
        wanted = {code, code.partition(":")[0]} if ":" in code else {code}
        return any(q.code in wanted and (q.until is None or q.until >= on) for q in self.qualifications)

    def held_on(self, on: date) -> tuple[str, ...]:
        """Codes that are valid on a day, sorted."""
        return tuple(sorted(q.code for q in self.qualifications if q.until is None or q.until >= on))

    def serves(self, team: str, on: date) -> bool:
        return any(
            m.team == team and (m.first is None or m.first <= on) and (m.last is None or on <= m.last)
            for m in self.memberships
        )

    @property
    def home_team(self) -> str:
        """The first team named: the one whose roster plans this person, the others borrow."""
        return self.memberships[0].team


@dataclass(frozen=True, slots=True)
class Absence:
    """Away from `starts` until before `ends` (UTC instants). `code` names it in messages and in the database."""

    code: str
    person: str
    kind: AbsenceKind
    starts: datetime
    ends: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A wish for a day: `wanted` or not, one shift or (None) any. `weight` 1 to 10 as the office grants it."""

    person: str
    day: date
    shift: str | None
    wanted: bool
    weight: int = 1


@dataclass(frozen=True, slots=True)
class DisasterWork:
    """应急工时: disaster and rescue work done on a day, logged apart; Labour Law art. 42 takes it out of the cap."""

    person: str
    day: date
    minutes: int


class PairKind(StrEnum):
    APART = "apart"  # 不同班
    TOGETHER = "together"  # 同班


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people that must not, or must, serve on the same shift of a team."""

    kind: PairKind
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Debt:
    """What a person did beyond (or below, negative) the team's mean in earlier months: fairness carries over."""

    nights: float = 0.0
    weekends: float = 0.0
    holidays: float = 0.0
    minutes: float = 0.0


NO_DEBT = Debt()
Debts = Mapping[str, Debt]
