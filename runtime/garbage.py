"""How a process of the service collects garbage: it leaves alone what was there when it began to serve."""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 10_000, 20, 20


def settle() -> None:
    """Call it when everything that stays is loaded, before the first alarm.

    The county's millions of objects stay for good. Looked through again and again for garbage they would stop every
    order for a fifth of a second, each time; and what comes after them is short-lived.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
