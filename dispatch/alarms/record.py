"""A question to `choose` as plain JSON and back, so that any decision in the journal can be replayed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from dispatch.alarms.choose import choose
from dispatch.alarms.question import Choice, Policy, Request, Rule, SlotWanted, Units

RECORD_VERSION = 2

_UNITS, _REQUEST, _SLOT, _POLICY = (
    tuple(field.name for field in fields(kind)) for kind in (Units, Request, SlotWanted, Policy)
)
_DTYPES: dict[str, type[np.generic]] = {
    "turnout_ms": np.int64,
    "brings": np.float64,
    "full_brings": np.float64,
    "zone": np.int32,
    "engine": np.bool_,
    "duty_mode": np.int8,
    "travel_ms": np.int64,
    "gates": np.int32,
    "role": np.int32,
    "zone_order": np.int32,
    "need": np.float64,
    "needs": np.float64,
    "classes_ok": np.bool_,
}


def to_record(
    units: Units,
    requests: tuple[Request, ...],
    policy: Policy,
    units_record: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything `choose` is given, as JSON values. `units_record`: the units as such already."""
    return {
        "v": RECORD_VERSION,
        "units": units_record or _plain(units, _UNITS),
        "requests": [_request_to_record(request) for request in requests],
        "policy": {name: getattr(policy, name) for name in _POLICY},
    }


def from_record(record: Mapping[str, Any]) -> tuple[Units, tuple[Request, ...], Policy]:
    """The arguments of `choose` as they were. Raises ValueError for a version this code does not know."""
    if record.get("v") not in (1, RECORD_VERSION):
        raise ValueError(
            f"record version {record.get('v')!r} is unknown; this program reads 1 to {RECORD_VERSION}"
        )
    columns = _lists_to_arrays(record["units"])
    columns.setdefault("full_brings", columns["brings"])  # version 1 looked no further than the crew aboard
    if columns["brings"].ndim == 1:  # no units at all: an empty list has lost its second dimension
        width = len(record["requests"][0]["need"]) if record["requests"] else 0
        columns |= {"brings": np.zeros((0, width)), "full_brings": np.zeros((0, width))}
    units = Units(**columns)
    return units, tuple(_request_from_record(r) for r in record["requests"]), Policy(**record["policy"])


def replay(inputs: Mapping[str, Any]) -> Choice:
    """The decision of a proposal row made again from its `inputs`: the same picks for the same reasons."""
    return choose(*from_record(inputs))


def _request_to_record(request: Request) -> dict[str, Any]:
    plain = _plain(request, _REQUEST)
    plain["slots"] = [{**_plain(slot, _SLOT), "rule": int(slot.rule)} for slot in request.slots]
    plain["extra_tasks"] = [needs.tolist() for needs in request.extra_tasks]
    return plain


def _request_from_record(plain: Mapping[str, Any]) -> Request:
    values = _lists_to_arrays(plain)
    values["slots"] = tuple(
        SlotWanted(**{**_lists_to_arrays(slot), "rule": Rule(slot["rule"])}) for slot in plain["slots"]
    )
    values["extra_tasks"] = tuple(np.array(needs, dtype=np.float64) for needs in plain["extra_tasks"])
    return Request(**values)


def _plain(value: Any, names: tuple[str, ...]) -> dict[str, Any]:
    found = ((name, getattr(value, name)) for name in names)
    return {name: one.tolist() if isinstance(one, np.ndarray) else one for name, one in found}


def _lists_to_arrays(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: np.array(value, dtype=_DTYPES[name]) if name in _DTYPES else value
        for name, value in values.items()
    }
