"""Devices: enrolled by a one-time code, revoked for good."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from dispatch.access import store
from dispatch.access.principal import Principal, Role
from dispatch.access.problem import Problem
from dispatch.access.secret import CODE_BYTES, as_meant, code_from, stored_form
from dispatch.access.sessions import LINK_LIFE, attempt_door, open_session
from runtime.database import Database, Work
from runtime.ids import new_id


async def create_enrol_code(
    db: Database, who: Principal, *, station: str, unit: str | None, name: str, life: timedelta = LINK_LIFE
) -> tuple[str, datetime]:
    """A short code that somebody types into a tablet, and until when it counts."""
    code = code_from(secrets.token_bytes(CODE_BYTES))
    async with db.work() as work:
        await check_station(work, who.county, station, unit)
        expires_at = work.now + life
        await store.QUERIES.insert_code(
            work.conn,
            hash=stored_form(code),
            county=who.county,
            purpose="enrol",
            data={"station": station, "unit": unit, "name": name},
            expires_at=expires_at,
        )
        detail = {"station": station, "unit": unit, "name": name}
        await store.audit(work, who.county, who.subject, "enrol_code_created", detail)
    return code, expires_at


async def enrol(db: Database, *, county: str, code: str, address: str) -> tuple[store.Device, str]:
    """The device, and the token that is its own from now on."""
    attempt = await attempt_door(db, county, "code", "", address)
    async with db.work() as work:
        hash = stored_form(as_meant(code))
        row = await store.QUERIES.take_code(work.conn, hash=hash, purpose="enrol", now=work.now)
        if row is None:
            raise Problem(401, "wrong_code")
        id, county, data = new_id(), row["county"], row["data"]
        device = await add_device(work, id, county, data["name"], data["station"], data["unit"])
        principal = Principal(county, Role.DEVICE, f"device/{id}", device.station, device.name)
        session = await open_session(work, principal, None)
        await store.audit(work, county, principal.subject, "code_succeeded", {"attempt": attempt})
    return device, session.token


async def add_device(
    work: Work, id: UUID, county: str, name: str, station: str, unit: str | None
) -> store.Device:
    """The row, and the first event of its stream: a stream begins with its device."""
    await store.QUERIES.insert_device(
        work.conn, id=id, county=county, name=name, station=station, unit=unit, now=work.now
    )
    told = {"device": id, "name": name, "station": station, "unit": unit}
    work.journal(f"device/{id}", "device_enrolled", told, county=county)
    await store.audit(work, county, f"device/{id}", "device_enrolled", told)
    return store.Device(id, county, name, station, unit, 0)


async def revoke_device(db: Database, who: Principal, id: UUID) -> None:
    """Its socket closes within a second; what it was ordered stays, and escalates by its deadlines."""
    async with db.work() as work:
        if await store.QUERIES.revoke_device(work.conn, county=who.county, id=id, now=work.now) is None:
            raise Problem(404, "no_device", {"id": str(id)})
        await store.revoke_tokens_of(work, who.county, f"device/{id}")
        await store.audit(work, who.county, who.subject, "device_revoked", {"device": id})


async def check_station(work: Work, county: str, station: str, unit: str | None = None) -> None:
    found = await store.QUERIES.find_place_of_duty(work.conn, county=county, station=station, unit=unit)
    if not found["station_exists"]:
        raise Problem(404, "unknown_station", {"station": station})
    if not found["unit_exists"]:
        raise Problem(404, "unknown_unit_of_station", {"station": station, "unit": unit})
