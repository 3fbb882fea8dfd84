"""What is exported as published is what is in force, changes included."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dispatch.cli.roster_files import published_roster
from dispatch.duty import viewing
from dispatch.duty.change import Move
from dispatch.duty.changing import change_duties
from gis_data.errors import InputError
from roster.files.page import roster_page
from tests.storage.duty_world import OFFICER, TODAY, DutyWorld, after, book
from tests.storage.small_county import small_county


async def test_the_published_month_is_exported_with_its_changes(world: DutyWorld) -> None:
    await world.publish()
    soon = after(TODAY, 3)
    await world.do(change_duties, (Move(soon, "W1", "T24", "W1-1/driver/0", "w1r0"),), by=OFFICER, why="test")
    roster, known = await published_roster(world.db, date(2026, 4, 1), 30)
    assert roster.teams == ("E1", "W1")
    assert roster.duties == await world.duties(date(2026, 4, 1), date(2026, 4, 30))
    assert any(duty.person == "w1r0" and duty.day == soon for duty in roster.duties)
    assert "虚构w1r0" in roster_page(known, roster)


async def test_who_has_left_is_named_in_the_months_that_he_served(world: DutyWorld) -> None:
    await world.publish()
    served = (await world.at(date(2026, 4, 1)))["driver"].person
    people = {code: person for code, person in book().people.items() if code != served}
    await world.apply(replace(book(), people=people))
    roster, known = await published_roster(world.db, date(2026, 4, 1), 30)
    assert f"虚构{served}" in roster_page(known, roster)
    async with world.db.reading() as conn:
        seen = await viewing.month(conn, small_county(), date(2026, 4, 1), 1, ["W1"], None)
    seats = seen["teams"][0]["days"][0]["shifts"][0]["seats"]
    names = {holder["person"]: holder["name"] for seat in seats for holder in seat["held_by"]}
    assert names[served] == f"虚构{served}"


async def test_a_month_that_nobody_published_is_refused(world: DutyWorld) -> None:
    with pytest.raises(InputError, match="no roster in force"):
        await published_roster(world.db, date(2027, 4, 1), 30)
