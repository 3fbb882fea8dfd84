"""Which road the tale closes: one that an engine on its way to a place would take."""

from __future__ import annotations

from dispatch.alarms.triage import metres_between
from gis_data.model import County
from routing.county import county_graph
from routing.live import LiveRoads
from routing.route import route


def edge_on_the_way(county: County, place: tuple[float, float]) -> tuple[str, str] | None:
    """A piece of road, a bridge if there is one, on the way of an engine from the nearest manned station."""
    engines = {
        u.station: u.vehicle_class for u in county.units if u.accepted and u.brings.get("engine", 0) > 0
    }
    near = sorted(
        (s for s in county.stations if s.code in engines and not s.foreign),
        key=lambda s: metres_between(s.position.x, s.position.y, *place),
    )
    live = LiveRoads(county_graph(county))
    for station in near[:3]:
        found = route(live, (station.position.x, station.position.y), place, engines[station.code])
        pieces = [int(live.graph.piece[arc]) for arc in found.path.arcs]
        if len(pieces) < 8:
            continue
        inner = pieces[len(pieces) // 4 : -2]
        bridges = [p for p in inner if county.roads.bridge[p]]
        piece = (bridges or inner)[0]
        return county.roads.ids[piece], county.roads.names[piece] or "村道"
    return None
