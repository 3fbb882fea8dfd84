"""The schema of a database as text that can be read, compared and loaded; docs/schema.sql is made with it."""

from typing import TYPE_CHECKING

from runtime.queries import load_queries

if TYPE_CHECKING:
    from runtime.database import Connection

_queries = load_queries("runtime", "schema.sql")


async def describe_schema(conn: "Connection") -> str:
    """Everything in the schema `public`, each kind in an order that can be loaded into an empty database."""
    functions = [row["definition"] + ";" async for row in _queries.functions(conn)]
    tables: dict[str, list[str]] = {}
    async for row in _queries.columns(conn):
        tables.setdefault(row["table"], []).append(row["definition"])
    references: list[str] = []
    async for row in _queries.constraints(conn):
        if row["is_reference"]:
            references.append(f"alter table {row['table']} add constraint {row['name']} {row['definition']};")
        else:
            tables[row["table"]].append(f"constraint {row['name']} {row['definition']}")
    created = [
        f"create table {table} (\n    " + ",\n    ".join(lines) + "\n);" for table, lines in tables.items()
    ]
    indexes = [row["definition"] + ";" async for row in _queries.indexes(conn)]
    views = [f"create view {row['name']} as\n{row['definition']}" async for row in _queries.views(conn)]
    parts = (functions, created, ["\n".join(references)], ["\n".join(indexes)], views)
    return "\n\n".join(text.strip() for part in parts for text in part if text.strip()) + "\n"
