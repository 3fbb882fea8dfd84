"""The whole application on a real port in this process, for journeys: HTTP, both sockets, deadlines, every slice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from dispatch.access.commands import create_token
from dispatch.access.principal import Role
from dispatch.app import running_service
from dispatch.cli.serving import prepare
from dispatch.demo.stage import back_door, tokens
from dispatch.demo.watch import Watch
from dispatch.push.device import Device, Told
from gis_data.model import County, DutyMode
from runtime.database import Database
from runtime.ports import listen
from runtime.servers import Servers
from runtime.settings import load_settings
from tests.storage.small_county import small_county

PATIENCE_SECONDS = 60.0
Card = Mapping[str, Any]


class Tablet:
    """A unit's device that remembers what it was told; with `answers` it acknowledges every order at once."""

    def __init__(self, url: str, token: str, unit: str, *, answers: bool) -> None:
        self.unit = unit
        self.device = Device(url, token, self._hear)
        self.told: list[Told] = []
        self._answers = answers
        self._news = asyncio.Condition()

    async def _hear(self, told: Told) -> None:
        if self._answers and told.event == "order_dispatched":
            self.device.decide(told.data["assignment_id"])
        async with self._news:
            self.told.append(told)
            self._news.notify_all()

    async def hears(self, event: str, count: int = 1) -> Mapping[str, Any]:
        """The data of the n-th event of this type, when it has come."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            await self._news.wait_for(lambda: self.types.count(event) >= count)
        return [told for told in self.told if told.event == event][count - 1].data

    @property
    def types(self) -> list[str]:
        return [told.event for told in self.told]

    async def says(self, *statuses: str) -> None:
        for status in statuses:
            result = await self.device.status(self.unit, status)
            assert result.ok, result


class Console:
    """The board as a page sees it over its socket: cards by kind and id, replaced as whole cards."""

    def __init__(self) -> None:
        self.cards: dict[str, dict[str, Card]] = {}
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def hear(self, at: str, cards: Mapping[str, list[Card]]) -> None:
        for kind, changed in cards.items():
            self.cards.setdefault(kind, {}).update({card["id"]: card for card in changed})
        task = asyncio.create_task(self._notify())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _notify(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def until(self, check: Callable[[], Any]) -> Any:
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            return await self._news.wait_for(check)

    def incident(self, id: str) -> Card:
        return self.cards.get("incidents", {}).get(id, {})

    def assignments(self, incident: str) -> dict[str, Card]:
        """By unit; the newest where a unit was ordered twice."""
        mine = [c for c in self.cards.get("assignments", {}).values() if c["incident"] == incident]
        return {card["unit"]: card for card in sorted(mine, key=lambda c: str(c["dispatched_at"]))}

    async def sent(self, incident: str, *units: str) -> dict[str, Card]:
        """The assignments of an incident, once these units (or, with none named, any) are among them."""
        await self.until(lambda: (set(units) or {""}) <= {"", *self.assignments(incident)})
        if not units:
            await self.until(lambda: self.assignments(incident))
        return self.assignments(incident)

    async def unit_is(self, incident: str, unit: str, state: str) -> Card:
        await self.until(lambda: self.assignments(incident).get(unit, {}).get("state") == state)
        return self.assignments(incident)[unit]


@dataclass
class Whole:
    app: FastAPI
    url: str
    county: County
    db: Database
    http: httpx.AsyncClient  # without a token
    console: Console
    people: dict[Role, str]
    devices: dict[str, str]
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def call(
        self, method: str, path: str, body: Any = None, role: Role = Role.SUPERVISOR, **headers: str
    ) -> httpx.Response:
        headers["Authorization"] = f"Bearer {self.people[role]}"
        return await self.http.request(method, f"/api/v1{path}", json=body, headers=headers)

    async def get(self, path: str) -> Any:
        answer = await self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, status: tuple[int, ...] = (200, 201)) -> Any:
        answer = await self.call("POST", path, body)
        assert answer.status_code in status, (answer.status_code, answer.text)
        return answer.json()

    async def alarm(self, where: tuple[float, float] | str, **body: Any) -> str:
        """The incident of one alarm of a gateway."""
        place = {"text": where} if isinstance(where, str) else {"lon": where[0], "lat": where[1]}
        said = {"source": "119", "kind": "building", "location": place, **body}
        answer = await self.call("POST", "/alarms", said, Role.GATEWAY)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["incident_id"])

    async def tablet(self, unit: str, *, answers: bool = True) -> Tablet:
        """The unit's crew switch their device on."""
        tablet = Tablet(self.url, self.devices[unit], unit, answers=answers)
        self._tasks[unit] = asyncio.create_task(tablet.device.run())
        async with asyncio.timeout(PATIENCE_SECONDS):
            await tablet.device.connected.wait()
        return tablet

    async def task(self, unit: str) -> None:
        """Until the unit's device gives up for good; raises why."""
        await self._tasks[unit]

    async def tablets(self, *silent: str) -> dict[str, Tablet]:
        """Every device is on; those of the silent hear and say nothing."""
        return {unit: await self.tablet(unit, answers=unit not in silent) for unit in self.devices}

    async def off_duty(self, *units: str) -> None:
        for unit in units:
            await self.post(f"/units/{unit}/strength", {"crew": 0})

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


@asynccontextmanager
async def open_whole(
    folder: Path, servers: Servers, county: County, *, automatic: bool = True
) -> AsyncIterator[Whole]:
    """As `pianqu serve` does it, in this process."""
    settings = load_settings(data=folder / "data", automatic=automatic)
    await prepare(servers, county)
    listening = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with running_service(settings, servers, county) as app, back_door(servers) as db:
        config = uvicorn.Config(
            app, ws="websockets-sansio", log_level="error", lifespan="off", ws_ping_interval=None
        )
        server = uvicorn.Server(config)
        # As a server of its own would be, but without its signal handlers.
        serving = asyncio.create_task(server._serve([listening]))
        supervisor, devices = await tokens(db, county)
        people = {
            role: await create_token(db, county=county.code, role=role)
            for role in Role
            if role not in (Role.DEVICE, Role.MEMBER)
        }
        people[Role.SUPERVISOR] = supervisor
        console = Console()
        watch = Watch(url, supervisor)
        watching = asyncio.create_task(watch.run(console.hear))
        try:
            async with httpx.AsyncClient(base_url=url, timeout=30) as http:
                whole = Whole(app, url, county, db, http, console, people, devices)
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await watch.ready.wait()
                yield whole
                await whole.close()
        finally:
            watching.cancel()
            server.should_exit = server.force_exit = True
            with suppress(asyncio.CancelledError):
                await asyncio.wait([serving], timeout=10)
            serving.cancel()
            await asyncio.gather(serving, watching, return_exceptions=True)
            listening.close()


def county_with(patrol_seconds: float = 600.0) -> County:
    """W1-1 is on patrol and so the first to be sent in the west. No other deadline can run out in a test."""
    county = small_county()
    rule = next(rule for rule in county.deadlines if rule.acknowledge_seconds is not None)
    anybody = replace(
        rule, force="*", contact="*", duty_mode="*", delivery_seconds=None, acknowledge_seconds=600
    )
    telephone = replace(anybody, contact="telephone", acknowledge_seconds=None)
    patrol = replace(anybody, duty_mode=DutyMode.PATROL, acknowledge_seconds=patrol_seconds)
    units = tuple(
        replace(unit, duty_mode=DutyMode.PATROL) if unit.code == "W1-1" else unit for unit in county.units
    )
    return replace(
        county,
        units=units,
        deadlines=(telephone, patrol, anybody),
        digest=f"small-county-{patrol_seconds}",
    )
