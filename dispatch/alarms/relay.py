"""Water by relay (接力供水): pumps in a row with hose between them, from the source to the fire. Pure numbers.

Hose takes h = k · L · Q² metres of head, quadratic in the flow as all turbulent losses are (Darcy–Weisbach with a
constant coefficient; k by hose diameter as in GB 50974, 待核). Every pump adds the same head and hands the next one, or
the engine at the fire, the residual head that keeps its hose from collapsing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

HOSE_LENGTH_METRES = 20.0
MOST_LINES = 2
_EPSILON_LPS = 1e-6


@dataclass(frozen=True, slots=True)
class Relay:
    """`lines` parallel hoses of `length_metres` each, and so many pumps for `flow_lps`.

    `vehicles` have to come, to pump or to bring the hose; `lost_metres` is the head that hose and rise take together.
    """

    flow_lps: float
    pumps: int
    vehicles: int
    lines: int
    length_metres: float
    lost_metres: float

    @property
    def hose_metres(self) -> float:
        return whole_lengths_metres(self.length_metres, self.lines)


def whole_lengths_metres(length_metres: float, lines: int) -> float:
    """Hose for so many lines, each in whole lengths of 20 m."""
    return lines * math.ceil(length_metres / HOSE_LENGTH_METRES - 1e-9) * HOSE_LENGTH_METRES


def carriers(hose: Sequence[float], metres: float) -> int | None:
    """How many vehicles bring that much hose, the best laden first; None: all of them do not."""
    carried = 0.0
    for number, laden in enumerate((0.0, *sorted(hose, reverse=True))):
        carried += laden
        if carried >= metres:
            return number
    return None


def lost_head_metres(loss: float, length_metres: float, flow_lps: float, lines: int = 1) -> float:
    """h = k · L · (Q / n)²: `loss` is k in m per metre of hose and (l/s)²."""
    return loss * length_metres * (flow_lps / lines) ** 2


def pumps_for(
    flow_lps: float, *, loss: float, length_metres: float, rise_metres: float, head_metres: float, lines: int
) -> int:
    """How many pumps a flow needs; each gives `head_metres` of net head. At least one."""
    lost = lost_head_metres(loss, length_metres, flow_lps, lines) + rise_metres
    return max(1, math.ceil(lost / head_metres - 1e-9))


def largest_flow_lps(
    pumps: int, *, loss: float, length_metres: float, rise_metres: float, head_metres: float, lines: int
) -> float:
    """What so many pumps bring through the hose, before what each of them can pump at all."""
    left = pumps * head_metres - rise_metres
    if left <= 0.0:
        return 0.0
    drag = loss * length_metres
    return lines * math.sqrt(left / drag) if drag > 0.0 else math.inf


def plan_relay(
    need_lps: float,
    *,
    length_metres: float,
    rise_metres: float,
    loss: float,
    head_metres: float,
    pumps: Sequence[float],
    first_pump_lps: float,
    hose: Sequence[float],
    source_lps: float,
) -> Relay | None:
    """The relay with the fewest vehicles, then the fewest pumps, that brings the need; else the one that brings most.

    `pumps` are the flows of all pumps at hand, `first_pump_lps` that of the strongest of them that can draw at the
    source (0: none), `hose` the metres on each vehicle. None: no relay at all with these pumps and this hose.
    """
    if first_pump_lps <= 0.0 or source_lps <= 0.0 or head_metres <= 0.0:
        return None
    strongest = sorted(pumps, reverse=True)
    best: Relay | None = None
    for count in range(1, len(strongest) + 1):
        passes = min(first_pump_lps, strongest[count - 1], source_lps)
        for lines in range(1, MOST_LINES + 1):
            flow = min(
                need_lps,
                passes,
                largest_flow_lps(
                    count,
                    loss=loss,
                    length_metres=length_metres,
                    rise_metres=rise_metres,
                    head_metres=head_metres,
                    lines=lines,
                ),
            )
            laden = carriers(hose, whole_lengths_metres(length_metres, lines))
            if flow <= 0.0 or laden is None:
                continue
            lost = lost_head_metres(loss, length_metres, flow, lines) + rise_metres
            relay = Relay(flow, count, max(count, laden), lines, length_metres, lost)
            if best is None or is_better(relay, best):
                best = relay
    return best


def is_better(relay: Relay, other: Relay) -> bool:
    """More water first; for as much, fewer vehicles, then fewer pumps, then less hose."""
    if abs(relay.flow_lps - other.flow_lps) > _EPSILON_LPS:
        return relay.flow_lps > other.flow_lps
    ours, theirs = ((one.vehicles, one.pumps, one.hose_metres) for one in (relay, other))
    return ours < theirs
