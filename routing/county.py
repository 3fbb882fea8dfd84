"""The road graph of a county folder: its roads, vehicle classes, driving rules and turn restrictions, in one call."""

from __future__ import annotations

from pathlib import Path

from gis_data.model import County
from routing.graph import RoadGraph, build_graph
from routing.store import GRAPHS, open_graph
from routing.turns import with_turns


def county_graph(county: County, cache: Path | None = None) -> RoadGraph:
    """Built, or mapped from the cache folder of the settings if the same roads were built before (see `open_graph`).

    Raises InputError for roads or turn restrictions that are none.
    """
    given = (county.roads, county.vehicle_classes, county.driving)
    graph = build_graph(*given) if cache is None else open_graph(cache / GRAPHS, *given)
    return with_turns(graph, county.turn_restrictions)
