"""Cases with known answers from a JSON file: an object whose members are recognised by their fields, not by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from gis_data.errors import InputError

Cases = Mapping[str, Mapping[str, Any]]


def bundled_cases() -> Cases:
    text = resources.files("dispatch.simulator").joinpath("cases.json").read_text("utf-8")
    found: dict[str, Mapping[str, Any]] = json.loads(text)
    return found


def read_cases(file: Path) -> Cases:
    """One object of cases; a list of cases is taken by their `case` or `name`, or numbered."""
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise InputError(
            str(file), f"cannot be read ({fault.strerror})", "name a JSON file of cases"
        ) from None
    except ValueError as fault:
        raise InputError(str(file), f"is not JSON ({fault})", "mend it, or name another file") from None
    if isinstance(found, list):
        found = {
            str(one.get("case") or one.get("name") or number): one
            for number, one in enumerate(found)
            if isinstance(one, dict)
        }
    if not isinstance(found, dict):
        raise InputError(str(file), "holds no cases", "give an object: name → fields of the case")
    if found and not any(isinstance(one, dict | list) for one in found.values()):
        raise InputError(str(file), "holds no cases", "give an object: name → fields of the case")
    if any(not isinstance(one, dict) for one in found.values()) and not _nested(found):
        return {"case": found}
    return {name: one for name, one in found.items() if isinstance(one, dict)}


def _nested(found: Mapping[str, Any]) -> bool:
    """Whether a file is a list of cases; one that is a single case has numbers at its top."""
    return not any(isinstance(one, int | float) and not isinstance(one, bool) for one in found.values())
