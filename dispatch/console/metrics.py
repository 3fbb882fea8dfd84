"""GET /metrics in the Prometheus text format, read from the database when asked; and the two health checks."""

from typing import Annotated

import asyncpg
from fastapi import APIRouter, Depends, Response
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from dispatch.access.guard import Guard
from dispatch.access.principal import Principal, Role
from runtime.database import Database
from runtime.queries import load_queries

SQL = load_queries("dispatch.console", "metrics.sql")
LABELS = {"assignments_active": "state", "units": "status"}
HELP = {
    "incidents_open": "Incidents that are open",
    "assignments_active": "Assignments that keep a unit busy, by state",
    "units": "Units by status (GA/T 974.39)",
    "shortfalls_open": "Needs of open incidents that nobody fills",
    "timer_lag_seconds": "How long the oldest due deadline has waited to be handled",
    "timers_failing": "Follow-up work that failed at least once and is tried again",
    "journal_events": "Events in the county's stream",
}


def make_metrics_router(db: Database, guard: Guard, county: str) -> APIRouter:
    """GET /metrics; any signed-in role but a device may read it."""
    router = APIRouter(tags=["metrics"])
    readers = guard.require(Role.VIEWER, Role.PLANNER, Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN)

    @router.get("/metrics", response_class=Response)
    async def metrics(_: Annotated[Principal, Depends(readers)]) -> Response:
        """Measures for a monitoring system."""
        registry = CollectorRegistry()
        gauges = {
            name: Gauge(f"pianqu_{name}", said, [LABELS[name]] if name in LABELS else [], registry=registry)
            for name, said in HELP.items()
        }
        async with db.reading() as conn:
            async for row in SQL.measures(conn, county=county):
                gauge = gauges[row["name"]]
                (gauge.labels(row["label"]) if row["name"] in LABELS else gauge).set(row["value"])
        Gauge("pianqu_hints_healthy", "1 while hints of other processes arrive", registry=registry).set(
            db.hints.healthy
        )
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


def make_health_router(db: Database) -> APIRouter:
    """GET /health/live: the process answers. GET /health/ready: the database answers too."""
    router = APIRouter(tags=["health"])

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @router.get("/health/ready", responses={503: {"description": "The database does not answer."}})
    async def ready(response: Response) -> dict[str, str]:
        try:
            await db.now()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            response.status_code = 503
            return {"status": "database"}
        return {"status": "ready"}

    return router
