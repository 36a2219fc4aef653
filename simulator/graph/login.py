"""Embedded signup: the dialog a person agrees in, its code, the tokens made of it, and what they open."""

import html
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from simulator.errors import GraphError
from simulator.models import Login
from simulator.simulation import Simulation

Json = dict[str, Any]
_CODE_LIVES_S = 30
_SHORT_S, _LONG_S = 3600, 60 * 86_400
_SCOPES = ("whatsapp_business_management", "whatsapp_business_messaging")


@dataclass(frozen=True, slots=True)
class Ask:
    """A call of this page: no number is known yet. token: the bearer's, or the parameter's."""

    sim: Simulation
    path: str
    params: dict[str, str]
    token: str | None


def serves(path: str) -> str:
    """The part of the path that is ours, or "": with or without a version before it."""
    *version, area, name = ["", "", *path.strip("/").split("/")]
    found = "debug_token" if name == "debug_token" else f"{area}/{name}"
    is_whole = len([part for part in version if part]) <= 1
    return found if found in (*HANDLERS, "dialog/oauth") and is_whole else ""


def dialog(ask: Ask) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    """GET /dialog/oauth: the page where a person lets an app use accounts; its button leads back."""
    params = ask.params
    back, app_id = params.get("redirect_uri", ""), params.get("client_id", "")
    if urlsplit(back).scheme not in ("http", "https") or not _accounts(ask.sim, app_id):
        return 400, b"Invalid app id or redirect_uri.", [(b"content-type", b"text/plain")]
    chosen = params.get("accounts")
    if "cancel" in params:
        return _away(back, {"error": "access_denied", "error_reason": "user_denied"}, params)
    if chosen is not None:
        return _away(back, {"code": new_code(ask.sim, app_id, chosen.split(","), back)}, params)
    return 200, _page(ask, app_id).encode(), [(b"content-type", b"text/html; charset=utf-8")]


def _away(back: str, told: Json, params: dict[str, str]) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    query = urlencode({**told, "state": params.get("state", "")})
    return 302, b"", [(b"location", f"{back}?{query}".encode())]


def _accounts(sim: Simulation, app_id: str) -> dict[str, list[str]]:
    """Accounts of this app → the names and numbers in them."""
    found: dict[str, list[str]] = {}
    for number in sim.world.numbers.values():
        if number.app_id == app_id and not number.is_line:
            words = f"{number.verified_name} +{number.display_phone_number}"
            found.setdefault(number.waba_id, []).append(words)
    return found


def _page(ask: Ask, app_id: str) -> str:
    accounts = _accounts(ask.sim, app_id)
    kept = {name: value for name, value in ask.params.items() if name not in ("accounts", "cancel")}

    def link(**more: str) -> str:
        return html.escape(f"?{urlencode({**kept, **more})}")

    rows = "".join(
        f'<li><a href="{link(accounts=waba)}">{html.escape("; ".join(names))}</a></li>'
        for waba, names in accounts.items()
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Connect to WhatsApp</title>'
        '<link rel="icon" href="/static/phone/icon.svg">'
        '<link rel="stylesheet" href="/static/css/tokens.css">'
        '<link rel="stylesheet" href="/static/phone/css/login.css">'
        "<main><h1>Which account may the app use?</h1>"
        "<p>Here a person agrees at Meta. It belongs to the simulator.</p>"
        f'<ul>{rows}</ul><p><a href="{link(accounts=",".join(accounts))}">All of them</a> · '
        f'<a href="{link(cancel="1")}">Cancel</a></p></main></html>'
    )


def new_code(sim: Simulation, app_id: str, waba_ids: list[str], redirect_uri: str = "") -> str:
    """What the dialog hands to the business: good once, for half a minute."""
    code = f"AQ{secrets.token_urlsafe(40)}"
    sim.codes[code] = (sim.world.now(), app_id, waba_ids, redirect_uri)
    return code


async def access_token(ask: Ask) -> Json:
    """GET /oauth/access_token: a code, or a short-lived token, becomes a token. Raises GraphError."""
    params = ask.params
    app_id = params.get("client_id", "")
    _check_app(ask.sim, app_id, params.get("client_secret", ""))
    if params.get("grant_type") == "fb_exchange_token":
        old = ask.sim.world.logins.get(params.get("fb_exchange_token", ""))
        if old is None or old.app_id != app_id:
            raise GraphError(190, message="Invalid OAuth access token.")
        return _issue(ask.sim, app_id, old.waba_ids, _LONG_S)
    waba_ids = _spend(ask.sim, params, app_id)
    mine = [number for number in ask.sim.world.numbers.values() if number.waba_id in waba_ids]
    is_short = not all(number.settings.login_lasts for number in mine)
    return _issue(ask.sim, app_id, waba_ids, _SHORT_S if is_short else None)


def _check_app(sim: Simulation, app_id: str, secret: str) -> None:
    apps = [number for number in sim.world.numbers.values() if number.app_id == app_id]
    if not apps:
        raise GraphError(101, message="Error validating application. Cannot get application info.", http=400)
    if not secrets.compare_digest(apps[0].app_secret.encode(), secret.encode()):
        raise GraphError(1, message="Error validating client secret.", http=400)


def _spend(sim: Simulation, params: dict[str, str], app_id: str) -> list[str]:
    """The accounts a code opens; it cannot be used again."""
    at, of_app, waba_ids, redirect_uri = sim.codes.pop(params.get("code", ""), (0.0, "", [], ""))
    if of_app != app_id or not waba_ids:
        raise GraphError(100, message="This authorization code has been used.", subcode=36009)
    if sim.world.now() - at > _CODE_LIVES_S:
        raise GraphError(100, message="This authorization code has expired.", subcode=36007)
    if redirect_uri != params.get("redirect_uri", ""):
        text = "Error validating verification code. Please make sure your redirect_uri is identical to the"
        raise GraphError(100, message=f"{text} one you used in the OAuth dialog request", subcode=36008)
    return waba_ids


def _issue(sim: Simulation, app_id: str, waba_ids: list[str], lives_s: float | None) -> Json:
    now = sim.world.now()
    login = Login(f"EAA{secrets.token_urlsafe(60)}", app_id, waba_ids, now, now + lives_s if lives_s else 0)
    sim.world.logins[login.token] = login
    sim.world.save("login", login.token, login)
    expires = {"expires_in": int(lives_s)} if lives_s else {}
    return {"access_token": login.token, "token_type": "bearer", **expires}


async def debug_token(ask: Ask) -> Json:
    """GET /debug_token?input_token=: whose it is, until when, and which accounts it opens."""
    app_id, _, secret = (ask.token or "").partition("|")
    if secret:
        _check_app(ask.sim, app_id, secret)
    elif ask.token not in ask.sim.world.logins:
        raise GraphError(190, message="Invalid OAuth access token - Cannot parse access token")
    login = ask.sim.world.logins.get(ask.params.get("input_token", ""))
    if login is None or not is_good(ask.sim, login):
        error = {"code": 190, "message": "Error validating access token: Session has expired."}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    return {
        "data": {
            "app_id": login.app_id, "type": "SYSTEM_USER", "application": "Simulated app", "is_valid": True,
            "data_access_expires_at": 0, "expires_at": int(login.until), "issued_at": int(login.at),
            "scopes": list(_SCOPES), "user_id": f"1{login.app_id}",
            "granular_scopes": [{"scope": scope, "target_ids": login.waba_ids} for scope in _SCOPES],
        }
    }  # fmt: skip


def is_good(sim: Simulation, login: Login) -> bool:
    """Has the token not ended?"""
    return not login.until or login.until > sim.world.now()


def opened_by(sim: Simulation, token: str | None) -> set[str]:
    """The accounts a token of a signup opens."""
    login = sim.world.logins.get(token or "")
    return set(login.waba_ids) if login and is_good(sim, login) else set()


HANDLERS = {"oauth/access_token": access_token, "debug_token": debug_token}
