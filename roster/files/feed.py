"""A person's duties as an iCalendar feed (RFC 5545): times in UTC, the same identifiers whenever it is made again."""

from __future__ import annotations

from datetime import datetime, timedelta

from icalendar import Calendar, Event

from gis_data.errors import InputError
from roster.files.words import SYNTHETIC, role_en, role_zh
from roster.plan import Book, Duty, Roster


def person_feed(book: Book, roster: Roster, person: str, at: datetime) -> bytes:
    """`at`: when the feed is made, stamped on every entry."""
    who = book.people.get(person)
    if who is None:
        raise InputError("--person", f"{person!r} is not known", "name a code of people.csv")
    calendar = Calendar()
    calendar.add("prodid", "-//pianqu//duty roster//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{who.name} 值班备勤")
    calendar.add("x-wr-timezone", book.time_zone.key)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for duty in roster.duties:
        if duty.person == person:
            calendar.add_component(_event(book, duty, at, synthetic=who.synthetic))
    made: bytes = calendar.to_ical()
    return made


def uid_of(county: str, duty: Duty) -> str:
    """Stable over versions of a roster: another seat on the same duty is the same entry, changed."""
    return f"{duty.day.isoformat()}-{duty.team}-{duty.shift}-{duty.person}@{county}.pianqu"


def _event(book: Book, duty: Duty, at: datetime, *, synthetic: bool) -> Event:
    starts, ends = book.times(duty)
    team, shift = book.teams[duty.team], book.shifts[duty.shift]
    unit, _, rest = duty.seat.partition("/")
    role = rest.partition("/")[0]
    event = Event()
    event.add("uid", uid_of(book.county, duty))
    event.add("dtstamp", at)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("summary", f"{shift.name} {role_zh(role)} {team.name}")
    said = [f"{role_zh(role)} {role_en(role)}", *([f"车组 unit {unit}"] if unit else [])]
    if duty.borrowed_from and duty.borrowed_from in book.teams:
        said.append(f"借自 on loan from {book.teams[duty.borrowed_from].name}")
    event.add("description", "\n".join((*said, *([SYNTHETIC] if synthetic else []))))
    event.add("location", team.name)
    event.add("categories", ["值班备勤"])
    event.add("transp", "OPAQUE")
    return event
