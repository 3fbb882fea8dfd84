"""HiGHS that says nothing: what it prints on standard output would stand inside somebody's JSON."""

from __future__ import annotations

from highspy._core import _Highs


def quiet() -> _Highs:
    """A solver on one thread. The bare one: the public class enables callbacks and, doing so, prints a banner."""
    highs = _Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    return highs
