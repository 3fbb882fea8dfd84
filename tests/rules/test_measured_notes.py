"""What is noted of a unit that is passed over without telling its way in full is what the full answer says."""

import asyncio
from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from dispatch.alarms.measure import measure
from dispatch.forces.model import Candidate, Gate
from gis_data.model import Contact, DutyMode, StationClass
from routing.live import LiveRoads
from tests.rules.routing_world import FLEET, some_conditions, somewhere, town


def unit(number: int, vehicle_class: str, lon: float, lat: float) -> Candidate:
    return Candidate(
        unit_id=UUID(int=number), code=f"u{number}", name="", name_en="", station="s",
        station_class=StationClass.TOWNSHIP_1, zone="W", town="", body="county_centre", foreign=False,
        vehicle_class=vehicle_class, brings={}, full_brings={}, duty_mode=DutyMode.STATION,
        contact=Contact.TABLET, turnout_seconds=60.0, lon=lon, lat=lat, at_station=True, gates=Gate.NONE,
    )  # fmt: skip


@pytest.mark.parametrize("conditions", [False, True])
def test_what_is_noted_of_a_way_is_what_the_full_answer_says(conditions: bool) -> None:
    rng = np.random.default_rng(31)
    live = LiveRoads(town(31).graph())
    if conditions:
        live = live.with_conditions(some_conditions(rng, live), 1)
    units = [unit(n, str(rng.choice(list(FLEET))), *somewhere(rng, live)) for n in range(30)]
    briefly = 0
    for _ in range(6):
        place = somewhere(rng, live)
        noted = asyncio.run(measure(live, *place, units)).travels
        full = asyncio.run(measure(live, *place, units)).travels
        for row in range(len(units)):
            note = noted.noted(row)
            briefly += note.distance_metres == 0.0
            same = {"distance_metres": note.distance_metres, "heading": note.heading}
            assert note == replace(full[row], **same)  # type: ignore[arg-type]
    assert conditions or briefly > 20
