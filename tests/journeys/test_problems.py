"""What goes wrong in a request becomes problem+json: 503 while the database is away, in whatever words that is said."""

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from dispatch.access.problem import MEDIA_TYPE, install_problem_handlers


async def answer_when(error: Exception) -> httpx.Response:
    app = FastAPI()
    install_problem_handlers(app)

    @app.get("/")
    async def failing() -> None:
        raise error

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as http:
        return await http.get("/")


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.InterfaceError("the underlying connection is closed"),
        # A connection that was cut while the pool handed it on still believes that it waits for an answer.
        asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
        asyncpg.DeadlockDetectedError("deadlock detected"),
        asyncpg.TooManyConnectionsError("sorry, too many clients already"),
        ConnectionRefusedError("refused"),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_database_that_is_away_asks_for_another_try(error: Exception) -> None:
    answer = await answer_when(error)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["code"] == "unavailable"


async def test_a_fault_of_our_own_is_500_and_says_nothing_of_its_inside() -> None:
    answer = await answer_when(KeyError("secret"))
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "secret" not in answer.text
