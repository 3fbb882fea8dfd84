"""Both ends of a socket conversation, without a socket and with invented time."""

import contextlib
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.push.frames import (
    Ack,
    BadFrame,
    Closing,
    Decide,
    EventFrame,
    Hello,
    Ping,
    Pong,
    Position,
    StreamPosition,
    Welcome,
    read_client_frame,
    read_server_frame,
    write_frame,
)
from dispatch.push.protocol import (
    FRAMES_AT_ONCE,
    FURTHEST_RESUME,
    HEARTBEAT_SECONDS,
    HELLO_SECONDS,
    SILENCE_SECONDS,
    ClientSession,
    Ended,
    ServerSession,
    backoff_seconds,
    resumes,
)

NOW = datetime(2026, 11, 22, 8, 15, 30, tzinfo=UTC)
EPOCH = UUID(int=7)
STREAM = "device/d1"


def hello(role: str = "device", seq: int | None = None) -> str:
    streams = () if seq is None else (StreamPosition(STREAM, EPOCH, seq),)
    return write_frame(Hello("pq_x", role, "test/1", streams))  # type: ignore[arg-type]


def welcome(after: int, head: int, snapshot: dict[str, object] | None = None) -> Welcome:
    start = "resume" if snapshot is None else "snapshot"
    return Welcome(NOW, 10.0, UUID(int=1), STREAM, EPOCH, head, after, start, snapshot, {})  # type: ignore[arg-type]


def event(seq: int) -> EventFrame:
    return EventFrame(seq, NOW, "order_dispatched", 1, {"n": seq})


def open_session(role: str = "device", after: int = 0) -> ServerSession:
    session = ServerSession(role, 0.0)  # type: ignore[arg-type]
    session.receive(hello(role, after), 0.0)
    session.welcome(welcome(after, after))
    return session


# ── the service's end ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "{}", '{"type":"ack","seq":1}', '{"type":"hello"}'])
def test_anything_but_a_hello_first_ends_the_conversation(text: str) -> None:
    with pytest.raises(Ended) as ended:
        ServerSession("device", 0.0).receive(text, 0.0)
    assert ended.value.closing is Closing.PROTOCOL


def test_a_hello_for_the_other_socket_is_forbidden() -> None:
    with pytest.raises(Ended) as ended:
        ServerSession("console", 0.0).receive(hello("device"), 0.0)
    assert ended.value.closing is Closing.FORBIDDEN


def test_a_second_hello_ends_the_conversation() -> None:
    session = open_session()
    with pytest.raises(Ended):
        session.receive(hello(), 1.0)


def test_commands_wait_for_the_welcome() -> None:
    session = ServerSession("device", 0.0)
    session.receive(hello(), 0.0)
    with pytest.raises(BadFrame) as bad:
        session.receive('{"type":"ack","seq":0}', 0.1)
    assert bad.value.code == "too_early"


def test_a_client_that_never_says_hello_is_dropped_in_time() -> None:
    session = ServerSession("device", 0.0)
    assert session.tick(HELLO_SECONDS - 0.1) is False
    with pytest.raises(Ended) as ended:
        session.tick(HELLO_SECONDS)
    assert ended.value.closing is Closing.TIMEOUT


def test_a_ping_is_due_every_heartbeat_and_silence_ends_it() -> None:
    session = open_session()
    assert session.tick(HEARTBEAT_SECONDS - 0.1) is False
    assert session.tick(HEARTBEAT_SECONDS) is True
    assert session.tick(HEARTBEAT_SECONDS + 0.1) is False
    assert session.next_tick(HEARTBEAT_SECONDS) == pytest.approx(HEARTBEAT_SECONDS)
    with pytest.raises(Ended):
        session.tick(SILENCE_SECONDS)


def test_a_pong_keeps_the_connection() -> None:
    session = open_session()
    assert session.receive(write_frame(Pong()), 20.0) is None
    assert session.tick(SILENCE_SECONDS) is True


def test_an_acknowledgement_is_cumulative_and_never_goes_back() -> None:
    session = open_session(after=3)
    assert [session.event(seq) for seq in (4, 5, 6)] == [True, True, True]
    assert session.receive(write_frame(Ack(6)), 1.0) == Ack(6)
    assert session.receive(write_frame(Ack(5)), 1.0) is None
    assert session.receive(write_frame(Ack(6)), 1.0) is None


def test_an_acknowledgement_ahead_of_what_was_sent_is_refused() -> None:
    session = open_session(after=3)
    with pytest.raises(BadFrame) as bad:
        session.receive(write_frame(Ack(4)), 1.0)
    assert bad.value.code == "ack_ahead"


def test_a_snapshot_is_acknowledged_like_events() -> None:
    session = ServerSession("device", 0.0)
    session.receive(hello(), 0.0)
    session.welcome(welcome(0, 0, {"orders": []}))
    assert session.receive(write_frame(Ack(0)), 1.0) == Ack(0)


def test_repeated_events_are_not_sent_and_a_gap_ends_it() -> None:
    session = open_session(after=3)
    assert session.event(3) is False
    assert session.event(4) is True
    with pytest.raises(Ended) as ended:
        session.event(6)
    assert ended.value.closing is Closing.RESYNC


def test_a_console_cannot_speak_for_a_device() -> None:
    session = open_session("console")
    for frame in (Decide("c1", uuid4(), "acknowledge"), Position("u", 1.0, 1.0, NOW)):
        with pytest.raises(BadFrame) as bad:
            session.receive(write_frame(frame), 1.0)
        assert bad.value.code == "devices_only"


def test_an_offline_queue_may_come_at_once_but_a_flood_may_not() -> None:
    session = open_session()
    for _ in range(int(FRAMES_AT_ONCE) - 1):
        session.receive(write_frame(Ping()), 0.0)
    with pytest.raises(Ended) as ended:
        session.receive(write_frame(Ping()), 0.0)
    assert ended.value.closing is Closing.TOO_FAST


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "not_json"),
        ('{"type":"dance"}', "unknown_type"),
        ('{"seq":1}', "unknown_type"),
        ('{"type":"ack","seq":-1}', "bad_field"),
        ('{"type":"ack","seq":"1"}', "bad_field"),
        ('{"type":"ack","seq":99999999999999999999}', "bad_field"),
        ('{"type":"position","unit":"u","lon":NaN,"lat":1,"at":"2026-11-22T08:15:30Z"}', "bad_field"),
        ('{"type":"position","unit":"u","lon":181,"lat":1,"at":"2026-11-22T08:15:30Z"}', "bad_field"),
        ('{"type":"position","unit":"u","lon":1,"lat":1,"at":"2026-11-22T08:15:30"}', "bad_field"),
        ('{"type":"status","command_id":"a b","unit":"u","status":"en_route"}', "bad_field"),
        ('{"type":"status","command_id":"a","unit":"u\\u0000","status":"en_route"}', "bad_field"),
        ('{"type":"ack","seq":1' + " " * 70_000 + "}", "frame_too_large"),
    ],
)
def test_a_bad_frame_is_named_and_the_conversation_goes_on(text: str, code: str) -> None:
    session = open_session(after=5)
    with pytest.raises(BadFrame) as bad:
        session.receive(text, 1.0)
    assert bad.value.code == code
    assert session.receive(write_frame(Ping()), 1.0) == Ping()


def test_the_token_is_not_shown_when_a_hello_is_logged() -> None:
    assert "secret" not in repr(Hello("pq_secret", "device", "test/1"))


# ── resume or snapshot ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("claimed", "head", "oldest", "expected"),
    [
        (None, 10, 1, False),
        (StreamPosition(STREAM, EPOCH, 10), 10, 1, True),
        (StreamPosition(STREAM, EPOCH, 4), 10, 5, True),
        (StreamPosition(STREAM, EPOCH, 3), 10, 5, False),
        (StreamPosition(STREAM, EPOCH, 11), 10, 1, False),
        (StreamPosition(STREAM, UUID(int=8), 10), 10, 1, False),
        (StreamPosition(STREAM, EPOCH, 10), 10, 11, True),
        (StreamPosition(STREAM, EPOCH, 0), FURTHEST_RESUME + 1, 1, False),
    ],
)
def test_events_alone_serve_only_a_position_in_kept_history(
    claimed: StreamPosition | None, head: int, oldest: int, expected: bool
) -> None:
    assert resumes(claimed, EPOCH, head, oldest) is expected


# ── the client's end ───────────────────────────────────────────────────────────────────────────────────────────


def client(position: StreamPosition | None = None) -> ClientSession:
    return ClientSession("device", "pq_x", "test/1", position, 0.0)


def test_a_client_drops_repeats_and_calls_a_gap() -> None:
    session = client(StreamPosition(STREAM, EPOCH, 2))
    session.receive(write_frame(welcome(2, 5)), 0.0)
    assert session.receive(write_frame(event(3)), 0.0) == event(3)
    assert session.receive(write_frame(event(3)), 0.0) is None
    with pytest.raises(Ended):
        session.receive(write_frame(event(5)), 0.0)


def test_the_position_moves_only_when_the_client_has_kept_the_event() -> None:
    session = client(StreamPosition(STREAM, EPOCH, 2))
    session.receive(write_frame(welcome(2, 3)), 0.0)
    session.receive(write_frame(event(3)), 0.0)
    assert session.position == StreamPosition(STREAM, EPOCH, 2)
    assert session.kept(3) == Ack(3)
    assert session.position == StreamPosition(STREAM, EPOCH, 3)


def test_a_frame_of_the_future_is_ignored_by_the_client() -> None:
    session = client()
    session.receive(write_frame(welcome(0, 0, {})), 0.0)
    assert session.receive('{"type":"fireworks","colour":"red"}', 0.0) is None
    assert session.receive(write_frame(welcome(0, 0))[:-1] + ',"new_field":1}', 0.0) == welcome(0, 0)


def test_the_client_counts_by_the_clock_of_the_service() -> None:
    session = client()
    session.receive(write_frame(welcome(0, 0, {})), 100.0)
    session.receive(write_frame(Ping(NOW + timedelta(seconds=10))), 110.5)
    assert session.clock is not None
    assert (session.clock.monotonic, session.clock.time) == (110.5, NOW + timedelta(seconds=10))


def test_a_silent_service_is_given_up() -> None:
    session = client()
    session.receive(write_frame(welcome(0, 0, {})), 0.0)
    assert not session.silent(24.9)
    assert session.silent(25.0)


@given(st.integers(0, 100), st.integers(0, 2**32))
def test_coming_back_is_spread_out_and_never_long(attempt: int, seed: int) -> None:
    assert 0.05 <= backoff_seconds(attempt, random.Random(seed)) <= 20.0


# ── frames ─────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    with contextlib.suppress(BadFrame):
        read_client_frame(text)


@given(
    st.builds(
        Decide,
        st.from_regex(r"[\x21-\x7e]{1,100}", fullmatch=True),
        st.uuids(),
        st.sampled_from(["acknowledge", "unable", "declined"]),
        st.none() | st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=200),
    )
)
def test_what_is_written_is_read_back(frame: Decide) -> None:
    assert read_client_frame(write_frame(frame)) == frame


def test_times_are_written_in_utc_with_milliseconds() -> None:
    text = write_frame(Ping(datetime.fromisoformat("2026-11-22T16:15:30.123456+08:00")))
    assert orjson.loads(text) == {"type": "ping", "time": "2026-11-22T08:15:30.123Z"}
    assert read_server_frame(text) == Ping(datetime(2026, 11, 22, 8, 15, 30, 123000, tzinfo=UTC))
