"""What every command of the alarms slice works with: the database, the county, its map and its roads as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dispatch.alarms.location import CountyMap
from dispatch.forces.model import Candidate
from dispatch.forces.store import load_candidates
from gis_data.model import County, IncidentKind
from routing.live import LiveRoads
from runtime.database import Connection, Database, Work


class Roads(Protocol):
    """The live roads of this process; `dispatch.forces.roads.RoadBook` in the service."""

    async def refresh(self, conn: Connection, now: datetime) -> LiveRoads: ...


class Positions(Protocol):
    """Units where their newest fixes say; `dispatch.forces.tracking.Tracking` in the service."""

    async def newest(self, units: Sequence[Candidate]) -> tuple[Candidate, ...]: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """`automatic` None leaves it to the kind of incident; true or false is the setting of the whole service.

    Without `positions` a unit under way is where PostgreSQL says, which is at most ten seconds old.
    `speed_table` is the version of the accepted speeds that the roads were built with.
    """

    db: Database
    county: County
    map: CountyMap
    roads: Roads
    automatic: bool | None = None
    positions: Positions | None = None
    speed_table: int = 0

    def sends_by_itself(self, kind: IncidentKind) -> bool:
        return kind.automatic if self.automatic is None else self.automatic

    async def units_now(self, work: Work) -> tuple[Candidate, ...]:
        """Every unit as it could be sent now, from where it really is."""
        units = await load_candidates(work.conn, self.county, work.now)
        return units if self.positions is None else await self.positions.newest(units)

    @property
    def policy_version(self) -> str:
        """The county's folder holds plans, authority, deadlines and policy: its checksum names them all."""
        return self.county.digest[:16]
