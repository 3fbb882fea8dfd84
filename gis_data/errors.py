"""What a person is told when data cannot be used: one line that names what, where and the remedy."""

from __future__ import annotations


class InputError(ValueError):
    """Bad input from outside.

    `where` names the file, layer, feature or option; `problem` says what is wrong with it; `remedy` says how
    to mend it. `str()` is the one line shown to people.
    """

    def __init__(self, where: str, problem: str, remedy: str) -> None:
        super().__init__(f"{where}: {problem}; {remedy}")
        self.where = where
        self.problem = problem
        self.remedy = remedy
