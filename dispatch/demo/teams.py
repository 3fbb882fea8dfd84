"""Simulated teams: one real device client a unit, over a real websocket, with the patience of people."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from dispatch.alarms.triage import metres_between
from dispatch.demo.duty_plan import answers_for, is_open
from dispatch.demo.pace import Pace, along
from dispatch.demo.scenario import Behaviour, Scene
from dispatch.push.device import Device, DeviceRefused, Told
from dispatch.push.frames import SeatAnswer

LOG = logging.getLogger(__name__)
CAUSE = "vehicle_fault"
SHORTEST_WATCHED_SECONDS = 5.0


class Cast:
    """Who plays which part: at a scene, the first team that is ordered behaves as the tale wants, once."""

    def __init__(self, scenes: Sequence[Scene]) -> None:
        self._open = [scene for scene in scenes if scene.behaviour is not Behaviour.READY]

    def behaviour_at(self, lon: float, lat: float) -> Behaviour:
        for scene in self._open:
            if metres_between(lon, lat, scene.lon, scene.lat) <= scene.metres:
                self._open.remove(scene)
                return scene.behaviour
        return Behaviour.READY


class Team:
    """One unit with its device: acknowledges, drives, works, comes home; or does not, when its part says so."""

    def __init__(
        self, url: str, token: str, unit: str, cast: Cast, pace: Pace, random: Random, *, leads: bool
    ) -> None:
        self.unit = unit
        self.leads = leads  # the first of its station also answers for the watch room's seats
        self.device = Device(url, token, self._hear)
        self._cast = cast
        self._pace = pace
        self._random = random
        self._missions: dict[str, asyncio.Task[None]] = {}
        self._answering: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled."""
        try:
            await self.device.run()
        except DeviceRefused as refused:
            LOG.warning("%s: %s", self.unit, refused)
        finally:
            for task in (*self._missions.values(), *self._answering):
                task.cancel()

    async def _hear(self, told: Told) -> None:
        orders: Sequence[Mapping[str, Any]] = ()
        if told.event == "order_dispatched":
            orders = (told.data,)
        elif told.event == "snapshot":
            orders = told.data.get("orders", ())
            for rollcall in told.data.get("rollcalls", ()):
                self._roll_called(rollcall)
        elif told.event == "rollcall_opened":
            self._roll_called(told.data)
        elif told.event == "order_recalled":
            mission = self._missions.pop(str(told.data["assignment_id"]), None)
            if mission is not None:
                mission.cancel()
                self._missions["home"] = asyncio.create_task(self._go_home())
        for order in orders:
            id = str(order["assignment_id"])
            if order["unit"] == self.unit and id not in self._missions:
                self._missions[id] = asyncio.create_task(self._serve(UUID(id), order))

    def _roll_called(self, rollcall: Mapping[str, Any]) -> None:
        if is_open(rollcall) and (answers := answers_for(rollcall, self.unit, leads=self.leads)):
            task = asyncio.create_task(self._answer(rollcall, answers))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _answer(self, rollcall: Mapping[str, Any], answers: Sequence[Mapping[str, Any]]) -> None:
        await asyncio.sleep(self._random.uniform(0.2, 3.0))
        told = [SeatAnswer(one["seat"], one["state"]) for one in answers]
        day = date.fromisoformat(rollcall["day"])
        await self.device.rollcall(rollcall["team"], day, rollcall["shift"], told)

    async def _serve(self, assignment: UUID, order: Mapping[str, Any]) -> None:
        incident = order["incident"]
        behaviour = self._cast.behaviour_at(incident["lon"], incident["lat"])
        if behaviour is Behaviour.SILENT:
            return
        await asyncio.sleep(self._random.uniform(0.5, 5.0))
        if behaviour is Behaviour.UNABLE:
            await self.device.decide(assignment, "unable", CAUSE)
            return
        await self.device.decide(assignment, "acknowledge")
        path = order.get("path") or []
        driving: asyncio.Task[None] | None = None
        for seconds, status in self._pace.mission(order["eta_seconds"]):
            await asyncio.sleep(seconds)
            await self.device.status(self.unit, status)
            if status == "en_route" and path:
                seconds_driving = self._pace.drive_seconds(order["eta_seconds"])
                driving = asyncio.create_task(self._drive(path, seconds_driving))
            elif driving is not None:
                driving.cancel()
                driving = None
        await self._drive(path[::-1], self._pace.return_seconds)
        await self.device.status(self.unit, "standby")

    async def _drive(self, path: Sequence[Sequence[float]], seconds: float) -> None:
        """Tell where it is every second, and at the end that it has arrived.

        A drive of a few seconds is a drive of half an hour at six hundred times the speed: nobody can watch it, and
        its fixes would be six hundred times the load of real ones.
        """
        if seconds < SHORTEST_WATCHED_SECONDS:
            await asyncio.sleep(seconds)
            return
        loop = asyncio.get_running_loop()
        start = loop.time()
        while (gone := loop.time() - start) < seconds:
            if path:
                lon, lat = along(path, gone / seconds)
                self.device.position(self.unit, lon, lat)
            await asyncio.sleep(min(1.0, seconds - gone))
        if path:
            lon, lat = path[-1]
            self.device.position(self.unit, lon, lat)

    async def _go_home(self) -> None:
        await asyncio.sleep(self._pace.return_seconds)
        await self.device.status(self.unit, "standby")
