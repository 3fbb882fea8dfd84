"""What is written as JSON comes back as it went, and the database's clock is the one that counts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

import numpy as np
import pytest

from runtime.clock import utc_now
from runtime.database import Database, open_database
from runtime.encoding import to_json
from runtime.errors import UserError
from runtime.hints import Hints
from runtime.ids import new_id


class Scale(StrEnum):
    FIRE = "fire"


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    at: datetime


async def test_everything_the_rules_use_can_go_into_a_jsonb_column(db: Database) -> None:
    china = timezone(timedelta(hours=8))
    async with db.work() as work:
        id: UUID = await work.conn.fetchval("select $1::uuid", new_id())  # asyncpg's own subclass of UUID
        sent = {
            "id": id,
            "at": datetime(2026, 4, 4, 14, 0, 0, 123456, tzinfo=china),
            "day": date(2026, 4, 4),
            "place": Place("凤台", datetime(2026, 4, 4, tzinfo=UTC)),
            "facts": MappingProxyType({"floors": 3}),
            "classes": frozenset({"ladder", "heavy_engine"}),
            "scale": Scale.FIRE,
            "array": np.array([1.5, 2.5]),
            "number": np.int32(7),
            "pair": (1, None),
        }
        found = await work.conn.fetchval("select $1::jsonb", sent)
    assert found == {
        "id": str(id),
        "at": "2026-04-04T06:00:00.123Z",
        "day": "2026-04-04",
        "place": {"name": "凤台", "at": "2026-04-04T00:00:00.000Z"},
        "facts": {"floors": 3},
        "classes": ["heavy_engine", "ladder"],
        "scale": "fire",
        "array": [1.5, 2.5],
        "number": 7,
        "pair": [1, None],
    }


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        to_json({"at": datetime(2026, 4, 4)})  # noqa: DTZ001 (that is the fault)


def test_new_ids_sort_by_the_time_they_were_made() -> None:
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(ids)
    assert all(type(id) is UUID and id.version == 7 for id in ids)


async def test_the_time_of_a_unit_of_work_is_the_databases(db: Database) -> None:
    async with db.work() as work:
        shown = await work.conn.fetchval("select clock_timestamp()")
        assert timedelta(0) <= shown - work.now < timedelta(seconds=30)
    assert abs(utc_now() - await db.now()) < timedelta(seconds=30)  # here both are one machine's


async def test_nothing_can_be_written_while_reading(db: Database) -> None:
    with pytest.raises(Exception, match="read-only"):
        async with db.reading() as conn:
            await conn.execute("delete from timer")


async def test_a_database_out_of_reach_is_said_in_one_line(hints: Hints) -> None:
    with pytest.raises(UserError, match=r"--database-url postgresql://u:…@127\.0\.0\.1:9/x: unreachable"):
        await open_database("postgresql://u:p@127.0.0.1:9/x", hints)
