"""The fake night and the page that looks at it; the command line and its county; the whole service."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dispatch.cli import main
from dispatch.console.site import PAGES
from gis_data.folder import write_county
from runtime.servers import Servers
from tests.journeys.browser import chromium, page_of
from tests.journeys.command_line import Ended, Run
from tests.journeys.fake_night import night
from tests.journeys.fake_service import FakeService, serving
from tests.journeys.whole_service import Whole, county_with, open_whole
from tests.storage.small_county import small_county


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


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "小县"
    write_county(small_county(), folder)
    return folder


@pytest.fixture
def copy(county: Path, tmp_path: Path) -> Path:
    """A county folder to spoil."""
    return Path(shutil.copytree(county, tmp_path / "county"))


@pytest.fixture
def run(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`pianqu …` in this process, which saves a second each."""
    monkeypatch.setenv("PIANQU_DATA", str(tmp_path / "data"))

    def go(*arguments: str | Path) -> Ended:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Ended(code, out, err)

    return go


@pytest.fixture
def own(servers: Servers, database_url: str) -> Servers:
    return replace(servers, database_url=database_url)


@pytest.fixture
async def whole(tmp_path: Path, own: Servers) -> AsyncIterator[Whole]:
    async with open_whole(tmp_path, own, county_with()) as found:
        yield found


@pytest.fixture
async def hasty(tmp_path: Path, own: Servers) -> AsyncIterator[Whole]:
    """W1-1 must answer within a second."""
    async with open_whole(tmp_path, own, county_with(patrol_seconds=1.0)) as found:
        yield found


@pytest.fixture
async def by_hand(tmp_path: Path, own: Servers) -> AsyncIterator[Whole]:
    async with open_whole(tmp_path, own, county_with(), automatic=False) as found:
        yield found
