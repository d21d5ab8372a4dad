"""What a server sends comes whole, in pieces that are small: sealed or not."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import os
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from callwright.llm.sockets import PIECE_BYTES, small_reads, small_sealed_reads

SENT = os.urandom(100_000)


class Kept(asyncio.Protocol):
    """Keeps the pieces as they come."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.ended = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self.pieces.append(data)

    def connection_lost(self, _: Exception | None) -> None:
        self.ended.set_result(None)


def pieces(server: ssl.SSLContext | None, client: Callable[[], ssl.SSLContext | None]) -> list[bytes]:
    """What comes of SENT."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(SENT)
        await writer.drain()
        writer.close()

    async def run() -> list[bytes]:
        loop = asyncio.get_running_loop()
        async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=server) as listening:
            place = listening.sockets[0].getsockname()
            one = small_reads((socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", place))
            one.setblocking(False)
            await loop.sock_connect(one, place)
            context = client()
            name = "localhost" if context else None
            _, kept = await loop.create_connection(Kept, sock=one, ssl=context, server_hostname=name)
            await kept.ended
            return kept.pieces

    return asyncio.run(run())


def test_an_open_connection_is_read_in_small_pieces() -> None:
    found = pieces(None, lambda: None)
    assert b"".join(found) == SENT
    assert max(map(len, found)) <= PIECE_BYTES


def test_a_sealed_connection_brings_everything(tmp_path: Path) -> None:
    certificate = _certified(tmp_path)
    found = pieces(_serving(certificate), lambda: _trusting(certificate))
    assert b"".join(found) == SENT


def test_a_sealed_connection_is_opened_in_small_pieces(tmp_path: Path) -> None:
    certificate = _certified(tmp_path)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = _serving(certificate).wrap_bio(there, back, server_side=True)
    client = _trusting(certificate).wrap_bio(back, there, server_hostname="localhost")
    for end in (client, server, client, server):
        with contextlib.suppress(ssl.SSLWantReadError):
            end.do_handshake()
    server.write(SENT[:16_000])
    assert client.read(262_144) == SENT[:PIECE_BYTES]


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        pieces(_serving(_certified(tmp_path)), small_sealed_reads)


def _serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def _trusting(certificate: Path) -> ssl.SSLContext:
    context = small_sealed_reads()
    context.load_verify_locations(certificate)
    return context


def _certified(folder: Path) -> Path:
    """A key and a certificate of localhost that only itself vouches for, in one file."""
    pytest.importorskip("cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "localhost.pem"
    path.write_bytes(plain + made.public_bytes(pem))
    return path
