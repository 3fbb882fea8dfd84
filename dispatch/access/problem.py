"""Every refusal over HTTP is one problem+json document: a code and parameters, and a sentence for people."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Mount

from dispatch.messages import Lang, text
from gis_data.errors import InputError
from runtime.encoding import to_json
from runtime.errors import Conflict, UserError

MEDIA_TYPE = "application/problem+json"
LOG = logging.getLogger(__name__)

# What asyncpg raises while PostgreSQL is away, starting, full, or asks for another try (a deadlock): refused visibly,
# to be tried again.
DATABASE_GONE: tuple[type[Exception], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what asyncpg says of a connection cut while the pool hands it on
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    OSError,
    TimeoutError,
)

_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "code", "params", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "params": {"type": "object", "additionalProperties": True},
        "detail": {"type": "string"},
    },
}
_HTTP_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
}


class Problem(Exception):  # noqa: N818 (the word of RFC 9457)
    """A refusal with an HTTP status, a code of the catalogue (`problem.<code>`) and its parameters."""

    def __init__(
        self,
        status: int,
        code: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code} {dict(params or {})}")
        self.status = status
        self.code = code
        self.params = dict(params or {})
        self.headers = dict(headers or {})


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries for `responses=`: 400, 401, 403, 404, 413, 415, 422 and 503 always, plus those named."""
    content = {MEDIA_TYPE: {"schema": _SCHEMA}}
    named = sorted({400, 401, 403, 404, 413, 415, 422, 503, *statuses})
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in named}


def spoken_language(request: Request) -> Lang:
    """The catalogue's language for a request: English when it is asked for first, else Chinese."""
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "zh"


def problem_response(request: Request, problem: Problem) -> Response:
    detail = text(f"problem.{problem.code}", problem.params, spoken_language(request))
    body = {
        "type": f"urn:pianqu:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "params": problem.params,
        "detail": detail,
    }
    return Response(to_json(body), problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


def install_problem_handlers(app: FastAPI) -> None:
    """Turn everything that can go wrong in a request into problem+json."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return problem_response(request, error)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return problem_response(request, _validation(error))

    async def by_status(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = _HTTP_CODES.get(error.status_code, "http")
        params = {"status": error.status_code, "path": request.url.path}
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_allowed(app, request))
        return problem_response(request, Problem(error.status_code, code, params, headers))

    async def unusable(request: Request, error: Exception) -> Response:
        return problem_response(request, Problem(422, "unusable", {"reason": str(error)}))

    async def conflicting(request: Request, error: Exception) -> Response:
        return problem_response(request, Problem(409, "conflict", {"reason": str(error)}))

    async def unavailable(request: Request, error: Exception) -> Response:
        LOG.warning("%s %s: the database is not there: %r", request.method, request.url.path, error)
        return problem_response(request, Problem(503, "unavailable", headers={"Retry-After": "2"}))

    async def unexpected(request: Request, error: Exception) -> Response:
        LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return problem_response(request, Problem(500, "internal"))

    app.add_exception_handler(Problem, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, by_status)
    app.add_exception_handler(Conflict, conflicting)
    app.add_exception_handler(UserError, unusable)
    app.add_exception_handler(InputError, unusable)
    for gone in DATABASE_GONE:
        app.add_exception_handler(gone, unavailable)
    app.add_exception_handler(Exception, unexpected)


def _allowed(app: FastAPI, request: Request) -> list[str]:
    """Every method of the path: starlette names only those of the first route that fits, and routes are by method."""
    routes = [route for route in app.routes if not isinstance(route, Mount)]
    return [
        method
        for method in ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]


def _validation(error: RequestValidationError) -> Problem:
    faults = [
        {"field": ".".join(str(part) for part in fault["loc"]), "fault": fault["type"]}
        for fault in error.errors()
    ]
    if any(fault["fault"] == "json_invalid" for fault in faults):
        return Problem(400, "not_json", {"field": faults[0]["field"]})
    fields = ", ".join(f"{fault['field']} ({fault['fault']})" for fault in faults[:5])
    return Problem(422, "invalid_fields", {"fields": fields, "faults": faults[:20]})
