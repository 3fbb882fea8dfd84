"""A fault of a county folder: where it is, what is wrong, how to mend it. Codes and parameters; English here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# code → problem with parameters, remedy. The Chinese stands in the message catalogue under fault.* and remedy.*.
FAULTS: Mapping[str, tuple[str, str]] = {
    "unreadable": ("{problem}", "{remedy}"),
    "road_island": (
        "{pieces} road pieces are cut off from the network",
        "connect them to it, or delete them",
    ),
    "dead_one_way": (
        "a one-way road cuts off {nodes} places: one can drive in or out, not both",
        "turn its direction round, or make it two-way",
    ),
    "duplicate_node": (
        "ends {metres} m from the end of road {other} without touching it",
        "snap the two ends together",
    ),
    "missed_junction": (
        "touches road {other} in the middle without a junction",
        "split both roads where they meet",
    ),
    "zero_length": ("has no length", "delete it"),
    "self_crossing": ("crosses itself", "split it where it crosses, or draw it again"),
    "unknown_code": ("{field} {value} is not known", "use one of {known}"),
    "off_network": (
        "lies {metres} m from the nearest road",
        "move it to the road, or draw the road that leads there",
    ),
    "outside_county": ("lies outside the county", "move it inside, or mark it as foreign"),
    "outside_buffer": (
        "lies {kilometres} km outside the county",
        "move it, or delete it: the map ends {limit} km out",
    ),
    "looks_shifted": (
        "lies {metres} m off, and right on the map when read as GCJ-02",
        "turn its position from GCJ-02 into WGS-84",
    ),
    "zone_overlap": (
        "overlaps zone {other} by {square_km} km²",
        "cut one of the two back to the common border",
    ),
    "zone_gap": (
        "{square_km} km² near {lon},{lat} belong to no zone",
        "extend a zone over it",
    ),
    "zone_backup": ("the order of backup names {value}", "name other zones of the county, each once"),
    "no_station": ("belongs to station {value}, which does not exist", "add the station, or name another"),
    "short_seats": ("needs {minimum} people and has {seats} seats", "correct seats or minimum_crew"),
    "too_many_people": ("brings {people} people and has {seats} seats", "correct seats or people"),
    "kind_without_plan": ("has no response plan", "add a [[plan]] of this kind"),
    "missing_kind": ("there is no kind other", "add it: it takes every call that fits nowhere else"),
    "duplicate_code": ("the code stands twice", "give each its own code"),
    "broken_area": ("the outline crosses itself", "mend the geometry in QGIS"),
    "bad_season": (
        "season {value} is not understood",
        "write MM-DD/MM-DD, such as 04-01/10-31, or words without digits",
    ),
    "bad_hours": (
        "hours {value} are not understood",
        "write HH:MM-HH:MM, such as 06:30-09:00 or 22:00-05:00",
    ),
    "out_of_range": ("{field} {value} is not between {least} and {most}", "correct it, or leave it empty"),
    "no_roads": ("there are no roads", "fill the layer roads, or make the folder with import-osm"),
    # The duty roster: of the county folder …
    "roster_reference": ("names {what} {value}, which does not exist", "add it, or correct the name"),
    "roster_twice": ("{what} {value} stands twice", "give each its own code"),
    "roster_no_team": (
        "has no team: nobody plans {value}",
        "add a [[team]] to roster.toml, or name the class in reported",
    ),
    "roster_person_without_team": (
        "belongs to no team",
        "name a rostered station, or a team in the column teams",
    ),
    "roster_rotation_word": ("the word of rotation {rotation} {problem}", "correct word and offsets"),
    "roster_shift_not_of_team": (
        "shift {shift} of rotation {rotation} is not a shift of the team",
        "add it to the team's shifts, or choose another rotation",
    ),
    "roster_no_platoon": (
        "has no platoon, and rotation {rotation} turns by platoons",
        "write 1 to {platoons} into the column platoon",
    ),
    "roster_platoon": (
        "platoon {value} is beyond the {platoons} of rotation {rotation}",
        "write 1 to {platoons}",
    ),
    "roster_seat_unit": (
        "seat {role} names unit {value}, which is not of the team",
        "name a unit of the station",
    ),
    "roster_unit_without_crew": (
        "vehicle class {value} has no [[crew]]: nobody would sit in it",
        "add a [[crew]] for it to roster.toml",
    ),
    "roster_too_few": (
        "{holders} people hold {needs}, {seats} are needed on each shift",
        "train or borrow people, or make the seat a wished one",
    ),
    "roster_expired": ("{what} ran out on {day}", "renew it, or delete it"),
    "roster_share": ("counted_share {value} is not between 0 and 1", "write the 在岗计时系数, such as 0.68"),
    # … and of spreadsheets with a month's duties.
    "sheet_no_grid": (
        "has no month grid",
        "give it a row with 姓名 and the days 1 to 31",
    ),
    "sheet_no_month": (
        "does not say which month it is for",
        "write like 2026年12月 above it, or give --month",
    ),
    "sheet_formula": (
        "the formula holds no value",
        "open and save it in a spreadsheet, or paste it as a value",
    ),
    "sheet_day_twice": ("day {day} stands twice in the heading", "keep one of the two"),
    "sheet_no_such_day": ("{month} has no day {day}", "clear the column"),
    "sheet_unknown_person": (
        "nobody is called {name}{near}",
        "correct the name, or add the person to people.csv",
    ),
    "sheet_several_people": ("{name} can be {codes}", "add a column 编号 with the code"),
    "sheet_person_twice": ("{name} stands in row {row} too", "put both into one row"),
    "sheet_unknown_team": ("team {value} is not known", "use the name or code of a team of the county"),
    "sheet_no_team": ("{name} serves no team", "name the team in the title, or in a column 队伍"),
    "sheet_unknown_mark": ("{mark} is no mark of {team}", "use {known}"),
    "sheet_no_seat": (
        "no seat is left for {name} on {shift}",
        "take somebody off, or add a seat to roster.toml",
    ),
    "sheet_bad_cell": ("{problem}", "{remedy}"),
    "no_units": ("there are no units", "add units.csv, so that there is somebody to send"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. `layer` is a layer of the GeoPackage or a file; `feature` the code or id in it."""

    layer: str
    feature: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def problem(self) -> str:
        return FAULTS[self.code][0].format_map(dict(self.params))

    @property
    def remedy(self) -> str:
        return FAULTS[self.code][1].format_map(dict(self.params))

    def __str__(self) -> str:
        where = f"{self.layer} {self.feature}".strip()
        return f"{where}: {self.problem}; {self.remedy}"

    def as_dict(self) -> dict[str, object]:
        return {
            "layer": self.layer,
            "feature": self.feature,
            "code": self.code,
            "params": dict(self.params),
            "problem": self.problem,
            "remedy": self.remedy,
        }
