"""How many wrong guesses a door takes before it stays shut for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

WINDOW = timedelta(minutes=15)
# Per name and address; per name from anywhere; per address whatever the name. The first is what a forgetful
# dispatcher meets. The second is higher, so that a stranger cannot easily lock a dispatcher out.
MOST_OF_BOTH, MOST_OF_NAME, MOST_OF_ADDRESS = 5, 20, 40


@dataclass(frozen=True, slots=True)
class Attempt:
    """Stored before the password is checked: parallel guesses cannot slip in under the limit."""

    id: UUID
    at: datetime
    name: str
    address: str
    succeeded: bool


def shut_until(attempts: Sequence[Attempt], name: str, address: str, now: datetime) -> datetime | None:
    """When the door opens again for this name from this address; None while it is open. Oldest attempt first."""
    recent = [attempt for attempt in attempts if now - attempt.at < WINDOW]
    both = [attempt for attempt in recent if attempt.name == name and attempt.address == address]
    last_success = max((n for n, attempt in enumerate(both) if attempt.succeeded), default=-1)
    failed = [attempt for attempt in recent if not attempt.succeeded]
    limits = (
        (both[last_success + 1 :], MOST_OF_BOTH),
        ([attempt for attempt in failed if attempt.name == name], MOST_OF_NAME),
        ([attempt for attempt in failed if attempt.address == address], MOST_OF_ADDRESS),
    )
    return max((wrong[-most].at + WINDOW for wrong, most in limits if len(wrong) >= most), default=None)
