"""An independent judge of shuttle plans: every tanker driven for itself, with queues at the fill sites and the fire."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Mapping, Sequence

from dispatch.alarms.shuttle import Cycle, Run, Site


class _Place:
    """A queue with so many servers, first come first served."""

    def __init__(self, servers: int) -> None:
        self.free = servers
        self.waiting: deque[int] = deque()


def simulated_flow_lps(
    runs: Sequence[Run],
    sites: Sequence[Site],
    cycles: Mapping[tuple[int, int], Cycle],
    discharge_places: int,
    hours: float = 60.0,
) -> float:
    """Litres delivered a second between the first fifth and the end; all tankers start empty at the fire at once."""
    tankers = [(run.site, cycles[run.group, run.site]) for run in runs for _ in range(run.tankers)]
    places = {run.site: _Place(sites[run.site].places) for run in runs}
    fire = _Place(discharge_places)
    end, warm = hours * 3600.0, hours * 3600.0 / 5.0
    delivered = 0.0
    events: list[tuple[float, int, str]] = []
    for number, (_, cycle) in enumerate(tankers):
        heapq.heappush(events, (cycle.out_seconds, number, "at_site"))
    while events:
        now, number, what = heapq.heappop(events)
        if now > end:
            break
        site, cycle = tankers[number]
        if what == "at_site":
            _arrive(events, places[site], now, number, "filled", cycle.at_site_seconds)
        elif what == "filled":
            _leave(events, places[site], now, "filled", lambda n: tankers[n][1].at_site_seconds)
            heapq.heappush(events, (now + cycle.back_seconds, number, "at_fire"))
        elif what == "at_fire":
            _arrive(events, fire, now, number, "empty", cycle.at_fire_seconds)
        else:
            _leave(events, fire, now, "empty", lambda n: tankers[n][1].at_fire_seconds)
            delivered += cycle.litres if now > warm else 0.0
            heapq.heappush(events, (now + cycle.out_seconds, number, "at_site"))
    return delivered / (end - warm)


def _arrive(events, place, now, number, done, seconds):  # type: ignore[no-untyped-def]
    if place.free:
        place.free -= 1
        heapq.heappush(events, (now + seconds, number, done))
    else:
        place.waiting.append(number)


def _leave(events, place, now, done, seconds):  # type: ignore[no-untyped-def]
    if place.waiting:
        following = place.waiting.popleft()
        heapq.heappush(events, (now + seconds(following), following, done))
    else:
        place.free += 1
