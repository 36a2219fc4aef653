"""Webhooks of providers that do not ask twice, while PostgreSQL is away and whatever is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from common.tenancy import tenant_context
from inbox.door import Door
from inbox.models import Channel, Message, Receipt
from inbox.operations.receipts import drain
from inbox.signers import Unavailable
from inbox.spool import Spool, Spooled, SpoolFull
from telephony.signatures import form_text, sign
from tests.cast import Cast
from tests.inbox.telephone import TOKEN, connect_line, text

ROOT = Path(__file__).resolve().parent.parent.parent


def spooled(body: bytes = b"MessageSid=SM1") -> Spooled:
    return Spooled("sms", uuid4(), uuid4(), body, datetime.now(UTC))


def test_what_is_kept_is_read_again_whole(tmp_path: Path) -> None:
    spool, row = Spool(tmp_path / "spool", 10), spooled(b"a\nb\0c")

    spool.keep(row)

    [path] = spool.waiting()
    assert spool.read(path) == row
    spool.remove([path])
    assert spool.waiting() == []


def test_a_full_spool_says_so(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 1)
    spool.keep(spooled())

    with pytest.raises(SpoolFull):
        spool.keep(spooled())


def test_a_torn_file_is_put_aside(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 10)
    spool.keep(spooled(b"MessageSid=SM1&Body=long"))
    [path] = spool.waiting()
    path.write_bytes(path.read_bytes()[:-3])

    assert spool.read(path) is None
    assert spool.waiting() == []
    assert [one.suffix for one in tmp_path.iterdir()] == [".bad"]


KEEPER = """
import sys, uuid, datetime
from pathlib import Path
from inbox.spool import Spool, Spooled
spool = Spool(Path(sys.argv[1]), 100000)
for n in range(100000):
    now = datetime.datetime.now(datetime.UTC)
    spool.keep(Spooled("sms", uuid.UUID(int=1), None, b"MessageSid=SM%d" % n, now))
    print(n, flush=True)
"""


def test_kill_9_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    keeper = subprocess.Popen(
        [sys.executable, "-c", KEEPER, str(tmp_path / "spool")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert keeper.stdout
    answered = [int(keeper.stdout.readline()) for _ in range(60)]
    os.kill(keeper.pid, signal.SIGKILL)
    answered += [int(line) for line in keeper.stdout.read().split()]
    keeper.wait()

    spool = Spool(tmp_path / "spool", 100_000)
    found = {row.body for path in spool.waiting() if (row := spool.read(path))}
    assert {b"MessageSid=SM%d" % n for n in answered} <= found
    assert not list((tmp_path / "spool").glob("*.bad"))


# ---------------------------------------------------------------- the door


async def knock(door: Door, channel: Channel, form: dict[str, str]) -> tuple[int, bytes]:
    """Post a form as the provider signs it; (status, body) of the answer."""
    path, sent = f"/hooks/sms/{channel.id}/", []
    url = f"http://parley.test{path}"
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": sign(url + form_text(list(form.items())), TOKEN),
    }
    scope = {
        "type": "http", "method": "POST", "path": path, "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": urlencode(form).encode(), "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await door(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]


@pytest.fixture
def doors(committed_cast: Cast, settings: Any, tmp_path: Path) -> Cast:
    settings.PUBLIC_URL, settings.HOOK_SPOOL_DIR = "http://parley.test", tmp_path / "spool"
    return committed_cast


def _texts(cast: Cast) -> list[str]:
    with tenant_context(cast.acme.id):
        return list(Message.objects.order_by("at").values_list("text", flat=True))


async def _drained(door: Door) -> None:
    """Until nothing waits on the disk; what drains it ends then."""
    assert door._drainer
    await asyncio.wait_for(door._drainer, 10)


@pytest.mark.django_db(transaction=True)
async def test_a_text_that_finds_postgresql_away_waits_on_the_disk(
    doors: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = await sync_to_async(connect_line)(doors)
    door = Door()
    assert await knock(door, line, text("SM1", "Before")) == (200, b"<Response/>")
    store, away = door._store, True

    async def sometimes(batch: Any) -> None:
        if away:
            raise OSError("away")
        await store(batch)

    monkeypatch.setattr(door, "_store", sometimes)
    assert (await knock(door, line, text("SM2", "Meanwhile")))[0] == 200
    assert len(list(settings.HOOK_SPOOL_DIR.glob("*.hook"))) == 1
    assert (await knock(door, line, {**text("SM3", "Forged"), "Body": "x"}))[0] == 200
    away = False
    await _drained(door)
    await sync_to_async(drain)()

    assert await sync_to_async(_texts)(doors) == ["Before", "Meanwhile", "x"]
    await (await door.pool()).close()


@pytest.mark.django_db(transaction=True)
async def test_a_new_process_takes_up_what_a_killed_one_left_even_twice(doors: Cast, settings: Any) -> None:
    line = await sync_to_async(connect_line)(doors)
    first = Door()
    await knock(first, line, text("SM1", "Stored"))
    receipt = await sync_to_async(Receipt.objects.get)()
    spool = Spool(settings.HOOK_SPOOL_DIR, 10)
    # Killed after storing and before removing: the body is in both places.
    spool.keep(Spooled("sms", receipt.app_id, line.id, bytes(receipt.body), receipt.received_at))

    second = Door()
    await second.start()
    await _drained(second)
    await sync_to_async(drain)()

    assert await sync_to_async(_texts)(doors) == ["Stored"]
    for door in (first, second):
        await (await door.pool()).close()


@pytest.mark.django_db(transaction=True)
async def test_a_provider_that_asks_again_is_told_to(
    doors: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Door()

    async def never(*_: Any) -> None:
        raise Unavailable

    monkeypatch.setattr(door, "accept", never)
    monkeypatch.setattr("channels_sms.adapter.Adapter.spools_hooks", False)
    line = await sync_to_async(connect_line)(doors)

    assert (await knock(door, line, text("SM1", "Hello")))[0] == 503
    assert not settings.HOOK_SPOOL_DIR.exists()
    await (await door.pool()).close()
