"""Connections that are read in small pieces, so that a run of any length keeps its memory.

asyncio makes room for 256 KiB before each read and cuts it to what came, where it lies. Replies have a few KiB and
live on for a while, so the heap soon had no gap that was long enough and grew: by 4 MB per 1,000 rows, of which nothing
was in use (120.0 -> 120.2 MB from 1,000 to 3,000 rows since, 121.3 -> 128.6 before).
"""

from __future__ import annotations

import socket
import ssl
from typing import Any

PIECE_BYTES = 4096
"""Read at once: a usual reply, and no more than gaps in the heap have."""


class _Socket(socket.socket):
    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        return super().recv(min(bufsize, PIECE_BYTES), flags)


class _Sealed(ssl.SSLObject):
    def read(self, len: int = 1024, buffer: Any = None) -> Any:  # noqa: A002
        return super().read(min(len, PIECE_BYTES), buffer)


def small_reads(address: tuple[Any, ...]) -> socket.socket:
    """A socket for an address as `getaddrinfo` gives it. What is read of it comes in pieces."""
    family, kind, protocol, _, _ = address
    return _Socket(family, kind, protocol)


def small_sealed_reads() -> ssl.SSLContext:
    """The usual checks of certificates, for connections whose content comes in pieces."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    context.sslobject_class = _Sealed
    return context
