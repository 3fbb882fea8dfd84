"""Made-up instances in the benchmarks' format, of any size: to see that none is too large. Nothing in them is real."""

from __future__ import annotations

import random


def made_instance(*, people: int, weeks: int, shifts: int, seed: int) -> str:
    """The text of an instance: shifts from early to night, three contracts, requests, days off, cover in reach."""
    draw = random.Random(seed)
    days = 7 * weeks
    names = [f"s{i}" for i in range(1, shifts + 1)]
    lengths = [draw.choice((480, 480, 480, 600, 720) if i >= shifts // 2 else (480,)) for i in range(shifts)]
    part = [4 * i // shifts for i in range(shifts)]  # early, day, late, night
    lines = ["SECTION_HORIZON", str(days), "", "SECTION_SHIFTS"]
    for i, name in enumerate(names):
        barred = "|".join(names[j] for j in range(shifts) if part[j] < part[i])
        lines.append(f"{name},{lengths[i]},{barred}")
    lines += ["", "SECTION_STAFF"]
    share = {"full": 34 * 60, "most": 29 * 60, "half": 19 * 60}
    staff: list[tuple[str, set[int]]] = []
    for p in range(people):
        contract = draw.choice(("full", "full", "most", "half"))
        able = {i for i in range(shifts) if draw.random() < (0.6 if part[i] < 3 else 0.3)} or {0}
        caps = "|".join(
            f"{name}={0 if i not in able else weeks if part[i] == 3 else days}"
            for i, name in enumerate(names)
        )
        minutes = share[contract] * weeks
        run, least, rest = draw.choice(((5, 2, 2), (6, 2, 3), (5, 1, 2)))
        lines.append(
            f"P{p},{caps},{minutes},{int(minutes * 0.8)},{run},{least},{rest},{weeks // 2 + draw.randrange(2)}"
        )
        staff.append((f"P{p}", able))
    lines += ["", "SECTION_DAYS_OFF"]
    off = {}
    for name, _ in staff:
        off[name] = sorted(draw.sample(range(days), max(1, weeks // 2)))
        lines.append(",".join([name, *map(str, off[name])]))
    wishes: dict[bool, list[str]] = {True: [], False: []}
    for name, able in staff:
        for _ in range(weeks):
            day, wanted = draw.randrange(days), draw.random() < 0.6
            if day not in off[name]:
                wishes[wanted].append(f"{name},{day},{names[draw.choice(sorted(able))]},{draw.randint(1, 3)}")
    lines += [
        "",
        "SECTION_SHIFT_ON_REQUESTS",
        *wishes[True],
        "",
        "SECTION_SHIFT_OFF_REQUESTS",
        *wishes[False],
    ]
    lines += ["", "SECTION_COVER"]
    mean = people * 0.55 / shifts
    for day in range(days):
        lines += [f"{day},{name},{max(0, round(mean + draw.uniform(-1.2, 1.2)))},100,1" for name in names]
    return "\n".join(lines) + "\n"
