"""Which units to send: the dispatching policy from top to bottom, as one pure function over arrays.

The live service and the simulator call this very function. It takes every open request at once (one while
nothing else waits) and every unit of the county, and answers with indices and codes; text is rendered later.

The policy, and the evidence for it (a study of six synthetic counties, docs/decisions/0003):

1. Units are compared by turnout + travel by road + the walk at the end, each with its own vehicle class.
2. A slot of the first response takes the soonest unit that no gate stops and that may do the slot's task. The
   zone decides responsibility, so a unit of the own zone (then of a backing zone, in order) is preferred while it
   costs no more than the tolerance: 60 s as a rule, nothing where life is at risk. The price is answered.
3. The zone's own brigade and the responsible station come too, while force is spare; whoever already comes is
   not sent for twice. Micro stations near by on foot come in addition and fill nothing.
4. What the plan still lacks (people, water, breathing apparatus …) is filled by the soonest units that bring some
   of it; whoever turns out superfluous in the end stays.
5. Ties go to the unit whose zone keeps another manned engine, then to the first by index: the same question
   always gets the same answer.
6. What cannot be filled is a shortfall with its cause. Nobody is passed over without a reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from dispatch.alarms.question import (
    UNREACHABLE_MS,
    Cause,
    Choice,
    Passed,
    Pick,
    Policy,
    Reason,
    Request,
    Role,
    Rule,
    Shortfall,
    SlotWanted,
    Units,
)
from dispatch.forces.model import Gate

_CAUSE_OF_GATE = (
    (Gate.BUSY, Cause.BUSY),
    (Gate.TRIED, Cause.TRIED),
    (Gate.OFF_DUTY, Cause.OFF_DUTY),
    (Gate.SHORT_CREW, Cause.SHORT_CREW),
    (Gate.OUT_OF_SERVICE, Cause.OUT_OF_SERVICE),
    (Gate.NOT_ACCEPTED, Cause.NOT_ACCEPTED),
    (Gate.NO_ROAD, Cause.NO_ROAD),
    (Gate.TOO_FAR, Cause.TOO_FAR),
    (Gate.NOT_OURS, Cause.NOT_OURS),
    (Gate.NOT_CAPABLE, Cause.NOT_CAPABLE),
)

_SPECIAL = {
    Rule.ZONE_BRIGADE: (int(Role.ZONE_BRIGADE), Reason.ZONE_BRIGADE),
    Rule.RESPONSIBLE_STATION: (int(Role.RESPONSIBLE), Reason.RESPONSIBLE_STATION),
    Rule.MICRO_ON_FOOT: (int(Role.ON_FOOT_NEAR), Reason.MICRO_ON_FOOT),
    Rule.ENTERPRISE_OWN: (int(Role.OWN_PREMISES), Reason.OWN_PREMISES),
}


def choose(units: Units, requests: tuple[Request, ...], policy: Policy) -> Choice:
    """Choose units for every request: life first, then whoever has waited longest.

    Arrays must agree in their n and c. Never raises on empty input: no units gives shortfalls only.
    """
    order = sorted(
        range(len(requests)), key=lambda r: (not requests[r].life_at_risk, -requests[r].waiting_ms, r)
    )
    sent = bytearray(len(units.turnout_ms))
    picks: list[Pick] = []
    passed: list[Passed] = []
    shortfalls: list[Shortfall] = []
    for index in order:
        one = _Choosing(units, requests[index], policy, index, sent)
        one.fill_slots()
        one.fill_needs()
        picks.extend(one.picks)
        shortfalls.extend(one.shortfalls())
        passed.extend(one.passed_over())
    # Availability does not depend on the place, so any request's gates tell it.
    free = _free_engines(units, requests[0]) if requests else units.engine & (units.zone >= 0)
    left = free & ~np.frombuffer(sent, dtype=np.bool_)
    return Choice(
        tuple(picks),
        tuple(passed),
        tuple(shortfalls),
        tuple(sorted(set(units.zone[free].tolist()) - set(units.zone[left].tolist()))),
        int(np.count_nonzero(left)),
    )


_AWAY = int(
    Gate.NOT_ACCEPTED
    | Gate.OFF_DUTY
    | Gate.SHORT_CREW
    | Gate.BUSY
    | Gate.OUT_OF_SERVICE
    | Gate.RETIRED
    | Gate.NOT_OURS
)


def _free_engines(units: Units, request: Request) -> NDArray[np.bool_]:
    """Manned engines of the county that nothing but distance, road or task keeps from rolling."""
    return np.asarray(units.engine & (units.zone >= 0) & (request.gates & _AWAY == 0), dtype=np.bool_)


class _Choosing:
    """The choice for one request; `sent` (a byte a unit) is shared, so that nobody is sent to two places.

    What each step asks of all units it asks as arrays, and then looks at them one by one, soonest first: it seldom
    gets far.
    """

    def __init__(self, units: Units, request: Request, policy: Policy, index: int, sent: bytearray) -> None:
        self.units = units
        self.request = request
        self.policy = policy
        self.index = index
        self.sent = sent
        self.sent_array: NDArray[np.bool_] = np.frombuffer(sent, dtype=np.bool_)  # of the same bytes
        self.picks: list[Pick] = []
        self.unfilled: list[int] = []
        self.kept_back: set[int] = set()
        self.residual = request.need.astype(np.float64).copy()
        arrival_ms = units.turnout_ms + request.travel_ms
        is_open = (request.gates == 0) & (request.travel_ms < UNREACHABLE_MS)
        by_time = np.argsort(arrival_ms, kind="stable")
        self.arrival_ms: list[int] = arrival_ms.tolist()
        self.queue: list[int] = by_time[is_open[by_time]].tolist()  # whom nothing stops, soonest first
        self.takes_slot = (request.role & int(Role.NO_SLOT)) == 0
        self.free_engines = _free_engines(units, request)

    # ── the first response ─────────────────────────────────────────────────────────────────────────────────────

    def fill_slots(self) -> None:
        for slot, wanted in enumerate(self.request.slots):
            able = wanted.classes_ok & _brings(self.units.brings, wanted.needs)
            if wanted.rule is Rule.NEAREST:
                self._soonest_within_tolerance(slot, wanted, able & self.takes_slot)
            else:
                self._special(slot, wanted, able)

    def _waiting(self, able: NDArray[np.bool_]) -> list[int]:
        """Those of the units that nothing stops and that are not sent yet, soonest first."""
        fit, sent = able.tolist(), self.sent
        return [unit for unit in self.queue if fit[unit] and not sent[unit]]

    def _soonest_within_tolerance(self, slot: int, wanted: SlotWanted, able: NDArray[np.bool_]) -> None:
        waiting = self._waiting(able)
        if not waiting:
            self._not_filled(slot, wanted)
            return
        soonest = self.arrival_ms[waiting[0]]
        tolerance = (
            self.policy.life_tolerance_ms if self.request.life_at_risk else self.policy.zone_tolerance_ms
        )
        latest = soonest + tolerance
        near = list(takewhile(lambda unit: self.arrival_ms[unit] <= latest, waiting))
        orders = self.request.zone_order[near].tolist()
        least = min(orders)
        unit = next(self._by_time([one for one, order in zip(near, orders, strict=True) if order == least]))
        cost = self.arrival_ms[unit] - soonest
        for_the_zone = Reason.OWN_ZONE if least == 0 else Reason.BACKING_ZONE
        reason = for_the_zone if cost else Reason.NEAREST
        self._take(unit, slot, -1, reason, cost, wanted.counts)

    def _special(self, slot: int, wanted: SlotWanted, able: NDArray[np.bool_]) -> None:
        role, reason = _SPECIAL[wanted.rule]
        has_role = (self.request.role & role) != 0
        if wanted.counts and any(has_role[pick.unit] for pick in self.picks):
            return  # it already comes
        waiting = self._waiting(able & has_role)
        if not waiting:
            self._not_filled(slot, wanted)
            return
        unit = next(self._by_time(waiting))
        if wanted.rule is Rule.ZONE_BRIGADE and not self._force_is_spare(unit):
            self.kept_back.add(unit)
            return
        self._take(unit, slot, -1, reason, 0, wanted.counts)

    def _force_is_spare(self, unit: int) -> bool:
        if not self.policy.send_zone_brigade:
            return False
        if self.request.life_at_risk or not self.units.engine[unit]:
            return True
        return int((self.free_engines & ~self.sent_array).sum()) > self.policy.free_engine_reserve

    # ── what the plan still lacks ──────────────────────────────────────────────────────────────────────────────

    def fill_needs(self) -> None:
        extras = 0
        while extras < self.policy.most_extras and bool((self.residual > 1e-9).any()):
            found = self._soonest_that_helps()
            if found is None:
                return
            unit, task = found
            extras += 1
            self._take(unit, -extras, task, Reason.FILLS_NEED, 0, counts=True)

    def _soonest_that_helps(self) -> tuple[int, int] | None:
        lacking = self.residual > 1e-9
        helps = (self.units.brings[:, lacking] > 1e-9).any(axis=1)
        for unit in self._by_time(self._waiting(helps & self.takes_slot)):
            for task, needs in enumerate(self.request.extra_tasks):
                if bool((self.units.brings[unit] >= needs - 1e-9).all()):
                    return unit, task
        return None

    # ── bookkeeping ────────────────────────────────────────────────────────────────────────────────────────────

    def _by_time(self, waiting: Sequence[int]) -> Iterator[int]:
        """From soonest first, ties by index: a tie goes to the unit whose zone keeps another manned engine."""
        first = 0
        while first < len(waiting):
            end, ms = first + 1, self.arrival_ms[waiting[first]]
            while end < len(waiting) and self.arrival_ms[waiting[end]] == ms:
                end += 1
            tied = waiting[first:end]
            yield from tied if len(tied) == 1 else sorted(tied, key=lambda i: (self._last_of_zone(i), i))
            first = end

    def _last_of_zone(self, unit: int) -> bool:
        zone = self.units.zone[unit]
        if zone < 0 or not self.units.engine[unit]:
            return False
        others = self.free_engines & ~self.sent_array & (self.units.zone == zone)
        others[unit] = False
        return not bool(others.any())

    def _take(self, unit: int, slot: int, task: int, reason: Reason, cost_ms: int, counts: bool) -> None:
        ms = self.arrival_ms[unit]
        sooner = takewhile(lambda other: self.arrival_ms[other] < ms, self.queue)
        rank = sum(1 for other in sooner if not self.sent[other])
        self.picks.append(Pick(self.index, unit, slot, task, reason, cost_ms, rank))
        self.sent[unit] = True
        if counts and self.takes_slot[unit]:
            self.residual = np.maximum(0.0, self.residual - self.units.brings[unit])

    def _not_filled(self, slot: int, wanted: SlotWanted) -> None:
        if not wanted.optional:
            self.unfilled.append(slot)

    # ── reasons ────────────────────────────────────────────────────────────────────────────────────────────────

    def shortfalls(self) -> list[Shortfall]:
        found = [
            Shortfall(
                self.index,
                -1,
                slot,
                1.0,
                self._cause(
                    _brings(self.units.full_brings, wanted.needs) & wanted.classes_ok,
                    _brings(self.units.brings, wanted.needs),
                ),
            )
            for slot in self.unfilled
            for wanted in (self.request.slots[slot],)
        ]
        found += [
            Shortfall(
                self.index,
                int(c),
                -1,
                float(self.residual[c]),
                self._cause(self.units.full_brings[:, c] > 1e-9, self.units.brings[:, c] > 1e-9),
            )
            for c in np.flatnonzero(self.residual > 1e-9)
        ]
        return found

    def _cause(self, could: NDArray[np.bool_], can: NDArray[np.bool_]) -> Cause:
        """What stops most of those who could help with a full crew; ties by the order of the table."""
        rows = np.flatnonzero(could)
        if len(rows) == 0:
            return Cause.NONE_EXISTS
        gates = self.request.gates[rows]
        # May leave, but not for this: no gate says so, and the crew aboard is what it lacks.
        gates = np.where((gates == 0) & ~can[rows], int(Gate.SHORT_CREW), gates)
        stopped = [
            (-int(((gates & int(gate)) != 0).sum()), place, cause)
            for place, (gate, cause) in enumerate(_CAUSE_OF_GATE)
        ]
        count, _, cause = min(stopped)
        return cause if count < 0 else Cause.ALL_SENT

    def passed_over(self) -> list[Passed]:
        mine = {pick.unit for pick in self.picks}
        asked = self.request.need > 1e-9
        helps = (self.units.brings[:, asked] > 1e-9).any(axis=1) & self.takes_slot
        # Sent: taken by another request of this same choice.
        stopped = np.where(
            (self.request.gates == 0) & self.sent_array, int(Gate.BUSY), self.request.gates
        ).tolist()
        flags = {value: Gate(value) for value in set(stopped)}
        none, slower, not_needed = Gate.NONE, Reason.SLOWER, Reason.NOT_NEEDED
        return [
            Passed(self.index, unit, flags[gates], None)
            if gates
            else Passed(self.index, unit, none, Reason.RESERVE)
            if unit in self.kept_back
            else Passed(self.index, unit, none, slower if helps_here else not_needed)
            for unit, (gates, helps_here) in enumerate(zip(stopped, helps.tolist(), strict=True))
            if unit not in mine
        ]


def _brings(brings: NDArray[np.float64], needs: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray((brings >= needs - 1e-9).all(axis=1), dtype=np.bool_)
