"""The device client against a real service: cut, half-open, restarted, offline; nothing lost, nothing doubled."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from dispatch.access.principal import Role
from dispatch.access.problem import Problem
from dispatch.push import sockets
from dispatch.push.device import Device, DeviceRefused, Told
from runtime.database import Database
from runtime.ports import free_port
from tests.journeys.socket_house import PATIENCE_SECONDS, House, open_house, talking
from tests.storage.access_rows import make_county


class Listener:
    """Keeps what a device was told and lets a test wait for it."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self._news = asyncio.Condition()

    async def __call__(self, told: Told) -> None:
        async with self._news:
            self.told.append(told)
            self._news.notify_all()

    @property
    def sequences(self) -> list[int]:
        return [told.seq for told in self.told if told.event != "snapshot"]

    async def until(self, seq: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            await self._news.wait_for(lambda: bool(self.told) and self.told[-1].seq >= seq)


@asynccontextmanager
async def running(device: Device) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(device.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def connected(device: Device) -> str:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await device.connected.wait()
    return f"device/{device.identity['device']}"


@pytest.fixture
async def house(db: Database) -> AsyncIterator[House]:
    await make_county(db)
    async with open_house(db) as made:
        yield made


@pytest.fixture
async def tablet(house: House) -> str:
    return await house.token(Role.DEVICE, "bagong")


def order(state: str = "dispatched", id: str = "") -> dict[str, object]:
    return {"assignment_id": id or str(uuid4()), "unit": "bagong-1", "state": state}


async def test_an_order_is_kept_acknowledged_answered_and_gone_when_it_ends(
    house: House, tablet: str
) -> None:
    listener = Listener()
    device = Device(house.url, tablet, listener)
    async with running(device):
        stream = await connected(device)
        sent = order()
        await house.tell(stream, "order_dispatched", **sent)
        await listener.until(2)
        assert list(device.orders) == [sent["assignment_id"]]
        result = await device.decide(str(sent["assignment_id"]))
        assert result.ok
        await house.tell(stream, "order_recalled", **{**sent, "state": "recalled"})
        await listener.until(3)
        assert device.orders == {}
        await house.crews.until(lambda: 3 in house.crews.delivered_to.values())


async def test_a_connection_cut_again_and_again_loses_and_doubles_nothing(house: House, tablet: str) -> None:
    listener, chance = Listener(), random.Random(7)
    device = Device(house.url, tablet, listener, chance=chance)
    async with running(device):
        stream = await connected(device)

        async def write() -> None:
            for n in range(60):
                await house.tell(stream, "bell_rung", n=n)

        async def cut() -> None:
            while device.connections < 6:
                await connected(device)
                before = device.connections
                await device.hang_up()
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while device.connections == before:  # noqa: ASYNC110 (the client has no event for it)
                        await asyncio.sleep(0.01)

        await asyncio.gather(write(), write(), cut())
        await listener.until(121)
    assert listener.sequences == list(range(2, 122))
    assert [told.event for told in listener.told].count("snapshot") == 1


async def test_a_service_that_is_killed_and_comes_back_delivers_the_rest(db: Database) -> None:
    await make_county(db)
    port, listener = free_port(), Listener()
    async with open_house(db, port=port) as first:
        device = Device(first.url, await first.token(Role.DEVICE, "bagong"), listener)
        running_device = running(device)
        await running_device.__aenter__()
        stream = await connected(device)
        await first.tell(stream, "bell_rung", n=0)
        await listener.until(2)
    for n in range(1, 4):
        await first.tell(stream, "bell_rung", n=n)
    async with open_house(db, port=port):
        await listener.until(5)
    await running_device.__aexit__(None, None, None)
    assert listener.sequences == [2, 3, 4, 5]


async def test_statuses_from_a_dead_spot_arrive_in_order_with_their_own_times(db: Database) -> None:
    await make_county(db)
    port = free_port()
    async with open_house(db) as elsewhere:
        token = await elsewhere.token(Role.DEVICE, "bagong")
    device = Device(f"http://127.0.0.1:{port}", token)
    times = [datetime(2026, 11, 22, 8, minute, tzinfo=UTC) for minute in (1, 7, 40)]
    async with running(device):
        waiting = [
            device.status("bagong-1", status, at)
            for status, at in zip(("en_route", "on_scene", "cleared"), times, strict=True)
        ]
        assert device.unsent == 3
        async with open_house(db, port=port) as house, asyncio.timeout(PATIENCE_SECONDS):
            assert all(result.ok for result in await asyncio.gather(*waiting))
            assert house.crews.heard == [
                ("status", "bagong-1", status, at.isoformat())
                for status, at in zip(("en_route", "on_scene", "cleared"), times, strict=True)
            ]
        assert device.unsent == 0


async def test_a_device_that_restarts_keeps_its_place_its_orders_and_its_unsent_answers(
    house: House, tablet: str, tmp_path: Path
) -> None:
    file, listener = tmp_path / "平板.json", Listener()
    device = Device(house.url, tablet, listener, file=file)
    async with running(device):
        stream = await connected(device)
        sent = order()
        await house.tell(stream, "order_dispatched", **sent)
        await listener.until(2)
    device.decide(str(sent["assignment_id"]))  # said, and the battery is empty
    await house.tell(stream, "bell_rung", **sent)

    listener = Listener()
    again = Device(house.url, tablet, listener, file=file)
    assert list(again.orders) == [sent["assignment_id"]]
    async with running(again):
        await listener.until(3)
        assert [told.event for told in listener.told] == ["bell_rung"]
        await house.crews.until(lambda: len(house.crews.heard) == 1)


async def test_a_damaged_file_costs_a_snapshot_and_nothing_else(
    house: House, tablet: str, tmp_path: Path
) -> None:
    file, listener = tmp_path / "device.json", Listener()
    file.write_text('{"position": {"stream"')
    async with running(Device(house.url, tablet, listener, file=file)):
        await listener.until(1)
    assert [told.event for told in listener.told] == ["snapshot"]


async def test_a_command_the_service_could_not_work_on_is_sent_again(house: House, tablet: str) -> None:
    device = Device(house.url, tablet)
    async with running(device), asyncio.timeout(PATIENCE_SECONDS):
        await connected(device)
        house.crews.refuse_with = Problem(503, "unavailable")
        assert (await device.status("bagong-1", "en_route")).ok


async def test_a_refusal_is_given_to_whoever_asked(house: House, tablet: str) -> None:
    device = Device(house.url, tablet)
    async with running(device), asyncio.timeout(PATIENCE_SECONDS):
        await connected(device)
        house.crews.refuse_with = Problem(404, "no_assignment", {"id": "x"})
        result = await device.decide(uuid4())
        assert (result.ok, result.code) == (False, "no_assignment")


async def test_only_the_newest_fix_is_sent(house: House, tablet: str) -> None:
    device = Device(house.url, tablet)
    device.position("bagong-1", 112.8, 35.6)
    device.position("bagong-1", 112.9, 35.7)
    async with running(device):
        await house.crews.until(lambda: len(house.crews.heard) == 1)
        await device.status("bagong-1", "en_route")
    assert [said[0] for said in house.crews.heard] == ["position", "status"]


async def test_a_device_that_is_not_wanted_stops_asking(house: House, tablet: str) -> None:
    with pytest.raises(DeviceRefused, match="unauthorized"):
        await Device(house.url, "pq_unknown").run()
    device = Device(house.url, tablet)
    async with running(device) as task:
        await connected(device)
        async with talking(house) as newer:
            await newer.hello(tablet)
            async with asyncio.timeout(PATIENCE_SECONDS):
                with pytest.raises(DeviceRefused, match="fenced"):
                    await task


class Tunnel:
    """A TCP proxy that can swallow everything while both ends believe that they are connected."""

    def __init__(self, target: str) -> None:
        self._host, self._port = urlsplit(target).hostname, urlsplit(target).port
        self.swallows = False
        self.connections = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._carry, "127.0.0.1", free_port())
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        server.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        mine = self.connections
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            try:
                while data := await source.read(65536):
                    if not (self.swallows and mine == 1):
                        sink.write(data)
                        await sink.drain()
            except ConnectionError:
                pass
            sink.close()

        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))


async def test_a_half_open_connection_is_noticed_and_replaced(
    house: House, tablet: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sockets, "HEARTBEAT_SECONDS", 0.2
    )  # the client gives up after two and a half of these
    tunnel, listener = Tunnel(house.url), Listener()
    async with tunnel.open() as url, running(Device(url, tablet, listener)) as _:
        await listener.until(1)
        tunnel.swallows = True
        async with house.db.pool.acquire() as conn:
            device = await conn.fetchval("select id from device")
        await house.tell(f"device/{device}", "bell_rung")
        await listener.until(2)
    assert tunnel.connections == 2
    assert listener.sequences == [2]
