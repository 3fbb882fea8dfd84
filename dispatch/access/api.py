"""The doors over HTTP: login, one-time links, operators, enrolment and revocation of devices."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from dispatch.access import devices, sessions, store
from dispatch.access.guard import Guard
from dispatch.access.passwords import LONGEST, SHORTEST, Passwords
from dispatch.access.principal import DISPATCHING, GOVERNING, Principal, Role
from dispatch.access.problem import problems
from runtime.database import Database

Word = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,64}$")]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]


class Login(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    login: Word
    password: Secret


class Code(BaseModel):
    code: Secret


class SessionOut(BaseModel):
    token: str
    expires_at: datetime | None
    county: str
    role: Role
    name: str


class Me(BaseModel):
    county: str
    role: Role
    subject: str
    station: str | None
    name: str


class EnrolCodeIn(BaseModel):
    station: Word
    unit: Word | None = None
    name: Word


class EnrolCodeOut(BaseModel):
    code: str
    expires_at: datetime


class Enrolled(BaseModel):
    device: UUID
    token: str
    county: str
    station: str
    unit: str | None
    name: str


class DeviceOut(BaseModel):
    id: UUID
    name: str
    station: str
    unit: str | None
    enrolled_at: datetime
    revoked_at: datetime | None
    last_seen_at: datetime | None
    acked_seq: int


class OperatorIn(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    login: Word
    name: Word
    role: Literal[
        Role.DISPATCHER, Role.SUPERVISOR, Role.PLANNER, Role.ADMIN, Role.VIEWER, Role.ROSTER_OFFICER
    ]
    password: Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST)]


class OperatorOut(BaseModel):
    id: UUID
    login: str
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None


def make_access_router(db: Database, guard: Guard, county: str, passwords: Passwords) -> APIRouter:
    """Mount under /api/v1. The doors (`/login`, `/login/one-time`, `/devices/enrol`) need no token."""
    router = APIRouter(tags=["access"])
    anybody = Depends(guard.require())
    dispatching = Depends(guard.require(*DISPATCHING))
    governing = Depends(guard.require(*GOVERNING))
    administering = Depends(guard.require(Role.ADMIN))

    @router.post("/login", responses=problems(429))
    async def log_in(said: Login, request: Request) -> SessionOut:
        session = await sessions.log_in(
            db,
            passwords,
            county=county,
            login=said.login,
            password=said.password,
            address=_address(request),
        )
        return _session(session)

    @router.post("/login/one-time", responses=problems(429))
    async def log_in_once(said: Code, request: Request) -> SessionOut:
        session = await sessions.log_in_once(db, county=county, code=said.code, address=_address(request))
        return _session(session)

    @router.post("/logout", status_code=204, responses=problems())
    async def log_out(request: Request, who: Annotated[Principal, anybody]) -> None:
        token = request.headers["authorization"].partition(" ")[2].strip()
        await sessions.log_out(db, who, token)

    @router.get("/me", responses=problems())
    async def me(who: Annotated[Principal, anybody]) -> Me:
        return Me(county=who.county, role=who.role, subject=who.subject, station=who.station, name=who.name)

    @router.post("/operators", status_code=201, responses=problems(409))
    async def create_operator(said: OperatorIn, who: Annotated[Principal, administering]) -> OperatorOut:
        await sessions.create_operator(
            db,
            passwords,
            county=who.county,
            login=said.login,
            name=said.name,
            role=said.role,
            password=said.password,
            actor=who.subject,
        )
        return next(operator for operator in await _operators(who.county) if operator.login == said.login)

    @router.get("/operators", responses=problems())
    async def list_operators(who: Annotated[Principal, administering]) -> list[OperatorOut]:
        return await _operators(who.county)

    @router.post("/operators/{id}/disable", status_code=204, responses=problems())
    async def disable_operator(id: UUID, who: Annotated[Principal, administering]) -> None:
        await sessions.disable_operator(db, who, id)

    @router.post("/devices/enrol-codes", status_code=201, responses=problems())
    async def create_enrol_code(said: EnrolCodeIn, who: Annotated[Principal, governing]) -> EnrolCodeOut:
        code, expires_at = await devices.create_enrol_code(
            db, who, station=said.station, unit=said.unit, name=said.name
        )
        return EnrolCodeOut(code=code, expires_at=expires_at)

    @router.post("/devices/enrol", status_code=201, responses=problems(429))
    async def enrol(said: Code, request: Request) -> Enrolled:
        device, token = await devices.enrol(db, county=county, code=said.code, address=_address(request))
        return Enrolled(
            device=device.id,
            token=token,
            county=device.county,
            station=device.station,
            unit=device.unit,
            name=device.name,
        )

    @router.get("/devices", responses=problems())
    async def list_devices(
        who: Annotated[Principal, dispatching], station: Word | None = None
    ) -> list[DeviceOut]:
        async with db.pool.acquire() as conn:
            rows = store.QUERIES.list_devices(conn, county=who.county, station=station)
            return [DeviceOut(**dict(row)) async for row in rows]

    @router.post("/devices/{id}/revoke", status_code=204, responses=problems())
    async def revoke_device(id: UUID, who: Annotated[Principal, governing]) -> None:
        await devices.revoke_device(db, who, id)

    async def _operators(county: str) -> list[OperatorOut]:
        async with db.pool.acquire() as conn:
            rows = store.QUERIES.list_operators(conn, county=county)
            return [OperatorOut(**dict(row)) async for row in rows]

    return router


def _session(session: sessions.Session) -> SessionOut:
    who = session.principal
    return SessionOut(
        token=session.token,
        expires_at=session.expires_at,
        county=who.county,
        role=who.role,
        name=who.name,
    )


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
