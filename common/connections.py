"""Guarded connections under ``common.http``: each socket obeys the deadline and byte cap of the running call.

A call belongs to one thread, and so does a pooled connection; what the call may still do stands in a
thread-local, where sockets look at every read and write. So neither a slow drip of headers nor an endless
body can outlive the deadline, and we know for certain whether a byte of the request was written.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
from functools import cache
from time import monotonic
from typing import Any

import certifi
from django.conf import settings
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from common.addresses import Endpoint, NameNotFound, endpoints

#: A server that closes idle connections (uvicorn after 5 s) could close ours just as we write; a fresh
#: connection costs little, a message that may or may not have gone out costs a person's attention.
IDLE_S = 4.0
#: One of several addresses of a host may be dead; the next one gets its turn after this.
CONNECT_S = 5.0
#: Room for status line and headers beside the body.
HEAD_BYTES = 131_072
#: Hosts one thread keeps connections to.
HOSTS_PER_THREAD = 32


class NotSent(Exception):
    """The request never left: no byte of it was written. Trying again is safe."""


class TooLarge(Exception):
    """The answer is larger than the caller accepts."""


class Call:
    """What one call may still do: `ends_at` on the monotonic clock, bytes it may receive, and what it did."""

    __slots__ = ("bytes_left", "ends_at", "max_bytes", "wrote")

    def __init__(self, *, timeout_s: float, max_bytes: int) -> None:
        self.ends_at = monotonic() + timeout_s
        self.max_bytes = max_bytes
        self.bytes_left = max_bytes + HEAD_BYTES
        self.wrote = False

    def seconds_left(self) -> float:
        """Raises TimeoutError when the time is up."""
        left = self.ends_at - monotonic()
        if left <= 0:
            raise TimeoutError("the time is up")
        return left

    def received(self, size_bytes: int) -> None:
        """Raises TooLarge once more came than body and headers may take."""
        self.bytes_left -= size_bytes
        if self.bytes_left < 0:
            raise TooLarge(f"The answer is larger than {self.max_bytes} bytes.")


class _Here(threading.local):
    """What this thread has: the call in progress, and its connections."""

    call: Call
    transport: _Transport | None = None


_here = _Here()


def _forget_after_fork() -> None:
    """A child must not speak on its parent's connections."""
    global _here
    _here = _Here()


os.register_at_fork(after_in_child=_forget_after_fork)


def send(request: PreparedRequest, call: Call) -> Response:
    """Write a request on one of this thread's connections, bound by `call`; the body is still to be read.

    Redirects, cookies, proxies and credentials from the environment belong to requests' sessions, which have
    no part in this. Raises NotSent, TooLarge, AddressRefused, or what requests and urllib3 raise.
    """
    if _here.transport is None:
        _here.transport = _Transport(pool_connections=HOSTS_PER_THREAD, pool_maxsize=1)
    _here.call = call
    left_s = call.seconds_left()
    return _here.transport.send(request, stream=True, timeout=(left_s, left_s))


# ---------------------------------------------------------------- sockets


class _Guarded:
    """Laid over a socket class: each operation gets what is left of the call's time and bytes."""

    def recv_into(self, *args: Any) -> int:
        call = _here.call
        self.settimeout(call.seconds_left())  # type: ignore[attr-defined]
        size: int = super().recv_into(*args)  # type: ignore[misc]
        call.received(size)
        return size

    def send(self, *args: Any) -> int:
        self._before_writing()
        return super().send(*args)  # type: ignore[misc, no-any-return]

    def sendall(self, *args: Any) -> None:
        self._before_writing()
        super().sendall(*args)  # type: ignore[misc]

    def _before_writing(self) -> None:
        call = _here.call
        self.settimeout(call.seconds_left())  # type: ignore[attr-defined]
        call.wrote = True


class _Socket(_Guarded, socket.socket):
    """Plain TCP."""


class _TlsSocket(_Guarded, ssl.SSLSocket):
    """TLS; its handshake is bound by the timeout the plain socket had."""


@cache
def _tls(extra_ca_file: str) -> ssl.SSLContext:
    """Public certificate authorities, and the installation's own (settings.OUTBOUND_CA_FILE)."""
    context = ssl.create_default_context(cafile=certifi.where())
    if extra_ca_file:
        context.load_verify_locations(extra_ca_file)
    context.sslsocket_class = _TlsSocket
    return context


def _connect(host: str, port: int, *, secure: bool) -> socket.socket:
    """A socket to a checked address: the name is looked up once, so it cannot change after the check."""
    try:
        found = endpoints(host, port, secure=secure, timeout_s=_here.call.seconds_left())
    except NameNotFound as error:
        raise NotSent(str(error)) from None
    failure: OSError | None = None
    for endpoint in found:
        try:
            return _connect_to(endpoint)
        except OSError as error:
            failure = error
    raise NotSent(f"{host} could not be reached: {_why(failure)}.")


def _connect_to(endpoint: Endpoint) -> socket.socket:
    sock = _Socket(endpoint.family, socket.SOCK_STREAM)
    try:
        sock.settimeout(min(CONNECT_S, _here.call.seconds_left()))
        sock.connect(endpoint.address)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(_here.call.seconds_left())
    except BaseException:
        sock.close()
        raise
    return sock


def _why(error: OSError | None) -> str:
    if isinstance(error, TimeoutError):
        return "it took too long to connect"
    return ((error and error.strerror) or "no address answered").lower()


# ---------------------------------------------------------------- pools


class _Connection(HTTPConnection):
    """Plain HTTP over a checked address."""

    secure = False
    used_at = 0.0
    _held: list[bytes] | None = None

    def _new_conn(self) -> socket.socket:
        return _connect(self._dns_host, self.port, secure=self.secure)

    def request(self, method: str, url: str, body: Any = None, *args: Any, **options: Any) -> None:
        """Head and body in one write, where the body is there as a whole: half the packets, half the work."""
        if not isinstance(body, bytes):
            super().request(method, url, body, *args, **options)
            return
        held: list[bytes] = []
        self._held = held
        try:
            super().request(method, url, body, *args, **options)
        finally:
            self._held = None
        self.send(b"".join(held))

    def send(self, data: Any) -> None:
        if self._held is None:
            super().send(data)
        else:
            self._held.append(data)

    def getresponse(self) -> Any:
        self.used_at = monotonic()
        return super().getresponse()

    @property
    def is_connected(self) -> bool:
        return monotonic() - self.used_at < IDLE_S and super().is_connected


class _TlsConnection(_Connection, HTTPSConnection):
    """HTTPS over a checked address; certificate and SNI are those of the name in the URL."""

    secure = True


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Transport(HTTPAdapter):
    """requests' transport, with our connections and one TLS context for all."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        context = _tls(getattr(settings, "OUTBOUND_CA_FILE", ""))
        super().init_poolmanager(connections, maxsize, block, ssl_context=context, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """The context verifies; requests would read the whole list of authorities again per connection."""
        conn.cert_reqs = "CERT_REQUIRED"
