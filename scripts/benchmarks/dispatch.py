"""Dispatching, measured on the bundled county with every device connected, beside the floors of the same machine.

The demo runs as a user runs it and reports commit-to-commit times. In the same run the floors are measured: one row
inserted and committed, one message over a websocket and back, the mere sorting of the units by time.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import numpy as np
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as serve_sockets

from dispatch.alarms.choose import choose
from dispatch.alarms.framing import Standing, frame
from dispatch.alarms.travel import Travel, Travels
from dispatch.forces.model import Candidate, Gate
from gis_data.bundled import bundled_county_folder
from gis_data.folder import read_county
from gis_data.model import County
from routing.county import county_graph
from routing.live import LiveRoads
from routing.rank import Start, rank
from runtime.ids import new_id
from runtime.servers import running_servers
from runtime.settings import load_settings

ALARMS = int(os.environ.get("PIANQU_BENCH_ALARMS", "500"))
ROUNDS = 300


def rows() -> list[dict[str, Any]]:
    """A list of rows `work, value, unit, peer, peer_value, ratio, goal, met`."""
    with tempfile.TemporaryDirectory(prefix="pianqu-bench-") as folder:
        settings = load_settings(data=Path(folder) / "data", redis_url="off")
        county = read_county(bundled_county_folder(load_settings().cache_folder))
        with running_servers(settings) as servers:
            commit_ms = asyncio.run(_commits(servers.database_url))
        socket_ms = asyncio.run(_sockets())
        report = _demo(Path(folder))
    choosing, sorting = _choosing(county)
    dispatch, device = report["latency_ms"]["alarm_to_dispatch"], report["latency_ms"]["dispatch_to_device"]
    said = f"{report['alarms']} alarms, {report['served']} served"
    floor = f"insert + commit p99 ({len(commit_ms)})"
    echo = f"websocket there and back p99 ({len(socket_ms)})"
    return [
        _row(
            f"alarm → dispatch p50 ({said})", dispatch["p50"], "insert + commit p50", _at(commit_ms, 50), None
        ),
        _row(f"alarm → dispatch p99 (n {dispatch['n']})", dispatch["p99"], floor, _at(commit_ms, 99), 250.0),
        _row(
            "dispatch → device p50", device["p50"], "websocket there and back p50", _at(socket_ms, 50), None
        ),
        _row(f"dispatch → device p99 (n {device['n']})", device["p99"], echo, _at(socket_ms, 99), 150.0),
        _row(
            f"choose, {len(county.units)} units, p50",
            _at(choosing, 50),
            "sort by time",
            _at(sorting, 50),
            5.0,
        ),
    ]


def _row(work: str, value: float, peer: str, peer_value: float, goal: float | None) -> dict[str, Any]:
    return {
        "work": work,
        "value": value,
        "unit": "ms",
        "peer": peer,
        "peer_value": peer_value,
        "ratio": value / peer_value if peer_value else None,
        "goal": None if goal is None else f"≤ {goal:g} ms",
        "met": None if goal is None else value <= goal,
    }


def _at(values: list[float], percent: float) -> float:
    return float(np.percentile(values, percent, method="inverted_cdf"))


async def _commits(database_url: str) -> list[float]:
    conn = await asyncpg.connect(database_url)
    await conn.execute("create table bench (id uuid primary key, body jsonb)")
    taken: list[float] = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        await conn.execute("insert into bench values ($1, $2)", new_id(), '{"kind": "building"}')
        taken.append((time.perf_counter() - begun) * 1000)
    await conn.close()
    return taken


async def _sockets() -> list[float]:
    async def echo(socket: ServerConnection) -> None:
        async for message in socket:
            await socket.send(message)

    taken: list[float] = []
    async with serve_sockets(echo, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}") as client:
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                await client.send("x" * 1500)
                await client.recv()
                taken.append((time.perf_counter() - begun) * 1000)
    return taken


def _demo(folder: Path) -> dict[str, Any]:
    report = folder / "report.json"
    arguments = ["demo", "--once", "--alarms", str(ALARMS), "--speed", "600", "--report", str(report)]
    code = "from dispatch.cli import run; run()"
    done = subprocess.run([sys.executable, "-c", code, *arguments], stdout=subprocess.DEVNULL, check=False)
    if not report.exists():
        raise SystemExit(f"the demo ended with {done.returncode} and without a report")
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


def _choosing(county: County) -> tuple[list[float], list[float]]:
    live = LiveRoads(county_graph(county))
    stations = {station.code: station for station in county.stations}
    units = [
        Candidate(
            unit_id=new_id(),
            code=unit.code,
            name=unit.name.zh,
            name_en=unit.name.en,
            station=unit.station,
            station_class=stations[unit.station].station_class,
            zone=stations[unit.station].zone,
            town=stations[unit.station].town,
            body=stations[unit.station].body,
            foreign=stations[unit.station].foreign,
            vehicle_class=unit.vehicle_class,
            brings=unit.brings,
            full_brings=unit.brings,
            duty_mode=unit.duty_mode,
            contact=unit.contact,
            turnout_seconds=60.0,
            lon=stations[unit.station].position.x,
            lat=stations[unit.station].position.y,
            at_station=True,
            gates=Gate.NONE if unit.accepted else Gate.NOT_ACCEPTED,
        )
        for unit in county.units
    ]
    starts = [Start(unit.lon, unit.lat, unit.vehicle_class) for unit in units]
    plan = next(plan for plan in county.plans if plan.kind == "building" and plan.level == 3)
    chosen: list[float] = []
    sorted_: list[float] = []
    for place in county.places[:: max(1, len(county.places) // 60)]:
        lon, lat = place.position.x, place.position.y
        travels = [
            Travel(
                r.reachable,
                int(r.travel_ms),
                int(r.on_foot_ms),
                r.distance_metres,
                r.on_foot_metres,
                setup_ms=r.setup_ms,
                without_water_ms=r.without_water_ms,
            )
            for r in rank(live, lon, lat, starts)
        ]
        zone = next((zone for zone in county.zones if zone.area.contains(place.position)), None)
        standing = Standing(
            kind="building",
            lon=lon,
            lat=lat,
            zone=zone.code if zone else None,
            station=place.responsible or None,
            life_at_risk=True,
            waiting_ms=0,
            filled=frozenset(),
            present=frozenset(),
            tried=frozenset(),
            arriving={},
        )
        asked = frame(county, units, Travels.of(travels), standing, plan)
        times = asked.units.turnout_ms + asked.request.travel_ms
        chosen.append(_timed(partial(choose, asked.units, (asked.request,), asked.policy)))
        sorted_.append(_timed(partial(np.argsort, times)))
    return chosen, sorted_


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000
