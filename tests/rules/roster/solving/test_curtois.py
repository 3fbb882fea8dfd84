"""The published format: read, solved, and judged by a checker that knows nothing of the solver."""

from __future__ import annotations

from pathlib import Path

import pytest

from roster.solving.problem import Budget
from roster.solving.solve import solve
from scripts.benchmarks.roster.curtois import Benchmark, FormatError, as_problem, read
from scripts.benchmarks.roster.curtois_check import objective, violations
from scripts.benchmarks.roster.made_instance import made_instance
from scripts.benchmarks.roster.series import table_rows
from scripts.benchmarks.roster.single import as_schedule

TEXT = """# a comment
SECTION_HORIZON
7
SECTION_SHIFTS
E,480,
L,600,E
SECTION_STAFF
A,E=7|L=2,2640,480,3,2,2,1
B,E=7|L=0,2640,480,3,2,2,0
SECTION_DAYS_OFF
A,0
SECTION_SHIFT_ON_REQUESTS
B,1,E,3
SECTION_SHIFT_OFF_REQUESTS
A,2,E,2
SECTION_COVER
1,E,1,100,1
2,L,1,100,1
3,E,2,100,1
"""


@pytest.fixture
def benchmark_read(tmp_path: Path) -> Benchmark:
    path = tmp_path / "small.txt"
    path.write_text(TEXT, encoding="utf-8")
    return read(path)


def test_a_file_that_is_no_text_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "instance.bin"
    path.write_bytes(b"\x89PNG\xff\xfe\x00")
    with pytest.raises(
        FormatError, match=r"^instance\.bin: is not text; give an instance of the benchmarks$"
    ):
        read(path)


def test_every_broken_rule_is_named(benchmark_read: Benchmark) -> None:
    faulty = {"A": ["E", "L", "E", "L", "L", "", "L"], "B": ["E", "", "E", "", "", "E", "X"]}
    said = "; ".join(violations(benchmark_read, faulty))
    for word in ("4 times L", "E after L on day 2", "day off 0", "5 days in a row", "1 days off from day 5"):
        assert word in said
    assert "B: unknown shifts X" in said
    assert "A: 3360 minutes" in said
    faulty["B"] = ["E", "", "E", "E", "", "", "E"]
    assert [f for f in violations(benchmark_read, faulty) if f.startswith("B")] == [
        "B: 1 days off from day 1, at least 2",
        "B: 1 weekends, at most 0",
    ]
    assert violations(benchmark_read, {"A": [""] * 7}) == [
        "A: 0 minutes, not 480 to 2640",
        "B: no row of 7 days",
    ]


def test_requests_and_cover_are_weighed_as_the_file_says(benchmark_read: Benchmark) -> None:
    rest = {"A": [""] * 7, "B": [""] * 7}
    assert objective(benchmark_read, rest) == 3 + 400
    busy = {"A": ["", "", "E", "E", "", "", ""], "B": ["", "E", "L", "E", "", "", ""]}
    assert objective(benchmark_read, busy) == 2


def test_the_solver_proves_the_small_instance_and_the_checker_agrees(benchmark_read: Benchmark) -> None:
    solution = solve(as_problem(benchmark_read), Budget(steps=2_000), seed=1)
    schedule = as_schedule(benchmark_read, solution)
    assert violations(benchmark_read, schedule) == []
    assert objective(benchmark_read, schedule) == solution.cost == solution.bound == 100  # L then E: barred


def test_a_made_up_month_is_solved_legally(tmp_path: Path) -> None:
    path = tmp_path / "made.txt"
    path.write_text(made_instance(people=12, weeks=4, shifts=4, seed=2), encoding="utf-8")
    made = read(path)
    solution = solve(as_problem(made), Budget(steps=4_000), seed=1)
    schedule = as_schedule(made, solution)
    assert violations(made, schedule) == []
    assert objective(made, schedule) == solution.cost >= (solution.bound or 0)


def test_windows_line_ends_a_mark_of_encoding_blanks_and_comments_change_nothing(
    tmp_path: Path, benchmark_read: Benchmark
) -> None:
    path = tmp_path / "small.txt"
    odd = "\ufeff" + TEXT.replace("\n", "  \r\n# a comment\r\n\r\n").replace(
        "SECTION_COVER", "SECTION_COVER,,"
    )
    path.write_bytes(odd.encode())
    assert read(path) == benchmark_read


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("L,600,E", "L,many,E", "line 6: minutes must be a whole number, not 'many'"),
        ("L,600,E", "L,600,X", "line 6: unknown shift 'X'"),
        ("L,600,E", "E,600,", "line 6: shift 'E' is empty or stands here twice"),
        ("A,E=7|L=2,2640", "A,E7,2640", "line 8: most of E7 must be a whole number, not ''"),
        ("2640,480,3,2,2,1", "2640,480,3", "line 8: too few values"),
        ("A,0", "Z,0", "line 11: unknown staff 'Z'"),
        ("B,1,E,3", "C,1,E,3", "line 13: unknown staff 'C'"),
        ("A,2,E,2", "A,2,E", "line 15: too few values"),
        ("3,E,2,100,1", "9,E,2,100,1", "line 19: day 9 lies beyond the horizon of 7 days"),
        ("3,E,2,100,1", "2,L,2,100,1", "line 19: cover of"),
        ("3,E,2,100,1", "3,E,2,-1,1", "line 19: a figure must be at least 0, not -1"),
        ("SECTION_HORIZON\n7", "SECTION_HORIZON", "HORIZON"),
        ("SECTION_HORIZON", "SECTION_PAY", "line 2: unknown section SECTION_PAY; known are SECTION_HORIZON"),
        ("# a comment\nSECTION_HORIZON", "", "line 2: stands before any SECTION_"),
    ],
)
def test_a_faulty_file_is_refused_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "faulty.txt"
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(FormatError, match=said):
        read(path)


def test_a_row_of_the_table_tells_median_spread_goal_and_proof() -> None:
    runs = [{"objective": value, "bound": 1716, "violations": 0} for value in (1720, 1716, 1717)]
    value, proof = table_rows(4, 60, runs, 1716)
    assert (value["value"], value["peer_value"], value["met"]) == (1717.0, 1716.0, True)
    assert "1716–1720" in value["work"]
    assert (proof["value"], proof["met"]) == (1.0, False)
