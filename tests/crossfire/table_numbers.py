"""The console's pages about a WhatsApp number, for the table."""

from __future__ import annotations

from tests.crossfire.routes import ADMIN, DO, GET, Call, Route, Row, allauth, on


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
    }
