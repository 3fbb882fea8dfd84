"""Relays equal hand-computed ones: friction grows with the square of the flow, pumps and hose are counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.alarms.relay import (
    Relay,
    carriers,
    largest_flow_lps,
    lost_head_metres,
    plan_relay,
    pumps_for,
    whole_lengths_metres,
)

LOSS_80 = 0.00075
LOSS_65 = 0.00172


def relay(need: float = 10.0, **facts: object) -> Relay | None:
    given: dict[str, object] = {
        "length_metres": 400.0,
        "rise_metres": 0.0,
        "loss": LOSS_80,
        "head_metres": 70.0,
        "pumps": [40.0] * 4,
        "first_pump_lps": 40.0,
        "hose": [400.0] * 6,
        "source_lps": float("inf"),
    }
    return plan_relay(need, **(given | facts))  # type: ignore[arg-type]


def test_twenty_metres_of_65_millimetre_hose_lose_0_86_metres_at_5_litres() -> None:
    # S = 0.0344 of one length, times 5².
    assert lost_head_metres(LOSS_65, 20.0, 5.0) == pytest.approx(0.86)
    assert lost_head_metres(LOSS_65, 20.0, 10.0) == pytest.approx(4 * 0.86)
    assert lost_head_metres(LOSS_65, 20.0, 10.0, lines=2) == pytest.approx(0.86)


def test_pumps_share_the_loss_and_the_rise() -> None:
    # 1,000 m of 80 mm at 20 l/s: 0.00075 · 1000 · 400 = 300 m; with 50 m of rise 350 m: five pumps of 70 m.
    facts = {"loss": LOSS_80, "length_metres": 1000.0, "head_metres": 70.0}
    assert pumps_for(20.0, rise_metres=50.0, lines=1, **facts) == 5
    assert pumps_for(20.0, rise_metres=51.0, lines=1, **facts) == 6
    assert pumps_for(20.0, rise_metres=50.0, lines=2, **facts) == 2  # 75 + 50 m
    assert pumps_for(20.0, rise_metres=-400.0, lines=1, **facts) == 1
    assert largest_flow_lps(5, rise_metres=50.0, lines=1, **facts) == pytest.approx(20.0)


def test_hose_comes_in_whole_lengths_on_the_best_laden_vehicles() -> None:
    assert whole_lengths_metres(401.0, 1) == 420.0
    assert whole_lengths_metres(400.0, 2) == 800.0
    assert carriers([100.0, 400.0, 200.0], 600.0) == 2
    assert carriers([100.0, 400.0, 200.0], 701.0) is None
    assert carriers([], 0.0) == 0


def test_the_relay_with_the_fewest_vehicles_is_chosen() -> None:
    found = relay(10.0)  # 0.00075 · 400 · 100 = 30 m: one pump, one line, one vehicle's hose
    assert found is not None
    assert (found.flow_lps, found.pumps, found.lines, found.vehicles) == (10.0, 1, 1, 1)
    assert found.lost_metres == pytest.approx(30.0)


def test_hose_that_several_vehicles_bring_holds_them_all() -> None:
    found = relay(10.0, length_metres=1600.0)  # 120 m lost: two pumps, and four vehicles for the hose
    assert found is not None
    assert (found.pumps, found.vehicles) == (2, 4)


def test_what_falls_short_still_brings_what_it_can() -> None:
    found = relay(40.0, length_metres=1000.0, pumps=[40.0], hose=[400.0] * 3)
    assert found is not None
    assert found.flow_lps == pytest.approx((70.0 / 0.75) ** 0.5)
    weak = relay(40.0, pumps=[40.0, 8.0, 8.0], length_metres=100.0)
    assert weak is not None
    assert (weak.pumps, weak.flow_lps) == (1, pytest.approx(40.0))


def test_without_a_pump_that_draws_or_enough_hose_there_is_no_relay() -> None:
    assert relay(first_pump_lps=0.0) is None
    assert relay(hose=[380.0]) is None
    assert relay(pumps=[]) is None
    assert relay(rise_metres=300.0) is None  # four pumps lift 280 m and nothing flows


def test_the_source_bounds_the_relay() -> None:
    found = relay(30.0, source_lps=12.0)
    assert found is not None
    assert found.flow_lps == pytest.approx(12.0)


metres = st.floats(1.0, 3000.0)


@given(st.floats(1.0, 60.0), metres, metres, st.floats(-50.0, 100.0), st.integers(1, 6))
def test_farther_or_higher_never_brings_more_and_a_pump_more_never_less(
    need: float, near: float, more: float, rise: float, pumps: int
) -> None:
    def flow(length: float, rise: float, pumps: int) -> float:
        found = relay(need, length_metres=length, rise_metres=rise, pumps=[40.0] * pumps, hose=[400.0] * 30)
        return 0.0 if found is None else found.flow_lps

    here = flow(near, rise, pumps)
    assert flow(near + more, rise, pumps) <= here + 1e-6
    assert flow(near, rise + 10.0, pumps) <= here + 1e-6
    assert flow(near, rise, pumps + 1) >= here - 1e-6
    assert here <= need + 1e-6
