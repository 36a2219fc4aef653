"""Signed webhooks of the telephone company: forms, in order for each phone, repeated once at most."""

import asyncio
import base64
import hashlib
import hmac
import random
import time
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from simulator.models import Number
from simulator.webhooks.wire import Answer, Client, Refused
from simulator.world import World

_TIMEOUT_S = 15.0
_AGAIN_S = 0.3
_ANSWER_MAX = 100_000
_LATE_S = 0.4
_dice = random.SystemRandom()


def signature(url: str, fields: Mapping[str, str], token: str) -> str:
    """Over the address and, in the order of their names, every field's name and value."""
    text = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


class Courier:
    """Carries webhooks to the businesses."""

    def __init__(self, world: World, client: Client) -> None:
        self._world = world
        self._client = client
        self._lanes: dict[tuple[str, str], asyncio.Lock] = {}

    async def tell(
        self, line: Number, wa_id: str, url: str, fields: Mapping[str, str], label: str
    ) -> Answer | None:
        """Post one report after those before it; faults may delay, double or shuffle it. None: no answer."""
        faults = self._world.faults
        await asyncio.sleep(faults.webhook("delay_s", line.id, wa_id) or 0)
        if faults.webhook("pause", line.id, wa_id):
            return None
        if _dice.random() < (faults.webhook("reorder", line.id, wa_id) or 0):
            await asyncio.sleep(_dice.random() * _LATE_S)
            answer = await self.ask(line, wa_id, url, fields, label)
        else:
            async with self._lanes.setdefault((line.id, wa_id), asyncio.Lock()):
                answer = await self.ask(line, wa_id, url, fields, label)
        if _dice.random() < (faults.webhook("duplicate", line.id, wa_id) or 0):
            await self.ask(line, wa_id, url, fields, f"{label} again")
        return answer

    async def ask(
        self, line: Number, wa_id: str, url: str, fields: Mapping[str, str], label: str
    ) -> Answer | None:
        """Post now; once more when no connection came about, never after an answer."""
        url = url.partition("#")[0]
        for attempt in (1, 2):
            started = time.perf_counter()
            try:
                answer = await self._post(url, fields, line.app_secret)
            except Refused as error:
                self._note(line, wa_id, url, fields, label, None, started, str(error))
                if attempt == 1:
                    await asyncio.sleep(_AGAIN_S)
                continue
            self._note(line, wa_id, url, fields, label, answer, started, _odd(answer))
            return answer
        return None

    async def _post(self, url: str, fields: Mapping[str, str], token: str) -> Answer:
        body = urlencode(fields).encode()
        headers = [
            (b"User-Agent", b"TwilioProxy/1.1"),
            (b"Content-Type", b"application/x-www-form-urlencoded; charset=UTF-8"),
            (b"Content-Length", str(len(body)).encode()),
            (b"X-Twilio-Signature", signature(url, fields, token).encode()),
        ]
        return await self._client.post_as(url, headers, body, _TIMEOUT_S, _ANSWER_MAX)

    def _note(
        self, line: Number, wa_id: str, url: str, fields: Mapping[str, str], label: str,
        answer: Answer | None, started: float, detail: str | None,
    ) -> None:  # fmt: skip
        self._world.log.add(
            at=self._world.now(), direction="out", label=label, method="POST", path=urlsplit(url).path,
            status=answer.status if answer else None, ms=(time.perf_counter() - started) * 1000,
            channel=line.id, number=wa_id, detail=detail, body=urlencode(fields).encode(),
        )  # fmt: skip


def _odd(answer: Answer) -> str | None:
    """A plain text is sent to the customer as a message: surely not what was meant."""
    kind = answer.headers.get("content-type", "")
    if answer.body.strip() and kind.startswith("text/plain"):
        return f"The answer is plain text and would be sent as a message: {answer.body[:80]!r}"
    return None
