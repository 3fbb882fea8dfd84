"""Login, codes, devices and revocation against a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from dispatch.access import devices, sessions
from dispatch.access.commands import create_token
from dispatch.access.guard import Guard
from dispatch.access.passwords import Passwords
from dispatch.access.principal import Principal, Role
from dispatch.access.problem import Problem
from runtime.database import Database
from runtime.errors import UserError
from tests.conftest import FakeClock
from tests.storage.access_rows import COUNTY, make_county

ADMIN = Principal(COUNTY, Role.ADMIN, "operator/x", None, "管理员")


@pytest.fixture(scope="module")
def passwords() -> Iterator[Passwords]:
    made = Passwords()
    yield made
    made.close()


@pytest.fixture
async def county(stopped_db: Database) -> Database:
    await make_county(stopped_db)
    return stopped_db


@pytest.fixture
async def guard(county: Database) -> AsyncIterator[Guard]:
    made = Guard(county)
    yield made
    made.close()


async def with_operator(db: Database, passwords: Passwords) -> None:
    await sessions.create_operator(
        db,
        passwords,
        county=COUNTY,
        login="wang",
        name="王值班",
        role=Role.DISPATCHER,
        password="correct horse",
        actor="test",
    )


async def log_in(
    db: Database, passwords: Passwords, password: str, login: str = "wang", address: str = "10.0.0.1"
) -> sessions.Session:
    return await sessions.log_in(
        db, passwords, county=COUNTY, login=login, password=password, address=address
    )


async def refusal(attempt: object) -> Problem:
    with pytest.raises(Problem) as refused:
        await attempt  # type: ignore[misc]
    return refused.value


async def test_the_right_password_opens_a_session_for_one_shift(
    county: Database, passwords: Passwords, guard: Guard, fake_clock: FakeClock
) -> None:
    await with_operator(county, passwords)
    session = await log_in(county, passwords, "correct horse")
    found = await guard.principal(session.token)
    assert found is not None
    assert (found.name, found.role, found.county) == ("王值班", Role.DISPATCHER, COUNTY)
    fake_clock.advance(13 * 3600 + 1)
    county.hints.publish(["tokens"])  # what it remembers for a second is not what this test is about
    assert await guard.principal(session.token) is None


async def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(
    county: Database, passwords: Passwords
) -> None:
    await with_operator(county, passwords)
    wrong = await refusal(log_in(county, passwords, "wrong"))
    unknown = await refusal(log_in(county, passwords, "wrong", login="nobody"))
    assert (wrong.status, wrong.code) == (unknown.status, unknown.code) == (401, "wrong_login")


async def test_the_sixth_guess_finds_the_door_shut_even_with_the_right_password(
    county: Database, passwords: Passwords, fake_clock: FakeClock
) -> None:
    await with_operator(county, passwords)
    for _ in range(5):
        assert (await refusal(log_in(county, passwords, "wrong"))).status == 401
    shut = await refusal(log_in(county, passwords, "correct horse"))
    assert (shut.status, shut.headers["Retry-After"]) == (429, "900")
    assert await log_in(county, passwords, "correct horse", address="10.0.0.2")
    fake_clock.advance(901)
    assert await log_in(county, passwords, "correct horse")


async def test_guesses_in_parallel_do_not_slip_through(county: Database, passwords: Passwords) -> None:
    await with_operator(county, passwords)
    answers = await asyncio.gather(
        *(log_in(county, passwords, f"wrong {n}") for n in range(12)), return_exceptions=True
    )
    statuses = sorted(answer.status for answer in answers if isinstance(answer, Problem))
    assert statuses == [401] * 5 + [429] * 7


async def test_a_success_forgives_the_failures_before_it(county: Database, passwords: Passwords) -> None:
    await with_operator(county, passwords)
    for _ in range(3):
        for _ in range(4):
            await refusal(log_in(county, passwords, "wrong"))
        assert await log_in(county, passwords, "correct horse")


async def test_logging_out_ends_the_session_at_once(
    county: Database, passwords: Passwords, guard: Guard
) -> None:
    await with_operator(county, passwords)
    session = await log_in(county, passwords, "correct horse")
    assert await guard.principal(session.token)
    await sessions.log_out(county, session.principal, session.token)
    assert await guard.principal(session.token) is None


async def test_a_disabled_operator_is_out_and_stays_out(
    county: Database, passwords: Passwords, guard: Guard
) -> None:
    await with_operator(county, passwords)
    session = await log_in(county, passwords, "correct horse")
    assert await guard.principal(session.token)
    id = session.principal.subject.removeprefix("operator/")
    await sessions.disable_operator(county, ADMIN, UUID(id))
    assert await guard.principal(session.token) is None
    assert (await refusal(log_in(county, passwords, "correct horse"))).code == "wrong_login"


async def test_a_login_link_works_once(county: Database) -> None:
    code = await sessions.create_login_code(
        county, county=COUNTY, role=Role.DISPATCHER, name="demo", actor="demo"
    )
    answers = await asyncio.gather(
        *(sessions.log_in_once(county, county=COUNTY, code=code, address="::1") for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, sessions.Session) for answer in answers) == 1


async def test_a_login_link_expires(county: Database, fake_clock: FakeClock) -> None:
    code = await sessions.create_login_code(
        county, county=COUNTY, role=Role.VIEWER, name="demo", actor="demo", life=timedelta(minutes=1)
    )
    fake_clock.advance(61)
    shut = await refusal(sessions.log_in_once(county, county=COUNTY, code=code, address="::1"))
    assert shut.code == "wrong_code"


async def test_a_device_is_enrolled_with_a_code_typed_carelessly(county: Database, guard: Guard) -> None:
    code, _ = await devices.create_enrol_code(county, ADMIN, station="bagong", unit="bagong-1", name="平板")
    typed = " " + code.lower().replace("-", " ").replace("0", "o").replace("1", "l") + " "
    device, token = await devices.enrol(county, county=COUNTY, code=typed, address="::1")
    found = await guard.principal(token)
    assert found == Principal(COUNTY, Role.DEVICE, f"device/{device.id}", "bagong", "平板")
    assert (await refusal(devices.enrol(county, county=COUNTY, code=code, address="::1"))).status == 401


async def test_an_enrolment_code_does_not_log_anybody_in(county: Database) -> None:
    code, _ = await devices.create_enrol_code(county, ADMIN, station="bagong", unit=None, name="平板")
    refused = await refusal(sessions.log_in_once(county, county=COUNTY, code=code, address="::1"))
    assert refused.code == "wrong_code"


@pytest.mark.parametrize(
    ("station", "unit", "code"),
    [("nowhere", None, "unknown_station"), ("bagong", "x", "unknown_unit_of_station")],
)
async def test_a_device_needs_a_real_station_and_unit(
    county: Database, station: str, unit: str | None, code: str
) -> None:
    refused = await refusal(devices.create_enrol_code(county, ADMIN, station=station, unit=unit, name="平板"))
    assert (refused.status, refused.code) == (404, code)


async def test_a_revoked_device_is_out_at_once(county: Database, guard: Guard) -> None:
    code, _ = await devices.create_enrol_code(county, ADMIN, station="bagong", unit=None, name="平板")
    device, token = await devices.enrol(county, county=COUNTY, code=code, address="::1")
    assert await guard.principal(token)
    await devices.revoke_device(county, ADMIN, device.id)
    assert await guard.principal(token) is None
    assert (await refusal(devices.revoke_device(county, ADMIN, uuid4()))).status == 404


async def test_another_county_cannot_revoke_the_device(county: Database) -> None:
    code, _ = await devices.create_enrol_code(county, ADMIN, station="bagong", unit=None, name="平板")
    device, _ = await devices.enrol(county, county=COUNTY, code=code, address="::1")
    stranger = Principal("999999", Role.ADMIN, "operator/y", None, "外人")
    assert (await refusal(devices.revoke_device(county, stranger, device.id))).status == 404


async def test_a_revocation_whose_hint_is_lost_counts_within_a_second(
    county: Database, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await create_token(county, county=COUNTY, role=Role.GATEWAY, name="sensors")
    assert await guard.principal(token)
    async with county.pool.acquire() as conn:
        await conn.execute("update token set revoked_at = now() - interval '1 year'")
    moment = asyncio.get_running_loop().time()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: moment + 1.0)
    assert await guard.principal(token) is None


async def test_a_device_token_from_the_command_line_needs_a_station(county: Database) -> None:
    with pytest.raises(UserError, match="--station"):
        await create_token(county, county=COUNTY, role=Role.DEVICE)
    with pytest.raises(UserError, match="nowhere"):
        await create_token(county, county=COUNTY, role=Role.DEVICE, station="nowhere")
    assert (await create_token(county, county=COUNTY, role=Role.DEVICE, station="bagong")).startswith("pq_")


async def test_no_secret_is_stored(county: Database, passwords: Passwords) -> None:
    await with_operator(county, passwords)
    session = await log_in(county, passwords, "correct horse")
    async with county.pool.acquire() as conn:
        rows = [
            str(dict(row))
            for table in ("token", "operator", "one_time_code", "audit", "event")
            for row in await conn.fetch(f"select * from {table}")
        ]
    assert rows
    assert not [row for row in rows if session.token in row or "correct horse" in row]
