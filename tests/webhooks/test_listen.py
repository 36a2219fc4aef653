"""`manage.py listen`: events come to a program on the developer's own machine, with a key alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command

from tenants.operations.keys import create_api_key
from tests.servers import Recorded, recorded_server
from tests.webhooks.conftest import House
from tests.webhooks.receiver import Receiver, is_signed
from webhooks.listening import Listener, secret_of

KEY = "parley_test_0123456789"
ME = {"tenant": {"id": "0190a0c4-0000-7000-8000-000000000002", "name": "Acme", "slug": "acme", "demo": False}}
ROOT = Path(__file__).resolve().parents[2]
WORDS = "My card is gone"


class Enough(Exception):
    """The story is told."""


def event(seq: int, kind: str = "message.received") -> dict[str, Any]:
    return {
        "seq": seq,
        "id": f"0190a0c4-0000-7000-8000-{seq:012}",
        "type": kind,
        "at": "2026-11-30T08:00:00.000000Z",
        "actor": {"kind": "customer", "id": None, "name": "Ada"},
        "data": {"message": {"text": WORDS}},
    }


def page(*events: dict[str, Any], after: int = 0, has_more: bool = False) -> dict[str, Any]:
    return {"data": events, "has_more": has_more, "next": str(events[-1]["seq"] if events else after)}


@pytest.fixture(autouse=True)
def this_machine(settings: Any) -> None:
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]


@pytest.fixture
def parley() -> Iterator[Recorded]:
    """Gives recorded answers, the first of them to `me`."""
    with recorded_server() as found:
        found.answer(200, ME)
        yield found


def listens(server: str, url: str, *, rests: int = 0, after: int | None = 0, key: str = KEY) -> list[str]:
    """What the person reads until it has rested so often."""
    lines: list[str] = []
    left = iter(range(rests))

    def rest(_: float) -> None:
        if next(left, None) is None:
            raise Enough

    with pytest.raises(Enough):
        Listener(server, key, lines.append, rest).listen(url, after)
    return lines


def asked_after(parley: Recorded) -> list[str]:
    return [parse_qs(urlsplit(one.path).query)["after"][0] for one in parley.asked if "after" in one.path]


def test_each_event_comes_signed_in_the_envelope_of_webhooks(parley: Recorded, server: Receiver) -> None:
    parley.answer(200, page(event(7), event(9, "thread.closed")))

    lines = listens(parley.url, server.url)

    first, second = server.asked
    assert is_signed(first, secret_of(KEY))
    assert secret_of(KEY) in lines[0]
    assert KEY not in " ".join(lines)
    assert first.headers["webhook-id"] == event(7)["id"]
    assert first.json == {
        "id": event(7)["id"],
        "seq": 7,
        "type": "message.received",
        "created": event(7)["at"],
        "api_version": "v1",
        "workspace": {key: ME["tenant"][key] for key in ("id", "name", "slug")},
        "test": True,
        "is_reference": False,
        "data": event(7)["data"],
        "actor": event(7)["actor"],
    }
    assert second.json["type"] == "thread.closed"
    assert {one.headers["authorization"] for one in parley.asked} == {f"Bearer {KEY}"}


def test_a_line_per_event_tells_the_answer_and_nobodys_words(parley: Recorded, server: Receiver) -> None:
    parley.answer(200, page(event(7), event(8)))
    answers = iter([201, 500])
    server.answer = lambda _: (next(answers), {}, b"")

    _, first, second = listens(parley.url, server.url)

    assert first.startswith("7 message.received → 201 (")
    assert second.startswith("8 message.received → 500 (")
    assert WORDS not in first + second


def test_it_goes_on_after_the_last_event_and_through_all_pages(parley: Recorded, server: Receiver) -> None:
    parley.answer(200, page(event(7), has_more=True))
    parley.answer(200, page(event(9)))
    parley.answer(200, page(after=9))
    parley.answer(200, page(event(12)))

    listens(parley.url, server.url, rests=2, after=3)

    assert asked_after(parley) == ["3", "7", "9", "9"]
    assert [one["seq"] for one in server.events] == [7, 9, 12]


def test_a_server_that_starts_anew_is_asked_until_it_is_back(parley: Recorded, server: Receiver) -> None:
    parley.answer(200, page(event(7)))
    for status in (503, 502, 429):
        parley.answer(status)
    parley.answer(200, page(event(8)))

    lines = listens(parley.url, server.url, rests=4)

    assert asked_after(parley) == ["0", "7", "7", "7", "7"]
    assert [one["seq"] for one in server.events] == [7, 8]
    assert [line for line in lines if "Asking again" in line] == [
        "The server answered with status 503. Asking again until it is there."
    ]


def test_nobody_there_at_all_is_said_once_and_asked_again(server: Receiver) -> None:
    [line] = listens("http://127.0.0.1:9", server.url, rests=3)

    assert "could not be reached" in line


def test_a_program_that_is_not_running_yet_is_said_in_its_line(parley: Recorded) -> None:
    parley.answer(200, page(event(7)))

    lines = listens(parley.url, "http://127.0.0.1:9/hooks")

    assert "7 message.received → 127.0.0.1 could not be reached" in lines[1]


@pytest.mark.parametrize("length", [0, 1, 2, 7, 64, 1000])
def test_it_begins_with_now_however_long_the_log_is(
    length: int, server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some numbers are missing in each log: what is for one member's eyes."""
    log = [event(seq) for seq in range(1, length + 1) if seq % 5]
    asked: list[int] = []

    def read(self: Listener, path: str, **query: int) -> Any:
        asked.append(query["after"])
        found = [one for one in log if one["seq"] > query["after"]][:1]
        return page(*found, after=query["after"])

    monkeypatch.setattr(Listener, "_read", read)

    end = Listener("http://127.0.0.1:9", KEY, print, lambda _: None).end()

    assert end == (log[-1]["seq"] if log else 0)
    assert len(asked) <= 25


@pytest.mark.parametrize(
    ("status", "words"), [(401, "does not take this key"), (403, "events:read"), (301, "status 301")]
)
def test_a_key_that_is_refused_ends_it_with_a_sentence(server: Receiver, status: int, words: str) -> None:
    with recorded_server() as parley:
        parley.answer(status, {"title": "No"})

        with pytest.raises(CommandError, match=words):
            call_command("listen", url=server.url, key=KEY, server=parley.url)


@pytest.mark.parametrize("address", ["http://shop.example/", "http://10.0.0.1/", "ftp://localhost/"])
def test_the_key_never_leaves_this_machine_in_the_clear(
    server: Receiver, settings: Any, address: str
) -> None:
    settings.OUTBOUND_ALLOW = []

    with pytest.raises(CommandError):
        call_command("listen", url=server.url, key=KEY, server=address.replace("shop.example", "1.1.1.1"))


@pytest.mark.django_db(transaction=True)
def test_from_a_real_server_come_the_real_events(
    committed_house: House, live_server: Any, server: Receiver
) -> None:
    house = committed_house
    with house.scope():
        _, key = create_api_key(name="Laptop", scopes=["events:read"], by=house.cast.alice)
    house.happens("thread.closed")
    lines: list[str] = []

    def rest(_: float) -> None:
        if server.asked:
            raise Enough
        house.happens("thread.opened")
        house.happens("draft.saved", audience=house.cast.bob.id)

    with pytest.raises(Enough):
        Listener(live_server.url, key, lines.append, rest).listen(server.url)

    assert server.types == ["thread.opened"]
    [said] = server.events
    assert said["workspace"] == {
        "id": str(house.cast.acme.id), "name": "Acme", "slug": house.cast.acme.slug,
    }  # fmt: skip
    assert said["test"] is False
    assert "thread.opened → 200" in lines[1]


def test_it_needs_no_settings_and_no_database_and_ends_with_ctrl_c(
    parley: Recorded, server: Receiver
) -> None:
    parley.answer(200, page(event(7)))
    command = [sys.executable, "manage.py", "listen", "--url", server.url, "--key", KEY]
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    for _ in range(600):
        parley.answer(200, page(after=7))

    with subprocess.Popen(
        [*command, "--server", parley.url, "--after", "0"],
        cwd=ROOT, env=bare, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        head, line = running.stdout.readline(), running.stdout.readline()
        running.send_signal(signal.SIGINT)
        rest, complaints = running.communicate(timeout=60)

    assert secret_of(KEY) in head
    assert line.startswith("7 message.received → 200")
    assert rest == "Stopped.\n"
    assert "Traceback" not in complaints
    assert running.returncode == 0
    assert is_signed(server.asked[0], secret_of(KEY))
