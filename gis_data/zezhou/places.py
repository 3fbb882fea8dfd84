"""The place ladder 乡镇 / 行政村 / 自然村 / 组 / 地标: real names where they exist, invented ones below, all marked."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from shapely import Point

from gis_data.model import Place
from gis_data.zezhou.plane import Floats, stream, to_lonlat
from gis_data.zezhou.sites import Sites

_HEADS = (
    "上",
    "下",
    "前",
    "后",
    "东",
    "西",
    "南",
    "北",
    "大",
    "小",
    "石",
    "柳",
    "松",
    "槐",
    "杏",
    "枣",
    "青",
    "黄",
)
_TAILS = ("沟", "洼", "圪塔", "掌", "凹", "岭", "坪", "坡", "窑", "圪垛", "河", "背", "嘴", "脑")
_ORDINALS = ("一", "二", "三", "四", "五")
_TOWN_MARKS = ("镇政府", "中心小学", "中学", "卫生院", "集贸市场", "敬老院", "加油站", "供销社", "派出所")
_VILLAGE_MARKS = ("村委会", "小学", "卫生室", "戏台", "日间照料中心", "老庙", "养殖场", "粮站")
_INVENTED = "invented for the bundled county"


def make_places(sites: Sites, responsible: Mapping[str, str]) -> tuple[Place, ...]:
    """`responsible`: the station that answers for each town, by town code."""
    rng = stream(11)
    points = _points_by_patch(sites)
    found: list[Place] = []
    for k, seat in enumerate(sites.seats):
        code, station = seat.fact.code, responsible[seat.fact.code]
        found.append(
            Place(
                code,
                seat.fact.name,
                "town",
                code,
                "",
                _point(seat.at),
                1500.0,
                5000 + 300 * seat.fact.villages,
                station,
                seat.quality,
                seat.fact.source,
                seat.synthetic,
            )
        )
        spots = points[sites.first["town"] + k]
        for n, mark in enumerate(_TOWN_MARKS):
            at = spots[int(rng.integers(len(spots)))]
            found.append(_mark(f"{code}l{n + 1}", seat.fact.short + mark, code, "", at, station))
    found.extend(_village_places(sites, points, responsible, rng))
    found.extend(_hamlet_places(sites, responsible, rng))
    return tuple(found)


def _village_places(
    sites: Sites, points: list[Floats], responsible: Mapping[str, str], rng: np.random.Generator
) -> list[Place]:
    found: list[Place] = []
    for k, site in enumerate(sites.villages):
        code, town = site.fact.code, site.fact.town
        station = responsible[town]
        middle = sites.mesh.points[sites.point("village", k)]
        found.append(
            Place(
                code,
                site.fact.name,
                "village",
                town,
                "",
                _point(middle),
                800.0,
                site.population,
                station,
                "位置生成，非实测",
                "name and code: " + site.fact.source + "; position " + _INVENTED,
            )
        )
        spots = points[sites.first["village"] + k]
        if len(spots) == 0:
            spots = middle[None]
        base = site.fact.name.removesuffix("村").removesuffix("社区")
        for n in range(min(5, site.population // 420)):
            at = spots[int(rng.integers(len(spots)))]
            name = f"{site.fact.name}{_ORDINALS[n]}组"
            found.append(_place(f"{code}g{n + 1}", name, "group", town, code, at, 150.0, 80, station))
        marks = rng.permutation(len(_VILLAGE_MARKS))[: 1 + min(3, site.population // 600)]
        for n, mark in enumerate(sorted(marks.tolist())):
            at = spots[int(rng.integers(len(spots)))]
            found.append(_mark(f"{code}l{n + 1}", base + _VILLAGE_MARKS[mark], town, code, at, station))
    return found


def _hamlet_places(sites: Sites, responsible: Mapping[str, str], rng: np.random.Generator) -> list[Place]:
    found: list[Place] = []
    villages = {site.fact.name for site in sites.villages}
    taken: set[tuple[str, str]] = set()
    count: dict[str, int] = {}
    for k, hamlet in enumerate(sites.hamlets):
        village = sites.villages[hamlet.village]
        name = ""
        while not name or (village.fact.town, name) in taken or name in villages:
            name = _HEADS[int(rng.integers(len(_HEADS)))] + _TAILS[int(rng.integers(len(_TAILS)))]
            if rng.random() < 0.35:
                name = village.fact.name[0] + "家" + _TAILS[int(rng.integers(len(_TAILS)))]
        taken.add((village.fact.town, name))
        code = village.fact.code
        count[code] = count.get(code, 0) + 1
        at = sites.mesh.points[sites.point("hamlet", k)]
        people = int(25 + 180 * float(rng.random()))
        town = village.fact.town
        found.append(
            _place(f"{code}h{count[code]}", name, "hamlet", town, code, at, 300.0, people, responsible[town])
        )
    return found


def _mark(code: str, name: str, town: str, village: str, at: Floats, station: str) -> Place:
    return _place(code, name, "landmark", town, village, at, 60.0, 0, station)


def _place(
    code: str,
    name: str,
    kind: str,
    town: str,
    village: str,
    at: Floats,
    radius: float,
    people: int,
    station: str,
) -> Place:
    return Place(
        code, name, kind, town, village, _point(at), radius, people, station, "名称与位置均为生成", _INVENTED
    )


def _points_by_patch(sites: Sites) -> list[Floats]:
    mesh = sites.mesh
    on_patch = [np.zeros((0, 2))] * len(mesh.centre)
    order = np.argsort(mesh.patch, kind="stable")
    numbers, starts = np.unique(mesh.patch[order], return_index=True)
    for number, part in zip(numbers, np.split(order, starts[1:]), strict=True):
        if number >= 0:
            on_patch[int(number)] = mesh.points[part]
    return on_patch


def _point(at: Floats) -> Point:
    lon, lat = to_lonlat(at)
    return Point(float(lon), float(lat))
