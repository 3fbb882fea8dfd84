"""Who is asking: a role in one county, and for some a station."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of people (first five) and of machines."""

    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    PLANNER = "planner"
    ADMIN = "admin"
    VIEWER = "viewer"
    DEVICE = "device"
    GATEWAY = "gateway"


PEOPLE = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.PLANNER, Role.ADMIN, Role.VIEWER})
DISPATCHING = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN})
GOVERNING = frozenset({Role.SUPERVISOR, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Principal:
    """`subject` is what the journal and the audit name: operator/<id>, device/<id>, gateway/<name>."""

    county: str
    role: Role
    subject: str
    station: str | None
    name: str
