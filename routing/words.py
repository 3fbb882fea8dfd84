"""Columns of words as flat arrays: ids and names of a million pieces without a million objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import overload

import numpy as np
from numpy.typing import NDArray

UTF_8 = ("utf-8", "surrogatepass")  # a question may hold half a character; it has no number, and no fault


class Words(Sequence[str]):
    """Words one after the other in UTF-8; word `i` is `packed[ends[i] : ends[i + 1]]`. Slices are tuples."""

    def __init__(self, packed: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        self.packed, self.ends = packed, ends

    @classmethod
    def of(cls, words: Sequence[str]) -> Words:
        encoded = [word.encode(*UTF_8) for word in words]
        ends = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum(np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded)), out=ends[1:])
        ends.flags.writeable = False
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), ends)

    def __len__(self) -> int:
        return len(self.ends) - 1

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> tuple[str, ...]: ...
    def __getitem__(self, number: int | slice) -> str | tuple[str, ...]:
        if isinstance(number, slice):
            return tuple(self[i] for i in range(*number.indices(len(self))))
        if not -len(self) <= number < len(self):
            raise IndexError(number)
        return self.raw(number % len(self)).decode(*UTF_8)

    def raw(self, number: int) -> bytes:
        """The word's bytes; `number` from 0."""
        return self.packed[self.ends[number] : self.ends[number + 1]].tobytes()


class Repeated(Sequence[str]):
    """Words of which many are alike: a number by row, and each word once. Slices are tuples."""

    def __init__(self, number: NDArray[np.int32], table: Words) -> None:
        self.number, self.table = number, table
        self._words = tuple(table)

    @classmethod
    def of(cls, words: Sequence[str]) -> Repeated:
        numbers: dict[str, int] = {}
        column = np.fromiter(
            (numbers.setdefault(word, len(numbers)) for word in words), dtype=np.int32, count=len(words)
        )
        column.flags.writeable = False
        return cls(column, Words.of(tuple(numbers)))

    def __len__(self) -> int:
        return len(self.number)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[str, ...]: ...
    def __getitem__(self, row: int | slice) -> str | tuple[str, ...]:
        if isinstance(row, slice):
            return tuple(self._words[i] for i in self.number[row].tolist())
        return self._words[int(self.number[row])]

    def rows(self, word: str) -> NDArray[np.int64]:
        """All rows that hold this word, ascending."""
        if word not in self._words:
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(self.number == self._words.index(word))


class Numbers(Mapping[str, int]):
    """The number of a word among distinct words: a sorted column of 64-bit hashes, and the numbers beside it."""

    def __init__(self, words: Words, hashes: NDArray[np.uint64], order: NDArray[np.int32]) -> None:
        self._words, self.hashes, self.order = words, hashes, order

    @classmethod
    def of(cls, words: Words) -> Numbers:
        unsorted = _hashes(words.raw(number) for number in range(len(words)))
        order = np.argsort(unsorted, kind="stable").astype(np.int32)
        hashes = unsorted[order]
        for array in (hashes, order):
            array.flags.writeable = False
        return cls(words, hashes, order)

    def __getitem__(self, word: str) -> int:
        raw = word.encode(*UTF_8)
        wanted = _hash(raw)
        at = int(np.searchsorted(self.hashes, wanted))
        while at < len(self.hashes) and self.hashes[at] == wanted:  # two words of one hash stand side by side
            number = int(self.order[at])
            if self._words.raw(number) == raw:
                return number
            at += 1
        raise KeyError(word)

    def of_each(self, words: Sequence[str]) -> NDArray[np.int64]:
        """The number of each word, -1 for one that is not there: many at once cost little more than one."""
        raws = [word.encode(*UTF_8) for word in words]
        first = np.searchsorted(self.hashes, _hashes(raws))
        likely = self.order[np.minimum(first, len(self.order) - 1)].tolist()
        return np.array(
            [
                number if self._words.raw(number) == raw else self.get(word, -1)
                for word, raw, number in zip(words, raws, likely, strict=True)
            ],
            dtype=np.int64,
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


def _hash(raw: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(blake2b(raw, digest_size=8).digest(), "little"))


def _hashes(words: Iterable[bytes]) -> NDArray[np.uint64]:
    return np.frombuffer(b"".join(blake2b(raw, digest_size=8).digest() for raw in words), dtype="<u8").astype(
        np.uint64
    )
