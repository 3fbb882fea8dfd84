"""What push asks of the floors above it: handed in by the composition root, so that sockets know no alarms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from dispatch.access.principal import Principal
from dispatch.push.frames import SeatAnswer
from runtime.journal import Head

Decision = Literal["acknowledge", "unable", "declined"]


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """`unit` None: it speaks for every unit of its station."""

    id: UUID
    county: str
    name: str
    station: str
    unit: str | None

    @property
    def stream(self) -> str:
        return f"device/{self.id}"


class DeviceHandlers(Protocol):
    """Commands raise `Problem` to refuse; whatever they return is what stands now."""

    async def snapshot(self, device: DeviceIdentity) -> tuple[Head, Mapping[str, Any]]:
        """The open orders of its units, and the head of its stream at that same moment."""
        ...

    async def delivered(self, device: DeviceIdentity, seq: int) -> None:
        """The device has kept everything up to `seq`. May be said again, also for less."""
        ...

    async def decide(
        self,
        device: DeviceIdentity,
        command_id: str,
        assignment: UUID,
        decision: Decision,
        cause: str | None,
    ) -> Mapping[str, Any]: ...

    async def status(
        self, device: DeviceIdentity, command_id: str, unit: str, status: str, at: datetime | None
    ) -> Mapping[str, Any]: ...

    async def rollcall(
        self,
        device: DeviceIdentity,
        command_id: str,
        team: str,
        day: date,
        shift: str,
        answers: Sequence[SeatAnswer],
    ) -> Mapping[str, Any]:
        """What the roll call says now."""
        ...

    async def position(
        self, device: DeviceIdentity, unit: str, lon: float, lat: float, crs: str, at: datetime
    ) -> None: ...


class ConsoleHandlers(Protocol):
    async def snapshot(self, principal: Principal) -> tuple[Head, Mapping[str, Any]]:
        """The board, and the head of the county's stream at that same moment."""
        ...
