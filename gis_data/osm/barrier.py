"""What a barrier or a ford on one node of a road means to whoever wants to pass it."""

from __future__ import annotations

from dataclasses import dataclass

from gis_data.osm.raw import RawNode
from gis_data.osm.report import Tally
from gis_data.osm.values import NAN, parse_length, parse_mass

# Nothing to stop for.
OPEN = frozenset({"entrance", "no", "border_control", "toll_booth", "cattle_grid", "kerb", "coupure"})
GATES = frozenset(
    {
        "gate", "lift_gate", "swing_gate", "sliding_gate", "wicket_gate", "hampshire_gate", "bump_gate",
        "sally_port", "chain", "rope", "sliding_beam",
    }
)  # fmt: skip
POSTS = frozenset(
    {
        "bollard",
        "block",
        "cycle_barrier",
        "motorcycle_barrier",
        "planter",
        "height_restrictor",
        "rising_bollard",
    }
)
WALLS = frozenset(
    {
        "stile", "turnstile", "kissing_gate", "full-height_turnstile", "horse_stile", "jersey_barrier", "debris",
        "log", "wall", "fence", "hedge", "ditch", "retaining_wall", "guard_rail", "tank_trap", "spikes",
    }
)  # fmt: skip
_FOLDED = {
    "bollards": "bollard",
    "double_bollard": "bollard",
    "barrier": "lift_gate",
    "barrier_board": "lift_gate",
    "tree": "log",
    "bus_trap": "bollard",
    "sump_buster": "bollard",
    "cable_barrier": "guard_rail",
    "swing-gate": "swing_gate",
    "gate;lift_gate": "lift_gate",
}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """`barrier` is one of the words above or "" (a ford, or only a limit)."""

    node: int
    barrier: str
    ford: bool
    width_metres: float
    maxheight_metres: float
    maxweight_tonnes: float


def obstacles(nodes: list[RawNode], tally: Tally) -> dict[int, Obstacle]:
    found: dict[int, Obstacle] = {}
    for node in nodes:
        obstacle = _obstacle(node, tally)
        if obstacle is not None:
            found[node.id] = obstacle
    return found


def _obstacle(node: RawNode, tally: Tally) -> Obstacle | None:
    tags = node.tags
    ford = tags.get("ford", "no") not in ("no", "boat") or tags.get("highway") == "ford"
    said = tags.get("barrier", "").strip().lower()
    barrier = _barrier(_FOLDED.get(said, said), node, tally) if said else ""
    limits = (
        _least(tags.get("maxwidth:physical"), tags.get("maxwidth")) if said else NAN,
        _least(tags.get("maxheight:physical"), tags.get("maxheight")) if said else NAN,
        parse_mass(tags.get("maxweight", "")) if said else NAN,
    )
    if barrier == "height_restrictor" and limits[1] == limits[1]:
        barrier = ""  # the height says it better than the word
    if not barrier and not ford and all(limit != limit for limit in limits):
        return None
    return Obstacle(node.id, barrier, ford, *limits)


def _barrier(word: str, node: RawNode, tally: Tally) -> str:
    if word in OPEN:
        tally.drop("barriers", f"{word}: nothing to stop for")
        return ""
    if word not in GATES | POSTS | WALLS:
        tally.drop("barriers", "of a kind that is not known")
        return ""
    removable = node.tags.get("bollard") in ("removable", "rising", "foldable", "flexible") or (
        word in POSTS and node.tags.get("emergency") in ("yes", "designated")
    )
    # What the brigade can take out costs it time, as a gate does.
    return "gate" if removable or word == "rising_bollard" else word


def _least(*texts: str | None) -> float:
    known = [value for value in (parse_length(text) for text in texts if text) if value == value]
    return min(known) if known else NAN
