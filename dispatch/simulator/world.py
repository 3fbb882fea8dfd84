"""The county on the virtual clock: alarms come, the service's own `choose` sends units, they answer, drive and work.

Units drive from their stations; a unit can be sent again when it is home. Nobody is recalled but a crew that answers
after its deadline when somebody sooner has its slot.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np

from dispatch.alarms.incident import State
from dispatch.alarms.question import UNREACHABLE_MS, Choice, Pick, Request, Role, Shortfall
from dispatch.forces.model import Gate
from dispatch.simulator.agenda import Agenda
from dispatch.simulator.arrivals import Alarms
from dispatch.simulator.assumptions import KindMix
from dispatch.simulator.cover import CoverWatch
from dispatch.simulator.crews import Answer, Crews
from dispatch.simulator.ground import Ground
from dispatch.simulator.habits import Asked, Habit
from dispatch.simulator.incident import NEVER, Incident, Sent
from dispatch.simulator.question import ask, could_help
from dispatch.simulator.streams import UnitStreams, lognormal

_BUSY = np.int32(Gate.BUSY)
_NO_SLOT = int(Role.NO_SLOT)


class What(IntEnum):
    """The events; who they happen to is an incident, a unit sent, or (HOME) a unit."""

    CHOOSE = 0
    MISSED = 1
    LATE = 2
    UNABLE = 3
    ARRIVE = 4
    CLEAR = 5
    HOME = 6


class DispatchWorld:
    """One replication under one habit."""

    def __init__(
        self, ground: Ground, habit: Habit, alarms: Alarms, kinds: Sequence[KindMix], streams: UnitStreams
    ) -> None:
        self.agenda: Agenda[int] = Agenda()
        self.ground, self.habit, self.alarms, self.kinds, self.streams = ground, habit, alarms, kinds, streams
        self.given = ground.given
        units = ground.units[False]
        self.brings, self.engine = units.brings, units.engine
        self.crews = Crews(ground)
        self.stopped = ground.gates.copy()
        self.cover = CoverWatch(
            units, ground.gates == 0, ground.numbers.free_engine_reserve, alarms.horizon_ms
        )
        self.incidents: list[Incident] = []
        self.sent: list[Sent] = []
        self.waiting: dict[int, Incident] = {}
        self.chosen = 0
        self._handlers = (
            self._choose_first,
            self._missed,
            self._late,
            self._unable,
            self._arrive,
            self._clear,
            self._home,
        )

    def arrive(self, now: int, number: int) -> None:
        ground, alarms, given = self.ground, self.alarms, self.given
        kind, place = self.kinds[alarms.kind[number]], int(alarms.place[number])
        facts = tuple(
            (fact.field, fact.value)
            for fact, told in zip(kind.facts, alarms.fact[number], strict=False)
            if told
        )
        judged = ground.triage(
            kind.code, facts, int(alarms.trapped[number]), ground.zone_of(place), ground.season_at(now)
        )
        plan = ground.plan(judged.plan, judged.kind)
        worse = abs(judged.level - ground.county.kinds[judged.kind].default_level)
        work = kind.work_seconds * given.work_each_level**worse
        handling = lognormal(float(alarms.handling[number]), given.handling.mean, given.handling.variation)
        none = np.zeros(self.brings.shape[1])
        incident = Incident(
            number=number,
            at_ms=now,
            ready_ms=now + round(handling * 1000),
            place=place,
            kind=judged.kind,
            level=judged.level,
            plan=plan,
            life_at_risk=judged.life_at_risk,
            work_ms=round(lognormal(float(alarms.work[number]), work, given.work_variation) * 1000),
            draws=self.streams.of_alarm(number),
            arriving=none,
            here=none.copy(),
        )
        self.incidents.append(incident)
        self.agenda.note(incident.ready_ms, What.CHOOSE, number)

    def happen(self, now: int, what: int, whom: int) -> None:
        self._handlers[what](now, whom)

    # ── choosing ───────────────────────────────────────────────────────────────────────────────────────────────

    def _choose_first(self, now: int, number: int) -> None:
        incident = self.incidents[number]
        incident.short = bool(self._choose(now, [incident]).shortfalls)

    def _choose(self, now: int, incidents: list[Incident]) -> Choice:
        ground, night = self.ground, self.ground.night_at(now)
        requests: list[Request] = []
        open_slots: list[tuple[int, ...]] = []
        spots = [ground.spot(incident.place, night) for incident in incidents]
        for incident, spot in zip(incidents, spots, strict=True):
            present = 0
            for index in incident.filled.values():
                present |= int(spot.role[self.sent[index].unit])
            request, slots = ask(
                spot,
                incident.plan,
                self.stopped,
                tried=incident.tried,
                filled=incident.filled.keys(),
                present_roles=present,
                arriving=incident.arriving,
                life_at_risk=incident.life_at_risk,
                waiting_ms=now - incident.at_ms,
            )
            requests.append(request)
            open_slots.append(slots)
        asked = Asked(
            ground.units[night], tuple(requests), ground.numbers, tuple(spot.air_metres for spot in spots)
        )
        choice = self.habit.choose(asked)
        self.chosen += 1
        turnout = ground.units[night].turnout_ms
        for pick in choice.picks:
            request = requests[pick.request]
            candidates = int(((request.gates == 0) & (request.travel_ms < UNREACHABLE_MS)).sum())
            place, unit = incidents[pick.request].place, pick.unit
            on_the_way = ground.table.travel_ms[place, unit] + ground.table.on_foot_ms[place, unit]
            predicted = int(turnout[unit] + on_the_way)
            self._order(now, incidents[pick.request], pick, open_slots[pick.request], candidates, predicted)
        for number, incident in enumerate(incidents):
            self._wait(incident, requests[number], choice.shortfalls, number)
        return choice

    def _wait(
        self, incident: Incident, request: Request, shortfalls: Sequence[Shortfall], index: int
    ) -> None:
        """What is lacking waits while somebody who could help is away elsewhere; only then is it asked again."""
        helps = could_help(request, self.brings, [one for one in shortfalls if one.request == index])
        helps &= ((request.gates & ~_BUSY) == 0) & ((self.stopped & _BUSY) != 0)
        helps[[self.sent[number].unit for number in incident.filled.values()]] = False
        if not helps.any():
            incident.lacking = None
            self.waiting.pop(incident.number, None)
            return
        incident.lacking = helps
        self.waiting[incident.number] = incident

    # ── a unit's way ───────────────────────────────────────────────────────────────────────────────────────────

    def _order(
        self,
        now: int,
        incident: Incident,
        pick: Pick,
        open_slots: tuple[int, ...],
        candidates: int,
        predicted_ms: int,
    ) -> None:
        unit, plan = pick.unit, incident.plan
        if pick.slot >= 0:
            slot = plan.slot_codes[open_slots[pick.slot]]
            counts = plan.slots[open_slots[pick.slot]].counts
        else:
            slot, counts = incident.free_extra(), True
        role = int(self.ground.spot(incident.place, False).role[unit])
        sent = Sent(
            incident=incident.number,
            unit=unit,
            slot=slot,
            counts=counts and not role & _NO_SLOT,
            reason=pick.reason.value,
            rank=pick.rank,
            candidates=candidates,
            predicted_ms=predicted_ms,
            ordered_ms=now,
        )
        index = len(self.sent)
        self.sent.append(sent)
        self.stopped[unit] |= _BUSY
        self.cover.leaves(unit, now)
        incident.open += 1
        self._fill(incident, index)
        self._await_answer(now, incident, index)

    def _await_answer(self, now: int, incident: Incident, index: int) -> None:
        unit = self.sent[index].unit
        reply = self.crews.reply(incident, unit)
        answered, missed = now + reply.after_ms, now + reply.deadline_ms
        if reply.answer is Answer.IN_TIME:
            self._roll(answered, incident, index)
        elif reply.answer is Answer.UNABLE:
            self.agenda.note(answered, What.UNABLE, index)
        else:
            self.agenda.note(missed, What.MISSED, index)
            if reply.answer is Answer.LATE:
                self.agenda.note(answered, What.LATE, index)
            else:
                self.agenda.note(missed + round(self.given.silent_seconds * 1000), What.HOME, unit)

    def _roll(self, now: int, incident: Incident, index: int) -> None:
        """From the acknowledgement on nothing changes any more until it is there."""
        sent = self.sent[index]
        way = self.crews.way(now, incident, sent.unit)
        sent.state, sent.acknowledged_ms, sent.rolled_ms = State.ACKNOWLEDGED, now, now + way.rolled_ms
        sent.metres = float(self.ground.table.metres[incident.place, sent.unit])
        self.agenda.note(now + way.arrived_ms, What.ARRIVE, index)

    def _missed(self, now: int, index: int) -> None:
        """未回执: it stays busy, since its crew may be rolling; its slot is free and another unit is added."""
        self._give_up(now, index, State.UNCONFIRMED)

    def _unable(self, now: int, index: int) -> None:
        sent = self.sent[index]
        incident = self.incidents[sent.incident]
        if incident.plan.asked[sent.unit]:
            self.agenda.note(now, What.HOME, sent.unit)
            self._give_up(now, index, State.DECLINED)
        else:
            self.agenda.note(now + round(self.given.unable_seconds * 1000), What.HOME, sent.unit)
            self._give_up(now, index, State.UNABLE)

    def _give_up(self, now: int, index: int, state: State) -> None:
        sent = self.sent[index]
        incident = self.incidents[sent.incident]
        sent.state = state
        incident.open -= 1
        incident.tried.add(sent.unit)
        if incident.filled.get(sent.slot) == index:
            del incident.filled[sent.slot]
            if sent.counts:
                incident.arriving -= self.brings[sent.unit]
        if incident.over(now):
            self.waiting.pop(incident.number, None)
        else:
            self._choose(now, [incident])

    def _late(self, now: int, index: int) -> None:
        """A late acknowledgement wins while the slot is open; otherwise the dispatcher keeps who is there sooner."""
        sent = self.sent[index]
        incident = self.incidents[sent.incident]
        holder = incident.filled.get(sent.slot)
        if incident.over(now) or (holder is not None and self._expected(holder) <= now + sent.predicted_ms):
            sent.state = State.RECALLED
            self._home(now, sent.unit)
            return
        if holder is not None:
            sent.slot = f"kept-{self.ground.codes[sent.unit]}"
        incident.tried.discard(sent.unit)
        incident.open += 1
        self._fill(incident, index)
        self._roll(now, incident, index)

    def _expected(self, index: int) -> int:
        return self.sent[index].ordered_ms + self.sent[index].predicted_ms

    def _fill(self, incident: Incident, index: int) -> None:
        sent = self.sent[index]
        incident.filled[sent.slot] = index
        if sent.counts:
            incident.arriving += self.brings[sent.unit]

    def _arrive(self, now: int, index: int) -> None:
        sent = self.sent[index]
        incident = self.incidents[sent.incident]
        sent.state, sent.arrived_ms = State.ON_SCENE, now
        if incident.touched_ms == NEVER:
            incident.touched_ms = now
        if sent.counts:
            if incident.first == NEVER:
                incident.first = index
            if incident.first_engine == NEVER and self.engine[sent.unit]:
                incident.first_engine = index
            incident.here += self.brings[sent.unit]
        incident.here_slots.add(sent.slot)
        if incident.full_ms == NEVER and incident.complete():
            incident.full_ms = now
        stay = round(self.given.least_stay_seconds * 1000)
        self.agenda.note(max(now + stay, incident.touched_ms + incident.work_ms), What.CLEAR, index)

    def _clear(self, now: int, index: int) -> None:
        sent = self.sent[index]
        incident = self.incidents[sent.incident]
        sent.state, sent.cleared_ms = State.CLEARED, now
        incident.open -= 1
        if incident.over(now):
            self.waiting.pop(incident.number, None)
        sent.home_ms = now + round((sent.arrived_ms - sent.rolled_ms) * self.given.return_factor)
        self.agenda.note(sent.home_ms, What.HOME, sent.unit)

    def _home(self, now: int, unit: int) -> None:
        """In the order in which `choose` takes requests; only this unit is new, so it ends when it is taken."""
        self.stopped[unit] &= ~_BUSY
        self.cover.returns(unit, now)
        helped = [
            incident
            for incident in self.waiting.values()
            if incident.lacking is not None and incident.lacking[unit] and unit not in incident.tried
        ]
        for incident in sorted(helped, key=lambda one: (not one.life_at_risk, one.at_ms, one.number)):
            self._choose(now, [incident])
            if self.stopped[unit] & _BUSY:
                return
