"""How long a unit has to receive and to acknowledge an order; who may be ordered without a person. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.forces.model import Candidate
from gis_data.model import AuthorityRule, Contact, DeadlineRule, StationClass, Verb


@dataclass(frozen=True, slots=True)
class Deadlines:
    """None: no deadline (a unit reached by telephone only is the dispatcher's to ring)."""

    delivery_at: datetime | None
    acknowledge_at: datetime | None


def deadlines(rules: Sequence[DeadlineRule], unit: Candidate, dispatched_at: datetime) -> Deadlines:
    """The first rule that fits station class, duty mode and contact; without one, telephone rules apply."""
    for rule in rules:
        if (
            rule.force in ("*", unit.station_class.value)
            and rule.duty_mode in ("*", unit.duty_mode.value)
            and rule.contact in ("*", unit.contact.value)
        ):
            return Deadlines(
                _after(dispatched_at, rule.delivery_seconds), _after(dispatched_at, rule.acknowledge_seconds)
            )
    return Deadlines(None, None)


def _after(at: datetime, seconds: float | None) -> datetime | None:
    return None if seconds is None else at + timedelta(seconds=seconds)


def verb_towards(rules: Sequence[AuthorityRule], unit: Candidate, kind: str) -> tuple[Verb, str]:
    """谁能调谁: what our centre may do towards this unit for this kind of incident, and why.

    The first rule that fits decides. Without one the unit is asked: a missing line must not silence anybody.
    """
    for rule in rules:
        if (
            rule.force in ("*", unit.station_class.value)
            and rule.kind in ("*", kind)
            and rule.body in ("*", unit.body)
        ):
            return unit.verb(rule.verb), rule.why
    return Verb.REQUEST, ""


def may_order_unasked(unit: Candidate, verb: Verb, *, automatic: bool, verified: bool) -> bool:
    """Whether the machine may send the order by itself: never for unverified sensors, volunteers or neighbours."""
    if not automatic or not verified or unit.foreign or verb is not Verb.ORDER:
        return False
    return unit.station_class is not StationClass.VOLUNTEER


def bell_rings(contact: Contact) -> bool:
    """A missed deadline rings the bell where there is a device, and the telephone everywhere."""
    return contact is not Contact.TELEPHONE
