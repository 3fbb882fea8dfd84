"""Roads on the page, against the fake: closed by name, by kind, under snow, inside an outline; speeds of the hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from runtime.clock import utc_now
from tests.journeys import fake_board
from tests.journeys.fake_service import FakeService, text

pytestmark = pytest.mark.browser


def sent_to(fake: FakeService, path: str) -> Any:
    return next(said for called, said in reversed(fake.calls) if called == path)


def report(page: Page, by: str) -> None:
    page.keyboard.press("r")
    page.locator(f"[data-choice={by}]").first.click()


def file(page: Page) -> None:
    with page.expect_response("**/roads/conditions"):
        page.locator("[data-test=send-road]").click()


def test_a_road_is_closed_by_name_after_showing_what_that_means(page: Page, fake: FakeService) -> None:
    report(page, "name")
    expect(page.locator("[data-test=send-road]")).to_be_disabled()
    page.locator("[name=road-names]").fill("环城路、人民路")
    shown = page.locator("[data-test=road-meaning]")
    expect(shown).to_contain_text("12 段，3.40 公里")
    expect(shown).to_contain_text("环城路 2.10")
    expect(shown).to_contain_text("无名道路 7 段")
    assert not any(path == "roads/conditions" for path, _ in fake.calls)
    page.locator("[name=road-starts]").fill("2030-01-02T08:00")
    page.locator("[data-choice='3']").click()
    file(page)
    said = sent_to(fake, "roads/conditions")
    assert (said["names"], said["factor"], said.get("area")) == (["环城路", "人民路"], 0, None)
    assert said["starts_at"] < said["ends_at"]


def test_a_name_that_no_road_has_is_told_with_the_nearest_and_cannot_be_filed(page: Page) -> None:
    report(page, "name")
    page.locator("[name=road-names]").fill("人民大路")
    expect(page.locator("[data-test=road-refused]")).to_contain_text("相近的：人民路")
    expect(page.locator("[data-test=send-road]")).to_be_disabled()


def test_snow_closes_tracks_and_slows_the_rest_in_two_presses(page: Page, fake: FakeService) -> None:
    report(page, "snow")
    expect(page.locator("[data-test=road-meaning]")).to_contain_text("缓行 50%")
    page.locator("[data-choice='0.3']").click()
    expect(page.locator("[data-test=road-meaning]")).to_contain_text("缓行 30%")
    page.locator("[data-road=residential]").click()
    file(page)
    said = sent_to(fake, "roads/conditions")
    assert (said["road_classes"], said["factor"], said["reason"]) == (["residential", "track"], 0, "snow")
    [others] = said["also"]
    assert (others["everywhere"], others["factor"]) == (True, 0.3)


def test_an_outline_is_drawn_on_the_map_and_narrows_a_kind_of_road(page: Page, fake: FakeService) -> None:
    report(page, "kind")
    page.locator("[data-road=track]").click()
    page.locator("[data-test=draw]").click()
    board = page.locator("[data-test=map]")
    for x, y in ((300, 250), (500, 250), (500, 420)):
        board.click(position={"x": x, "y": y})
        page.wait_for_timeout(350)  # two clicks sooner are a double click, which ends the outline
    board.dblclick(position={"x": 300, "y": 420})
    expect(page.locator("[data-test=outline]")).to_contain_text("4 个角点")
    expect(page.locator("[data-test=road-meaning]")).to_be_visible()
    file(page)
    said = sent_to(fake, "roads/conditions")
    assert said["road_classes"] == ["track"]
    [ring] = said["area"]["coordinates"]
    assert len(ring) == 5
    assert ring[0] == ring[-1]
    assert all(112.0 < lon < 114.0 and 34.5 < lat < 36.5 for lon, lat in ring)


def test_a_set_is_listed_with_its_countdown_and_lifted_as_one(page: Page, fake: FakeService) -> None:
    together = "00000000-0000-7000-8003-000000000001"
    ends = text(utc_now() + timedelta(hours=2))
    cards = [
        fake_board.condition(1, filed_with=together, road_classes=["track"], ends_at=ends, reason="snow"),
        fake_board.condition(
            2, filed_with=together, everywhere=True, factor=0.5, ends_at=ends, reason="snow"
        ),
        fake_board.condition(3, starts_at=text(utc_now() + timedelta(minutes=30))),
    ]
    fake.change("road_condition_added", {}, conditions=cards)
    listed = page.locator("[data-test=condition]")
    expect(listed).to_have_count(3)
    expect(listed.nth(0)).to_contain_text("机耕路")
    expect(listed.nth(0)).to_contain_text("1:59:")
    expect(listed.nth(1)).to_contain_text("全县道路")
    expect(page.locator("[data-test=ahead]")).to_contain_text("29:")
    lift = listed.nth(0).locator("[data-test=lift]")
    expect(lift).to_contain_text("全部恢复")
    lift.click()
    with page.expect_response("**/roads/conditions/*"):
        lift.click()
    assert fake.calls[-1][0] == f"DELETE roads/conditions/{together}?together"


def test_the_speeds_of_the_hour_are_told_when_they_begin(page: Page, fake: FakeService) -> None:
    expect(page.locator("[data-test=speeds-badge]")).to_have_count(0)
    fake.speeds = {"code": "market", "name": "早市", "name_en": "market", "until": text(utc_now())}
    fake.change("speed_profile_changed", {"from": "", "to": "market"})
    expect(page.locator("[data-test=speeds-badge]")).to_contain_text("早市")
    expect(page.locator("[data-test=speeds]")).to_contain_text("分时路况")
