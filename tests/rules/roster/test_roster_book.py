"""The book of a county folder: people, teams, seats, leave and figures as planning needs them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gis_data.errors import InputError
from gis_data.folder import read_county, write_county
from gis_data.model import Person as PersonRow
from gis_data.tables import write_table
from roster.demand import seats_of
from roster.files.book import read_book
from roster.files.rows import row_of
from roster.people import Debt, Employment, Membership, Qualification
from roster.policy import Strength
from tests.rules.roster.county_of_duty import RULES, duty_book, duty_county
from tests.rules.test_county_folder import small_county

DAY = date(2026, 12, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    duty_county(tmp_path / "county")
    return tmp_path / "county"


def test_a_county_without_rules_has_an_empty_book(tmp_path: Path) -> None:
    write_county(small_county(), tmp_path / "c")
    book = read_book(read_county(tmp_path / "c"), tmp_path / "c")
    assert (book.people, book.teams, book.seat_rules) == ({}, {}, ())
    assert book.county == "999999"


def test_a_people_table_of_earlier_versions_still_reads(folder: Path) -> None:
    (folder / "people.csv").write_text("code,name,station,qualifications\nm1,张示例,s1,driver\n", "utf-8")
    book = duty_book(folder)
    assert book.people["m1"].employment is Employment.CONTRACT
    assert book.people["m1"].memberships == (Membership("s1"),)


def test_people_have_teams_platoons_and_qualifications_that_expire(folder: Path) -> None:
    book = duty_book(folder)
    driver = book.people["m10"]
    assert driver.memberships == (Membership("s1", 0),)
    assert Qualification("driver:heavy_engine", date(2027, 6, 30)) in driver.qualifications
    assert driver.holds("driver:heavy_engine", date(2027, 6, 30))
    assert not driver.holds("driver:heavy_engine", date(2027, 7, 1))
    assert book.people["w1"].home_team == "room-t1"
    assert [p.code for p in book.members("room-t1", DAY)] == ["w1", "w2"]


def test_people_are_written_as_they_are_read(folder: Path) -> None:
    book = duty_book(folder)
    stations = {team.code: team.station for team in book.teams.values()}
    rows = [row_of(person, stations) for person in book.people.values()]
    write_table(folder / "people.csv", PersonRow, rows)
    assert duty_book(folder).people == book.people


def test_seats_follow_the_vehicles_their_minimum_crew_and_the_season(folder: Path) -> None:
    book = duty_book(folder)
    winter, summer = (seats_of(book, "s1", day) for day in (DAY, date(2026, 7, 1)))
    assert [(s.unit, s.role, s.required) for s in winter] == [
        ("", "patrol", False),
        ("u1", "driver", True),
        ("u1", "firefighter", True),
        ("u1", "firefighter", True),
        ("u1", "firefighter", False),
        ("u1", "squad_leader", True),
    ]
    assert "patrol" not in {s.role for s in summer}
    assert [s.role for s in seats_of(book, "room-t1", DAY)] == ["watch_officer"]


def test_figures_are_the_countys_own_and_a_rule_can_be_left_out(folder: Path) -> None:
    policy = duty_book(folder).policy
    assert policy.week_minutes == 3000
    assert policy.longest_nights is None
    assert policy.sources == {"week_minutes": "县定，待核"}
    assert policy.strengths == {"weekends": Strength.OVERRIDABLE}


def test_leave_ends_with_its_last_day_and_an_errand_to_the_minute(folder: Path) -> None:
    (folder / "absences.csv").write_text(
        "工号,类别,开始,结束\nm10,leave,2026/12/3,2026年12月5日\nm11,errand,2026-12-06 09:30,2026-12-06 11:00\n",
        encoding="gb18030",
    )
    leave, errand = duty_book(folder).absences
    assert leave.starts == datetime(2026, 12, 2, 16, tzinfo=UTC)
    assert leave.ends == datetime(2026, 12, 5, 16, tzinfo=UTC)
    assert (errand.starts, errand.ends) == (
        datetime(2026, 12, 6, 1, 30, tzinfo=UTC),
        datetime(2026, 12, 6, 3, tzinfo=UTC),
    )


def test_wishes_pairs_and_debts_are_read(folder: Path) -> None:
    (folder / "requests.csv").write_text("person,day,wanted,shift,weight\nm10,2026-12-03,否,,3\n", "utf-8")
    (folder / "pairs.csv").write_text("kind,one,other\napart,m10,m20\n", "utf-8")
    (folder / "debts.csv").write_text("person,nights,weekends\nm10,1.5,-1\n", "utf-8")
    book = duty_book(folder)
    assert [(r.person, r.wanted, r.shift, r.weight) for r in book.requests] == [("m10", False, None, 3)]
    assert [(p.one, p.other) for p in book.pairs] == [("m10", "m20")]
    assert book.debts == {"m10": Debt(1.5, -1.0)}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "free"', 'kind = "loose"', "[[rotation]] free, field kind"),
        ("hours = 24", "", "[[shift]] T24, field hours: is missing"),
        ("week_minutes = 3000", "weekly = 3000", "[policy], field weekly: is not known"),
        ('weekends = "overridable"', 'weekends = "soft"', "field strengths.weekends: 'soft' is unknown"),
        ('first = "11-15"', 'first = "15.11."', "[[season]] heating: '15.11.' is not a day of the year"),
        ("[calendar]", "[calendars]", "roster.toml [calendars]: is not a known section"),
        ('word = ["T24"', 'word = ["T24', "is not valid TOML"),
    ],
)
def test_a_mistake_in_the_rules_names_section_and_field(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in RULES
    duty_county(tmp_path / "c", RULES.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        duty_book(tmp_path / "c")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("absences.csv", "person,kind,starts,ends\nm10,holiday,2026-12-01,2026-12-02\n", "column kind"),
        ("absences.csv", "person,kind,starts,ends\nm10,sick,2026-12-03,2026-12-01\n", "column ends"),
        ("absences.csv", "person,kind,starts,ends\nm10,sick,soon,2026-12-01\n", "'soon' is not a day"),
        ("requests.csv", "person,day,wanted,weight\nm10,2026-12-01,no,11\n", "column weight: is 11"),
        (
            "people.csv",
            "code,name,station,qualifications,employment\nm1,甲,s1,,pirate\n",
            "'pirate' is not known",
        ),
        ("people.csv", "code,name,station,qualifications\nm1,甲,s1,ba@soon\n", "'soon' is not a day"),
        ("people.csv", "code,name,station,qualifications,platoon\nm1,甲,s1,,0\n", "count platoons from 1"),
    ],
)
def test_a_mistake_in_a_table_names_row_and_column(folder: Path, name: str, text: str, said: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        duty_book(folder)
    assert said in str(caught.value)
    assert name in str(caught.value)
