"""What an import took and what it dropped, counted by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Counts kept while importing; `report` freezes them."""

    taken: Counter[str] = field(default_factory=Counter)
    dropped: Counter[tuple[str, str]] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def take(self, layer: str, count: int = 1) -> None:
        if count:
            self.taken[layer] += count

    def drop(self, layer: str, reason: str, count: int = 1) -> None:
        if count:
            self.dropped[(layer, reason)] += count

    def make(self, layer: str, count: int = 1) -> None:
        if count:
            self.made[layer] += count

    def note(self, line: str) -> None:
        self.notes.append(line)


@dataclass(frozen=True, slots=True)
class Dropped:
    layer: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`taken` came from the extract, `made` was invented (marked synthetic), `dropped` says what was left and why."""

    county: str
    name: str
    digest: str
    read: Mapping[str, int]
    taken: Mapping[str, int]
    made: Mapping[str, int]
    dropped: tuple[Dropped, ...]
    notes: tuple[str, ...]
    attribution: str

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> tuple[str, ...]:
        """For people: one line a fact."""
        found = [f"{self.county} ({self.name})"]
        found += [f"  read     {count:>9,}  {what}" for what, count in self.read.items()]
        found += [f"  taken    {count:>9,}  {what}" for what, count in self.taken.items()]
        found += [f"  made     {count:>9,}  {what} (synthetic)" for what, count in self.made.items()]
        found += [f"  dropped  {drop.count:>9,}  {drop.layer}: {drop.reason}" for drop in self.dropped]
        found += [f"  note     {note}" for note in self.notes]
        return (*found, f"  {self.attribution}")


def freeze(
    tally: Tally, *, county: str, name: str, digest: str, read: Mapping[str, int], attribution: str
) -> ImportReport:
    dropped = tuple(
        Dropped(layer, reason, count)
        for (layer, reason), count in sorted(
            tally.dropped.items(), key=lambda item: (item[0][0], -item[1], item[0][1])
        )
    )
    return ImportReport(
        county=county,
        name=name,
        digest=digest,
        read=dict(read),
        taken=dict(sorted(tally.taken.items())),
        made=dict(sorted(tally.made.items())),
        dropped=dropped,
        notes=tuple(tally.notes),
        attribution=attribution,
    )
