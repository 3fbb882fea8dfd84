"""A small county folder with a duty roster: one brigade of three platoons and a town's duty room."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from gis_data.model import County, Person
from gis_data.tables import read_table
from roster.files.book import read_book
from roster.plan import Book
from tests.rules.test_county_folder import small_county

RULES = """\
[policy]
week_minutes = 3000
longest_nights = false
[policy.sources]
week_minutes = "县定，待核"
[policy.strengths]
weekends = "overridable"

[calendar]
workdays = [2026-12-05]

[[holiday]]
day = 2027-01-01
name = "元旦"

[[season]]
code = "heating"
name = "采暖期"
first = "11-15"
last = "03-15"

[[shift]]
code = "T24"
name = "全天班"
name_en = "24 hours"
starts = 08:00:00
hours = 24
rest_after_hours = 24
night = true

[[rotation]]
code = "24-48"
name = "上24休48"
kind = "word"
word = ["T24", "-", "-"]
offsets = [0, 1, 2]

[[rotation]]
code = "free"
name = "按日排班"
kind = "free"

[[team]]
station_class = "township_1"
shifts = ["T24"]
rotation = "24-48"
anchor = 2026-01-01
counted_share = 0.68

[[team]]
each_town = true
shifts = ["T24"]
rotation = "free"
anchor = 2026-01-01
counted_share = 0.5

[[crew]]
vehicle_class = "heavy_engine"
roles = [
  { role = "driver", needs = ["driver:heavy_engine"] },
  { role = "squad_leader", needs = ["squad_leader"] },
  { role = "firefighter", needs = ["ba"] },
  { role = "firefighter", needs = ["ba"] },
  { role = "firefighter", needs = ["firefighter"] },
]

[[seat]]
station_class = "township_1"
role = "patrol"
needs = ["firefighter"]
required = false
season = "heating"

[[seat]]
each_town = true
role = "watch_officer"
needs = ["watch_officer"]
"""


def duty_people() -> tuple[Person, ...]:
    """Five a platoon: driver, squad leader and three firefighters; two watch officers in the town's room."""
    held = (
        frozenset({"driver:heavy_engine@2027-06-30", "firefighter"}),
        frozenset({"squad_leader", "ba"}),
        *([frozenset({"ba", "firefighter"})] * 3),
    )
    brigade = [
        Person(
            f"m{platoon}{place}",
            f"示例{platoon}{place}",
            "s1",
            held[place],
            employment="合同制",
            platoon=platoon,
        )
        for platoon in (1, 2, 3)
        for place in range(5)
    ]
    room = [
        Person(
            f"w{n}", f"值班{n}", "", frozenset({"watch_officer"}), employment="official", teams=("room-t1",)
        )
        for n in (1, 2)
    ]
    return (*brigade, *room)


def duty_county(folder: Path, rules: str = RULES, people: tuple[Person, ...] | None = None) -> County:
    """Writes the rules into the folder and returns the county they are of: its geography needs no files here."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "roster.toml").write_text(rules, encoding="utf-8")
    return replace(_bare(), people=duty_people() if people is None else people)


def duty_book(folder: Path) -> Book:
    """The book of a folder with these rules; people of its people.csv, if it has one."""
    told = read_table(folder, "people", Person)
    return read_book(replace(_bare(), people=told or duty_people()), folder)


@cache
def _bare() -> County:
    return small_county()
