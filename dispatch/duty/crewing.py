"""The crews that the dispatcher believes in follow the roster: one call after every change of who is on duty."""

from __future__ import annotations

from collections.abc import Sequence

from runtime.database import Work


async def refresh(work: Work, county: str, units: Sequence[str] | None = None) -> None:
    """Duties in force or absences changed: make the crews of these units (None: of all) say so now."""
