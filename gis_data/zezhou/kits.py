"""What stands in the garages: vehicles with what they bring at full crew. Invented, in the spirit of the standards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gis_data.model import Name


@dataclass(frozen=True, slots=True)
class Kit:
    name: Name
    vehicle_class: str
    brings: Mapping[str, float]
    minimum_crew: int

    @property
    def seats(self) -> int:
        return int(self.brings["people"])


def _kit(zh: str, en: str, vehicle_class: str, minimum_crew: int, **brings: float) -> Kit:
    return Kit(
        Name(zh, en), vehicle_class, {key: float(value) for key, value in brings.items()}, minimum_crew
    )


KITS: Mapping[str, Kit] = {
    "heavy": _kit(
        "水罐车",
        "heavy engine",
        "heavy_engine",
        4,
        people=6,
        ba_pairs=2,
        water_tonnes=6,
        engine=1,
        commander=1,
    ),
    "tanker": _kit(
        "大水罐车", "water tanker", "heavy_engine", 2, people=3, ba_pairs=1, water_tonnes=12, engine=1
    ),
    "foam": _kit(
        "泡沫车",
        "foam engine",
        "heavy_engine",
        4,
        people=6,
        ba_pairs=2,
        water_tonnes=4,
        foam_tonnes=2,
        engine=1,
        commander=1,
    ),
    "rescue": _kit(
        "抢险救援车", "rescue truck", "heavy_engine", 4, people=7, ba_pairs=2, rescue_set=2, commander=1
    ),
    "ladder": _kit("登高平台车", "ladder", "ladder", 2, people=3, ba_pairs=1, ladder=1),
    "light": _kit(
        "轻型水罐车",
        "light engine",
        "light_engine",
        4,
        people=5,
        ba_pairs=2,
        water_tonnes=2.5,
        engine=1,
        rescue_set=1,
        hand_pump=1,
    ),
    "light_led": _kit(
        "轻型水罐车",
        "light engine",
        "light_engine",
        4,
        people=5,
        ba_pairs=2,
        water_tonnes=2.5,
        engine=1,
        rescue_set=1,
        hand_pump=1,
        commander=1,
    ),
    "light_volunteer": _kit(
        "志愿轻型车", "volunteer engine", "light_engine", 3, people=5, water_tonnes=2, engine=1, hand_pump=1
    ),
    "pump_pickup": _kit(
        "皮卡泵车",
        "pump pickup",
        "pickup",
        2,
        people=4,
        water_tonnes=0.6,
        hand_pump=1,
        extinguishers=4,
        forest_gear=4,
    ),
    "command": _kit(
        "指挥皮卡", "command pickup", "pickup", 2, people=4, commander=1, drone=1, extinguishers=2
    ),
    "motorcycle": _kit(
        "消防摩托车", "fire motorcycle", "fire_motorcycle", 2, people=2, water_tonnes=0.05, extinguishers=4
    ),
    "carrier": _kit(
        "森林运兵车", "crew carrier", "forest_carrier", 6, people=14, forest_gear=14, hand_pump=1, commander=1
    ),
    "forest_pickup": _kit(
        "森林皮卡水车",
        "forest pickup",
        "pickup",
        3,
        people=5,
        forest_gear=5,
        water_tonnes=0.8,
        hand_pump=1,
        drone=1,
    ),
    "cart": _kit("微型消防车", "micro cart", "micro_cart", 2, people=3, water_tonnes=0.3, extinguishers=6),
    "foot": _kit("徒步分队", "foot crew", "foot_crew", 2, people=4, extinguishers=6),
}
