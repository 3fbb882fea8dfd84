"""HTTP for the duty roster, under /api/v1/roster: put together from its parts."""

from __future__ import annotations

from fastapi import APIRouter

from dispatch.access.guard import Guard
from dispatch.access.problem import problems
from dispatch.duty.desk import RosterDesk
from dispatch.duty.duties_api import add_duty_routes
from dispatch.duty.exports_api import add_export_routes
from dispatch.duty.jobs import Jobs
from dispatch.duty.jobs_api import add_job_routes
from dispatch.duty.records_api import add_record_routes
from dispatch.duty.repairs_api import add_repair_routes
from dispatch.duty.versions_api import add_version_routes
from dispatch.duty.views_api import add_view_routes
from dispatch.duty.workshop import Workshop
from gis_data.model import County
from runtime.database import Database


def make_roster_router(
    db: Database, guard: Guard, county: County, workshop: Workshop, jobs: Jobs
) -> APIRouter:
    """`workshop` and `jobs`: where what takes seconds, and minutes, is computed; whoever makes them closes them."""
    desk = RosterDesk(db, guard, county, workshop)
    router = APIRouter(prefix="/api/v1/roster", tags=["roster"], responses=problems(409))
    for add_routes in (
        add_view_routes,
        add_version_routes,
        add_duty_routes,
        add_record_routes,
        add_repair_routes,
        add_export_routes,
    ):
        add_routes(router, desk)
    add_job_routes(router, desk, jobs)
    return router
