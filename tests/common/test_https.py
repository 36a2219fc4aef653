"""The outbound client over TLS, against a real server with certificates of its own authority."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from common.http import NotSent, call
from tests.common.names import resolver
from tests.servers import answering, byte_server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture(autouse=True)
def this_machine_may_be_called(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8", "::1/128"]


def _certificate(folder, name: str, issuer=None):
    """A key and certificate for `name`, signed by itself or by `issuer`: (key, certificate, path)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer_key, issuer_name = (issuer[0], issuer[1].subject) if issuer else (key, subject)
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(issuer_name, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        built.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return key, built, path


@pytest.fixture
def authority(tmp_path):
    return _certificate(tmp_path, "authority.example")


def _tls_server(tmp_path, authority, seen: list[str | None]):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path, "rebinding.example", authority)[2])
    context.sni_callback = lambda _, name, __: seen.append(name)
    return byte_server(answering(OK), context)


def _afresh(function: Callable[[], Any]) -> Any:
    """Run in a new thread, which has no connections and reads the settings of this test."""
    found = []

    def run() -> None:
        try:
            found.append(function())
        except Exception as error:  # noqa: BLE001
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def test_https_checks_the_certificate_of_the_name_in_the_address(tmp_path, authority, settings, monkeypatch):
    settings.OUTBOUND_CA_FILE = str(authority[2])
    names: list[str | None] = []
    with _tls_server(tmp_path, authority, names) as server:
        monkeypatch.setattr(socket, "getaddrinfo", resolver("127.0.0.1")[0])
        url = f"https://rebinding.example:{server.port}/"

        answer = _afresh(lambda: [call("GET", url).body for _ in range(3)])

    assert answer == [b"ok"] * 3
    assert names == ["rebinding.example"]
    assert server.connections == 1


def test_certificate_of_another_name_or_authority_is_not_sent(tmp_path, authority, settings, monkeypatch):
    with _tls_server(tmp_path, authority, []) as server:
        monkeypatch.setattr(socket, "getaddrinfo", resolver("127.0.0.1")[0])
        strange = _afresh(lambda: call("GET", f"https://rebinding.example:{server.port}/"))
        settings.OUTBOUND_CA_FILE = str(authority[2])
        misnamed = _afresh(lambda: call("GET", f"https://127.0.0.1:{server.port}/"))

    assert isinstance(strange, NotSent)
    assert isinstance(misnamed, NotSent)
    assert server.requests == []


def test_silence_instead_of_a_handshake_is_not_sent():
    with (
        byte_server(lambda _, server: server.over.wait(60)) as server,
        pytest.raises(NotSent, match="time was up"),
    ):
        call("GET", server.url.replace("http:", "https:"), timeout_s=0.4)
