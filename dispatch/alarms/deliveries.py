"""What devices acknowledge in the same moment, written together: one transaction for each incident."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from dispatch.alarms.answer import Said, report
from dispatch.alarms.assignment_store import AckedOrder, orders_newly_acked, save_acked
from dispatch.alarms.desk import Desk
from dispatch.alarms.incident import Report
from dispatch.push.handlers import DeviceIdentity
from runtime.database import Work


@dataclass(slots=True, eq=False)
class _Acked:
    device: DeviceIdentity
    seq: int
    stored: asyncio.Future[None]


class Deliveries:
    """The deliveries of one process. An incident's ten units acknowledge within a few milliseconds; one after the
    other, each in a transaction of its own, the last would wait for nine commits, and every other command too."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: list[_Acked] = []
        self._writer: asyncio.Task[None] | None = None

    async def take(self, device: DeviceIdentity, seq: int) -> None:
        """Returns when the cumulative acknowledgement is stored; raises what kept it from being stored."""
        acked = _Acked(device, seq, asyncio.get_running_loop().create_future())
        self._waiting.append(acked)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await acked.stored

    async def _write(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting, []
            try:
                failed = await self._store(together)
            except Exception as error:  # noqa: BLE001 (whoever waits for the outcome is told of it)
                failed = {acked.device.id: error for acked in together}
            except BaseException:
                for acked in together:
                    acked.stored.cancel()
                raise
            for acked in together:
                if acked.stored.done():
                    continue
                error_of = failed.get(acked.device.id)
                if error_of is None:
                    acked.stored.set_result(None)
                else:
                    acked.stored.set_exception(error_of)

    async def _store(self, together: Sequence[_Acked]) -> dict[UUID, Exception]:
        """Errors by device. Each transaction is about one incident; an acknowledgement is kept in the transaction of
        the last order it covers, so that a crash in between repeats it and loses nothing. What fails together is
        tried again tablet by tablet, so that one broken order holds up no other."""
        desk = self._desk
        upto: dict[UUID, tuple[DeviceIdentity, int]] = {}
        for acked in together:
            before = upto.get(acked.device.id)
            upto[acked.device.id] = (acked.device, max(acked.seq, before[1] if before else 0))
        async with desk.db.pool.acquire() as conn:
            orders = await orders_newly_acked(
                conn,
                desk.county.code,
                [(device.id, device.stream, seq) for device, seq in upto.values()],
            )
        groups = by_incident(orders)
        left = {order.device: 0 for order in orders}
        for group in groups:
            for device in {order.device for order in group}:
                left[device] += 1
        failed: dict[UUID, Exception] = {}
        kept = {device for device, count in left.items() if count == 0}
        while groups:
            group = groups.pop(0)
            here = {order.device for order in group}
            last = {device for device in here if left[device] == 1 and device not in failed}
            try:
                async with desk.db.work() as work:
                    for order in group:
                        assert order.assignment is not None
                        said = Said(Report.DELIVER, by=upto[order.device][0].stream, via="device")
                        await report(desk, work, order.assignment, said)
                    await self._keep(work, upto, last | kept)
            except Exception as error:  # noqa: BLE001 (told to whom it concerns; the others' orders are stored)
                if len(here) > 1:
                    alone = [[order for order in group if order.device == device] for device in sorted(here)]
                    groups = alone + groups
                    continue
                failed |= dict.fromkeys(here, error)
            else:
                kept = set()
            for device in here:
                left[device] -= 1
        if kept:
            async with desk.db.work() as work:
                await self._keep(work, upto, kept)
        return failed

    async def _keep(
        self, work: Work, upto: dict[UUID, tuple[DeviceIdentity, int]], devices: Iterable[UUID]
    ) -> None:
        rows = sorted((device, upto[device][1]) for device in devices)
        await save_acked(work.conn, rows, work.now)


def by_incident(orders: Sequence[AckedOrder]) -> list[list[AckedOrder]]:
    """Orders by incident, always in the same order, so that no two processes lock assignments crosswise."""
    found: dict[UUID, list[AckedOrder]] = {}
    for order in sorted(orders, key=lambda o: (str(o.incident), str(o.assignment), str(o.device))):
        if order.incident is not None:
            found.setdefault(order.incident, []).append(order)
    return list(found.values())
