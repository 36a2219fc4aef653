"""Presence: heard by the own tenant only, gone with its connection, fading by itself."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from realtime import presence
from realtime.hub import Hub
from realtime.presence import Mark, Present, heard_mark, read_mark, tell_everybody
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_mark_is_heard_by_the_own_tenant_only_and_told_to_latecomers(committed_cast: Cast) -> None:
    hub = Hub()
    heard: dict[str, list[Mark]] = {"acme": [], "globex": []}
    rang = asyncio.Event()

    def at_acme(mark: Mark) -> None:
        heard["acme"].append(mark)
        rang.set()

    await hub.join(committed_cast.acme.id, lambda *_: None)
    hub.watch(committed_cast.acme.id, at_acme)
    hub.watch(committed_cast.globex.id, heard["globex"].append)
    mark = Mark("one", committed_cast.bob.id, uuid4(), "replying")
    while not rang.is_set():  # the ear opens in a task of its own
        await tell_everybody(committed_cast.acme.id, mark)
        await asyncio.wait([asyncio.create_task(rang.wait())], timeout=0.1)

    assert set(heard["acme"]) == {mark}
    assert heard["globex"] == []
    assert hub.watch(committed_cast.acme.id, heard["globex"].append) == [mark]
    assert hub.watch(committed_cast.globex.id, at_acme) == []


def test_a_mark_goes_with_its_connection_and_fades_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("realtime.presence.time.monotonic", lambda: clock[0])
    present, thread = Present(), uuid4()
    first, second = Mark("one", uuid4(), thread), Mark("two", uuid4(), thread)
    present.note(first)
    present.note(second)
    assert present.marks() == [first, second]

    present.note(Mark("one", first.member_id, None))
    assert present.marks() == [second]
    clock[0] += presence.FADES_AFTER_S + 1
    assert present.marks() == []


def test_what_a_browser_says_is_checked() -> None:
    me, thread = uuid4(), uuid4()
    mark = read_mark({"thread": str(thread), "state": "replying"}, "key", me)

    assert heard_mark(mark.shape | {"type": presence.MARKED}) == mark
    assert read_mark({"thread": None}, "key", me).thread_id is None
    for wrong in (
        {"thread": "no id"},
        {"thread": 7},
        {"state": "dancing"},
        {"thread": [], "state": "viewing"},
    ):
        with pytest.raises(ValueError, match=r".*"):
            read_mark(wrong, "key", me)
