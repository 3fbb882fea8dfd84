"""Drafts and publication: what is over stays, what breaks a rule is refused whole, the journal replays to the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from dispatch.access.problem import Problem
from dispatch.duty import publishing
from dispatch.duty.away import report_absence
from dispatch.duty.change import Move, replay
from dispatch.duty.changing import change_duties
from dispatch.duty.granting import authorise
from dispatch.duty.telling import roster_stream
from dispatch.duty.viewing import hours
from roster.people import Absence, AbsenceKind
from roster.policy import Policy
from runtime.journal import read_events
from tests.conftest import FakeClock
from tests.storage.duty_world import (
    CODE,
    DAYS,
    FIRST,
    OFFICER,
    TODAY,
    DutyWorld,
    after,
    book,
    month,
    noon,
    without,
)


async def test_the_folder_owns_people_and_who_vanished_is_retired(world: DutyWorld) -> None:
    assert await world.apply(book()) == {}, "nothing to do writes nothing"
    people = dict(book().people)
    del people["w100"]
    said = await world.apply(replace(book(), people=people))
    assert said["retired"] == ["w100"]
    async with world.db.reading() as conn:
        row = await conn.fetchrow("select name, retired_at from person where code = 'w100'")
    assert row is not None
    assert row["retired_at"] is not None
    assert (await world.apply(book()))["retired"] == []


async def test_a_folder_s_absence_follows_the_folder_and_a_page_s_stays(world: DutyWorld) -> None:
    away = Absence("leave-1", "w100", AbsenceKind.LEAVE, noon(TODAY), noon(after(TODAY, 2)))
    await world.apply(replace(book(), absences=(away,)))
    days = (noon(TODAY), noon(after(TODAY, 1)))
    await world.do(report_absence, "w101", AbsenceKind.LEAVE, *days, note="", by=OFFICER, release=True)
    moved = replace(away, ends=noon(after(TODAY, 5)))
    await world.apply(replace(book(), absences=(moved,)))
    assert await _absences(world) == {("w100", moved.ends), ("w101", noon(after(TODAY, 1)))}
    await world.apply(book())
    assert await _absences(world) == {("w101", noon(after(TODAY, 1)))}


async def test_a_published_month_is_in_force_and_the_journal_replays_to_it(world: DutyWorld) -> None:
    said = await world.publish()
    assert said["number"] == 1
    assert (said["first"], said["duties"]) == (FIRST, len(month().duties))
    assert await world.duties() == month().duties
    assert await replayed(world) == month().duties


async def test_a_new_version_leaves_past_days_and_today_as_they_were(world: DutyWorld) -> None:
    await world.publish()
    other = month(FIRST, 28, ("E1", "W1"))
    swapped = replace(other, duties=tuple(_reserve_for_firefighters(other.duties)))
    said = await world.publish(swapped)
    assert said["first"] == after(TODAY, 1)
    assert said["superseded"] == [1]
    now = await world.duties()
    assert [d for d in now if d.day <= TODAY] == [d for d in month().duties if d.day <= TODAY]
    assert [d for d in now if d.day > TODAY] == [d for d in swapped.duties if d.day > TODAY]
    assert await replayed(world) == now


async def test_a_version_of_one_team_leaves_the_others_in_force(world: DutyWorld) -> None:
    await world.publish()
    said = await world.publish(month(TODAY, 7, ("W1",)))
    assert said["superseded"] == []
    async with world.db.reading() as conn:
        days = await conn.fetch(
            "select team, count(distinct version) as n from duty_day group by team order by team"
        )
    assert [(row["team"], row["n"]) for row in days] == [("E1", 1), ("W1", 2)]


async def test_today_is_replaced_only_when_somebody_says_so(world: DutyWorld) -> None:
    await world.publish()
    draft = await world.draft()
    said = await world.do(publishing.publish, draft, since=TODAY, by=OFFICER)
    assert said["first"] == TODAY
    again = await world.draft()
    with pytest.raises(Problem) as refused:
        await world.do(publishing.publish, again, since=TODAY - timedelta(days=1), by=OFFICER)
    assert refused.value.code == "publish_from_past"


async def test_a_publication_of_today_rewrites_nothing_that_was_served(
    world: DutyWorld, fake_clock: FakeClock
) -> None:
    await world.publish()
    # An hour ago (at 14:00) the reserve took the driver's seat over, and the firefighter's is left open.
    holders = await world.at(TODAY)
    move = Move(TODAY, "W1", "T24", "W1-1/driver/0", "w1r0")
    await world.do(change_duties, (move,), by=OFFICER, why="ill")
    sick = (holders["firefighter"].person, AbsenceKind.SICK, noon(TODAY, 14), noon(TODAY, 18))
    await world.do(report_absence, *sick, note="", by=OFFICER, release=True)
    fake_clock.advance(3600)
    again = without(month(), holders["firefighter"])
    await world.publish(again, since=TODAY)
    now = [duty for duty in await world.duties(TODAY, TODAY) if duty.team == "W1"]
    spans = {
        role: [(d.person, d.late_minutes, d.early_minutes) for d in now if d.seat == f"W1-1/{role}/0"]
        for role in ("driver", "firefighter", "squad_leader")
    }
    assert spans == {
        "driver": [
            (holders["driver"].person, 0, 1080),
            ("w1r0", 360, 1020),
            (holders["driver"].person, 420, 0),
        ],
        "firefighter": [(holders["firefighter"].person, 0, 1080)],
        "squad_leader": [(holders["squad_leader"].person, 0, 0)],
    }
    assert await replayed(world) == tuple(sorted(await world.duties()))


async def test_a_hard_violation_refuses_the_whole_publication_and_names_it(world: DutyWorld) -> None:
    two_in_a_row = [d for d in month().duties if d.team == "W1" and d.seat.startswith("W1-1/firefighter")]
    first = next(d for d in two_in_a_row if d.day == after(TODAY, 3))
    tired = replace(first, day=after(TODAY, 4))
    bad = without(month(), *[d for d in month().duties if d.day == tired.day and d.seat == tired.seat])
    bad = replace(bad, duties=tuple(sorted((*bad.duties, tired))))
    with pytest.raises(Problem) as refused:
        await world.publish(bad)
    assert refused.value.code == "roster_breaks_rules"
    assert {v["rule"] for v in refused.value.params["violations"]} == {"rest"}
    assert await world.duties() == ()


async def test_an_empty_required_seat_needs_an_authorisation(world: DutyWorld) -> None:
    open_day = after(TODAY, 3)
    driver = next(d for d in month().duties if d.day == open_day and d.seat == "W1-1/driver/0")
    roster = without(month(), driver)
    with pytest.raises(Problem) as refused:
        await world.publish(roster)
    assert [v["rule"] for v in refused.value.params["violations"]] == ["seat_unfilled"]
    await world.do(
        authorise,
        "seat_unfilled",
        person="",
        team="W1",
        first=open_day,
        last=open_day,
        reason="车辆送修",
        by=OFFICER,
    )
    assert (await world.publish(roster))["duties"] == len(roster.duties)


async def test_hours_are_averaged_over_the_month_that_is_published_and_not_over_the_empty_days_after_it(
    world: DutyWorld,
) -> None:
    # Seven duties of 24 h in 28 days are 42 h a week.
    teams = {code: replace(team, counted_share=1.0) for code, team in book().teams.items()}
    await world.apply(replace(book(), teams=teams, policy=replace(Policy(), average_week_minutes=41 * 60)))
    with pytest.raises(Problem) as refused:
        await world.publish(month(date(2026, 4, 8)))
    assert {one["rule"] for one in refused.value.params["violations"]} == {"average"}


async def test_a_hard_rule_is_lifted_by_nobody(world: DutyWorld) -> None:
    for rule, code in (
        ("rest", "rule_not_overridable"),
        ("request", "rule_not_overridable"),
        ("no", "rule_unknown"),
    ):
        with pytest.raises(Problem) as refused:
            await world.do(
                authorise, rule, person="w100", team="", first=TODAY, last=TODAY, reason="x", by=OFFICER
            )
        assert refused.value.code == code


async def test_a_published_version_is_no_draft_any_more(world: DutyWorld) -> None:
    draft = await world.draft()
    await world.do(publishing.publish, draft, since=None, by=OFFICER)
    for act in (
        lambda work: publishing.publish(work, CODE, draft, since=None, by=OFFICER),
        lambda work: publishing.discard_draft(work, CODE, draft, by=OFFICER),
        lambda work: publishing.change_draft(work, CODE, draft, (), revision=None),
    ):
        with pytest.raises(Problem) as refused:
            async with world.db.work() as work:
                await act(work)
        assert refused.value.code == "version_not_draft"
    copied = await world.do(publishing.copy_version, draft, note="again", by=OFFICER)
    assert copied.number == 2
    with pytest.raises(Problem):
        await world.do(publishing.copy_version, uuid4(), note="", by=OFFICER)


async def test_a_draft_is_changed_by_hand_and_an_old_revision_is_told_so(world: DutyWorld) -> None:
    draft = await world.draft()
    move = Move(TODAY, "W1", "T24", "W1-1/driver/0", "w1r0")
    changed = await world.do(publishing.change_draft, draft, (move,), revision=1)
    assert changed.revision == 2
    with pytest.raises(Problem) as refused:
        await world.do(publishing.change_draft, draft, (move,), revision=1)
    assert refused.value.code == "version_changed"
    with pytest.raises(Problem) as unknown:
        await world.do(
            publishing.change_draft,
            draft,
            (Move(TODAY, "W1", "T24", "W1-9/driver/0", "w100"),),
            revision=None,
        )
    assert unknown.value.code == "roster_seat_unknown"


async def test_a_draft_may_break_every_rule_but_not_name_what_does_not_exist(world: DutyWorld) -> None:
    duty = month().duties[0]
    for wrong, code in (
        (replace(duty, person="nobody"), "person_unknown"),
        (replace(duty, shift="T8"), "roster_shift_unknown"),
        (replace(duty, day=after(FIRST, 99)), "duty_outside_roster"),
        (month().duties[1], "duty_named_twice"),
    ):
        with pytest.raises(Problem) as refused:
            await world.draft(replace(month(), duties=(wrong, *month().duties[1:])))
        assert refused.value.code == code


async def replayed(world: DutyWorld) -> tuple[object, ...]:
    async with world.db.reading() as conn:
        events = await read_events(conn, roster_stream(CODE), 0)
    return replay(event.data for event in events)


def _reserve_for_firefighters(duties):  # type: ignore[no-untyped-def]
    """The reserve takes one firefighter's turn in every platoon's place once a week."""
    for duty in duties:
        spare = f"{duty.team.lower()}r0"
        yield replace(duty, person=spare) if duty.day.weekday() == 2 and "firefighter" in duty.seat else duty


async def _absences(world: DutyWorld) -> set[tuple[str, object]]:
    async with world.db.reading() as conn:
        rows = await conn.fetch("select person, ends_at from absence where withdrawn_at is null")
    return {(row["person"], row["ends_at"]) for row in rows}


async def test_hours_name_those_who_have_left_since_with_what_they_did(world: DutyWorld) -> None:
    await world.publish()
    gone = (await world.at(FIRST))["driver"].person
    people = {code: person for code, person in book().people.items() if code != gone}
    await world.apply(replace(book(), people=people))
    async with world.db.reading() as conn:
        shown = {one["person"]: one for one in await hours(conn, CODE, FIRST, DAYS, ["W1"])}
        later = {one["person"] for one in await hours(conn, CODE, after(FIRST, 60), DAYS, ["W1"])}
    assert (shown[gone]["name"], shown[gone]["nights"]) == (f"虚构{gone}", 7)
    assert gone not in later
