"""A headless chromium for page tests: found or skipped in one place, with a fresh profile for each test."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
RGB = tuple[int, int, int]
Colours = dict[RGB, int]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Skips where there is none, unless PIANQU_BROWSER_TESTS=required says that there must be one."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("PIANQU_BROWSER_TESTS") == "required":
            pytest.fail("chromium is not installed, and PIANQU_BROWSER_TESTS=required")
        pytest.skip("chromium is not installed: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def page_of(browser: Browser, width: int = 1600, height: int = 900) -> Iterator[Page]:
    """A page in a context of its own. What it complains about (errors, blocked by policy) fails the test."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(20_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error"
            and "WebSocket" not in message.text
            and "status of 4" not in message.text
            else None
        ),
    )
    yield page
    context.close()
    assert complaints == []


def colours_of_map(page: Page) -> Colours:
    """How often each colour stands in the picture of the map, without the controls over it."""
    picture = Image.open(io.BytesIO(page.locator("[data-test=map] canvas").first.screenshot())).convert("RGB")
    counted = picture.getcolors(picture.width * picture.height) or []
    return {cast(RGB, colour): count for count, colour in counted}


def drawn(counted: Colours) -> int:
    """Pixels that stand out from the ground: lines, names, markers."""
    ground = max(counted, key=lambda colour: counted[colour])
    return sum(
        n
        for colour, n in counted.items()
        if max(abs(a - b) for a, b in zip(colour, ground, strict=True)) > 25
    )


def warm(counted: Colours) -> int:
    """Pixels of the main roads' colour, whatever the softness of their edges: far more red than blue."""
    return sum(n for (red, _, blue), n in counted.items() if red - blue > 25)


def yellow(counted: Colours) -> int:
    """Pixels of the ways of units that were sent (Okabe–Ito yellow)."""
    return sum(n for (red, green, blue), n in counted.items() if red > 190 and green > 180 and blue < 110)
