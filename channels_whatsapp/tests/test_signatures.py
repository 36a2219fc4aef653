"""The door: signatures over raw bytes, several secrets, and the check of our address."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from channels_whatsapp.adapter import Adapter
from inbox.ports import BadSignature, Credentials, Hook

SIGNED = (Path(__file__).parent / "fixtures" / "63_signed_raw_body.json").read_bytes()
SECRET = "harbour-demo-app-secret"
SIGNATURE = "sha256=59654a4c94768156010f49e5615f7cc098190aa701953e61b1ffdb11ae3d803d"
URL = "https://parley.example/hooks/whatsapp/"


def hook(body: bytes = SIGNED, **headers: str) -> Hook:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Hook("POST", URL, named, {}, body)


def secrets(*values: str) -> Credentials:
    return {"app_secret": values, "verify_token": ("tok",)}


@pytest.mark.parametrize("accepted", [(SECRET,), ("new", SECRET), (SECRET, "old"), ("", SECRET)])
def test_recorded_signature_fits_while_its_secret_is_accepted(accepted):
    Adapter().verify(hook(x_hub_signature_256=SIGNATURE), secrets(*accepted))


@pytest.mark.parametrize(
    ("body", "signature", "accepted"),
    [
        pytest.param(SIGNED, SIGNATURE, ("other",), id="another secret"),
        pytest.param(SIGNED, SIGNATURE, (), id="no secret"),
        pytest.param(SIGNED + b"\n", SIGNATURE, (SECRET,), id="one byte more"),
        pytest.param(json.dumps(json.loads(SIGNED)).encode(), SIGNATURE, (SECRET,), id="written again"),
        pytest.param(SIGNED, "", (SECRET,), id="empty"),
        pytest.param(SIGNED, "sha256=", (SECRET,), id="prefix alone"),
        pytest.param(SIGNED, SIGNATURE.removeprefix("sha256="), (SECRET,), id="without prefix"),
        pytest.param(SIGNED, SIGNATURE[:-1], (SECRET,), id="cut"),
        pytest.param(SIGNED, SIGNATURE[:-1] + "é", (SECRET,), id="not ASCII"),
        pytest.param(SIGNED, SIGNATURE[:-1] + "\ud800", (SECRET,), id="half a character"),
    ],
)
def test_anything_else_is_refused(body, signature, accepted):
    with pytest.raises(BadSignature):
        Adapter().verify(hook(body, x_hub_signature_256=signature), secrets(*accepted))


def test_empty_secret_is_nobodys():
    signed_with_nothing = "sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"

    with pytest.raises(BadSignature):
        Adapter().verify(hook(b"", x_hub_signature_256=signed_with_nothing), secrets(""))


def test_old_kind_of_signature_alone_is_refused():
    with pytest.raises(BadSignature):
        Adapter().verify(hook(x_hub_signature="sha1=" + "0" * 40), secrets(SECRET))


def asked(**query: str) -> Hook:
    return Hook("GET", URL, {}, {f"hub.{name}": value for name, value in query.items()})


def test_challenge_comes_back_as_plain_text():
    answer = Adapter().handshake(asked(mode="subscribe", challenge="<b>1702", verify_token="tok"), secrets())

    assert answer
    assert (answer.status, answer.body, answer.content_type) == (200, b"<b>1702", "text/plain")


@pytest.mark.parametrize("token", ["", "wrong", "tok ", "tök", "\ud800"])
def test_wrong_token_is_refused(token):
    with pytest.raises(BadSignature):
        Adapter().handshake(asked(mode="subscribe", challenge="1", verify_token=token), secrets())


def test_unset_token_is_nobodys():
    with pytest.raises(BadSignature):
        Adapter().handshake(asked(mode="subscribe", challenge="1", verify_token=""), {"verify_token": ("",)})


def test_other_requests_are_no_handshake():
    assert Adapter().handshake(hook(), secrets()) is None
    assert Adapter().handshake(Hook("GET", URL, {}, {}), secrets()) is None
    assert Adapter().handshake(asked(mode="unsubscribe", verify_token="tok"), secrets()) is None
