"""Rows about ranking: the best few and all of so many units, our search and our hierarchy against every peer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.ends import one_stop
from routing.hierarchy import is_worth
from routing.last_metres import last_metres
from routing.live import LiveRoads
from routing.rank import Fleet, rank_times
from routing.search import find
from scripts.benchmarks.routing.floor import floor_search
from scripts.benchmarks.routing.ground import VEHICLE, Ground, Grounds
from scripts.benchmarks.routing.measure import over_rounds
from scripts.benchmarks.routing.osrm_peer import Osrm, compared
from scripts.benchmarks.routing.peers import Asking, Best, Peers
from scripts.benchmarks.row import row, skipped

Row = dict[str, Any]
GIVEN_NO_EXTRACT = "no OpenStreetMap extract at ../shared/data/osm"


@dataclass(frozen=True)
class Work:
    """The best `k` of so many units; the goals by kind of ground: times scipy's, and milliseconds."""

    units: int
    k: int
    county_times: float | None = None
    county_ms: float | None = None
    province_times: float | None = None

    @property
    def title(self) -> str:
        return (
            f"rank all {self.units:,} units"
            if self.k == self.units
            else f"best {self.k} of {self.units:,} units"
        )


WORKS = (
    Work(500, 5, county_times=120.0, province_times=120.0),
    Work(50, 5, county_times=12.0, county_ms=0.6),
    Work(50, 20, province_times=40.0),
    Work(5_000, 5_000, county_times=3.0, province_times=7.0),
)


def rows(ground: Ground, floor_in: Grounds) -> Iterator[Row]:
    """Every work on one ground: our best way first, named, then each peer beside it; at last the floor."""
    peers = Peers(ground.graph, VEHICLE)
    for number, work in enumerate(WORKS):
        rng = np.random.default_rng(1000 + number)
        if work.units <= len(ground.settled):
            units = rng.choice(ground.settled, work.units)
            alarms = [int(node) for node in rng.choice(ground.settled, ground.generous)]
            yield from _compared(ground, peers, work, units, alarms)
    yield from _above_the_floor(ground, floor_in)


def osrm(grounds: Grounds) -> Iterator[Row]:
    """Named in any case, so that nobody takes its absence for a result."""
    work, peer = WORKS[0], Osrm.at_hand()
    if peer is None:
        yield compared(f"{work.title}, OSRM's table", 0.0, (), None)
        return
    ground = grounds.county()
    rng = np.random.default_rng(1000)
    units = rng.choice(ground.settled, work.units)
    alarms = [int(node) for node in rng.choice(ground.settled, ground.generous)]
    found, ours_ms = over_rounds(_ours(ground, ground.climbing, units, work.k), alarms)
    prepared = peer.prepare(grounds.folder / "osrm", ground.graph, ground.live.travel_ms(VEHICLE))
    places = [ground.at(node) for node in alarms]
    told = peer.ask(prepared, places, [ground.at(int(node)) for node in units], work.k)
    times = [one[0].tolist() for one in found]
    yield compared(f"{work.title}, {ground.name}", ours_ms, times, told)


def liechtenstein(grounds: Grounds) -> Iterator[Row]:
    ground = grounds.liechtenstein()
    if ground is None:
        yield skipped("ranking on Liechtenstein", GIVEN_NO_EXTRACT)
    else:
        yield from rows(ground, grounds)


def _compared(
    ground: Ground, peers: Peers, work: Work, units: NDArray[np.int64], alarms: Sequence[int]
) -> Iterator[Row]:
    """The service has a hierarchy, and the rows say what it does without one, too."""
    expected, scipy_ms = over_rounds(peers.scipy(units, work.k), alarms, rounds=2)
    title = f"{work.title}, {ground.name}"
    searching = _ours(ground, ground.live, units, work.k)
    goal: dict[str, Any] = {}
    if ground.is_county:
        goal = {"times_peer": work.county_times, "at_most": work.county_ms}
    elif ground.is_province:
        goal = {"times_peer": work.province_times}
    found, ours_ms = over_rounds(searching, alarms)
    _agree(f"the search, {title}", found, expected)
    climbing = ground.climbing
    if is_worth(climbing, VEHICLE, work.k, work.units):
        yield row(f"{title}, without the hierarchy", ours_ms, peer="scipy", peer_value=scipy_ms)
        found, ours_ms = over_rounds(_ours(ground, climbing, units, work.k), alarms)
        _agree(f"the hierarchy, {title}", found, expected)
        title += ", with the hierarchy"
    yield row(title, ours_ms, peer="scipy", peer_value=scipy_ms, **goal)
    for name, ask, asked in _others(ground, peers, work, units):
        if ask is None:
            yield skipped(title, f"{name} is not installed")
        elif asked:
            answers, peer_ms = over_rounds(ask, alarms[:asked], rounds=1 if asked < 10 else 2)
            _agree(f"{name}, {title}", answers, expected)
            yield row(title, ours_ms, peer=name, peer_value=peer_ms)


def _others(
    ground: Ground, peers: Peers, work: Work, units: NDArray[np.int64]
) -> Iterator[tuple[str, Asking | None, int]]:
    """The other peers and how many alarms each can be asked in reasonable time."""
    if ground.is_county:
        yield "networkx", peers.networkx(units, work.k), ground.few
    if work.k == 5:
        yield "rustworkx", peers.rustworkx(units, work.k), 3
        yield "igraph", peers.igraph(units, work.k), ground.generous
    yield "routingkit-cch", peers.routingkit(units, work.k), ground.generous


def _ours(ground: Ground, live: LiveRoads, units: NDArray[np.int64], k: int) -> Asking:
    """Times without ways, as the peers give them; both sides know where on the road an alarm lies.

    What an engine needs on the alarm's own road until it has water is the same for all, and not of the peers' work.
    """
    fleet = ground.fleet(live, units)
    on_the_spot = last_metres(ground.graph.rules, ground.graph.vehicle_classes[VEHICLE], np.zeros(1))
    return partial(_rank, ground, live, fleet, k, int(on_the_spot.counted_ms[0]))


def _rank(ground: Ground, live: LiveRoads, fleet: Fleet, k: int, on_the_spot_ms: int, alarm: int) -> Best:
    numbers, times = rank_times(live, *ground.at(alarm), fleet, k=k, paths=False).in_order(k)
    return times - on_the_spot_ms, numbers


def _agree(who: str, told: Sequence[Best], expected: Sequence[Best]) -> None:
    for one, right in zip(told, expected, strict=False):
        if not all(np.array_equal(mine, theirs) for mine, theirs in zip(one, right, strict=True)):
            raise AssertionError(f"{who}: {one[0][:5]} is not scipy's {right[0][:5]}")


def _above_the_floor(ground: Ground, grounds: Grounds) -> Iterator[Row]:
    """Nanoseconds a settled node of the compiled search and of the same search in C++, on the same alarms."""
    title = f"settle a node, best 20 of 50 units, {ground.name}"
    rng = np.random.default_rng(7)
    units = rng.choice(ground.settled, 50, replace=False)
    alarms = [int(node) for node in rng.choice(ground.settled, ground.generous)]
    bare = floor_search(ground.graph, VEHICLE, units, 20, grounds.folder)
    if bare is None:
        yield skipped(title, "no g++ to compile the C++ floor with")
        return
    searching = _search_alone(ground, units, 20)
    settled, floor_ms = over_rounds(bare, alarms)
    ours, ours_ms = over_rounds(searching, alarms)
    for (_, told), right in zip(settled, ours, strict=True):
        if told != right:
            raise AssertionError(f"the C++ floor: {told[:5]} is not {right[:5]}")
    nodes = float(np.median([count for count, _ in settled]))
    goal = 1 / 1.5 if ground.is_county else None
    yield row(
        title,
        ours_ms * 1e6 / nodes,
        unit="ns",
        peer="C++ floor",
        peer_value=floor_ms * 1e6 / nodes,
        times_peer=goal,
    )


def _search_alone(ground: Ground, units: NDArray[np.int64], best: int) -> Any:
    """The compiled search itself, its ends made ready."""
    squad = ground.fleet(ground.live, units).divisions[VEHICLE].sure

    def ask(alarm: int) -> list[int]:
        point = ground.live.find_point(*ground.at(alarm), VEHICLE, "alarm")
        assert point is not None
        stops = one_stop(ground.live, VEHICLE, point)
        found = find(
            ground.graph, ground.graph.inbound[VEHICLE], stops.sources, squad.targets, best, paths=False
        )
        return [int(time) for time in found.time[found.order]]

    return ask
