"""`pianqu demo`: the whole job on one screen."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import click

from dispatch.cli.options import county_folder, county_option, data_options, settings_of
from dispatch.demo.play import Options, run_demo
from gis_data.errors import InputError
from gis_data.folder import read_county


@click.command()
@click.option(
    "--alarms", type=click.IntRange(0, 100_000), default=0, help="So many random alarms after the tale."
)
@click.option(
    "--speed",
    type=click.FloatRange(0.1, 100_000),
    default=60.0,
    show_default=True,
    help="How many times faster driving and work go; deadlines stay real.",
)
@click.option("--once", is_flag=True, help="Stop after the report: 0 when every alarm was served, else 1.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.json")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), help="8119, or any free one.")
@county_option
@data_options
def demo(
    alarms: int,
    speed: float,
    once: bool,
    report: Path | None,
    lang: Any,
    port: int | None,
    county: Path | None,
    **where: Any,
) -> int:
    """Servers, county, service, a simulated team on every device, and a scripted night.

    Then it goes on serving the console and prints its link; Ctrl-C ends it.
    """
    if report is not None and not report.absolute().parent.is_dir():
        raise InputError("--report", f"the folder of {report} does not exist", "make it or name another file")
    settings = settings_of(**where)
    folder = county_folder(settings, county)
    read = read_county(folder)
    gc.freeze()  # it stays: the simulated devices must not stand still while garbage is sought in it
    return run_demo(settings, folder, read, Options(alarms, speed, once, report, lang, port))
