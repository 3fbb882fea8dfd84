"""A small invented county for the page alone: a board snapshot and cards, the same on every run."""

from __future__ import annotations

import random
from typing import Any

WEST, SOUTH, EAST, NORTH = 112.50, 35.20, 113.25, 35.85
TOWNS = (
    "金村镇",
    "大阳镇",
    "巴公镇",
    "高都镇",
    "周村镇",
    "南村镇",
    "下村镇",
    "川底镇",
    "犁川镇",
    "晋庙铺镇",
    "山河镇",
    "柳树口镇",
)
NOW = "2026-11-22T08:15:30.000Z"
CLOSED_ROAD = ((112.70, 35.30), (112.72, 35.31), (112.74, 35.31))
Card = dict[str, Any]


# How a unit's crew is known: as a number, or by the roll call of its team.
TOLD: Card = {
    "crew_wanted": None,
    "crew_qualifications": {},
    "crew_source": "strength",
    "crew_team": None,
    "crew_seats": [],
    "crew_since": NOW,
    "crew_next": None,
}
ROSTERED: Card = {
    "crew_wanted": 4,
    "crew_qualifications": {"driver": 1},
    "crew_source": "rollcall",
    "crew_team": "team-9",
    "crew_seats": [
        {
            "seat": f"u/{role}/0",
            "role": role,
            "person": role,
            "name": name,
            "since": NOW,
            "standing_over": over,
        }
        for role, name, over in (
            ("driver", "虚构甲", False),
            ("squad_leader", "虚构乙", False),
            ("firefighter", "虚构丙", True),
        )
    ],
    "crew_since": NOW,
    "crew_next": {"at": NOW, "shift": "T24", "seats_filled": 4, "wanted": 4},
}


def seat(index: int) -> tuple[float, float]:
    row, column = divmod(index, 4)
    shift = random.Random(index)
    return (
        WEST + (EAST - WEST) * (column + 0.5 + shift.uniform(-0.2, 0.2)) / 4,
        SOUTH + (NORTH - SOUTH) * (row + 0.5 + shift.uniform(-0.2, 0.2)) / 3,
    )


def board() -> Card:
    stations, units = [], []
    for index, town in enumerate(TOWNS):
        lon, lat = seat(index)
        zone = f"zone-{1 + index % 4 // 2 + 2 * (index // 8)}"
        station = f"station-{index}"
        stations.append(
            {
                "code": station,
                "name": f"{town}专职消防队",
                "name_en": f"Brigade {index}",
                "class": "township_1" if index % 5 == 0 else "township_2",
                "lon": lon,
                "lat": lat,
                "zone": zone,
                "town": town,
                "telephone": f"0356-30119{index:02d}",
                "is_foreign": index == 11,
            }
        )
        for number in range(1 + (index % 3 == 0)):
            units.append(_unit(index, number, town, station, zone, lon, lat))
    zones = [
        {"code": f"zone-{n}", "name": f"{name}片区", "name_en": f"Zone {n}"}
        for n, name in enumerate(("北部", "东部", "西部", "南部"), 1)
    ]
    county = {
        "code": "140525",
        "name": "泽州县",
        "name_en": "Zezhou",
        "time_zone": "Asia/Shanghai",
        "synthetic": True,
        "bounds": [WEST, SOUTH, EAST, NORTH],
        "names": {},
        "attribution": ["名称与代码：国家统计局 2023", "道路、村位：合成"],
    }
    cards: dict[str, list[Card]] = {
        "incidents": [],
        "assignments": [],
        "units": units,
        "notices": [],
        "conditions": [],
    }
    return {"server_time": NOW, "county": county, "stations": stations, "zones": zones, "cards": cards}


def _unit(index: int, number: int, town: str, station: str, zone: str, lon: float, lat: float) -> Card:
    code = f"unit-{index}-{number}"
    return {
        "id": f"00000000-0000-7000-8000-{index:06d}{number:06d}",
        "code": code,
        "name": f"{town.removesuffix('镇')}{'重型水罐' if number == 0 else '轻型泵车'}{number + 1}",
        "name_en": f"Engine {index}-{number}",
        "station": station,
        "station_class": "township_1",
        "zone": zone,
        "is_foreign": index == 11,
        "vehicle_class": "heavy_engine" if number == 0 else "light_engine",
        "brings": {"engine": 1, "people": 5},
        "seats": 6,
        "minimum_crew": 4,
        "contact": "tablet",
        "accepted": True,
        "duty_mode": "station",
        "on_duty": index != 6,
        "crew": 0 if index == 6 else 3 if index == 9 else 5,
        **(ROSTERED if index == 9 else TOLD),
        "duty_until": None,
        "status": "standby",
        "status_at": NOW,
        "out_of_service": "repair" if index == 10 else None,
        "lon": lon,
        "lat": lat,
        "position_at": None,
        "assignment": None,
        "retired": False,
        "version": 1,
    }


def incident(number: int, kind: str, place: str, lon: float, lat: float, opened_at: str, **more: Any) -> Card:
    return {
        "id": f"00000000-0000-7000-8001-{number:012d}",
        "number": f"20261122-{number:03d}",
        "kind": kind,
        "scale": "forest" if kind == "vegetation" else "fire",
        "level": 3 if kind == "vegetation" else 2,
        "plan": kind,
        "status": "open",
        "merged_into": None,
        "lon": lon,
        "lat": lat,
        "place": place,
        "place_code": None,
        "place_verified": True,
        "uncertainty_metres": 0,
        "zone": "zone-1",
        "station": "station-0",
        "trapped": 0,
        "facts": {},
        "automatic": False,
        "milestones": {},
        "opened_at": opened_at,
        "closed_at": None,
        "alarms": 1,
        "shortfalls": [],
        "proposal": None,
        "version": 1,
        **more,
    }


def proposed(unit: str, slot: str, task: str, reason: str, eta_seconds: float, **params: Any) -> Card:
    return {
        "unit": unit,
        "station": "station-0",
        "vehicle": "heavy_engine",
        "slot": slot,
        "task": task,
        "verb": "order",
        "counts": True,
        "eta_seconds": eta_seconds,
        "turnout_seconds": 60,
        "travel_seconds": eta_seconds - 60,
        "distance_metres": eta_seconds * 11.0,
        "on_foot_metres": 0,
        "reason": {"code": reason, "params": {"minutes": round(eta_seconds / 60, 1), **params}},
    }


def assignment(number: int, of: Card, unit: str, state: str, **times: Any) -> Card:
    empty = dict.fromkeys(
        (
            "delivered_at",
            "acknowledged_at",
            "en_route_at",
            "on_scene_at",
            "unconfirmed_at",
            "ended_at",
            "late_acknowledged_at",
            "acknowledge_due_at",
            "acknowledged_by",
            "acknowledged_via",
            "cause",
            "path",
        )
    )
    return {
        "id": f"00000000-0000-7000-8002-{number:012d}",
        "incident": of["id"],
        "unit": unit,
        "unit_id": unit,
        "station": "station-" + unit.split("-")[1],
        "slot": "first_engine",
        "task": "interior_attack",
        "verb": "order",
        "state": state,
        "reason": {"code": "reason.nearest", "params": {"minutes": 4.1}},
        "eta_seconds": 250.0,
        "turnout_seconds": 60,
        "travel_seconds": 190,
        "distance_metres": 4200,
        "on_foot_metres": 0,
        "dispatched_by": "operator",
        "dispatched_at": of["opened_at"],
        "version": 1,
        **empty,
        **times,
    }


def condition(number: int, **more: Any) -> Card:
    return {
        "id": f"00000000-0000-7000-8003-{number:012d}",
        "edges": ["r1"],
        "area": None,
        "factor": 0,
        "vehicle_classes": [],
        "reason": "bridge",
        "starts_at": NOW,
        "ends_at": None,
        "removed_at": None,
        **more,
    }


def record(number: int, closed_at: str) -> Card:
    """A closed incident as GET /incidents/{id} answers it."""
    one = incident(
        number, "vehicle", "南村镇 高速口", 112.8, 35.45, NOW, status="closed", closed_at=closed_at
    )
    unit = assignment(90, one, "unit-5-0", "cleared", en_route_at=NOW, on_scene_at=NOW, ended_at=closed_at)
    times = {"dispatch_to_delivery_seconds": 0.1, "turnout_seconds": 62.0, "travel_seconds": 251.0}
    return {
        "incident": one,
        "alarms": [{"id": "a9", "source": "119", "reported_at": NOW, "description": "货车起火"}],
        "assignments": [unit],
        "notices": [],
        "journal": [
            {"seq": 1, "at": NOW, "type": "incident_opened", "data": {"incident": one["id"]}},
            {"seq": 2, "at": closed_at, "type": "incident_closed", "data": {"incident": one["id"]}},
        ],
        "intervals": {
            "alarm_to_dispatch_seconds": 0.013,
            "alarm_to_acknowledge_seconds": 9.0,
            "alarm_to_arrival_seconds": 322.0,
            "open_seconds": 1804.0,
            "milestones": {"opened_to_out_seconds": 1500.0},
            "units": [{"unit": "unit-5-0", "assignment": unit["id"], **times}],
        },
    }


def water() -> Card:
    """GET /incidents/{id}/water: one source by road, one frozen, too few tankers."""
    trip = {"out_seconds": 130.0, "back_seconds": 150.0, "off_road_metres": 4.0, "by_hand_pump": False}
    crane = {"vehicle": "heavy_engine", "usable": True, "fill_lps": 30.0, "refusals": [], "notes": [], **trip}
    season = {"code": "water.refusal.out_of_season", "params": {"season": "04-01/10-31"}}
    frozen = {**crane, "usable": False, "fill_lps": 0.0, "refusals": [season]}
    place = {"lon": 112.79, "lat": 35.52, "metres": 900, "synthetic": True}
    return {
        "need_from": "given",
        "rise_metres": None,
        "attack_unit": None,
        "sources": [
            {"code": "w1", "name": "河西水鹤", "kind": "crane", "usable": True, "classes": [crane], **place},
            {"code": "w2", "name": "东塘", "kind": "pond", "usable": False, "classes": [frozen], **place},
        ],
        "shuttle": {
            "flow_lps": 8.2,
            "enough": False,
            "tankers": 2,
            "tankers_free": 2,
            "tankers_needed": 5,
            "most_lps": 20.0,
            "runs": [
                {
                    "source": "w1",
                    "vehicle": "heavy_engine",
                    "water_tonnes": 6.0,
                    "tankers": 2,
                    "units": ["unit-1-0", "unit-2-0"],
                    "flow_lps": 8.2,
                    "cycle_seconds": 1320,
                }
            ],
        },
        "relay": None,
        "advice": {
            "plan": "shuttle",
            "flow_lps": 8.2,
            "short_lps": 11.8,
            "enough": False,
            "reasons": [{"code": "water.advice.neither_enough", "params": {}}],
            "notes": [],
        },
    }
