"""A socket hears its own tenant, whatever its session says and whatever it asks for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import orjson
import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings

from common.tenancy import tenant_context
from events import bus
from inbox.models import Thread
from inbox.operations.authors import Author
from inbox.operations.receipts import drain
from inbox.operations.reply import reply
from realtime import hub as hubs
from realtime.sockets import InboxSocket
from tenants.models import Member, Tenant
from tenants.operations.members import deactivate_member
from tests import hooks
from tests.conftest import _signed_in
from tests.crossfire.evidence import evidence_of
from tests.crossfire.marks import PHONE
from tests.crossfire.raiders import Canaries
from tests.crossfire.twins import Twin, Twins

SOCKETS: Any = InboxSocket.as_asgi()
LAST = "thread.tested"
ODD_FRAMES = [
    "", "null", "[]", '"resume"', '{"type":"resume"}', '{"type":"resume","after":null}', "\0", "[" * 70_000,
    '{"type":"resume","after":"' + "9" * 5_000 + '"}', '{"type":"resume","after":1e300}',
    '{"type":"resume","after":-9e18}', '{"type":"resume","after":99999999999999999999}',
    '{"type":"resume","after":[1]}', '{"type":["resume"],"after":0}', '{"type":"events","tenant":"%s"}',
]  # fmt: skip


@pytest.fixture(autouse=True)
def own_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has an event loop of its own, and so a hub of its own."""
    monkeypatch.setattr(hubs, "_hub", None)


class Browser:
    """One open socket."""

    def __init__(self, cookie: str) -> None:
        headers = [(b"cookie", cookie.encode())]
        scope = {"type": "websocket", "path": "/ws/", "headers": headers, "query_string": b""}
        self._socket: Any = ApplicationCommunicator(SOCKETS, scope)  # type: ignore[no-untyped-call]

    async def connect(self) -> None:
        await self._socket.send_input({"type": "websocket.connect"})
        assert (await self.message())["type"] == "websocket.accept"

    async def says(self, text: str) -> None:
        await self._socket.send_input({"type": "websocket.receive", "text": text})

    async def resumes(self) -> None:
        await self.says('{"type":"resume","after":0}')

    async def message(self) -> dict[str, Any]:
        """What the server does next."""
        found: dict[str, Any] = await self._socket.receive_output(10)
        return found

    async def frame(self) -> str:
        """The next text."""
        text: str = (await self.message())["text"]
        return text

    async def leave(self) -> None:
        await self._socket.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._socket.wait(5)


@contextlib.asynccontextmanager
async def socket(member: Member | None, naming: Tenant) -> AsyncIterator[Browser]:
    """A browser with the member's session, which says that it works in the tenant `naming`."""
    browser = Browser(await sync_to_async(_cookie)(member, naming) if member else "a=b")
    await browser.connect()
    yield browser
    await browser.leave()


def _cookie(member: Member, naming: Tenant) -> str:
    client = _signed_in(member, naming)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


async def heard_until_last(found: Browser) -> str:
    """Every frame up to the event that ends the story."""
    frames = ""
    async with asyncio.timeout(10):
        while LAST not in frames:
            frames += await found.frame()
    return frames


def _work(twin: Twin) -> None:
    """A customer writes, an agent answers, and then the story is over."""
    hooks.post(
        twin.channel,
        hooks.webhook(twin.channel, messages=[hooks.text_message("w.9", twin.word("live"), phone=PHONE)]),
    )
    drain()
    with tenant_context(twin.tenant.id):
        thread = Thread.objects.get(id=twin.rows["thread"])
        reply(thread=thread, by=Author.of(twin.agent), client_ref="live-1", text=twin.word("answer"))
    _happen(twin.tenant.id)


async def test_a_seat_of_globex_never_hears_acme(twins: Twins) -> None:
    acme, globex = twins.acme, twins.globex
    with evidence_of(acme.tenant.id) as (rows,):
        canaries = Canaries(rows.ids())
    async with (
        socket(globex.owner, globex.tenant) as owner,
        socket(globex.owner, acme.tenant) as naming,
        socket(twins.moved, acme.tenant) as moved,
        socket(acme.owner, acme.tenant) as victim,
    ):
        for one in (owner, naming, moved, victim):
            await one.resumes()
        await sync_to_async(_work)(acme)
        await sync_to_async(_work)(globex)

        assert canaries.in_text(await heard_until_last(victim))
        for one in (owner, naming, moved):
            frames = await heard_until_last(one)
            assert "message.received" in frames
            assert canaries.in_text(frames) == []


async def test_what_was_missed_comes_before_what_happens_while_it_is_read(
    twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser that hears of event 21 before it has the first 20 would have to ask again."""
    tenant_id = twins.acme.tenant.id
    hub = hubs.hub()
    read = hub.catch_up

    async def read_while_something_happens(tenant: UUID, after: int) -> Any:
        found = await read(tenant, after)
        heard = asyncio.Event()
        await hub.join(tenant, lambda *_: heard.set())
        await sync_to_async(_happen)(tenant_id)
        await asyncio.wait_for(heard.wait(), 20)
        return found

    monkeypatch.setattr(hub, "catch_up", read_while_something_happens)
    async with socket(twins.acme.owner, twins.acme.tenant) as found:
        await found.message()
        await found.resumes()
        first, second = orjson.loads(await found.frame()), orjson.loads(await found.frame())

    assert (first["after"], second["after"], second["head"]) == (0, first["head"], first["head"] + 1)


def _happen(tenant_id: UUID) -> None:
    with tenant_context(tenant_id):
        bus.record(LAST, {})


async def test_nobody_and_those_who_left_have_no_seat(twins: Twins) -> None:
    for member in (None, twins.acme.gone):
        async with socket(member, twins.acme.tenant) as found:
            assert await found.message() == {"type": "websocket.close", "code": 4401}


async def test_who_is_deactivated_while_listening_loses_the_seat_before_hearing_more(twins: Twins) -> None:
    async with socket(twins.acme.agent, twins.acme.tenant) as found, asyncio.timeout(20):
        await found.message()
        await found.resumes()
        await found.frame()
        await sync_to_async(_shut_out)(twins.acme)

        assert await found.message() == {"type": "websocket.close", "code": 4403}


def _shut_out(twin: Twin) -> None:
    with tenant_context(twin.tenant.id):
        deactivate_member(member=twin.agent, by=twin.owner)
        bus.record(LAST, {})


async def test_who_lost_the_seat_in_silence_loses_the_socket_at_the_next_look(
    twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realtime.sockets.CHECK_EVERY_S", 0.05)
    forget = twins.acme.agent.user.memberships.update

    async with socket(twins.acme.agent, twins.acme.tenant) as found, asyncio.timeout(20):
        await found.message()
        await sync_to_async(forget)(is_active=False)

        assert await found.message() == {"type": "websocket.close", "code": 4403}


async def test_odd_frames_neither_end_the_socket_nor_open_another_tenant(twins: Twins) -> None:
    async with socket(twins.globex.owner, twins.globex.tenant) as found:
        for frame in ODD_FRAMES:
            await found.says(frame.replace("%s", str(twins.acme.tenant.id)))
            await found.resumes()
            heard = await _until_events(found)

            assert Canaries({str(twins.acme.tenant.id)}).in_text(heard) == [], frame


async def _until_events(found: Browser) -> str:
    """Frames up to one that holds events."""
    heard = ""
    async with asyncio.timeout(10):
        while '"events":[{' not in heard:
            heard += await found.frame()
    return heard
