"""The simulator against theory: every bundled case, the cases' own numbers against independent sums, and wrong ones."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dispatch.alarms.choose import choose
from dispatch.alarms.question import Rule
from dispatch.cli import main
from dispatch.forces.model import Gate
from dispatch.simulator.verify.cases import bundled_cases, read_cases
from dispatch.simulator.verify.laws import erlang_loss, expected_cover, wave_mean
from dispatch.simulator.verify.recognise import checks_in, checks_of
from dispatch.simulator.verify.run import LIMIT, verified
from dispatch.simulator.verify.times import draw_of
from gis_data.errors import InputError
from tests.rules.choosing import POLICY, Unit, request, slot, units_of

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "simulation" / "exact_cases.json"
CASES = bundled_cases()


@pytest.mark.parametrize("name", list(CASES))
def test_the_simulator_is_right_on_every_bundled_case(name: str) -> None:
    found = verified(checks_of(name, CASES[name]), 30)
    assert found
    assert [one for one in found if abs(one.z) >= LIMIT] == []
    assert all(one.seeds >= 30 or one.seeds == 0 for one in found)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared exact cases are not beside this checkout")
def test_every_field_of_the_shared_cases_is_recognised() -> None:
    checks, unknown = checks_in(read_cases(SHARED))
    assert unknown == []
    asked = {f"{check.case}: {quantity}" for check in checks for quantity in check.quantities}
    assert len(asked) >= 120


def test_a_wrong_expectation_is_found() -> None:
    wrong: Mapping[str, Any] = {
        **CASES["hypercube_line"],
        "rho": [value * 1.05 for value in CASES["hypercube_line"]["rho"]],
    }
    found = verified(checks_of("wrong", wrong), 30)
    assert all(abs(one.z) > LIMIT for one in found if one.quantity.startswith("rho"))
    assert all(abs(one.z) < LIMIT for one in found if one.quantity.startswith("P["))


def test_a_line_instead_of_loss_is_found() -> None:
    found = verified(checks_of("wrong", {**CASES["hypercube_no_line"], "line": "infinite"}), 30)
    assert any(abs(one.z) > LIMIT for one in found)


def test_a_wrong_exact_value_is_found() -> None:
    cover = {**CASES["expected_cover"], "p=1,q=0.1": [3.7, [0]]}
    assert any(abs(one.z) > LIMIT for one in verified(checks_of("wrong", cover), 30))


@pytest.mark.parametrize(
    ("fields", "quantities"),
    [
        ({"c": 4, "a": 2.0, "erlang_B": 0.0952}, 1),
        ({"c": 2, "lam": 1.2, "mu": 1.0, "erlang_C": 0.45}, 1),
        ({"lam": 0.5, "mu": 2, "expected_Wq": {"erlang_3": 0.11, "gamma_cv2": 0.4, "uniform": 0.1}}, 3),
        ({"server_load": [0.5, 0.3, 0.1]}, 3),
        ({"lam": [0.5, 0.5], "pref": [[0, 1], [1, 0]], "mu": 1.0, "rho": [0.4, 0.4]}, 2),
        ({"T_at_m": {"100": 28.28}, "v_mps": 15, "a_mps2": 0.5}, 1),
        ({"demand": [3, 1], "covers": {"a": [0], "b": [1]}, "p=1,q=0.2": 2.4}, 1),
        ({"random_euclid_k": [0.5]}, 1),
        ({"note": "nothing to sample"}, 0),
    ],
)
def test_cases_are_recognised_by_their_fields(fields: Mapping[str, Any], quantities: int) -> None:
    assert sum(len(check.quantities) for check in checks_of("x", fields)) == quantities


@pytest.mark.parametrize(
    "text",
    ["", "[", "3", '{"a": 1}', '{"erlang": {"c": 2, "a": "x", "erlang_B": 1}}', '{"lam": [1], "pref": [[]]}'],
)
def test_a_broken_file_of_cases_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "cases.json"
    file.write_text(text, encoding="utf-8")
    assert main(["simulate", "verify", "--case", str(file)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1


def test_a_single_case_may_stand_alone_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps({"c": 2, "a": 1.0, "erlang_B": 0.2}), encoding="utf-8")
    checks, unknown = checks_in(read_cases(file))
    assert unknown == []
    assert [check.quantities for check in checks] == [("erlang_B",)]


@pytest.mark.parametrize(
    "name", ["exp", "det", "uniform", "lognormal_cv1.5", "gamma_cv2", "erlang3", "hyperexp_cv2"]
)
def test_every_named_service_time_has_mean_one_and_its_variation(name: str) -> None:
    sample = draw_of(name)(np.random.default_rng(7), 400_000)
    variation = {
        "exp": 1.0, "det": 0.0, "uniform": 1 / math.sqrt(3), "lognormal_cv1.5": 1.5,
        "gamma_cv2": 2.0, "erlang3": 1 / math.sqrt(3), "hyperexp_cv2": 2.0,
    }[name]  # fmt: skip
    assert sample.mean() == pytest.approx(1.0, abs=0.015)
    assert sample.std() == pytest.approx(variation, abs=0.08)


def test_an_unknown_service_time_is_refused() -> None:
    with pytest.raises(InputError, match="zipf"):
        draw_of("zipf")


# ── the numbers in cases.json, worked out another way ──────────────────────────────────────────────────────────────


def _erlang_loss_by_sum(servers: int, offered: float) -> float:
    terms = [offered**k / math.factorial(k) for k in range(servers + 1)]
    return terms[-1] / sum(terms)


@pytest.mark.parametrize("case", CASES["erlang"]["cases"])
def test_the_erlang_cases_are_the_formulas(case: Mapping[str, Any]) -> None:
    c, a = case["c"], case["a"]
    loss = _erlang_loss_by_sum(c, a)
    assert case["erlang_B"] == pytest.approx(loss)
    assert erlang_loss(c, a) == pytest.approx(loss)
    tail = a**c / math.factorial(c) * c / (c - a)
    waits = tail / (sum(a**k / math.factorial(k) for k in range(c)) + tail)
    assert case["erlang_C"] == pytest.approx(waits)
    assert case["Wq_in_service_times"] == pytest.approx(waits / (c - a))


def _balance(case: Mapping[str, Any], line: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Stationary probabilities of the states and of so many places in line, by power iteration of the jump chain."""
    lam: Sequence[float] = case["lam"]
    pref, mu = case["pref"], case["mu"]
    n, size = len(mu), 1 << len(mu)
    step = np.zeros((size + line, size + line))
    for state in range(size):
        for rate, order in zip(lam, pref, strict=True):
            free = next((server for server in order if not state >> server & 1), None)
            if free is not None:
                step[state, state | 1 << free] += rate
            elif line:
                step[state, size] += rate
        for server in range(n):
            if state >> server & 1:
                step[state, state & ~(1 << server)] += mu[server]
    for place in range(line):
        if place + 1 < line:
            step[size + place, size + place + 1] += sum(lam)
        step[size + place, size + place - 1 if place else size - 1] += sum(mu)
    rate = sum(lam) + sum(mu)
    np.fill_diagonal(step, rate - step.sum(axis=1))
    jump = np.linalg.matrix_power(step / rate, 1 << 14)
    return jump[0, :size], jump[0, size:]


@pytest.mark.parametrize("name", ["hypercube_line", "hypercube_no_line", "two_servers", "unequal_servers"])
def test_the_hypercube_cases_balance(name: str) -> None:
    case = CASES[name]
    states, line = _balance(case, 120 if case["line"] == "infinite" else 0)
    np.testing.assert_allclose(states, case["P_states_bit_n_busy"], atol=1e-9)
    busy = [
        states[[s for s in range(len(states)) if s >> n & 1]].sum() + line.sum()
        for n in range(len(case["mu"]))
    ]
    np.testing.assert_allclose(busy, case["rho"], atol=1e-9)
    if "Wq" in case:
        in_line = (np.arange(1, len(line) + 1) * line).sum()
        assert case["Wq"] == pytest.approx(in_line / sum(case["lam"]), abs=1e-8)


def test_the_wave_case_is_the_formula() -> None:
    case = CASES["wave"]
    for moment, expected in case["m_at"].items():
        found = wave_mean(float(moment), mean=case["L"], swing=case["b"], w=case["w"], mu=case["mu"])
        assert found == pytest.approx(expected)


def test_a_unit_that_is_never_busy_covers_all_that_is_near() -> None:
    assert expected_cover([2.0, 3.0], [frozenset({0}), frozenset({0, 1})], [0, 1], 0.0) == 5.0


# ── the hunting of the cases is the service's own choice ───────────────────────────────────────────────────────────


def test_choose_hunts_in_the_order_of_preference() -> None:
    rng = np.random.default_rng(11)
    for _ in range(400):
        n = int(rng.integers(2, 8))
        pref, busy = rng.permutation(n), rng.random(n) < 0.5
        units = [
            Unit(
                float(np.flatnonzero(pref == unit)[0]),
                turnout=0,
                gates=Gate.BUSY if busy[unit] else Gate.NONE,
            )
            for unit in range(n)
        ]
        picks = choose(
            units_of(units), (request(units, (slot(Rule.NEAREST, units, engine=1),)),), POLICY
        ).picks
        wanted = next((int(unit) for unit in pref if not busy[unit]), None)
        assert [pick.unit for pick in picks] == ([] if wanted is None else [wanted])
