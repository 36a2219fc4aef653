"""A number that is used in the WhatsApp Business app too: what the app has is sent by webhooks, once."""

from __future__ import annotations

import asyncio
from typing import Any

from simulator.errors import GraphError
from simulator.graph.call import Call, required
from simulator.ids import new_trace_id
from simulator.models import Chat, Message
from simulator.webhooks import payloads

Json = dict[str, Any]
_DAYS_S = 180 * 86_400


async def start(call: Call) -> Json:
    """POST /{number}/smb_app_data {messaging_product, sync_type}. Raises GraphError."""
    kind = str(required(call.params, "sync_type"))
    if kind not in _SENDERS:
        raise GraphError(100, f"Param sync_type must be one of {{{', '.join(_SENDERS)}}}.")
    if not call.number.settings.on_biz_app:
        raise GraphError(100, "The number is not used in the WhatsApp Business app.")
    if kind in call.number.synced:
        raise GraphError(2593107)
    call.number.synced.append(kind)
    call.sim.world.save_number(call.number)
    asyncio.get_running_loop().call_soon(_tell, call, kind)
    return {"messaging_product": "whatsapp", "request_id": new_trace_id()}


def _tell(call: Call, kind: str) -> None:
    call.sim.run(_send(call, kind))


async def _send(call: Call, kind: str) -> None:
    value: Json = {"messaging_product": "whatsapp", "metadata": payloads.metadata(call.number)}
    value |= await _SENDERS[kind](call)
    call.sim.webhooks.tell(call.number.id, "change", {"value": value, "field": kind})


def _chats(call: Call) -> list[Chat]:
    world = call.sim.world
    mine = [chat for chat in world.chats.values() if chat.channel == call.number.id]
    return [chat for chat in mine if not world.phone(chat.number).group]


async def _contacts(call: Call) -> Json:
    """The address book: everybody the number has a chat with."""
    at = str(int(call.now))
    people = [(chat.number, call.sim.world.phone(chat.number).name) for chat in _chats(call)]
    return {
        "state_sync": [
            {
                "type": "contact",
                "contact": {"full_name": name, "first_name": name.split(" ")[0], "phone_number": wa_id},
                "action": "add",
                "metadata": {"timestamp": at},
            }
            for wa_id, name in people
        ]
    }


async def _history(call: Call) -> Json:
    """The texts of the last 180 days, chat by chat, in one chunk."""
    threads = []
    for chat in _chats(call):
        found = await call.sim.world.chat_page(chat.channel, chat.number, None, 100)
        texts = [one for one in reversed(found) if one.kind == "text" and one.at > call.now - _DAYS_S]
        if texts:
            threads.append({"id": chat.number, "messages": [_message(call, one) for one in texts]})
    chunk = {"metadata": {"phase": 0, "chunk_order": 1, "progress": 100}, "threads": threads}
    return {"history": [chunk]}


def _message(call: Call, one: Message) -> Json:
    ours = payloads.metadata(call.number)["display_phone_number"]
    sides = {"from": one.number} if one.from_me else {"from": ours, "to": one.number}
    status = "READ" if one.status in ("read", "played") else "DELIVERED"
    return {
        **sides, "id": one.id, "timestamp": str(int(one.at)), "type": "text", "text": {"body": one.text},
        "history_context": {"status": status},
    }  # fmt: skip


_SENDERS = {"smb_app_state_sync": _contacts, "history": _history}
HANDLERS = {("POST", "smb_app_data"): start}
