"""Texts between phones and lines: what businesses hear of them, and the words that stop and start them."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from simulator.business import Business
from simulator.customer import Customers
from simulator.models import Media, Message, Number, Phone
from simulator.telephone.courier import Courier
from simulator.telephone.texts import parts_of
from simulator.world import World

Json = dict[str, Any]
API = "/2010-04-01"
_STOP = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"}
_START = {"START", "YES", "UNSTOP"}
_HELP = {"HELP", "INFO"}
# How far a text has come → the company's word.
WORDS = {
    "accepted": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "failed": "undelivered",
}


class Lines:
    """Carries texts to lines and tells what became of those that lines sent."""

    def __init__(
        self, world: World, courier: Courier, business: Business, customers: Customers, url: str
    ) -> None:
        self._world, self._courier, self._customers, self._url = world, courier, customers, url
        self._tasks: set[asyncio.Task[Any]] = set()
        business.on_line_status = self.status
        customers.on_text = self.text

    def text(self, line: Number, phone: Phone, message: Message) -> None:
        """A customer's text, to the line's business."""
        said = message.text.strip().upper()
        opted = "STOP" if said in _STOP else "START" if said in _START else "HELP" if said in _HELP else ""
        chat = self._world.chat(line.id, phone.number)
        if opted in {"STOP", "START"}:
            chat.stopped = opted == "STOP"
            self._world.save_chat(chat)
        if line.webhook_url:
            self.run(self._bring(line, phone, message, self._incoming(line, phone, message, opted)))

    async def _bring(self, line: Number, phone: Phone, message: Message, fields: dict[str, str]) -> None:
        answer = await self._courier.tell(line, phone.number, line.webhook_url, fields, "text")
        self._customers.heard_by_line(message, "ok" if answer and answer.status < 300 else "given_up")

    def _incoming(self, line: Number, phone: Phone, message: Message, opted: str) -> dict[str, str]:
        media = self._world.media.get(message.media_id or "")
        fields = {
            "ToCountry": "GB", "FromCountry": "GB", "MessageSid": message.id, "SmsSid": message.id,
            "SmsMessageSid": message.id, "SmsStatus": "received", "From": f"+{phone.number}", "To": line.id,
            "Body": message.text, "NumMedia": "1" if media else "0", "ApiVersion": "2010-04-01",
            "NumSegments": str(parts_of(message.text)), "AccountSid": line.account_sid,
        }  # fmt: skip
        if opted:
            fields["OptOutType"] = opted
        if media:
            fields |= {"MediaUrl0": self.media_url(line, message, media), "MediaContentType0": media.mime}
        return fields

    def media_url(self, line: Number, message: Message, media: Media) -> str:
        """Where a business asks for a file, with its password."""
        return f"{self._url}{API}/Accounts/{line.account_sid}/Messages/{message.id}/Media/{media_sid(media)}"

    def status(self, line: Number, message: Message, state: str) -> None:
        """What became of a text that the line sent."""
        if message.callback_data and message.kind != "call":
            self.run(self._report(line, message, WORDS.get(state, state)))

    async def _report(self, line: Number, message: Message, word: str) -> None:
        fields = {
            "MessageSid": message.id, "SmsSid": message.id, "MessageStatus": word, "SmsStatus": word,
            "To": f"+{message.number}", "From": line.id, "AccountSid": line.account_sid,
            "ApiVersion": "2010-04-01",
        }  # fmt: skip
        if message.error:
            fields["ErrorCode"] = str(message.error["code"])
        await self._courier.tell(line, message.number, message.callback_data or "", fields, f"status {word}")

    def run(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something beside the calls."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def media_sid(media: Media) -> str:
    """A file's id as this company writes it."""
    return f"ME{int(media.id):032x}"


def media_of(world: World, sid: str) -> Media | None:
    """The file behind such an id."""
    try:
        return world.media.get(str(int(sid.removeprefix("ME"), 16)))
    except ValueError:
        return None
