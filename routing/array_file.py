"""Named arrays in one file that processes map instead of reading, so that all of them share its pages.

A header in JSON says what lies where; it is sealed by its SHA-256, and what follows by a CRC-32: a compiled search on
damaged arrays would read beyond their ends, so nothing of a file is used before all of it was looked at once.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"pianqu arrays 1\n"
LINE = 64  # arrays begin on a cache line
LENGTH, SEAL = 8, 32
AT_ONCE = 1 << 20

Arrays = Mapping[str, NDArray[Any]]


class UnusableFileError(Exception):
    """Why a file cannot be used; it is made again."""


def write_arrays(path: Path, key: str, arrays: Arrays) -> None:
    """Write beside its place first, so that readers find the old file, the new one or none. Raises OSError."""
    header, offset = _header(key, arrays)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
        try:
            file.write(header.ljust(offset, b"\0"))
            for part in _parts(arrays):
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def map_arrays(path: Path, key: str) -> dict[str, NDArray[Any]]:
    """The arrays, read-only and mapped; pages come from the disk when they are touched, once for all processes.

    Raises UnusableFileError for a file of another key, a cut or a damaged one, and OSError where there is none.
    """
    with path.open("rb") as file:
        header, offset = _read_header(file.read(len(MAGIC) + LENGTH), file.read)
        if header["key"] != key:
            raise UnusableFileError("was made from something else")
        if os.fstat(file.fileno()).st_size != offset + header["bytes"]:
            raise UnusableFileError("is not as long as it says")
        file.seek(offset)
        seal = 0
        while block := file.read(AT_ONCE):
            seal = zlib.crc32(block, seal)
        if seal != header["crc32"]:
            raise UnusableFileError("is damaged")
        pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return {
        name: np.frombuffer(pages, dtype, int(np.prod(shape)), offset + at).reshape(shape)
        for name, dtype, shape, at in header["arrays"]
    }


def _header(key: str, arrays: Arrays) -> tuple[bytes, int]:
    """The file's beginning, and where its arrays begin."""
    rows, at, seal = [], 0, 0
    for name, array in arrays.items():
        rows.append((name, array.dtype.str, array.shape, at))
        at += _padded(array.nbytes)
    for part in _parts(arrays):
        seal = zlib.crc32(part, seal)
    text = json.dumps({"key": key, "bytes": at, "crc32": seal, "arrays": rows}).encode()
    whole = MAGIC + len(text).to_bytes(LENGTH, "little") + text + hashlib.sha256(text).digest()
    return whole, _padded(len(whole))


def _read_header(start: bytes, read: Any) -> tuple[dict[str, Any], int]:
    if not start.startswith(MAGIC) or len(start) < len(MAGIC) + LENGTH:
        raise UnusableFileError("is no file of this version")
    length = int.from_bytes(start[len(MAGIC) :], "little")
    if length > AT_ONCE * 16:
        raise UnusableFileError("has a damaged header")
    text, seal = read(length), read(SEAL)
    if hashlib.sha256(text).digest() != seal:
        raise UnusableFileError("has a damaged header")
    header: dict[str, Any] = json.loads(text)
    return header, _padded(len(start) + length + SEAL)


def _parts(arrays: Arrays) -> Iterator[memoryview | bytes]:
    for array in arrays.values():
        yield np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
        yield bytes(_padded(array.nbytes) - array.nbytes)


def _padded(size: int) -> int:
    return -(-size // LINE) * LINE
