"""Water by shuttle (运水供水): how much tankers can bring from fill sites for as long as it takes. Pure numbers.

A tanker delivers V / (A + T1 + B + T2) on average, NFPA 1142 annex C: V its tank less 10 %, A its time at the fire, T1
and T2 the ways there and back, B its time at the fill site. What the fleet brings is bounded by the fill sites (their
flow, and how many tankers fill at once) and by the places to discharge at. Which tankers go to which site is solved
exactly, as a small integer programme: first the most water up to the need, then the fewest tankers for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_NODES = 2000  # a bound that, unlike one on time, gives everybody the same answer
UNLIMITED = 100  # more tankers of a kind than any county could gather at one fire
_SLACK_LPS = 5e-4  # far beyond what the solver takes for equal, far below what anybody measures


@dataclass(frozen=True, slots=True)
class Cycle:
    """One round of one tanker, in seconds. `litres` is what it delivers, `drawn_litres` what it takes at the site."""

    litres: float
    drawn_litres: float
    out_seconds: float
    back_seconds: float
    fill_seconds: float
    discharge_seconds: float
    handling_seconds: float

    @property
    def at_site_seconds(self) -> float:
        return self.handling_seconds + self.fill_seconds

    @property
    def at_fire_seconds(self) -> float:
        return self.handling_seconds + self.discharge_seconds

    @property
    def seconds(self) -> float:
        return self.out_seconds + self.back_seconds + self.at_site_seconds + self.at_fire_seconds

    @property
    def flow_lps(self) -> float:
        """Sustained, when it never waits."""
        return self.litres / self.seconds


@dataclass(frozen=True, slots=True)
class Site:
    """A place to fill at. `flow_lps` is what it gives for as long as it must last (infinite: more than any pump)."""

    flow_lps: float
    places: int = 1
    takes_hand_pump: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """So many tankers of a group between the fire and a site (numbers of both), and the flow they bring."""

    group: int
    site: int
    tankers: int
    flow_lps: float


@dataclass(frozen=True, slots=True)
class Shuttle:
    """`needed` tankers would bring the need if there were as many as one likes; None: the sites cannot, at most
    `most_lps`."""

    flow_lps: float
    runs: tuple[Run, ...]
    free: int
    needed: int | None
    most_lps: float

    @property
    def tankers(self) -> int:
        return sum(run.tankers for run in self.runs)


def cycle_of(
    *,
    tank_litres: float,
    usable_share: float,
    out_seconds: float,
    back_seconds: float,
    fill_lps: float,
    discharge_lps: float,
    handling_seconds: float,
) -> Cycle:
    """The cycle of a tanker. It fills and empties its whole tank, and `usable_share` of it counts (NFPA 1142: 0.9)."""
    return Cycle(
        litres=tank_litres * usable_share,
        drawn_litres=tank_litres,
        out_seconds=out_seconds,
        back_seconds=back_seconds,
        fill_seconds=tank_litres / fill_lps,
        discharge_seconds=tank_litres / discharge_lps,
        handling_seconds=handling_seconds,
    )


def plan_shuttle(
    need_lps: float,
    groups: Sequence[int],
    sites: Sequence[Site],
    cycles: Mapping[tuple[int, int], Cycle],
    *,
    discharge_places: int = 1,
    hand_pumps: int = 0,
) -> Shuttle:
    """The plan for a need in l/s. `groups` are numbers of equal tankers; `cycles` by (group, site), none: cannot.

    The bounds are those of a steady flow; tankers that happen to meet at a site bring somewhat less (see the tests).
    """
    pairs = sorted(pair for pair in cycles if sites[pair[1]].flow_lps > 0.0)
    free = sum(count for group, count in enumerate(groups) if any(pair[0] == group for pair in pairs))
    if not pairs:
        return Shuttle(0.0, (), free, None, 0.0)
    at_hand = _Programme(pairs, list(groups), sites, cycles, discharge_places, hand_pumps)
    flow = at_hand.most(need_lps)
    count = at_hand.fewest(flow)
    flows = at_hand.flows(count, need_lps)
    runs = tuple(
        Run(group, site, int(count[n]), float(flows[n]))
        for n, (group, site) in enumerate(pairs)
        if count[n] > 0
    )
    brought = float(flows.sum())
    if flow >= need_lps - _SLACK_LPS:
        return Shuttle(brought, runs, free, int(count.sum()), need_lps)
    plenty = _Programme(pairs, [UNLIMITED] * len(groups), sites, cycles, discharge_places, hand_pumps)
    most = plenty.most(need_lps)
    enough = most >= need_lps - _SLACK_LPS
    return Shuttle(brought, runs, free, int(plenty.fewest(most).sum()) if enough else None, most)


class _Programme:
    """Columns: tankers by pair (whole), how many of them are kept busy (not whole), and a portable pump by site that
    needs one (0 or 1). Busy tankers instead of litres keep all coefficients near one, which the solver likes."""

    def __init__(
        self,
        pairs: Sequence[tuple[int, int]],
        groups: Sequence[int],
        sites: Sequence[Site],
        cycles: Mapping[tuple[int, int], Cycle],
        discharge_places: int,
        hand_pumps: int,
    ) -> None:
        count, pumped = len(pairs), [n for n, site in enumerate(sites) if site.takes_hand_pump]
        width = 2 * count + len(pumped)
        self.pairs = count
        self.seconds = np.array([cycles[pair].seconds for pair in pairs])
        rows: list[NDArray[np.float64]] = []
        upper: list[float] = []

        def at_most(limit: float, columns: Mapping[int, float]) -> None:
            row = np.zeros(width)
            for column, value in columns.items():
                row[column] = value
            rows.append(row)
            upper.append(limit)

        most_of = [max(groups[group], 0) for group, _ in pairs]
        for n in range(count):
            at_most(0.0, {count + n: 1.0, n: -1.0})
        for group, tankers in enumerate(groups):
            at_most(float(tankers), {n: 1.0 for n, pair in enumerate(pairs) if pair[0] == group})
        for number, site in enumerate(sites):
            here = {n: cycles[pair] for n, pair in enumerate(pairs) if pair[1] == number}
            if not here:
                continue
            busy = {count + n: cycle.at_site_seconds / cycle.seconds for n, cycle in here.items()}
            at_most(float(site.places), busy)
            if np.isfinite(site.flow_lps):
                drawn = {count + n: cycle.drawn_litres / cycle.seconds for n, cycle in here.items()}
                at_most(site.flow_lps, drawn)
            if site.takes_hand_pump:
                column = 2 * count + pumped.index(number)
                for n in here:
                    at_most(0.0, {n: 1.0, column: -float(most_of[n])})
        at_most(float(hand_pumps), {2 * count + n: 1.0 for n in range(len(pumped))})
        emptying = {
            count + n: cycles[pair].at_fire_seconds / cycles[pair].seconds for n, pair in enumerate(pairs)
        }
        at_most(float(discharge_places), emptying)
        self.rows, self.upper = rows, upper
        self.flow = np.zeros(width)
        self.flow[count : 2 * count] = [cycles[pair].flow_lps for pair in pairs]
        self.whole = np.ones(width, dtype=np.int64)
        self.whole[count : 2 * count] = 0
        self.highest = np.concatenate(
            (np.array(most_of, dtype=np.float64), np.array(most_of, dtype=np.float64), np.ones(len(pumped)))
        )

    def most(self, need_lps: float) -> float:
        """The largest flow up to the need."""
        return float(self.flow @ self._solve(-self.flow, self.highest, need_lps))

    def fewest(self, flow_lps: float) -> NDArray[np.int64]:
        """How many tankers by pair bring a flow: as few as possible, the shortest rounds among equals."""
        cost = np.zeros(len(self.flow))
        cost[: self.pairs] = 1.0 + 1e-4 * self.seconds / self.seconds.sum()
        found = self._solve(cost, self.highest, np.inf, max(0.0, flow_lps - _SLACK_LPS))
        count: NDArray[np.int64] = np.rint(found[: self.pairs]).astype(np.int64)
        return count

    def flows(self, count: NDArray[np.int64], need_lps: float) -> NDArray[np.float64]:
        """What so many tankers bring, by pair, up to the need."""
        highest = self.highest.copy()
        highest[: self.pairs] = count
        each = slice(self.pairs, 2 * self.pairs)
        return self._solve(-self.flow, highest, need_lps, whole=False)[each] * self.flow[each]

    def _solve(
        self,
        cost: NDArray[np.float64],
        highest: NDArray[np.float64],
        most_lps: float,
        least_lps: float = 0.0,
        *,
        whole: bool = True,
    ) -> NDArray[np.float64]:
        from scipy.optimize import (  # here: what no other command and no other request waits for
            Bounds,
            LinearConstraint,
            milp,
        )

        matrix = np.array([*self.rows, self.flow])
        lower = np.full(len(matrix), -np.inf)
        lower[-1] = least_lps
        answer = milp(
            cost,
            integrality=self.whole if whole else None,
            bounds=Bounds(0.0, highest),
            constraints=LinearConstraint(matrix, lower, np.array([*self.upper, most_lps])),
            options={"mip_rel_gap": 1e-5, "node_limit": MOST_NODES},
        )
        if answer.x is None:
            raise AssertionError(f"the shuttle programme has no answer: {answer.message}")
        solution: NDArray[np.float64] = answer.x
        return solution
