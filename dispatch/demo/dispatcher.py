"""A simulated dispatcher: asks volunteers and neighbours, telephones, decides on late answers, moves places, closes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import httpx

from dispatch.demo.narrator import Story
from dispatch.demo.pace import Pace

LOG = logging.getLogger(__name__)
BUSY = frozenset({"dispatched", "delivered", "acknowledged", "en_route", "on_scene", "unconfirmed"})
FOREST_MILESTONES = ("under_control", "out", "mop_up", "guard", "acceptance")
MILESTONES = ("under_control", "out")


class Dispatcher:
    """Looks at the board like a person does, and acts through the API like one. One per demo."""

    def __init__(self, api: httpx.AsyncClient, story: Story, pace: Pace, name: str) -> None:
        self._api = api
        self._story = story
        self._pace = pace
        self._name = name
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def look(self, cards: Mapping[str, list[Mapping[str, Any]]]) -> None:
        """Called for every change, after the story has taken it in."""
        for incident in cards.get("incidents", ()):
            if incident["status"] == "open":
                self._once(f"ask {incident['id']}", self._ask(incident["id"]))
        for assignment in cards.get("assignments", ()):
            unit = self._story.units.get(assignment["unit"], {})
            if assignment["state"] == "dispatched" and unit.get("contact") == "telephone":
                self._once(f"ring {assignment['id']}", self._telephone(assignment))
            if assignment["late_acknowledged_at"] and assignment["state"] == "unconfirmed":
                self._once(f"late {assignment['id']}", self._recall(assignment["id"]))
            if assignment["state"] not in BUSY:
                self._once(f"close {assignment['incident']}", self._close(assignment["incident"]))

    async def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _once(self, key: str, work: Any) -> None:
        """One hand at a time on each thing: while a task of this name runs, another is not begun."""
        running = self._tasks.get(key)
        if running is not None and not running.done():
            work.close()
            return
        self._tasks[key] = asyncio.create_task(work, name=key)

    async def _post(self, path: str, body: Mapping[str, Any]) -> httpx.Response | None:
        try:
            answer = await self._api.post(f"/api/v1{path}", json=body)
        except httpx.HTTPError as error:
            LOG.debug("%s: %s", path, error)
            return None
        if answer.status_code >= 400:
            LOG.debug("%s: %s %s", path, answer.status_code, answer.text[:200])
        return answer

    async def _ask(self, incident_id: str) -> None:
        """Send what the machine may only propose: requests to volunteers and neighbours."""
        await asyncio.sleep(self._pace.look_seconds)
        incident = self._story.incidents.get(incident_id)
        if incident is None or incident["status"] != "open" or not incident["proposal"]:
            return
        mine = [a for a in self._story.assignments.values() if a["incident"] == incident_id]
        taken = {a["slot"] for a in mine if a["state"] in BUSY}
        busy = {a["unit"] for a in self._story.assignments.values() if a["state"] in BUSY}
        tried = {a["unit"] for a in mine}
        units = [
            one["unit"]
            for one in incident["proposal"]["units"]
            if one["slot"] not in taken and one["unit"] not in busy and one["unit"] not in tried
        ]
        if units:
            await self._post(f"/incidents/{incident_id}/assignments", {"units": units})

    async def _telephone(self, assignment: Mapping[str, Any]) -> None:
        """Ring the station, write down who answered, and report for the crew what it says by radio."""
        await asyncio.sleep(self._pace.ring_seconds)
        said = {"by": self._name, "via": "telephone"}
        await self._post(f"/assignments/{assignment['id']}/acknowledge", said)
        unit = assignment["unit"]
        for seconds, status in self._pace.mission(assignment["eta_seconds"]):
            await asyncio.sleep(seconds)
            await self._post(f"/units/{unit}/status", {"status": status})
        await asyncio.sleep(self._pace.return_seconds)
        await self._post(f"/units/{unit}/status", {"status": "standby"})

    async def _recall(self, assignment_id: str) -> None:
        await asyncio.sleep(self._pace.look_seconds)
        await self._post(
            f"/assignments/{assignment_id}/recall",
            {"by": self._name, "via": "console", "cause": "slot_filled"},
        )

    async def relocate(self, incident_id: str, lon: float, lat: float) -> None:
        """改址: the caller has been understood."""
        await self._post(
            f"/incidents/{incident_id}/location", {"location": {"lon": lon, "lat": lat}, "by": self._name}
        )

    async def _close(self, incident_id: str) -> None:
        """Close what is over: nobody busy there any more and somebody has been there."""
        await asyncio.sleep(self._pace.look_seconds)
        mine = [a for a in self._story.assignments.values() if a["incident"] == incident_id]
        incident = self._story.incidents.get(incident_id)
        if (
            incident is None
            or incident["status"] != "open"
            or any(a["state"] in BUSY for a in mine)
            or not any(a["on_scene_at"] for a in mine)
        ):
            return
        for milestone in FOREST_MILESTONES if incident["scale"] == "forest" else MILESTONES:
            await self._post(
                f"/incidents/{incident_id}/milestones", {"milestone": milestone, "by": self._name}
            )
        await self._post(f"/incidents/{incident_id}/close", {"by": self._name})
