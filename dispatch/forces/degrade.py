"""What a vehicle may do with the crew it has: rules as data, no I/O.

A short crew or a missing qualification takes capabilities away, never the whole vehicle, until the legal minimum is
reached: below it nothing rolls. A heavy engine with three people counts as a light one.

A crew whose strength was told without qualifications was never asked for any; then only the number of people limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from roster.crew import Crew

DRIVER = "driver"


@dataclass(frozen=True, slots=True)
class PerPeople:
    """So much of a capability, at most, for every `people` aboard beyond the first `beside` (driver, pump)."""

    capability: str
    people: float
    beside: int = 0


@dataclass(frozen=True, slots=True)
class PerQualification:
    """So much of a capability, at most, for every `holders` of a qualification."""

    capability: str
    qualification: str
    holders: float


@dataclass(frozen=True, slots=True)
class CountsAs:
    """A vehicle class with fewer people than this brings no more than these quantities, tank and tools included."""

    vehicle_class: str
    fewer_than: int
    name_key: str
    at_most: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class CrewRules:
    """The whole table; a county may give its own. Figures without a published source are marked 待核 there."""

    per_people: tuple[PerPeople, ...]
    per_qualification: tuple[PerQualification, ...]
    counts_as: tuple[CountsAs, ...]
    driverless: frozenset[str] = field(default_factory=frozenset)


# Two wearers a pair stay together; the driver stays at the pump. 待核: county practice, no national figure.
DEFAULT_RULES = CrewRules(
    per_people=(
        PerPeople("people", 1),
        PerPeople("ba_pairs", 2, beside=1),
        PerPeople("rescue_set", 3, beside=1),
        PerPeople("forest_gear", 1),
        PerPeople("hand_pump", 2),
        PerPeople("ladder", 2, beside=1),
        PerPeople("extinguishers", 0.5),
    ),
    per_qualification=(
        PerQualification("ba_pairs", "ba", 2),
        PerQualification("commander", "squad_leader", 1),
        PerQualification("forest_gear", "forest_fighter", 1),
        PerQualification("drone", "drone_pilot", 1),
    ),
    counts_as=(
        CountsAs(
            "heavy_engine",
            4,
            "forces.counts_as.light_engine",
            {"ba_pairs": 1, "rescue_set": 0, "foam_tonnes": 0},
        ),
        CountsAs("ladder", 3, "forces.counts_as.support", {"ladder": 0, "rescue_set": 0}),
    ),
    driverless=frozenset({"foot_crew"}),
)


@dataclass(frozen=True, slots=True)
class Aboard:
    """What the vehicle brings with this crew. `lost` names what it would bring at full strength and does not."""

    legal: bool
    brings: Mapping[str, float]
    counts_as: str | None
    lost: tuple[str, ...]


def degrade(
    brings: Mapping[str, float],
    vehicle_class: str,
    minimum_crew: int,
    crew: Crew,
    rules: CrewRules = DEFAULT_RULES,
) -> Aboard:
    """What a unit brings with the crew aboard; nothing, and not legal, below the minimum or without a driver.

    `brings` are its quantities with the nominal crew. More people than that bring no more than those.
    """
    people = crew.seats_filled
    told = crew.qualifications
    driverless = vehicle_class in rules.driverless
    driven = driverless or not told or told.get(DRIVER, 0) + told.get(f"{DRIVER}:{vehicle_class}", 0) > 0
    legal = people >= max(1, minimum_crew) and driven
    if not legal:
        return Aboard(False, {}, None, tuple(sorted(brings)))
    limits: dict[str, float] = {}
    for rule in rules.per_people:
        beside = 0 if driverless else rule.beside
        _tighten(limits, rule.capability, max(0, people - beside) / rule.people)
    if told:
        for by in rules.per_qualification:
            _tighten(limits, by.capability, told.get(by.qualification, 0) / by.holders)
    lesser = next(
        (c for c in rules.counts_as if c.vehicle_class == vehicle_class and people < c.fewer_than), None
    )
    if lesser is not None:
        for capability, most in lesser.at_most.items():
            _tighten(limits, capability, most)
    # Only what it would bring otherwise makes it lesser: a tanker's crew of three is its full one.
    kept = {name: min(amount, _whole(name, limits.get(name, inf))) for name, amount in brings.items()}
    lost = tuple(sorted(name for name, amount in brings.items() if kept[name] < amount))
    aboard = {name: amount for name, amount in kept.items() if amount > 0}
    return Aboard(True, aboard, lesser.name_key if lesser is not None and lost else None, lost)


def nominal_crew(seats: int, brings: Mapping[str, float]) -> int:
    """Who sits in it at full strength: as many people as it brings, and never more than it seats."""
    return min(seats, int(brings.get("people", seats)))


def _tighten(limits: dict[str, float], capability: str, most: float) -> None:
    limits[capability] = min(most, limits.get(capability, inf))


def _whole(capability: str, limit: float) -> float:
    """Half a pair enters no house: what people do is counted whole, what a tank holds is not."""
    return limit if limit == inf or capability.endswith("_tonnes") else float(int(limit))
