"""Calls to the REST API: address, password, and the translation of everything that is not a plain yes.

https://www.twilio.com/docs/usage/requests-to-twilio (read in November 2026)
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode

from common.http import AddressRefused, HttpAnswer, NoAnswer, NotSent, TooLarge, call
from common.untrusted import BadJson, read_json
from inbox.ports import Account, Json, SendError
from telephony.errors import CODES, Ruling

BASE_URL = "https://api.twilio.com"
VERSION = "2010-04-01"
TIMEOUT_S = 20.0
PAUSE_S = 10.0
LONGEST_PAUSE_S = 86_400.0
PAGE = 100
PAGES = 20

Fields = Sequence[tuple[str, str]]


def base(account: Account) -> str:
    """Where the API is, without a slash at the end."""
    return (account.base_url or BASE_URL).rstrip("/")


def account_sid(account: Account) -> str:
    """Raises SendError when it is missing."""
    found = str(account.config.get("account_sid") or "")
    if not found:
        raise SendError("config", "The account SID is missing.", permanent=True)
    return found


def basic(account: Account) -> dict[str, str]:
    """The header with the password: the API key where there is one, else the account's own token."""
    secrets = account.secrets
    user, password = secrets.get("api_key_sid", ""), secrets.get("api_key_secret", "")
    if not (user and password):
        user, password = account_sid(account), secrets.get("auth_token", "")
    if not password:
        raise SendError("auth", "The auth token is missing.", permanent=True)
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def ask(
    account: Account,
    method: str,
    resource: str = "",
    *,
    form: Fields = (),
    params: Mapping[str, str] | None = None,
    sends: bool = False,
) -> Json:
    """Make one call below the account and give the answer's object. Raises SendError for all but a clear yes.

    resource: "Messages", "Calls/CA…", or "" for the account itself. sends: can this call reach a customer?
    """
    path = f"/{VERSION}/Accounts/{account_sid(account)}" + (f"/{resource}" if resource else "") + ".json"
    return _ask(account, method, base(account) + path, form=form, params=params, sends=sends)


def pages(account: Account, resource: str, params: Mapping[str, str]) -> Iterator[Json]:
    """Every page of a list, newest first. Raises SendError."""
    page = ask(account, "GET", resource, params={"PageSize": str(PAGE), **params})
    for _ in range(PAGES):
        yield page
        following = page.get("next_page_uri")
        if not isinstance(following, str) or not following.startswith("/"):
            return
        page = _ask(account, "GET", base(account) + following)


def _ask(
    account: Account,
    method: str,
    url: str,
    *,
    form: Fields = (),
    params: Mapping[str, str] | None = None,
    sends: bool = False,
) -> Json:
    headers = {**basic(account), "Accept": "application/json"}
    data = None
    if method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        data = urlencode(form).encode()
    try:
        answer = call(method, url, headers=headers, params=params, data=data, timeout_s=TIMEOUT_S)
    except AddressRefused as error:
        raise SendError("config", str(error), permanent=True) from None
    except NotSent as error:
        raise SendError("unavailable", str(error), permanent=False) from None
    except (NoAnswer, TooLarge) as error:
        raise SendError("unavailable", str(error), permanent=False, may_have_sent=sends) from None
    return _read(answer, sends=sends)


def _read(answer: HttpAnswer, *, sends: bool) -> Json:
    try:
        data = read_json(answer.body)
    except BadJson:
        data = None
    data = data if isinstance(data, dict) else {}
    if answer.is_ok and data:
        return data
    code = data.get("code")
    if answer.status >= 400 and isinstance(code, int):
        raise _refusal(code, str(data.get("message") or ""), answer)
    raise unclear(answer.status, answer.headers, sends=sends)


def _refusal(code: int, said: str, answer: HttpAnswer) -> SendError:
    """The provider's own error: a clear no, judged by its code; by the HTTP status when it is new to us."""
    ruling = CODES.get(code)
    if ruling is None:
        found = unclear(answer.status, answer.headers, sends=False)
        ruling = Ruling(found.reason, "", found.permanent)
    return SendError(
        ruling.reason,
        said[:300] or ruling.title,
        permanent=ruling.permanent,
        retry_after_s=_pause(answer.headers, ruling.reason),
        provider_code=str(code),
        title=ruling.title,
    )


def unclear(status: int, headers: Mapping[str, str], *, sends: bool) -> SendError:
    """An answer without an error we can read."""
    said = f"The provider answered with status {status} and nothing we can read."
    if status == 429:
        return SendError("throttled", said, permanent=False, retry_after_s=_pause(headers, "throttled"))
    if status in {401, 403}:
        return SendError("auth", said, permanent=True)
    if status in {404, 405, 410} or 300 <= status < 400:
        return SendError("config", f"{said} Check the address of the API.", permanent=True)
    if 400 <= status < 500 and status not in {408, 425}:
        return SendError("invalid", said, permanent=True)
    pause = _pause(headers, "unavailable")
    is_refusal = status in {408, 425} or (status == 503 and "retry-after" in headers)
    may_have_sent = sends and not is_refusal
    return SendError("unavailable", said, permanent=False, retry_after_s=pause, may_have_sent=may_have_sent)


def _pause(headers: Mapping[str, str], reason: str) -> float | None:
    """How long to wait: what the server says, else a moment when we were too fast."""
    if reason not in {"throttled", "unavailable"}:
        return None
    text = headers.get("retry-after", "")
    if text.isascii() and text.isdecimal():
        return min(float(text[:9]), LONGEST_PAUSE_S)
    return PAUSE_S if reason == "throttled" else None
