"""Roll call and roster on the console against the real service: by telephone, in a browser, without a reload."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dispatch.duty.away import report_absence
from dispatch.duty.people import apply_roster
from dispatch.duty.publishing import publish, save_draft
from roster.people import AbsenceKind
from roster.plan import Book, Roster
from roster.planning.rotation import roster_by_rotation
from runtime.clock import utc_now
from runtime.database import Work, open_database
from runtime.hints import Hints
from tests.journeys.browser import chromium, page_of
from tests.journeys.live_house import LiveHouse, live_house
from tests.storage.duty_world import CODE, T24, ZONE, book

pytestmark = pytest.mark.browser
DRIVER = "W1-1/driver/0"


@dataclass(frozen=True)
class Duty:
    """The service with a month in force; its shift has been running for some hours, whenever the test runs."""

    house: LiveHouse
    database_url: str
    book: Book
    roster: Roster
    day: date  # on which the running shift began

    def do(self, act: Callable[[Work], Awaitable[Any]]) -> None:
        async def once() -> None:
            db = await open_database(self.database_url, Hints(None), size=1)
            try:
                async with db.work() as work:
                    await act(work)
            finally:
                await db.close()

        # The browser has a loop of its own in this thread.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, once()).result()

    def planned(self, day: date, seat: str = DRIVER) -> str:
        return next(one.person for one in self.roster.duties if (one.day, one.seat) == (day, seat))

    def name(self, person: str) -> str:
        return self.book.people[person].name


@pytest.fixture
def duty(database_url: str, county: Path, tmp_path: Path) -> Iterator[Duty]:
    began = (utc_now() - timedelta(hours=6)).astimezone(ZONE)
    shifts = {"T24": replace(T24, starts=time(began.hour))}
    known = replace(book(), shifts=shifts)
    roster = roster_by_rotation(known, began.date() - timedelta(days=1), 28, ("E1", "W1"))
    with live_house(database_url, county, tmp_path / "data") as house:
        found = Duty(house, database_url, known, roster, began.date())

        async def in_force(work: Work) -> None:
            await apply_roster(work, known)
            version = await save_draft(work, CODE, roster, note="", by="operator/test")
            await publish(work, CODE, version.id, since=None, by="operator/test")

        found.do(in_force)
        yield found


def test_an_empty_seat_is_filled_by_telephone_and_the_month_is_read_without_a_reload(duty: Duty) -> None:
    with chromium() as browser, page_of(browser, 1366, 768) as page:
        page.goto(f"{duty.house.url}/#login={duty.house.login_code}")
        expect(page.locator("[data-test=link]")).to_have_attribute("data-state", "live")
        _take_the_roll_call(page, duty)
        _read_the_month(page, duty)


def _take_the_roll_call(page: Page, duty: Duty) -> None:
    unit = page.locator("[data-test=unit][data-unit=W1-1]")
    page.locator("[data-unit=W1-1] + [data-test=unit-change]").click()
    page.locator("[data-test=open-team]").click()
    turn = page.locator("[data-test=turn-running]")
    seat = turn.locator(f"[data-seat='{DRIVER}']")
    missing = duty.planned(duty.day)
    expect(seat).to_contain_text(duty.name(missing))
    expect(seat).to_contain_text(f"555-{missing}")
    leader = turn.locator("[data-seat='W1-1/squad_leader/0']")
    for one, cause in ((seat, "sick"), (leader, "not_reached")):
        one.locator("[data-test=absent]").click()
        one.locator(f"[data-cause={cause}]").click()
        expect(one).to_have_attribute("data-state", "absent")
    turn.locator("[data-test=all-present]").click()
    expect(turn.locator("[data-test=rollcall-state]")).to_have_attribute("data-state", "answered")
    expect(turn.locator("[data-test=open-seats]")).to_contain_text("驾驶员")
    # The board has heard of it by itself: one man does not roll.
    expect(unit).to_have_attribute("data-standing", "short_crew")
    expect(unit.locator("[data-test=crew-count]")).to_have_text("1/3")
    page.keyboard.press("Escape")
    page.locator("[data-test=short-team][data-team=W1]").click()

    seat.locator("[data-test=find]").click()
    first = seat.locator("[data-test=substitutes] li").first
    expect(first).to_contain_text(re.compile(r"☎ 555-.*已休息|☎ 555-.*此前无班", re.DOTALL))
    person = first.get_attribute("data-person")
    assert person is not None
    assert person != missing
    first.locator("[data-test=call-in-person]").click()
    expect(seat).to_have_attribute("data-state", "present")
    expect(seat).to_contain_text(duty.name(person))
    expect(unit).to_have_attribute("data-standing", "free")
    expect(unit.locator("[data-test=crew-count]")).to_have_text("2/3")
    coming = page.locator("[data-test=turn-next]").locator(f"[data-seat='{DRIVER}']")
    successor = duty.name(duty.planned(duty.day + timedelta(days=1)))
    expect(coming).to_contain_text(successor)
    coming.locator("[data-test=present]").click()  # long before the shift: takes over at once
    expect(coming).to_have_attribute("data-state", "present")
    expect(seat).to_contain_text(f"已由 {successor} 接班")
    expect(unit.locator("[data-test=crew-count]")).to_have_text("2/3")


def _read_the_month(page: Page, duty: Duty) -> None:
    page.locator("[data-test=team]").press("d")
    soon = duty.day + timedelta(days=3)
    cell = page.locator(f"[data-test=cell][data-team=W1][data-day='{soon}']")
    expect(cell).to_have_attribute("data-colour", "green")
    cell.click()
    panel = page.locator("[data-test=roster-panel]")
    seat = panel.locator(f"[data-seat='{DRIVER}']")
    who = duty.planned(soon)
    expect(seat).to_contain_text(duty.name(who))

    starts = datetime.combine(soon, time(0), ZONE)

    async def falls_ill(work: Work) -> None:
        until = starts + timedelta(days=2)
        await report_absence(
            work, CODE, who, AbsenceKind.SICK, starts, until, note="", by="test", release=True
        )

    duty.do(falls_ill)
    expect(cell).to_have_attribute("data-colour", "orange")
    expect(seat).to_contain_text("空缺")
    expect(panel.locator("[data-test=away]")).to_contain_text(duty.name(who))
    with page.expect_download() as caught:
        panel.locator("[data-form=html]").click()
    assert caught.value.suggested_filename.endswith(".html")
    assert duty.name(duty.planned(soon + timedelta(days=1))) in caught.value.path().read_text("utf-8")
    panel.locator("[data-test=all-days]").click()
    expect(panel.locator("[data-test=troubles]")).to_contain_text("W1班组")
    page.keyboard.press("Escape")
    expect(page.locator("[data-test=roster]")).to_have_count(0)
