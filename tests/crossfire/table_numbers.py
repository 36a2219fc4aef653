"""The console's pages about a WhatsApp number, for the table."""

from __future__ import annotations

from tests.crossfire.routes import ADMIN, ANYONE, DO, GET, Call, Route, Row, allauth, on

#: A key that is one: a wrong one would be refused before anybody looks whose number it is.
KEY = """\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA3ceUmhzSuaiEomobvAlN
JEwA1CgKoMtKbi0iBIUBKnwlnS/Hy8DrF7Dg6gKtDM43wL5v3nUPX/N/xSKNcKS1
liM5JG/RJT4sRgNOI+bVUoz24C8/UTfhrMjwYjAFoZj3XDJKlZMFOjyh2/Bvy03i
8osjkfnQr7ROGdTEoL2UmU4XPiwbInwAnv4APJX2fmpoc9msPOt7Tr/hMdAp92l8
mAPFLz+GDgxNRqPP34/071yQ6zDD2S4jtxTcafEh+kcLML6TcK19CW0JcQJ92nbb
IwbRNe2NwGzUqVkheFLWmADGUjFBFP7qzr2sVAwXnh0/m4RdQqKjNnUxJZujbByi
cwIDAQAB
-----END PUBLIC KEY-----
"""

CODE = "ABCDEFGHIJKLMN"
API = "api/v1/whatsapp/numbers/<uuid:channel_id>"


def _link(ids: dict[str, Row | str] | None = None, **calls: Call) -> Route:
    return Route(ADMIN, calls, {"code": CODE, **(ids or {})}, is_ready=False)


def _group(ids: dict[str, Row | str] | None = None, **calls: Call) -> Route:
    """Of the API most ask the provider, whom nobody reaches here."""
    return Route(ADMIN, calls, {"group_id": Row("group"), **(ids or {})}, is_ready=False)


def number_calls() -> dict[str, Route]:
    """The API of a number; each call asks a provider, and none is reached here."""
    openers = {"prompts": ["Raided"], "commands": []}
    return {
        f"{API}/settings": allauth(ADMIN, get=GET, patch=Call({"identity_check": True})),
        f"{API}/options": allauth(ADMIN, get=GET, patch=Call({"direct_send": True})),
        f"{API}/contact_book": allauth(ADMIN, delete=DO),
        f"{API}/form_key": allauth(ADMIN, get=GET, put=Call({"public_key": KEY}), post=DO),
        f"{API}/form_endpoint": on(ADMIN, get=GET, put=Call({"url": "https://raid.example/forms"})),
        f"{API}/form_endpoint/secret": on(ADMIN, put=DO),
        f"{API}/openers": allauth(ADMIN, get=GET, put=Call(openers)),
        f"{API}/links": allauth(ADMIN, get=GET, post=Call({"text": "Raided"})),
        f"{API}/links/<slug:code>": _link(patch=Call({"text": "Raided"}), delete=DO),
        f"{API}/blocked": allauth(ADMIN, get=GET, put=DO),
        f"{API}/groups": allauth(ADMIN, get=GET, post=Call({"subject": "Raided"})),
        f"{API}/groups/<uuid:group_id>": _group(get=GET, patch=Call({"subject": "Raided"}), delete=DO),
        f"{API}/groups/<uuid:group_id>/invite_link": _group(put=DO),
        f"{API}/groups/<uuid:group_id>/people/<str:person>": _group({"person": "+447700900123"}, delete=DO),
        f"{API}/groups/<uuid:group_id>/requests": _group(put=Call({"request": "r", "lets_in": True})),
        f"{API}/app_sync": allauth(ADMIN, put=Call({"what": "contacts"})),
        f"{API}/username": allauth(ADMIN, get=GET, put=Call({"username": "raided"}), delete=DO),
    }


def number_pages() -> dict[str, Route]:
    """The console's pages about a WhatsApp number and the ways to connect one."""
    base, one = "console/channels/whatsapp/signup/", "console/channels/<uuid:channel_id>/"
    code = {"app_id": "920000000000099", "app_secret": "s3cret", "code": "AQcode"}
    chosen = {"get": GET, "post": Call({"number": "318840571926677"})}
    return {
        # What is typed there is answered only when a provider takes it, and none is reached here.
        base: allauth(ADMIN, get=GET, post=Call(code)),
        f"{base}<uuid:signup_id>/": Route(ADMIN, chosen, {"signup_id": Row("signup")}, is_ready=False),
        f"{one}profile/": allauth(ADMIN, get=GET, post=Call({"about": "Raided"})),
        f"{base}return/": on(ADMIN, get=Call(query={"code": "AQcode", "state": "no"})),
        f"{one}number/": on(ADMIN, get=GET),
        f"{one}number/refresh/": on(ADMIN, post=DO),
        f"{one}number/subscription/": on(ADMIN, post=DO),
        f"{one}number/registration/": on(ADMIN, post=Call({"pin": "123456"})),
        f"{one}number/name/": on(ADMIN, post=Call({"name": "Raided"})),
        f"{one}number/deregistration/": on(ADMIN, get=GET, post=DO),
        f"{one}number/pin/": on(ADMIN, post=Call({"pin": "123456"})),
        f"{one}number/code/": on(ADMIN, post=Call({"method": "SMS", "language": "en"})),
        f"{one}number/verification/": on(ADMIN, post=Call({"code": "123456"})),
        f"{one}profile/reading/": on(ADMIN, post=DO),
        f"{one}number/app-contacts/": on(ADMIN, post=DO),
        f"{one}number/app-history/": on(ADMIN, post=DO),
        f"{one}number/username/": on(ADMIN, post=Call({"username": "raided"})),
        f"{one}number/username/end/": on(ADMIN, get=GET, post=DO),
        f"{one}settings/": on(ADMIN, get=GET, post=Call({"call_hours": "always"})),
        f"{one}options/": on(ADMIN, get=GET, post=Call({"direct_send": "on"})),
        f"{one}settings/reading/": on(ADMIN, post=DO),
        f"{one}form-key/": allauth(ADMIN, get=GET, post=Call({"key": "raided"})),
        f"{one}form-key/reading/": on(ADMIN, post=DO),
        f"{one}form-key/making/": on(ADMIN, post=DO),
        f"{one}form-key/address/": on(ADMIN, post=Call({"url": "https://raid.example/forms"})),
        f"{one}form-key/secret/": on(ADMIN, post=DO),
        # Only what WhatsApp has signed is looked at; see tests/whatsapp/test_form_endpoint.py.
        "hooks/whatsapp/<uuid:channel_id>/forms/": allauth(ANYONE, post=DO),
        f"{one}settings/contact-book/": on(ADMIN, get=GET, post=DO),
        f"{one}openers/": allauth(ADMIN, get=GET, post=Call({"prompt_0": "Raided"})),
        f"{one}openers/reading/": on(ADMIN, post=DO),
        f"{one}openers/preview/": on(ADMIN, post=Call({"prompt_0": "Raided"})),
        f"{one}links/": allauth(ADMIN, get=GET, post=Call({"text": "Raided"})),
        f"{one}links/reading/": on(ADMIN, post=DO),
        f"{one}blocked/": on(ADMIN, get=GET),
        f"{one}blocked/reading/": on(ADMIN, post=DO),
        f"{one}blocked/alignment/": on(ADMIN, post=DO),
        f"{one}groups/": allauth(ADMIN, get=GET, post=Call({"subject": "Raided"})),
        f"{one}groups/reading/": on(ADMIN, post=DO),
        f"{one}groups/<uuid:group_id>/": _group(get=GET, post=Call({"subject": "Raided"})),
        f"{one}groups/<uuid:group_id>/reading/": _group(post=DO),
        f"{one}groups/<uuid:group_id>/link/": _group(post=DO),
        f"{one}groups/<uuid:group_id>/removal/": _group(post=Call({"person": "+447700900123"})),
        f"{one}groups/<uuid:group_id>/answer/": _group(post=Call({"request": "r"})),
        f"{one}groups/<uuid:group_id>/deletion/": _group(get=GET, post=DO),
        # There is no link: none was ever read.
        f"{one}links/<slug:code>/": _link(get=GET, post=Call({"text": "Raided"})),
        f"{one}links/<slug:code>/deletion/": _link(get=GET, post=DO),
        f"{one}links/<slug:code>.<slug:ending>": _link({"ending": "svg"}, get=GET),
    }
