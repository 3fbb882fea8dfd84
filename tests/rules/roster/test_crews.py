"""Who can roll at an instant: rostered and answered, relieved man for man, counted with what each holds that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from roster.crew import Crew
from roster.crew_book import CrewBook, crew_book
from roster.crews import crews
from roster.people import Employment, Person, Qualification
from roster.turns import Presence, Turn, TurnSeat

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 2)
START = datetime(2026, 11, 2, tzinfo=UTC)  # eight in the morning in Zezhou
OVER = timedelta(hours=2)
ROLES = ("driver", "squad_leader", "firefighter")


def person(code: str, *held: str, until: date | None = None) -> Person:
    return Person(code, code, Employment.CONTRACT, (), tuple(Qualification(h, until) for h in held))


def seat(role: str, unit: str = "U", planned: str | None = None) -> TurnSeat:
    return TurnSeat(f"{unit}/{role}/0", unit, role, (role,), True, planned)


def turn(number: int, *present: Presence, roles: tuple[str, ...] = ROLES, hours: float = 24) -> Turn:
    starts = START + timedelta(hours=24 * number)
    seats = tuple(seat(role, planned=f"{role}{number}") for role in roles)
    day = DAY + timedelta(days=number)
    return Turn("T", day, "T24", starts, starts + timedelta(hours=hours), seats, present)


def there(role: str, who: str, hours: float = 0, gone: float | None = None) -> Presence:
    left = None if gone is None else START + timedelta(hours=gone)
    return Presence(f"U/{role}/0", who, START + timedelta(hours=hours), left)


PEOPLE = [person(f"{role}{n}", role) for role in ROLES for n in range(3)]


def book(*turns: Turn, people: list[Person] = PEOPLE, vehicle: str = "heavy_engine") -> CrewBook:
    return crew_book(turns, people, {"U": vehicle} if vehicle else {}, ZONE, OVER)


def at(found: CrewBook, hours: float) -> Crew:
    return crews(found, START + timedelta(hours=hours)).get("U", Crew(0, {}, None))


def test_who_is_rostered_and_has_not_answered_is_not_on_duty() -> None:
    crew = at(book(turn(0)), 1)
    assert (crew.seats_filled, crew.wanted, crew.until) == (0, 3, None)


def test_the_crew_counts_qualifications_and_knows_the_next_handover() -> None:
    crew = at(book(turn(0, *(there(role, f"{role}0") for role in ROLES)), turn(1)), 1)
    assert crew.seats_filled == 3
    assert crew.qualifications == {"driver": 1, "squad_leader": 1, "firefighter": 1}
    assert crew.until == START + timedelta(hours=24)
    assert crew.next is not None
    assert (crew.next.at, crew.next.seats_filled, crew.next.wanted) == (START + timedelta(hours=24), 3, 3)


def test_a_driver_of_another_class_drives_nothing_here() -> None:
    people = [person("a", "driver:light_engine"), person("b", "driver:heavy_engine")]
    one = turn(0, there("driver", "a"), there("firefighter", "b"))
    assert at(book(one, people=people), 1).qualifications["driver"] == 1
    assert at(book(one, people=people, vehicle="ladder"), 1).qualifications["driver"] == 0
    assert "driver" not in at(book(one, people=people, vehicle=""), 1).qualifications


def test_a_qualification_ends_with_its_last_valid_day_in_the_middle_of_a_turn() -> None:
    people = [person("a", "driver", until=DAY)]
    found = book(turn(0, there("driver", "a")), people=people)
    assert at(found, 15.9).qualifications["driver"] == 1
    assert at(found, 16).qualifications["driver"] == 0  # midnight in Zezhou


def test_a_seat_is_relieved_man_for_man_and_the_rest_stand_over_for_a_bounded_time() -> None:
    old = turn(0, *(there(role, f"{role}0") for role in ROLES))
    found = book(old, turn(1, there("driver", "driver1", 24)))
    crew = at(found, 24.5)
    assert {(s.role, s.person, s.standing_over) for s in crew.seats} == {
        ("driver", "driver1", False),
        ("squad_leader", "squad_leader0", True),
        ("firefighter", "firefighter0", True),
    }
    assert crew.stands_until == START + timedelta(hours=48) + OVER
    assert at(found, 26).seats_filled == 1


def test_a_seat_that_the_next_turn_does_not_have_ends_as_planned() -> None:
    old = turn(0, *(there(role, f"{role}0") for role in ROLES))
    crew = at(book(old, turn(1, roles=("driver",))), 24.5)
    assert [s.role for s in crew.seats] == ["driver"]


def test_a_shift_that_ends_hours_before_the_next_is_not_stood_over() -> None:
    old = turn(0, there("driver", "driver0"), hours=12)
    assert at(book(old, turn(1)), 12.5).seats_filled == 0


def test_nobody_leaves_because_nobody_planned_what_follows() -> None:
    old = turn(0, there("driver", "driver0"))
    assert at(book(old), 24.5).seats_filled == 1
    assert at(book(old), 26).seats_filled == 0


def test_who_serves_two_turns_in_a_row_is_counted_once() -> None:
    one, two = turn(0, there("driver", "driver0")), turn(1, there("firefighter", "driver0", 24))
    crew = at(book(one, two), 24.1)
    assert [(s.role, s.person) for s in crew.seats] == [("firefighter", "driver0")]


answers = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(ROLES),
        st.integers(-2, 30),
        st.one_of(st.none(), st.integers(0, 40)),
    ),
    max_size=9,
)


@given(answers, st.integers(-4, 80))
def test_whatever_was_answered_a_seat_has_one_person_and_a_person_one_seat(
    said: list[tuple[int, str, int, int | None]], hours: int
) -> None:
    turns = [turn(n) for n in range(3)]
    for number, role, since, gone in said:
        begins = 24 * number + since
        one = there(role, f"{role}{number}", begins, None if gone is None else begins + gone)
        if all(p.seat != one.seat for p in turns[number].present):
            turns[number] = replace(turns[number], present=(*turns[number].present, one))
    found = book(*turns)
    crew = crews(found, START + timedelta(hours=hours)).get("U")
    if crew is None:
        return
    assert len({s.person for s in crew.seats}) == len(crew.seats) == crew.seats_filled
    over = [s for s in crew.seats if s.standing_over]
    running = {s.key for s in crew.seats if not s.standing_over}
    assert not running & {s.key for s in over}
    assert crew.qualifications["driver"] <= crew.seats_filled
    # What is remembered is what is counted anew.
    again = crews(found, START + timedelta(hours=hours))["U"]
    found.forget()
    assert crew == again == crews(found, START + timedelta(hours=hours))["U"]
