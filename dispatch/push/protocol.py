"""The conversation on a socket, without the socket: what may be said when, by both ends, and when to give up.

Time comes in as monotonic seconds. The service's end is `ServerSession`, the client's is `ClientSession`.
"""

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from dispatch.push.frames import (
    Ack,
    BadFrame,
    ClientFrame,
    Closing,
    Command,
    EventFrame,
    Hello,
    Ping,
    Pong,
    Position,
    ServerFrame,
    StreamPosition,
    Welcome,
    read_client_frame,
    read_server_frame,
)

HEARTBEAT_SECONDS = 10.0
SILENCE_SECONDS = 25.0  # two heartbeats and a half: a half-open connection is given up
HELLO_SECONDS = 5.0
FRAMES_PER_SECOND = 50.0
FRAMES_AT_ONCE = 500.0  # an offline queue of statuses may come in one go
FURTHEST_RESUME = 1_000  # events; further behind, a snapshot is smaller than the events

Role = Literal["device", "console"]


class Ended(Exception):  # noqa: N818 (an outcome, past tense)
    """The conversation cannot go on; `closing` says why."""

    def __init__(self, closing: Closing) -> None:
        super().__init__(closing.word)
        self.closing = closing


def resumes(claimed: StreamPosition | None, epoch: UUID, head: int, oldest: int) -> bool:
    """Whether events alone bring this client up to date. `oldest` is the first sequence still kept."""
    return (
        claimed is not None
        and claimed.epoch == epoch
        and claimed.seq <= head
        and head - claimed.seq <= FURTHEST_RESUME
        and (claimed.seq == head or claimed.seq + 1 >= oldest)
    )


class ServerSession:
    """One connection as the service sees it: hello once, then commands and acknowledgements in bounds."""

    def __init__(self, role: Role, now: float) -> None:
        self.role = role
        self.welcomed = False
        self.sent = 0  # sequence of the last event sent, or held by the snapshot
        self.acked = 0
        self._hello: Hello | None = None
        self._opened = self._heard = self._pinged = self._refilled = now
        self._allowance = FRAMES_AT_ONCE

    def receive(self, text: str, now: float) -> ClientFrame | None:
        """The frame to act on, or None if there is nothing to do. Raises BadFrame (answer with an error and go on)
        or Ended."""
        self._heard = now
        self._spend(now)
        if self._hello is None:
            try:
                frame = read_client_frame(text)
            except BadFrame as bad:
                raise Ended(Closing.PROTOCOL) from bad
            if not isinstance(frame, Hello):
                raise Ended(Closing.PROTOCOL)
            if frame.role != self.role:
                raise Ended(Closing.FORBIDDEN)
            self._hello = frame
            return frame
        frame = read_client_frame(text)
        if isinstance(frame, Hello):
            raise Ended(Closing.PROTOCOL)
        if not self.welcomed and not isinstance(frame, Ping | Pong):
            raise BadFrame("too_early")
        if isinstance(frame, Pong):
            return None
        if self.role == "console" and isinstance(frame, Command | Position):
            raise BadFrame("devices_only")
        if isinstance(frame, Ack):
            return self._ack(frame)
        return frame

    def claimed(self, stream: str) -> StreamPosition | None:
        """What the hello said about this stream; other streams it named are ignored."""
        claims = self._hello.streams if self._hello else ()
        return next((claim for claim in claims if claim.stream == stream), None)

    def welcome(self, frame: Welcome) -> Welcome:
        self.welcomed = True
        self.sent = frame.after
        # Resuming after N says that N is kept, even if the acknowledgement of it was lost on the way: the shell
        # takes it as one. A snapshot must be acknowledged.
        self.acked = frame.after if frame.start == "resume" else -1
        return frame

    def event(self, seq: int) -> bool:
        """Whether to send this event now. Raises Ended when one is missing before it."""
        if seq <= self.sent:
            return False
        if seq != self.sent + 1:
            raise Ended(Closing.RESYNC)
        self.sent = seq
        return True

    def tick(self, now: float) -> bool:
        """Whether to send a ping now. Raises Ended when the client has been silent for too long."""
        if self._hello is None and now - self._opened >= HELLO_SECONDS:
            raise Ended(Closing.TIMEOUT)
        if now - self._heard >= SILENCE_SECONDS:
            raise Ended(Closing.TIMEOUT)
        if now - self._pinged < HEARTBEAT_SECONDS:
            return False
        self._pinged = now
        return self.welcomed

    def next_tick(self, now: float) -> float:
        """Seconds until tick() has something to do."""
        due = min(self._heard + SILENCE_SECONDS, self._pinged + HEARTBEAT_SECONDS)
        if self._hello is None:
            due = min(due, self._opened + HELLO_SECONDS)
        return max(0.0, due - now)

    def _ack(self, frame: Ack) -> Ack | None:
        if frame.seq > self.sent:
            raise BadFrame("ack_ahead", seq=frame.seq, sent=self.sent)
        if frame.seq <= self.acked:
            return None
        self.acked = frame.seq
        return frame

    def _spend(self, now: float) -> None:
        self._allowance = min(FRAMES_AT_ONCE, self._allowance + (now - self._refilled) * FRAMES_PER_SECOND)
        self._refilled = now
        if self._allowance < 1:
            raise Ended(Closing.TOO_FAST)
        self._allowance -= 1


@dataclass(frozen=True, slots=True)
class Clock:
    """What a client knows of the service's clock: its own monotonic seconds and the time they stood for."""

    monotonic: float
    time: datetime


class ClientSession:
    """One connection as the client sees it. `position` outlives connections: give it to the next session."""

    def __init__(
        self, role: Role, token: str, client: str, position: StreamPosition | None, now: float
    ) -> None:
        self.position = position
        self.clock: Clock | None = None
        self._hello = Hello(token, role, client, (position,) if position else ())
        self._seen = position.seq if position else 0
        self._welcomed = False
        self._heard = now
        self._silence = SILENCE_SECONDS

    def hello(self) -> Hello:
        return self._hello

    def receive(self, text: str, now: float) -> ServerFrame | None:
        """The frame to act on; None for a repeat or a type of the future. Raises Ended on a gap: reconnect, and
        the service sends what is missing."""
        self._heard = now
        frame = read_server_frame(text)
        if isinstance(frame, Welcome):
            self._welcomed = True
            self._silence = max(2.5 * frame.heartbeat_seconds, 1.0)
            self._seen = frame.after
            self.clock = Clock(now, frame.time)
            if frame.start == "resume":
                self.position = StreamPosition(frame.stream, frame.epoch, frame.after)
            self._stream, self._epoch = frame.stream, frame.epoch
        elif isinstance(frame, Ping) and frame.time is not None:
            self.clock = Clock(now, frame.time)
        elif isinstance(frame, EventFrame):
            if not self._welcomed or frame.seq > self._seen + 1:
                raise Ended(Closing.RESYNC)
            if frame.seq <= self._seen:
                return None
            self._seen = frame.seq
        return frame

    def kept(self, seq: int) -> Ack:
        """The client has kept everything up to `seq` (a snapshot counts): move on, and say so."""
        self.position = StreamPosition(self._stream, self._epoch, seq)
        return Ack(seq)

    def silent(self, now: float) -> bool:
        """Whether the service has been silent for so long that the connection must be dead."""
        return now - self._heard >= self._silence


def backoff_seconds(attempt: int, chance: random.Random, longest: float = 20.0) -> float:
    """Full jitter: after a restart, thousands of devices come back spread out, none of them late for long."""
    return chance.uniform(0.05, min(longest, 0.5 * 2.0 ** min(attempt, 10)))
