"""Every address of the house: who may call it, and where an id can stand in its address, query or body.

`Row("thread")` is such a place. The crossfire fills it with another tenant's thread; the control fills it
with the caller's own, and is answered. An address without an entry here fails the build.
"""

from __future__ import annotations

import re
from typing import Any

from tests.crossfire.marks import CRM_ID, PHONE, REF, WAMID
from tests.crossfire.routes import (
    ADMIN,
    AGENT,
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
from tests.crossfire.table_calls import calls
from tests.crossfire.table_customers import customer_addresses
from tests.crossfire.table_notifications import CONFIGURATION, PRICE
from tests.crossfire.table_numbers import number_calls
from tests.crossfire.table_pages import PAGES
from tests.crossfire.table_webhooks import webhook_calls

_SAID = {
    "text": "Hello",
    "client_ref": "raid-1",
    "channel_id": Row("channel"),
    "address_id": Row("address"),
    "reply_to": Row("message"),
    "attachment_ids": [Row("file")],
}
_NUMBER = {
    "kind": "whatsapp",
    "name": "Raid",
    "external_id": "318840571926611",
    "config": {"waba_id": "102290129340398", "display_phone_number": "+44 7700 900209"},
    "secrets": {"app_secret": "s3cret-of-nobody", "access_token": "EAAGx", "verify_token": "v"},
    "inbox_id": Row("inbox"),
}
_TEMPLATE: dict[str, Any] = {
    "channel_id": Row("channel"),
    "name": "raid",
    "language": "en",
    "category": "UTILITY",
    "components": [{"type": "BODY", "text": "Hello"}],
    "header_file_id": Row("file"),
}
_FAILED = {"message_id": Row("failed")}
_CAMPAIGN = "api/v1/campaigns/<uuid:campaign_id>"
_DOUBLE = {"customer_id": Row("double")}
_TYPE, _KEY = "api/v1/notification_types/<slug:key>", {"key": Row("type")}

API: dict[str, Route] = {
    **calls(),
    **customer_addresses(),
    "api/": _allauth(ANYONE, get=GET),
    "api/docs/": _on(ANYONE, get=GET),
    "api/docs/problems/": _on(ANYONE, get=GET),
    "api/v1/openapi.json": _on(ANYONE, get=GET),
    "api/v1/me": _on(AGENT, get=GET),
    "api/v1/members": _on(AGENT, get=GET),
    "api/v1/teams": _on(AGENT, get=GET),
    "api/v1/keys": _on(ADMIN, get=GET),
    "api/v1/keys/<uuid:key_id>": _on(ADMIN, delete=DO),
    "api/v1/changes": _on(ADMIN, get=Call(query={"actor": Row("member")})),
    "api/v1/events": _on(AGENT, get=Call(query={"limit": "200"})),
    "api/v1/bootstrap": _on(MEMBER, get=Call(query={"thread": Row("thread"), "view": "all"})),
    "api/v1/availability": _on(AGENT, get=GET),
    "api/v1/me/availability": _on(MEMBER, put=Call({"chosen": "busy", "capacity": 3})),
    "api/v1/me/activity": _on(MEMBER, put=Call({"is_idle": False})),
    "api/v1/views": _on(MEMBER, get=GET),
    "api/v1/saved_replies": _on(AGENT, get=GET, post=Call({"name": "Raid again", "text": "Hello"})),
    "api/v1/saved_replies/<uuid:saved_reply_id>": _on(ADMIN, patch=Call({"text": "Raided"}), delete=DO),
    "api/v1/macros": _on(
        AGENT,
        get=GET,
        post=Call({"name": "Raid again", "steps": {"assign": {"to": "member", "id": Row("member")}}}),
    ),
    "api/v1/macros/<uuid:macro_id>": _on(ADMIN, patch=Call({"name": "Raided"}), delete=DO),
    "api/v1/macro_runs/<uuid:macro_run_id>/undo": _on(AGENT, post=DO),
    "api/v1/threads/<uuid:thread_id>/macro_runs": _on(
        AGENT,
        post=Call(
            {"macro_id": Row("run_macro"), "channel_id": Row("channel"), "seen_message_id": Row("failed")}
        ),
    ),
    "api/v1/scheduled_messages": _on(AGENT, get=Call(query={"thread": Row("thread")})),
    "api/v1/scheduled_messages/<uuid:scheduled_message_id>": _on(
        AGENT, get=GET, patch=Call({"text": "Raided"}), delete=DO
    ),
    "api/v1/scheduled_messages/<uuid:scheduled_message_id>/dispatch": _on(
        AGENT, ids={"scheduled_message_id": Row("spare_message")}, post=DO
    ),
    "api/v1/bulk_changes": _on(AGENT, post=Call({"thread_ids": [Row("thread")], "change": {"close": {}}})),
    "api/v1/bulk_changes/<uuid:bulk_change_id>": _on(AGENT, get=GET),
    "api/v1/bulk_changes/<uuid:bulk_change_id>/undo": _on(AGENT, put=DO),
    "api/v1/threads/matches": _on(AGENT, get=Call(query={"q": PHONE})),
    "api/v1/saved_views": _on(AGENT, get=GET, post=Call({"name": "Raid again", "place": {"view": "all"}})),
    "api/v1/saved_views/order": _on(MEMBER, put=Call({"ids": [Row("saved_view")]})),
    "api/v1/saved_views/<uuid:saved_view_id>": _on(ADMIN, patch=Call({"name": "Raided"}), delete=DO),
    "api/v1/search": _on(AGENT, get=Call(query={"q": Row("message")})),
    "api/v1/threads": _on(
        AGENT,
        get=Call(
            query={
                "channel": Row("channel"),
                "customer": Row("customer"),
                "assignee": Row("member"),
                "team": Row("team"),
                "q": PHONE,
            }
        ),
    ),
    "api/v1/threads/<uuid:thread_id>": _on(AGENT, get=GET),
    "api/v1/threads/<uuid:thread_id>/timeline": _on(AGENT, get=Call(query={"around": Row("message")})),
    "api/v1/threads/<uuid:thread_id>/assignment": _on(
        AGENT, put=Call({"assignee_id": Row("member"), "team_id": Row("team")})
    ),
    "api/v1/threads/<uuid:thread_id>/splits": _on(AGENT, post=Call({"message_id": Row("sent")})),
    "api/v1/threads/<uuid:thread_id>/splits/<uuid:split_id>": _on(
        AGENT, ids={"thread_id": Row("halved")}, delete=DO
    ),
    "api/v1/threads/<uuid:thread_id>/joins": _on(
        AGENT, ids={"thread_id": Row("halved")}, post=Call({"other_id": Row("rest")})
    ),
    "api/v1/threads/<uuid:thread_id>/joins/<uuid:join_id>": _on(
        AGENT, ids={"thread_id": Row("joined")}, delete=DO
    ),
    "api/v1/threads/<uuid:thread_id>/closure": _on(AGENT, put=DO, delete=DO),
    "api/v1/threads/<uuid:thread_id>/snooze": _on(AGENT, put=Call({"wake_on_reply": True}), delete=DO),
    "api/v1/threads/<uuid:thread_id>/labels": _on(AGENT, put=Call({"labels": ["raided"]})),
    "api/v1/threads/<uuid:thread_id>/priority": _on(AGENT, put=Call({"priority": "urgent"})),
    "api/v1/threads/<uuid:thread_id>/typing": _on(AGENT, put=DO),
    "api/v1/threads/<uuid:thread_id>/watch": _on(MEMBER, put=DO, delete=DO),
    "api/v1/threads/<uuid:thread_id>/read": _on(MEMBER, put=Call({"read_count": 1})),
    "api/v1/threads/<uuid:thread_id>/messages": _on(
        AGENT, post=Call({**_SAID, "seen_message_id": Row("failed")})
    ),
    "api/v1/threads/<uuid:thread_id>/scheduled_messages": _on(
        AGENT, post=Call({**_SAID, "send_at": "2027-01-15T09:00:00Z"})
    ),
    "api/v1/threads/<uuid:thread_id>/notes": _on(
        MEMBER,
        post=Call(
            {"text": "Hello", "client_ref": "raid-1", "mentions": [Row("member")], "teams": [Row("team")]}
        ),
    ),
    "api/v1/threads/<uuid:thread_id>/drafts/<draft_mode:mode>": _on(
        MEMBER,
        ids={"mode": "note"},
        put=Call(
            {
                "text": "Raid",
                "reply_to": Row("message"),
                "attachment_ids": [Row("file")],
                "channel_id": Row("channel"),
            }
        ),
        delete=DO,
    ),
    "api/v1/messages": _on(
        AGENT,
        get=Call(query={"channel": Row("channel"), "thread": Row("thread"), "provider_id": WAMID}),
        post=Call({**_SAID, "to": {"customer_id": Row("customer")}}),
    ),
    "api/v1/messages/<uuid:message_id>": _on(AGENT, get=GET),
    "api/v1/messages/<uuid:message_id>/retry": _on(AGENT, ids=_FAILED, post=DO),
    "api/v1/messages/<uuid:message_id>/versions": _on(AGENT, get=GET),
    "api/v1/messages/<uuid:message_id>/cost": _on(AGENT, get=GET),
    "api/v1/messages/<uuid:message_id>/linked_files": _on(AGENT, post=DO),
    "api/v1/messages/<uuid:message_id>/reaction": _on(AGENT, put=Call({"emoji": "👍"}), delete=DO),
    "api/v1/attachments": _on(AGENT, post=DO),
    "api/v1/attachments/<uuid:attachment_id>": _on(AGENT, ids={"attachment_id": Row("file")}, get=GET),
    "api/v1/attachments/<uuid:attachment_id>/content": _on(
        AGENT, ids={"attachment_id": Row("file")}, get=Call(query={"variant": "preview"})
    ),
    "api/v1/customers": _on(AGENT, get=Call(query={"external_id": CRM_ID, "address": f"+{PHONE}"})),
    "api/v1/customers/<uuid:customer_id>": _on(AGENT, get=GET, patch=Call({"name": "Raided"})),
    "api/v1/customers/<uuid:customer_id>/duplicates": _on(AGENT, ids=_DOUBLE, get=GET),
    "api/v1/customers/<uuid:customer_id>/merge_preview": _on(
        AGENT, ids=_DOUBLE, get=Call(query={"other": Row("customer")})
    ),
    "api/v1/customers/<uuid:customer_id>/merges": _on(
        AGENT,
        ids=_DOUBLE,
        get=GET,
        post=Call({"other_id": Row("customer"), "token": Row("merge_token")}),
    ),
    "api/v1/customers/<uuid:customer_id>/merges/<uuid:merge_id>": _on(AGENT, ids=_DOUBLE, delete=DO),
    "api/v1/customers/<uuid:customer_id>/blocks/<uuid:channel_id>": _on(AGENT, put=DO, delete=DO),
    "api/v1/customers/<uuid:customer_id>/identities/<uuid:channel_id>": _on(AGENT, put=DO),
    "api/v1/channels": _on(AGENT, get=GET, post=Call(_NUMBER)),
    "api/v1/channels/<uuid:channel_id>": _on(AGENT, get=GET, patch=Call({"name": "Raided"})),
    "api/v1/templates": _on(AGENT, get=Call(query={"channel": Row("channel")}), post=Call(_TEMPLATE)),
    "api/v1/templates/checks": _on(
        AGENT, post=Call({name: value for name, value in _TEMPLATE.items() if not name.endswith("_id")})
    ),
    "api/v1/templates/syncs": _on(AGENT, get=GET, post=Call({"channel_id": Row("channel")})),
    "api/v1/templates/<uuid:template_id>": _on(
        AGENT, get=GET, patch=Call({"components": _TEMPLATE["components"]}), delete=DO
    ),
    "api/v1/templates/<uuid:template_id>/submission": _on(ADMIN, post=DO),
    # The twins' template is not paused, so there is nothing to let go on.
    "api/v1/templates/<uuid:template_id>/release": _allauth(ADMIN, post=DO),
    "api/v1/templates/<uuid:template_id>/languages": _allauth(ADMIN, post=Call({"languages": ["fr"]})),
    "api/v1/templates/<uuid:template_id>/copies": _on(ADMIN, post=Call({"language": "fr"})),
    **number_calls(),
    **webhook_calls(),
    "api/v1/receipts": _on(ADMIN, get=Call(query={"kind": "whatsapp"})),
    "api/v1/receipts/<uuid:receipt_id>": _on(ADMIN, get=GET),
    "api/v1/receipts/<uuid:receipt_id>/replay": _on(ADMIN, post=DO),
    "api/v1/notifications": _on(
        AGENT,
        get=Call(query={"customer": Row("customer"), "channel": Row("channel"), "dedupe_key": REF}),
        post=Call({"type": Row("type"), "to": {"customer_id": Row("customer")}, "dry_run": False}),
    ),
    "api/v1/notification_batches": _on(
        AGENT,
        post=Call({"notifications": [{"type": Row("type"), "to": {"customer_id": Row("customer")}}]}),
    ),
    "api/v1/notifications/<uuid:notification_id>": _on(AGENT, get=GET),
    "api/v1/notifications/<uuid:notification_id>/cancellation": _on(AGENT, post=Call({"reason": "Raid"})),
    "api/v1/notifications/<uuid:notification_id>/acknowledgement": _on(AGENT, post=Call({"note": "Raid"})),
    "api/v1/notification_types": _on(
        AGENT,
        get=Call(query={"q": "raid"}),
        post=Call({"key": "mine", "name": "Mine", "category": "utility"}),
    ),
    _TYPE: _on(AGENT, ids=_KEY, get=GET, patch=Call({"name": "Raided"})),
    f"{_TYPE}/versions": _on(AGENT, ids=_KEY, get=GET),
    f"{_TYPE}/draft": _on(AGENT, ids=_KEY, get=GET, patch=Call({"ttl_s": 600}), delete=DO),
    f"{_TYPE}/publication": _on(AGENT, ids=_KEY, post=Call({"version": 1})),
    f"{_TYPE}/differences": _on(AGENT, ids=_KEY, get=Call(query={"before": "1", "after": "2"})),
    "api/v1/notification_starters": _on(AGENT, get=GET),
    "api/v1/notification_starters/<slug:key>": _on(ADMIN, ids={"key": "delivery"}, post=DO),
    "api/v1/customers/<uuid:customer_id>/consents": _on(
        AGENT, get=GET, put=Call({"consents": [{"category": "marketing", "state": "denied"}]})
    ),
    "api/v1/campaigns": _on(
        AGENT,
        get=GET,
        post=Call({"name": "Raid", "type": Row("type"), "rows": [{"to": PHONE}]}),
    ),
    _CAMPAIGN: _on(AGENT, get=GET),
    f"{_CAMPAIGN}/preview": _on(ADMIN, get=GET),
    f"{_CAMPAIGN}/rows": _on(AGENT, get=Call(query={"limit": "10"})),
    f"{_CAMPAIGN}/start": _on(ADMIN, post=Call({"per_minute": 60})),
    f"{_CAMPAIGN}/schedule": _allauth(ADMIN, put=Call({"send_at": None})),
    f"{_CAMPAIGN}/pause": _allauth(ADMIN, put=DO, delete=DO),
    f"{_CAMPAIGN}/stop": _on(ADMIN, post=DO),
    "api/v1/publishing": _on(AGENT, get=GET, put=Call({"needs_second_person": False})),
    # Who proposes cannot decide: these need two people, see test_reviews.py.
    f"{_TYPE}/proposal": Route(
        AGENT, {"get": GET, "post": Call({"note": "Raid"}), "delete": DO}, _KEY, is_ready=False
    ),
    f"{_TYPE}/proposal/decision": Route(
        ADMIN, {"put": Call({"approved": False, "reason": "Raid"})}, _KEY, is_ready=False
    ),
    f"{_TYPE}/samples": _on(AGENT, ids=_KEY, get=GET, put=Call({"name": "Raid", "data": {}})),
    f"{_TYPE}/samples/<uuid:set_id>": _on(ADMIN, ids=_KEY | {"set_id": Row("spare_set")}, delete=DO),
    "api/v1/configuration": _on(ADMIN, get=GET, post=Call({"file": CONFIGURATION, "dry_run": False})),
    "api/v1/alerts": _on(AGENT, get=GET),
    "api/v1/alert_rules": _on(
        AGENT,
        get=GET,
        post=Call({"watched": "template", "channel_id": Row("channel"), "members": [Row("member")]}),
    ),
    "api/v1/alert_rules/<uuid:rule_id>": _on(
        ADMIN, ids={"rule_id": Row("other_rule")}, put=Call({"watched": "template"}), delete=DO
    ),
    "api/v1/prices": _on(AGENT, get=GET, put=Call({"prices": [PRICE]})),
    "api/v1/prices/<uuid:price_id>": _on(ADMIN, ids={"price_id": Row("spare_price")}, delete=DO),
    "api/v1/costs": _on(AGENT, get=Call(query={"type": Row("type")})),
    "api/v1/quiet_hours": _on(
        AGENT, get=GET, put=Call({"start": "21:00", "end": "08:00", "timezone": "Europe/Lisbon"})
    ),
}
#: API methods that ask for more than their address does.
ADMIN_ONLY = {
    ("api/v1/channels", "post"),
    ("api/v1/channels/<uuid:channel_id>", "patch"),
    ("api/v1/templates", "post"),
    ("api/v1/templates/syncs", "post"),
    ("api/v1/templates/<uuid:template_id>", "patch"),
    ("api/v1/templates/<uuid:template_id>", "delete"),
    ("api/v1/notification_types", "post"),
    ("api/v1/campaigns", "post"),
    (_TYPE, "patch"),
    (f"{_TYPE}/draft", "patch"),
    (f"{_TYPE}/draft", "delete"),
    (f"{_TYPE}/publication", "post"),
    ("api/v1/quiet_hours", "put"),
    ("api/v1/publishing", "put"),
    ("api/v1/notification_types/<slug:key>/proposal", "post"),
    ("api/v1/notification_types/<slug:key>/proposal", "delete"),
    ("api/v1/notification_types/<slug:key>/samples", "put"),
    ("api/v1/prices", "put"),
    ("api/v1/alert_rules", "post"),
}

TABLE = PAGES | API

#: What two tenants may both have at the far end: a question for it must find one's own.
SHARED = (PHONE, WAMID, REF, CRM_ID)


_PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


def template_of(address: str) -> str:
    """The address with its places as {name}."""
    return TABLE[address].address or _PLACE.sub(r"{\1}", address)


def ids_of(address: str) -> dict[str, Row | str]:
    """Place in the address → what stands there; `thread_id` stands for a thread if nothing else is said."""
    names = re.findall(r"\{(\w+)\}", template_of(address))
    return {name: TABLE[address].ids.get(name, Row(name.removesuffix("_id"))) for name in names}
