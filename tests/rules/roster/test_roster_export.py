"""Rosters on paper, in a browser, in a calendar: what is drawn is what the roster says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from icalendar import Calendar

from gis_data.errors import InputError
from roster.files.feed import person_feed
from roster.files.month import months_of, seat_sign
from roster.files.page import roster_page
from roster.files.paper import roster_pdf
from roster.plan import Book, Roster
from tests.rules.roster.county_of_duty import duty_book, duty_county
from tests.rules.roster.test_roster_import import made

AT = datetime(2026, 11, 26, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    folder = tmp_path_factory.mktemp("county")
    duty_county(folder)
    (folder / "absences.csv").write_text(
        "person,kind,starts,ends\nm24,sick,2026-12-08,2026-12-09\n", encoding="utf-8"
    )
    return duty_book(folder)


@pytest.fixture(scope="module")
def roster(book: Book) -> Roster:
    return made(book, date(2026, 12, 1), 31)


def test_a_month_counts_duties_nights_weekends_and_what_is_missing(book: Book, roster: Roster) -> None:
    room, brigade = months_of(book, roster)
    assert room.unfilled == (1,) * 31, "nobody sits in the town's room"
    assert set(brigade.unfilled) == {0}
    rows = {row.person: row for row in brigade.rows}
    driver = rows["m10"]
    assert (driver.duties, driver.nights) == (11, 11)
    assert driver.hours_counted == pytest.approx(11 * 24 * 0.68, abs=0.1)
    # Duties on the 1st, 4th, 7th …: of the weekends those of the 13th, 19th, 25th and 28th to the 29th, where a
    # duty of Friday or Sunday counts too, and the 5th is swapped into a working day.
    assert driver.weekends == 3
    assert [cell.mark for cell in driver.cells[:4]] == ["班", "", "", "班"]
    assert driver.cells[0].seats == "驾"
    assert [cell.mark for cell in rows["m24"].cells[6:10]] == ["", "病", "病", ""]
    assert rows["w1"].group == "借"


def test_a_sign_names_vehicle_and_role() -> None:
    assert seat_sign("bagong-brigade-2/driver/0") == "2驾"
    assert seat_sign("/leading_cadre/0") == "带"
    assert seat_sign("u1/cook/1") == "c"


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.scripts += tag == "script"
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_one_whole_file_that_says_it_is_synthetic(book: Book, roster: Roster) -> None:
    page = roster_page(book, roster)
    parser = _Balance()
    parser.feed(page)
    assert parser.open == []
    assert parser.scripts == 0
    assert not re.search(r'(?:src|href)="(?!#)', page), "nothing is fetched from elsewhere"
    assert page.count("合成数据 synthetic") == 2
    assert "示例10" in page


def test_names_cannot_write_markup_into_the_page(book: Book, roster: Roster) -> None:
    evil = replace(book.people["m10"], name="<script>alert(1)</script>")
    page = roster_page(replace(book, people={**book.people, "m10": evil}), roster)
    assert "<script>" not in page


def test_a_pdf_is_the_same_every_time_and_has_a_page_for_each_team(book: Book, roster: Roster) -> None:
    made_once = roster_pdf(book, roster)
    assert made_once[:5] == b"%PDF-"
    assert made_once == roster_pdf(book, roster)
    assert len(re.findall(rb"/Type /Page\b", made_once)) == 2


def test_a_feed_has_each_duty_in_utc_under_an_identifier_that_stays(book: Book, roster: Roster) -> None:
    feed = person_feed(book, roster, "m10", AT)
    events: list[Any] = list(Calendar.from_ical(feed).walk("VEVENT"))
    assert len(events) == 11
    assert events[0]["dtstart"].dt == datetime(2026, 12, 1, 0, tzinfo=UTC)
    assert events[0]["dtend"].dt == datetime(2026, 12, 2, 0, tzinfo=UTC)
    assert str(events[0]["uid"]) == "2026-12-01-s1-T24-m10@999999.pianqu"
    assert "驾驶员" in events[0]["summary"]
    moved = Roster(
        roster.county,
        roster.first,
        roster.days,
        roster.teams,
        tuple(d for d in roster.duties if d.day.day > 1),
    )
    again = {str(c["uid"]) for c in Calendar.from_ical(person_feed(book, moved, "m10", AT)).walk("VEVENT")}
    assert again == {str(event["uid"]) for event in events[1:]}


def test_lines_of_a_feed_are_folded_at_75_octets_between_signs(book: Book, roster: Roster) -> None:
    lines = person_feed(book, roster, "m10", AT).split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode("utf-8")


def test_a_feed_of_nobody_is_refused(book: Book, roster: Roster) -> None:
    with pytest.raises(InputError):
        person_feed(book, roster, "nobody", AT)


def test_one_persons_page_shows_nobody_else(book: Book, roster: Roster) -> None:
    page = roster_page(book, roster, person="m10")
    assert "示例10" in page
    assert "示例11" not in page
