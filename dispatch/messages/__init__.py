"""Messages to people: codes with parameters in, Chinese or English out; one catalogue shared with the pages.

Each JSON file beside this module holds one area: `{"reason.nearest": {"zh": "…{minutes}…", "en": "…"}}`. The pages
bundle the same files, so a code reads the same on the console, on a device and in a terminal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

Lang = Literal["zh", "en"]


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Every message by code. Raises ValueError when two areas define one code: a code has one meaning."""
    found: dict[str, Mapping[str, str]] = {}
    for file in sorted(resources.files(__name__).iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".json"):
            continue
        for code, texts in json.loads(file.read_text(encoding="utf-8")).items():
            if code in found:
                raise ValueError(f"message {code!r} is defined twice, the second time in {file.name}")
            found[code] = texts
    return found


def text(code: str, params: Mapping[str, object] | None = None, lang: Lang = "zh") -> str:
    """The message in one language. An unknown code or a missing parameter shows itself instead of failing."""
    texts = catalogue().get(code)
    if texts is None:
        return code
    try:
        return texts[lang].format_map({name: _spoken(value, lang) for name, value in (params or {}).items()})
    except (KeyError, ValueError, IndexError):
        return f"{texts[lang]} {dict(params or {})}"


def _spoken(value: object, lang: Lang) -> object:
    """Several things are named one after the other, as people do."""
    if isinstance(value, list | tuple | set | frozenset):
        return ("、" if lang == "zh" else ", ").join(str(one) for one in value)
    return value
