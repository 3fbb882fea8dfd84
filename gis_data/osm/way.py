"""What the tags of one highway say to somebody who drives a fire engine on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gis_data.osm.raw import Tags
from gis_data.osm.report import Tally
from gis_data.osm.values import NAN, parse_incline, parse_length, parse_mass, parse_speed

# OpenStreetMap's highway values as our road classes; `_link` is folded in before.
CLASSES = {
    "motorway": "motorway",
    "trunk": "trunk",
    "primary": "primary",
    "secondary": "secondary",
    "tertiary": "tertiary",
    "unclassified": "unclassified",
    "road": "unclassified",
    "residential": "residential",
    "living_street": "living_street",
    "pedestrian": "living_street",  # an emergency drive may use it, slowly
    "service": "service",
    "services": "service",
    "rest_area": "service",
    "busway": "service",
    "bus_guideway": "",
    "track": "track",
    "path": "path",
    "cycleway": "path",
    "bridleway": "path",
    "footway": "footway",
    "steps": "footway",
}
DRIVABLE = frozenset(
    {
        "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified",
        "residential", "living_street", "service", "track",
    }
)  # fmt: skip
RANK = {
    name: rank
    for rank, name in enumerate(
        ("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
         "living_street", "service", "track", "path", "footway")
    )
}  # fmt: skip

_SPEED_KEYS = (
    "maxspeed",
    "maxspeed:forward",
    "maxspeed:backward",
    "zone:maxspeed",
    "maxspeed:type",
    "source:maxspeed",
)
# All that roads and their pieces are made from; the other tags of a highway are not kept.
ROAD_KEYS = frozenset(
    {
        *_SPEED_KEYS, "highway", "name", "ref", "bridge", "tunnel", "layer", "ford", "surface", "tracktype",
        "smoothness", "width", "maxwidth", "maxwidth:physical", "est_width", "maxweight", "maxheight",
        "maxheight:physical", "incline", "emergency", "motor_vehicle", "motorcar", "hgv", "vehicle", "access", "area",
        "indoor", "highway:indoor", "construction", "proposed", "abandoned", "razed", "disused", "oneway",
        "oneway:emergency", "oneway:motor_vehicle", "junction",
    }
)  # fmt: skip
_YES = frozenset({"yes", "true", "1"})
_OPEN = frozenset({"yes", "permissive", "designated", "official", "public", "emergency"})
_LIMITED = frozenset(
    {
        "destination", "delivery", "customers", "residents", "private", "permit", "agricultural", "forestry",
        "agricultural;forestry", "forestry;agricultural", "military", "restricted", "discouraged", "emergency",
    }
)  # fmt: skip
_NO_LIMIT = frozenset(
    {"none", "default", "unsigned", "no_sign", "no_indications", "below_default", "implicit", "no"}
)
_SURFACES = {"cobblestone:flattened": "sett", "pebbles": "pebblestone", "tarmac": "asphalt", "soil": "earth"}
_GRADES = frozenset({"grade1", "grade2", "grade3", "grade4", "grade5"})
_SMOOTHNESS = frozenset(
    {"excellent", "good", "intermediate", "bad", "very_bad", "horrible", "very_horrible", "impassable"}
)


@dataclass(frozen=True, slots=True)
class WayFacts:
    """`oneway` runs along the way as drawn; `access` "no" is the only word that closes it to everybody."""

    road_class: str
    name: str
    oneway: int
    maxspeed_kmh: float
    surface: str
    tracktype: str
    smoothness: str
    width_metres: float
    maxweight_tonnes: float
    maxheight_metres: float
    access: str
    bridge: bool
    ford: bool
    incline_percent: float


def read_way(tags: Tags, tally: Tally) -> WayFacts | None:
    """The facts, or None for a highway that is no road; why is in the tally."""
    word = tags["highway"].strip().lower()
    road_class = CLASSES.get(word.removesuffix("_link"), "")
    reason = _no_road(word, road_class, tags)
    if reason:
        tally.drop("roads", reason)
        return None
    on_foot = word == "steps"
    return WayFacts(
        road_class=road_class,
        name=(tags.get("name") or tags.get("ref") or "").strip(),
        oneway=_oneway(word, road_class, tags),
        maxspeed_kmh=_speed(tags, tally),
        surface=_surface(tags),
        tracktype=_known(tags, "tracktype", _GRADES, tally),
        smoothness="impassable" if on_foot else _known(tags, "smoothness", _SMOOTHNESS, tally),
        width_metres=_least(
            tags, ("width", "maxwidth", "maxwidth:physical", "est_width"), parse_length, tally
        ),
        maxweight_tonnes=_least(tags, ("maxweight",), parse_mass, tally),
        maxheight_metres=_least(tags, ("maxheight", "maxheight:physical"), parse_length, tally),
        access=access_of(tags, tally),
        bridge=tags.get("bridge", "no") != "no",
        ford=tags.get("ford", "no") not in ("no", "boat"),
        incline_percent=_incline(tags, tally),
    )


def access_of(tags: Tags, tally: Tally) -> str:
    """The word that an emergency vehicle meets: emergency before motor_vehicle before vehicle before access.

    A driving ban on a sign (`motor_vehicle=no`) is "restricted": it does not bind an emergency drive. Only
    `emergency=no` and a plain `access=no` close a road.
    """
    emergency = tags.get("emergency", "").lower()
    if emergency in _YES or emergency in _OPEN:
        return "emergency"
    if emergency == "no":
        return "no"
    for key in ("motor_vehicle", "motorcar", "hgv", "vehicle", "access"):
        word = tags.get(key, "").strip().lower()
        if key == "hgv" and word != "designated":
            continue
        if not word or word == "unknown":
            continue
        if word == "no":
            return "no" if key == "access" else "restricted"
        if word in _OPEN:
            return ""
        if word in _LIMITED:
            return word.split(";")[0]
        tally.drop("values", f"access: unknown word in {key}")
    return ""


def _no_road(word: str, road_class: str, tags: Tags) -> str:
    if not road_class:
        known = word in (
            "construction",
            "proposed",
            "platform",
            "corridor",
            "elevator",
            "raceway",
            "via_ferrata",
        )
        return f"highway={word}" if known else "highway of a kind that nobody drives or walks"
    if tags.get("area") == "yes":
        return "a surface, not a line"
    if tags.get("indoor") == "yes" or tags.get("highway:indoor") == "yes":
        return "inside a building"
    if any(
        tags.get(key) in ("yes", word)
        for key in ("construction", "proposed", "abandoned", "razed", "disused")
    ):
        return "not in use"
    return ""


def _oneway(word: str, road_class: str, tags: Tags) -> int:
    """Along the way 1, against it -1. People walk both ways, so foot and path classes have none."""
    if road_class in ("path", "footway"):
        return 0
    if tags.get("oneway:emergency") == "no" or tags.get("oneway:motor_vehicle") == "no":
        return 0
    said = tags.get("oneway", "").strip().lower()
    if said in ("-1", "reverse"):
        return -1
    if said in _YES:
        return 1
    if said == "no" or said in ("reversible", "alternating"):
        return 0
    implied = word == "motorway" or tags.get("junction") in ("roundabout", "circular")
    return 1 if implied else 0


def _speed(tags: Tags, tally: Tally) -> float:
    for key in _SPEED_KEYS:
        said = tags.get(key, "").strip()
        if not said or said.lower() in ("none", "signals", "variable", "sign", "unposted"):
            continue
        speed = parse_speed(said)
        if speed == speed:
            return speed
        if key == "maxspeed":
            tally.drop("values", "maxspeed: not understood")
    return NAN


def _surface(tags: Tags) -> str:
    first = tags.get("surface", "").split(";")[0].strip().lower()
    return _SURFACES.get(first, first)


def _known(tags: Tags, key: str, words: frozenset[str], tally: Tally) -> str:
    said = tags.get(key, "").strip().lower()
    if not said:
        return ""
    for part in reversed(said.split(";")):  # of several the last, which is the worse one as people write them
        if part.strip() in words:
            return part.strip()
    tally.drop("values", f"{key}: unknown word")
    return ""


def _least(tags: Tags, keys: tuple[str, ...], parse: Callable[[str], float], tally: Tally) -> float:
    found = NAN
    for key in keys:
        said = tags.get(key, "").strip()
        if not said or said.lower() in _NO_LIMIT or (key == "est_width" and found == found):
            continue
        value = parse(said)
        if value != value:
            tally.drop("values", f"{key}: not understood")
        elif not value >= found:  # also where nothing was found yet
            found = value
    return found


def _incline(tags: Tags, tally: Tally) -> float:
    said = tags.get("incline", "").strip()
    if not said:
        return NAN
    value = parse_incline(said)
    if value != value:
        tally.drop("values", "incline: no number (up, down, steep …)")
    return value
