"""Calls by WhatsApp: who rings whom, who takes it, how it ends; told by webhooks of the field `calls`.

The sound is none of the simulator's business: it goes straight between the phone page's browser and the
agent's. A call that the control addresses make has a plausible session and nobody behind it.
"""

import asyncio
import base64
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.clock import iso
from simulator.errors import webhook_error
from simulator.ids import digits_of
from simulator.models import Chat, Message, Number, Phone
from simulator.sdp import plausible
from simulator.shapes import message_shape
from simulator.webhooks import payloads
from simulator.webhooks.sender import Webhooks
from simulator.world import World

Json = dict[str, Any]
KIND = "voice_call"
DAY_S, WEEK_S = 86_400.0, 7 * 86_400.0
#: How a call of a business ends on a phone that does not wait for its owner.
_BY_ITSELF = {"at_once": "answer", "declines": "decline", "busy": "decline", "never": ""}


@dataclass(slots=True)
class VoiceCall:
    """A call while it lives. `message` is its row in the chat; `by_user`: the customer made it."""

    number: Number
    phone: Phone
    message: Message
    by_user: bool
    offer: str
    answer: str = ""
    answered_at: float = 0.0
    callback_data: str | None = None
    #: What it is to leave behind, as the business asked: {recording?, transcription?: {purpose, …}}.
    keeps: Json = field(default_factory=dict)
    rings: asyncio.TimerHandle | None = field(default=None)

    @property
    def id(self) -> str:
        return self.message.id

    @property
    def state(self) -> Json:
        """What the phone page shows."""
        found: Json = self.message.content[KIND]
        return found


class VoiceCalls:
    """Every call by WhatsApp that rings or runs."""

    def __init__(self, world: World, webhooks: Webhooks) -> None:
        self._world, self._webhooks = world, webhooks
        self.live: dict[str, VoiceCall] = {}
        #: Which calls there were, so that one that is over is told from one that never was.
        self.past: set[str] = set()
        #: Told of a call that is over and was to be kept.
        self.on_kept: Callable[[VoiceCall], None] = lambda call: None

    # ------------------------------------------------------------ the customer calls

    def ring_business(self, number: Number, phone: Phone, offer: str = "") -> VoiceCall:
        """The customer presses the telephone's sign; the business hears of it by a webhook."""
        call = self._begin(number, phone, offer or plausible("offer"), by_user=True)
        self._tell(call, "connect", session={"sdp_type": "offer", "sdp": call.offer})
        return call

    def accept(self, call: VoiceCall, answer: str) -> None:
        """The business takes it: from here on there is sound."""
        call.answer = answer
        self._talk(call)
        self._chat(call).calls_missed = 0

    def prepare(self, call: VoiceCall, answer: str) -> None:
        """The business has the way of the sound made ready."""
        call.answer = answer
        self._show(call, status="connecting", answer=answer)

    # ------------------------------------------------------------ the business calls

    def ring_phone(self, number: Number, phone: Phone, offer: str, callback_data: str | None) -> VoiceCall:
        """The business calls: the phone rings once the caller has its answer."""
        call = self._begin(number, phone, offer, by_user=False)
        call.callback_data = callback_data
        self._chat(call).calls_at.append(self._world.now())
        asyncio.get_running_loop().call_soon(self._ring, call)
        return call

    def _ring(self, call: VoiceCall) -> None:
        self._status(call, "RINGING")
        wanted = _BY_ITSELF.get(call.phone.settings.picks_up)
        if wanted == "answer":
            self.take(call)
        elif wanted == "decline":
            self.decline(call)

    def join(self, call: VoiceCall, answer: str) -> None:
        """The phone has a session of its own; the business is told, so that the sound can be made ready."""
        if not call.answer:
            call.answer = answer
            self._tell(call, "connect", session={"sdp_type": "answer", "sdp": answer})

    def take(self, call: VoiceCall) -> None:
        """The person with the phone takes it."""
        self.join(call, plausible("answer"))
        self._status(call, "ACCEPTED")
        self._talk(call)
        self._chat(call).calls_missed = 0

    def decline(self, call: VoiceCall) -> None:
        """The person with the phone does not."""
        self._status(call, "REJECTED")
        self.end(call, "declined")

    # ------------------------------------------------------------ the end

    def end(self, call: VoiceCall, outcome: str, error: Json | None = None) -> None:
        """Hang up, whoever does. outcome: missed, declined, ended, failed."""
        if self.live.pop(call.id, None) is None:
            return
        self.past.add(call.id)
        if call.rings:
            call.rings.cancel()
        now, more = self._world.now(), {}
        if call.answered_at:
            lasted = max(0, round(now - call.answered_at))
            more = {
                "start_time": str(int(call.answered_at)), "end_time": str(int(now)), "duration": lasted,
            }  # fmt: skip
            self._note_connected(call)
        elif not call.by_user:
            self._note_missed(call)
        self._show(
            call, status="ended", outcome=outcome, duration_s=more.get("duration"), offer="", answer=""
        )
        self._tell(call, "terminate", status="FAILED" if error else "COMPLETED", error=error, **more)
        if call.answered_at and call.keeps:
            self.on_kept(call)

    def tell_kept(self, call: VoiceCall, event: str, **said: Any) -> None:
        """The recording or the transcription of a call is there."""
        self._tell(call, event, **said)

    def forget(self) -> None:
        """No call rings or runs any more; nobody is told."""
        for call in self.live.values():
            if call.rings:
                call.rings.cancel()
        self.live.clear()

    # ------------------------------------------------------------ permission

    def may_call(self, chat: Chat) -> bool:
        """Has this person allowed the business to call, and is it so still?"""
        return chat.calls_permanent or chat.calls_until > self._world.now()

    def decide(self, chat: Chat, reply: Json) -> None:
        """The person answered whether the business may call."""
        allows = reply.get("response") == "accept"
        chat.calls_permanent = allows and bool(reply.get("is_permanent"))
        until = reply.get("expiration_timestamp")
        chat.calls_until = float(until) if allows and until else 0.0
        self._world.save_chat(chat)

    def recent(self, times: list[float], within_s: float) -> int:
        """How many of these moments lie in the last so many seconds."""
        since = self._world.now() - within_s
        return sum(at > since for at in times)

    def _note_connected(self, call: VoiceCall) -> None:
        """A call that came about allows to ask again, and to call back for a week."""
        chat = self._chat(call)
        chat.calls_asked_at = []
        if call.by_user and call.number.settings.calls_allow_callback:
            chat.calls_until = max(chat.calls_until, self._world.now() + WEEK_S)
        self._world.save_chat(chat)

    def _note_missed(self, call: VoiceCall) -> None:
        """After four calls in a row that nobody took, the permission is gone."""
        chat = self._chat(call)
        chat.calls_missed += 1
        if chat.calls_missed >= 4:
            chat.calls_until, chat.calls_permanent, chat.calls_missed = 0.0, False, 0
        self._world.save_chat(chat)

    # ------------------------------------------------------------ rows and webhooks

    def _begin(self, number: Number, phone: Phone, offer: str, *, by_user: bool) -> VoiceCall:
        world, now = self._world, self._world.now()
        message = Message(
            id=new_call_id(), seq=world.next_seq(), channel=number.id, number=phone.number, from_me=by_user,
            kind=KIND, content={KIND: {"status": "ringing", "outcome": "", "answer": ""}}, at=now,
            status="read", delivered_at=now, read_at=now, hidden=phone.settings.hide_number,
        )  # fmt: skip
        call = VoiceCall(number, phone, message, by_user, offer)
        self.live[call.id] = call
        chat = self._chat(call)
        chat.last_id, chat.last_at = message.id, now
        world.save_chat(chat)
        self._show(call, offer="" if by_user else offer)
        ring_s = number.settings.call_ring_s
        call.rings = asyncio.get_running_loop().call_later(ring_s, self._nobody, call)
        return call

    def _nobody(self, call: VoiceCall) -> None:
        if not call.answered_at:
            self.end(call, "missed")

    def _talk(self, call: VoiceCall) -> None:
        call.answered_at = self._world.now()
        if call.rings:
            call.rings.cancel()
        said = {name: one.get("purpose", "") for name, one in call.keeps.items()}
        self._show(call, status="talking", answer=call.answer, talks_since=iso(call.answered_at), keeps=said)

    def _chat(self, call: VoiceCall) -> Chat:
        return self._world.chat(call.number.id, call.phone.number)

    def _show(self, call: VoiceCall, **change: Any) -> None:
        call.message.content = {KIND: {**call.state, **change}}
        self._world.save_message(call.message)
        self._world.feed.publish("message", lambda: message_shape(self._world, call.message))

    def _tell(self, call: VoiceCall, event: str, *, error: Json | None = None, **more: Any) -> None:
        """An entry of `calls[]` with the customer's card; an error stands beside it."""
        item: Json = {"id": call.id, **self._ends(call), "event": event, "timestamp": self._stamp()}
        item |= {"direction": "USER_INITIATED" if call.by_user else "BUSINESS_INITIATED", **more}
        if call.callback_data is not None and event == "terminate":
            item["biz_opaque_callback_data"] = call.callback_data
        value: Json = {"contacts": [self._card(call)], "calls": [item]}
        self._post(call, value | ({"errors": [webhook_error(error)]} if error else {}))

    def _status(self, call: VoiceCall, word: str) -> None:
        """An entry of `statuses[]`: only for calls of the business."""
        item: Json = {"id": call.id, "type": "call", "status": word, "timestamp": self._stamp()}
        if not call.message.hidden:
            item["recipient_id"] = call.phone.number
        if call.number.settings.bsuid:
            item["recipient_user_id"] = self._world.user_id(call.number, call.phone.number)
        if call.callback_data is not None:
            item["biz_opaque_callback_data"] = call.callback_data
        cards = {"contacts": [self._card(call)]} if call.number.settings.contacts_in_statuses else {}
        self._post(call, {**cards, "statuses": [item]})

    def _stamp(self) -> str:
        return str(int(self._world.now()))

    def _ends(self, call: VoiceCall) -> Json:
        """from and to, without a number that is hidden."""
        side, other = ("from", "to") if call.by_user else ("to", "from")
        ends: Json = {} if call.message.hidden else {side: call.phone.number}
        if call.number.settings.bsuid or call.message.hidden:
            ends[f"{side}_user_id"] = self._world.user_id(call.number, call.phone.number)
        return ends | {other: digits_of(call.number.display_phone_number)}

    def _card(self, call: VoiceCall) -> Json:
        user_id = self._world.user_id(call.number, call.phone.number)
        return payloads.contact(call.number, call.phone, user_id, hidden=call.message.hidden)

    def _post(self, call: VoiceCall, value: Json) -> None:
        whole = {"messaging_product": "whatsapp", "metadata": payloads.metadata(call.number), **value}
        item = {"field": "calls", "value": whole}
        self._webhooks.tell(call.number.id, "change", item, number=call.phone.number)


def new_call_id() -> str:
    """A unique `wacid.` id."""
    return "wacid." + base64.b64encode(b"\x1d\x18\x0c" + os.urandom(32)).decode()
