"""A county with two rostered teams, on a clock that stands at two in the afternoon of the 4th of April."""

from collections.abc import AsyncIterator

import pytest

from runtime.database import Database
from tests.storage.duty_world import DutyWorld


@pytest.fixture
async def world(stopped_db: Database) -> AsyncIterator[DutyWorld]:
    async with DutyWorld(stopped_db) as found:
        yield found
