"""How kernels are compiled: without the interpreter's lock, kept on disk where the disk lets us."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Shorts = NDArray[np.int16]
Ints32 = NDArray[np.int32]
Ints = NDArray[np.int64]
Seeds = NDArray[np.uint64]
Floats = NDArray[np.float64]

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile on the first call, not on import; an installation that nobody may write to compiles in memory."""
    try:
        return cast(Function, njit(nogil=True, cache=True, error_model="numpy")(function))
    except RuntimeError:  # numba found no folder for its cache
        return cast(Function, njit(nogil=True, error_model="numpy")(function))
