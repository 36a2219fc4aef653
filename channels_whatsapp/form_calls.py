"""Asking the business's own system what a form shows next: the question, and every way it can end.

https://developers.facebook.com/documentation/business-messaging/whatsapp/flows/guides/implementingyourflowendpoint
(September 2026)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from django.utils import timezone

from channels_whatsapp.models import FormEndpoint
from channels_whatsapp.values import line, record
from common import http
from common.ids import uuid7
from common.signed_calls import signed_headers
from inbox.ports import Json

Fault = FormEndpoint.Fault
#: Phones wait for ten seconds, the way there and back included.
DEADLINE_S = 8.0
#: Of an answer: pictures in it stand as base64.
ANSWER_BYTES = 1_048_576
SCREEN_CHARS = 200
#: The screen with which a form ends, and the status that says its token is good no longer.
SUCCESS, OVER = "SUCCESS", 427


class Unanswered(Exception):
    """The business's system gave no answer that a phone could use. detail: for its admins, in English."""

    def __init__(self, fault: FormEndpoint.Fault, detail: str) -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault, self.detail = fault, detail


class TokenOver(Exception):
    """The business says that this form's token is good no longer. sentence: for the person, may be ""."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def ask_business(url: str, question: Json, *, secrets: Sequence[str], timeout_s: float = DEADLINE_S) -> Json:
    """What the phone is to show: {screen, data}. Raises Unanswered, TokenOver."""
    body = orjson.dumps(question)
    headers = signed_headers(body, keys=secrets, call_id=f"form_{uuid7()}", at=timezone.now())
    sent = {"Content-Type": "application/json", "Accept": "application/json", **headers}
    try:
        answer = http.call("POST", url, headers=sent, data=body, timeout_s=timeout_s, max_bytes=ANSWER_BYTES)
    except http.AddressRefused as error:
        raise Unanswered(Fault.ADDRESS, str(error)) from None
    except http.NotSent as error:
        raise Unanswered(Fault.UNREACHABLE, str(error)) from None
    except http.NoAnswer as error:
        raise Unanswered(Fault.SILENT, str(error)) from None
    except http.TooLarge as error:
        raise Unanswered(Fault.TOO_LARGE, str(error)) from None
    return _read(answer, question["flow_token"])


def _read(answer: http.HttpAnswer, token: str) -> Json:
    if answer.status == OVER:
        raise TokenOver(_sentence(answer.body))
    if not answer.is_ok:
        raise Unanswered(Fault.STATUS, f"It answered with status {answer.status}.")
    try:
        found = orjson.loads(answer.body)
        orjson.dumps(found)  # what is nested deeper than we could write is refused here, not later
    except (ValueError, TypeError):
        raise Unanswered(Fault.GARBAGE, "Its answer is no JSON.") from None
    return _shown(found, token)


def _sentence(body: bytes) -> str:
    try:
        return line(record(orjson.loads(body)), "error_msg")
    except ValueError:
        return ""


def _shown(found: Any, token: str) -> Json:
    """An answer as phones take it: a screen and its data, or the end. Raises Unanswered."""
    if not isinstance(found, dict):
        raise Unanswered(Fault.GARBAGE, "Its answer is no object.")
    if "close" in found:
        return _end(found["close"], token)
    screen, data = found.get("screen"), found.get("data", {})
    is_named = isinstance(screen, str) and 0 < len(screen) <= SCREEN_CHARS
    if not is_named or not isinstance(data, dict):
        raise Unanswered(Fault.GARBAGE, "Its answer has no “screen” (a text) with “data” (an object).")
    if screen == SUCCESS:
        return _end(record(data.get("extension_message_response")).get("params", {}), token)
    return {"screen": screen, "data": data}


def _end(params: Any, token: str) -> Json:
    """The form closes, and these come as its answer, with the token by which programs know it."""
    if not isinstance(params, dict):
        raise Unanswered(Fault.GARBAGE, "“close” is no object.")
    told = {"extension_message_response": {"params": {"flow_token": token, **params}}}
    return {"screen": SUCCESS, "data": told}
