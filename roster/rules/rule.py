"""What a rule is: a code, how strong it is, where it comes from, whom it leaves out, and how a breach is found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import chain

from roster.people import Employment
from roster.policy import Strength
from roster.rules.case import Case, ShiftKey
from roster.rules.violation import Param, Violation

NOBODY: frozenset[Employment] = frozenset()
UNPAID = frozenset({Employment.VOLUNTEER})
"""Volunteers serve of their own will: working time law does not bind them, physical rest does."""
HOURS_ELSEWHERE = frozenset({Employment.VOLUNTEER, Employment.PART_TIME, Employment.CADRE})
"""Whose hours this book does not keep: part-time members have a main employer who does, and 带班 by cadres is a duty
of office beside their working hours (值班, not 加班; 待核). Rest, overlap, absences and qualifications hold for all."""


class Source(StrEnum):
    """Where a rule comes from; `roster.source.<code>` in the message catalogue says it in words."""

    NATURE = "nature"  # nobody is in two places; a document that names what does not exist
    LABOUR_LAW_38 = "labour_law_38"
    LABOUR_LAW_41 = "labour_law_41"
    COMPREHENSIVE_HOURS = "mol_1994_503"
    BRIGADE_STANDARD = "brigade_standard"
    COUNTY = "county"


@dataclass(frozen=True, slots=True)
class Breach:
    """What a rule finds; the rule makes a violation of it. `breaks_on`: the day that has to be authorised. `beside`:
    another person concerned, whose authorisation does as well."""

    days: tuple[date, ...]
    params: Mapping[str, Param]
    excess: int = 0
    subject: str = ""
    person: str = ""
    team: str = ""
    breaks_on: date | None = None
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Focus:
    """The people, shifts and teams that are looked at: all of a roster, or what one move has touched."""

    people: Collection[str]
    shifts: Collection[ShiftKey]
    teams: Collection[str]


PersonFind = Callable[[Case, str], Iterator[Breach]]
ShiftFind = Callable[[Case, ShiftKey], Iterator[Breach]]
TeamFind = Callable[[Case, str], Iterator[Breach]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One of `of_person`, `of_shift`, `of_team` finds the breaches; its docstring is the rule in words.

    `params`: what the sentence in the catalogue may use beside `name`, `team`, `first` and `day`. `checked`: somebody
    has read the source; False means 待核. `fixed`: no county changes the strength, for the rule is no policy.
    """

    code: str
    strength: Strength
    source: Source
    of_person: PersonFind | None = None
    of_shift: ShiftFind | None = None
    of_team: TeamFind | None = None
    params: tuple[str, ...] = ()
    exempt: frozenset[Employment] = field(default=NOBODY)
    checked: bool = True
    fixed: bool = False

    @property
    def words(self) -> str:
        """The rule in words, for documents and for whoever asks."""
        find = self.of_person or self.of_shift or self.of_team
        return " ".join(((find and find.__doc__) or "").split())

    def strength_in(self, case: Case) -> Strength:
        return self.strength if self.fixed else case.book.policy.strengths.get(self.code, self.strength)

    def violations(self, case: Case, focus: Focus) -> Iterator[Violation]:
        strength = self.strength_in(case)
        for breach in self._breaches(case, focus):
            yield self._violation(case, breach, strength)

    def _breaches(self, case: Case, focus: Focus) -> Iterator[Breach]:
        people = case.book.people
        if self.of_person:
            bound = (c for c in focus.people if c in people and people[c].employment not in self.exempt)
            return chain.from_iterable(self.of_person(case, code) for code in bound)
        if self.of_shift:
            return chain.from_iterable(self.of_shift(case, key) for key in focus.shifts)
        if self.of_team:
            known = (team for team in focus.teams if team in case.book.teams)
            return chain.from_iterable(self.of_team(case, team) for team in known)
        return iter(())

    def _violation(self, case: Case, breach: Breach, strength: Strength) -> Violation:
        day = breach.breaks_on or breach.days[-1]
        params: dict[str, Param] = {"first": breach.days[0].isoformat(), "day": day.isoformat()}
        if breach.person:
            person = case.book.people.get(breach.person)
            params["name"] = person.name if person else breach.person
        if breach.team:
            team = case.book.teams.get(breach.team)
            params["team"] = team.name if team else breach.team
        return Violation(
            self.code,
            strength,
            breach.person,
            breach.team,
            breach.days,
            {**params, **breach.params},
            self._authorised_by(case, breach, day) if strength is Strength.OVERRIDABLE else "",
            breach.excess,
            breach.subject,
        )

    def _authorised_by(self, case: Case, breach: Breach, day: date) -> str:
        for whose in (breach.person or f"team:{breach.team}", breach.beside):
            for permit in case.ground.authorisations.get((self.code, whose), ()):
                if whose and permit.first <= day <= permit.last:
                    return permit.code
        return ""
