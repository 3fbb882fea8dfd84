"""The fake service with its picture-book night, and the page that looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dispatch.console.site import PAGES
from tests.journeys.browser import chromium, page_of
from tests.journeys.fake_night import night
from tests.journeys.fake_service import FakeService, serving


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(PAGES, "index.html").is_file():
        pytest.fail("the pages are not built: run scripts/setup")
    with chromium() as found:
        yield found


@pytest.fixture
def fake() -> FakeService:
    service = FakeService()
    night(service)
    return service


@pytest.fixture
def address(fake: FakeService) -> Iterator[str]:
    with serving(fake) as found:
        yield found


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The console, logged in by the one-time link."""
    with page_of(browser) as found:
        found.goto(f"{address}/#login=one-time-code")
        expect(found.locator("[data-test=link]")).to_have_attribute("data-state", "live")
        yield found
