"""What a station reaches, asked of the running service: on the roads as they are now."""

from __future__ import annotations

import shapely

from tests.journeys.whole_service import Whole


async def test_the_area_a_station_reaches_shrinks_when_a_road_is_closed(by_hand: Whole) -> None:
    station = next(one for one in by_hand.county.stations if one.code == "W1")
    ask = "/stations/W1/isochrone?vehicle=heavy_engine&minutes=3&minutes=6"
    free = await by_hand.get(ask)
    assert free["synthetic"] is True
    assert [one["properties"]["minutes"] for one in free["features"]] == [6, 3]
    large, small = (shapely.geometry.shape(one["geometry"]) for one in free["features"])
    assert large.covers(small)
    assert small.covers(station.position)

    around = shapely.geometry.mapping(station.position.buffer(0.02))
    await by_hand.post("/roads/conditions", {"area": around, "factor": 0.2, "reason": "积雪"})
    snowed = await by_hand.get(ask)
    assert snowed["road_version"] > free["road_version"]
    for before, after in zip(free["features"], snowed["features"], strict=True):
        assert after["properties"]["road_kilometres"] < before["properties"]["road_kilometres"]


async def test_an_isochrone_of_nothing_that_exists_is_said_plainly(by_hand: Whole) -> None:
    for asked, status, code in (
        ("moon/isochrone?vehicle=heavy_engine&minutes=5", 404, "unknown_station"),
        ("W1/isochrone?vehicle=ufo&minutes=5", 404, "vehicle_class_unknown"),
        ("W1/isochrone?vehicle=heavy_engine&minutes=0", 422, "invalid_fields"),
        ("W1/isochrone?vehicle=heavy_engine", 422, "invalid_fields"),
    ):
        answer = await by_hand.call("GET", f"/stations/{asked}")
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
