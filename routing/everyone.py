"""All units' times to one alarm as arrays, and a unit's full answer only when somebody asks for it."""

from __future__ import annotations

from functools import cached_property

from routing.fleet import Fleet
from routing.live import LiveRoads
from routing.rank import Hindrances, rank_times
from routing.ranking import Figures
from routing.reach import Reach


class Everyone:
    """Every unit of a fleet, ranked. `number` is the unit's place in the fleet."""

    def __init__(self, live: LiveRoads, lon: float, lat: float, fleet: Fleet) -> None:
        self.live, self.lon, self.lat = live, float(lon), float(lat)
        self.fleet = fleet.on(live)
        self._ranking = rank_times(live, self.lon, self.lat, self.fleet)
        self._told: dict[int, Reach] = {}

    @cached_property
    def figures(self) -> Figures:
        return self._ranking.figures()

    def reach(self, number: int) -> Reach:
        if number not in self._told:
            self._told[number] = self._hindrances.told(self._ranking.reach(number), number)
        return self._told[number]

    @cached_property
    def _hindrances(self) -> Hindrances:
        return Hindrances(self.live, self.lon, self.lat, self.fleet, range(len(self.fleet)))
