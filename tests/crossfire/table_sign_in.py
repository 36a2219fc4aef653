"""Sign-in, and a person's own pages, for the table."""

from __future__ import annotations

from tests.crossfire.routes import ANYONE, DO, GET, PERSON, Call, Route, Row, allauth, on

SIGN_IN: dict[str, Route] = {
    "demo/login/": allauth(ANYONE, get=Call(query={"token": Row("token")})),
    "accounts/": on(PERSON, get=GET, post=Call({"name": "Charlie"})),
    "accounts/login/": allauth(
        ANYONE, get=GET, post=Call({"login": Row("email"), "password": "not the right one"})
    ),
    "accounts/logout/": allauth(ANYONE, get=GET, post=DO),
    "accounts/first/": allauth(ANYONE, get=GET, post=Call({"workspace": "A", "email": Row("email")})),
    "accounts/nowhere/": allauth(PERSON, get=GET),
    "accounts/language/": on(PERSON, post=Call({"language": "de"})),
    "accounts/workspace/": on(PERSON, post=Call({"tenant": Row("tenant")})),
    "accounts/invitations/<uuid:tenant_id>/<str:token>/": Route(
        ANYONE, {"get": GET, "post": DO}, {"token": Row("token")}, is_link=True
    ),
    "accounts/signup/": allauth(ANYONE, get=GET, post=Call({"email": Row("email")})),
    "accounts/inactive/": allauth(ANYONE, get=GET),
    "accounts/reauthenticate/": allauth(PERSON, get=GET, post=Call({"password": "wrong"})),
    "accounts/password/change/": allauth(PERSON, get=GET, post=Call({"oldpassword": "wrong"})),
    "accounts/password/set/": allauth(PERSON, get=GET, post=DO),
    "accounts/password/reset/": allauth(ANYONE, get=GET, post=Call({"email": Row("email")})),
    "accounts/password/reset/done/": allauth(ANYONE, get=GET),
    "accounts/password/reset/key/done/": allauth(ANYONE, get=GET),
    r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": Route(
        ANYONE,
        {"get": GET, "post": Call({"password1": "x" * 20, "password2": "x" * 20})},
        {"uidb36": Row("uid"), "key": "d0xk2v-0123456789abcdef0123456789abcdef"},
        is_ready=False,
        address="accounts/password/reset/key/{uidb36}-{key}/",
    ),
    "accounts/2fa/": allauth(PERSON, get=GET),
    "accounts/2fa/authenticate/": allauth(ANYONE, get=GET, post=Call({"code": "123456"})),
    "accounts/2fa/reauthenticate/": allauth(PERSON, get=GET, post=Call({"code": "123456"})),
    "accounts/2fa/totp/activate/": allauth(PERSON, get=GET, post=Call({"code": "123456"})),
    "accounts/2fa/totp/deactivate/": allauth(PERSON, get=GET, post=DO),
    "accounts/2fa/recovery-codes/": allauth(PERSON, get=GET),
    "accounts/2fa/recovery-codes/generate/": allauth(PERSON, get=GET, post=DO),
    "accounts/2fa/recovery-codes/download/": allauth(PERSON, get=GET),
}
