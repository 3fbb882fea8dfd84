"""Tokens handed out on the command line and by the demo."""

from datetime import timedelta

from dispatch.access import store
from dispatch.access.devices import add_device, check_station
from dispatch.access.principal import Principal, Role
from dispatch.access.problem import Problem
from dispatch.access.sessions import open_session
from runtime.database import Database
from runtime.errors import UserError
from runtime.ids import new_id


async def create_token(
    db: Database,
    *,
    county: str,
    role: Role,
    station: str | None = None,
    person: str | None = None,
    name: str | None = None,
    life: timedelta | None = None,
    actor: str = "cli",
) -> str:
    """For `pianqu token create` and gateways. A device token needs a station and makes a device; a member's
    token speaks for one person of the roster."""
    async with db.work() as work:
        if station is not None:
            try:
                await check_station(work, county, station)
            except Problem:
                raise UserError(f"--station {station}: no such station in county {county}") from None
        id = new_id()
        if role is Role.DEVICE:
            if station is None:
                raise UserError("--station: a device belongs to a station; name one")
            called = name or f"{station} {str(id)[-4:]}"
            await add_device(work, id, county, called, station, None)
            subject = f"device/{id}"
        elif role is Role.MEMBER:
            if person is None:
                raise UserError("--person: a member's token speaks for one person; name his or her code")
            called = await store.QUERIES.name_of_person(work.conn, county=county, person=person)
            if called is None:
                raise UserError(f"--person {person}: nobody of this code is in the roster of county {county}")
            subject = f"person/{person}"
        else:
            called = name or f"{role.value}-{str(id)[-4:]}"
            subject = f"{'gateway' if role is Role.GATEWAY else 'token'}/{called}"
        principal = Principal(county, role, subject, station, called)
        session = await open_session(work, principal, life)
        detail = {"subject": subject, "role": role.value, "station": station}
        await store.audit(work, county, actor, "token_created", detail)
    return session.token
