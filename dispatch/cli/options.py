"""Options that several commands share, and what they are turned into."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gis_data.bundled import bundled_county_folder
from gis_data.crs import to_wgs84
from gis_data.errors import InputError
from gis_data.folder import read_county
from gis_data.model import County
from gis_data.position import check_position
from runtime.encoding import to_json
from runtime.settings import Settings, load_settings

F = TypeVar("F", bound=Callable[..., Any])


def data_options(command: F) -> F:
    """--data, --database-url, --redis-url: where the servers are, or live."""
    command = click.option(
        "--redis-url", metavar="URL", help="An external Redis or Valkey (PIANQU_REDIS_URL)."
    )(command)
    command = click.option(
        "--database-url", metavar="URL", help="An external PostgreSQL (PIANQU_DATABASE_URL)."
    )(command)
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Folder of the embedded servers, caches and secrets (PIANQU_DATA).",
    )(command)


def county_option(command: F) -> F:
    """--county: the county folder; the bundled 泽州县 by default."""
    return click.option(
        "--county",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="County folder; by default the bundled 泽州县 (synthetic).",
    )(command)


def json_option(command: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")(
        command
    )


def settings_of(**given: Any) -> Settings:
    """Settings from environment and file, overridden by what the command line gives (None = not given)."""
    return load_settings(**{name: value for name, value in given.items() if value is not None})


def county_of(settings: Settings, folder: Path | None) -> County:
    """The county of a command: the folder given, else the configured one, else the bundled one (made once)."""
    return read_county(county_folder(settings, folder))


def county_folder(settings: Settings, folder: Path | None) -> Path:
    chosen = folder or settings.county
    if chosen is not None:
        return chosen
    return bundled_county_folder(settings.cache_folder)


def position(option: str, value: str, crs: str = "wgs84") -> tuple[float, float]:
    """`LON,LAT` in one of the coordinate systems, as WGS-84 longitude and latitude in degrees."""
    parts = value.replace("，", ",").split(",")
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError:
        raise InputError(
            option, f"{value!r} is not a position", "write LON,LAT in degrees, like 112.85,35.49"
        ) from None
    check_position(lon, lat, option)
    return to_wgs84(lon, lat, crs)


def print_json(document: Any) -> None:
    sys.stdout.write(json.dumps(json.loads(to_json(document)), ensure_ascii=False, indent=2) + "\n")


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, of: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
