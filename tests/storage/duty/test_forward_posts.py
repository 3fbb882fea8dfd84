"""靠前驻防: a unit that the roster has at a forward post is timed from there, as long as the roster says so."""

from __future__ import annotations

from dataclasses import replace

from dispatch.forces.store import crews
from dispatch.forces.turnout import turnout_seconds
from gis_data.model import DutyMode
from roster.crew import ForwardPost
from roster.shifts import Post
from tests.storage.duty.test_rollcall import COUNTY, NEXT, THEN, UNIT, RollcallWorld, house
from tests.storage.duty_world import CODE, TODAY, book

__all__ = ["house"]

POST = Post("W1", UNIT, "虚构驻防点", 112.87, 35.61, NEXT, NEXT, 0)
PLACE = ForwardPost(POST.place, POST.lon, POST.lat)


async def card(world: RollcallWorld) -> dict[str, object]:
    found: dict[str, object] = await world.db.pool.fetchval(
        "select card from unit_card where code = $1", UNIT
    )
    return found


async def test_a_unit_at_a_forward_post_is_timed_from_there_until_the_post_ends(house: RollcallWorld) -> None:
    await house.apply(replace(book(), posts=(POST,)))
    await house.all_present(TODAY)
    at_home = await house.candidate()
    assert at_home.duty_mode is DutyMode.STATION
    await house.pass_to(NEXT, 7, 50)
    await house.all_present(NEXT)
    await house.pass_to(NEXT, 8)
    there = await house.candidate()
    assert (there.lon, there.lat, there.duty_mode) == (POST.lon, POST.lat, DutyMode.FORWARD_POST)
    assert there.turnout_seconds == turnout_seconds(
        COUNTY.turnouts, there.station_class, DutyMode.FORWARD_POST, night=False
    )
    shown = await card(house)
    assert (shown["lon"], shown["lat"]) == (POST.lon, POST.lat)
    assert shown["post"] == {"place": POST.place, "lon": POST.lon, "lat": POST.lat}
    async with house.db.reading() as conn:
        assert (await crews(conn, CODE, house.clock.now))[UNIT].post == PLACE
    await house.pass_to(THEN, 7, 50)
    await house.all_present(THEN)
    assert (await house.candidate()).lon == POST.lon
    await house.pass_to(THEN, 8)
    assert await house.candidate() == replace(
        at_home, turnout_seconds=(await house.candidate()).turnout_seconds
    )
    assert (await card(house))["post"] is None


async def test_a_post_that_the_county_takes_back_ends_at_once(house: RollcallWorld) -> None:
    await house.apply(replace(book(), posts=(replace(POST, first=TODAY),)))
    await house.all_present(TODAY)
    assert (await house.candidate()).lon == POST.lon
    await house.apply(book())
    home = await house.candidate()
    assert home.lon != POST.lon
    assert home.duty_mode is DutyMode.STATION
