"""What a message costs, by the provider's date rules: `pricing` and `conversation` of its statuses."""

import secrets
from datetime import UTC, datetime
from typing import Any

from simulator.ids import GROUP_ID
from simulator.models import Chat, Message, Number

# From this moment service messages and utility templates inside the window are charged like any other.
CHARGED_SINCE = datetime(2026, 10, 1, tzinfo=UTC).timestamp()


def price(number: Number, chat: Chat, message: Message, now: float) -> None:
    """Write `pricing` and `conversation` on a message that is being sent; counts free service messages."""
    free_entry = chat.free_until > now
    kind = _type(number, chat, message, now, free_entry)
    category = "referral_conversion" if free_entry else message.category
    is_group = bool(GROUP_ID.fullmatch(message.number))
    if is_group and kind == "free_customer_service":
        kind = "free_group_customer_service"
    message.pricing = {
        "billable": kind == "regular",
        "pricing_model": "PMP",
        "type": kind,
        "category": f"group_{category}" if is_group else category,
    }
    if free_entry or number.settings.webhook_version < 24:
        message.conversation = _conversation(message, chat, free_entry, now)


def _type(number: Number, chat: Chat, message: Message, now: float, free_entry: bool) -> str:
    if free_entry:
        return "free_entry_point"
    if message.category == "service":
        return _service_type(number, now)
    in_window = chat.window_until > now
    if message.category == "utility" and in_window and now < CHARGED_SINCE:
        return "free_customer_service"
    return "regular"


def _service_type(number: Number, now: float) -> str:
    """Free before October 2026; since then the first thousand of a number and calendar month are."""
    month = datetime.fromtimestamp(now, UTC).strftime("%Y-%m")
    used = number.service_messages.get(month, 0) + 1
    number.service_messages[month] = used
    free = now < CHARGED_SINCE or used <= number.settings.free_service_messages
    return "free_customer_service" if free else "regular"


def _conversation(message: Message, chat: Chat, free_entry: bool, now: float) -> dict[str, Any]:
    """Before v24 every message names a conversation of its own; since then only free entry points do."""
    ends = chat.free_until if free_entry else now + 86_400
    origin = "referral_conversion" if free_entry else message.category.replace("-", "_")
    return {"id": secrets.token_hex(16), "expiration_timestamp": str(int(ends)), "origin": {"type": origin}}
