"""`pianqu roster publish` beside a service: drafts, refusals in sentences, and what is exported afterwards."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from roster.files.document import read_roster, write_roster
from roster.plan import Roster
from runtime.clock import utc_now
from runtime.database import open_database
from runtime.hints import Hints
from tests.journeys.command_line import Run
from tests.storage.duty_world import DutyWorld, month


def next_month() -> date:
    """By the clock of the machine: what is published has to lie ahead."""
    today = utc_now().date()
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


async def _applied(url: str) -> None:
    hints = Hints()
    await hints.start()
    db = await open_database(url, hints, size=2)
    async with DutyWorld(db):
        pass
    await db.close()
    await hints.stop()


@pytest.fixture
def where(database_url: str) -> tuple[str, ...]:
    asyncio.run(_applied(database_url))
    return ("--database-url", database_url, "--redis-url", "off")


def written(folder: Path, roster: Roster) -> Path:
    path = folder / "roster.json"
    write_roster(path, roster, synthetic=True)
    return path


def test_a_document_is_refused_drafted_published_and_exported(
    run: Run, where: tuple[str, ...], tmp_path: Path
) -> None:
    roster = month(next_month(), 28)
    spoilt = written(tmp_path, replace(roster, duties=roster.duties[1:]))
    refused = run("roster", "publish", spoilt, *where)
    assert refused.code == 1
    assert "1" in refused.err.splitlines()[0]
    assert len(refused.err.splitlines()) == 2, "the refusal and the one sentence"
    in_english = run("roster", "publish", spoilt, "--lang", "en", *where)
    assert "seat driver of E1-1 is empty" in in_english.err
    drafted = run("roster", "publish", spoilt, "--draft", "--json", *where)
    assert json.loads(drafted.out)["state"] == "draft"
    published = run("roster", "publish", written(tmp_path, roster), "--json", *where)
    assert json.loads(published.out)["duties"] == len(roster.duties)
    out = tmp_path / "out.json"
    exported = run(
        *("roster", "export", "--published", f"{roster.first:%Y-%m}", "--format", "json", "--out", out),
        *where,
    )
    assert exported.code == 0, exported.err
    assert read_roster(out).duties == roster.duties


def test_another_county_s_roster_is_refused_in_one_line(
    run: Run, where: tuple[str, ...], tmp_path: Path
) -> None:
    ended = run("roster", "publish", written(tmp_path, replace(month(), county="140525")), *where)
    assert ended.code == 2
    assert "county" in ended.err
    assert ended.err.count("\n") == 1
