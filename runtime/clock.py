"""The one place that reads the machine's clock; everything else is told the time."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 (this is the one place)


def to_milliseconds(moment: datetime) -> datetime:
    """Times are kept and shown in milliseconds, so they are cut where they are made."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
