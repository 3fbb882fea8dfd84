"""SQL lives in .sql files beside the store that uses it; this loads them by package and name."""

from collections.abc import AsyncIterator
from functools import cache
from importlib.resources import files
from typing import Any

import aiosql
from aiosql.adapters.asyncpg import AsyncPGAdapter


@cache
def load_queries(package: str, file: str) -> Any:
    """An object with one function for each named query; the first argument is always a connection.

    `-- name: a(x)` gives rows (`async for row in q.a(conn, x=1)`), `a(x)^` one row or None, `a(x)$` one value,
    `a(x)!` the command's status, `a(x)*!` nothing for a list of dicts, sent in one go (all awaited).
    """
    text = files(package).joinpath(file).read_text(encoding="utf-8")
    adapter: Any = _Adapter
    return aiosql.from_str(text, adapter, attribute=None, mandatory_parameters=False)


class _Adapter(AsyncPGAdapter):
    """aiosql's own asks at every call, slowly, whether it was given a pool; here it is always a connection."""

    def _values(self, query_name: str, parameters: Any) -> Any:
        return self.maybe_order_params(query_name, parameters)  # type: ignore[no-untyped-call]  # aiosql has no types

    async def select(
        self, conn: Any, query_name: str, sql: str, parameters: Any, record_class: None = None
    ) -> AsyncIterator[Any]:
        for row in await conn.fetch(sql, *self._values(query_name, parameters)):
            yield row

    async def select_one(
        self, conn: Any, query_name: str, sql: str, parameters: Any, record_class: None = None
    ) -> Any:
        return await conn.fetchrow(sql, *self._values(query_name, parameters))

    async def select_value(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Any:
        return await conn.fetchval(sql, *self._values(query_name, parameters))

    async def insert_returning(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Any:
        row = await conn.fetchrow(sql, *self._values(query_name, parameters))
        return row[0] if row is not None and len(row) == 1 else row

    async def insert_update_delete_many(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Any:
        return await conn.executemany(sql, [self._values(query_name, one) for one in parameters])

    async def insert_update_delete(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Any:
        return await conn.execute(sql, *self._values(query_name, parameters))
