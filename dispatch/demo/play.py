"""The demo from curtain to curtain: start everything, raise the alarms, tell what happens, report, serve on."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import httpx
import uvloop
from rich.console import Console

from dispatch.access.principal import Role
from dispatch.access.sessions import create_login_code
from dispatch.demo.dispatcher import Dispatcher
from dispatch.demo.duty import BEFORE_SECONDS, Duty
from dispatch.demo.duty_month import load_solver
from dispatch.demo.duty_plan import Plan, duty_plan
from dispatch.demo.measured import latencies
from dispatch.demo.narrator import Line, Story
from dispatch.demo.pace import Pace
from dispatch.demo.report import build_report, is_served
from dispatch.demo.road import edge_on_the_way
from dispatch.demo.scenario import Call, Scenario, night, random_calls
from dispatch.demo.shown import clock_text, shown
from dispatch.demo.stage import Service, back_door, choose_port, own_settings, tokens
from dispatch.demo.teams import Cast, Team
from dispatch.demo.watch import Watch
from dispatch.messages import Lang, text
from gis_data.model import County
from roster.files.book import read_book
from runtime.clock import utc_now
from runtime.database import Database
from runtime.encoding import to_json, utc_text
from runtime.servers import running_servers
from runtime.settings import Settings

LOG = logging.getLogger(__name__)
PATIENCE_SECONDS = 300.0
SEED = 140525
HANDOVER_SECONDS = 50.0  # from the publication: in the middle of the tale
TONES = {"alarm": "bold red", "warn": "yellow", "plain": None}


@dataclass(frozen=True, slots=True)
class Options:
    alarms: int
    speed: float
    once: bool
    report: Path | None
    lang: Lang
    port: int | None


def run_demo(settings: Settings, folder: Path, county: County, options: Options) -> int:
    """0 when every alarm was served, 1 when not."""
    with own_settings(settings, folder) as own, running_servers(own) as servers:
        service = Service(own, servers, choose_port(settings, options.port))

        async def act() -> int:
            book = read_book(county, folder)
            try:
                await asyncio.gather(service.start(), asyncio.to_thread(load_solver, book, utc_now().date()))
                async with back_door(servers) as db:
                    scenario = night(county)
                    # Off the loop: a month takes seconds.
                    plan = await asyncio.to_thread(
                        duty_plan, county, scenario, book, utc_now(), HANDOVER_SECONDS
                    )
                    return await _Demo(county, scenario, plan, options, service, db).run()
            finally:
                await service.stop()

        return uvloop.run(act())


class _Demo:
    def __init__(
        self,
        county: County,
        scenario: Scenario,
        plan: Plan | None,
        options: Options,
        service: Service,
        db: Database,
    ) -> None:
        self.county = county
        self.options = options
        self.service = service
        self.db = db
        # A file or a pipe has no width of its own; the table wants some.
        self.out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 170)
        self.scenario = scenario
        self.pace = Pace(speed=options.speed)
        self.story = Story(options.lang)
        self.duty = Duty(county, self.scenario, plan, self.story, self._tell)
        self.raised: defaultdict[str, asyncio.Future[str]] = defaultdict(asyncio.Future)  # scene → incident
        self.alarms = 0

    def say(self, code: str, **params: object) -> None:
        self.out.print(text(code, params, self.options.lang), markup=False)

    async def run(self) -> int:
        name = self.county.name.en if self.options.lang == "en" else self.county.name.zh
        person, devices = await tokens(self.db, self.county)
        self.say("demo.starting", county=name, devices=len(devices))
        if self.county.synthetic:
            self.say("demo.synthetic")
        first_of_station = {
            u.station: u.code for u in reversed(self.county.units) if u.code in devices
        }.values()
        cast, chance = Cast(self.scenario.scenes), Random(SEED)
        teams = [
            Team(
                self.service.url,
                token,
                unit,
                cast,
                self.pace,
                Random(chance.random()),
                leads=unit in first_of_station,
            )
            for unit, token in devices.items()
        ]
        await self.duty.publish(self.db)
        running = [asyncio.create_task(team.run()) for team in teams]
        headers = {"Authorization": f"Bearer {person}"}
        async with httpx.AsyncClient(base_url=self.service.url, headers=headers, timeout=30) as api:
            dispatcher = Dispatcher(api, self.story, self.pace, "模拟调度员")
            watch = Watch(self.service.url, person)
            watching = asyncio.create_task(watch.run(lambda at, cards: self._hear(dispatcher, at, cards)))
            try:
                await asyncio.wait_for(watch.ready.wait(), 30)
                for team in teams:
                    await asyncio.wait_for(team.device.connected.wait(), 60)
                await self.duty.call_the_roll(api)
                self.say("demo.ready", devices=len(teams), speed=f"{self.options.speed:g}")
                if not self.options.once:
                    await self._link("demo.watch_at")
                await self._raise_all(api, dispatcher, len(teams))
                await self.duty.await_handover()
                report = await self._report(await self._settle())
                for part in shown(report, self.story, self.options.lang):
                    self.out.print(part, markup=False)
                if not self.options.once:
                    calling = asyncio.create_task(self.duty.keep_calling(api))
                    running.append(calling)
                    await self._serve_on()
            finally:
                watching.cancel()
                await dispatcher.stop()
                for task in running:
                    task.cancel()
                await asyncio.gather(watching, *running, return_exceptions=True)
        return 0 if not report["unserved"] else 1

    def _hear(self, dispatcher: Dispatcher, at: str, cards: Any) -> None:
        before = {unit["code"]: self.story.units.get(unit["code"]) for unit in cards.get("units", ())}
        for line in self.story.tell(cards):
            self._print(at, line)
        self.duty.look(at, cards, before)
        dispatcher.look(cards)

    def _print(self, at: str, line: Line) -> None:
        said_line = f"{clock_text(at)}  {text(line.code, line.params, self.options.lang)}"
        self.out.print(said_line, style=TONES[line.tone], markup=False)

    def _tell(self, line: Line) -> None:
        self._print(utc_text(utc_now()), line)

    # ── raising alarms ─────────────────────────────────────────────────────────────────────────────────────

    async def _raise_all(self, api: httpx.AsyncClient, dispatcher: Dispatcher, units: int) -> None:
        every = self.pace.seconds_between_alarms(units)
        more = random_calls(
            self.county, self.options.alarms, every=every, start=self.scenario.random_from, seed=SEED
        )
        loop = asyncio.get_running_loop()
        start = loop.time()
        moves = [asyncio.create_task(self._relocate(dispatcher, start))]
        moves.append(asyncio.create_task(self._close_bridge(api, start)))
        raising = []
        for call in (*self.scenario.calls, *more):
            if call.after >= BEFORE_SECONDS and call.scene not in self.raised:
                await asyncio.sleep(max(0.0, start + call.after - BEFORE_SECONDS - loop.time()))
                await self.duty.before_call(api, call.scene)
            await asyncio.sleep(max(0.0, start + call.after - loop.time()))
            raising.append(asyncio.create_task(self._raise(api, call)))
        await asyncio.gather(*raising, *moves)

    async def _raise(self, api: httpx.AsyncClient, call: Call) -> None:
        body = {**call.body, "source_id": f"demo-{call.scene}-{call.after:.3f}"}
        answer = await api.post(
            "/api/v1/alarms", json=body, headers={"Idempotency-Key": f"demo-{call.scene}-{call.after:.3f}"}
        )
        answer.raise_for_status()
        self.alarms += 1
        if not self.raised[call.scene].done():
            self.raised[call.scene].set_result(answer.json()["incident_id"])
        self.duty.is_about(call.scene, answer.json()["incident_id"])

    async def _relocate(self, dispatcher: Dispatcher, start: float) -> None:
        loop = asyncio.get_running_loop()
        for move in self.scenario.relocations:
            call = next(c for c in self.scenario.calls if c.scene == move.scene)
            await asyncio.sleep(max(0.0, start + call.after + move.seconds - loop.time()))
            incident = await self.raised[move.scene]
            await dispatcher.relocate(incident, move.lon, move.lat)

    async def _close_bridge(self, api: httpx.AsyncClient, start: float) -> None:
        """Close a bridge (in a county without one: a road) on the way from the station nearest by air."""
        place = self.scenario.closed_bridge_at
        if place is None:
            return
        edge = await asyncio.to_thread(edge_on_the_way, self.county, place)
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, start + self.scenario.closed_bridge_after - loop.time()))
        if edge is None:
            return
        body = {"edges": [edge[0]], "factor": 0.0, "reason": f"{edge[1]} 桥面塌陷"}
        answer = await api.post("/api/v1/roads/conditions", json=body)
        if answer.is_error:
            LOG.warning("closing %s: %s", edge[0], answer.text)

    # ── waiting, reporting ─────────────────────────────────────────────────────────────────────────────────

    async def _settle(self) -> list[dict[str, Any]]:
        """The incidents, when every alarm is among them, all are served and nobody is driving any more; or when
        patience ends. The board goes on changing: what is reported is what was judged."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE_SECONDS
        while True:
            documents = self._documents()
            busy = any(
                a["state"] in ("dispatched", "delivered", "acknowledged", "en_route")
                for one in documents
                for a in one["assignments"]
            )
            heard = sum(one["alarms"] for one in documents) >= self.alarms
            if heard and not busy and all(is_served(one) for one in documents):
                return documents
            if loop.time() > end:
                return documents
            await asyncio.sleep(1.0)

    def _documents(self) -> list[dict[str, Any]]:
        """The incidents of this demo with their assignments, from the board that it has followed."""
        of: dict[str, list[dict[str, Any]]] = {}
        for assignment in self.story.assignments.values():
            of.setdefault(assignment["incident"], []).append(dict(assignment))
        return [
            {**incident, "assignments": of.get(id, [])}
            for id, incident in self.story.incidents.items()
            if incident["status"] != "merged"
        ]

    async def _report(self, documents: list[dict[str, Any]]) -> dict[str, Any]:
        measured = await latencies(self.db, self.county.code)
        document = build_report(
            {"code": self.county.code, "name": self.county.name.zh, "synthetic": self.county.synthetic},
            documents,
            alarms=self.alarms,
            alarm_to_dispatch_ms=measured.alarm_to_dispatch_ms,
            dispatch_to_device_ms=measured.dispatch_to_device_ms,
            roster=self.duty.report(),
        )
        if self.options.report is not None:
            self.options.report.write_text(to_json(document) + "\n", encoding="utf-8")
        return document

    async def _link(self, code: str) -> None:
        """Print a link that lets one person in, once."""
        secret = await create_login_code(
            self.db, county=self.county.code, role=Role.SUPERVISOR, name="值班长", actor="demo"
        )
        self.say(code, link=f"{self.service.url}/#login={secret}")
        sys.stdout.flush()

    async def _serve_on(self) -> None:
        """Until the service ends or somebody ends us; Enter prints a fresh link."""
        await self._link("demo.console_at")
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        if sys.stdin.isatty():
            loop.add_reader(sys.stdin.fileno(), _entered, asked)
        ended = asyncio.create_task(self.service.ended())
        while not ended.done():
            asking = asyncio.create_task(asked.wait())
            await asyncio.wait({ended, asking}, return_when=asyncio.FIRST_COMPLETED)
            if asked.is_set():
                asked.clear()
                await self._link("demo.console_at")
            asking.cancel()


def _entered(asked: asyncio.Event) -> None:
    sys.stdin.readline()
    asked.set()
