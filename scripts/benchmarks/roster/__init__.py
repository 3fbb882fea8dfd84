"""Benchmarks of rostering: each part is a module with rows(); scripts/bench roster --only PART runs one."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

MODULES = {
    "curtois": "series",
    "county": "county",
    "check": "checking",
    "repair": "repairs",
    "explain": "explanations",
    "crews": "crews",
}
PARTS = tuple(MODULES)


def rows(only: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """The rows of the parts asked for, or of all."""
    for part, module in MODULES.items():
        if not only or part in only:
            yield from import_module(f"scripts.benchmarks.roster.{module}").rows()
