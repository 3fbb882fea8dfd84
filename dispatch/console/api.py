"""HTTP for the console: the board, place search and ladder, map tiles."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel
from starlette.responses import Response

from dispatch.access.guard import Guard
from dispatch.access.principal import PEOPLE, Principal, Role
from dispatch.access.problem import Problem, problems
from dispatch.console.places import Found, PlaceIndex
from dispatch.console.store import ConsoleSnapshots
from runtime.encoding import to_json_bytes

DEEPEST_ZOOM = 16
Zoom = Annotated[int, Path(ge=0, le=DEEPEST_ZOOM)]
Cell = Annotated[int, Path(ge=0, lt=2**DEEPEST_ZOOM)]


class Tiles(Protocol):
    """Map tiles of the county; `tiles.TileStore` in the service. Called in a thread."""

    def tile(self, z: int, x: int, y: int) -> bytes: ...


class BoardHead(BaseModel):
    stream: str
    epoch: str
    seq: int


class BoardAnswer(BaseModel):
    """The board and the position in the county's stream from which `/ws/console` goes on."""

    head: BoardHead
    server_time: str
    county: dict[str, Any]
    stations: list[dict[str, Any]]
    zones: list[dict[str, Any]]
    cards: dict[str, list[dict[str, Any]]]


class PlaceAnswer(BaseModel):
    """`kind`: town, village, hamlet, group, landmark, station or position. WGS-84, whatever system was typed."""

    kind: str
    code: str
    name: str
    label: str
    town: str
    village: str
    lon: float
    lat: float
    radius_metres: float
    population: int
    synthetic: bool
    matched: str
    crs: str


class PlacesAnswer(BaseModel):
    places: list[PlaceAnswer]


def make_console_router(
    guard: Guard, snapshots: ConsoleSnapshots, county: str, places: PlaceIndex, tiles: Tiles
) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["console"], responses=problems())
    person = guard.require(*PEOPLE)
    viewer = guard.require(*PEOPLE, Role.DEVICE)

    @router.get("/board", response_model=BoardAnswer)
    async def board(who: Annotated[Principal, Depends(person)]) -> Response:
        """Everything open, consistent with `head`: what the events after it change, they bring as whole cards."""
        head, found = await snapshots.snapshot(who)
        at = {"stream": f"county/{county}", "epoch": str(head.epoch), "seq": head.seq}
        return Response(to_json_bytes({"head": at, **found}), media_type="application/json")

    @router.get("/places")
    async def search(
        _: Annotated[Principal, Depends(viewer)],
        q: Annotated[str, Query(max_length=100, description="name, pinyin, initials or coordinates")],
        limit: Annotated[int, Query(ge=1, le=50)] = 12,
        crs: Annotated[
            Literal["wgs84", "cgcs2000", "gcj02", "bd09"], Query(description="system of typed coordinates")
        ] = "wgs84",
    ) -> PlacesAnswer:
        """The best places for what is typed so far; coordinates are taken as a place of their own."""
        return _answer(places.search(q, limit=limit, crs=crs))

    @router.get("/ladder")
    async def ladder(
        _: Annotated[Principal, Depends(viewer)],
        under: Annotated[str | None, Query(max_length=64, description="code of a town or a village")] = None,
    ) -> PlacesAnswer:
        """The rung below a place: towns, villages, then hamlets, groups and landmarks."""
        return _answer(places.ladder(under))

    @router.get(
        "/tiles/{z}/{x}/{y}.mvt",
        response_class=Response,
        responses={
            200: {"content": {"application/vnd.mapbox-vector-tile": {}}},
            204: {"description": "Nothing there"},
        },
    )
    async def tile(_: Annotated[Principal, Depends(viewer)], z: Zoom, x: Cell, y: Cell) -> Response:
        """A vector tile of the county's own data."""
        if x >= 2**z or y >= 2**z:
            raise Problem(404, "tile_outside", {"tile": f"{z}/{x}/{y}"})
        data = await asyncio.to_thread(tiles.tile, z, x, y)
        headers = {"Cache-Control": "private, max-age=3600"}
        if not data:
            return Response(status_code=204, headers=headers)
        if data[:2] == b"\x1f\x8b":
            headers["Content-Encoding"] = "gzip"
        return Response(data, media_type="application/vnd.mapbox-vector-tile", headers=headers)

    return router


def _answer(found: tuple[Found, ...]) -> PlacesAnswer:
    return PlacesAnswer(places=[PlaceAnswer(**asdict(place)) for place in found])
