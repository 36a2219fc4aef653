"""Messages, calls, files and numbers as the REST API shows them."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from simulator.models import Media, Message, Number
from simulator.telephone.lines import API, WORDS, media_sid
from simulator.telephone.texts import parts_of, price_of

Json = dict[str, Any]


def date(at: float | None) -> str | None:
    """As in mails."""
    return format_datetime(datetime.fromtimestamp(at, UTC).replace(microsecond=0)) if at else None


def message_resource(line: Number, message: Message) -> Json:
    """A text, either way."""
    word = "received" if message.from_me else WORDS.get(message.status, message.status)
    customer = f"+{message.number}"
    uri = f"{API}/Accounts/{line.account_sid}/Messages/{message.id}"
    return {
        "sid": message.id, "account_sid": line.account_sid, "messaging_service_sid": None,
        "from": customer if message.from_me else line.id, "to": line.id if message.from_me else customer,
        "body": message.text, "status": word, "num_segments": str(parts_of(message.text)),
        "num_media": "1" if message.media_id else "0",
        "direction": "inbound" if message.from_me else "outbound-api",
        "error_code": (message.error or {}).get("code"), "error_message": None,
        "price": None if word == "queued" else price_of(message.text), "price_unit": "USD",
        "date_created": date(message.at), "date_sent": date(message.sent_at or message.at),
        "date_updated": date(message.delivered_at or message.sent_at or message.at),
        "api_version": "2010-04-01", "uri": f"{uri}.json", "subresource_uris": {"media": f"{uri}/Media.json"},
    }  # fmt: skip


def call_resource(line: Number, message: Message) -> Json:
    """A call of the line."""
    state = message.content.get("call", {})
    return {
        "sid": message.id, "account_sid": line.account_sid, "from": line.id, "to": f"+{message.number}",
        "status": state.get("status", "queued"), "direction": "outbound-api",
        "answered_by": state.get("answered_by") or None, "duration": str(state.get("duration_s", 0)),
        "start_time": date(message.at), "end_time": None, "price": None, "price_unit": "USD",
        "date_created": date(message.at), "date_updated": date(message.at), "api_version": "2010-04-01",
        "uri": f"{API}/Accounts/{line.account_sid}/Calls/{message.id}.json", "subresource_uris": {},
    }  # fmt: skip


def media_resource(line: Number, message: Message, media: Media) -> Json:
    """A file of a text."""
    sid = media_sid(media)
    uri = f"{API}/Accounts/{line.account_sid}/Messages/{message.id}/Media/{sid}.json"
    return {
        "sid": sid, "account_sid": line.account_sid, "parent_sid": message.id, "content_type": media.mime,
        "date_created": date(media.at), "date_updated": date(media.at), "uri": uri,
    }  # fmt: skip


def number_resource(line: Number) -> Json:
    """A number of the account."""
    return {
        "sid": f"PN{int(line.id[1:]):032x}", "account_sid": line.account_sid, "phone_number": line.id,
        "friendly_name": line.verified_name, "sms_url": line.webhook_url, "sms_method": "POST",
        "voice_url": line.voice_url, "voice_method": "POST",
        "capabilities": {name: name in line.capabilities for name in ("sms", "mms", "voice")},
    }  # fmt: skip
