"""A roster's life over HTTP: drafted, refused, published, swapped, somebody falls ill, an open seat is offered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from dispatch.access.commands import create_token
from dispatch.access.guard import Guard
from dispatch.access.principal import Role
from dispatch.access.problem import install_problem_handlers
from dispatch.duty.api import make_roster_router
from dispatch.duty.jobs import Jobs
from dispatch.duty.rollcall_api import make_rollcall_router
from dispatch.duty.workshop import Workshop
from roster.people import Absence, AbsenceKind
from roster.plan import Duty
from runtime.database import Database
from runtime.journal import read_events
from tests.storage.duty_world import CODE, DAYS, FIRST, TODAY, DutyWorld, after, book, month, noon, without
from tests.storage.small_county import small_county

SOON = after(TODAY, 3)


@dataclass
class Office:
    """The roster's routes with the tokens of an officer and of members."""

    world: DutyWorld
    http: httpx.AsyncClient
    tokens: dict[str, str]
    jobs: Jobs

    async def call(self, method: str, path: str, body: Any = None, who: str = "officer", **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[who]}", **more}
        return await self.http.request(method, f"/api/v1/roster{path}", json=body, headers=headers)

    async def done(self, method: str, path: str, body: Any = None, who: str = "officer") -> Any:
        answer = await self.call(method, path, body, who)
        assert answer.status_code in (200, 201), (answer.status_code, answer.text)
        return answer.json()

    async def member(self, person: str) -> str:
        token = await create_token(self.world.db, county=CODE, role=Role.MEMBER, person=person)
        self.tokens[person] = token
        return person

    async def draft(self, **changes: Any) -> str:
        body = {
            "first": FIRST.isoformat(),
            "days": DAYS,
            "teams": ["W1", "E1"],
            "duties": rows(month().duties),
        }
        made = await self.done("POST", "/versions", {**body, **changes})
        return str(made["id"])


def rows(duties: tuple[Duty, ...]) -> list[dict[str, Any]]:
    return [{**spot(duty), "person": duty.person} for duty in duties]


def spot(duty: Duty) -> dict[str, Any]:
    return {"day": duty.day.isoformat(), "team": duty.team, "shift": duty.shift, "seat": duty.seat}


@pytest.fixture
async def office(stopped_db: Database) -> AsyncIterator[Office]:
    async with DutyWorld(stopped_db) as world:
        guard = Guard(stopped_db)
        app = FastAPI()
        install_problem_handlers(app)
        workshop, jobs = Workshop(), Jobs(stopped_db, CODE)
        app.include_router(make_roster_router(stopped_db, guard, small_county(), workshop, jobs))
        app.include_router(make_rollcall_router(stopped_db, guard, CODE), prefix="/api/v1")
        tokens = {
            "officer": await create_token(stopped_db, county=CODE, role=Role.ROSTER_OFFICER),
            "viewer": await create_token(stopped_db, county=CODE, role=Role.VIEWER),
        }
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            yield Office(world, http, tokens, jobs)
        guard.close()
        await jobs.close()
        await workshop.close()


async def test_a_month_is_drafted_checked_published_swapped_and_compared(office: Office) -> None:
    gap = next(d for d in month().duties if d.day == SOON and d.seat == "W1-1/driver/0")
    version = await office.draft(duties=rows(without(month(), gap).duties))
    found = await office.done("GET", f"/versions/{version}/check")
    assert found["blocks"] == 1
    refused = await office.call("POST", f"/versions/{version}/publish", {})
    assert refused.status_code == 409
    assert refused.json()["params"]["violations"][0]["rule"] == "seat_unfilled"
    mended = {"moves": [{**spot(gap), "person": gap.person}], "revision": 1}
    assert (await office.done("POST", f"/versions/{version}/duties", mended))["revision"] == 2
    published = await office.done("POST", f"/versions/{version}/publish", {})
    assert published["duties"] == len(month().duties)

    mine = (await office.world.at(SOON))["firefighter"]
    theirs = (await office.world.at(after(SOON, 2)))["firefighter"]
    one, other = await office.member(mine.person), await office.member(theirs.person)
    wanted = {"gives": spot(mine), "takes": spot(theirs), "other": other}
    swap = await office.done("POST", "/swaps", wanted, one)
    assert (await office.done("GET", "/swaps", None, other))["swaps"][0]["id"] == swap["id"]
    own_answer = await office.call("POST", f"/swaps/{swap['id']}/act", {"act": "accept"}, one)
    assert own_answer.status_code == 403
    await office.done("POST", f"/swaps/{swap['id']}/act", {"act": "accept"}, other)
    assert (
        await office.call("POST", f"/swaps/{swap['id']}/act", {"act": "approve"}, other)
    ).status_code == 403
    await office.done("POST", f"/swaps/{swap['id']}/act", {"act": "approve"})
    compared = await office.done("GET", f"/versions/{version}/compare")
    assert (compared["changed_duties"], compared["people_touched"]) == (4, 2)
    feed = (await office.done("POST", "/feeds", {}, other))["path"]
    calendar = await office.http.get(feed)
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert f"UID:{SOON}-W1-T24-{other}@{CODE}.pianqu" in calendar.text.replace("\r\n ", "")
    await office.done("DELETE", f"/feeds/{other}", None, other)
    assert (await office.http.get(feed)).status_code == 404
    shown = await office.done("GET", f"/month?first={SOON}&days=1&team=W1")
    seats = shown["teams"][0]["days"][0]["shifts"][0]["seats"]
    assert {h["person"] for seat in seats for h in seat["held_by"]} >= {theirs.person}


async def test_somebody_falls_ill_and_the_seat_is_offered_answered_and_granted(office: Office) -> None:
    await office.world.publish()
    well = await office.done("GET", f"/glance?first={SOON}&days=1")
    assert [team["days"][0]["colour"] for team in well["teams"]] == ["green", "green"]
    sick = (await office.world.at(SOON))["driver"]
    await office.member(sick.person)
    said = {"kind": "sick", "starts": noon(SOON, 7).isoformat(), "ends": noon(after(SOON, 1)).isoformat()}
    told = await office.done("POST", "/absences", said, sick.person)
    assert [seat["seat"] for seat in told["open_seats"]] == ["W1-1/driver/0"]
    away = (await office.done("GET", f"/absences?first={SOON}&days=1&team=W1"))["items"]
    assert [(one["person"], one["name"], one["teams"]) for one in away] == [
        (sick.person, f"虚构{sick.person}", ["W1"])
    ]
    assert (await office.done("GET", f"/absences?first={SOON}&days=1&team=E1"))["items"] == []
    for first in (SOON, SOON, *(after(SOON, n) for n in range(1, 6)), SOON):  # more than are kept
        table = await office.done("GET", f"/glance?first={first}&days=1", who="viewer")
        wanted = "orange" if first == SOON else "green"
        assert [team["days"][0]["colour"] for team in table["teams"]] == ["green", wanted]
    ahead = await office.done("GET", f"/forecast?first={SOON}&days=1&team=W1")
    assert [one["colour"] for one in ahead["items"]] == ["orange"]
    seat = told["open_seats"][0]
    place = {key: seat[key] for key in ("day", "team", "shift", "seat")}
    listed = await office.done("GET", "/substitutes?" + "&".join(f"{k}={v}" for k, v in place.items()))
    offer = await office.done("POST", "/offers", {**place, "most": 3})
    assert [c["person"] for c in offer["candidates"]] == [c["person"] for c in listed["items"][:3]]
    first = await office.member(offer["candidates"][0]["person"])
    assert (await office.done("GET", "/offers", None, first))["items"][0]["id"] == offer["offer"]
    early = await office.call("POST", f"/offers/{offer['offer']}/grant", {})
    assert early.json()["code"] == "nobody_said_yes"
    await office.done("POST", f"/offers/{offer['offer']}/answer", {"yes": True}, first)
    granted = await office.done("POST", f"/offers/{offer['offer']}/grant", {})
    assert granted["person"] == first
    ahead = await office.done("GET", f"/forecast?first={SOON}&days=1&team=W1")
    assert [one["colour"] for one in ahead["items"]] == ["green"]


async def test_a_roster_is_mended_after_a_sickness_and_people_are_asked_first(office: Office) -> None:
    await office.world.publish()
    sick = (await office.world.at(after(TODAY, 1)))["driver"]
    said = {"kind": "sick", "starts": noon(TODAY, 15).isoformat(), "ends": noon(after(TODAY, 7)).isoformat()}
    told = await office.done("POST", "/absences", {**said, "person": sick.person})
    found = await office.done("POST", "/repairs", {"absences": [told["absence"]]})
    best = found["options"][0]
    assert best["proved"]
    assert best["cost"]["required_open"] == 0
    take = f"/repairs/{found['repair']}/take"
    if best["asks"]:
        unasked = await office.call("POST", take, {"number": 1})
        assert unasked.json()["code"] == "consent_needed"
    await office.done("POST", take, {"number": 1, "consents": best["asks"]})
    again = await office.call("POST", take, {"number": 1, "consents": best["asks"]})
    assert again.json()["code"] == "repair_taken"
    ahead = await office.done("GET", f"/forecast?first={after(TODAY, 1)}&days=7")
    assert {one["colour"] for one in ahead["items"]} == {"green"}


async def test_a_repeated_request_has_one_effect_and_the_first_answer(office: Office) -> None:
    body = {"first": FIRST.isoformat(), "days": 1, "teams": ["W1"], "duties": []}
    answers = [await office.call("POST", "/versions", body, **{"Idempotency-Key": "once"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len((await office.done("GET", "/versions"))["versions"]) == 1


async def test_a_month_is_solved_in_the_background_and_becomes_a_draft(office: Office) -> None:
    order = {"first": after(FIRST, 30).isoformat(), "days": 8, "teams": ["W1"], "seconds": 1}
    begun = await office.call("POST", "/solve", order)
    assert begun.status_code == 202, begun.text
    second = await office.call("POST", "/solve", order)
    assert second.json()["code"] == "roster_job_running"
    await office.jobs.finished()
    job = await office.done("GET", f"/jobs/{begun.json()['job']}")
    assert job["state"] == "done", job
    assert job["result"]["teams"][0]["required_empty"] == 0
    assert (await office.done("GET", f"/versions/{job['version']}/check"))["blocks"] == 0
    late = await office.call("POST", f"/jobs/{job['id']}/stop")
    assert late.json()["code"] == "roster_job_ended"


async def test_a_month_that_cannot_be_done_is_explained_with_ways_out(office: Office) -> None:
    """Everybody who may lead is on leave on one day."""
    people = {p.code: p for p in book().people.values() if p.home_team == "W1"}
    away = tuple(
        Absence(f"leave-{code}", code, AbsenceKind.LEAVE, noon(SOON, 0), noon(after(SOON, 2), 0))
        for code, person in people.items()
        if person.holds("squad_leader", SOON)
    )
    lone = replace(
        book(), absences=away, teams={**book().teams, "E1": replace(book().teams["E1"], lends_to=())}
    )
    await office.world.apply(lone)
    told = await office.done("POST", "/explain", {"team": "W1", "first": SOON.isoformat(), "days": 3})
    assert told["impossible"]
    assert told["short"] >= 1
    assert told["clash"] or told["counts"]
    assert told["fixes"], "a day's leave can be moved"


async def test_a_cancelled_job_leaves_nothing(office: Office) -> None:
    begun = await office.call("POST", "/solve", {"first": after(FIRST, 30).isoformat(), "days": 28})
    await office.done("POST", f"/jobs/{begun.json()['job']}/cancel")
    await office.jobs.finished()
    assert (await office.done("GET", "/versions"))["versions"] == []
    assert (await office.done("GET", "/jobs"))["items"][0]["state"] == "cancelled"


@pytest.mark.parametrize(("form", "begins"), [("xlsx", b"PK"), ("html", b"<!doctype"), ("json", b"{")])
async def test_a_month_is_exported(office: Office, form: str, begins: bytes) -> None:
    await office.world.publish()
    answer = await office.call("GET", f"/export?first={FIRST}&days={DAYS}&format={form}&team=W1")
    assert answer.status_code == 200, answer.text
    assert answer.content.lower().startswith(begins.lower())
    unnamed = await office.call("GET", f"/export?first={FIRST}&days={DAYS}&format=ics")
    assert unnamed.json()["code"] == "person_not_named"


async def test_members_speak_for_themselves_and_officers_decide(office: Office) -> None:
    await office.world.publish()
    await office.member("w100")
    day = {"day": after(TODAY, 9).isoformat(), "wanted": False, "weight": 9}
    assert (await office.done("POST", "/requests", day, "w100"))["weight"] == 1
    someone_else = await office.call("POST", "/requests", {**day, "person": "w101"}, "w100")
    assert someone_else.json()["code"] == "not_yourself"
    for path, body in (
        ("/duties", {"moves": [{**spot(month().duties[0]), "person": None}], "why": "x"}),
        (
            "/authorisations",
            {"rule": "rest", "person": "w100", "first": "2026-04-05", "last": "2026-04-05", "reason": "x"},
        ),
        ("/versions", {"first": FIRST.isoformat(), "days": 1, "teams": ["W1"], "duties": []}),
    ):
        for who in ("w100", "viewer"):
            assert (await office.call("POST", path, body, who)).status_code == 403
    people = (await office.done("GET", "/people", None, "viewer"))["items"]
    assert people[0]["telephone"] is None
    assert (await office.done("GET", "/people"))["items"][0]["telephone"]


async def test_members_report_sickness_and_errands_and_leave_the_rest_to_an_officer(office: Office) -> None:
    await office.member("w1r0")
    when = {"starts": noon(SOON).isoformat(), "ends": noon(after(SOON, 1)).isoformat()}
    for kind in ("leave", "training", "owed_rest", "elsewhere"):
        refused = await office.call("POST", "/absences", {"kind": kind, **when}, "w1r0")
        assert (refused.status_code, refused.json()["code"]) == (403, "absence_for_officers")
        await office.done("POST", "/absences", {"kind": kind, "person": "w1r0", **when})
    for kind in ("sick", "errand"):
        await office.done("POST", "/absences", {"kind": kind, **when}, "w1r0")


async def test_members_see_no_drafts_and_probe_nobody_else(office: Office) -> None:
    await office.world.publish()
    draft = await office.draft()
    await office.member("w1r0")
    path = f"/month?first={FIRST}&days=2"
    assert (await office.call("GET", path, None, "w1r0")).status_code == 200
    refused = await office.call("GET", f"{path}&version={draft}", None, "w1r0")
    assert (refused.status_code, refused.json()["code"]) == (403, "versions_for_officers")
    assert (await office.call("GET", f"{path}&version={draft}", None, "viewer")).status_code == 200

    held = (await office.world.at(SOON))["driver"]

    async def asked(who: str, person: str | None, **more: Any) -> Any:
        moves = [{**spot(held), "person": person}]
        return await office.call("POST", "/duties/check", {"moves": moves}, who)

    await office.member(held.person)
    assert (await asked("w1r0", "w1r0")).status_code == 200
    assert (await asked(held.person, None)).status_code == 200
    for who, person in (("w1r0", "w100"), ("w1r0", None), (held.person, "w1r0")):
        refused = await asked(who, person)
        assert (refused.status_code, refused.json()["code"]) == (403, "moves_of_others")
    assert (await asked("officer", "w100")).status_code == 200


async def test_disaster_hours_are_logged_and_withdrawn_by_officers_alone(office: Office) -> None:
    await office.member("w100")
    body = {"person": "w100", "day": FIRST.isoformat(), "minutes": 300}
    logged = await office.done("POST", "/disaster-work", body)
    path = f"/disaster-work/{logged['id']}"
    for who in ("w100", "viewer"):
        assert (await office.call("DELETE", path, None, who)).status_code == 403
    assert (await office.done("DELETE", path))["minutes"] == 300
    assert (await office.done("GET", f"/disaster-work?first={FIRST}&days=1"))["items"] == []
    again = await office.call("DELETE", path)
    assert (again.status_code, again.json()["code"]) == (404, "disaster_work_unknown")
    async with office.world.db.reading() as conn:
        events = await read_events(conn, f"county/{CODE}", 0)
    [gone] = [event.data for event in events if event.type == "disaster_work_cancelled"]
    assert (gone["person"], gone["day"], gone["minutes"]) == ("w100", FIRST.isoformat(), 300)


async def test_hours_and_days_out_of_reach(office: Office) -> None:
    await office.world.publish()
    found = (await office.done("GET", f"/hours?first={FIRST}&days={DAYS}&team=W1"))["items"]
    assert sum(one["duties"] for one in found) == sum(d.team == "W1" for d in month().duties)
    assert (await office.done("GET", f"/actual?first={FIRST}&days={DAYS}"))["duties"] == []
    assert (await office.call("GET", "/hours?first=0001-01-01&days=1")).json()["code"] == "day_out_of_reach"
    assert (await office.call("GET", "/month?first=2026-04-01&days=1&team=none")).status_code == 404


async def test_telephones_of_a_team_are_for_those_who_take_its_roll_call(office: Office) -> None:
    await office.world.publish()
    told = await office.done("GET", "/teams/W1/now")
    assert [turn["day"] for turn in told["turns"]] == [TODAY.isoformat(), after(TODAY, 1).isoformat()]
    assert all(seat["planned_telephone"].startswith("555-") for seat in told["turns"][0]["seats"])
    assert "planned_telephone" not in str(await office.done("GET", "/teams/W1/now", who="viewer"))
    asked = f"/rollcalls/W1/{TODAY}/T24/substitutes?seat=W1-1/driver/0"
    assert (await office.call("GET", asked, who="viewer")).status_code == 403
    people = (await office.done("GET", asked))["people"]
    assert people[0]["telephone"].startswith("555-")
    assert (await office.call("GET", asked.replace("driver", "cook"))).json()[
        "code"
    ] == "rollcall_seat_unknown"
    assert (await office.call("GET", "/teams/X/now")).json()["code"] == "roster_team_unknown"
