"""`county check` on duty files: what names nothing, what cannot work, what has run out, each with a remedy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gis_data.model import Person
from roster.files.faults import check_duty
from tests.rules.roster.county_of_duty import RULES, duty_county, duty_people
from tests.rules.test_county_folder import small_county

TODAY = date(2026, 12, 1)
Change = Callable[[Person], Person]


def test_a_county_without_duty_files_has_no_faults_of_duty(tmp_path: Path) -> None:
    assert check_duty(small_county(), tmp_path, TODAY) == ()


def test_a_sound_county_has_none(tmp_path: Path) -> None:
    assert check_duty(duty_county(tmp_path), tmp_path, TODAY) == ()


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('rotation = "free"', 'rotation = "loose"', ("[[team]] room-t1", "roster_reference")),
        ('word = ["T24", "-", "-"]', 'word = ["T25", "-", "-"]', ("[[rotation]] 24-48", "roster_reference")),
        ("offsets = [0, 1, 2]", "offsets = [0, 1, 3]", ("[[rotation]] 24-48", "roster_rotation_word")),
        ("offsets = [0, 1, 2]", "offsets = [0, 1, 1]", ("[[rotation]] 24-48", "roster_rotation_word")),
        ('needs = ["ba"]', 'needs = ["cook"]', ("[[crew]] 1", "roster_reference")),
        ('"driver:heavy_engine"', '"driver:tricycle"', ("[[crew]] 1", "roster_reference")),
        ("counted_share = 0.68", "counted_share = 68.0", ("[[team]] s1", "roster_share")),
        (
            'vehicle_class = "heavy_engine"',
            'vehicle_class = "light_engine"',
            ("u1", "roster_unit_without_crew"),
        ),
        ('season = "heating"', 'season = "summer"', ("[[seat]] 1", "roster_reference")),
        ('station_class = "township_1"\nshifts', 'station_class = "micro"\nshifts', ("s1", "roster_no_team")),
    ],
)
def test_rules_that_cannot_work_are_named(tmp_path: Path, old: str, new: str, found: tuple[str, str]) -> None:
    assert old in RULES
    faults = check_duty(duty_county(tmp_path, RULES.replace(old, new, 1)), tmp_path, TODAY)
    assert found in {(fault.feature, fault.code) for fault in faults}
    assert all("{" not in str(fault) for fault in faults)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda p: replace(p, platoon=None), "roster_no_platoon"),
        (lambda p: replace(p, platoon=4), "roster_platoon"),
        (lambda p: replace(p, teams=("choir",)), "roster_reference"),
        (lambda p: replace(p, station="", teams=()), "roster_person_without_team"),
        (lambda p: replace(p, qualifications=p.qualifications | {"ba@2026-11-30"}), "roster_expired"),
        (lambda p: replace(p, qualifications=frozenset({"singer"})), "roster_reference"),
    ],
)
def test_people_who_do_not_fit_are_named(tmp_path: Path, change: Change, code: str) -> None:
    first, *rest = duty_people()
    faults = check_duty(duty_county(tmp_path, people=(change(first), *rest)), tmp_path, TODAY)
    assert ("m10", code) in {(fault.feature, fault.code) for fault in faults}


def test_too_few_holders_of_a_qualification_are_counted(tmp_path: Path) -> None:
    people = tuple(replace(p, qualifications=p.qualifications - {"ba"}) for p in duty_people())
    (fault,) = check_duty(duty_county(tmp_path, people=people), tmp_path, TODAY)
    assert fault.code == "roster_too_few"
    assert fault.params == {"holders": 0, "needs": "ba", "seats": 2}


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("absences.csv", "person,kind,starts,ends\nm99,sick,2026-12-01,2026-12-02\n", "roster_reference"),
        (
            "absences.csv",
            "code,person,kind,starts,ends\na,m10,sick,2026-12-01,2026-12-02\na,m11,sick,2026-12-01,2026-12-02\n",
            "roster_twice",
        ),
        ("requests.csv", "person,day,wanted,shift\nm10,2026-12-01,no,T99\n", "roster_reference"),
        ("pairs.csv", "kind,one,other\napart,m10,m99\n", "roster_reference"),
        ("pairs.csv", "kind,one,other\nbeside,m10,m11\n", "unreadable"),
    ],
)
def test_tables_that_name_nobody_are_named(tmp_path: Path, name: str, text: str, code: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    faults = check_duty(duty_county(tmp_path), tmp_path, TODAY)
    assert [(fault.layer, fault.code) for fault in faults] == [(name, code)]
