"""How fast the demo's world turns: driving and work compressed, people and deadlines in real time. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot


@dataclass(frozen=True, slots=True)
class Pace:
    """`speed`: how many times faster driving and work go. Everything that people do stays real."""

    speed: float
    work_seconds: float = 1200.0
    way_home_seconds: float = 600.0
    look_seconds: float = 1.0
    ring_seconds: float = 4.0

    def drive_seconds(self, eta_seconds: float | None) -> float:
        """How long the drive takes in real time."""
        return max(0.0, (eta_seconds or 600.0) - 60.0) / self.speed

    def mission(self, eta_seconds: float | None) -> Iterator[tuple[float, str]]:
        """What a crew reports after acknowledging: (wait so long, then this status)."""
        eta = eta_seconds or 600.0
        turnout = min(60.0, eta)
        yield turnout / self.speed, "en_route"
        yield (eta - turnout) / self.speed, "on_scene"
        yield self.work_seconds / self.speed, "returning"

    @property
    def return_seconds(self) -> float:
        return self.way_home_seconds / self.speed

    def seconds_between_alarms(
        self, units: int, units_an_alarm: float = 5.0, busy_share: float = 0.45
    ) -> float:
        """A mean distance of random alarms at which about this share of the units is out."""
        mission = 4.0 + (60.0 + 600.0 + self.work_seconds + self.way_home_seconds) / self.speed
        return mission * units_an_alarm / (max(units, 1) * busy_share)


def along(path: Sequence[Sequence[float]], share: float) -> tuple[float, float]:
    """The (lon, lat) after this share (0 … 1) of a drawn way, by its length in degrees: good enough to look at."""
    lengths = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(path)]
    left = min(max(share, 0.0), 1.0) * sum(lengths)
    for (a, b), length in zip(pairwise(path), lengths, strict=True):
        if left <= length and length > 0:
            part = left / length
            return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part
        left -= length
    return path[-1][0], path[-1][1]
