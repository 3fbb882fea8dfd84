"""Faults of codes: what names something that does not exist, in tables, layers and the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from gis_data.fault import Fault
from gis_data.model import County, DutyMode, ResponsePlan, StationClass
from gis_data.roads import ROAD_CLASSES

PLACE_KINDS = ("town", "village", "hamlet", "group", "landmark")
BODIES = ("county_centre", "city_119", "forest_hq", "enterprise", "neighbour_county")
_LONGEST_LIST = 12


def check_codes(county: County) -> Iterator[Fault]:
    yield from _doubles(county)
    yield from _stations(county)
    yield from _units(county)
    yield from _places(county)
    yield from _vehicle_classes(county)
    yield from _kinds(county)
    for plan in county.plans:
        yield from _plan(county, plan)
    yield from _rules(county)


def _unknown(
    layer: str, feature: str, field: str, values: Iterable[str], known: Collection[str]
) -> Iterator[Fault]:
    for value in values:
        if value not in known:
            listed = ", ".join(list(known)[:_LONGEST_LIST]) + (" …" if len(known) > _LONGEST_LIST else "")
            yield Fault(
                layer, feature, "unknown_code", {"field": field, "value": value or "(empty)", "known": listed}
            )


def _doubles(county: County) -> Iterator[Fault]:
    layers = (
        ("towns", county.towns),
        ("places", county.places),
        ("zones", county.zones),
        ("stations", county.stations),
        ("water_sources", county.water_sources),
        ("forest", county.forests),
    )
    for layer, features in layers:
        for code, times in Counter(feature.code for feature in features).items():
            if times > 1:
                yield Fault(layer, code, "duplicate_code")


def _stations(county: County) -> Iterator[Fault]:
    zones = {zone.code: None for zone in county.zones}
    towns = {town.code: None for town in county.towns}
    bodies = dict.fromkeys(
        (*BODIES, county.centre_body, *(r.body for r in county.authority if r.body != "*"))
    )
    for station in county.stations:
        yield from _unknown("stations", station.code, "body", [station.body], bodies)
        if not station.foreign:
            yield from _unknown("stations", station.code, "zone", [station.zone], zones)
            yield from _unknown("stations", station.code, "town", [station.town], towns)


def _units(county: County) -> Iterator[Fault]:
    stations = {station.code for station in county.stations}
    if not county.units:
        yield Fault("units.csv", "", "no_units")
    for unit in county.units:
        if unit.station not in stations:
            yield Fault("units.csv", unit.code, "no_station", {"value": unit.station or "(none)"})
        yield from _unknown(
            "units.csv", unit.code, "vehicle_class", [unit.vehicle_class], county.vehicle_classes
        )
        yield from _unknown("units.csv", unit.code, "capability", unit.brings, county.capabilities)
        if unit.seats < unit.minimum_crew:
            params = {"minimum": unit.minimum_crew, "seats": unit.seats}
            yield Fault("units.csv", unit.code, "short_seats", params)
        if unit.brings.get("people", 0.0) > unit.seats:
            params = {"people": int(unit.brings["people"]), "seats": unit.seats}
            yield Fault("units.csv", unit.code, "too_many_people", params)
    for person in county.people:
        if person.station not in stations and (person.station or not person.teams):
            yield Fault("people.csv", person.code, "no_station", {"value": person.station or "(none)"})


def _places(county: County) -> Iterator[Fault]:
    towns = {town.code: None for town in county.towns}
    villages = {place.code: None for place in county.places if place.kind == "village"}
    stations = {station.code for station in county.stations}
    for place in county.places:
        yield from _unknown("places", place.code, "kind", [place.kind], PLACE_KINDS)
        if place.town:
            yield from _unknown("places", place.code, "town", [place.town], towns)
        if place.village:
            yield from _unknown("places", place.code, "village", [place.village], villages)
        if place.responsible and place.responsible not in stations:
            yield Fault("places", place.code, "no_station", {"value": place.responsible})


def _vehicle_classes(county: County) -> Iterator[Fault]:
    for vehicle in county.vehicle_classes.values():
        yield from _unknown("county.toml", vehicle.code, "speeds_kmh", vehicle.speeds_kmh, ROAD_CLASSES)
    yield from _unknown(
        "county.toml", "[driving]", "contraflow_roads", sorted(county.driving.contraflow_roads), ROAD_CLASSES
    )
    for task in county.tasks.values():
        yield from _unknown("county.toml", task.code, "needs", task.needs, county.capabilities)


def _kinds(county: County) -> Iterator[Fault]:
    if "other" not in county.kinds:
        yield Fault("county.toml", "[[kind]]", "missing_kind")
    planned = {plan.kind for plan in county.plans}
    for kind in county.kinds.values():
        yield from _unknown("county.toml", kind.code, "scale", [kind.scale], ("fire", "forest"))
        if kind.code not in planned:
            yield Fault("county.toml", kind.code, "kind_without_plan")


def _plan(county: County, plan: ResponsePlan) -> Iterator[Fault]:
    where = ("county.toml", f"[[plan]] {plan.code}")
    yield from _unknown(*where, "kind", [plan.kind], county.kinds)
    yield from _unknown(*where, "must_arrive", plan.must_arrive, county.capabilities)
    yield from _unknown(*where, "notify", plan.notify, county.notify_bodies)
    yield from _unknown(*where, "extra_task", [plan.extra_task], county.tasks)
    if plan.zone:
        yield from _unknown(*where, "zone", [plan.zone], [zone.code for zone in county.zones])
    for slot in plan.slots:
        yield from _unknown(*where, f"slot {slot.code} task", [slot.task], county.tasks)
        yield from _unknown(*where, f"slot {slot.code} needs", slot.needs, county.capabilities)


def _rules(county: County) -> Iterator[Fault]:
    kinds = ("*", *county.kinds)
    forces = ("*", *(str(c.value) for c in StationClass))
    modes = ("*", *(str(m.value) for m in DutyMode))
    for trigger in county.triggers:
        yield from _unknown(
            "county.toml", f"[[trigger]] {trigger.code}", "kinds", sorted(trigger.kinds), kinds
        )
    for number, rule in enumerate(county.authority, start=1):
        yield from _unknown("county.toml", f"[[authority]] {number}", "force", [rule.force], forces)
        yield from _unknown("county.toml", f"[[authority]] {number}", "kind", [rule.kind], kinds)
    for number, deadline in enumerate(county.deadlines, start=1):
        yield from _unknown("county.toml", f"[[deadline]] {number}", "force", [deadline.force], forces)
        yield from _unknown("county.toml", f"[[deadline]] {number}", "duty_mode", [deadline.duty_mode], modes)
    for number, turnout in enumerate(county.turnouts, start=1):
        yield from _unknown("county.toml", f"[[turnout]] {number}", "force", [turnout.force], forces)
        yield from _unknown("county.toml", f"[[turnout]] {number}", "duty_mode", [turnout.duty_mode], modes)
