"""What follows the calendar (shift handover, daily summary, expiry), run by one process at a time."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from runtime.database import TROUBLE, Database
from runtime.ids import new_id
from runtime.leases import hold_lease, release_lease

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Either `cron` (five fields, in the county's time zone) or `every_seconds`.

    A job may run twice for one occasion, when a process dies or freezes: it must be written so that this is harmless.
    """

    name: str
    run: Callable[[], Awaitable[None]]
    cron: str | None = None
    every_seconds: float | None = None
    lease_seconds: float = (
        45.0  # longer than clocks of hosts differ, shorter than the distance of two cron times
    )

    def __post_init__(self) -> None:
        if (self.cron is None) == (self.every_seconds is None):
            raise ValueError(f"job {self.name} needs either cron or every_seconds")


class Calendar:
    def __init__(self, db: Database, time_zone: str, jobs: tuple[Job, ...]) -> None:
        self._db = db
        self._holder = new_id().hex
        self._jobs = jobs
        self._scheduler = AsyncIOScheduler(
            timezone=ZoneInfo(time_zone),
            # Late is better than never, and once is enough for all the times missed while the machine slept.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for job in jobs:
            self._scheduler.add_job(self.run_job, self._trigger(job, time_zone), args=[job], id=job.name)

    async def start(self) -> None:
        self._scheduler.start()

    async def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        try:
            for job in self._jobs:
                await release_lease(self._db, _lease(job), self._holder)
        except TROUBLE as error:
            _log.warning("leases not given back (%s); they run out by themselves", error)

    async def run_job(self, job: Job) -> bool:
        """False when another process has it; a failure is logged, and the job comes again at its next time."""
        try:
            if await hold_lease(self._db, _lease(job), self._holder, job.lease_seconds) is None:
                return False
            await job.run()
        except Exception:  # noqa: BLE001 (a job that fails must not end the calendar)
            _log.exception("the calendar job %s failed", job.name)
        return True

    @staticmethod
    def _trigger(job: Job, time_zone: str) -> BaseTrigger:
        if job.cron is not None:
            return CronTrigger.from_crontab(job.cron, timezone=ZoneInfo(time_zone))
        return IntervalTrigger(seconds=job.every_seconds)


def _lease(job: Job) -> str:
    return f"calendar/{job.name}"
