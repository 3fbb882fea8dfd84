"""Every rule of a duty roster with its code, strength and source: the table that the checker goes through."""

from __future__ import annotations

from collections.abc import Mapping

from roster.policy import Strength
from roster.rules.absence import absence, days_off_month, errand, floor, owed_rest, readiness_leave
from roster.rules.company import apart, mentor, together
from roster.rules.hours import average, overtime_month, week_minutes
from roster.rules.resting import longest_run, nights, overlap, rest, rest_day, weekends
from roster.rules.rule import HOURS_ELSEWHERE, UNPAID, Rule, Source
from roster.rules.seating import (
    authorisation_unknown,
    membership,
    outside_roster,
    qualification,
    seat_twice,
    seat_unfilled,
    seat_unknown,
    seat_wished,
    unknown_code,
)
from roster.rules.wishes import fair_nights, fair_weekends, request, rotation

_HARD, _LIFTED, _WISH = Strength.HARD, Strength.OVERRIDABLE, Strength.PREFERENCE
_NATURE, _COUNTY, _BRIGADE = Source.NATURE, Source.COUNTY, Source.BRIGADE_STANDARD

# fmt: off
RULES: tuple[Rule, ...] = (
    Rule("unknown_code", _HARD, _NATURE, of_shift=unknown_code, params=("what", "code"), fixed=True),
    Rule("outside_roster", _HARD, _NATURE, of_shift=outside_roster, params=("shift",), fixed=True),
    Rule("seat_unknown", _HARD, _NATURE, of_shift=seat_unknown, params=("seat", "shift"), fixed=True),
    Rule("seat_twice", _HARD, _NATURE, of_shift=seat_twice, params=("seat", "other"), fixed=True),
    Rule("authorisation_unknown", _HARD, _NATURE, of_shift=authorisation_unknown, params=("authorisation",),
         fixed=True),
    Rule("overlap", _HARD, _NATURE, of_person=overlap, params=("one", "other", "minutes"), fixed=True),
    Rule("absence", _HARD, _NATURE, of_person=absence, params=("kind", "minutes", "shift")),
    Rule("qualification", _HARD, _BRIGADE, of_shift=qualification, params=("missing", "seat", "shift"), checked=False),
    Rule("membership", _HARD, _COUNTY, of_shift=membership, params=("shift", "lender")),
    Rule("rest", _HARD, _COUNTY, of_person=rest, params=("had", "needed", "one", "other")),
    Rule("overtime_month", _HARD, Source.LABOUR_LAW_41, of_person=overtime_month, params=("month", "minutes", "most"),
         exempt=HOURS_ELSEWHERE),
    Rule("seat_unfilled", _LIFTED, _BRIGADE, of_shift=seat_unfilled, params=("seat", "unit", "shift", "minutes"),
         checked=False),
    Rule("longest_run", _LIFTED, _COUNTY, of_person=longest_run, params=("days", "most"), exempt=HOURS_ELSEWHERE),
    Rule("nights", _LIFTED, _COUNTY, of_person=nights, params=("days", "most"), exempt=HOURS_ELSEWHERE),
    Rule("rest_day", _LIFTED, Source.LABOUR_LAW_38, of_person=rest_day, params=("had", "needed"),
         exempt=HOURS_ELSEWHERE),
    Rule("weekends", _LIFTED, _COUNTY, of_person=weekends, params=("weekends", "most"), exempt=HOURS_ELSEWHERE),
    Rule("week_minutes", _LIFTED, _COUNTY, of_person=week_minutes, params=("minutes", "most", "days"),
         exempt=HOURS_ELSEWHERE),
    Rule("average", _LIFTED, Source.COMPREHENSIVE_HOURS, of_person=average,
         params=("minutes", "most", "days"), exempt=HOURS_ELSEWHERE),
    Rule("errand", _LIFTED, _COUNTY, of_person=errand, params=("kind", "minutes", "shift")),
    Rule("readiness_leave", _LIFTED, _COUNTY, of_person=readiness_leave, params=("level", "reason"), exempt=UNPAID),
    Rule("owed_rest", _LIFTED, _COUNTY, of_person=owed_rest, params=("owed", "had", "place", "within"), exempt=UNPAID),
    Rule("days_off_month", _LIFTED, _COUNTY, of_person=days_off_month, params=("had", "needed", "month"),
         exempt=UNPAID),
    Rule("floor", _LIFTED, _COUNTY, of_team=floor, params=("present", "floor")),
    Rule("apart", _LIFTED, _COUNTY, of_shift=apart, params=("other", "shift")),
    Rule("together", _LIFTED, _COUNTY, of_shift=together, params=("other", "shift")),
    Rule("mentor", _LIFTED, _COUNTY, of_shift=mentor, params=("shift",)),
    Rule("seat_wished", _WISH, _COUNTY, of_shift=seat_wished, params=("seat", "unit", "shift", "minutes")),
    Rule("request", _WISH, _COUNTY, of_person=request, params=("wish", "shift")),
    Rule("rotation", _WISH, _COUNTY, of_person=rotation, params=("expected", "actual")),
    Rule("fair_nights", _WISH, _COUNTY, of_team=fair_nights, params=("range", "allowed", "most", "least")),
    Rule("fair_weekends", _WISH, _COUNTY, of_team=fair_weekends, params=("range", "allowed", "most", "least")),
)
# fmt: on

BY_CODE: Mapping[str, Rule] = {rule.code: rule for rule in RULES}
