"""The speed table that is in force: factors that somebody accepted, laid over the county folder's own speeds. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from gis_data.model import VehicleClass
from routing.learning import Correction

Factors = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class SpeedTable:
    """`factors` of the folder's speeds by vehicle class and class of road; version 0 is the folder as it is."""

    version: int
    factors: Factors


@dataclass(frozen=True, slots=True)
class NewSpeed:
    vehicle_class: str
    road_class: str
    kmh: float


def laid_over(classes: Mapping[str, VehicleClass], factors: Factors) -> dict[str, VehicleClass]:
    """The vehicle classes with the accepted speeds. What the folder no longer names is passed over."""
    return {
        code: replace(
            vehicle,
            speeds_kmh=MappingProxyType(
                {
                    road: round(kmh * factors[code][road], 1) if road in factors[code] else kmh
                    for road, kmh in vehicle.speeds_kmh.items()
                }
            ),
        )
        if factors.get(code)
        else vehicle
        for code, vehicle in classes.items()
    }


def speeds_of(classes: Mapping[str, VehicleClass]) -> dict[str, Mapping[str, float]]:
    """Kilometres an hour by vehicle class and class of road."""
    return {code: vehicle.speeds_kmh for code, vehicle in classes.items()}


def with_speeds(factors: Factors, folder: Mapping[str, VehicleClass], news: Sequence[NewSpeed]) -> Factors:
    """The factors with these speeds in the place of what was there."""
    changed = {code: dict(roads) for code, roads in factors.items()}
    for new in news:
        kmh = folder[new.vehicle_class].speeds_kmh[new.road_class]
        changed.setdefault(new.vehicle_class, {})[new.road_class] = new.kmh / kmh
    return changed


def not_proposed(news: Sequence[NewSpeed], corrections: Sequence[Correction]) -> list[NewSpeed]:
    """Those that are not, to the tenth of a km/h, what the drives propose now."""
    proposed = {(one.vehicle_class, one.road_class): one.proposed_kmh for one in corrections}
    return [
        new
        for new in news
        if (kmh := proposed.get((new.vehicle_class, new.road_class))) is None or abs(kmh - new.kmh) > 0.05
    ]
