"""Integer programmes of a team's size: columns, rows, goals in order; HiGHS does the arithmetic, on one thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import highspy
import numpy as np
from numpy.typing import NDArray

from roster.solving.quiet import quiet

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

INFINITY: Final = highspy.kHighsInf

_OPTIONS: Final[Mapping[str, Any]] = {
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.5,  # goals are whole numbers
    "mip_feasibility_tolerance": 1e-9,
    # These programmes are small and nearly integral: looking for symmetry and for lucky guesses costs more than it
    # saves (0.42 → 0.32 s of processor for all options of a repair).
    "mip_detect_symmetry": False,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
}


class Outcome(StrEnum):
    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    STOPPED = "stopped"
    """The time was over: what was found, if anything, is not proved best."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """`values` by column (None: nothing found); `bound`: no answer costs less."""

    outcome: Outcome
    values: Floats | None
    cost: float
    bound: float

    @property
    def proved(self) -> bool:
        return self.outcome is Outcome.OPTIMAL

    def misstates(self, costs: Floats) -> bool:
        """Whether the values cost something else than is claimed."""
        return self.values is not None and abs(float(costs @ self.values) - self.cost) > 0.25


class Programme:
    """Built once, solved for one goal after the other. All columns are integers between their bounds."""

    def __init__(self) -> None:
        self._lower: list[float] = []
        self._upper: list[float] = []
        self._starts: list[int] = []
        self._indices: list[int] = []
        self._values: list[float] = []
        self._row_lower: list[float] = []
        self._row_upper: list[float] = []
        self._solver: Any = None

    @property
    def columns(self) -> int:
        return len(self._lower)

    @property
    def rows(self) -> int:
        return len(self._row_lower)

    def column(self, lower: float = 0.0, upper: float = 1.0) -> int:
        self._lower.append(lower)
        self._upper.append(upper)
        return len(self._lower) - 1

    def row(
        self,
        indices: Sequence[int],
        values: Sequence[float],
        lower: float = -INFINITY,
        upper: float = INFINITY,
    ) -> int:
        """Also once the programme has been solved: goals already reached become rows."""
        if self._solver is not None:
            self._solver.addRow(
                lower, upper, len(indices), np.array(indices, np.int32), np.array(values, np.float64)
            )
        self._starts.append(len(self._indices))
        self._indices.extend(indices)
        self._values.extend(values)
        self._row_lower.append(lower)
        self._row_upper.append(upper)
        return len(self._row_lower) - 1

    def bound_rows(self, rows: Sequence[int], lower: Sequence[float], upper: Sequence[float]) -> None:
        """Change what rows allow: a row from -INFINITY to INFINITY is switched off."""
        solver = self._ready()
        solver.changeRowsBounds(
            len(rows), np.array(rows, np.int32), np.array(lower, np.float64), np.array(upper, np.float64)
        )

    def bound_columns(self, columns: Sequence[int], lower: Sequence[float], upper: Sequence[float]) -> None:
        solver = self._ready()
        solver.changeColsBounds(
            len(columns),
            np.array(columns, np.int32),
            np.array(lower, np.float64),
            np.array(upper, np.float64),
        )

    def minimise(
        self, costs: Floats, *, seconds: float, start: Floats | None = None, relaxed: bool = False
    ) -> Answer:
        """The cheapest values; `start` is a guess to begin with; `relaxed` lets columns be fractions."""
        solver = self._ready()
        count = self.columns
        every = np.arange(count, dtype=np.int32)
        solver.changeColsCost(count, every, np.ascontiguousarray(costs, np.float64))
        solver.setOptionValue("time_limit", max(0.01, seconds) + solver.getRunTime())
        solver.setOptionValue("solve_relaxation", relaxed)
        if start is not None:
            guess = highspy.HighsSolution()
            guess.col_value = list(map(float, start))
            solver.setSolution(guess)
        solver.run()
        answer = self._read(solver)
        if start is None or answer.values is None or not answer.misstates(costs):
            return answer
        # Given a start, HiGHS 1.16 at times reports the cost of something better and hands back the start itself.
        solver.clearSolver()
        return self.minimise(costs, seconds=seconds, relaxed=relaxed)

    def duals(self) -> Floats:
        """What each row costs at the margin, after a relaxed answer."""
        return np.asarray(self._ready().getSolution().row_dual, np.float64)

    @staticmethod
    def _read(solver: Any) -> Answer:
        status = solver.getModelStatus()
        info = solver.getInfo()
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return Answer(Outcome.INFEASIBLE, None, INFINITY, INFINITY)
        found = info.primal_solution_status == 2
        values = np.asarray(solver.getSolution().col_value, np.float64) if found else None
        cost = float(info.objective_function_value) if found else INFINITY
        if status == highspy.HighsModelStatus.kOptimal:
            return Answer(Outcome.OPTIMAL, values, cost, cost)
        return Answer(Outcome.STOPPED, values, cost, float(info.mip_dual_bound))

    def _ready(self) -> Any:
        if self._solver is not None:
            return self._solver
        solver = quiet()
        for name, value in _OPTIONS.items():
            solver.setOptionValue(name, value)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.columns, self.rows
        lp.col_cost_ = np.zeros(self.columns)
        lp.col_lower_ = np.array(self._lower, np.float64)
        lp.col_upper_ = np.array(self._upper, np.float64)
        lp.row_lower_ = np.array(self._row_lower, np.float64)
        lp.row_upper_ = np.array(self._row_upper, np.float64)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = self.columns, self.rows
        lp.a_matrix_.start_ = np.array([*self._starts, len(self._indices)], np.int32)
        lp.a_matrix_.index_ = np.array(self._indices, np.int32)
        lp.a_matrix_.value_ = np.array(self._values, np.float64)
        lp.integrality_ = [highspy.HighsVarType.kInteger] * self.columns
        if solver.passModel(lp) == highspy.HighsStatus.kError:
            raise ValueError(
                "the programme is malformed: a row names a column twice or one that is not there"
            )
        self._solver = solver
        return solver
