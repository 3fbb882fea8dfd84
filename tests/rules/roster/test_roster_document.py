"""The roster document: what is written is read, and what is wrong is named."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_data.errors import InputError
from roster.files.document import read_roster, roster_of_text, roster_text, write_roster
from roster.plan import Duty, Roster

_TEXT = st.text(min_size=1, max_size=8)
_DUTIES = st.builds(
    Duty,
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    *([_TEXT] * 4),
    st.booleans(),
    st.text(max_size=4),
    st.text(max_size=4),
)
_ROSTERS = st.builds(
    Roster,
    _TEXT,
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.integers(1, 62),
    st.lists(_TEXT, min_size=1, max_size=4).map(tuple),
    st.lists(_DUTIES, max_size=8).map(lambda duties: tuple(sorted(duties))),
)
_GOOD = {
    "pianqu-roster": 1,
    "county": "140525",
    "first": "2026-12-01",
    "days": 31,
    "teams": ["a"],
    "duties": [{"day": "2026-12-01", "team": "a", "shift": "T24", "seat": "a-1/driver/0", "person": "p1"}],
}


@given(_ROSTERS)
def test_what_is_written_is_read_back_exactly(roster: Roster) -> None:
    assert roster_of_text(roster_text(roster, synthetic=True), "r.json") == roster


def test_a_document_says_whether_its_people_are_invented(tmp_path: Path) -> None:
    roster = Roster("140525", date(2026, 12, 1), 31, ("a",), ())
    write_roster(tmp_path / "r.json", roster, synthetic=True)
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["synthetic"] is True
    assert read_roster(tmp_path / "r.json") == roster
    assert roster.last == roster.first + timedelta(days=30)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pianqu-roster": 2}, "field pianqu-roster: is version 2"),
        ({"colour": "red"}, "field colour: is not known"),
        ({"days": 0}, "field days: is 0"),
        ({"days": 10**9}, "field days: is 1000000000"),
        ({"first": "9999-12-20"}, "field first: 9999-12-20"),
        ({"first": "0001-01-01"}, "field first: 0001-01-01"),
        ({"days": True}, "field days: True is not a whole number"),
        ({"first": "1 December"}, "field first: '1 December' is not a day"),
        ({"teams": []}, "field teams: is empty; list the codes of teams"),
        ({"teams": [3]}, "field teams: holds more than texts"),
        ({"duties": [{**_GOOD["duties"][0], "mood": 1}]}, "duty 1, field mood: is not known"),  # type: ignore[index]
        ({"duties": [{**_GOOD["duties"][0], "late_minutes": -1}]}, "duty 1, field late_minutes: is -1"),  # type: ignore[index]
        ({"duties": [{"day": "2026-12-01"}]}, "duty 1, field team: is missing"),
        ({"duties": ["x"]}, "duty 1: is not an object"),
    ],
)
def test_a_fault_names_its_field(change: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as caught:
        roster_of_text(json.dumps({**_GOOD, **change}), "r.json")
    assert f"r.json, {said}" in str(caught.value)


@pytest.mark.parametrize("text", ["[]", "{}", "{", "3"])
def test_what_is_no_roster_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        roster_of_text(text, "r.json")
