"""What is exported as published is what is in force, changes included."""

from __future__ import annotations

from datetime import date

import pytest

from dispatch.cli.roster_files import published_roster
from dispatch.duty.change import Move
from dispatch.duty.changing import change_duties
from gis_data.errors import InputError
from roster.files.page import roster_page
from tests.storage.duty_world import OFFICER, TODAY, DutyWorld, after


async def test_the_published_month_is_exported_with_its_changes(world: DutyWorld) -> None:
    await world.publish()
    soon = after(TODAY, 3)
    await world.do(change_duties, (Move(soon, "W1", "T24", "W1-1/driver/0", "w1r0"),), by=OFFICER, why="test")
    roster, book = await published_roster(world.db, date(2026, 4, 1), 30)
    assert roster.teams == ("E1", "W1")
    assert roster.duties == await world.duties(date(2026, 4, 1), date(2026, 4, 30))
    assert any(duty.person == "w1r0" and duty.day == soon for duty in roster.duties)
    assert "虚构w1r0" in roster_page(book, roster)


async def test_a_month_that_nobody_published_is_refused(world: DutyWorld) -> None:
    with pytest.raises(InputError, match="no roster in force"):
        await published_roster(world.db, date(2027, 4, 1), 30)
