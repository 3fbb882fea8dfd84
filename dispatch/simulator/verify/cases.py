"""Cases with known answers from a JSON file: an object of cases by name, a list of them, or a single case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from gis_data.errors import InputError

Cases = Mapping[str, Any]


def bundled_cases() -> Cases:
    text = resources.files("dispatch.simulator").joinpath("cases.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def read_cases(file: Path) -> Cases:
    """What the file holds, as an object; the cases of a list are named by their `case` or `name`, or numbered."""
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise InputError(
            str(file), f"cannot be read ({fault.strerror})", "name a JSON file of cases"
        ) from None
    except ValueError as fault:
        raise InputError(str(file), f"is not JSON ({fault})", "mend it, or name another file") from None
    if isinstance(found, list):
        return {
            str(one.get("case") or one.get("name") or number): one
            for number, one in enumerate(found)
            if isinstance(one, dict)
        }
    if not isinstance(found, dict):
        raise InputError(str(file), "holds no cases", "give an object: name → fields of the case")
    return found
