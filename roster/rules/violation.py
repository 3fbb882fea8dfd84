"""A rule that is broken: by whom, where, on which days, by how much, and who allowed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from roster.policy import Strength

Param = str | int


@dataclass(frozen=True, slots=True)
class Violation:
    """`rule` is the code of the rule; `roster.rule.<code>` in the message catalogue is the sentence, with `params`.

    `person` is empty for what concerns a team as a whole, `team` for what concerns a person across teams. `days` are
    the days concerned, the last of them the one on which the rule breaks (an authorisation has to hold on that day).
    `subject` tells apart two violations of one rule by one person on one day: the seat, or the other person.
    `excess` says by how much, in the rule's own unit, so that a case grown worse is told from one that stayed.
    """

    rule: str
    strength: Strength
    person: str
    team: str
    days: tuple[date, ...]
    params: Mapping[str, Param] = field(default_factory=dict, hash=False)
    authorised_by: str = ""
    excess: int = 0
    subject: str = ""

    @property
    def message(self) -> str:
        return f"roster.rule.{self.rule}"

    @property
    def blocks(self) -> bool:
        """A roster with it may not be published: hard, or overridable and not authorised."""
        return self.strength is Strength.HARD or (
            self.strength is Strength.OVERRIDABLE and not self.authorised_by
        )

    @property
    def order(self) -> tuple[int, bool, str, str, tuple[date, ...], str, str]:
        """Gravest first, then by rule, team, days and person: the same order on every machine."""
        grave = list(Strength).index(self.strength)
        return (grave, bool(self.authorised_by), self.rule, self.team, self.days, self.person, self.subject)


def blocking(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """Those that forbid publishing."""
    return tuple(v for v in violations if v.blocks)


def added(before: Iterable[Violation], after: Iterable[Violation]) -> tuple[Violation, ...]:
    """What is broken after and was not, or not so badly, before: a run cut in two or a shorter one is not new."""
    known: dict[tuple[str, str, str, str], list[Violation]] = {}
    for old in before:
        known.setdefault((old.rule, old.person, old.team, old.subject), []).append(old)
    return tuple(
        new
        for new in after
        if not any(_covers(old, new) for old in known.get((new.rule, new.person, new.team, new.subject), ()))
    )


def _covers(old: Violation, new: Violation) -> bool:
    # What was authorised before and no longer is has become a fault.
    if old.excess < new.excess or (new.blocks and not old.blocks):
        return False
    return set(new.days) <= set(old.days)
