"""docs/journal.md names every event that the code writes, with its parameters, and people have words for each."""

from __future__ import annotations

import re
import string

from dispatch.alarms.answer import EVENTS
from dispatch.alarms.decide import REPLACEMENT_CAUSES
from dispatch.forces.release import RELEASED
from dispatch.messages import catalogue
from tests.rules import code_scan

DOCUMENT = code_scan.CHECKOUT / "docs" / "journal.md"
BOARDS, DEVICES = code_scan.events()
# Too many to be read as lines of a log.
WORDLESS = {"county_units_applied"}


def documented() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    boards, devices = DOCUMENT.read_text(encoding="utf-8").split("\n## Devices\n")
    return _table(boards), _table(devices)


def _table(text: str) -> dict[str, set[str]]:
    rows = re.findall(r"^\| `([a-z0-9_]+)` \|.*\| ([^|]*) \|$", text, re.MULTILINE)
    return {type: set(re.findall(r"[a-z_]+", keys)) for type, keys in rows}


def test_every_event_in_the_code_is_documented_and_no_other() -> None:
    boards, devices = documented()
    assert set(boards) == set(BOARDS) | set(EVENTS.values())
    assert set(devices) == set(DEVICES)
    assert len(boards) > 40, "the code was not read"


def test_every_parameter_in_the_code_is_documented() -> None:
    boards, devices = documented()
    faults = [
        f"{type}: {sorted(keys - said[type])}"
        for found, said in ((BOARDS, boards), (DEVICES, devices))
        for type, keys in found.items()
        if keys is not None and not keys <= said[type]
    ]
    assert faults == []


def test_every_event_is_in_the_past_tense() -> None:
    past = re.compile(r"(ed|made|rung|kept|home|answered_late|unable|en_route|on_scene|service)$")
    assert [type for type in (*BOARDS, *DEVICES, *EVENTS.values()) if not past.search(type)] == []


def test_people_have_words_for_every_event_and_none_for_events_that_nobody_writes() -> None:
    worded = {code.removeprefix("page.event.") for code in catalogue() if code.startswith("page.event.")}
    written = set(BOARDS) | set(EVENTS.values())
    assert written - worded - WORDLESS == set()
    assert worded - written == set()


def test_the_device_in_a_terminal_has_words_for_everything_it_may_hear() -> None:
    assert {f"device.{type}" for type in (*DEVICES, "snapshot")} - set(catalogue()) == set()


def test_every_refusal_has_its_words_and_gives_the_parameters_they_name() -> None:
    faults = []
    for code, keys in code_scan.problems().items():
        texts = catalogue().get(f"problem.{code}")
        if texts is None:
            faults.append(f"{code}: no words")
        elif keys is not None and not _fields(texts["zh"]) <= keys:
            faults.append(f"{code}: {sorted(_fields(texts['zh']) - keys)} not given")
    assert faults == []


def test_every_cause_of_a_proposal_has_its_words() -> None:
    causes = code_scan.causes_of_proposals()
    assert {"alarm", "level", "location", "linked", "verified", "reinforcement"} <= causes
    causes |= {*REPLACEMENT_CAUSES, RELEASED}
    assert [cause for cause in sorted(causes) if f"page.causes.{cause}" not in catalogue()] == []


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}
