"""A picture-book night for the page: three incidents in different states, so that every part has something to show.

`python -m tests.journeys.fake_night` serves it, to look at while designing.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from runtime.clock import utc_now
from tests.journeys import fake_board
from tests.journeys.fake_service import FakeService, serving, text


def night(service: FakeService) -> None:
    """Three incidents in different states, so that every part of the page has something to show."""
    now = utc_now()

    def ago(seconds: float) -> str:
        return text(now - timedelta(seconds=seconds))

    lon, lat = fake_board.seat(2)
    house = fake_board.incident(
        7,
        "building",
        "巴公镇 渠头村 3 组",
        lon + 0.02,
        lat + 0.03,
        ago(41),
        trapped=1,
        level=3,
        alarms=2,
        facts={"floors": 2, "gas": 1, "road": "narrow"},
        shortfalls=[{"code": "ba_pairs", "missing": 2.0, "cause": "all_sent"}],
        proposal={
            "id": "p1",
            "made_at": ago(40),
            "cause": "alarm",
            "zone_cost_seconds": 35.0,
            "leaves": ["zone-2"],
            "free_engines": 9,
            "shortfalls": [],
            "units": [
                fake_board.proposed("unit-2-0", "first_engine", "interior_attack", "reason.nearest", 246),
                fake_board.proposed(
                    "unit-3-0", "zone_brigade", "exterior_attack", "reason.zone_brigade", 408
                ),
                {
                    **fake_board.proposed(
                        "unit-1-0", "x", "water_supply", "reason.fills_need", 492, sooner=2
                    ),
                    "verb": "request",
                    "on_foot_metres": 320.0,
                },
            ],
            "passed_over": [
                {
                    "unit": "unit-6-0",
                    "verb": "order",
                    "eta_seconds": 380.0,
                    "sendable": False,
                    "reasons": [{"code": "gate.off_duty"}],
                },
                {
                    "unit": "unit-0-0",
                    "verb": "order",
                    "eta_seconds": 610.0,
                    "sendable": True,
                    "reasons": [{"code": "reason.slower"}],
                },
            ],
        },
    )
    hill = fake_board.incident(
        5,
        "vegetation",
        "晋庙铺镇 天井关村 东坡",
        *fake_board.seat(9),
        ago(1330),
        milestones={"first_water": ago(300)},
    )
    car = fake_board.incident(
        6,
        "vehicle",
        "高都镇 S227 桥西",
        *fake_board.seat(3),
        ago(254),
        level=1,
        place_verified=False,
        uncertainty_metres=1800.0,
    )
    sent = [
        fake_board.assignment(
            1,
            hill,
            "unit-8-0",
            "on_scene",
            delivered_at=ago(1300),
            acknowledged_at=ago(1290),
            en_route_at=ago(1200),
            on_scene_at=ago(500),
            acknowledged_via="device",
        ),
        fake_board.assignment(
            2,
            hill,
            "unit-9-0",
            "en_route",
            delivered_at=ago(600),
            acknowledged_at=ago(560),
            en_route_at=ago(480),
            acknowledged_by="张三",
            acknowledged_via="telephone",
        ),
        fake_board.assignment(
            3, hill, "unit-5-0", "recalled", delivered_at=ago(600), ended_at=ago(580), cause="not_needed"
        ),
        fake_board.assignment(
            4, car, "unit-3-1", "delivered", delivered_at=ago(5), acknowledge_due_at=ago(-25)
        ),
        fake_board.assignment(
            5, car, "unit-0-1", "unconfirmed", delivered_at=ago(90), unconfirmed_at=ago(60)
        ),
    ]
    start, end = fake_board.seat(2), (house["lon"], house["lat"])
    service.ways = {"unit-2-0": [start, [start[0] + 0.02, start[1]], end]}
    sent[1]["path"] = [
        fake_board.seat(10),
        [fake_board.seat(10)[0], fake_board.seat(9)[1]],
        fake_board.seat(9),
    ]
    notices = [
        {
            "id": "n1",
            "incident": hill["id"],
            "body": "power",
            "text_code": "n",
            "sent_at": ago(1200),
            "received_at": ago(1100),
            "received_by": "王五",
        },
        {
            "id": "n2",
            "incident": hill["id"],
            "body": "ambulance_120",
            "text_code": "n",
            "sent_at": ago(1200),
            "received_at": None,
            "received_by": None,
        },
    ]
    service.change("incident_opened", {"incident": hill["id"]}, incidents=[hill], notices=notices)
    service.change("incident_opened", {"incident": car["id"]}, incidents=[car], assignments=sent)
    service.change("incident_opened", {"incident": house["id"]}, incidents=[house])


if __name__ == "__main__":
    fake = FakeService()
    night(fake)
    with serving(fake, 8120) as address:
        print(f"{address}/#login=code")
        asyncio.run(asyncio.sleep(3600))
