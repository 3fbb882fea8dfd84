"""The house itself: its messages are complete, its repository carries no addresses, its scripts stay tiny."""

from __future__ import annotations

import configparser
import json
import re
import string
import subprocess
from enum import StrEnum
from pathlib import Path

import pytest

from dispatch.alarms.incident import Milestone, State
from dispatch.alarms.question import Cause, Reason
from dispatch.forces.model import Gate
from dispatch.messages import catalogue, text
from gis_data.model import Contact, DutyMode, StationClass, Verb

CHECKOUT = Path(__file__).resolve().parents[2]

SPOKEN: list[tuple[str, type[StrEnum]]] = [
    ("page.step", State),
    ("page.milestones", Milestone),
    ("reason", Reason),
    ("shortfall", Cause),
    ("class", StationClass),
    ("duty_mode", DutyMode),
    ("contact", Contact),
    ("verb", Verb),
]


@pytest.mark.parametrize(("area", "words"), SPOKEN)
def test_every_code_that_people_see_has_its_words(area: str, words: type[StrEnum]) -> None:
    missing = [f"{area}.{word.value}" for word in words if f"{area}.{word.value}" not in catalogue()]
    assert missing == []


def test_every_gate_has_its_words() -> None:
    missing = [
        f"gate.{g.name.lower()}" for g in Gate if g and g.name and f"gate.{g.name.lower()}" not in catalogue()
    ]
    assert missing == []


def test_every_message_speaks_both_languages_with_the_same_parameters() -> None:
    faults = []
    for code, texts in catalogue().items():
        if set(texts) != {"zh", "en"} or not all(t.strip() for t in texts.values()):
            faults.append(code)
        elif _fields(texts["zh"]) != _fields(texts["en"]):
            faults.append(f"{code}: {_fields(texts['zh'])} ≠ {_fields(texts['en'])}")
    assert faults == []


def test_every_message_that_the_pages_name_exists() -> None:
    named: set[str] = set()
    for file in (CHECKOUT / "web" / "src").rglob("*.ts*"):
        named |= set(re.findall(r"""\bt\(\s*["']([a-z0-9_.]+)["']""", file.read_text(encoding="utf-8")))
    assert len(named) > 40, "the pages were not found, or name no messages"
    assert sorted(named - set(catalogue())) == []


def test_every_message_that_python_names_exists() -> None:
    named: set[str] = set()
    for file in (CHECKOUT / "dispatch").rglob("*.py"):
        named |= set(
            re.findall(r"""\b(?:text|say)\(\s*["']([a-z0-9_]+\.[a-z0-9_.]+)["']""", file.read_text("utf-8"))
        )
    assert sorted(named - set(catalogue())) == []


def test_an_unknown_message_shows_its_code_instead_of_failing() -> None:
    assert text("no.such.code", {"a": 1}) == "no.such.code"


def test_several_things_in_a_message_are_named_one_after_the_other() -> None:
    assert text("problem.unit_busy", {"units": ["W1-1", "W1-2"]}, "en") == "W1-1, W1-2 is busy"


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_rule_module_is_held_to_be_pure() -> None:
    """The floors know which modules are rules; the contract of purity has to name the same."""
    contracts = configparser.ConfigParser()
    contracts.read(CHECKOUT / ".importlinter", encoding="utf-8")
    rules = set()
    for slice in ("alarms", "duty", "forces", "push", "access", "console"):
        floors = contracts[f"importlinter:contract:{slice}"]["layers"].split("\n")
        for floor in floors[-2:] if slice == "push" else floors[-1:]:
            rules |= {f"dispatch.{slice}.{name}" for name in re.split(r"\s*[:|]\s*", floor.strip())}
    pure = contracts["importlinter:contract:rules"]["source_modules"].split()
    assert sorted(pure) == sorted(rules | {"dispatch.messages"})


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout: nothing to list")
    return [CHECKOUT / name for name in listed.stdout.split("\0") if name and (CHECKOUT / name).is_file()]


def test_lock_files_carry_no_addresses() -> None:
    assert "://" not in (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
    packages = json.loads((CHECKOUT / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_every_link_between_documents_leads_somewhere() -> None:
    lost = [
        f"{path.relative_to(CHECKOUT)}: {link}"
        for path in _tracked()
        if path.suffix == ".md"
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / link).exists()
    ]
    assert lost == []


def test_source_files_can_be_read_in_one_sitting() -> None:
    long = [
        f"{path.relative_to(CHECKOUT)}: {lines}"
        for path in _tracked()
        if path.suffix in {".py", ".ts", ".tsx", ".sql"}
        and path.name != "schema.sql"
        and (lines := path.read_text(encoding="utf-8").count("\n")) > 400
    ]
    assert long == []
