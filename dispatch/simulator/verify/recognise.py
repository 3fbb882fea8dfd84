"""From the fields of a case to what must be sampled. Fields named sim… or mc… are others' runs and are passed over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dispatch.simulator.verify.cases import Cases
from dispatch.simulator.verify.check import Check
from dispatch.simulator.verify.crowds import batches, waves
from dispatch.simulator.verify.geometry import covering, distances, driving
from dispatch.simulator.verify.hypercube import hypercube
from dispatch.simulator.verify.queues import erlang, hunt, insensitive, mean_waits
from gis_data.errors import InputError

Fields = Mapping[str, Any]


def checks_in(cases: Cases) -> tuple[list[Check], list[str]]:
    """All checks, and the names of the cases whose fields we do not know. The object may be one case itself."""
    alone = checks_of("case", cases)
    if alone:
        return alone, []
    found = {name: checks_of(name, fields) for name, fields in cases.items() if isinstance(fields, Mapping)}
    return [check for checks in found.values() for check in checks], [n for n in found if not found[n]]


def checks_of(name: str, fields: Fields) -> list[Check]:
    """Every check that the fields ask for; none where nothing is recognised. Raises InputError for broken fields."""
    try:
        return [check for recognise in _RECOGNISED for check in recognise(name, fields)]
    except InputError:
        raise
    except (KeyError, TypeError, IndexError, ZeroDivisionError, ValueError, AttributeError) as fault:
        said = f"its fields do not fit together ({type(fault).__name__}: {fault})"
        raise InputError(f"case {name}", said, "mend the case") from None


def _members(name: str, fields: Fields) -> Iterator[Check]:
    """`cases`: a list of cases, which share the plain fields around it."""
    shared = {key: value for key, value in fields.items() if not isinstance(value, list | dict)}
    for number, one in enumerate(fields.get("cases", ())):
        if isinstance(one, Mapping):
            label = ",".join(f"{key}={one[key]:g}" for key in ("c", "a") if key in one) or str(number)
            yield from checks_of(f"{name} {label}", {**shared, **one})


_RECOGNISED = (
    *(_members, erlang, insensitive, mean_waits, hunt, hypercube, waves, batches),
    *(distances, driving, covering),
)
