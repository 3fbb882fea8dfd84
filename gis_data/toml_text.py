"""Plain values as TOML text, laid out for people: one block a record, short nested tables inline."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_BARE = re.compile(r"^[A-Za-z0-9_-]+$")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_LIST_WIDTH = 100


def toml_text(document: Mapping[str, object]) -> str:
    """Scalars first, then tables, then arrays of tables. `None` is left out: TOML has no null."""
    lines: list[str] = []
    tables: list[str] = []
    for key, value in document.items():
        if value is None:
            continue
        if isinstance(value, Mapping):
            tables.append(_block(f"[{_key(key)}]", value))
        elif _is_table_array(value):
            assert isinstance(value, Sequence)
            tables.extend(_block(f"[[{_key(key)}]]", row) for row in value)
        else:
            lines.append(f"{_key(key)} = {_value(value)}")
    return "\n\n".join(part for part in ("\n".join(lines), *tables) if part) + "\n"


def _block(head: str, table: Mapping[str, object]) -> str:
    return "\n".join([head, *(f"{_key(k)} = {_value(v)}" for k, v in table.items() if v is not None)])


def _is_table_array(value: object) -> bool:
    return (
        isinstance(value, list | tuple) and len(value) > 0 and all(isinstance(row, Mapping) for row in value)
    )


def _key(key: str) -> str:
    return key if _BARE.match(key) else _text(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None)
        return "{ " + inner + " }" if inner else "{}"
    if isinstance(value, list | tuple):
        items = [_value(item) for item in value]
        one_line = "[" + ", ".join(items) + "]"
        if len(one_line) <= _LIST_WIDTH:
            return one_line
        return "[\n" + "".join(f"  {item},\n" for item in items) + "]"
    raise TypeError(f"no TOML for {type(value).__name__}")


def _text(text: str) -> str:
    escaped = "".join(
        _ESCAPES.get(c, c if c.isprintable() or c == "\u3000" else f"\\u{ord(c):04x}") for c in text
    )
    return f'"{escaped}"'
