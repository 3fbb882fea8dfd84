"""Who and which team is meant by what stands in a spreadsheet: codes, names with spaces in them, near misses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from difflib import get_close_matches

from gis_data.fault import Fault
from roster.people import Person
from roster.shifts import Team

_LEAST_NAME = 2  # a shorter one would stand in any title


class Names:
    """Looks people and teams up. People of the workbook's own sheet count beside those of the county."""

    def __init__(self, people: Iterable[Person], teams: Iterable[Team]) -> None:
        self._people = {person.code: person for person in people}
        self._teams = list(teams)
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        for person in self._people.values():
            self._by_name[_bare(person.name)].append(person)

    def person(self, name: str, code: str, team: Team | None, where: str, faults: list[Fault]) -> str | None:
        """The code of who is meant; None with a fault where that is nobody, or several."""
        if code:
            if code in self._people:
                return code
            faults.append(Fault(where, "", "sheet_unknown_person", {"name": code, "near": ""}))
            return None
        found = self._by_name.get(_bare(name), [])
        if len(found) > 1 and team is not None:
            found = [p for p in found if any(m.team == team.code for m in p.memberships)] or found
        if len(found) == 1:
            return found[0].code
        if found:
            codes = ", ".join(sorted(person.code for person in found))
            faults.append(Fault(where, "", "sheet_several_people", {"name": name, "codes": codes}))
            return None
        if name in self._people:
            return name
        near = get_close_matches(_bare(name), self._by_name, n=1, cutoff=0.5)
        params = {"name": name, "near": f" ({near[0]}?)" if near else ""}
        faults.append(Fault(where, "", "sheet_unknown_person", params))
        return None

    def home_of(self, person: str) -> Team | None:
        memberships = self._people[person].memberships
        return next((t for t in self._teams if memberships and t.code == memberships[0].team), None)

    def team_named(self, text: str) -> Team | None:
        bare = _bare(text)
        return next(
            (t for t in self._teams if bare in (_bare(t.code), _bare(t.name), _bare(t.name_en))), None
        )

    def team_in(self, text: str) -> Team | None:
        """The team whose name or code stands somewhere in a title; the longest name wins."""
        bare = _bare(text)
        found = [
            (len(_bare(name)), team.code, team)
            for team in self._teams
            for name in (team.name, team.code)
            if len(name) >= _LEAST_NAME and _bare(name) in bare
        ]
        return max(found, key=lambda item: item[:2])[2] if found else None


def _bare(text: str) -> str:
    return "".join(text.split()).lower()
