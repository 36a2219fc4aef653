"""The key with which phones encrypt forms: set at Meta, never the private one."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization as formats
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from tests.api.conftest import program_of
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.whatsapp.conftest import graph

pytestmark = pytest.mark.django_db
EDGE = f"{ACME_ACCOUNT}/whatsapp_business_encryption"


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def pair(bits: int = 2048) -> tuple[str, str]:
    """(public, private) as they stand in files."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    kind = formats.PublicFormat.SubjectPublicKeyInfo
    hidden = key.private_bytes(
        formats.Encoding.PEM, formats.PrivateFormat.PKCS8, formats.NoEncryption()
    ).decode()
    return key.public_key().public_bytes(formats.Encoding.PEM, kind).decode(), hidden


@pytest.fixture
def page(cast: Cast, provider: FarEnd) -> str:
    provider.register(ACME_ACCOUNT, form_key="")
    return f"/console/channels/{cast.acme_number.id}/form-key/"


def test_a_key_is_signed_by_meta_and_grows_old_when_the_number_is_registered_anew(
    provider: FarEnd, page: str, alice_client: Client
) -> None:
    alice_client.post(f"{page}reading/")
    assert "No key is set for this number." in words(alice_client.get(page))
    public, _ = pair()

    answer = alice_client.post(page, {"key": public.replace("\n", "\r\n  ")}, follow=True)

    assert "Meta has signed a key for this number." in words(answer)
    assert graph(provider, "GET", EDGE).json()["data"][0]["business_public_key"] == public

    pin = {"messaging_product": "whatsapp", "pin": "123456"}
    assert graph(provider, "POST", f"{ACME_ACCOUNT}/register", json=pin).json() == {"success": True}
    alice_client.post(f"{page}reading/")
    assert "The signature no longer fits" in words(alice_client.get(page))


def test_what_is_no_public_key_stays_here(provider: FarEnd, page: str, alice_client: Client) -> None:
    small, (_, private) = pair(1024)[0], pair()

    answers = {
        text: words(alice_client.post(page, {"key": text})) for text in (private, small, "BEGIN nothing")
    }

    assert "This is the private key." in answers[private]
    assert "PRIVATE KEY-----" not in answers[private]
    assert "2,048 bits" in answers[small]
    assert "no public key" in answers["BEGIN nothing"]
    assert graph(provider, "GET", EDGE).json() == {"data": []}


def test_a_program_sets_it_and_a_stranger_finds_nothing(
    cast: Cast, provider: FarEnd, page: str, charlie_client: Client
) -> None:
    path = f"whatsapp/numbers/{cast.acme_number.id}/form_key"
    program = program_of(cast.acme)

    assert program.get(path).data == {"status": "none", "made_here": False}
    assert program.put(path, {"public_key": pair()[0]}).data == {"status": "valid", "made_here": False}
    assert program.put(path, {"public_key": "nothing"}).code == "validation_failed"
    assert program_of(cast.globex).get(path).status == 404
    assert charlie_client.get(page).status_code == 404
