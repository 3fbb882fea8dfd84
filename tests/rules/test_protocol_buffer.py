"""The buffer of a connection: whatever the order of commits, hints, reads and drains, every event once, in order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.push.buffer import Buffer, Parcel, Pruned

MOST, PAGE = 4, 3


def parcel(seq: int, size: int = 1) -> Parcel:
    return Parcel(seq, str(seq), size)


class World:
    """A stream with a head, a feed with a cursor, and one reader; each step is what may happen between awaits."""

    def __init__(self, after: int, head: int, cursor: int | None) -> None:
        self.head = head
        self.cursor = cursor
        self.buffer = Buffer(after, most_events=MOST, most_bytes=1_000)
        self.got: list[int] = []
        self.reading: list[Parcel] | None = None
        self.begun = False

    def commit(self) -> None:
        self.head += 1

    def dispatch(self) -> None:
        if self.cursor is not None:
            for seq in range(self.cursor + 1, self.head + 1):
                self.buffer.offer(parcel(seq))
            self.cursor = self.head

    def begin(self) -> None:
        if self.buffer.behind and not self.begun:
            self.buffer.begin_read()
            self.begun = True

    def snapshot(self) -> None:
        """PostgreSQL answers: what is committed now."""
        if self.begun and self.reading is None:
            first = self.buffer.position + 1
            self.reading = [parcel(seq) for seq in range(first, min(self.head, first + PAGE - 1) + 1)]

    def finish(self) -> None:
        if self.begun and self.reading is not None:
            found = self.buffer.finish_read(self.reading, full=len(self.reading) == PAGE)
            self.got += [one.seq for one in found]
            if not self.buffer.behind and self.cursor is None:
                self.cursor = self.buffer.position
            self.begun, self.reading = False, None

    def drain(self) -> None:
        if not self.buffer.behind and not self.begun:
            self.got += [one.seq for one in self.buffer.drain()]

    def settle(self) -> None:
        for _ in range(self.head + 3):
            for step in (self.begin, self.snapshot, self.finish, self.dispatch, self.drain):
                step()


STEPS = ["commit", "commit", "dispatch", "begin", "snapshot", "finish", "drain"]


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 3), st.integers(0, 3), st.booleans(), st.lists(st.sampled_from(STEPS), max_size=60))
def test_every_event_arrives_once_and_in_order(
    after: int, ahead: int, followed: bool, steps: list[str]
) -> None:
    world = World(after, after + ahead, after + ahead if followed else None)
    for step in steps:
        getattr(world, step)()
        assert len(world.buffer._waiting) <= MOST
    world.settle()
    assert world.got == list(range(after + 1, world.head + 1))


def test_what_is_read_again_after_an_overflow_is_not_kept_twice() -> None:
    buffer = Buffer(0, most_events=2, most_bytes=100)
    buffer.begin_read()
    buffer.finish_read([], full=False)
    for seq in (1, 2, 3):
        buffer.offer(parcel(seq))
    assert buffer.behind
    assert buffer.drain() == []


def test_a_single_event_may_be_larger_than_the_buffer() -> None:
    buffer = Buffer(0, most_events=2, most_bytes=100)
    buffer.begin_read()
    buffer.finish_read([], full=False)
    buffer.offer(parcel(1, size=500))
    assert [one.seq for one in buffer.drain()] == [1]


def test_what_neither_the_journal_nor_the_live_events_hold_was_pruned() -> None:
    buffer = Buffer(3)
    buffer.begin_read()
    with pytest.raises(Pruned):
        buffer.finish_read([parcel(6)], full=False)
    buffer = Buffer(3)
    buffer.begin_read()
    buffer.offer(parcel(6))
    with pytest.raises(Pruned):
        buffer.finish_read([], full=False)
