"""What planners ask: steps of a way, several destinations, matrices, isochrones, and what more teams would change."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.journeys.command_line import Run, refused
from tests.storage.small_county import VILLAGE_E, VILLAGE_W, node, small_county

HEAVY = ("--vehicle", "heavy_engine")


def lonlat(at: tuple[float, float]) -> str:
    return f"{at[0]},{at[1]}"


def test_a_route_tells_its_steps_in_both_languages_and_they_add_up(run: Run, county: Path) -> None:
    asked = ("route", "--from", lonlat(node(0, 0)), "--to", lonlat(VILLAGE_E), *HEAVY, "--county", county)
    said = {lang: json.loads(run(*asked, "--lang", lang, "--json").out) for lang in ("zh", "en")}
    steps = said["zh"]["steps"]
    assert steps[0]["action"] == "depart"
    assert "出发" in steps[0]["text"]
    assert said["en"]["steps"][0]["text"].startswith("set out")
    assert "asked" not in said["zh"]
    for document in said.values():
        driven = [step for step in document["steps"] if step["action"] != "walk"]
        assert sum(step["seconds"] for step in driven) == pytest.approx(document["travel_seconds"])
        assert sum(step["metres"] for step in driven) == pytest.approx(document["distance_metres"], abs=1.0)
    printed = run(*asked)
    assert printed.code == 0
    assert all(step["text"] in printed.out for step in steps)


def test_several_destinations_come_nearest_first(run: Run, county: Path) -> None:
    goals = [lonlat(VILLAGE_E), lonlat(node(1, 0)), lonlat(VILLAGE_W)]
    asked = ["route", "--from", lonlat(node(0, 0)), *HEAVY, "--county", county]
    for goal in goals:
        asked += ["--to", goal]
    routes = json.loads(run(*asked, "--json").out)["routes"]
    assert [one["asked"] for one in routes] == [goals[1], goals[2], goals[0]]
    assert [one["travel_seconds"] for one in routes] == sorted(one["travel_seconds"] for one in routes)
    printed = run(*asked)
    assert printed.out.index(goals[1]) < printed.out.index(goals[2]) < printed.out.index(goals[0])
    refused(run(*asked, "--to", "0,0"), "--to 0,0")


def test_a_matrix_is_written_as_csv_and_npz_with_the_same_times(
    run: Run, county: Path, tmp_path: Path
) -> None:
    asked = ("matrix", *HEAVY, "--county", county, "--out")
    summary = json.loads(run(*asked, tmp_path / "m.npz", "--json").out)
    assert run(*asked, tmp_path / "m.csv").code == 0
    expected = small_county()
    assert (summary["stations"], summary["places"]) == (len(expected.stations), len(expected.places))
    with np.load(tmp_path / "m.npz") as stored:
        arrays = {name: stored[name] for name in stored.files}
    with (tmp_path / "m.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["station"] for row in rows] == np.repeat(arrays["stations"], len(arrays["places"])).tolist()
    assert [float(row["travel_seconds"]) for row in rows] == pytest.approx(
        (arrays["travel_ms"] / 1000).reshape(-1).tolist()
    )
    near = json.loads(run("nearest", "--at", lonlat(VILLAGE_W), *HEAVY, "--county", county, "--json").out)
    column = arrays["places"].tolist().index("p1")
    for unit in near["units"]:
        row = arrays["stations"].tolist().index(unit["station"])
        assert arrays["travel_ms"][row, column] == round(1000 * unit["travel_seconds"])
    refused(run(*asked, tmp_path / "m.txt"), "--out", ".csv")
    refused(run(*asked, tmp_path / "m.csv", "--kind", "moon"), "--kind", "village")


def test_an_isochrone_is_nested_valid_and_says_where_its_data_comes_from(
    run: Run, county: Path, tmp_path: Path
) -> None:
    out = tmp_path / "i.geojson"
    station = next(one for one in small_county().stations if one.code == "W1")
    ended = run(
        "isochrone",
        "--station",
        "W1",
        *HEAVY,
        "--minutes",
        "3,2,5",
        "--county",
        county,
        "--out",
        out,
        "--json",
    )
    assert ended.err == ""
    document = json.loads(ended.out)
    assert document == json.loads(out.read_text(encoding="utf-8"))
    assert document["synthetic"] is True
    assert document["attribution"] == list(small_county().attribution)
    assert [feature["properties"]["minutes"] for feature in document["features"]] == [5, 3, 2]
    areas = [shapely.geometry.shape(feature["geometry"]) for feature in document["features"]]
    assert all(area.is_valid and area.covers(station.position) for area in areas)
    assert areas[0].covers(areas[1])
    assert areas[1].covers(areas[2])
    said = document["features"][0]["properties"]
    assert said["turnout_seconds"] > 0
    at_once = run(
        "isochrone", "--at", f"{station.position.x},{station.position.y}", *HEAVY, "--minutes", "5",
        "--county", county, "--json",
    )  # fmt: skip
    assert json.loads(at_once.out)["features"][0]["properties"]["road_kilometres"] > said["road_kilometres"]
    assert "± " in run("isochrone", "--station", "W1", *HEAVY, "--county", county).out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ("--station", "--at")),
        (("--station", "W1", "--at", "112.74,35.44"), ("--station", "--at")),
        (("--station", "moon"), ("--station", "moon", "W1")),
        (("--station", "W1", "--minutes", "five"), ("--minutes", "five")),
        (("--station", "W1", "--minutes", "0"), ("minutes",)),
        (("--at", "35.44,112.74"), ("--at", "swapped")),
    ],
)
def test_isochrones_that_cannot_be_are_one_clear_line(
    run: Run, county: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    refused(run("isochrone", *arguments, *HEAVY, "--county", county), *words)


def test_coverage_says_what_a_team_more_would_change(run: Run, county: Path, tmp_path: Path) -> None:
    out = tmp_path / "c.geojson"
    asked = (
        "coverage", "--minutes", "3", "--add", "1", "--p-median", "1", "--candidates", "village",
        "--county", county, "--out", out,
    )  # fmt: skip
    document = json.loads(run(*asked, "--json").out)
    covering, median = document["expansions"]
    assert (covering["goal"], median["goal"]) == ("covering", "median")
    for one in (covering, median):
        assert one["proven"] is True
        assert (one["team"], one["vehicle"]) == ("township_1", "heavy_engine")
        assert one["turnout_seconds"] > 0
        assert one["gap"] == 0
        assert len(one["sites"]) == 1
        assert one["mean_seconds_after"] <= one["mean_seconds_before"]
        before = sum(town["population_reached_before"] for town in one["by_town"])
        after = sum(town["population_reached_after"] for town in one["by_town"])
        assert before == document["population_reached"]
        assert after - before == one["people_newly_reached"]
    assert covering["people_newly_reached"] == covering["value"] >= median["people_newly_reached"]
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    new = [one["properties"]["code"] for one in features if "new_team" in one["properties"]]
    assert new == [covering["sites"][0]["code"], median["sites"][0]["code"]]
    gaps = {place["code"] for place in document["gaps"]}
    assert gaps == {code for town in document["by_town"] for code in town["gaps"]}
    printed = run(*asked).out
    assert covering["sites"][0]["name"] in printed
    assert "gap 0" in printed


def test_coverage_counts_only_the_places_asked_for(run: Run, county: Path) -> None:
    everything = json.loads(run("coverage", "--json", "--county", county).out)
    villages = json.loads(run("coverage", "--json", "--demand", "village", "--county", county).out)
    kinds = [place.kind for place in small_county().places]
    assert (everything["places"], villages["places"]) == (len(kinds), kinds.count("village"))
    refused(run("coverage", "--demand", "moon", "--county", county), "--demand", "village")
    refused(run("coverage", "--add", "999", "--candidates", "village", "--county", county), "stations to add")
    refused(run("coverage", "--add", "1", "--team", "moon", "--county", county), "--team")
