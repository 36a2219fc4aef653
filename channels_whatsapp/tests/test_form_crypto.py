"""What pywa, written by others for the real thing, and we make of the same request and its answer."""

from __future__ import annotations

import base64
import json

import pytest
from pywa.utils import default_flow_request_decryptor, default_flow_response_encryptor

from channels_whatsapp.form_crypto import CannotOpen, new_pair, open_request, seal_answer
from simulator import flow_crypto

SAID = {"version": "3.0", "action": "INIT", "flow_token": "tok", "data": {"name": "Zoë", "n": 1}}
PRIVATE, PUBLIC = new_pair()
OTHER, _ = new_pair()


def asked() -> flow_crypto.Question:
    return flow_crypto.question(SAID, PUBLIC)


def test_a_request_is_read_as_pywa_reads_it() -> None:
    sent = asked()

    opened = open_request(json.dumps(sent.body).encode(), [OTHER, PRIVATE])

    body = sent.body
    theirs = default_flow_request_decryptor(
        body["encrypted_flow_data"], body["encrypted_aes_key"], body["initial_vector"], PRIVATE
    )
    assert (opened.said, opened.key, opened.vector) == theirs
    assert opened.said == SAID


def test_an_answer_is_sealed_as_pywa_seals_it() -> None:
    sent, shown = asked(), {"screen": "DAYS", "data": {"day": "Sonntag, früh"}}

    sealed = seal_answer(open_request(json.dumps(sent.body).encode(), [PRIVATE]), shown)

    theirs = default_flow_response_encryptor(shown, sent.key, sent.vector)
    assert sent.read(sealed) == sent.read(theirs.encode()) == shown


def changed(name: str, at: int) -> bytes:
    """A request with one byte of one part turned."""
    body = dict(asked().body)
    raw = bytearray(base64.b64decode(body[name]))
    raw[at] ^= 1
    return json.dumps({**body, name: base64.b64encode(raw).decode()}).encode()


@pytest.mark.parametrize("name", ["encrypted_flow_data", "encrypted_aes_key", "initial_vector"])
@pytest.mark.parametrize("at", [0, -1])
def test_one_byte_changed_anywhere_and_it_is_not_opened(name: str, at: int) -> None:
    with pytest.raises(CannotOpen):
        open_request(changed(name, at), [PRIVATE])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"encrypted_aes_key": null, "initial_vector": "", "encrypted_flow_data": ""}',
        b'{"encrypted_aes_key": "AA==", "initial_vector": "AA==", "encrypted_flow_data": "AA=="}',
        '{"encrypted_aes_key": "ä", "initial_vector": "AA==", "encrypted_flow_data": "AA=="}'.encode(),
    ],
)
def test_what_is_no_request_is_not_opened(body: bytes) -> None:
    with pytest.raises(CannotOpen):
        open_request(body, [PRIVATE])


@pytest.mark.parametrize("vector", [0, 7, 129])
def test_a_vector_of_another_length_is_no_fault_of_ours(vector: int) -> None:
    body = {**asked().body, "initial_vector": base64.b64encode(bytes(vector)).decode()}

    with pytest.raises(CannotOpen):
        open_request(json.dumps(body).encode(), [PRIVATE])
