"""What waits for one connection: bounded, in order, each event once; whatever does not fit is read again.

Pure: it says when the journal must be read; the feed reads it.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

MOST_EVENTS = 64
MOST_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Parcel:
    """An event as the frame that every connection of its stream gets: written once, sent to many."""

    seq: int
    text: str
    size: int


class Pruned(Exception):  # noqa: N818 (an outcome, past tense)
    """The events after this position are no longer kept: the reader needs a snapshot."""


class Buffer:
    """`position` is the last sequence handed on. Subscribed first, it starts *behind*: the journal is read, and
    only then is drained what came in live meanwhile."""

    def __init__(self, position: int, most_events: int = MOST_EVENTS, most_bytes: int = MOST_BYTES) -> None:
        self.position = position
        self._most_events = most_events
        self._most_bytes = most_bytes
        self.behind = True
        self.overflows = 0
        self._waiting: deque[Parcel] = deque()
        self._bytes = 0

    def offer(self, parcel: Parcel) -> None:
        """A live event. Where there is no room everything waiting is dropped, to be read from the journal."""
        if self.behind:
            return
        full = len(self._waiting) >= self._most_events or self._bytes + parcel.size > self._most_bytes
        if self._waiting and full:
            self.overflows += 1
            self.fall_behind()
            return
        self._waiting.append(parcel)
        self._bytes += parcel.size

    def begin_read(self) -> int:
        """The journal will now be read after this sequence; what is live from here on is kept."""
        self.behind = False
        return self.position

    def finish_read(self, parcels: Sequence[Parcel], full: bool) -> Sequence[Parcel]:
        """`full`: there may be more in the journal. Everything between the position and the first live event has
        been committed, so what neither of the two holds has been pruned."""
        first = parcels[0] if parcels else self._waiting[0] if self._waiting else None
        if first is not None and first.seq > self.position + 1:
            raise Pruned
        if full:
            self.fall_behind()
        if parcels:
            self.position = parcels[-1].seq
        return parcels

    def drain(self) -> list[Parcel]:
        """The live events that follow; repeats of what was read are dropped."""
        ready: list[Parcel] = []
        while self._waiting:
            parcel = self._waiting.popleft()
            self._bytes -= parcel.size
            if parcel.seq <= self.position:
                continue
            if parcel.seq != self.position + 1:
                self.fall_behind()
                break
            self.position = parcel.seq
            ready.append(parcel)
        return ready

    def fall_behind(self) -> None:
        self.behind = True
        self._waiting.clear()
        self._bytes = 0
