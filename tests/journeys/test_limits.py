"""Requests that are too large or too slow are refused early, as problem+json, and hold nobody up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.types import Message

from dispatch.access.limits import BodyLimits
from dispatch.access.problem import install_problem_handlers


def small_app() -> FastAPI:
    app = FastAPI()
    install_problem_handlers(app)

    @app.post("/raw")
    async def raw(request: Request) -> int:
        return len(await request.body())

    @app.post("/json")
    async def parsed(body: dict[str, Any]) -> int:
        return len(body)

    @app.get("/thing")
    async def thing() -> int:
        return 1

    app.add_middleware(BodyLimits, most_bytes=1000, slowest_seconds=0.2)
    return app


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(small_app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://pianqu.test") as opened:
        yield opened


async def chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 100


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code


@pytest.mark.parametrize("path", ["/raw", "/json"])
async def test_a_body_that_says_it_is_too_large_is_refused(client: httpx.AsyncClient, path: str) -> None:
    refused(await client.post(path, content=b"x" * 1001), 413, "too_large")


@pytest.mark.parametrize("path", ["/raw", "/json"])
async def test_a_body_that_does_not_say_how_large_it_is_is_counted(
    client: httpx.AsyncClient, path: str
) -> None:
    refused(await client.post(path, content=chunks(11)), 413, "too_large")
    assert (await client.post("/raw", content=chunks(10))).json() == 1000


async def test_a_hundred_megabytes_are_refused_before_a_byte_of_them_is_read() -> None:
    async def never() -> Message:
        raise AssertionError("nobody reads it")

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/raw",
        "raw_path": b"/raw",
        "query_string": b"",
        "headers": [(b"content-length", b"104857600")],
        "server": ("pianqu.test", 80),
        "client": ("127.0.0.1", 1),
    }
    await small_app()(scope, never, send)
    assert sent[0]["status"] == 413
    assert json.loads(sent[1]["body"])["code"] == "too_large"


async def test_a_body_that_trickles_is_cut_off(client: httpx.AsyncClient) -> None:
    async def trickle() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.Event().wait()

    refused(await client.post("/raw", content=trickle()), 408, "too_slow")


async def test_unknown_paths_and_methods_are_problems_as_well(client: httpx.AsyncClient) -> None:
    refused(await client.get("/api/v1/nothing"), 404, "not_found")
    answer = await client.post("/thing")
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET"
