"""Signatures, by the provider's own vectors and its own validator."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator

from channels_sms.adapter import Adapter
from inbox.ports import BadSignature, Hook
from telephony.bodies import kept
from telephony.signatures import form_text, sign, verify

TOKEN = "5f2a90cc1b7e4d3386a0e91d4477bb21"
URL = "https://inbox.example.org/hooks/twilio/sms?inbox=7"
BODY = (
    b"MessageSid=SM6a1f0c2be0d94d7f8b31c5a7e9024d18&AccountSid=AC00c4f1a7be3d49d2a8875e6b1390fa62"
    b"&From=%2B447700900127&To=%2B442079460123&Body=Gr%C3%BC%C3%9Fe+%26+100+%25+ok%3F&NumMedia=0"
    b"&MessagingServiceSid="
)
FORM = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}
SHARED = {"x-twilio-webhooks-signature-settings": "key=webhooks_sharedkey_01inv,algorithm=HMAC_SHA256"}


class Repeated(dict[str, str]):
    """A form as frameworks give it: a name may come twice."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        super().__init__(fields)
        self.fields = fields

    def getall(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]


def hook(url: str, body: bytes, signature: str, **headers: str) -> Hook:
    query = dict(parse_qsl(url.partition("?")[2], keep_blank_values=True))
    return Hook("POST", url, {**FORM, **headers, "x-twilio-signature": signature}, query, body)


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        (URL, "qPW1Q4SGfanZum36eoxQisJMyIc="),
        (URL, "bBQY1DTSnGkKAewh3+rdqU7rlDU="),
        (URL.replace(".org/", ".org:443/"), "qPW1Q4SGfanZum36eoxQisJMyIc="),
    ],
)
def test_forms_are_accepted_with_and_without_the_default_port(url: str, signature: str) -> None:
    verify(hook(url, BODY, signature), {"auth_token": ("another", TOKEN)})


def test_the_key_of_its_own_signs_with_sha256() -> None:
    signed = hook(URL, BODY, "9iL05lZRxCOyDp00nI+vYdmzG78FchX6Mf+WBXA+2OY=", **SHARED)

    verify(signed, {"shared_key": (TOKEN,), "auth_token": ("another",)})
    with pytest.raises(BadSignature):
        verify(signed, {"auth_token": (TOKEN,)})


def test_json_is_signed_through_its_checksum() -> None:
    body = b'{"probe":true,"n":3}'
    url = (
        "https://inbox.example.org/hooks/twilio/events"
        "?bodySHA256=0ce090d64f2dfec9415270887e327513305fbcaa2e66b699fdf5365faaea977f"
    )
    signed = hook(url, body, "Jd0vEPzfzQ6z/eYmXufcVMAW84o=")

    verify(signed, {"auth_token": (TOKEN,)})
    with pytest.raises(BadSignature):
        verify(replace(signed, body=body + b" "), {"auth_token": (TOKEN,)})


def test_a_pressed_key_is_signed_like_any_form() -> None:
    body = (
        b"AccountSid=AC00c4f1a7be3d49d2a8875e6b1390fa62&CallSid=CA93b0e64a1f7749c0a2d8e51c6bf07d35"
        b"&CallStatus=in-progress&Called=%2B447700900127&Caller=%2B442079460123&Digits=1"
        b"&Direction=outbound-api&FinishedOnKey=&From=%2B442079460123&To=%2B447700900127"
        b"&msg=Gather+End&ApiVersion=2010-04-01"
    )
    url = "https://inbox.example.org/hooks/twilio/gather?call=91"

    verify(hook(url, body, "QhB98bO305biZVgjS3qaHN8uDY4="), {"auth_token": (TOKEN,)})


def test_the_providers_own_validator_agrees() -> None:
    fields = [("B", "2"), ("a", "ü"), ("B", "1"), ("B", "2"), ("_", "")]
    signature = sign(URL + form_text(fields), TOKEN)

    assert RequestValidator(TOKEN).validate(URL, Repeated(fields), signature)


def test_card_numbers_are_cut_before_anything_is_kept() -> None:
    body = b"MessageSid=SM4111111111111111&Body=4111+1111+1111+1111"

    assert kept(hook(URL, body, "")) == (
        b"MessageSid=SM4111111111111111&Body=4111+11%E2%80%A2%E2%80%A2+"
        b"%E2%80%A2%E2%80%A2%E2%80%A2%E2%80%A2+1111"
    )


def test_what_our_address_told_is_kept_behind_the_body() -> None:
    url = "https://inbox.example.org/hooks/sms/0190/?ref=0190-ref&step=status&other=1"

    assert kept(hook(url, b"MessageSid=SM1", "")) == b"MessageSid=SM1&_ref=0190-ref&_step=status"
    [item] = Adapter().parse(kept(hook(url, b"MessageSid=SM1&MessageStatus=sent", "")))
    assert getattr(item, "client_ref", "") == "0190-ref"
