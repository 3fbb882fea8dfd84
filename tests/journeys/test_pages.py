"""The built page in a real browser, against a fake service that speaks the documented frames."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from runtime.clock import utc_now
from tests.journeys import fake_board
from tests.journeys.browser import colours_of_map, drawn, page_of, warm
from tests.journeys.fake_service import FakeService, text

pytestmark = pytest.mark.browser


def row(page: Page, number: str) -> Locator:
    return page.locator(f"[data-test=incident][data-number='{number}']")


def test_the_one_time_code_leaves_the_address_bar_and_is_exchanged_once(
    page: Page, fake: FakeService
) -> None:
    assert "#" not in page.url
    assert fake.calls[0] == ("/api/v1/login/one-time", {"code": "one-time-code"})
    assert page.evaluate("Object.keys(localStorage).filter((key) => /token|session/.test(key))") == []


def test_the_map_is_drawn_with_roads_and_not_only_a_ground(page: Page) -> None:
    expect(page.locator("[data-test=incident]")).to_have_count(3)
    colours = colours_of_map(page)
    for _ in range(40):
        if warm(colours) > 1000 and drawn(colours) > 5000:
            break
        page.wait_for_timeout(250)
        colours = colours_of_map(page)
    assert warm(colours) > 1000
    assert drawn(colours) > 5000


def test_synthetic_data_and_its_sources_are_named_on_the_page(page: Page) -> None:
    expect(page.locator(".synthetic-mark")).to_contain_text("合成数据")
    expect(page.locator(".attribution")).to_contain_text("国家统计局")


def test_what_waits_stands_first_and_a_new_incident_appears_by_itself(page: Page, fake: FakeService) -> None:
    expect(page.locator("[data-test=incident]").first).to_contain_text("建筑火灾")
    fresh = fake_board.incident(8, "rescue", "南村镇 桥下", 112.8, 35.4, text(utc_now()), trapped=3, level=3)
    fake.change("incident_opened", {"incident": fresh["id"]}, incidents=[fresh])
    expect(row(page, "20261122-008")).to_contain_text("被困 3 人", timeout=1500)


def test_f9_sends_the_whole_proposal_and_ctrl_z_takes_it_back(page: Page, fake: FakeService) -> None:
    row(page, "20261122-007").click()
    expect(page.locator("[data-test=proposed]")).to_have_count(3)
    expect(page.locator("[data-test=dispatch]")).to_contain_text("派出 3 组")
    page.keyboard.press("F9")
    expect(page.locator("[data-test=undo]")).to_be_visible()
    assert fake.calls[-1][1] == {"proposal": True}
    page.keyboard.press("Control+z")
    expect(page.locator("[data-test=undo]")).to_be_hidden()
    expect(page.locator("[data-test=toast]").last).to_contain_text("已撤回")
    path, said = fake.calls[-1]
    assert path == "assignments/x1/recall"
    assert said["cause"] == "undo"


def test_a_digit_takes_a_unit_out_and_the_rest_is_sent_by_name(page: Page, fake: FakeService) -> None:
    row(page, "20261122-007").click()
    expect(page.locator("[data-test=proposed]")).to_have_count(3)
    page.keyboard.press("2")
    expect(page.locator("[data-test=dispatch]")).to_contain_text("派出 2 组")
    page.locator("[data-test=unit][data-unit=unit-4-0]").click()
    expect(page.locator("[data-test=dispatch]")).to_contain_text("派出 3 组")
    page.keyboard.press("F9")
    expect(page.locator("[data-test=undo]")).to_be_visible()
    assert sorted(fake.calls[-1][1]["units"]) == ["unit-1-0", "unit-2-0", "unit-4-0"]


def test_reasons_shortfalls_and_the_price_of_the_zone_are_words(page: Page) -> None:
    row(page, "20261122-007").click()
    panel = page.locator("[data-test=panel]")
    expect(panel.locator("[data-test=shortfall]")).to_contain_text("能派的都已派出")
    expect(panel).to_contain_text("最近可用")
    expect(panel).to_contain_text("35 秒")
    expect(panel).to_contain_text("东部片区")
    page.locator("[data-test=passed]").click()
    assert not re.search(r"\b(reason|gate|page)\.[a-z]", panel.inner_text())


def test_a_telephone_acknowledgement_says_who_and_how(page: Page, fake: FakeService) -> None:
    row(page, "20261122-006").click()
    silent = page.locator("[data-test=assignment][data-state=unconfirmed]")
    expect(silent).to_contain_text("0356-")
    silent.locator("[data-test=telephone]").click()
    page.keyboard.type("张三")
    page.keyboard.press("Enter")
    expect(page.locator("[data-test=dialog]")).to_be_hidden()
    path, said = fake.calls[-1]
    assert path.endswith("/acknowledge")
    assert said == {"by": "张三", "via": "telephone"}


def test_an_answer_that_came_too_late_can_be_kept(page: Page, fake: FakeService) -> None:
    row(page, "20261122-006").click()
    held = next(card for card in fake.board["cards"]["assignments"] if card["state"] == "unconfirmed")
    late = {**held, "late_acknowledged_at": text(utc_now()), "version": 2}
    fake.change("assignment_answered_late", {"unit": held["unit"]}, assignments=[late])
    with page.expect_response("**/keep"):
        page.locator("[data-test=keep]").click()
    expect(page.locator("[data-test=assignment][data-state=unconfirmed]")).to_contain_text("留用")
    assert fake.calls[-1][0].endswith("/keep")


def test_the_form_takes_an_alarm_by_ladder_search_and_click(page: Page, fake: FakeService) -> None:
    page.keyboard.press("F2")
    expect(page.locator("[name=place]")).to_be_focused()
    page.keyboard.type("巴公")
    page.locator("[data-test=found]").first.click()
    expect(page.locator("[data-test=chosen]")).to_contain_text("巴公镇")
    page.locator("[data-test=rung]").first.select_option("巴公镇")
    page.locator("[data-test=rung]").nth(1).select_option(label="渠头村")
    expect(page.locator("[data-test=chosen]")).to_contain_text("巴公镇 渠头村")
    page.locator("[data-test=map]").click(position={"x": 300, "y": 300})
    expect(page.locator("[data-test=chosen]")).to_contain_text("WGS-84")
    page.locator("[data-test=trapped][data-count='2']").click()
    page.locator("[data-test=fact][data-fact=gas]").click()
    page.locator("[name=caller]").fill("13800001111")
    page.keyboard.press("Enter")  # half an alarm is soon sent: Enter alone does nothing
    assert not any(path == "alarms" for path, _ in fake.calls)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-test=toast]").first).to_contain_text("20261122-009")
    alarm = next(said for path, said in fake.calls if path == "alarms")
    assert alarm["kind"] == "building"
    assert alarm["trapped"] == 2
    assert alarm["caller"] == "13800001111"
    assert alarm["facts"] == {"gas": 1}
    assert alarm["location"]["text"] == "巴公镇 渠头村"
    assert alarm["location"]["crs"] == "wgs84"
    assert 112.3 < alarm["location"]["lon"] < 113.5


def test_typed_coordinates_are_sent_with_their_system(page: Page, fake: FakeService) -> None:
    page.keyboard.press("n")
    expect(page.locator("[name=place]")).to_be_focused()
    page.keyboard.type("112.851, 35.512")
    page.locator(".coordinates select").select_option("gcj02")
    page.locator(".coordinates button").click()
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-test=toast]").first).to_be_visible()
    alarm = next(said for path, said in fake.calls if path == "alarms")
    assert alarm["location"] == {"lon": 112.851, "lat": 35.512, "crs": "gcj02"}


def test_keys_of_an_input_method_are_left_to_it(page: Page) -> None:
    page.evaluate("window.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', isComposing: true}))")
    expect(page.locator("[data-test=form]")).to_have_count(0)
    page.keyboard.press("n")
    expect(page.locator("[data-test=form]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-test=form]")).to_have_count(0)


def test_five_seconds_of_silence_raise_the_banner_and_a_word_takes_it_down(
    page: Page, fake: FakeService
) -> None:
    fake.mute = True
    expect(page.locator("[data-test=stale]")).to_be_visible(timeout=9000)
    fake.mute = False
    expect(page.locator("[data-test=stale]")).to_be_hidden(timeout=15_000)


def test_a_lost_connection_resumes_where_it_was(page: Page, fake: FakeService) -> None:
    known = len(fake.events)
    fake.drop_connections()
    missed = fake_board.incident(
        9, "flood", "下村镇 河道", 112.9, 35.5, text(utc_now() - timedelta(seconds=3))
    )
    fake.change("incident_opened", {"incident": missed["id"]}, incidents=[missed])
    expect(row(page, "20261122-009")).to_be_visible()
    assert fake.hellos[-1]["streams"][0]["seq"] == known
    assert len(fake.hellos) == 2


def test_english_and_light_are_one_click_away(page: Page) -> None:
    page.locator("[data-test=lang]").click()
    expect(page.locator(".queue h2")).to_contain_text("Incidents")
    row(page, "20261122-007").click()
    expect(page.locator("[data-test=dispatch]")).to_contain_text("Dispatch 3")
    page.locator("header button[aria-label]").first.click()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


def test_a_wrong_code_says_so_and_offers_the_password(browser: Browser, address: str) -> None:
    with page_of(browser) as page:
        page.route("**/login/one-time", lambda route: route.fulfill(
            status=401, content_type="application/problem+json", body='{"code": "wrong_code", "params": {}}'
        ))  # fmt: skip
        page.goto(f"{address}/#login=used")
        expect(page.locator("[data-test=problem]")).to_contain_text("验证码")
        page.locator("[name=login]").fill("li")
        page.locator("[name=password]").fill("correct horse")
        page.keyboard.press("Enter")
        expect(page.locator("[data-test=link]")).to_have_attribute("data-state", "live")


@pytest.mark.parametrize(("width", "height"), [(1600, 900), (1366, 768)])
def test_nothing_is_cut_off_and_timers_are_large(
    browser: Browser, address: str, width: int, height: int
) -> None:
    with page_of(browser, width, height) as page:
        page.goto(f"{address}/#login=x")
        row(page, "20261122-007").click()
        expect(page.locator("[data-test=proposed]")).to_have_count(3)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        overflowing = page.evaluate(
            "[...document.querySelectorAll('header, aside, .queue ol, .incident > .scroll, .bar')]"
            ".filter((el) => el.scrollWidth > el.clientWidth + 1).map((el) => el.className)"
        )
        assert overflowing == []
        sizes = page.evaluate(
            "[...document.querySelectorAll('.timer')].map((el) => parseFloat(getComputedStyle(el).fontSize))"
        )
        assert min(sizes) >= 22
        dispatch = page.locator("[data-test=dispatch]").bounding_box()
        assert dispatch is not None
        assert dispatch["y"] + dispatch["height"] < height
