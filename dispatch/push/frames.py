"""The frames of the device and console sockets: what each may hold, read strictly and written exactly.

docs/protocol.md shows every frame with an example; a test reads those examples through this module.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import AwareDatetime, Discriminator, Field, StringConstraints, TypeAdapter, ValidationError

MOST_CHARACTERS = 65_536  # of a frame from a client

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.\-]{1,60}$")]
CommandId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,100}$")]
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
Crs = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Sequence = Annotated[int, Field(ge=0, lt=2**63)]


class Closing(Enum):
    """Why a connection ends: the word in `bye`, the WebSocket close code, whether coming back makes sense."""

    PROTOCOL = ("protocol", 4400, True)
    UNAUTHORIZED = ("unauthorized", 4401, False)
    FORBIDDEN = ("forbidden", 4403, False)
    TIMEOUT = ("timeout", 4408, True)
    FENCED = ("fenced", 4409, False)
    REVOKED = ("revoked", 4410, False)
    RESYNC = ("resync", 4412, True)
    TOO_FAST = ("too_fast", 4429, True)
    RESTART = ("restart", 1012, True)
    FAILED = ("failed", 1011, True)

    def __init__(self, word: str, close_code: int, reconnect: bool) -> None:
        self.word = word
        self.close_code = close_code
        self.reconnect = reconnect


@dataclass(frozen=True, slots=True)
class StreamPosition:
    """How far a client has read a stream. Another epoch is another history, whatever the sequence says."""

    stream: Line
    epoch: UUID
    seq: Sequence


# ── from a client ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Hello:
    token: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")] = field(repr=False)
    role: Literal["device", "console"]
    client: Line
    streams: Annotated[tuple[StreamPosition, ...], Field(max_length=8)] = ()
    type: Literal["hello"] = "hello"


@dataclass(frozen=True, slots=True)
class Ack:
    """Everything up to and including `seq` has been received and kept."""

    seq: Sequence
    type: Literal["ack"] = "ack"


@dataclass(frozen=True, slots=True)
class Decide:
    command_id: CommandId
    assignment: UUID
    decision: Literal["acknowledge", "unable", "declined"]
    cause: Line | None = None
    type: Literal["decide"] = "decide"


@dataclass(frozen=True, slots=True)
class Status:
    command_id: CommandId
    unit: Line
    status: Code
    at: AwareDatetime | None = None
    type: Literal["status"] = "status"


@dataclass(frozen=True, slots=True)
class Position:
    unit: Line
    lon: Degrees
    lat: Degrees
    at: AwareDatetime
    crs: Crs = "wgs84"
    type: Literal["position"] = "position"


@dataclass(frozen=True, slots=True)
class SeatAnswer:
    """`person` left out: whoever the roster has there. `now`: from this moment, not from the shift's beginning."""

    seat: Line
    state: Literal["present", "absent", "errand", "left"]
    person: Line | None = None
    cause: Line | None = None
    back_by: AwareDatetime | None = None
    now: bool = False


@dataclass(frozen=True, slots=True)
class Rollcall:
    command_id: CommandId
    team: Line
    day: date
    shift: Line
    answers: Annotated[tuple[SeatAnswer, ...], Field(min_length=1, max_length=200)]
    type: Literal["rollcall"] = "rollcall"


# ── both ways ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Ping:
    time: AwareDatetime | None = None
    type: Literal["ping"] = "ping"


@dataclass(frozen=True, slots=True)
class Pong:
    time: AwareDatetime | None = None
    type: Literal["pong"] = "pong"


# ── from the service ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Welcome:
    """Events after `after` follow. With a snapshot, forget what was known: it holds everything up to `after`."""

    time: AwareDatetime
    heartbeat_seconds: float
    connection: UUID
    stream: str
    epoch: UUID
    head: Sequence
    after: Sequence
    start: Literal["resume", "snapshot"]
    snapshot: Mapping[str, Any] | None
    identity: Mapping[str, Any]
    type: Literal["welcome"] = "welcome"


@dataclass(frozen=True, slots=True)
class EventFrame:
    seq: Sequence
    at: AwareDatetime
    event: str
    v: int
    data: Mapping[str, Any]
    type: Literal["event"] = "event"


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a command: what stands now, or why the command was refused."""

    command_id: str
    ok: bool
    time: AwareDatetime
    stands: Mapping[str, Any] | None = None
    code: str | None = None
    params: Mapping[str, Any] | None = None
    retry: bool = False
    type: Literal["result"] = "result"


@dataclass(frozen=True, slots=True)
class Error:
    code: str
    params: Mapping[str, Any]
    type: Literal["error"] = "error"


@dataclass(frozen=True, slots=True)
class Bye:
    code: str
    reconnect: bool
    type: Literal["bye"] = "bye"


ClientFrame = Hello | Ack | Decide | Status | Rollcall | Position | Ping | Pong
Command = Decide | Status | Rollcall  # what has a result, and is repeated until it came
ServerFrame = Welcome | EventFrame | Result | Error | Bye | Ping | Pong

_CLIENT: TypeAdapter[ClientFrame] = TypeAdapter(Annotated[ClientFrame, Discriminator("type")])
_SERVER: TypeAdapter[ServerFrame] = TypeAdapter(Annotated[ServerFrame, Discriminator("type")])


class BadFrame(ValueError):  # noqa: N818 (says what it is)
    """A frame that cannot be read: a code of the catalogue (`push.<code>`) and its parameters."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(f"{code} {params}")
        self.code = code
        self.params = params


def read_client_frame(text: str) -> ClientFrame:
    """A frame sent by a client. Fields it does not know are ignored; types it does not know are refused."""
    if len(text) > MOST_CHARACTERS:
        raise BadFrame("frame_too_large", most=MOST_CHARACTERS)
    try:
        return _CLIENT.validate_json(text, strict=True)
    except ValidationError as error:
        raise _bad(error) from None


def read_server_frame(text: str) -> ServerFrame | None:
    """A frame sent by the service; None for a type this client is too old to know."""
    try:
        return _SERVER.validate_json(text, strict=True)
    except ValidationError as error:
        if error.errors(include_url=False)[0]["type"] == "union_tag_invalid":
            return None
        raise _bad(error) from None


def write_frame(frame: ClientFrame | ServerFrame) -> str:
    """One frame as text; its type stands first, so that logs read well."""
    slots = type(frame).__dataclass_fields__
    body = {"type": frame.type} | {name: getattr(frame, name) for name in slots if name != "type"}
    return orjson.dumps(body, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()


def moment(at: datetime) -> str:
    """RFC 3339, UTC, milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, UUID):  # asyncpg gives its own kind, which orjson does not know
        return str(value)
    raise TypeError(f"{type(value).__name__} does not belong in a frame")


def _bad(error: ValidationError) -> BadFrame:
    fault = error.errors(include_url=False, include_input=False)[0]
    kind = fault["type"]
    if kind == "json_invalid":
        return BadFrame("not_json")
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return BadFrame("unknown_type")
    return BadFrame("bad_field", field=".".join(str(part) for part in fault["loc"]), fault=kind)
