"""Who is asking: a role in one county, and for some a station."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of people (first six), of members of a team who see their own duties, and of machines."""

    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    PLANNER = "planner"
    ADMIN = "admin"
    VIEWER = "viewer"
    ROSTER_OFFICER = "roster_officer"
    MEMBER = "member"
    DEVICE = "device"
    GATEWAY = "gateway"


PEOPLE = frozenset(
    {Role.DISPATCHER, Role.SUPERVISOR, Role.PLANNER, Role.ADMIN, Role.VIEWER, Role.ROSTER_OFFICER}
)
DISPATCHING = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN})
GOVERNING = frozenset({Role.SUPERVISOR, Role.ADMIN})
ROSTERING = frozenset({Role.ROSTER_OFFICER, Role.SUPERVISOR, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Principal:
    """`subject` is what the journal and the audit name: operator/<id>, device/<id>, person/<code>, gateway/<name>."""

    county: str
    role: Role
    subject: str
    station: str | None
    name: str
