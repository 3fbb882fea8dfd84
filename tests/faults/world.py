"""A county at work: the service as a process of its own, callers who insist, crews on real devices."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import httpx
import psutil
from websockets.asyncio.client import ClientConnection, connect

from dispatch.demo.stage import Service, back_door, tokens
from dispatch.push.device import Device, Told
from gis_data.folder import read_county, write_county
from gis_data.model import County
from runtime.database import TROUBLE, Database
from runtime.ports import free_port
from runtime.servers import Servers
from runtime.settings import load_settings
from tests.journeys.socket_house import Talk
from tests.storage.small_county import COLUMNS, ROWS, node, small_county

PATIENCE_SECONDS = 90.0
TRY_AGAIN = frozenset({502, 503, 504})


async def until(what: str, check: Callable[[], Awaitable[Any]], seconds: float = PATIENCE_SECONDS) -> Any:
    """Ask again and again until the answer is true; a failing database is asked again, too."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    last: object = None
    while loop.time() < end:
        try:
            last = await check()
        except (httpx.TransportError, *TROUBLE) as trouble:
            last = trouble
        else:
            if last:
                return last
        await asyncio.sleep(0.05)
    raise AssertionError(f"not within {seconds:g} s: {what}; last seen: {last!r}")


class Crew:
    """A team with its device: acknowledges every order at once, goes through the statuses, is free again."""

    def __init__(self, url: str, token: str, unit: str, chance: Random, *, answers: bool = True) -> None:
        self.unit = unit
        self.device = Device(url, token, self._hear, chance=chance)
        self.answers = answers
        self.heard: list[Told] = []
        self._chance = chance
        self._missions: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        try:
            await self.device.run()
        finally:
            for mission in self._missions.values():
                mission.cancel()

    def check_gapless(self) -> None:
        """What the device was told is a snapshot and then every sequence after it, each once."""
        expected: int | None = None
        for told in self.heard:
            assert told.event == "snapshot" or expected in (None, told.seq), (self.unit, told.seq, expected)
            expected = told.seq + 1

    async def _hear(self, told: Told) -> None:
        self.heard.append(told)
        orders = {"order_dispatched": (told.data,), "snapshot": told.data.get("orders", ())}
        for order in orders.get(told.event, ()):
            id = str(order["assignment_id"])
            if self.answers and id not in self._missions:
                self._missions[id] = asyncio.create_task(self._serve(id))

    async def _serve(self, assignment: str) -> None:
        await self.device.decide(assignment)
        for status in ("en_route", "on_scene", "returning", "standby"):
            await asyncio.sleep(self._chance.uniform(0.05, 0.4))  # driving, working: nothing waits for this
            await self.device.status(self.unit, status)


@dataclass
class Callers:
    """Raise alarms, each with an id of its own, until each has an answer. `answered` by source id."""

    url: str
    token: str
    chance: Random
    answered: dict[str, dict[str, Any]] = field(default_factory=dict)
    attempts: int = 0
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def call(self, count: int, *, at_once: int = 6) -> None:
        """So many more alarms, several at a time."""
        numbers = iter(range(len(self.answered), len(self.answered) + count))

        async def caller() -> None:
            async with httpx.AsyncClient(base_url=self.url, timeout=10) as http:
                for number in numbers:
                    await self._insist(http, number)

        await asyncio.gather(*(caller() for _ in range(at_once)))

    async def until_answered(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            await self._news.wait_for(lambda: len(self.answered) >= count)

    def _alarm(self, number: int) -> dict[str, Any]:
        place = Random(number)
        lon, lat = node(place.randrange(COLUMNS - 1), place.randrange(ROWS))
        return {
            "source": "119",
            "source_id": f"call-{number}",
            "kind": place.choice(("building", "building", "vehicle", "vegetation", "rescue")),
            "location": {
                "lon": lon + place.uniform(-0.004, 0.004),
                "lat": lat + place.uniform(-0.004, 0.004),
            },
            "trapped": place.choice((0, 0, 0, 1)),
        }

    async def _insist(self, http: httpx.AsyncClient, number: int) -> None:
        body = self._alarm(number)
        headers = {"Authorization": f"Bearer {self.token}"}
        if number % 2:  # some senders know the header, others only their own message id
            headers["Idempotency-Key"] = body["source_id"]
        while True:
            self.attempts += 1
            try:
                answer = await http.post("/api/v1/alarms", json=body, headers=headers)
            except httpx.TransportError:
                await asyncio.sleep(self.chance.uniform(0.02, 0.2))
                continue
            if answer.status_code in TRY_AGAIN:
                await asyncio.sleep(self.chance.uniform(0.02, 0.2))
                continue
            assert answer.status_code == 201, (answer.status_code, answer.text)
            async with self._news:
                self.answered[body["source_id"]] = answer.json()
                self._news.notify_all()
            return


class Tablet(Talk):
    """A device that says and hears bare frames, after its welcome."""

    def __init__(self, socket: ClientConnection, welcome: dict[str, Any]) -> None:
        super().__init__(socket)
        self.welcome = welcome

    async def order(self) -> dict[str, Any]:
        """The next order; other events are let pass."""
        while True:
            frame = await self.hear("event")
            if frame["event"] == "order_dispatched":
                return dict(frame["data"])


@dataclass
class World:
    """Everything that a fault may hit. `crews` by unit; `db` is a way in that the service knows nothing of."""

    county: County
    service: Service
    db: Database
    api: httpx.AsyncClient
    callers: Callers
    crews: dict[str, Crew]
    tokens: dict[str, str]
    log: Path
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def join(self, unit: str, *, answers: bool = True) -> Crew:
        """A crew switches its device on."""
        crew = self.crews[unit] = Crew(self.url, self.tokens[unit], unit, Random(unit), answers=answers)
        self.tasks.append(asyncio.create_task(crew.run(), name=unit))
        return crew

    @asynccontextmanager
    async def talking(self, unit: str) -> AsyncIterator[Tablet]:
        """The bare frames of a unit's device, for what a proper client never does."""
        url = "ws" + self.url.removeprefix("http") + "/ws/device"
        async with connect(url, compression=None, proxy=None, ping_interval=None, close_timeout=1) as socket:
            talk = Talk(socket)
            yield Tablet(socket, await talk.hello(self.tokens[unit]))

    async def alarm(self, at: tuple[float, float], **body: Any) -> str:
        """The incident of one alarm that nothing goes wrong with."""
        said = {"source": "119", "kind": "building", "location": {"lon": at[0], "lat": at[1]}, **body}
        answer = await self.api.post("/api/v1/alarms", json=said)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["incident_id"])

    async def assignments(self, incident: str, unit: str = "", state: str = "") -> list[dict[str, Any]]:
        """As the service tells them."""
        answer = await self.api.get(f"/api/v1/incidents/{incident}")
        answer.raise_for_status()
        return [
            card
            for card in answer.json()["assignments"]
            if unit in ("", card["unit"]) and state in ("", card["state"])
        ]

    @property
    def url(self) -> str:
        return self.service.url

    @property
    def pid(self) -> int:
        assert self.service.process is not None
        return self.service.process.pid

    def workers(self) -> list[psutil.Process]:
        """The living processes below the service's own that serve."""
        return [
            child
            for child in psutil.Process(self.pid).children()
            if child.status() != psutil.STATUS_ZOMBIE and "spawn_main" in " ".join(child.cmdline())
        ]

    async def kill(self) -> None:
        await self.service.stop(signal.SIGKILL)

    async def all_connected(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            for crew in self.crews.values():
                await crew.device.connected.wait()

    async def settled(self) -> None:
        """Until nothing waits to be done (also what was put off), and every order to a device is delivered."""
        await until("everything due is done, every order delivered", self._is_settled)

    async def _is_settled(self) -> bool:
        waiting = await self.rows(
            "select a.id from assignment a join unit u on u.id = a.unit "
            "where a.state = 'dispatched' and u.code = any($1::text[])",
            list(self.crews),
        )
        due = await self.rows(
            "select kind from timer where done_at is null and "
            "(due_at <= clock_timestamp() or kind not in ('delivery', 'acknowledge'))"
        )
        return not waiting and not due

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        async with self.db.pool.acquire() as conn:
            return list(await conn.fetch(sql, *args))


@asynccontextmanager
async def open_world(
    folder: Path,
    servers: Servers,
    *,
    county: County | None = None,
    absent: Iterable[str] = (),
    automatic: bool = True,
) -> AsyncIterator[World]:
    """The small county, served by a real process on these servers, with a crew on every device."""
    write_county(county or small_county(), folder / "county")
    here = read_county(folder / "county")
    settings = load_settings(data=folder / "service", county=folder / "county", automatic=automatic)
    settings.data.mkdir(exist_ok=True)
    service = Service(settings, servers, free_port())
    async with AsyncExitStack() as stack:
        stack.push_async_callback(service.stop)
        await service.start()
        db = await stack.enter_async_context(back_door(servers))
        person, devices = await tokens(db, here)
        api = await stack.enter_async_context(
            httpx.AsyncClient(base_url=service.url, headers={"Authorization": f"Bearer {person}"}, timeout=20)
        )
        callers = Callers(service.url, person, Random(7))
        world = World(here, service, db, api, callers, {}, devices, settings.data / "service.log")
        stack.push_async_callback(_stop, world.tasks)
        for unit in devices.keys() - set(absent):
            world.join(unit)
        await world.all_connected()
        yield world


async def _stop(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def with_url(servers: Servers, database_url: str) -> Servers:
    """The shared servers with a database of the test's own."""
    return replace(servers, database_url=database_url)
