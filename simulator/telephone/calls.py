"""Calls: ringing, answering, and what is said and pressed, told by webhooks."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import urljoin

from simulator.models import Message, Number, Phone
from simulator.shapes import message_shape
from simulator.telephone.courier import Courier
from simulator.telephone.script import BadScript, Verb, read_script
from simulator.world import World

ENDED = {"completed", "busy", "no-answer", "canceled", "failed"}
#: How a phone behaves → how the call ends or begins.
_OUTCOMES = {
    "at_once": "answer",
    "never": "no_answer",
    "busy": "busy",
    "voicemail": "voicemail",
    "declines": "declined",
}
_VERBS_MAX = 200
_VOICEMAIL_S = 1.0


class HungUp(Exception):
    """The call is over."""


@dataclass(slots=True)
class Call:
    """One call while it lives. `message` shows it in the chat."""

    line: Number
    phone: Phone
    message: Message
    url: str
    twiml: str
    callback: str
    events: set[str]
    ring_s: float
    detects: bool
    sequence: int = 0
    answered_at: float = 0.0
    answered_by: str = ""
    decided: asyncio.Event = field(default_factory=asyncio.Event)
    outcome: str = ""
    keys: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def state(self) -> dict[str, Any]:
        """What the phone page shows: {status, spoken, offered, digits, …}."""
        found: dict[str, Any] = self.message.content["call"]
        return found


class Calls:
    """Every call of the simulator."""

    def __init__(self, world: World, courier: Courier) -> None:
        self._world, self._courier = world, courier
        self.live: dict[str, Call] = {}

    # What the person does

    def answer(self, call: Call, by: str = "human") -> None:
        """Pick up, or let the voicemail do it."""
        call.answered_by = by
        self._decide(call, "answer")

    def decline(self, call: Call) -> None:
        """Press the red button while it rings."""
        self._decide(call, "declined")

    def press(self, call: Call, digits: str) -> None:
        """Press keys."""
        for digit in digits:
            call.keys.put_nowait(digit)

    def hang_up(self, call: Call) -> None:
        """End the call, whichever side does."""
        self._decide(call, "canceled")
        call.over.set()

    def _decide(self, call: Call, outcome: str) -> None:
        if not call.decided.is_set():
            call.outcome = outcome
            call.decided.set()

    # The way

    async def run(self, call: Call) -> None:
        """Carry a call from its beginning to its end."""
        self.live[call.message.id] = call
        try:
            await self._status(call, "initiated", "initiated")
            await self._ring(call)
        except HungUp:
            await self._end(call, "completed")
        finally:
            self.live.pop(call.message.id, None)

    async def _ring(self, call: Call) -> None:
        wanted = self._wanted(call)
        if wanted in {"busy", "failed"}:
            await self._end(call, wanted)
            return
        await self._status(call, "ringing", "ringing")
        if wanted == "voicemail":
            self.answer(call, "machine_start")
        elif wanted == "answer":
            self.answer(call)
        elif wanted:
            self._decide(call, wanted)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(call.decided.wait(), call.ring_s)
        if call.outcome == "answer":
            await self._talk(call)
        else:
            ends = {"declined": "busy", "canceled": "canceled"}
            await self._end(call, ends.get(call.outcome, "no-answer"))

    def _wanted(self, call: Call) -> str:
        told = self._world.faults.phone("call", call.line.id, call.phone.number, None)
        return str(told or _OUTCOMES.get(call.phone.settings.picks_up, ""))

    async def _talk(self, call: Call) -> None:
        call.answered_at = time.monotonic()
        call.answered_by = call.answered_by or "human"
        await self._status(call, "in-progress", "answered")
        self.press(call, call.phone.settings.presses)
        verbs = read_script(call.twiml) if call.twiml else await self._fetch(call, call.url, {})
        await self._perform(call, verbs, call.url)
        await self._end(call, "completed")

    async def _end(self, call: Call, status: str) -> None:
        call.over.set()
        await self._status(call, status, "completed")

    async def _status(self, call: Call, status: str, event: str) -> None:
        """Show it on the phone and tell the business, in the company's order."""
        call.state["status"] = status
        if call.answered_at and status == "completed":
            call.state["duration_s"] = max(1, round(time.monotonic() - call.answered_at))
        call.state["answered_by"] = call.answered_by if call.detects else ""
        if status in ENDED - {"completed"}:
            call.message.status = "failed"
        self.show(call)
        sequence, call.sequence = call.sequence, call.sequence + 1
        if call.callback and event in call.events:
            fields = self._fields(call) | {
                "SequenceNumber": str(sequence),
                "CallbackSource": "call-progress-events",
                "Timestamp": formatdate(self._world.now(), localtime=False).replace("-0000", "+0000"),
            }
            if status in ENDED:
                seconds = call.state.get("duration_s", 0)
                fields |= {"CallDuration": str(seconds), "Duration": str(-(-seconds // 60))}
                if call.outcome == "declined":
                    fields["SipResponseCode"] = "603"
            await self._courier.tell(call.line, call.phone.number, call.callback, fields, f"status {status}")

    def _fields(self, call: Call) -> dict[str, str]:
        to, line = f"+{call.phone.number}", call.line
        fields = {
            "CallSid": call.message.id, "AccountSid": line.account_sid, "From": line.id, "To": to,
            "Caller": line.id, "Called": to, "CallStatus": call.state["status"], "Direction": "outbound-api",
            "ApiVersion": "2010-04-01",
        }  # fmt: skip
        return fields | ({"AnsweredBy": call.answered_by} if call.detects and call.answered_by else {})

    async def _fetch(self, call: Call, url: str, more: Mapping[str, str]) -> list[Verb]:
        """The next script. A business that does not answer, or not with one, ends the call."""
        label = "keys" if "Digits" in more else "answer"
        answer = await self._courier.ask(
            call.line, call.phone.number, url, self._fields(call) | dict(more), label
        )
        if answer is None or answer.status >= 300:
            raise HungUp
        try:
            return read_script(answer.body.decode())
        except (BadScript, UnicodeError):
            call.state["fault"] = "12100: the answer is not a script"
            raise HungUp from None

    # What is said

    async def _perform(self, call: Call, verbs: list[Verb], url: str) -> None:
        """Do one verb after the other. Raises HungUp when one of them ends the call."""
        left = _VERBS_MAX
        while verbs and left:
            verb, verbs, left = verbs[0], verbs[1:], left - 1
            if verb.name in {"Hangup", "Reject"}:
                return
            if verb.name == "Redirect":
                url = urljoin(url, verb.text.strip())
                verbs = await self._fetch(call, url, {})
            elif verb.name == "Gather":
                digits = await self._gather(call, verb)
                if digits or verb.attributes.get("actionOnEmptyResult") == "true":
                    url = urljoin(url, verb.attributes.get("action", ""))
                    verbs = await self._fetch(
                        call, url, {"Digits": digits, "FinishedOnKey": "", "msg": "Gather End"}
                    )
            else:
                await self._unless_over(call, self._utter(call, verb))

    async def _gather(self, call: Call, verb: Verb) -> str:
        """Listen for keys from the first word on, and some seconds after the last."""
        wanted, end = int(verb.attributes.get("numDigits", "32")), verb.attributes.get("finishOnKey", "#")
        wait_s, digits = float(verb.attributes.get("timeout", "5")), ""
        call.state["listens"] = True
        self.show(call)
        speaking = asyncio.create_task(self._speak(call, verb.inner))
        try:
            while len(digits) < wanted:
                key = await self._key(call, speaking, wait_s)
                if not key or key == end:
                    break
                digits += key
                speaking.cancel()
        finally:
            speaking.cancel()
            call.state["listens"] = False
        if digits:
            call.state["spoken"].append({"digits": digits})
        self.show(call)
        return digits

    async def _key(self, call: Call, speaking: asyncio.Task[None], wait_s: float) -> str:
        """The next key; "" when none came for so long after the last word."""
        pressed = asyncio.create_task(call.keys.get())
        try:
            over = asyncio.create_task(call.over.wait())
            await asyncio.wait({pressed, speaking, over}, return_when=asyncio.FIRST_COMPLETED)
            if not pressed.done() and not call.over.is_set():
                await asyncio.wait({pressed, over}, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
            over.cancel()
            if call.over.is_set():
                raise HungUp
            return pressed.result() if pressed.done() else ""
        finally:
            pressed.cancel()

    async def _speak(self, call: Call, verbs: list[Verb]) -> None:
        for verb in verbs:
            await self._utter(call, verb)

    async def _utter(self, call: Call, verb: Verb) -> None:
        """Say it, in the time it takes to say."""
        pace = call.phone.settings.speech_s_per_char
        if verb.name == "Say":
            pauses_s = int(verb.attributes.get("pauses_ms", "0")) / 1000 * min(1.0, pace * 20)
            seconds = len(verb.text) * pace + pauses_s
            language, voice = verb.attributes.get("language", ""), verb.attributes.get("voice", "")
            spoken = {"text": verb.text, "seconds": round(seconds, 2), "language": language, "voice": voice}
            call.state["spoken"].append(spoken)
            said = [part["text"] for part in call.state["spoken"] if "text" in part]
            call.message.text = " ".join(said)
            self.show(call)
            await asyncio.sleep(seconds)
        elif verb.name == "Pause":
            await asyncio.sleep(float(verb.attributes.get("length", "1")) * min(1.0, pace * 20))
        elif verb.name == "Play":
            call.state["spoken"].append({"text": "♪", "seconds": 0})

    async def _unless_over(self, call: Call, work: Any) -> None:
        """Do something, or stop when somebody hangs up. Raises HungUp."""
        task, over = asyncio.create_task(work), asyncio.create_task(call.over.wait())
        await asyncio.wait({task, over}, return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        if not task.done():
            task.cancel()
            raise HungUp
        await task

    def show(self, call: Call) -> None:
        """The phone shows the call as it is."""
        self._world.save_message(call.message)
        self._world.feed.publish("message", lambda: message_shape(self._world, call.message))
