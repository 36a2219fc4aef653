"""Calls to the Graph API: address, token, and the translation of everything that is not a plain yes.

https://developers.facebook.com/documentation/business-messaging/whatsapp/about-the-platform (September 2026)
"""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from channels_whatsapp.errors import CODES, UNKNOWN_OBJECT, Ruling, code_of, detail_of
from channels_whatsapp.hints import advice
from channels_whatsapp.values import line, record, word
from common.http import AddressRefused, HttpAnswer, NoAnswer, NotSent, TooLarge, call
from common.untrusted import BadJson, read_json
from inbox.ports import Account, Json, SendError

BASE_URL = "https://graph.facebook.com"
VERSION = "v26.0"
TIMEOUT_S = 20.0
#: When told "too fast" without a time.
PAUSE_S = 10.0
LONGEST_PAUSE_S = 86_400.0
#: In a channel's config: whether its app wants each call proved.
PROOF = "app_proof"

_VERSIONED = re.compile(r"/v[0-9]+\.[0-9]+$")


def address(account: Account, *path: str) -> str:
    """The address of a node or edge; `base_url` may carry a version of its own."""
    base = (account.base_url or BASE_URL).rstrip("/")
    if not _VERSIONED.search(base):
        base = f"{base}/{VERSION}"
    return "/".join([base, *(quote(part, safe=":") for part in path)])


def bearer(account: Account) -> dict[str, str]:
    """The header that carries the access token. Raises SendError when there is no usable one."""
    token = account.secrets.get("access_token", "")
    if not token or not token.isascii() or any(character.isspace() for character in token):
        raise SendError("auth", "The access token is missing or holds spaces.", permanent=True)
    return {"Authorization": f"Bearer {token}"}


@dataclass(frozen=True, slots=True)
class Body:
    """What a request carries beside its address; see ``common.http.call``."""

    json: Any = None
    data: Mapping[str, str] | bytes | None = None
    files: Mapping[str, Any] | None = None
    params: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None


def ask(
    account: Account,
    method: str,
    *path: str,
    body: Body = Body(),
    sends: bool = False,
    timeout_s: float = TIMEOUT_S,
) -> Json:
    """Make one call and give the answer's object. Raises SendError for everything but a clear yes.

    sends: does this call put a message on its way? Only then can it be that it did so without telling us.
    """
    headers = {**bearer(account), **(body.headers or {})}
    if account.config.get(PROOF) is True:
        body = replace(body, params={**(body.params or {}), "appsecret_proof": _proof(account)})
    return ask_openly(
        method, address(account, *path), body=body, headers=headers, sends=sends, timeout_s=timeout_s
    )


def _proof(account: Account) -> str:
    """That whoever has the token has the app's secret too.

    https://developers.facebook.com/docs/graph-api/guides/secure-requests (November 2026)"""
    secret, token = (account.secrets.get(name, "").encode() for name in ("app_secret", "access_token"))
    return hmac.new(secret, token, sha256).hexdigest()


def do(account: Account, method: str, *path: str, body: Body = Body()) -> None:
    """Have something changed. Raises SendError unless the answer says that it is done.

    may_have_sent of the error: nobody can say whether it was done.
    """
    must_be_done(ask(account, method, *path, body=body, sends=True))


def must_be_done(answer: Json, *, is_told: bool = False) -> None:
    """Raises SendError unless an answer to a change says that it is done, or will be.

    is_told: the answer says so in words of its own. may_have_sent of the error: nobody can say.
    """
    if answer.get("success") is True or is_told:
        return
    if answer.get("success") is False:
        said = line(answer, "reason") or "The provider says that it was not done."
        raise SendError("invalid", said, permanent=True)
    said = "The provider's answer does not say whether it was done."
    raise SendError("unavailable", said, permanent=False, may_have_sent=True)


def must_be(is_so: bool, what: str) -> None:
    """Raises SendError unless an answer is what was asked for: what is not there would be taken for nothing.

    what: in the words that follow “The provider's answer is not …”.
    """
    if not is_so:
        raise SendError("unavailable", f"The provider's answer is not {what}.", permanent=False)


def rows_of(answer: Json) -> list[Json]:
    """The objects of a list. Raises SendError when the answer holds no list, or nothing of it can be read.

    An answer that is no list must never look like an empty one: what is missing in a list is forgotten here.
    """
    data = answer.get("data")
    rows = [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []
    if not isinstance(data, list) or (data and not rows):
        raise SendError("unavailable", "The provider's answer is not the list it should be.", permanent=False)
    return rows


def ask_openly(
    method: str,
    url: str,
    *,
    body: Body = Body(),
    headers: Mapping[str, str] | None = None,
    sends: bool = False,
    timeout_s: float = TIMEOUT_S,
) -> Json:
    """The same without an account, for a call that shows who asks by what it says."""
    try:
        answer = call(
            method, url, headers=headers, timeout_s=timeout_s,
            json=body.json, data=body.data, files=body.files, params=body.params,
        )  # fmt: skip
    except AddressRefused as error:
        raise SendError("config", str(error), permanent=True) from None
    except NotSent as error:
        raise SendError("unavailable", str(error), permanent=False) from None
    except (NoAnswer, TooLarge) as error:
        raise SendError("unavailable", str(error), permanent=False, may_have_sent=sends) from None
    return _read(answer, sends=sends)


def _read(answer: HttpAnswer, *, sends: bool) -> Json:
    try:
        data = record(read_json(answer.body))
    except BadJson:
        data = {}
    if error := record(data.get("error")):
        raise _refusal(error, answer, sends=sends)
    if answer.is_ok and data and not data.get("error"):
        return data
    raise unclear(answer.status, answer.headers, sends=sends)


def _refusal(error: Json, answer: HttpAnswer, *, sends: bool) -> SendError:
    """The provider's own error, judged by its code; by the HTTP status when the code is new to us."""
    code = code_of(error)
    ruling = _ruling(code, error)
    if ruling is None:
        found = unclear(answer.status, answer.headers, sends=sends)
        ruling = Ruling(found.reason, line(error, "message"), found.permanent, None, found.may_have_sent)
        if error.get("is_transient") is True:
            ruling = Ruling("unavailable", ruling.title, permanent=False, may_have_sent=found.may_have_sent)
    return SendError(
        ruling.reason,
        detail_of(error) or ruling.title,
        permanent=ruling.permanent,
        retry_after_s=_pause(answer.headers, ruling),
        provider_code="" if code is None else str(code),
        title=ruling.title,
        may_have_sent=sends and ruling.may_have_sent,
        hold=ruling.hold(detail_of(error)) if sends else None,
        is_held=ruling.is_held,
        advice=advice(code, ruling.title, ruling.fix),
    )


def _ruling(code: int | None, error: Json) -> Ruling | None:
    if code == 100 and word(error, "error_subcode") == str(UNKNOWN_OBJECT):
        return Ruling("config", "This id is unknown, or the access token may not see it")
    subcode = word(error, "error_subcode")
    if code == 100 and subcode.isdecimal() and int(subcode) in CODES:
        return CODES[int(subcode)]
    return CODES.get(code) if code is not None else None


def unclear(status: int, headers: Mapping[str, str], *, sends: bool) -> SendError:
    """An answer without an error we can read: from something in between, or a yes that says nothing."""
    said = f"The provider answered with status {status} and nothing we can read."
    if status == 429:
        pause = _pause(headers, Ruling("throttled", ""))
        return SendError("throttled", said, permanent=False, retry_after_s=pause)
    if status in {401, 403}:
        return SendError("auth", said, permanent=True)
    if status in {404, 405, 410} or 300 <= status < 400:
        return SendError("config", f"{said} Check the address of the API.", permanent=True)
    if status in {408, 425}:
        return SendError("unavailable", said, permanent=False)
    if 400 <= status < 500:
        return SendError("invalid", said, permanent=True)
    asked_to_wait = status == 503 and "retry-after" in headers  # A refusal, not an accident on the way.
    pause = _pause(headers, Ruling("unavailable", ""))
    return SendError(
        "unavailable", said, permanent=False, retry_after_s=pause, may_have_sent=sends and not asked_to_wait
    )


def _pause(headers: Mapping[str, str], ruling: Ruling) -> float | None:
    """How long to wait: what the server says, else the code's own time, else a default for "too fast"."""
    if not ruling.permanent or ruling.reason in {"throttled", "unavailable"}:
        said = _retry_after(headers.get("retry-after", ""))
        if said is not None:
            return said
    if ruling.reason == "throttled" and ruling.retry_after_s is None:
        return PAUSE_S
    return ruling.retry_after_s


def _retry_after(text: str) -> float | None:
    """Seconds, or a date."""
    if text.isascii() and text.isdecimal():
        return min(float(text[:9]), LONGEST_PAUSE_S)
    try:
        wait_s = parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
    return min(max(wait_s, 0.0), LONGEST_PAUSE_S)
