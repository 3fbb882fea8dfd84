"""Substitutes, offers, forecasts and sums over a small team."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from roster.calendar import Calendar
from roster.people import AbsenceKind, Debt, DisasterWork, Employment, Qualification
from roster.plan import Book
from roster.policy import Policy
from roster.rules.case import Case, case_of
from roster.rules.forecast import Colour, CrewFloor, Outlook, forecast
from roster.rules.offers import OfferTerms, offers, open_seats
from roster.rules.substitutes import ranked
from roster.rules.summary import carry_over, summaries, summary_of
from roster.shifts import Seat, SeatRule
from tests.rules.roster.rules.world import FREE_POLICY, away, book, day, duty, local, person, roster, team

TEAMS = {"T1": team("T1", shifts=("D", "N")), "T2": team("T2", lends_to=("T1",)), "T3": team("T3")}
RULES = (SeatRule("T1", "firefighter", 1, ("firefighter",), "T1-1", ("N",)),)
PEOPLE = [person(c) for c in "ABC"] + [person("L", team="T2"), person("X", team="T3"), person("Q", "cook")]


def case(*duties: object, **more: object) -> Case:
    of = replace(book(PEOPLE, teams=TEAMS, seat_rules=RULES), **more)
    return case_of(of, roster(*duties, days=14, teams=("T1",)))  # type: ignore[arg-type]


def night(of: Case, on: int) -> Seat:
    return of.ground.seats("T1", day(on))[0]


def test_substitutes_come_from_the_own_team_first_with_the_smallest_share_of_nights() -> None:
    of = case(
        duty("A", 0, "N"),
        duty("B", 2, "N"),
        duty("A", 4, "N"),
        duty("B", 9, "N"),
        debts={"C": Debt(nights=3)},
    )
    found = ranked(of, night(of, 7))
    assert [c.person for c in found] == ["A", "B", "C", "L"]
    assert [c.share for c in found] == [2, 2, 3, 0]
    assert [r.code for r in found[0].reasons] == ["own_team", "rested", "share", "hours"]
    lent = found[-1]
    assert (lent.own_team, lent.duty.borrowed_from) == (False, "T2")
    assert [r.code for r in lent.reasons][:2] == ["lent", "travel_unknown"]


def test_who_is_not_rested_or_away_stands_last_with_the_reason_and_only_when_asked_for() -> None:
    of = case(duty("A", 7, "D"), absences=(away("B", local(7, 0), local(9, 0), AbsenceKind.SICK),))
    assert [c.person for c in ranked(of, night(of, 7))] == ["C", "L"]
    found = {c.person: [v.rule for v in c.broken if v.blocks] for c in ranked(of, night(of, 7), unable=True)}
    assert found == {"C": [], "L": [], "A": ["rest"], "B": ["absence"]}


def test_the_holder_of_a_seat_is_no_substitute_for_himself() -> None:
    of = case(duty("A", 7, "N"))
    assert [c.person for c in ranked(of, night(of, 7))] == ["B", "C", "L"]


def test_open_seats_are_those_to_come_that_nobody_holds() -> None:
    of = case(*(duty("A", n, "N") for n in range(2, 14)))
    assert [s.day for s in open_seats(of, local(0, 0))] == [day(0), day(1)]
    assert [s.day for s in open_seats(of, local(0, 20))] == [day(1)]


def test_nobody_is_asked_first_for_every_seat() -> None:
    of = case()
    seats = [night(of, n) for n in (2, 5, 8, 11)]
    leaders = [offer.asked[0].candidate.person for offer in offers(of, seats, local(0, 8))]
    assert sorted(leaders) == ["A", "A", "B", "C"]


def test_offers_run_one_after_the_other_and_end_in_time() -> None:
    of = case()
    terms = OfferTerms(answer_minutes=60, settled_before_minutes=120)
    (offer,) = offers(of, [night(of, 2)], local(0, 8), terms)
    assert [(a.opens, a.closes) for a in offer.asked[:2]] == [
        (local(0, 8), local(0, 9)),
        (local(0, 9), local(0, 10)),
    ]
    assert not offer.at_once
    (soon,) = offers(of, [night(of, 0)], local(0, 16), terms)
    assert [a.closes - a.opens for a in soon.asked] == [timedelta(minutes=30)] * 4
    assert soon.asked[-1].closes == local(0, 18)


def test_when_time_is_short_all_are_asked_at_once_until_the_last_minute() -> None:
    of = case()
    (offer,) = offers(of, [night(of, 0)], local(0, 19, 30), OfferTerms(settled_before_minutes=120))
    assert offer.at_once
    assert {(a.opens, a.closes) for a in offer.asked} == {(local(0, 19, 30), local(0, 20))}
    assert offers(of, [night(of, 0)], local(0, 20)) == ()


def engine(*, driver_until: int | None = None) -> Book:
    drivers = [
        person(
            c, qualifications=(Qualification("driver", None if driver_until is None else day(driver_until)),)
        )
        for c in ("A", "B")
    ]
    seats = (
        SeatRule("T1", "driver", 1, ("driver",), "T1-1", ("D",)),
        SeatRule("T1", "firefighter", 2, ("firefighter",), "T1-1", ("D",)),
        SeatRule("T1", "radio", 1, (), "T1-1", ("D",), required=False),
    )
    return book([*drivers, *(person(c) for c in "CDE")], teams=TEAMS, seat_rules=seats)


def colour_of(of: Book, *codes: str, floors: dict[str, CrewFloor] | None = None) -> Outlook:
    keys = {"A": "driver/0", "B": "driver/0", "C": "firefighter/0", "D": "firefighter/1", "E": "radio/0"}
    plan = roster(*(replace(duty(c, 0), seat=f"T1-1/{keys[c]}") for c in codes), days=1, teams=("T1",))
    use = {"T1-1": CrewFloor(2)} if floors is None else floors
    (found,) = forecast(case_of(of, plan), day(0), 1, use)
    return found


@pytest.mark.parametrize(
    ("crew", "colour", "causes"),
    [
        ("ACDE", Colour.GREEN, []),
        ("ACD", Colour.YELLOW, ["wished_empty"]),
        ("ACE", Colour.ORANGE, ["required_empty"]),
        ("CDE", Colour.RED, ["required_empty", "nobody_holds"]),
        ("A", Colour.RED, ["required_empty", "required_empty", "wished_empty", "below_least_crew"]),
    ],
)
def test_colours_say_whether_the_vehicle_rolls(crew: str, colour: Colour, causes: list[str]) -> None:
    found = colour_of(engine(), *crew)
    assert (found.colour, [c.code for c in found.causes]) == (colour, causes)


def test_a_unit_whose_least_crew_nobody_knows_needs_as_many_as_it_has_required_seats() -> None:
    assert colour_of(engine(), *"AC", floors={}).colour is Colour.RED
    assert colour_of(engine(), *"ACE", floors={}).colour is Colour.ORANGE
    assert colour_of(engine(), *"ACD", floors={}).colour is Colour.YELLOW


def test_who_drives_one_class_of_vehicle_counts_as_a_driver() -> None:
    of = engine()
    heavy = {"A": person("A", "driver:heavy_engine"), **{c: of.people[c] for c in "BCDE"}}
    seats = (replace(of.seat_rules[0], needs=("driver:heavy_engine",)), *of.seat_rules[1:])
    assert colour_of(replace(of, people=heavy, seat_rules=seats), *"ACDE").colour is Colour.GREEN


def test_who_fell_ill_or_lost_the_licence_fills_nothing() -> None:
    sick = replace(engine(), absences=(away("A", local(0, 0), local(1, 0), AbsenceKind.SICK),))
    assert colour_of(sick, *"ACDE").colour is Colour.RED
    assert colour_of(engine(driver_until=-1), *"ACDE").colour is Colour.RED


def test_a_licence_that_runs_out_soon_turns_green_to_yellow() -> None:
    assert colour_of(engine(driver_until=13), *"ACDE").colour is Colour.YELLOW
    assert colour_of(engine(driver_until=14), *"ACDE").colour is Colour.GREEN


def test_sums_count_what_was_planned_and_what_it_counts_for() -> None:
    teams = {"T1": team("T1", counted_share=0.5), "T2": team("T2")}
    of = book(
        [person("A"), person("B")],
        teams=teams,
        calendar=Calendar({day(3): "节"}),
        disaster=(DisasterWork("A", day(3), 100), DisasterWork("A", day(4), 100)),
        policy=Policy(),
    )
    plan = roster(duty("A", 3, "D"), duty("A", 4, "N"), duty("A", 12, "T24"))
    found = summary_of(case_of(of, plan), "A")
    assert (found.duties, found.present_minutes, found.counted_minutes) == (3, 2880, 1440)
    assert (found.nights, found.weekends, found.holidays) == (2, 2, 1)
    assert (found.disaster_minutes, found.overtime_minutes, found.present_share) == (200, 0, 1.0)


def test_debts_carry_over_what_was_beyond_the_share_and_sum_to_nothing_new() -> None:
    people = [person("A"), person("B"), person("C", employment=Employment.OFFICIAL)]
    half = away("B", local(0, 0), local(14, 0))
    of = book(people, teams=TEAMS, debts={"B": Debt(nights=1)}, absences=(half,), policy=FREE_POLICY)
    found = carry_over(case_of(of, roster(*(duty("A", n, "N") for n in (0, 3, 6)))))
    # B is there for half of the days and owes one of the three nights; C is compared with nobody.
    assert (found["A"].nights, found["B"].nights, found["C"].nights) == (1, 0, 0)
    assert [s.person for s in summaries(case_of(of, roster()))] == ["A", "B", "C"]
