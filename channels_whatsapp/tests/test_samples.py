"""Every recorded payload gives exactly what ``expected.json`` says, key by key, in that file's vocabulary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from channels_whatsapp.adapter import Adapter
from inbox.ports import (
    AddressChange,
    Claim,
    CopiedMessage,
    Inbound,
    InboundCall,
    InboundChange,
    InboundConsent,
    InboundMessage,
    InboundName,
    InboundReaction,
    Json,
    Notice,
    StatusReport,
)

HERE = Path(__file__).parent
EXPECTED = orjson.loads((HERE / "expected.json").read_bytes())

THEIR_TYPE = {
    "voice": "audio",
    "list_reply": "interactive",
    "flow_reply": "interactive",
    "unknown": "unsupported",
}


def read(name: str) -> list[Inbound]:
    return Adapter().parse((HERE / "fixtures" / name).read_bytes())


@pytest.mark.parametrize("sample", EXPECTED, ids=lambda sample: sample["file"])
def test_sample_gives_what_is_expected(sample):
    found: dict[str, list[Json]] = {"messages": [], "statuses": [], "other": []}

    items = read(sample["file"])
    old = [item for item in items if isinstance(item, CopiedMessage) and not item.is_new]
    for item in items:
        if item not in old and not _is_told_beside(item):
            group, said = said_of(item)
            found[group].append(said)
    if old:
        found["other"].append(history(sample["file"], old))

    assert found == sample["expect"]


def _is_told_beside(item: Inbound) -> bool:
    """Said by another item of the same update too: the name of a group, the line of a call that is over."""
    if isinstance(item, InboundMessage) and item.kind == "call":
        return True
    return isinstance(item, InboundName) and item.person.claims[0].kind == "whatsapp_group"


def test_every_fixture_is_expected():
    assert sorted(path.name for path in (HERE / "fixtures").iterdir()) == [one["file"] for one in EXPECTED]


def said_of(item: Inbound) -> tuple[str, Json]:
    """One item in the vocabulary of expected.json, with the group it belongs to."""
    if topic := aside(item):
        return "other", OTHER[topic](item.raw, item)
    match item:
        case InboundMessage():
            return "messages", head(item, type_of(item), item.text) | details(item)
        case InboundReaction():
            return "messages", head(item, "reaction") | {"emoji": item.emoji or None, "target": item.target}
        case InboundChange():
            return "messages", head(item, item.change, item.text) | {"target": item.target}
        case AddressChange() if item.path.endswith("user_id_update[0]"):
            return "other", {"kind": "user_id_update", "previous": item.old.value, "current": item.new.value}
        case AddressChange():
            key = "new_wa_id" if item.new.kind == "phone" else "new_user_id"
            return "messages", head(item, "system") | {key: item.new.value.removeprefix("+")}
        case StatusReport():
            return "statuses", status(item)
        case Notice(topic="request_welcome"):
            return "messages", legacy(item)
        case Notice():
            assert item.known
            return "other", OTHER[item.topic](item.raw, item)
    raise AssertionError(item)


def aside(item: Inbound) -> str:
    """The field of what is no message of a customer's but is kept, or ""."""
    match item:
        case CopiedMessage(content={"elsewhere": True}):
            return "standby"
        case InboundMessage(kind="system"):
            return "group_lifecycle_update"
        case InboundCall():
            return "calls"
    return FIELD.get(type(item), "")


def head(item: Any, type_: str, text: str = "") -> Json:
    who = getattr(item, "participant", None) or getattr(item, "sender", None)
    claims = who.claims if who else (item.old,)
    learned = getattr(item, "content", {}).get("learned_phone")
    numbers = [
        claim.value.removeprefix("+") for claim in claims if claim.kind == "phone" and claim.value != learned
    ]
    ids = [claim.value for claim in claims if claim.kind == "whatsapp_id" and ".ENT." not in claim.value]
    return {
        "phone_number_id": item.account,
        "id": item.external_id,
        "from": numbers[0] if numbers else None,
        "from_user_id": ids[0] if ids else None,
        "type": type_,
        "timestamp": int(item.occurred_at.timestamp()),
        "text": text or None,
    }


def type_of(message: InboundMessage) -> str:
    if message.kind == "button_reply":
        return "interactive" if "type" in message.content else "button"
    return THEIR_TYPE.get(message.kind, message.kind)


def details(message: InboundMessage) -> Json:
    content = message.content
    said: Json = {}
    if message.reply_to:
        said["reply_to"] = message.reply_to
    for key in ("forwarded", "frequently_forwarded", "group_id", "payload", "form", "permission"):
        if key in content:
            said[key] = content[key]
    if "type" in content:
        said["subtype"] = content["type"]
    if "product" in content:
        said["product"] = content["product"]["product_retailer_id"]
    if "referral" in content:
        said["ctwa_clid"] = content["referral"]["ctwa_clid"]
    if "error_code" in content:
        said["error_code"] = int(content["error_code"])
    if "learned_phone" in content:
        assert Claim("phone", content["learned_phone"]) in message.sender.claims
        said["learned_phone"] = content["learned_phone"].removeprefix("+")
    return said | by_kind(message)


def by_kind(message: InboundMessage) -> Json:
    content = message.content
    match message.kind:
        case "location":
            return {"location": [content["latitude"], content["longitude"]]}
        case "contacts":
            return {"contact_count": len(content["contacts"])}
        case "order":
            return {"order_items": len(content["items"])}
    if not message.files:
        return {}
    (file,) = message.files
    assert file.kind == message.kind
    said: Json = {"media_id": file.media_id, "mime": file.mime}
    if message.kind in {"audio", "voice"}:
        said["voice"] = message.kind == "voice"
    return said | ({"filename": file.filename} if file.filename else {})


def status(report: StatusReport) -> Json:
    said = {"phone_number_id": report.account, "id": report.external_id, "status": report.word}
    said |= {"callback": report.client_ref} if report.client_ref else {}
    said |= {"participant": report.participant} if report.participant else {}
    if report.pricing:
        said |= {"pricing_type": report.pricing["type"], "pricing_category": report.pricing["category"]}
    return said | ({"error_code": int(report.error.code)} if report.error else {})


def legacy(notice: Notice) -> Json:
    raw = notice.raw
    said = {key: raw[key] for key in ("id", "from", "from_user_id", "type")}
    return {"phone_number_id": notice.account, "timestamp": int(raw["timestamp"]), "text": None, **said}


def template(kind: str, **keys: str) -> Any:
    def said(raw: Json, _: Notice) -> Json:
        value = raw["value"]
        return {
            "kind": kind,
            "name": value["message_template_name"],
            **{ours: value[key] for ours, key in keys.items()},
        }

    return said


def template_status(raw: Json, notice: Notice) -> Json:
    read = template("template_status", language="message_template_language", event="event")
    said: Json = read(raw, notice)
    said["language"] = said["language"].replace("-", "_")
    reason = raw["value"]["reason"]
    return said | ({"reason": reason} if reason != "NONE" else {})


def call(raw: Json, notice: Notice) -> Json:
    said = {"kind": "call", "id": raw["id"], "event": raw.get("event", "status")}
    said |= {key: raw[key] for key in ("direction",) if said["event"] == "connect"}
    said |= {"sdp_type": raw["session"]["sdp_type"]} if "session" in raw else {}
    said |= {key: raw[key] for key in ("status", "duration") if key in raw}
    return said | ({"missed": True} if said["event"] == "terminate" and "duration" not in raw else {})


def picked(kind: str, *keys: str) -> Any:
    return lambda raw, _: {"kind": kind, **{key: raw.get("value", raw)[key] for key in keys}}


def preference(raw: Json, _: Notice) -> Json:
    return {"kind": "user_preference", "wa_id": raw["wa_id"], "value": raw["value"]}


def echo(raw: Json, _: Notice) -> Json:
    said = {key: raw[key] for key in ("id", "to", "type")}
    return {"kind": "echo", "text": raw["text"]["body"], **said}


def history(name: str, old: list[CopiedMessage]) -> Json:
    """Every message of the chunk was read, each on its side."""
    body = orjson.loads((HERE / "fixtures" / name).read_bytes())
    [chunk] = body["entry"][0]["changes"][0]["value"]["history"]
    assert [item.direction for item in old] == ["outbound", "inbound"]
    return {"kind": "history", "count": len(old), "progress": chunk["metadata"]["progress"]}


def contact(raw: Json, _: Notice) -> Json:
    return {"kind": "contact_sync", "action": raw["action"], "phone": raw["contact"]["phone_number"]}


FIELD: dict[type, str] = {
    InboundConsent: "user_preferences",
    CopiedMessage: "smb_message_echoes",
    InboundName: "smb_app_state_sync",
}
OTHER: dict[str, Any] = {
    "errors": picked("error", "code"),
    "message_template_status_update": template_status,
    "message_template_quality_update": template("template_quality", score="new_quality_score"),
    "template_category_update": template(
        "template_category", current="new_category", upcoming="correct_category"
    ),
    "phone_number_quality_update": picked("phone_quality", "event"),
    "account_update": picked("account_update", "event"),
    "user_preferences": preference,
    "calls": call,
    "smb_message_echoes": echo,
    "smb_app_state_sync": contact,
    "standby": picked("standby", "id"),
    "group_lifecycle_update": picked("group", "type", "group_id"),
    "flows": picked("flow", "flow_id", "new_status"),
}
