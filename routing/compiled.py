"""The one way a function of this package is compiled: cached on disk, and running without the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile on first call. Callers keep argument types fixed, so that each function has exactly one version.

    Where neither the package nor the user's own cache can be written, every process compiles for itself.
    """
    try:
        return cast(Function, njit(nogil=True, cache=True, error_model="numpy")(function))
    except RuntimeError:
        return cast(Function, njit(nogil=True, error_model="numpy")(function))
