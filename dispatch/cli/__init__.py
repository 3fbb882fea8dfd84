"""The `pianqu` command. Bad input ends with code 2 and one line that names what is wrong and how to mend it."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import click

from dispatch.cli.coverage import coverage
from dispatch.cli.demonstrate import demo
from dispatch.cli.devices import device
from dispatch.cli.folders import county
from dispatch.cli.isochrones import isochrone
from dispatch.cli.postgres import postgres
from dispatch.cli.roads import nearest
from dispatch.cli.roster import roster
from dispatch.cli.serving import serve
from dispatch.cli.simulate import simulate
from dispatch.cli.speeds import speeds
from dispatch.cli.tokens import operator, token
from dispatch.cli.water import water
from dispatch.cli.ways import matrix, route
from gis_data.errors import InputError
from runtime.errors import UserError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="pianqu", prog_name="pianqu")
def pianqu() -> None:
    """片区: fire-alarm dispatch and duty rostering for a county.

    统一调度、划区执勤、互为辅助.
    """


for command in (
    demo,
    serve,
    county,
    nearest,
    route,
    matrix,
    isochrone,
    water,
    coverage,
    simulate,
    roster,
    speeds,
    token,
    operator,
    device,
    postgres,
):
    pianqu.add_command(command)


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
