"""Taking an alarm: keep the report, find or open its incident, ask for a proposal. No caller is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dispatch.alarms.desk import Desk
from dispatch.alarms.incident_store import (
    answer,
    first_answer,
    insert_alarm,
    insert_incident,
    lock_incident,
    lock_intake,
    next_number,
    open_incidents,
    save_triage,
)
from dispatch.alarms.location import Located, kind_of, season_of
from dispatch.alarms.moving import move_incident
from dispatch.alarms.report import AlarmReport, read_report
from dispatch.alarms.rows import IncidentRow
from dispatch.alarms.tell import ask_for_proposal, changed
from dispatch.alarms.triage import FALLBACK_KIND, Sighting, Triage, same_incident, severity, triage
from runtime.database import Work
from runtime.ids import new_id


async def take_alarm(
    desk: Desk, work: Work, body: Mapping[str, Any], *, by: str, message_id: str | None
) -> dict[str, Any]:
    """One alarm in, one answer out. The same source and source id get the first answer again."""
    report = read_report(body, work.now)
    alarm = new_id()
    source_id = report.source_id or (f"{by}:{message_id}" if message_id else str(alarm))
    county = desk.county.code
    kind = kind_of(desk.county, report.kind)
    located = desk.map.locate(report.lon, report.lat, report.crs, report.text)
    await lock_intake(work.conn, county)
    before = await first_answer(work.conn, county, report.source, source_id)
    if before is not None:
        return before
    sighting = Sighting(kind or FALLBACK_KIND, located.lon, located.lat, located.uncertainty_metres, work.now)
    found = same_incident(desk.county, sighting, await open_incidents(work.conn, county))
    incident = None if found is None else await lock_incident(work.conn, county, found.id)
    # Closed between reading and locking: the alarm opens an incident of its own.
    linked = incident is not None and incident.open
    if incident is None or not incident.open:
        id, number, judged = await open_new_incident(desk, work, report, kind, located)
    else:
        id, number = incident.id, incident.number
    await insert_alarm(
        work.conn,
        id=alarm,
        county=county,
        incident=id,
        linked=linked,
        kind=kind or report.kind or FALLBACK_KIND,
        report=report,
        source_id=source_id,
        received_at=work.now,
        received_by=by,
    )
    if incident is not None and linked:
        await _join(desk, work, incident, report, kind, located, alarm)
    else:
        await changed(
            desk,
            work,
            "incident_opened",
            {
                "incident": id,
                "number": number,
                "alarm": alarm,
                "source": report.source,
                "kind": judged.kind,
                "level": judged.level,
                "scale": judged.scale,
                "place": located.place,
                "place_verified": located.verified,
                "doubts": list(located.doubts),
                "triggers": list(judged.triggers),
            },
            incidents=[id],
        )
        await ask_for_proposal(desk, work, id, "alarm")
    return answer(alarm, id, number, linked)


async def open_new_incident(
    desk: Desk, work: Work, report: AlarmReport, kind: str | None, located: Located
) -> tuple[UUID, str, Triage]:
    """A new incident for this report, with the next human number of the county's day."""
    today = work.now.astimezone(ZoneInfo(desk.county.time_zone)).date()
    zone = desk.map.zone_of(located.lon, located.lat)
    judged = triage(
        desk.county,
        kind or FALLBACK_KIND,
        report.facts,
        trapped=report.trapped,
        zone=zone,
        season=season_of(desk.county, today),
    )
    id = new_id()
    number = await next_number(work.conn, desk.county.code, today)
    await insert_incident(
        work.conn,
        id=id,
        county=desk.county.code,
        number=number,
        judged=judged,
        located=located,
        zone=zone,
        station=desk.map.station_of(located.lon, located.lat, zone, located.place_code),
        trapped=report.trapped,
        facts=report.facts,
        automatic=report.verified and desk.sends_by_itself(desk.county.kinds[judged.kind]),
        at=work.now,
    )
    return id, number, judged


async def _join(
    desk: Desk,
    work: Work,
    incident: IncidentRow,
    report: AlarmReport,
    kind: str | None,
    located: Located,
    alarm: UUID,
) -> None:
    """A further alarm of an open incident: what it adds may raise the level or make the place certain."""
    facts = {**report.facts, **incident.facts, **_worse_facts(incident.facts, report.facts)}
    trapped = max(incident.trapped, report.trapped)
    better_kind = kind if incident.kind == FALLBACK_KIND and kind is not None else incident.kind
    same_kind = better_kind == incident.kind
    judged = _judge_again(desk, work, incident, better_kind, facts, trapped)
    verified = report.verified and desk.sends_by_itself(desk.county.kinds[judged.kind])
    automatic = incident.automatic or verified
    raised = not same_kind or severity(judged.scale, judged.level) > severity(incident.scale, incident.level)
    await save_triage(work.conn, incident.id, judged, trapped=trapped, facts=facts, automatic=automatic)
    await changed(
        desk,
        work,
        "alarm_linked",
        {
            "incident": incident.id,
            "number": incident.number,
            "alarm": alarm,
            "source": report.source,
            "place": located.place,
        },
        incidents=[incident.id],
    )
    if raised:
        await changed(
            desk,
            work,
            "incident_level_raised",
            {
                "incident": incident.id,
                "number": incident.number,
                "scale": judged.scale,
                "level": judged.level,
                "from_level": incident.level,
                "triggers": list(judged.triggers),
                "by": "triage",
            },
            incidents=[incident.id],
        )
    moved = located.verified and not incident.place_verified
    if moved:
        # This caller knows the place that the first one could not name.
        await move_incident(desk, work, incident, located, by="triage")
    if moved or raised or (automatic and not incident.automatic):
        await ask_for_proposal(desk, work, incident.id, "location" if moved else "level")


def _judge_again(
    desk: Desk, work: Work, incident: IncidentRow, kind: str, facts: Mapping[str, Any], trapped: int
) -> Triage:
    """What is newly said raises the level; what was known already does not undo the commander's correction."""
    today = work.now.astimezone(ZoneInfo(desk.county.time_zone)).date()

    def judge(known: Mapping[str, Any], people: int, at_least: int | None) -> Triage:
        return triage(
            desk.county,
            kind,
            known,
            trapped=people,
            zone=incident.zone,
            season=season_of(desk.county, today),
            at_least=at_least,
        )

    before, after = judge(incident.facts, incident.trapped, None), judge(facts, trapped, None)
    if kind != incident.kind:
        return after
    news = severity(after.scale, after.level) > severity(before.scale, before.level)
    return judge(facts, trapped, incident.level) if news else judge({}, 0, incident.level)


def _worse_facts(known: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """A fact that is true or greater in one report holds; nobody's `no` takes back another caller's `yes`."""
    worse: dict[str, Any] = {}
    for name in known.keys() & said.keys():
        one, other = known[name], said[name]
        if isinstance(one, bool | int | float) and isinstance(other, bool | int | float):
            worse[name] = max(one, other)
    return worse
