"""The journal keeps its numbers without gaps, whoever writes at the same time."""

from runtime.database import Database
from runtime.journal import read_events


async def test_events_of_one_transaction_are_numbered_in_the_order_said(db: Database) -> None:
    async with db.work() as work:
        work.journal("county/1", "alarm_received", {"n": 1}, county="1")
        work.journal("incident/a", "incident_opened", {"n": 2}, county="1")
        work.journal("county/1", "incident_opened", {"n": 3}, county="1")
        now = work.now
    async with db.reading() as conn:
        found = await read_events(conn, "county/1", 0)
    assert [(event.seq, event.type, event.data["n"]) for event in found] == [
        (1, "alarm_received", 1),
        (2, "incident_opened", 3),
    ]
    assert {event.at for event in found} == {now}
    assert now.microsecond % 1000 == 0
