"""Offers, wishes, months and jobs: what runs out ends by itself, what is over is settled, what is lost is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dispatch.access.problem import Problem
from dispatch.duty.ask_store import ASKS
from dispatch.duty.change import Move
from dispatch.duty.changing import change_duties
from dispatch.duty.granting import authorise, request_day, revoke_authorisation, withdraw_request
from dispatch.duty.jobs import lose_jobs
from dispatch.duty.offering import answer_offer, grant_offer, lapse_offers, offer_seat
from dispatch.duty.settling import settle_last_month
from dispatch.duty.store import load_book
from runtime.ids import new_id
from tests.conftest import FakeClock
from tests.storage.duty_world import CODE, OFFICER, TODAY, DutyWorld, after, book, month, without

SOON = after(TODAY, 3)
SEAT = (SOON, "W1", "T24", "W1-1/driver/0")


@pytest.fixture
async def short(world: DutyWorld) -> DutyWorld:
    """Published with one driver's seat empty, by authorisation."""
    gap = next(d for d in month().duties if (d.day, d.team, d.shift, d.seat) == SEAT)
    await world.do(
        authorise, "seat_unfilled", person="", team="W1", first=SOON, last=SOON, reason="x", by=OFFICER
    )
    await world.publish(without(month(), gap))
    return world


async def test_candidates_are_asked_one_after_the_other(short: DutyWorld, fake_clock: FakeClock) -> None:
    said = await short.do(offer_seat, SEAT, answer_minutes=60, most=3, by=OFFICER)
    first, second = (one["person"] for one in said["candidates"][:2])
    with pytest.raises(Problem) as early:
        await short.do(answer_offer, said["offer"], second, yes=True, by=second)
    assert early.value.code == "not_asked"
    await short.do(answer_offer, said["offer"], first, yes=False, by=first)
    fake_clock.advance(3600)
    await short.do(answer_offer, said["offer"], second, yes=True, by=second)
    with pytest.raises(Problem) as again:
        await short.do(offer_seat, SEAT, answer_minutes=60, most=3, by=OFFICER)
    assert again.value.code == "seat_offered_already"
    granted = await short.do(grant_offer, said["offer"], None, by=OFFICER)
    assert granted["person"] == second
    assert (await short.at(SOON))["driver"].person == second


async def test_an_offer_that_nobody_took_lapses(short: DutyWorld, fake_clock: FakeClock) -> None:
    said = await short.do(offer_seat, SEAT, answer_minutes=60, most=2, by=OFFICER)
    fake_clock.advance(2 * 3600)
    assert await short.do(lapse_offers) == 1
    with pytest.raises(Problem) as late:
        await short.do(grant_offer, said["offer"], None, by=OFFICER)
    assert late.value.code == "offer_settled"


async def test_a_seat_that_was_filled_meanwhile_is_not_granted_twice(short: DutyWorld) -> None:
    said = await short.do(offer_seat, SEAT, answer_minutes=60, most=3, by=OFFICER)
    first, second = (one["person"] for one in said["candidates"][:2])
    await short.do(answer_offer, said["offer"], first, yes=True, by=first)
    await short.do(change_duties, (Move(*SEAT, second),), by=OFFICER, why="by telephone")
    with pytest.raises(Problem) as taken:
        await short.do(grant_offer, said["offer"], None, by=OFFICER)
    assert taken.value.code == "seat_taken"
    assert (await short.at(SOON))["driver"].person == second


async def test_a_revoked_authorisation_lifts_nothing_any_more(short: DutyWorld) -> None:
    async with short.db.reading() as conn:
        code = await conn.fetchval("select code from authorisation")
    await short.do(revoke_authorisation, code, by=OFFICER)
    with pytest.raises(Problem) as refused:
        await short.publish(
            without(month(), *[d for d in month().duties if (d.day, d.seat) == (SOON, SEAT[3])])
        )
    assert [v["rule"] for v in refused.value.params["violations"]] == ["seat_unfilled"]


async def test_a_wish_is_the_member_s_own_to_take_back(world: DutyWorld) -> None:
    await world.do(request_day, "w100", SOON, None, wanted=False, weight=1, by="person/w100")
    await world.do(request_day, "w100", SOON, None, wanted=True, weight=2, by=OFFICER)
    async with world.db.reading() as conn:
        known = await load_book(conn, CODE, SOON, 1)
        id = await conn.fetchval("select id from duty_request where withdrawn_at is null")
    assert known is not None
    assert [(r.wanted, r.weight) for r in known.requests] == [(True, 2)]
    with pytest.raises(Problem) as others:
        await world.do(withdraw_request, id, person="w101", by="person/w101")
    assert others.value.code == "request_of_others"
    await world.do(withdraw_request, id, person="w100", by="person/w100")


async def test_a_month_that_is_over_becomes_debts_of_the_next(
    world: DutyWorld, fake_clock: FakeClock
) -> None:
    whole = month(date(2026, 4, 1), 30)
    busy = [d for d in whole.duties if d.team == "W1"]
    await world.publish(whole)
    assert not await world.do(settle_last_month)
    fake_clock.now += timedelta(days=29)
    assert await world.do(settle_last_month)
    async with world.db.reading() as conn:
        may = await load_book(conn, CODE, date(2026, 5, 1), 31)
    assert may is not None
    mine = {code: debt.nights for code, debt in may.debts.items() if code.startswith("w1")}
    assert abs(sum(mine.values())) < 0.01, "what one did beyond the mean others did less"
    most = max(mine, key=lambda code: mine[code])
    assert sum(d.person == most for d in busy) == max(sum(d.person == c for d in busy) for c in mine)
    assert mine["w1r0"] < 0, "the reserve stood on nothing"
    fake_clock.now += timedelta(days=20)
    assert not await world.do(settle_last_month), "a week after its end a month stays as it was settled"


async def test_who_left_the_folder_is_named_with_the_duties_to_fill(world: DutyWorld) -> None:
    await world.publish()
    people = {code: person for code, person in book().people.items() if code != "w111"}
    said = await world.apply(replace(book(), people=people))
    assert said["left_behind"] == len(said["duties"]) > 0
    assert all(line.startswith("w111 ") for line in said["duties"])


async def test_a_job_whose_process_is_gone_is_said_to_be_lost(
    world: DutyWorld, fake_clock: FakeClock
) -> None:
    async with world.db.work() as work:
        await ASKS.insert_job(
            work.conn, id=new_id(), county=CODE, kind="solve", request={}, by=OFFICER, at=work.now
        )
    assert await world.do(lose_jobs) == 0
    fake_clock.advance(120)
    assert await world.do(lose_jobs) == 1
