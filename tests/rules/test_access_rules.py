"""Codes as people type them, and when a door shuts."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from dispatch.access.lockout import (
    MOST_OF_ADDRESS,
    MOST_OF_BOTH,
    MOST_OF_NAME,
    WINDOW,
    Attempt,
    shut_until,
)
from dispatch.access.secret import as_meant, code_from, stored_form, token_from

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def failed(count: int, name: str = "wang", address: str = "a", ago: float = 60.0) -> list[Attempt]:
    return [Attempt(uuid4(), NOW - timedelta(seconds=ago - n), name, address, False) for n in range(count)]


@given(st.binary(min_size=7, max_size=7))
def test_a_code_survives_careless_typing(chance: bytes) -> None:
    code = code_from(chance)
    assert len(code) == 11
    typed = code.lower().replace("-", "").replace("0", "o").replace("1", "i").replace("v", "u")
    assert as_meant(f" {typed[:3]} {typed[3:]} ") == code


@given(st.binary(min_size=32, max_size=32))
def test_a_token_fits_where_tokens_go_and_is_not_what_is_stored(chance: bytes) -> None:
    token = token_from(chance)
    assert token.isascii()
    assert len(token) == 46
    assert token.encode() not in stored_form(token)


def test_the_door_shuts_after_five_wrong_guesses_and_opens_a_quarter_of_an_hour_after_the_first() -> None:
    attempts = failed(MOST_OF_BOTH)
    assert shut_until(attempts[:-1], "wang", "a", NOW) is None
    assert shut_until(attempts, "wang", "a", NOW) == attempts[0].at + WINDOW
    assert shut_until(attempts, "wang", "a", attempts[0].at + WINDOW) is None


def test_a_forgetful_dispatcher_shuts_nobody_else_out() -> None:
    attempts = failed(MOST_OF_BOTH)
    assert shut_until(attempts, "li", "a", NOW) is None
    assert shut_until(attempts, "wang", "b", NOW) is None


def test_many_addresses_on_one_name_and_many_names_from_one_address_are_stopped() -> None:
    on_one = [attempt for n in range(MOST_OF_NAME) for attempt in failed(1, address=str(n))]
    assert shut_until(on_one, "wang", "elsewhere", NOW)
    from_one = [attempt for n in range(MOST_OF_ADDRESS) for attempt in failed(1, name=str(n))]
    assert shut_until(from_one, "li", "a", NOW)


def test_a_success_forgives_what_came_before_it() -> None:
    attempts = [
        *failed(MOST_OF_BOTH - 1, ago=100),
        Attempt(uuid4(), NOW - timedelta(seconds=50), "wang", "a", True),
        *failed(MOST_OF_BOTH - 1, ago=30),
    ]
    assert shut_until(attempts, "wang", "a", NOW) is None
