"""The bundled county as a folder, generated when first asked for and kept in a cache under its version."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from importlib.resources import files
from pathlib import Path

from gis_data.folder import write_county

_MADE_FROM = (
    "model.py",
    "reference.py",
    "catalogue.py",
    "layers.py",
    "roads.py",
    "tables.py",
    "cells.py",
    "records.py",
    "folder.py",
    "defaults/catalogue.toml",
)


def bundled_county_folder(cache: Path) -> Path:
    """The folder of 泽州县 in `cache`. Of several processes that ask at once one makes it, the others wait."""
    target = cache / f"zezhou-{recipe()}"
    if (target / "county.toml").exists():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "zezhou.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (target / "county.toml").exists():
            _make(target)
    return target


def _make(target: Path) -> None:
    """Under the lock. What a killed maker left behind goes first; the rename makes the folder appear whole."""
    # Here: they load a second's worth of libraries, used once.
    from gis_data.zezhou.county import build_zezhou
    from gis_data.zezhou.duty import write_duty_files

    making = target.with_suffix(".part")
    for rest in (making, target):
        shutil.rmtree(rest, ignore_errors=True)
    county = build_zezhou()
    write_county(county, making)
    write_duty_files(making, county.people)
    making.rename(target)


def recipe() -> str:
    """A short checksum of the facts and the code that makes the county: another recipe, another folder."""
    package = files("gis_data")
    parts = [package.joinpath(name) for name in _MADE_FROM]
    parts.extend(
        sorted(
            (entry for entry in package.joinpath("zezhou").iterdir() if entry.is_file()), key=lambda e: e.name
        )
    )
    seal = hashlib.sha256()
    for part in parts:
        seal.update(part.name.encode() + b"\0" + part.read_bytes() + b"\0")
    return seal.hexdigest()[:12]
