"""The columns of all candidates: whatever changed since the last question, they are those of the units asked about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dispatch.alarms.columns import Columns, columns_of
from dispatch.forces.model import Candidate, Gate
from tests.rules.simulating import small_ground

GROUND = small_ground()
COUNTY, UNITS = GROUND.county, GROUND.candidates[False]


def told(columns: Columns) -> dict[str, object]:
    """Everything in them, as plain values."""
    found = {name: getattr(columns, name) for name in Columns.__dataclass_fields__ if name != "county"}
    found["units"] = {
        name: getattr(columns.units, name).tolist() for name in type(columns.units).__dataclass_fields__
    }
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in found.items()}


def afresh(units: tuple[Candidate, ...]) -> Columns:
    columns_of(COUNTY, ())  # forgets
    return columns_of(COUNTY, units)


@given(
    st.lists(
        st.tuples(st.integers(0, len(UNITS) - 1), st.sampled_from(Gate), st.floats(0, 900), st.floats(0, 6)),
        max_size=9,
    )
)
def test_columns_mended_are_those_made_afresh(changes: list[tuple[int, Gate, float, float]]) -> None:
    columns_of(COUNTY, UNITS)
    units = list(UNITS)
    for row, gates, turnout, people in changes:
        units[row] = replace(
            units[row], gates=gates, turnout_seconds=turnout, brings={"people": people}, lon=112.0 + people
        )
    mended = columns_of(COUNTY, units)
    assert mended.candidates == tuple(units)
    assert told(mended) == told(afresh(tuple(units)))


def test_the_same_units_have_the_same_columns() -> None:
    assert columns_of(COUNTY, UNITS) is columns_of(COUNTY, list(UNITS))


def test_other_units_of_the_same_number_have_their_own() -> None:
    half = len(UNITS) // 2
    columns_of(COUNTY, UNITS[:half])
    others = UNITS[half : 2 * half]
    assert columns_of(COUNTY, others).codes == tuple(unit.code for unit in others)


def test_nobody_has_columns_without_rows() -> None:
    assert len(columns_of(COUNTY, ()).units.turnout_ms) == 0
