"""How a simulated crew behaves: whether and when it answers an order, and how long it then takes to be there. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from dispatch.simulator.ground import Ground
from dispatch.simulator.incident import Incident
from dispatch.simulator.streams import UnitPurpose, lognormal


class Answer(Enum):
    """What comes of an order."""

    IN_TIME = "in_time"
    LATE = "late"
    UNABLE = "unable"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Reply:
    """Milliseconds after the order: when the crew answers (if ever), and when its deadline passes."""

    answer: Answer
    after_ms: int
    deadline_ms: int


@dataclass(frozen=True, slots=True)
class Way:
    """Milliseconds after the acknowledgement."""

    rolled_ms: int
    arrived_ms: int


class Crews:
    """Every unit's crew, with the luck that its alarm brought."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self._how = [
            ground.given.answering_of(unit.station_class, unit.duty_mode) for unit in ground.candidates[False]
        ]

    def reply(self, incident: Incident, unit: int) -> Reply:
        """A force that is asked, not ordered, is asked by a person first."""
        how, draws = self._how[unit], incident.draws[:, unit]
        asking = self.ground.given.asking_seconds if incident.plan.asked[unit] else 0.0
        seconds = lognormal(float(draws[UnitPurpose.DELAY]), how.delay.mean, how.delay.variation)
        after = round((asking + seconds) * 1000)
        deadline = self.ground.acknowledge_ms[unit] + round(asking * 1000)
        luck = float(draws[UnitPurpose.ANSWER])
        if luck < how.silent:
            return Reply(Answer.SILENT, after, deadline)
        if luck < how.silent + how.unable:
            return Reply(Answer.UNABLE, min(after, deadline), deadline)
        return Reply(Answer.IN_TIME if after <= deadline else Answer.LATE, after, deadline)

    def way(self, now: int, incident: Incident, unit: int) -> Way:
        """Turnout about the county's table, the drive about what the roads predict, the walk as predicted."""
        ground, given, draws = self.ground, self.ground.given, incident.draws[:, unit]
        table, place = ground.table, incident.place
        usual = float(ground.units[ground.night_at(now)].turnout_ms[unit])
        turnout = round(lognormal(float(draws[UnitPurpose.TURNOUT]), usual, given.turnout_variation))
        predicted = float(table.travel_ms[place, unit])
        drive = round(lognormal(float(draws[UnitPurpose.TRAVEL]), predicted, given.driving_variation))
        return Way(turnout, turnout + drive + int(table.on_foot_ms[place, unit]))
