"""HTTP for what a station reaches: areas by vehicle class and minutes, on the roads as they are now."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from dispatch.access.guard import Guard
from dispatch.access.principal import PEOPLE, Principal
from dispatch.access.problem import Problem, problems
from dispatch.forces.isochrone_map import geojson
from dispatch.forces.roads import RoadBook
from dispatch.forces.turnout import turnout_seconds
from gis_data.errors import InputError
from gis_data.model import County, DutyMode, Station
from routing.isochrone import isochrones
from routing.live import LiveRoads
from routing.snap import snap

AROUND_METRES = 200.0  # coarser than on the command line: a half-hour circle stays below a megabyte
Minutes = Annotated[float, Field(gt=0, le=240, allow_inf_nan=False)]


class ReachAnswer(BaseModel):
    """GeoJSON in WGS-84 degrees, the largest area first; `geometry` is null where nothing is reached."""

    type: Literal["FeatureCollection"]
    attribution: list[str]
    synthetic: bool
    road_version: int
    features: list[dict[str, Any]]


def make_reach_router(guard: Guard, county: County, road_book: RoadBook) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["forces"], responses=problems())
    reader = guard.require(*PEOPLE)
    stations = {station.code: station for station in county.stations}

    @router.get("/stations/{code}/isochrone")
    async def isochrone(
        _: Annotated[Principal, Depends(reader)],
        code: Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[^\x00]+$")],
        vehicle: Annotated[str, Query(min_length=1, max_length=64, pattern=r"^[^\x00]+$")],
        minutes: Annotated[list[Minutes], Query(min_length=1, max_length=6)],
    ) -> ReachAnswer:
        """What a vehicle class reaches from the station within these minutes of an order: turnout by day, roads now.

        Every reached stretch of road lies inside, and nothing inside is farther from one than `tolerance_metres`.
        """
        station = stations.get(code)
        if station is None:
            raise Problem(404, "unknown_station", {"station": code})
        if vehicle not in county.vehicle_classes:
            raise Problem(404, "vehicle_class_unknown", {"vehicle_classes": vehicle})
        live = road_book.current
        drawn = await asyncio.to_thread(_drawn, live, county, station, vehicle, minutes)
        return ReachAnswer.model_construct(**drawn, road_version=live.version)

    return router


def _drawn(
    live: LiveRoads, county: County, station: Station, vehicle: str, minutes: list[float]
) -> dict[str, Any]:
    turnout = turnout_seconds(county.turnouts, station.station_class, DutyMode.STATION, night=False)
    at = station.position
    try:
        start = snap(live, at.x, at.y, vehicle, f"station {station.code}")
    except InputError as error:
        raise Problem(404, "unusable", {"reason": str(error)}) from error
    found = isochrones(live, start, vehicle, minutes, ready_seconds=turnout, around_metres=AROUND_METRES)
    return geojson(county, found, station, turnout)
