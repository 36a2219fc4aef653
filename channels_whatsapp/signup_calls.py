"""Meta's signup: the code a person comes back with becomes a token, and the token tells what it opens.

https://developers.facebook.com/documentation/business-messaging/whatsapp/embedded-signup/overview and
https://developers.facebook.com/docs/facebook-login/guides/access-tokens/debugging (September 2026)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.utils import timezone

from channels_whatsapp.graph import Body, address, ask, ask_openly, must_be, rows_of
from channels_whatsapp.values import LAST_SECOND, line, record, word
from inbox.ports import Account, Json, SendError

#: A token that ends sooner is made into one that lasts.
LASTING = timedelta(days=10)
MANAGE, MESSAGE = "whatsapp_business_management", "whatsapp_business_messaging"
ACCOUNTS_MAX, PAGES_MAX = 30, 10
APP_UNKNOWN, CODE_USED = "101", "36009"
NUMBER_FIELDS = "id,display_phone_number,verified_name,status,code_verification_status"


@dataclass(frozen=True, slots=True)
class App:
    """An app at Meta. base_url: of the API, "" for Meta's own."""

    id: str
    secret: str = field(repr=False)
    base_url: str = ""

    @property
    def account(self) -> Account:
        """The app as one who asks."""
        return self.holding(f"{self.id}|{self.secret}")

    def holding(self, token: str, waba_id: str = "") -> Account:
        """One who asks with a token of this app."""
        return Account(waba_id, self.base_url, {"waba_id": waba_id}, {"access_token": token})


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person allowed. until: when the token ends, None for never."""

    token: str = field(repr=False)
    until: datetime | None
    waba_ids: tuple[str, ...]


def dialog_url(login_url: str, *, app_id: str, config_id: str, back: str, state: str) -> str:
    """Where a person agrees; they come back to `back` with ?code=…&state=…"""
    query = {
        "client_id": app_id, "redirect_uri": back, "state": state, "response_type": "code",
        "override_default_response_type": "true", "config_id": config_id,
    }  # fmt: skip
    return f"{address(App('', '', login_url).account, 'dialog', 'oauth')}?{urlencode(query)}"


def grant(app: App, *, code: str, redirect_uri: str) -> Grant:
    """Exchange a code, which is good once and for half a minute. Raises SendError."""
    asked = {"code": code} | ({"redirect_uri": redirect_uri} if redirect_uri else {})
    token, lives = _token(app, asked)
    if lives is not None and lives < LASTING:
        token, lives = _token(app, {"grant_type": "fb_exchange_token", "fb_exchange_token": token})
    return _inspected(app, token)


def _token(app: App, asked: dict[str, str]) -> tuple[str, timedelta | None]:
    params = {"client_id": app.id, "client_secret": app.secret, **asked}
    url = address(app.account, "oauth", "access_token")
    try:
        answer = ask_openly("GET", url, body=Body(params=params))
    except SendError as error:
        raise _clearer(error) from None
    token, seconds = word(answer, "access_token", 2_000), answer.get("expires_in")
    if not token or not token.isascii() or any(character.isspace() for character in token):
        raise SendError("unavailable", "The provider's answer holds no access token.", permanent=False)
    is_time = type(seconds) is int and 0 < seconds < LAST_SECOND
    return token, timedelta(seconds=seconds) if is_time and isinstance(seconds, int) else None


def _clearer(error: SendError) -> SendError:
    """Here their codes 1 and 101 mean the app, and 100 the code."""
    if error.provider_code in {"1", APP_UNKNOWN}:
        return SendError(
            "auth", error.detail, permanent=True, provider_code=APP_UNKNOWN,
            title="Meta does not know this app, or its secret is another one",
        )  # fmt: skip
    if error.provider_code == "100":
        title = "Meta does not take the code"
        return SendError("invalid", error.detail, permanent=True, provider_code=CODE_USED, title=title)
    return error


def _inspected(app: App, token: str) -> Grant:
    """Whose token it is, and what it opens. Raises SendError."""
    answer = ask(app.account, "GET", "debug_token", body=Body(params={"input_token": token}))
    data = record(answer.get("data"))
    if type(data.get("is_valid")) is not bool:
        raise SendError("unavailable", "The provider's answer says nothing of the token.", permanent=False)
    if not data["is_valid"]:
        said = line(record(data.get("error")), "message") or "Meta does not take its own token."
        raise SendError("auth", said, permanent=True)
    if word(data, "app_id") != app.id:
        raise SendError("auth", "The token belongs to another app.", permanent=True)
    targets = dict(_scopes(data))
    if missing := [scope for scope in (MANAGE, MESSAGE) if scope not in targets]:
        raise SendError("auth", f"The person did not allow {' and '.join(missing)}.", permanent=True)
    if not targets[MANAGE]:
        raise SendError("config", "The person chose no WhatsApp account.", permanent=True)
    return Grant(token, _end(data), tuple(targets[MANAGE][:ACCOUNTS_MAX]))


def _scopes(data: Json) -> Iterator[tuple[str, list[str]]]:
    """Permission → the accounts it holds for."""
    found = data.get("granular_scopes")
    for one in found if isinstance(found, list) else []:
        ids = record(one).get("target_ids")
        kept = [str(id_) for id_ in ids if str(id_).isdecimal()] if isinstance(ids, list) else []
        yield word(record(one), "scope"), kept


def _end(data: Json) -> datetime | None:
    seconds = data.get("expires_at")
    is_time = isinstance(seconds, int) and 0 < seconds < LAST_SECOND
    return datetime.fromtimestamp(seconds, UTC) if is_time and isinstance(seconds, int) else None


def token_end(app: App, token: str) -> datetime | None:
    """When a token ends, None for never. Raises SendError, also when it has ended."""
    answer = ask(app.account, "GET", "debug_token", body=Body(params={"input_token": token}))
    data = record(answer.get("data"))
    if type(data.get("is_valid")) is not bool:
        raise SendError("unavailable", "The provider's answer says nothing of the token.", permanent=False)
    return _end(data) if data["is_valid"] else timezone.now()


def opened(app: App, granted: Grant) -> list[Json]:
    """The accounts a token opens, each with its numbers; see ``models.Signup``. Raises SendError."""
    return [_opened(app, granted.token, waba_id) for waba_id in granted.waba_ids]


def _opened(app: App, token: str, waba_id: str) -> Json:
    account = app.holding(token, waba_id)
    about = ask(account, "GET", waba_id, body=Body(params={"fields": "id,name,account_review_status"}))
    must_be(word(about, "id") == waba_id, "about this account")
    return {
        "waba_id": waba_id,
        "name": line(about, "name")[:200] or waba_id,
        "review": word(about, "account_review_status", 40),
        "numbers": list(_numbers(account, waba_id)),
    }


def _numbers(account: Account, waba_id: str) -> Iterator[Json]:
    after = ""
    for _page in range(PAGES_MAX):
        params = {"fields": NUMBER_FIELDS, "limit": "100"} | ({"after": after} if after else {})
        answer = ask(account, "GET", waba_id, "phone_numbers", body=Body(params=params))
        yield from filter(None, map(_number, rows_of(answer)))
        paging = record(answer.get("paging"))
        after = word(record(paging.get("cursors")), "after") if "next" in paging else ""
        if not after:
            return


def _number(row: Json) -> Json | None:
    """A number as it can be chosen; None for one that cannot be told from others."""
    phone = "".join(one for one in word(row, "display_phone_number", 40) if one.isdecimal())
    if not word(row, "id", 40).isdecimal() or not phone.isascii() or not 5 <= len(phone) <= 15:
        return None
    return {
        "id": word(row, "id", 40),
        "phone": f"+{phone}",
        "name": line(row, "verified_name")[:120],
        "status": word(row, "status", 40),
        "verification": word(row, "code_verification_status", 40),
    }
