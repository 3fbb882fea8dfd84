"""Who serves at the stations: plainly invented names (a surname and two signs of the old calendar)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gis_data.model import Person, Station, StationClass, Unit

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
# People for each seat, so that a shift is full with the usual rota of the class.
_PER_SEAT = {
    StationClass.NATIONAL: 2.0,
    StationClass.TOWNSHIP_1: 2.0,
    StationClass.TOWNSHIP_2: 2.2,
    StationClass.ENTERPRISE: 2.0,
    StationClass.FORESTRY: 1.5,
    StationClass.VOLUNTEER: 1.6,
    StationClass.PART_TIME: 2.0,
    StationClass.MICRO: 1.6,
}


def make_people(stations: Sequence[Station], units: Sequence[Unit]) -> tuple[Person, ...]:
    """The county's own people; neighbours keep their own books."""
    found: list[Person] = []
    for station in stations:
        if station.foreign:
            continue
        mine = [unit for unit in units if unit.station == station.code]
        count = max(6, round(_PER_SEAT[station.station_class] * sum(unit.seats for unit in mine)))
        brought = {code for unit in mine for code in unit.brings}
        for place in range(count):
            number = len(found)
            held = frozenset(_held(place, brought))
            found.append(
                Person(
                    f"p{number + 1:04d}",
                    _name(number),
                    station.code,
                    held,
                    f"000-000-{number + 1:04d}",
                    synthetic=True,
                )
            )
    return tuple(found)


def _held(place: int, brought: set[str]) -> Iterable[str]:
    """By turns: a driver and a squad leader in every handful, breathing apparatus for those who enter."""
    if place % 3 == 0:
        yield "driver"
    if "commander" in brought and place % 4 == 1:
        yield "squad_leader"
    if "ba_pairs" in brought and place % 3 != 0:
        yield "ba"
    if "forest_gear" in brought:
        yield "forest_fighter"
    if "drone" in brought and place % 6 == 2:
        yield "drone_pilot"
    if "rescue_set" in brought and place % 3 == 2:
        yield "rescuer"


def _name(number: int) -> str:
    """Invented and unique for the first 1,200."""
    sign = number % 60
    return _SURNAMES[(number // 60) % len(_SURNAMES)] + _STEMS[sign % 10] + _BRANCHES[sign % 12]
