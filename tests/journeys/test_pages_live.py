"""The console against the real service: an alarm by the form, one key, devices that acknowledge, a drawn map."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gis_data.bundled import bundled_county_folder
from tests.journeys.browser import Colours, chromium, colours_of_map, drawn, page_of, warm, yellow
from tests.journeys.live_house import LiveHouse, live_house, obedient_devices

pytestmark = pytest.mark.browser
VERMILLION = (213, 94, 0)


@pytest.fixture
def house(database_url: str, run_folder: Path, tmp_path: Path) -> Iterator[LiveHouse]:
    folder = bundled_county_folder(run_folder / "counties")
    with live_house(database_url, folder, tmp_path / "data") as found:
        yield found


def until(page: Page, what: str, holds: Callable[[Colours], bool]) -> None:
    """Looks at the picture of the map until it holds; pictures tell no browser event."""
    for _ in range(60):
        if holds(colours_of_map(page)):
            return
        page.wait_for_timeout(250)
    pytest.fail(what)


def test_an_alarm_taken_on_the_page_is_dispatched_by_one_key_and_acknowledged_by_devices(
    house: LiveHouse,
) -> None:
    village = next(p for p in house.county.places if p.kind == "village")
    town = next(t for t in house.county.towns if t.code == village.town)
    with chromium() as browser, obedient_devices(house), page_of(browser) as page:
        page.goto(f"{house.url}/#login={house.login_code}")
        expect(page.locator("[data-test=link]")).to_have_attribute("data-state", "live")
        expect(page.locator(".synthetic-mark")).to_be_visible()
        until(page, "the map is not drawn", lambda colours: warm(colours) > 500 and drawn(colours) > 8000)

        page.keyboard.press("F2")
        expect(page.locator("[name=place]")).to_be_focused()
        page.keyboard.type(f"{town.name} {village.name}")
        page.locator("[data-test=found]", has_text=village.name).first.click()
        expect(page.locator("[data-test=chosen]")).to_contain_text(village.name)
        page.locator("[data-test=kind][data-kind=building]").click()
        page.locator("[data-test=trapped][data-count='1']").click()
        page.keyboard.press("Control+Enter")

        row = page.locator("[data-test=incident]")
        expect(row).to_have_count(1)
        expect(row).to_contain_text("被困 1 人")
        expect(page.locator("[data-test=proposed]").first).to_be_visible()
        proposed = page.locator("[data-test=proposed]").count()
        assert proposed >= 2
        words = page.locator("[data-test=panel]").inner_text()
        assert not re.search(r"\b(reason|gate|page|shortfall|slot|task)\.[a-z]", words), words

        page.keyboard.press("F9")
        expect(page.locator("[data-test=assignment]").first).to_be_visible()
        expect(page.locator("[data-test=assignment][data-state=acknowledged]").first).to_be_visible()
        expect(page.locator("[data-test=proposed]")).to_have_count(0)
        until(page, "the ways of the units are not drawn", lambda colours: yellow(colours) > 200)

        # A fresh page starts from a snapshot and shows the very same.
        states = (
            "[...document.querySelectorAll('[data-test=assignment]')].map((el) => el.dataset.unit).sort()"
        )
        before = page.evaluate(states)
        page.reload()
        row.click()
        expect(page.locator("[data-test=assignment]")).to_have_count(len(before))
        assert page.evaluate(states) == before


def test_a_place_that_nobody_knows_is_taken_marked_and_moved_by_a_click(house: LiveHouse) -> None:
    with chromium() as browser, page_of(browser, 1366, 768) as page:
        page.goto(f"{house.url}/#login={house.login_code}")
        expect(page.locator("[data-test=link]")).to_have_attribute("data-state", "live")
        page.keyboard.press("F2")
        page.locator("[name=place-text]").fill("山那边的老庙后头")
        page.locator("[data-test=kind][data-kind=vegetation]").click()
        page.keyboard.press("Control+Enter")
        expect(page.locator("[data-test=doubt]")).to_contain_text("位置待核")
        page.locator("[data-test=relocate]").click()
        page.locator("[data-test=map]").click(position={"x": 340, "y": 340})
        page.locator(".asking button.strong").click()
        expect(page.locator("[data-test=doubt]")).to_have_count(0)


def test_a_closed_road_a_unit_in_repair_and_a_closed_incident_are_what_the_service_says(
    house: LiveHouse,
) -> None:
    with chromium() as browser, page_of(browser, 1366, 768) as page:
        page.goto(f"{house.url}/#login={house.login_code}")
        expect(page.locator("[data-test=link]")).to_have_attribute("data-state", "live")

        page.keyboard.press("r")
        page.locator("[data-test=map]").click(position={"x": 345, "y": 345})
        page.locator("[data-choice=landslide]").click()
        page.locator("[data-test=send-road]").click()
        condition = page.locator("[data-test=condition]")
        expect(condition).to_contain_text("塌方")
        until(page, "the closed road is not drawn", lambda colours: colours.get(VERMILLION, 0) > 30)
        page.locator("[data-test=lift]").click()
        page.locator("[data-test=lift]").click()
        expect(condition).to_have_count(0)

        unit = page.locator("[data-test=unit]").first
        code = unit.get_attribute("data-unit")
        unit.click()
        page.locator("[data-test=out-of-service]").click()
        expect(page.locator("[data-test=back-in-service]")).to_be_visible()
        page.keyboard.press("Escape")
        mine = page.locator(f"[data-test=unit][data-unit={code}]")
        expect(mine).to_have_attribute("data-standing", "out_of_service")

        page.keyboard.press("F2")
        page.locator("[data-test=map]").click(position={"x": 345, "y": 345})
        page.locator("[data-test=kind][data-kind=other]").click()
        page.keyboard.press("Control+Enter")
        expect(page.locator("[data-test=water] li").first).to_be_visible()
        page.keyboard.press("c")
        page.keyboard.press("Enter")
        expect(page.locator("[data-test=toast]").last).to_contain_text("已结案")
        page.locator("[data-test=closed]").first.click()
        expect(page.locator("[data-test=intervals]")).to_contain_text("立案 → 结案")
