"""The demo's duty: a published roster, roll calls answered by devices, a handover and a sickness, told and reported."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx

from dispatch.access.problem import Problem
from dispatch.demo.duty_plan import (
    Card,
    Plan,
    Sickness,
    answers_for,
    find_sickness,
    is_open,
    passed_over,
    people_of,
)
from dispatch.demo.narrator import Line, Story
from dispatch.demo.scenario import Scenario
from dispatch.duty.granting import authorise
from dispatch.duty.people import apply_roster
from dispatch.duty.publishing import publish, save_draft
from dispatch.messages import text
from gis_data.model import Contact, County
from runtime.clock import utc_now
from runtime.database import Database

LOG = logging.getLogger(__name__)
BEFORE_SECONDS = 3.0  # the sickness is told so long before the alarm
ROLLCALL_PATIENCE_SECONDS = 30.0
LOOK_SECONDS = 20.0


class Duty:
    """One a demo. `said` prints a line; without a plan every method does nothing."""

    def __init__(
        self,
        county: County,
        scenario: Scenario,
        plan: Plan | None,
        story: Story,
        said: Callable[[Line], None],
    ) -> None:
        self._county = county
        self._scenario = scenario
        self._plan = plan
        self._story = story
        self._said = said
        self._sickness: Sickness | None = None
        self._told: dict[str, Any] = {}
        self._incident: str | None = None
        self._handed_over = asyncio.Event()

    async def publish(self, db: Database) -> None:
        """As an officer does: reference and people from the folder, a draft, then in force."""
        if self._plan is None:
            return
        try:
            done = await _publish(db, self._county.code, self._plan)
        except Problem as problem:
            LOG.warning(
                "the roster could not be published: %s", text(f"problem.{problem.code}", problem.params)
            )
            self._plan = None
            return
        params = {
            "people": len(self._plan.book.people),
            "teams": len(self._plan.roster.teams),
            "first": str(done["first"]),
            "last": str(done["last"]),
            "days": self._plan.roster.days,
            "duties": done["duties"],
            "filled": self._plan.filled,
            "empty": self._plan.empty,
        }
        self._told["published"] = params
        self._said(Line("demo.roster_published", params))

    # ── roll calls ─────────────────────────────────────────────────────────────────────────────────────────

    async def call_the_roll(self, api: httpx.AsyncClient) -> None:
        """Telephone in for teams without a device, and wait until every team with one has answered."""
        if self._plan is None:
            return
        loop = asyncio.get_running_loop()
        end = loop.time() + ROLLCALL_PATIENCE_SECONDS
        while True:
            await self._answer_by_telephone(api)
            answered = [one for one in self._story.units.values() if one["crew_source"] == "rollcall"]
            rostered = [one for one in self._story.units.values() if one["crew_team"] is not None]
            missing = {one["code"] for one in rostered} - {one["code"] for one in answered}
            if (rostered and not missing) or loop.time() > end:
                break
            await asyncio.sleep(0.5)
        params = {
            "units": len(answered),
            "present": sum(one["crew"] for one in answered),
            "unmanned": len([one for one in answered if one["crew"] < one["minimum_crew"]]),
        }
        self._told["rollcall"] = params
        self._said(Line("demo.roll_called", params))

    async def keep_calling(self, api: httpx.AsyncClient) -> None:
        """For as long as the demo serves on: those without a device are asked by telephone at every shift change."""
        while self._plan is not None:
            await asyncio.sleep(LOOK_SECONDS)
            await self._answer_by_telephone(api)

    async def _answer_by_telephone(self, api: httpx.AsyncClient) -> None:
        reached = {u.station for u in self._county.units if u.contact is not Contact.TELEPHONE}
        try:
            found = (await api.get("/api/v1/roster/rollcalls")).json()["rollcalls"]
            for one in found:
                if one["station"] in reached or not is_open(one):
                    continue
                units = sorted({seat["unit"] for seat in one["seats"] if seat["unit"] is not None})
                answers = [a for unit in units for a in answers_for(one, unit, leads=False)]
                answers += answers_for(one, "", leads=True)
                if answers:
                    await self._post(api, one["team"], one["day"], one["shift"], answers)
        except (httpx.HTTPError, KeyError, ValueError) as error:
            LOG.debug("roll calls by telephone: %s", error)

    async def _post(
        self, api: httpx.AsyncClient, team: str, day: str, shift: str, answers: list[Any]
    ) -> bool:
        answer = await api.post(f"/api/v1/roster/rollcalls/{team}/{day}/{shift}", json={"answers": answers})
        if answer.is_error:
            LOG.warning("roll call of %s: %s", team, answer.text[:200])
        return not answer.is_error

    # ── handover ───────────────────────────────────────────────────────────────────────────────────────────

    def look(self, at: str, cards: Mapping[str, list[Card]], before: Mapping[str, Card | None]) -> None:
        """Called for every change of the board, with the units as they were."""
        for unit in cards.get("units", ()):
            self._look_at_handover(at, unit, before.get(unit["code"]))
        if self._sickness is not None and self._incident is not None:
            for incident in cards.get("incidents", ()):
                if incident["id"] == self._incident and incident["proposal"]:
                    self._look_at_proposal(incident)

    def _look_at_handover(self, at: str, unit: Card, before: Card | None) -> None:
        plan = self._plan
        if plan is None or plan.handover_at is None or unit["crew_team"] != plan.team or before is None:
            return
        old, new = people_of(before), people_of(unit)
        if not old or not new or set(old) & set(new) or datetime.fromisoformat(at) < plan.handover_at:
            return
        done = self._told.setdefault(
            "handover", {"team": plan.team, "planned_at": plan.handover_at, "at": at, "units": []}
        )
        self._handed_over.set()
        done["units"].append({"unit": unit["code"], "relieved": old, "crew": new})
        params = {
            "unit": self._named(unit),
            "old": "、".join(old),
            "new": "、".join(new),
            "next": (unit["crew_next"] or {}).get("at", ""),
        }
        self._said(Line("demo.handed_over", params, "warn"))

    async def await_handover(self) -> None:
        """The tale may be over before the shift changes; it is waited for."""
        if self._plan is None or self._plan.handover_at is None:
            return
        left = (self._plan.handover_at - utc_now()).total_seconds()
        try:
            async with asyncio.timeout(max(left, 0.0) + 5.0):
                await self._handed_over.wait()
        except TimeoutError:
            LOG.warning("nobody took over at %s", self._plan.handover_at)

    # ── sickness ───────────────────────────────────────────────────────────────────────────────────────────

    async def before_call(self, api: httpx.AsyncClient, scene: str) -> None:
        """Once: whoever the unit that stands nearest to this scene cannot do without falls ill."""
        if self._plan is None or self._sickness is not None or scene != self._plan.sick_scene:
            return
        found = find_sickness(self._county, self._scenario, scene, self._story.units)
        if found is None:
            return
        self._sickness = found
        now = [one for one in await self._running(api) if any(s["seat"] == found.seat for s in one["seats"])]
        if not now:
            return
        answers = [{"seat": found.seat, "person": found.person, "state": "absent", "cause": "sick"}]
        if await self._post(api, now[0]["team"], now[0]["day"], now[0]["shift"], answers):
            params = {"unit": self._named(self._story.units[found.unit]), "person": found.name}
            self._told["sickness"] = {
                "unit": found.unit,
                "person": found.name,
                "role": found.role,
                "scene": scene,
            }
            self._said(Line("demo.fell_ill", params, "warn"))

    async def _running(self, api: httpx.AsyncClient) -> list[Card]:
        found: list[Card] = (await api.get("/api/v1/roster/rollcalls")).json()["rollcalls"]
        return [one for one in found if one["state"] in ("open", "answered", "overdue")]

    def is_about(self, scene: str, incident: str) -> None:
        """Which incident the scene became."""
        if self._sickness is not None and self._sickness.scene == scene:
            self._incident = incident
            card = self._story.incidents.get(incident)
            if card is not None and card["proposal"]:
                self._look_at_proposal(card)

    def _look_at_proposal(self, incident: Card) -> None:
        sickness = self._sickness
        if sickness is None or "sickness" not in self._told or "chosen" in self._told["sickness"]:
            return
        left_out = passed_over(incident["proposal"], sickness.unit)
        chosen = incident["proposal"].get("units", ())
        if left_out is None or not chosen:
            return
        first = chosen[0]
        self._told["sickness"] |= {
            "incident": incident["number"],
            "passed_over": {
                "unit": sickness.unit,
                "eta_seconds": left_out["eta_seconds"],
                "reasons": [reason["code"] for reason in left_out["reasons"]],
            },
            "chosen": {"unit": first["unit"], "eta_seconds": first["eta_seconds"]},
        }
        params = {
            "number": incident["number"],
            "unit": self._named(self._story.units[sickness.unit]),
            "chosen": self._named(self._story.units.get(first["unit"], {"code": first["unit"]})),
            "nearest": _minutes(left_out["eta_seconds"]),
            "eta": _minutes(first["eta_seconds"]),
        }
        self._said(Line("demo.passed_over_ill", params, "warn"))

    def report(self) -> dict[str, Any] | None:
        """The `roster` block; None in a county that plans no duty."""
        return None if self._plan is None else dict(self._told)

    def _named(self, unit: Card) -> str:
        return str(unit.get("name_en" if self._story.lang == "en" else "name", unit["code"]))


async def _publish(db: Database, county: str, plan: Plan) -> Mapping[str, Any]:
    async with db.work() as work:
        await apply_roster(work, plan.book)
        for violation in plan.lifted:
            await authorise(
                work,
                county,
                violation.rule,
                person=violation.person,
                team="" if violation.person else violation.team,
                first=min(violation.days),
                last=max(violation.days),
                reason="demo",
                by="demo",
            )
    async with db.work() as work:
        draft = await save_draft(work, county, plan.roster, note="demo", by="demo")
        return await publish(work, county, draft.id, since=None, by="demo")


def _minutes(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds / 60:.1f}"
