"""A member's token speaks for one person, and ends when the person leaves the folder."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispatch.access.commands import create_token
from dispatch.access.guard import Guard
from dispatch.access.principal import Role
from runtime.errors import UserError
from tests.storage.duty_world import CODE, DutyWorld, book


@pytest.mark.parametrize("person", [None, "nobody"])
async def test_a_member_s_token_names_somebody_of_the_roster(world: DutyWorld, person: str | None) -> None:
    with pytest.raises(UserError, match="--person"):
        await create_token(world.db, county=CODE, role=Role.MEMBER, person=person)


async def test_who_leaves_the_folder_is_shut_out(world: DutyWorld) -> None:
    token = await create_token(world.db, county=CODE, role=Role.MEMBER, person="w111")
    guard = Guard(world.db)
    found = await guard.principal(token)
    assert found is not None
    assert (found.subject, found.role) == ("person/w111", Role.MEMBER)
    people = {code: person for code, person in book().people.items() if code != "w111"}
    await world.apply(replace(book(), people=people))
    guard.close()
    again = Guard(world.db)
    assert await again.principal(token) is None
    again.close()
