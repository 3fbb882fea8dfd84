"""The `pianqu` command. Bad input ends with code 2 and one line that names what is wrong and how to mend it."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import click

from dispatch.cli.lazy import Lazy, Named
from gis_data.errors import InputError
from runtime.errors import UserError

COMMANDS = {
    "demo": Named(
        "dispatch.cli.demonstrate:demo",
        "Servers, county, service, a simulated team on every device, and a scripted night.",
    ),
    "serve": Named("dispatch.cli.serving:serve", "Run the service."),
    "county": Named(
        "dispatch.cli.folders:county",
        "A county is a folder: county.toml, county.gpkg, units.csv, people.csv.",
    ),
    "nearest": Named(
        "dispatch.cli.roads:nearest", "The units that would be there first, by turnout and road."
    ),
    "route": Named(
        "dispatch.cli.ways:route", "The fastest way of one vehicle class to a point, step by step"
    ),
    "matrix": Named("dispatch.cli.ways:matrix", "The seconds from every station to every place"),
    "isochrone": Named(
        "dispatch.cli.isochrones:isochrone",
        "The area a vehicle class reaches by road from a station or a point",
    ),
    "water": Named(
        "dispatch.cli.water:water",
        "Water by road for a fire: the sources, and a shuttle of tankers or a relay of pumps.",
    ),
    "coverage": Named(
        "dispatch.cli.coverage:coverage", "Which places an engine reaches in time from the order on"
    ),
    "simulate": Named("dispatch.cli.simulate:simulate", "Response times under one or several policies"),
    "roster": Named(
        "dispatch.cli.roster:roster", "值班备勤表: plan, check, mend and publish who is on duty where."
    ),
    "speeds": Named(
        "dispatch.cli.speeds:speeds",
        "What drives from rolling to arriving say of the speeds by vehicle class and class of road.",
    ),
    "token": Named("dispatch.cli.tokens:token", "Tokens for gateways, devices and scripts."),
    "operator": Named("dispatch.cli.tokens:operator", "People who work on the console."),
    "device": Named("dispatch.cli.devices:device", "Receive orders and print them"),
    "postgres": Named("dispatch.cli.postgres:postgres", "Run one of PostgreSQL's tools on the database"),
}


@click.group(
    cls=Lazy,
    named=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="pianqu", prog_name="pianqu")
def pianqu() -> None:
    """片区: fire-alarm dispatch and duty rostering for a county.

    统一调度、划区执勤、互为辅助.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 done, 1 not done, 2 bad input, 130 interrupted."""
    try:
        result = pianqu.main(args=arguments, prog_name="pianqu", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message())
        return 0
    except (click.ClickException, UserError, InputError) as error:
        said = error.format_message() if isinstance(error, click.ClickException) else str(error)
        print(f"pianqu: {' '.join(said.split())}", file=sys.stderr)
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.filename is None:
            return _fault(error)
        why = f"{error.filename}: {(error.strerror or 'unusable').lower()}"
        print(f"pianqu: {why}; name another path or correct its permissions", file=sys.stderr)
        return 2
    except Exception as fault:  # noqa: BLE001 - the last door: a person gets one line, never a traceback
        return _fault(fault)
    return result if isinstance(result, int) else 0


def _fault(fault: Exception) -> int:
    if os.environ.get("PIANQU_DEBUG"):
        traceback.print_exception(fault)
    said = " ".join(f"{type(fault).__name__}: {fault}".split())
    print(
        f"pianqu: a fault of the program itself ({said}); set PIANQU_DEBUG=1 for details and report it",
        file=sys.stderr,
    )
    return 1


def run() -> None:
    """Entry point of the installed command."""
    sys.exit(main())
