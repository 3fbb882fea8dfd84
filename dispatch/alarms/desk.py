"""What every command of the alarms slice works with: the database, the county, its map and its roads as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dispatch.alarms.location import CountyMap
from gis_data.model import County, IncidentKind
from routing.live import LiveRoads
from runtime.database import Connection, Database


class Roads(Protocol):
    """The live roads of this process; `dispatch.forces.roads.RoadBook` in the service."""

    async def refresh(self, conn: Connection, now: datetime) -> LiveRoads: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """`automatic` None leaves it to the kind of incident; true or false is the setting of the whole service."""

    db: Database
    county: County
    map: CountyMap
    roads: Roads
    automatic: bool | None = None

    def sends_by_itself(self, kind: IncidentKind) -> bool:
        return kind.automatic if self.automatic is None else self.automatic

    @property
    def policy_version(self) -> str:
        """The county's folder holds plans, authority, deadlines and policy: its checksum names them all."""
        return self.county.digest[:16]
