"""How people get in: login with a password, one-time links; and out again."""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dispatch.access import store
from dispatch.access.lockout import shut_until
from dispatch.access.passwords import Passwords
from dispatch.access.principal import Principal, Role
from dispatch.access.problem import Problem
from dispatch.access.secret import TOKEN_BYTES, stored_form, token_from
from runtime.database import Database, Work
from runtime.ids import new_id

LOG = logging.getLogger(__name__)
SHIFT = timedelta(hours=13)  # a twelve-hour shift and its handover
LINK_LIFE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Session:
    """The one moment at which the token itself exists on our side."""

    token: str
    principal: Principal
    expires_at: datetime | None


async def open_session(work: Work, principal: Principal, life: timedelta | None) -> Session:
    token = token_from(secrets.token_bytes(TOKEN_BYTES))
    expires_at = work.now + life if life else None
    await store.add_token(work, stored_form(token), principal, expires_at)
    return Session(token, principal, expires_at)


async def create_operator(
    db: Database,
    passwords: Passwords,
    *,
    county: str,
    login: str,
    name: str,
    role: Role,
    password: str,
    actor: str,
) -> UUID:
    hashed = await passwords.hash(password)
    async with db.work() as work:
        id: UUID | None = await store.QUERIES.insert_operator(
            work.conn,
            id=new_id(),
            county=county,
            login=login,
            name=name,
            role=role.value,
            password_hash=hashed,
            now=work.now,
        )
        if id is None:
            raise Problem(409, "login_taken", {"login": login})
        detail = {"operator": id, "login": login, "role": role.value}
        await store.audit(work, county, actor, "operator_created", detail)
    return id


async def disable_operator(db: Database, who: Principal, id: UUID) -> None:
    """Its sockets close and its tokens fail within a second."""
    async with db.work() as work:
        if await store.QUERIES.disable_operator(work.conn, county=who.county, id=id, now=work.now) is None:
            raise Problem(404, "no_operator", {"id": str(id)})
        await store.revoke_tokens_of(work, who.county, f"operator/{id}")
        await store.audit(work, who.county, who.subject, "operator_disabled", {"operator": id})


async def log_in(
    db: Database, passwords: Passwords, *, county: str, login: str, password: str, address: str
) -> Session:
    """The attempt is counted and stored before the password is looked at, in a transaction of its own."""
    attempt = await attempt_door(db, county, "login", login, address)
    async with db.pool.acquire() as conn:
        operator = await store.operator_by_login(conn, county, login)
    right = await passwords.matches(operator.password_hash if operator else None, password)
    if operator is None or not right:
        raise Problem(401, "wrong_login")
    async with db.work() as work:
        principal = Principal(county, operator.role, f"operator/{operator.id}", None, operator.name)
        session = await open_session(work, principal, SHIFT)
        detail = {"attempt": attempt, "name": login, "address": address}
        await store.audit(work, county, principal.subject, "login_succeeded", detail)
    return session


async def log_out(db: Database, who: Principal, token: str) -> None:
    async with db.work() as work:
        await store.revoke_token(work, stored_form(token))
        await store.audit(work, who.county, who.subject, "logged_out", {})


async def create_login_code(
    db: Database, *, county: str, role: Role, name: str, actor: str, life: timedelta = LINK_LIFE
) -> str:
    """For a link such as `http://host/#login=<code>`: behind the #, it never reaches a server's log."""
    code = token_from(secrets.token_bytes(TOKEN_BYTES)).removeprefix("pq_")
    async with db.work() as work:
        await store.QUERIES.insert_code(
            work.conn,
            hash=stored_form(code),
            county=county,
            purpose="login",
            data={"role": role.value, "name": name},
            expires_at=work.now + life,
        )
        await store.audit(work, county, actor, "login_code_created", {"role": role.value, "name": name})
    return code


async def log_in_once(db: Database, *, county: str, code: str, address: str) -> Session:
    attempt = await attempt_door(db, county, "code", "", address)
    async with db.work() as work:
        row = await store.QUERIES.take_code(work.conn, hash=stored_form(code), purpose="login", now=work.now)
        if row is None:
            raise Problem(401, "wrong_code")
        name, role = row["data"]["name"], Role(row["data"]["role"])
        session = await open_session(work, Principal(row["county"], role, f"link/{name}", None, name), SHIFT)
        await store.audit(work, county, f"link/{name}", "code_succeeded", {"attempt": attempt})
    return session


async def attempt_door(db: Database, county: str, door: str, name: str, address: str) -> UUID:
    """Store an attempt, or refuse it: one transaction, so that guesses in parallel cannot slip through."""
    async with db.work() as work:
        attempts = await store.recent_attempts(work, county, door, name, address)
        until = shut_until(attempts, name, address, work.now)
        if until is not None:
            seconds = max(1, int((until - work.now).total_seconds()))
            LOG.warning("the %s door is shut for %s from %s", door, name or "everybody", address)
            raise Problem(429, "door_shut", {"seconds": seconds}, {"Retry-After": str(seconds)})
        detail = {"name": name, "address": address}
        return await store.audit(work, county, "anonymous", f"{door}_attempted", detail)
