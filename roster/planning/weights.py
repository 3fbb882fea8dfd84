"""The goals in their order as integer weights: what one unfilled seat, one change, one night too many cost.

Each goal outweighs what one step of it could save on all goals below it in a team's month; a fairer night is never
bought with an empty seat, a granted wish never with an unfair night.
"""

from __future__ import annotations

from dataclasses import dataclass

from roster.shifts import Seat


@dataclass(frozen=True, slots=True)
class Weights:
    required: int = 100_000_000
    wished: int = 2_000_000
    company: int = 300_000_000
    """A pair apart that should be together or the other way round, a novice without a mentor: forbids publishing."""
    loan: int = 6_000_000
    """A duty by somebody of another team: for required seats only."""
    overridden: int = 600_000
    """A duty that an authorisation on record allows against an overridable rule."""
    changed: int = 60_000
    """A duty that differs from the roster given."""
    fairness: int = 4_000
    """Times the square of the distance from the fair share of nights; weekends and holidays as below."""
    weekend_share: float = 0.5
    holiday_share: float = 0.5
    requested: int = 40
    """Times the weight of the request (1 to 10)."""
    hours: int = 12
    """Times the square of the distance from the fair share of hours, in duties."""
    rotation: int = 2
    """A duty out of turn, or a turn not served."""

    def missing(self, seat: Seat) -> int:
        """What an empty seat costs; a more important seat (priority 1) up to twice one of least (9)."""
        return (self.required if seat.required else self.wished) * (17 - min(max(seat.priority, 1), 9)) // 8

    @property
    def surplus(self) -> int:
        """Nobody is ever put on a seat twice: more than all that an extra person could be worth."""
        return 4 * self.required
