"""What the simulator supposes where the county's folder says nothing: read from assumptions.toml, all of it 待核."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

from gis_data.model import DutyMode, StationClass


@dataclass(frozen=True, slots=True)
class Spread:
    """A lognormal time: its mean in seconds and its coefficient of variation."""

    mean: float
    variation: float


@dataclass(frozen=True, slots=True)
class Answering:
    """How a crew answers: after how long; how often never; how often only to say that it cannot."""

    force: str
    duty_mode: str
    delay: Spread
    silent: float
    unable: float


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a caller says with probability `often`."""

    field: str
    value: float
    often: float


@dataclass(frozen=True, slots=True)
class KindMix:
    """One kind of incident: its share of the alarms, and its profile."""

    code: str
    share: float
    hours: tuple[float, ...]
    months: tuple[float, ...]
    by_people: bool
    trapped: float
    work_seconds: float
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Assumptions:
    alarms_a_day: float
    first_day: date
    handling: Spread
    turnout_variation: float
    driving_variation: float
    return_factor: float
    work_variation: float
    work_each_level: float
    least_stay_seconds: float
    silent_seconds: float
    unable_seconds: float
    ring_out_seconds: float
    asking_seconds: float
    answering: tuple[Answering, ...]
    kinds: tuple[KindMix, ...]

    def answering_of(self, station_class: StationClass, duty_mode: DutyMode) -> Answering:
        """The first line that fits."""
        return next(
            one
            for one in self.answering
            if one.force in ("*", station_class.value) and one.duty_mode in ("*", duty_mode.value)
        )


def default_assumptions() -> Assumptions:
    found = tomllib.loads(resources.files(__package__).joinpath("assumptions.toml").read_text("utf-8"))
    scene, driving = found["scene"], found["driving"]
    return Assumptions(
        alarms_a_day=found["alarms"]["a_day"],
        first_day=date.fromisoformat(found["alarms"]["first_day"]),
        handling=_spread(found["handling"]),
        turnout_variation=found["turnout"]["variation"],
        driving_variation=driving["variation"],
        return_factor=driving["return_factor"],
        work_variation=found["work"]["variation"],
        work_each_level=found["work"]["each_level"],
        least_stay_seconds=scene["least_stay"],
        silent_seconds=scene["silent_for"],
        unable_seconds=scene["unable_for"],
        ring_out_seconds=scene["ring_out"],
        asking_seconds=scene["asking"],
        answering=tuple(
            Answering(one["force"], one["duty_mode"], _spread(one), one["silent"], one["unable"])
            for one in found["answer"]
        ),
        kinds=tuple(_kind(one, found) for one in found["kind"]),
    )


def _spread(said: Mapping[str, Any]) -> Spread:
    return Spread(said["mean"], said["variation"])


def _kind(said: Mapping[str, Any], found: Mapping[str, Any]) -> KindMix:
    return KindMix(
        code=said["code"],
        share=said["share"],
        hours=tuple(float(weight) for weight in found["hours"][said["hours"]]),
        months=tuple(float(weight) for weight in found["months"][said["months"]]),
        by_people=said["where"] == "people",
        trapped=said["trapped"],
        work_seconds=said["work_minutes"] * 60.0,
        facts=tuple(Fact(one["field"], one["value"], one["often"]) for one in said["facts"]),
    )
