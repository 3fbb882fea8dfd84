"""A plausible set of units for stations whose own nobody has mapped: invented, so every one is marked synthetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gis_data.model import Contact, DutyMode, Name, Station, StationClass, Unit
from gis_data.osm.places import metres_to
from gis_data.osm.stations import Post


@dataclass(frozen=True, slots=True)
class _Kind:
    """`brings` is what it has with all its seats taken; the crew rules take from it when they are not."""

    code: str
    zh: str
    en: str
    vehicle_class: str
    seats: int
    minimum_crew: int
    brings: Mapping[str, float] = field(default_factory=dict)


_PUMPER = _Kind(
    "pumper",
    "水罐消防车",
    "water engine",
    "heavy_engine",
    6,
    3,
    {
        "people": 6,
        "ba_pairs": 2,
        "water_tonnes": 6,
        "engine": 1,
        "commander": 1,
        "foam_tonnes": 0.5,
        "hand_pump": 1,
    },
)
_TANKER = _Kind(
    "tanker",
    "大吨位供水车",
    "tanker",
    "heavy_engine",
    4,
    2,
    {"people": 4, "water_tonnes": 12, "engine": 1, "hand_pump": 1},
)
_RESCUE = _Kind(
    "rescue",
    "抢险救援车",
    "rescue engine",
    "light_engine",
    6,
    3,
    {
        "people": 6,
        "ba_pairs": 2,
        "water_tonnes": 2,
        "engine": 1,
        "rescue_set": 1,
        "commander": 1,
        "hand_pump": 1,
    },
)
_LIGHT = _Kind(
    "light",
    "轻型消防车",
    "light engine",
    "light_engine",
    5,
    3,
    {"people": 5, "ba_pairs": 2, "water_tonnes": 2.5, "engine": 1, "rescue_set": 1, "commander": 1},
)
_LADDER = _Kind("ladder", "登高平台车", "aerial ladder", "ladder", 3, 2, {"people": 3, "ladder": 1})
_PICKUP = _Kind(
    "pickup",
    "消防皮卡",
    "pickup",
    "pickup",
    4,
    2,
    {
        "people": 4,
        "water_tonnes": 0.5,
        "hand_pump": 1,
        "commander": 1,
        "extinguishers": 4,
        "forest_gear": 4,
        "drone": 1,
    },
)
_CARRIER = _Kind(
    "carrier",
    "森林运兵车",
    "forest crew carrier",
    "forest_carrier",
    14,
    6,
    {"people": 14, "forest_gear": 14, "hand_pump": 2, "commander": 1, "drone": 1, "water_tonnes": 0.5},
)
_FOREST_PICKUP = _Kind(
    "pickup",
    "森林消防皮卡",
    "forest pickup",
    "pickup",
    5,
    2,
    {"people": 5, "forest_gear": 5, "hand_pump": 1, "water_tonnes": 0.6, "commander": 1},
)
_CART = _Kind(
    "cart",
    "微型消防车",
    "micro fire cart",
    "micro_cart",
    4,
    2,
    {"people": 4, "extinguishers": 8, "water_tonnes": 0.3},
)
_GROUP = _Kind("group", "志愿消防分队", "volunteer group", "pickup", 5, 2,
    {"people": 5, "extinguishers": 6, "hand_pump": 1, "water_tonnes": 0.3})  # fmt: skip

# The county's main brigade stands in for all where there are only one or two.
_MAIN = (_PUMPER, _RESCUE, _LIGHT, _TANKER, _LADDER, _PICKUP)
_ALONE = (*_MAIN, _PUMPER, _LIGHT, _RESCUE, _PICKUP)
_BRIGADE = (_PUMPER, _RESCUE, _LIGHT, _TANKER, _PICKUP)
_POST = (_LIGHT, _PICKUP)
_SETS = {
    StationClass.NATIONAL: _MAIN,
    StationClass.TOWNSHIP_1: _BRIGADE,
    StationClass.TOWNSHIP_2: _POST,
    StationClass.ENTERPRISE: (_PUMPER, _RESCUE),
    StationClass.PART_TIME: (_LIGHT,),
    StationClass.VOLUNTEER: (_GROUP,),
    StationClass.MICRO: (_CART,),
    StationClass.FORESTRY: (_CARRIER, _CARRIER, _FOREST_PICKUP),
}
_FEW = 2


def units_of(posts: Sequence[Post], main: Station) -> tuple[Unit, ...]:
    """`main` is the county's main brigade. The remotest small post can only be rung up, as in life."""
    own = [p for p in posts if not p.station.foreign and p.station.station_class in _CORE]
    small = [
        p.station
        for p in posts
        if p.station.synthetic
        and p.station.station_class is StationClass.TOWNSHIP_2
        and not p.station.foreign
    ]
    remote = metres_to(main.position, [s.position for s in small]) if len(small) >= _FEW else None
    by_telephone = small[int(remote.argmax())].code if remote is not None else ""
    units: list[Unit] = []
    for post in sorted(posts, key=lambda p: p.station.code):
        station = post.station
        kinds = _SETS[station.station_class]
        if station.code == main.code:
            kinds = _ALONE if len(own) <= _FEW else _MAIN
        for number, kind in enumerate(kinds, start=1):
            units.append(_unit(post, number, kind, station.code == by_telephone))
    return tuple(units)


_CORE = frozenset({StationClass.NATIONAL, StationClass.TOWNSHIP_1})


def _unit(post: Post, number: int, kind: _Kind, by_telephone: bool) -> Unit:
    station = post.station
    contact = (
        Contact.PHONE if post.at_home or station.station_class is StationClass.FORESTRY else Contact.TABLET
    )
    return Unit(
        code=f"{station.code}-{number}",
        name=Name(f"{station.name.zh}{number}号{kind.zh}", f"{station.name.en} {kind.en} {number}"),
        station=station.code,
        vehicle_class=kind.vehicle_class,
        brings={code: float(amount) for code, amount in kind.brings.items()},
        seats=kind.seats,
        minimum_crew=kind.minimum_crew,
        duty_mode=DutyMode.HOME if post.at_home else DutyMode.STATION,
        contact=Contact.TELEPHONE if by_telephone else contact,
        accepted=True,
        synthetic=True,
    )
