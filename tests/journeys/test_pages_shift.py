"""The rest of a shift on the page, against the fake: roads, units, links, closed incidents, cards on the map, cues."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from runtime.clock import utc_now
from tests.journeys import fake_board
from tests.journeys.browser import colours_of_map, page_of
from tests.journeys.fake_service import FakeService, text

pytestmark = pytest.mark.browser
NO_ENTRY = (213, 94, 0)  # vermillion


def row(page: Page, number: str) -> Locator:
    return page.locator(f"[data-test=incident][data-number='{number}']")


def sent_to(fake: FakeService, path: str) -> Any:
    return next(said for called, said in reversed(fake.calls) if called == path)


def test_a_road_is_reported_by_a_key_and_a_click(page: Page, fake: FakeService) -> None:
    page.keyboard.press("r")
    expect(page.locator("[data-test=send-road]")).to_be_disabled()
    page.locator("[data-test=map]").click(position={"x": 300, "y": 300})
    expect(page.locator("[data-test=road-at]")).to_contain_text("WGS-84")
    page.locator("[data-choice='0.5']").click()
    page.locator("[data-choice=landslide]").click()
    page.locator("[data-class=heavy_engine]").click()
    page.locator("[data-choice='3']").click()
    page.locator("[data-test=send-road]").click()
    expect(page.locator("[data-test=toast]").last).to_contain_text("路况已生效")
    said = sent_to(fake, "roads/conditions")
    assert (said["factor"], said["reason"], said["vehicle_classes"]) == (0.5, "landslide", ["heavy_engine"])
    assert said["crs"] == "wgs84"
    assert 112.3 < said["at"]["lon"] < 113.5
    assert said["ends_at"] is not None


def test_the_middle_of_the_map_is_taken_by_the_keyboard_alone(page: Page, fake: FakeService) -> None:
    page.keyboard.press("r")
    page.locator("[data-test=map]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("[data-test=road-at]")).to_contain_text("WGS-84")


def test_a_closed_road_is_drawn_on_the_whole_county_and_lifted_by_two_presses(
    page: Page, fake: FakeService
) -> None:
    before = colours_of_map(page).get(NO_ENTRY, 0)
    fake.change("road_condition_added", {}, conditions=[fake_board.condition(1)])
    listed = page.locator("[data-test=condition]")
    expect(listed).to_contain_text("封闭")
    expect(listed).to_contain_text("S227")
    for _ in range(40):
        if colours_of_map(page).get(NO_ENTRY, 0) > before + 30:
            break
        page.wait_for_timeout(100)
    assert colours_of_map(page).get(NO_ENTRY, 0) > before + 30
    lift = page.locator("[data-test=lift]")
    lift.click()
    assert not any(path.startswith("DELETE") for path, _ in fake.calls)
    expect(lift).to_contain_text("再按一次")
    with page.expect_response("**/roads/conditions/*"):
        lift.click()
    gone = fake_board.condition(1, removed_at=text(utc_now()))
    fake.change("road_condition_removed", {}, conditions=[gone])
    expect(listed).to_have_count(0)


def test_a_units_status_duty_and_service_are_set_from_the_board(page: Page, fake: FakeService) -> None:
    page.keyboard.press("u")
    page.keyboard.press("Enter")  # nothing is open, so that Enter means the unit itself
    dialog = page.locator("[data-test=dialog]")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("[data-unit=unit-2-0] + [data-test=unit-change]").click()
    with page.expect_response("**/units/unit-2-0/status"):
        dialog.locator("[data-status=training]").click()
    assert sent_to(fake, "units/unit-2-0/status") == {"status": "training"}
    dialog.locator("[name=crew]").fill("4")
    with page.expect_response("**/units/unit-2-0/strength"):
        dialog.locator("[data-test=record-strength]").click()
    assert sent_to(fake, "units/unit-2-0/strength") == {"crew": 4}
    dialog.locator("[data-choice=refill]").click()
    with page.expect_response("**/units/unit-2-0/service"):
        dialog.locator("[data-test=out-of-service]").click()
    assert sent_to(fake, "units/unit-2-0/service") == {"cause": "refill"}
    held = next(card for card in fake.board["cards"]["units"] if card["code"] == "unit-2-0")
    fake.change("unit_out_of_service", {}, units=[{**held, "out_of_service": "refill", "version": 2}])
    with page.expect_response("**/units/unit-2-0/service"):
        dialog.locator("[data-test=back-in-service]").click()
    assert sent_to(fake, "units/unit-2-0/service") == {"cause": None}


def test_two_incidents_are_linked_by_hand_and_near_ones_are_named(page: Page, fake: FakeService) -> None:
    lon, lat = fake_board.seat(2)
    near = fake_board.incident(9, "building", "巴公镇 渠头村 南头", lon + 0.025, lat + 0.03, text(utc_now()))
    fake.change("incident_opened", {"incident": near["id"]}, incidents=[near])
    row(page, "20261122-009").click()
    expect(page.locator("[data-test=double]")).to_contain_text("007")
    page.locator("[data-test=double] button", has_text="并案").click()
    expect(page.locator("[data-test=dialog] [role=radio]").first).to_contain_text("007")
    page.keyboard.press("Enter")
    expect(page.locator("[data-test=toast]").last).to_contain_text("20261122-007")
    house = next(card for card in fake.board["cards"]["incidents"] if card["number"].endswith("007"))
    assert sent_to(fake, f"incidents/{near['id']}/link") == {"incident_id": house["id"]}
    expect(page.locator("[data-test=panel]")).to_contain_text("20261122-007")


def test_what_the_shift_has_closed_is_read_again_with_its_times(page: Page, fake: FakeService) -> None:
    ended = fake_board.record(3, text(utc_now() - timedelta(hours=2)))
    fake.closed = [ended]
    fake.change("incident_closed", {"incident": ended["incident"]["id"]}, incidents=[ended["incident"]])
    page.locator("[data-test=closed][data-number='20261122-003']").click()
    record = page.locator("[data-test=record]")
    expect(record.locator("[data-test=intervals]")).to_contain_text("05:22")
    expect(record.locator("[data-test=intervals]")).to_contain_text("0.013 s")
    expect(record).to_contain_text("货车起火")
    expect(record).to_contain_text("行车 04:11")
    assert record.locator("[data-test=dispatch]").count() == 0
    page.keyboard.press("Escape")
    expect(record).to_have_count(0)


def test_a_station_under_the_pointer_says_who_is_there_and_a_click_keeps_the_card(
    page: Page, fake: FakeService
) -> None:
    row(page, "20261122-007").click()
    card = page.locator("[data-test=map-card]")
    stage = page.locator("[data-test=map]").bounding_box()
    assert stage is not None
    at = next(
        (x, y)
        for y in range(60, int(stage["height"]) - 40, 12)
        for x in range(360, int(stage["width"]) - 20, 12)
        if _over_a_unit(page, stage["x"] + x, stage["y"] + y)
    )
    expect(card).to_contain_text("☎ 0356-30119")
    expect(card).to_contain_text("当班")
    page.mouse.click(stage["x"] + at[0], stage["y"] + at[1])
    page.mouse.move(5, 5)
    expect(card.locator("[data-test=card-unit]").first).to_be_visible()
    card.locator("[data-test=card-unit]").first.click()
    expect(page.locator("[data-test=dialog]")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)


def _over_a_unit(page: Page, x: float, y: float) -> bool:
    page.mouse.move(x, y)
    return page.locator("[data-test=map-card]").count() > 0


def test_the_nearest_usable_water_is_listed_with_its_way(page: Page) -> None:
    row(page, "20261122-007").click()
    water = page.locator("[data-test=water] li")
    expect(water).to_have_count(2)
    expect(water.first).to_contain_text("东")
    expect(water.nth(1)).to_contain_text("渠头消火栓")
    expect(water.nth(1)).to_contain_text("北")


def test_water_by_road_is_told_with_reasons_a_plan_and_its_shortfall(page: Page, fake: FakeService) -> None:
    fake.water = fake_board.water()
    row(page, "20261122-007").click()
    listed = page.locator("[data-test=water] li")
    expect(listed).to_have_count(1)
    expect(listed.first).to_contain_text("河西水鹤")
    expect(listed.first).to_contain_text("往返 04:40")
    expect(page.locator("[data-test=water-refused]")).to_contain_text("不在可用季节（04-01/10-31）")
    plan = page.locator("[data-test=water-plan]")
    expect(plan).to_contain_text("运水需罐车 5 辆，可用 2 辆")
    expect(plan).to_contain_text("一趟 22.0 分钟")
    expect(page.locator("[data-test=water-verdict]")).to_contain_text("缺 11.8 升/秒")
    page.locator("[data-test=water-need]").fill("45")
    page.locator("[data-test=water-need]").press("Enter")
    expect(page.locator("[data-test=water-verdict]")).to_contain_text("需 45")


def test_a_new_alarm_below_the_fold_is_announced_and_f3_goes_to_it(
    browser: Browser, address: str, fake: FakeService
) -> None:
    with page_of(browser, 1366, 768) as page:
        page.goto(f"{address}/#login=x")
        expect(page.locator("[data-test=incident]")).to_have_count(3)
        for number in range(20, 28):
            one = fake_board.incident(number, "other", "某处", 112.8, 35.4, text(utc_now()), level=1)
            fake.change("incident_opened", {"incident": one["id"]}, incidents=[one])
        expect(page.locator("[data-test=cue]")).to_contain_text("在视线外")
        page.keyboard.press("F3")  # somebody is trapped there
        expect(page.locator("[data-test=panel]")).to_contain_text("20261122-007")
        page.keyboard.press("F3")
        expect(page.locator("[data-test=panel]")).to_contain_text("20261122-020")


def test_the_telephone_key_asks_for_the_silent_unit_and_choices_work_by_keyboard(
    page: Page, fake: FakeService
) -> None:
    row(page, "20261122-006").click()
    page.keyboard.press("t")
    expect(page.locator("[data-test=dialog]")).to_contain_text("0356-")
    page.keyboard.press("Escape")
    silent = page.locator("[data-test=assignment][data-state=unconfirmed]")
    silent.locator("button", has_text="不能出动").click()
    page.keyboard.press("3")
    page.keyboard.press("ArrowRight")
    with page.expect_response("**/unable"):
        page.keyboard.press("Enter")
    assert fake.calls[-1][1]["cause"] == "road_blocked"


def test_the_bell_can_be_listened_to(page: Page) -> None:
    page.mouse.click(5, 5)
    page.locator("[data-test=try-sound]").click()
    expect(page.locator("[data-test=try-sound]")).to_contain_text("试听中")


def test_a_report_of_a_sensor_is_verified_by_one_press(page: Page, fake: FakeService) -> None:
    smoke = fake_board.incident(
        11, "building", "村委会 烟感", 112.8, 35.4, text(utc_now()), verified=False, level=1
    )
    fake.change("incident_opened", {"incident": smoke["id"]}, incidents=[smoke])
    row(page, "20261122-011").click()
    with page.expect_response("**/verify"):
        page.locator("[data-test=verify]").click()
    assert fake.calls[-1][0] == f"incidents/{smoke['id']}/verify"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_long_names_and_deadlines_stay_inside_their_panels(
    browser: Browser, address: str, fake: FakeService, lang: str
) -> None:
    units = [
        {
            **card,
            "name": f"巴公装备制造工业园{card['name']}",
            "name_en": f"Works brigade, heavy {card['code']}",
        }
        for card in fake.board["cards"]["units"]
    ]
    fake.change("county_units_applied", {}, units=units)
    with page_of(browser, 1366, 768) as page:
        page.add_init_script(f"localStorage.setItem('pianqu.lang', '{lang}')")
        page.goto(f"{address}/#login=x")
        row(page, "20261122-006").click()
        expect(page.locator("[data-test=assignment]").first).to_be_visible()
        outside = page.evaluate(
            "[...document.querySelectorAll('aside')].flatMap((side) => {"
            " const right = side.getBoundingClientRect().right + 1;"
            " return [...side.querySelectorAll('li, button, .timer, p')]"
            "  .filter((el) => el.getBoundingClientRect().right > right).map((el) => el.textContent) })"
        )
        assert outside == []
        clock = page.locator("time.wall").bounding_box()
        assert clock is not None
        assert clock["x"] + clock["width"] <= 1366


def test_a_rostered_unit_shows_who_sits_in_it_and_whom_to_call_in(page: Page) -> None:
    row = page.locator("[data-unit=unit-9-0]")
    expect(row.locator("[data-test=crew-count]")).to_have_text("3/4!")
    expect(row.locator("[data-test=crew-count]")).to_have_class(re.compile("short"))
    page.locator("[data-unit=unit-9-0] + [data-test=unit-change]").click()
    crew = page.locator("[data-test=crew]")
    expect(crew).to_contain_text("驾驶员 · 虚构甲")
    expect(crew).to_contain_text("超时留守")
    expect(page.locator("[data-test=record-strength]")).to_have_count(0)
    crew.locator("[data-test=call-in]").click()
    expect(crew.locator("[data-test=call-in-list]")).to_contain_text("虚构丁 ☎ 555-9")
