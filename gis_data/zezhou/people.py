"""Who serves in the bundled county: plainly invented names (a surname and two signs of the old calendar).

Enough people to fill every required seat that roster.toml asks for, in every platoon, and some to spare.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from math import ceil
from typing import Any

from gis_data.model import Person, Station, StationClass, Town, Unit

Rules = Mapping[str, Any]
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_RESERVE_SHARE, _LEAST_RESERVE = 0.17, 2
_RESERVE_OF_TWELVE_HOURS = 0.25  # two shifts a day: who is away is missed twice as often
_LIVING_IN_SHARE = 1.4  # people for a seat under 8 days off a month (30 / 22), and leave
_REPORTED_PER_SEAT = 2.0  # national stations: their strength is reported, their duty planned elsewhere
_NOVICES_SINCE = date(2026, 10, 8)
_EMPLOYMENT = {
    StationClass.NATIONAL: "official",
    StationClass.VOLUNTEER: "volunteer",
    StationClass.MICRO: "part_time",
    StationClass.PART_TIME: "part_time",
}
_ROOMS = {"county-room": (6, 10), "forest-room": (4, 7)}  # leading cadres, watch officers
_TOWN_ROOM = (4, 4)
# What somebody with a seat's qualification can do besides, by turns.
_BESIDE: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "driver": (("firefighter", "pump_operator"), ("firefighter",)),
    "squad_leader": (
        ("ba", "firefighter", "safety_officer"),
        ("ba", "firefighter", "safety_officer", "pump_operator"),
    ),
    "pump_operator": (
        ("ba", "firefighter", "driver:heavy_engine"),
        ("ba", "firefighter", "driver:light_engine"),
    ),
    "ba": (("firefighter", "rescuer"), ("firefighter", "pump_operator"), ("firefighter", "driver:ladder")),
    "firefighter": (("driver:micro_cart", "driver:light_engine"), ("driver:fire_motorcycle",)),
    "radio_operator": (("safety_officer", "firefighter"),),
    "safety_officer": (("radio_operator", "firefighter"),),
    "drone_pilot": (("firefighter", "driver:pickup"),),
    "forest_fighter": (
        ("driver:forest_carrier",),
        ("driver:pickup",),
        ("squad_leader",),
        ("drone_pilot",),
        ("radio_operator",),
        ("water_rescue",),
    ),
}
_SPARE = (
    ("driver", "pump_operator", "firefighter", "ba"),
    ("squad_leader", "firefighter", "ba", "radio_operator", "safety_officer"),
    ("driver", "firefighter", "ba", "drone_pilot"),
    ("pump_operator", "firefighter", "ba", "rescuer"),
)
_SPARE_OF_CLASS = {
    StationClass.MICRO: (("driver", "firefighter"), ("firefighter", "driver:micro_cart")),
    StationClass.VOLUNTEER: (
        ("driver", "firefighter", "forest_fighter"),
        ("squad_leader", "firefighter", "forest_fighter"),
    ),
    StationClass.FORESTRY: (
        ("driver", "forest_fighter"),
        ("squad_leader", "forest_fighter", "radio_operator"),
        ("forest_fighter", "drone_pilot", "driver:forest_carrier"),
    ),
}


@dataclass(frozen=True, slots=True)
class _Recruit:
    held: tuple[str, ...]
    platoon: int | None


def duty_rules() -> Rules:
    """roster.toml of the bundled county, as plain tables."""
    return tomllib.loads(files("gis_data").joinpath("zezhou/roster.toml").read_text(encoding="utf-8"))


def make_people(
    stations: Sequence[Station], units: Sequence[Unit], towns: Sequence[Town]
) -> tuple[Person, ...]:
    """The county's own people; neighbours keep their own books."""
    rules = duty_rules()
    found: list[Person] = []
    for station in stations:
        if station.foreign:
            continue
        mine = [unit for unit in units if unit.station == station.code]
        room = f"room-{station.town}"
        for place, recruit in enumerate(_recruits(station, mine, rules)):
            # The second spare hand of a level-2 brigade and one volunteer help in their town's duty room.
            helps = station.station_class in (StationClass.TOWNSHIP_2, StationClass.VOLUNTEER)
            lent = (
                helps and recruit.platoon is not None and place == len(_seats(station, mine, rules)) * 3 + 1
            )
            found.append(
                _person(
                    len(found),
                    station.code,
                    (*recruit.held, "watch_officer") if lent else recruit.held,
                    _EMPLOYMENT.get(station.station_class, "contract"),
                    recruit.platoon,
                    (room,) if lent else (),
                )
            )
    rooms = [*_ROOMS.items(), *((f"room-{town.code}", _TOWN_ROOM) for town in towns)]
    for room, (leaders, officers) in rooms:
        for place in range(leaders + officers):
            role, employment = (
                ("leading_cadre", "cadre") if place < leaders else ("watch_officer", "official")
            )
            found.append(_person(len(found), "", (role,), employment, None, (room,)))
    return tuple(found)


def _recruits(station: Station, units: Sequence[Unit], rules: Rules) -> Iterator[_Recruit]:
    """Who fills the seats of each platoon, then those to spare, dealt out over the platoons."""
    kind = station.station_class
    team = next((row for row in rules["team"] if row.get("station_class") == kind.value), None)
    if team is None:
        wanted = max(6, round(_REPORTED_PER_SEAT * sum(unit.seats for unit in units)))
        yield from (_Recruit(_SPARE[place % len(_SPARE)], None) for place in range(wanted))
        return
    rotation = next(row for row in rules["rotation"] if row["code"] == team["rotation"])
    spare = _SPARE_OF_CLASS.get(kind, _SPARE)
    if rotation["kind"] == "living_in":
        seats = _seats(station, units, rules, wished=True)
        yield from (_Recruit(_held(need, place), None) for place, need in enumerate(seats))
        rest = round(len(seats) * _LIVING_IN_SHARE) - len(seats)
        yield from (_Recruit(spare[place % len(spare)], None) for place in range(rest))
        return
    platoons = len(rotation["offsets"])
    # Part-time members have their own work beside: every seat is staffed, so that nobody is asked too often.
    seats = _seats(station, units, rules, wished=kind is StationClass.PART_TIME)
    for platoon in range(platoons):
        for place, need in enumerate(seats):
            yield _Recruit(_held(need, place + platoon), platoon + 1)
    share = _RESERVE_OF_TWELVE_HOURS if len(team["shifts"]) > 1 else _RESERVE_SHARE
    rest = max(_LEAST_RESERVE, ceil(len(seats) * platoons * share))
    yield from (_Recruit(spare[place % len(spare)], place % platoons + 1) for place in range(rest))


def _seats(station: Station, units: Sequence[Unit], rules: Rules, *, wished: bool = False) -> list[str]:
    """The qualification that each seat of one shift needs, of the required seats or of all."""
    found: list[str] = []
    for unit in units:
        crew = next(row for row in rules["crew"] if _fits(row, unit, station.station_class.value))
        count = unit.seats if wished else crew.get("required", unit.minimum_crew)
        found.extend(role["needs"][0] for role in crew["roles"][:count])
    for seat in rules["seat"]:
        if seat.get("station_class") == station.station_class.value and (
            wished or seat.get("required", True)
        ):
            found.append(seat["needs"][0])
    return found


def _fits(crew: Mapping[str, Any], unit: Unit, station_class: str) -> bool:
    return (
        crew["vehicle_class"] == unit.vehicle_class
        and station_class in crew.get("station_class", [station_class])
        and unit.code in crew.get("units", [unit.code])
        and crew.get("minimum_crew", unit.minimum_crew) == unit.minimum_crew
    )


def _held(need: str, turn: int) -> tuple[str, ...]:
    beside = _BESIDE.get(need.partition(":")[0], ((),))
    return (need, *beside[turn % len(beside)])


def _person(
    number: int,
    station: str,
    held: Sequence[str],
    employment: str,
    platoon: int | None,
    teams: tuple[str, ...],
) -> Person:
    novice = number % 37 == 5 and employment == "contract"
    joined = _NOVICES_SINCE if novice else date(2012 + number % 13, 1 + number % 12, 1)
    return Person(
        f"p{number + 1:04d}",
        _name(number),
        station,
        frozenset(_dated(code, number) for code in dict.fromkeys(held)),
        f"000-000-{number + 1:04d}",
        True,
        employment,
        platoon,
        teams,
        joined,
    )


def _dated(code: str, number: int) -> str:
    """Licences and certificates run out; none so soon that this invented county is found faulty."""
    if code.startswith("driver:"):
        return f"{code}@{2036 + number % 4}-06-30"
    if code == "ba":
        return f"{code}@{2036 + number % 3}-12-31"
    return code


def _name(number: int) -> str:
    """Invented and unique for the first 1,200."""
    sign = number % 60
    return _SURNAMES[(number // 60) % len(_SURNAMES)] + _STEMS[sign % 10] + _BRANCHES[sign % 12]
