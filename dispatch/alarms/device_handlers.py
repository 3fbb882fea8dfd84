"""What a device's socket receives, as commands: orders delivered, decisions, statuses. One per process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from dispatch.access.problem import Problem
from dispatch.alarms.answer import Said, report, stands
from dispatch.alarms.assignment_store import load_assignment, open_for_device
from dispatch.alarms.deliveries import Deliveries
from dispatch.alarms.desk import Desk
from dispatch.alarms.incident import Report
from dispatch.alarms.incident_store import load_incident
from dispatch.alarms.progress import unit_reported
from dispatch.alarms.tell import order_brief
from dispatch.duty.attendance import answer_rollcall
from dispatch.duty.rollcall import Answer, State
from dispatch.duty.rollcall_show import station_rollcalls
from dispatch.push.frames import SeatAnswer
from dispatch.push.handlers import DeviceIdentity
from runtime.database import Work
from runtime.idempotency import run_once
from runtime.journal import Head, heads

Decision = Literal["acknowledge", "unable", "declined"]
_REPORTS: dict[str, Report] = {
    "acknowledge": Report.ACKNOWLEDGE,
    "unable": Report.UNABLE,
    "declined": Report.DECLINE,
}


class PositionTaker(Protocol):
    """`dispatch.forces.tracking.Tracking`."""

    async def report(self, key: str, lon: float, lat: float, crs: str, at: datetime | None) -> Any: ...


class AlarmDeviceHandlers:
    """Implements dispatch.push.handlers.DeviceHandlers for one county."""

    def __init__(self, desk: Desk, positions: PositionTaker) -> None:
        self._desk = desk
        self._positions = positions
        self._deliveries = Deliveries(desk)

    async def snapshot(self, device: DeviceIdentity) -> tuple[Head, Mapping[str, Any]]:
        """The open orders of its units, and the sequence that they are true of."""
        county = self._desk.county.code
        stream = device.stream
        async with self._desk.db.reading() as conn:
            head = (await heads(conn, [stream]))[stream]
            orders = []
            for assignment, due_at in await open_for_device(conn, county, device.station, device.unit):
                incident = await load_incident(conn, county, assignment.incident)
                if incident is not None:
                    orders.append(order_brief(incident, assignment, due_at))
            rollcalls = await station_rollcalls(conn, county, device.station, await self._desk.db.clock(conn))
        return head, {"orders": orders, "rollcalls": rollcalls}

    async def delivered(self, device: DeviceIdentity, seq: int) -> None:
        """A cumulative acknowledgement; it returns when it is stored."""
        await self._deliveries.take(device, seq)

    async def decide(
        self,
        device: DeviceIdentity,
        command_id: str,
        assignment: UUID,
        decision: Decision,
        cause: str | None,
    ) -> Mapping[str, Any]:
        by = device.stream

        async def act(work: Work) -> dict[str, Any]:
            row = await load_assignment(work.conn, self._desk.county.code, assignment)
            if row is None or not _serves(device, row.station, row.unit_code):
                raise Problem(404, "no_assignment", {"id": str(assignment)})
            said = Said(_REPORTS[decision], by=by, via="device", cause=cause)
            return await stands(self._desk, work, await report(self._desk, work, assignment, said))

        return await run_once(
            self._desk.db,
            county=self._desk.county.code,
            actor=by,
            id=command_id,
            kind="decide",
            request={"assignment": str(assignment), "decision": decision, "cause": cause},
            act=act,
        )

    async def status(
        self, device: DeviceIdentity, command_id: str, unit: str, status: str, at: datetime | None
    ) -> Mapping[str, Any]:
        by = device.stream
        self._must_serve(device, unit)

        async def act(work: Work) -> dict[str, Any]:
            return dict(await unit_reported(self._desk, work, unit, status, by=by, via="device", at=at))

        return await run_once(
            self._desk.db,
            county=self._desk.county.code,
            actor=by,
            id=command_id,
            kind="status",
            request={"unit": unit, "status": status, "at": at},
            act=act,
        )

    async def rollcall(
        self,
        device: DeviceIdentity,
        command_id: str,
        team: str,
        day: date,
        shift: str,
        answers: Sequence[SeatAnswer],
    ) -> Mapping[str, Any]:
        county = self._desk.county.code

        async def act(work: Work) -> dict[str, Any]:
            told = [
                Answer(one.seat, State(one.state), one.person, one.cause, one.back_by, one.now)
                for one in answers
            ]
            card = await answer_rollcall(
                work, county, team, day, shift, told, by=device.stream, station=device.station
            )
            return {"rollcall": card}

        request = {"team": team, "day": day.isoformat(), "shift": shift, "answers": list(answers)}
        return await run_once(
            self._desk.db,
            county=county,
            actor=device.stream,
            id=command_id,
            kind="rollcall",
            request=request,
            act=act,
        )

    async def position(
        self,
        device: DeviceIdentity,
        unit: str,
        lon: float,
        lat: float,
        crs: str,
        at: datetime | None,
    ) -> None:
        self._must_serve(device, unit)
        await self._positions.report(unit, lon, lat, crs, at)

    def _must_serve(self, device: DeviceIdentity, unit: str) -> None:
        station = next((u.station for u in self._desk.county.units if u.code == unit), None)
        if station is None or not _serves(device, station, unit):
            raise Problem(403, "not_its_unit", {"unit": unit})


def _serves(device: DeviceIdentity, station: str, unit: str) -> bool:
    """A device speaks for its own unit, or for every unit of its station."""
    return device.station == station and device.unit in (None, unit)
