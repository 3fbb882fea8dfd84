"""What differs between two versions of a roster, person by person: duties added, taken away, moved."""

from __future__ import annotations

from dataclasses import dataclass

from roster.plan import Duty, Roster
from roster.rules.check import difference


@dataclass(frozen=True, slots=True)
class PersonChange:
    """`moved`: old and new duty of one day (another seat, shift or team). `marked`: the same duty, only pinned, lent or
    authorised otherwise, or relieved at another minute."""

    person: str
    added: tuple[Duty, ...]
    removed: tuple[Duty, ...]
    moved: tuple[tuple[Duty, Duty], ...]
    marked: tuple[tuple[Duty, Duty], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`people` have a change each, sorted by code. A mark alone is no changed duty."""

    people: tuple[PersonChange, ...]

    @property
    def changed_duties(self) -> int:
        """What a person has to learn anew: a moved duty once."""
        return sum(len(p.added) + len(p.removed) + len(p.moved) for p in self.people)

    @property
    def people_touched(self) -> int:
        return sum(1 for p in self.people if p.added or p.removed or p.moved)


def compare(before: Roster, after: Roster) -> Comparison:
    gone, new = difference(before, after)
    people = sorted({duty.person for duty in (*gone, *new)})
    return Comparison(
        tuple(
            _change(person, [d for d in gone if d.person == person], [d for d in new if d.person == person])
            for person in people
        )
    )


def _change(person: str, removed: list[Duty], added: list[Duty]) -> PersonChange:
    marked, moved = [], []
    for old in list(removed):
        same = next((d for d in added if _place(d) == _place(old)), None)
        if same is not None:
            marked.append((old, same))
            removed.remove(old)
            added.remove(same)
    for old in list(removed):
        that_day = next((d for d in added if d.day == old.day), None)
        if that_day is not None:
            moved.append((old, that_day))
            removed.remove(old)
            added.remove(that_day)
    return PersonChange(person, tuple(added), tuple(removed), tuple(moved), tuple(marked))


def _place(duty: Duty) -> tuple[object, ...]:
    return (duty.day, duty.team, duty.shift, duty.seat)
