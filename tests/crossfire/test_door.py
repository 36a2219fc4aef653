"""What Globex's app signs reaches Globex, whoever's number it names and whichever address it was sent to."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from asgiref.sync import sync_to_async

from common.tenancy import tenant_context
from inbox.door import Door
from inbox.models import Message, Receipt
from inbox.operations.receipts import drain
from tests import hooks
from tests.crossfire.evidence import evidence_of
from tests.crossfire.marks import MARK, PHONE, WAMID
from tests.crossfire.twins import Twin, Twins

SHARED = "/hooks/whatsapp/"
#: What the forgeries would change, were they true.
WRITTEN = {
    "inbox_message", "inbox_messagechange", "inbox_messagestatus", "inbox_reaction", "inbox_thread",
    "customers_address", "events_event",
}  # fmt: skip


class Visitor:
    """Knocks at the door as a provider does, and reads the status of the answer."""

    def __init__(self) -> None:
        self._door = Door()

    async def posts(self, path: str, body: Any, secret: str) -> int:
        raw = orjson.dumps(body)
        signature = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
        return await self._asks("POST", path, raw, {"X-Hub-Signature-256": f"sha256={signature}"})

    async def greets(self, path: str, token: str) -> int:
        query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "4711"}
        return await self._asks("GET", path, b"", {}, urlencode(query))

    async def leaves(self) -> None:
        await (await self._door.pool()).close()

    async def _asks(
        self, method: str, path: str, body: bytes, headers: dict[str, str], query: str = ""
    ) -> int:
        sent: list[dict[str, Any]] = []
        scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self._door(scope, receive, send)
        status: int = sent[0]["status"]
        return status


@pytest.fixture
async def visitor(twins: Twins) -> Any:
    found = Visitor()
    yield found
    await found.leaves()


def forged(victim: Twin) -> list[dict[str, Any]]:
    """Everything a webhook can say, said of a victim's number and its messages."""
    message = hooks.text_message
    edit = {"original_message_id": WAMID, "message": {"type": "text", "text": {"body": "forged"}}}
    moved = {"type": "user_changed_number", "wa_id": "447700900199", "body": "moved"}
    said = [
        message("wamid.new", "forged", phone=PHONE),
        message(WAMID, "forged again", phone=PHONE),
        message("wamid.re", "", type="reaction", reaction={"message_id": WAMID, "emoji": "💥"}),
        message("wamid.ed", "", type="edit", edit=edit),
        message("wamid.rv", "", type="revoke", revoke={"original_message_id": WAMID}),
        message("wamid.sy", "", type="system", system=moved),
    ]
    reports = [hooks.status(WAMID, word) for word in ("sent", "delivered", "read")]
    ref = victim.rows["failed"]
    return [
        hooks.webhook(victim.channel, messages=said, name="Mallory"),
        hooks.webhook(
            victim.channel, statuses=[*reports, hooks.status("wamid.x", "sent", biz_opaque_callback_data=ref)]
        ),
    ]


async def test_globex_cannot_write_into_acmes_number(twins: Twins, visitor: Visitor) -> None:
    acme, globex = twins.acme, twins.globex
    with evidence_of(acme.tenant.id) as (rows,):
        before = rows.hashes()
        for body in [*forged(acme), _both(globex, acme)]:
            assert await visitor.posts(SHARED, body, globex.secret) == 200
            assert await visitor.posts(f"{SHARED}{globex.channel.id}/", body, globex.secret) == 200
            assert await visitor.posts(f"{SHARED}{acme.channel.id}/", body, globex.secret) == 401
        await sync_to_async(drain)()

        assert rows.hashes() == before
    assert await sync_to_async(_texts)(globex) >= {"to globex"}
    assert await sync_to_async(Receipt.objects.filter(state="new").count)() == 0


def _both(globex: Twin, acme: Twin) -> dict[str, Any]:
    """One body with an entry for each: Globex's own goes its way, the other nowhere."""
    own = hooks.webhook(globex.channel, messages=[hooks.text_message("wamid.own", "to globex")])
    other = hooks.webhook(acme.channel, messages=[hooks.text_message("wamid.other", "to acme")])
    return {**own, "entry": [*other["entry"], *own["entry"]]}


def _texts(twin: Twin) -> set[str]:
    with tenant_context(twin.tenant.id):
        return set(Message.objects.values_list("text", flat=True))


async def test_acmes_own_app_writes_into_it(twins: Twins, visitor: Visitor) -> None:
    """The same bodies, signed by the right app, arrive: without this the story above would prove nothing."""
    acme = twins.acme
    with evidence_of(acme.tenant.id) as (rows,):
        before = rows.hashes()
        for body in forged(acme):
            assert await visitor.posts(SHARED, body, acme.secret) == 200
            assert await visitor.posts(f"{SHARED}{acme.channel.id}/", body, acme.secret) == 200
        await sync_to_async(drain)()
        changed = {table for table, digest in rows.hashes().items() if digest != before[table]}

    assert changed >= WRITTEN
    assert await sync_to_async(_texts)(acme) >= {"forged"}
    assert MARK not in "".join(await sync_to_async(_texts)(twins.globex))


async def test_what_nobody_signed_is_not_even_stored(twins: Twins, visitor: Visitor) -> None:
    stored = await sync_to_async(Receipt.objects.count)()
    body = forged(twins.acme)[0]

    for path in (SHARED, f"{SHARED}{twins.acme.channel.id}/", f"{SHARED}{twins.acme.rows['thread']}/"):
        assert await visitor.posts(path, body, "a secret of nobody's") == 401
    assert await sync_to_async(Receipt.objects.count)() == stored


async def test_only_acmes_own_token_opens_acmes_address(twins: Twins, visitor: Visitor) -> None:
    address = f"{SHARED}{twins.acme.channel.id}/"

    assert await visitor.greets(address, "hi-acme") == 200
    assert await visitor.greets(address, "hi-globex") >= 400


async def test_globex_reads_of_its_forgery_only_what_it_sent(twins: Twins, visitor: Visitor) -> None:
    with evidence_of(twins.globex.tenant.id, twins.acme.tenant.id) as (rows, acme):
        for body in forged(twins.acme):
            await visitor.posts(SHARED, body, twins.globex.secret)
        await sync_to_async(drain)()

        known = acme.ids() - {twins.acme.rows["failed"]}
        seen = "".join(row for _, row in rows.rows())
    assert MARK not in seen
    assert not [one for one in known if one in seen]
