"""The board as it is, and the head of the county's stream at that same moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dispatch.access.principal import Principal
from dispatch.console.about import describe, zone_areas
from dispatch.console.board import Board, board_of
from dispatch.forces.store import station_cards, zone_cards
from gis_data.model import County
from runtime.database import Connection, Database
from runtime.encoding import utc_text
from runtime.journal import Head, heads
from runtime.queries import load_queries

SQL = load_queries("dispatch.console", "queries.sql")


async def load_board(conn: Connection, county: str) -> tuple[Head, Board]:
    """`conn` must be one repeatable-read snapshot (`Database.reading`): then cards and head belong together."""
    stream = f"county/{county}"
    head = (await heads(conn, [stream]))[stream]
    cards: dict[str, list[Any]] = {
        "stations": list(await station_cards(conn, county)),
        "zones": list(await zone_cards(conn, county)),
    }
    async for row in SQL.board_cards(conn, county=county):
        cards.setdefault(row["kind"], []).append(row["card"])
    return head, board_of(head.seq, cards)


class ConsoleSnapshots:
    """What a console starts from; `push` asks for it through `ConsoleHandlers`."""

    def __init__(self, db: Database, county: County) -> None:
        self._db = db
        self._code = county.code
        self._about = describe(county)
        self._areas = zone_areas(county)

    async def snapshot(self, principal: Principal) -> tuple[Head, Mapping[str, Any]]:
        """The board for anybody who may see one: every role of people sees the same."""
        async with self._db.reading() as conn:
            now = await self._db.clock(conn)
            head, board = await load_board(conn, self._code)
        cards = board.cards()
        stations, zones = cards.pop("stations"), cards.pop("zones")
        return head, {
            "server_time": utc_text(now),
            "county": self._about,
            "stations": stations,
            "zones": [{**zone, "area": self._areas.get(zone["code"])} for zone in zones],
            "cards": cards,
        }
