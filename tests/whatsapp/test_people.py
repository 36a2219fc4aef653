"""What we do with people at the provider: block them, and show them that we write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from common import queues
from common.tenancy import tenant_context
from events.models import Event
from inbox.models import Channel, Reach, Thread
from inbox.operations.blocks import tell_blocks
from inbox.operations.seen import tell_all
from tests import hooks
from tests.api.caller import Caller
from tests.api.conftest import customer_writes, program_of
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.whatsapp.conftest import graph


@pytest.fixture
def program(cast: Cast) -> Caller:
    return program_of(cast.acme)


@pytest.fixture
def thread(cast: Cast, provider: FarEnd) -> Thread:
    """Ada wrote just now; the provider knows it."""
    written = provider.write(ACME_ACCOUNT, hooks.PHONE, text="Hello", name="Ada")
    return customer_writes(cast.acme_number, "Hello", message_id=written, from_user_id=None).thread


@pytest.fixture(autouse=True)
def _nobody_stays_blocked(provider: FarEnd) -> Iterator[None]:
    """The provider remembers longer than a test."""
    yield
    people = [{"user": hooks.PHONE}]
    graph(
        provider,
        "DELETE",
        f"{ACME_ACCOUNT}/block_users",
        json={"messaging_product": "whatsapp", "block_users": people},
    )


def blocked_there(provider: FarEnd) -> list[str]:
    found = graph(provider, "GET", f"{ACME_ACCOUNT}/block_users").json()["data"]
    return [one["wa_id"] for one in found]


def path(cast: Cast, thread: Thread) -> str:
    return f"customers/{thread.customer_id}/blocks/{cast.acme_number.id}"


def test_a_person_is_blocked_here_at_once_and_there_soon(
    cast: Cast, provider: FarEnd, thread: Thread, program: Caller
) -> None:
    answer = program.put(path(cast, thread))
    before = blocked_there(provider)
    calls = tell_blocks()
    program.put(path(cast, thread))  # twice is once

    assert [one["blocked"] for one in answer.data["reach"]] == [True] * len(answer.data["reach"])
    assert (before, calls, blocked_there(provider)) == ([], 1, [hooks.PHONE])
    assert tell_blocks() == 0
    with tenant_context(cast.acme.id):
        events = list(Event.objects.filter(type__startswith="customer.").values_list("type", flat=True))
    assert events.count("customer.blocked") == 1

    program.delete(path(cast, thread))
    tell_blocks()
    assert blocked_there(provider) == []
    with tenant_context(cast.acme.id):
        assert not Reach.objects.filter(blocked=True).exists()


def test_a_refusal_is_kept_in_words_and_the_block_stays_ours(
    cast: Cast, provider: FarEnd, program: Caller
) -> None:
    thread = customer_writes(cast.acme_number, "Hello").thread  # the provider never heard of it
    program.put(path(cast, thread))
    tell_blocks()

    reach = program.get(f"customers/{thread.customer_id}").data["reach"]
    assert {one["blocked"] for one in reach} == {True}
    assert all("24 hours" in one["block_error"] for one in reach)


def test_while_the_provider_is_away_it_is_tried_again(
    cast: Cast, provider: FarEnd, thread: Thread, program: Caller
) -> None:
    with tenant_context(cast.acme.id):
        Channel.objects.update(base_url="http://127.0.0.1:9")
    program.put(path(cast, thread))
    tell_blocks()

    with tenant_context(cast.acme.id):
        assert {row.block_attempts for row in Reach.objects.all()} == {1}
        assert Reach.objects.filter(block_due_at__gt=timezone.now()).exists()
        Channel.objects.update(base_url=provider.url)
        Reach.objects.update(block_due_at=timezone.now() - timedelta(seconds=1))
        queues.enqueue("blocks")
    tell_blocks()
    assert blocked_there(provider) == [hooks.PHONE]


def test_the_customer_sees_that_we_write(
    cast: Cast, thread: Thread, program: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, Any]] = []
    monkeypatch.setattr("channels_whatsapp.sending.mark_read", lambda account, **said: told.append(said))
    assert program.put(f"threads/{thread.id}/typing").status == 204
    tell_all()
    tell_all()

    with tenant_context(cast.acme.id):
        row = Thread.objects.get(id=thread.id)
    assert [one["typing"] for one in told] == [True]
    assert (row.typing_at, row.told_count) == (None, 1)


def test_what_waited_too_long_is_not_shown_as_typing(
    cast: Cast, thread: Thread, program: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, Any]] = []
    monkeypatch.setattr("channels_whatsapp.sending.mark_read", lambda account, **said: told.append(said))
    program.put(f"threads/{thread.id}/typing")
    with tenant_context(cast.acme.id):
        Thread.objects.update(typing_at=timezone.now() - timedelta(minutes=1))
    tell_all()

    assert told == []
    with tenant_context(cast.acme.id):
        assert Thread.objects.get().typing_at is None


def test_a_stranger_finds_nobody(cast: Cast, thread: Thread, charlie_client: Client) -> None:
    charlie = Caller(charlie_client)

    assert charlie.put(path(cast, thread)).status == 404
    assert charlie.delete(path(cast, thread)).status == 404
    assert charlie.put(f"threads/{thread.id}/typing").status == 404
