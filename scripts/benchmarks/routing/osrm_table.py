"""Run by a Python that has OSRM's wheel: asks its table for the best units of each alarm; JSON in, JSON out.

Units and alarms carry OSRM's own hints, so that no time goes into finding them on the road again.
"""

import json
import sys
import time
from typing import Any

import osrm  # type: ignore[import-not-found]  # of another Python than ours

asked = json.load(sys.stdin)
engine = osrm.OSRM(
    algorithm="CH",
    storage_config=asked["graph"],
    use_shared_memory=False,
    max_locations_distance_table=100_000,
    max_results_nearest=1,
    max_alternatives=1,
    default_radius="unlimited",
)
units, alarms = asked["units"], asked["alarms"]


def hint(point: tuple[float, float]) -> str:
    found = engine.Nearest(osrm.NearestParameters(coordinates=[point]))
    return str(found["waypoints"][0]["hint"])


of_units, of_alarms = [hint(tuple(point)) for point in units], [hint(tuple(point)) for point in alarms]
best = [float("inf")] * len(alarms)
answers: list[Any] = [None] * len(alarms)
for _ in range(asked["rounds"]):
    for number, alarm in enumerate(alarms):
        question = osrm.TableParameters(
            coordinates=[*map(tuple, units), tuple(alarm)],
            hints=[*of_units, of_alarms[number]],
            sources=list(range(len(units))),
            destinations=[len(units)],
            annotations=["duration"],
            generate_hints=False,
        )
        begin = time.process_time()
        found = engine.Table(question)
        best[number] = min(best[number], time.process_time() - begin)
        answers[number] = found
told = []
for found in answers:
    seconds = [row[0] for row in found["durations"]]
    order = sorted(range(len(units)), key=lambda unit: seconds[unit])[: asked["k"]]
    told.append([seconds[unit] for unit in order])
json.dump({"ms": [one * 1000.0 for one in best], "seconds": told}, sys.stdout)
