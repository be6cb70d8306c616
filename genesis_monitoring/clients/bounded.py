"""Bytes from outside in, a JSON document out, in memory that is bounded whatever the bytes are.

A few kilobytes can be compressed gigabytes, and a megabyte of brackets is twenty of lists: so both what is
unpacked and what is parsed has a limit, and what is beyond is refused before it is made.
"""

import json
import zlib
from typing import Any, NoReturn

_STEP = 1 << 20
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_GZIP = b"\x1f\x8b"


class TooMuchError(ValueError):
    """There is more than the limit."""


class Inflater:
    """Unpacks gzip and zlib piece by piece, up to ``limit`` bytes in all."""

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._inner = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._begun = False

    @property
    def whole(self) -> bool:
        """Whether it ended where it says that it ends."""
        return self._inner.eof or not self._begun

    def feed(self, data: bytes) -> bytes:
        """What ``data`` unpacks to. Raises TooMuchError beyond the limit, ValueError for what is torn."""
        parts = []
        while data:
            if self._inner.eof:
                self._inner = zlib.decompressobj(_GZIP_OR_ZLIB)
            self._begun = True
            try:
                part = self._inner.decompress(data, min(_STEP, self._left + 1))
            except zlib.error as error:
                raise ValueError(f"it cannot be unpacked: {error}") from None
            self._left -= len(part)
            if self._left < 0:
                raise TooMuchError
            parts.append(part)
            data = self._inner.unused_data if self._inner.eof else self._inner.unconsumed_tail
        return b"".join(parts)


def unpack(data: bytes, limit: int) -> bytes:
    """``data``, unpacked if it is gzip. Raises TooMuchError, ValueError."""
    if data[:2] != _GZIP:
        if len(data) > limit:
            raise TooMuchError
        return data
    inflater = Inflater(limit)
    found = inflater.feed(data)
    if not inflater.whole:
        raise ValueError("it is cut off")
    return found


def parse_json(data: bytes, values: int) -> Any:
    """The document, of at most ``values`` values. NaN and the infinities are none, nor is a doubled key.

    Raises TooMuchError, and ValueError for what is no JSON.
    """
    if sum(data.count(mark) for mark in (b"[", b"{", b",")) + data.count(b'"') // 2 > values:
        raise TooMuchError
    try:
        return json.loads(data, parse_constant=_refuse, object_pairs_hook=_single)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is no value of JSON")


def _single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("it has a key twice")
    return found
