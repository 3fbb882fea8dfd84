"""Faults of speed profiles: seasons, days and hours nobody understands, and factors that cannot be meant."""

from __future__ import annotations

from collections.abc import Iterator

from gis_data.fault import Fault
from gis_data.model import County
from gis_data.speed_profile import ANY_ROAD, DAYS, LEAST, MOST, read_hours
from gis_data.water import read_season


def check_speeds(county: County) -> Iterator[Fault]:
    roads = {word for vehicle in county.vehicle_classes.values() for word in vehicle.speeds_kmh} | {ANY_ROAD}
    for profile in county.speed_profiles:
        at = ("county.toml", f"[[speed_profile]] {profile.code}")
        if profile.season and read_season(profile.season) is None:
            yield Fault(*at, "bad_season", {"value": profile.season})
        for hours in profile.hours:
            if read_hours(hours) is None:
                yield Fault(*at, "bad_hours", {"value": hours})
        wanted = (
            ("days", profile.days, DAYS),
            ("factors", profile.factors, sorted(roads)),
            ("vehicle_classes", profile.vehicle_classes, tuple(county.vehicle_classes)),
        )
        for field, said, known in wanted:
            for word in said:
                if word not in known:
                    yield Fault(
                        *at, "unknown_code", {"field": field, "value": word, "known": ", ".join(known)}
                    )
        for road, factor in profile.factors.items():
            if not LEAST <= factor <= MOST:
                value = {"field": f"factors.{road}", "value": factor, "least": LEAST, "most": MOST}
                yield Fault(*at, "out_of_range", value)
