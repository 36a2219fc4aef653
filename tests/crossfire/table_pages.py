"""Addresses of pages: the inbox, the console, files, health."""

from __future__ import annotations

from tests.crossfire.routes import (
    ADMIN,
    ANYONE,
    DO,
    GET,
    MEMBER,
    Call,
    Route,
    Row,
)
from tests.crossfire.routes import allauth as _allauth
from tests.crossfire.routes import on as _on
from tests.crossfire.table_notifications import notification_pages
from tests.crossfire.table_numbers import number_pages
from tests.crossfire.table_sign_in import SIGN_IN
from tests.crossfire.table_webhooks import webhook_pages

_FORM = {
    "name": "Raid",
    "display_phone_number": "+44 7700 900209",
    "external_id": "318840571926622",
    "waba_id": "102290129340398",
    "access_token": "EAAGx",
    "app_secret": "a-secret-of-nobody",
    "verify_token": "v",
}
_SHEET = {"name": "raid", "language": "en", "category": "UTILITY", "body": "Hello there"}
PAGES: dict[str, Route] = {
    "": _on(ANYONE, get=GET),
    "inbox/": _on(MEMBER, get=Call(query={"thread": Row("thread"), "view": "all"})),
    "inbox/transcripts/<uuid:thread_id>.txt": _on(MEMBER, get=GET),
    "inbox/transcripts/<uuid:thread_id>.json": _on(MEMBER, get=GET),
    "phone/": _allauth(ANYONE, get=GET),
    "icons.svg": _on(ANYONE, get=GET),
    "favicon.ico": _on(ANYONE, get=GET),
    "words/<str:language>.js": _on(ANYONE, ids={"language": "de"}, get=GET),
    "-/health/live": _on(ANYONE, get=GET),
    "-/health/ready": _on(ANYONE, get=GET),
    "-/metrics": _on(ANYONE, get=GET),
    "files/<uuid:tenant_id>/<uuid:attachment_id>/<str:variant>": Route(
        ANYONE,
        {"get": Call(query={name: Row(name) for name in ("holder", "expires", "signature")})},
        {"attachment_id": Row("file"), "variant": "full"},
        is_link=True,
    ),
    **SIGN_IN,
    # The console
    "console/": _on(ADMIN, get=GET),
    "console/guide/": _on(ADMIN, post=DO),
    "console/members/": _on(ADMIN, get=GET),
    "console/members/invite/": _on(
        ADMIN, get=GET, post=Call({"email": "eve@people.example", "role": "agent"})
    ),
    "console/members/<uuid:member_id>/": _on(ADMIN, get=GET, post=Call({"role": "admin"})),
    "console/members/<uuid:member_id>/return/": _on(ADMIN, ids={"member_id": Row("gone")}, post=DO),
    "console/members/<uuid:member_id>/departure/": _on(ADMIN, get=GET, post=DO),
    "console/invitations/<uuid:invitation_id>/revocation/": _on(ADMIN, post=DO),
    "console/teams/": _on(ADMIN, get=GET),
    "console/teams/new/": _on(
        ADMIN, get=GET, post=Call({"name": "Raid", "colour": "1", "members": [Row("member")]})
    ),
    "console/teams/<uuid:team_id>/": _on(
        ADMIN, get=GET, post=Call({"name": "Raid", "colour": "1", "members": [Row("member")]})
    ),
    "console/test/": _on(ADMIN, get=GET, post=DO),
    "console/hours/": _on(
        ADMIN, get=GET, post=Call({"zone": "UTC", "day0_0_from": "09:00", "day0_0_to": "17:00"})
    ),
    "console/audit/": _on(ADMIN, get=Call(query={"actor": Row("member")})),
    "console/audit/export/": _on(ADMIN, get=Call(query={"actor": Row("member")})),
    "console/keys/": _on(ADMIN, get=GET),
    "console/keys/new/": _on(ADMIN, get=GET, post=Call({"name": "K", "scopes": ["messages:read"]})),
    "console/keys/<uuid:key_id>/revocation/": _on(ADMIN, get=GET, post=DO),
    "console/health/": _on(ADMIN, get=GET),
    "console/channels/": _on(ADMIN, get=GET),
    "console/channels/new/<slug:kind>/": _on(ADMIN, ids={"kind": "whatsapp"}, get=GET, post=Call(_FORM)),
    "console/channels/<uuid:channel_id>/": _on(ADMIN, get=GET),
    "console/channels/<uuid:channel_id>/check/": _on(ADMIN, post=DO),
    "console/channels/<uuid:channel_id>/change/": _on(ADMIN, get=GET, post=Call(_FORM)),
    "console/channels/<uuid:channel_id>/old-secret/": _on(ADMIN, post=DO),
    "console/channels/<uuid:channel_id>/pause/": _on(ADMIN, get=GET, post=DO),
    "console/channels/<uuid:channel_id>/return/": _on(ADMIN, post=DO),
    **number_pages(),
    "console/templates/": _on(ADMIN, get=Call(query={"q": "news"})),
    "console/templates/starters/": _on(ADMIN, get=GET),
    "console/templates/sync/": _on(ADMIN, get=GET, post=DO),
    "console/templates/new/": _on(ADMIN, get=GET, post=Call(_SHEET | {"channel": Row("channel")})),
    "console/templates/check/": _on(ADMIN, post=Call(_SHEET)),
    "console/templates/<uuid:template_id>/": _on(ADMIN, get=GET),
    "console/templates/<uuid:template_id>/change/": _on(ADMIN, get=GET, post=Call(_SHEET)),
    "console/templates/<uuid:template_id>/copy/": _on(
        ADMIN, get=GET, post=Call({"name": "raid", "language": "fr"})
    ),
    "console/templates/<uuid:template_id>/languages/": _allauth(
        ADMIN, get=GET, post=Call({"language": "fr"})
    ),
    "console/templates/<uuid:template_id>/submission/": _on(ADMIN, post=DO),
    "console/templates/<uuid:template_id>/release/": _allauth(ADMIN, post=DO),
    "console/templates/<uuid:template_id>/deletion/": _on(ADMIN, get=GET, post=DO),
    "console/inboxes/": _on(ADMIN, get=GET),
    "console/inboxes/<uuid:inbox_id>/": _on(ADMIN, get=GET, post=Call({"name": "Raid"})),
    "console/replies/": _on(MEMBER, get=GET),
    "console/replies/new/": _on(MEMBER, get=GET, post=Call({"name": "Raid", "text": "Hello"})),
    "console/replies/<uuid:saved_reply_id>/": _on(ADMIN, get=GET, post=Call({"name": "R", "text": "Hello"})),
    "console/replies/<uuid:saved_reply_id>/deletion/": _on(
        ADMIN, ids={"saved_reply_id": Row("spare_reply")}, post=DO
    ),
    "console/macros/": _on(MEMBER, get=GET),
    "console/macros/new/": _on(MEMBER, get=GET, post=Call({"name": "Raid", "reply": "Hello"})),
    "console/macros/<uuid:macro_id>/": _on(ADMIN, get=GET, post=Call({"name": "R", "reply": "Hello"})),
    "console/macros/<uuid:macro_id>/deletion/": _on(ADMIN, ids={"macro_id": Row("spare_macro")}, post=DO),
    **notification_pages(),
    **webhook_pages(),
    "choices/<uuid:tenant_id>/<str:token>/": Route(
        ANYONE, {"get": GET, "post": DO}, {"token": Row("choices")}, is_link=True
    ),
    "console/receipts/": _on(ADMIN, get=Call(query={"channel": Row("channel"), "before": Row("receipt")})),
    "console/receipts/<uuid:receipt_id>/": _on(ADMIN, get=GET),
    "console/receipts/<uuid:receipt_id>/replay/": _on(ADMIN, post=DO),
}
