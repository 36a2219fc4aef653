"""Is it still Ada? Her phone changed, so nothing leaves for her until somebody has made sure."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from common.tenancy import tenant_context
from events.models import Event
from inbox.delivery import deliver_all
from inbox.models import Delivery, Message, Reach, Thread
from inbox.operations.receipts import drain
from simulator.ids import identity_key
from tests import hooks
from tests.api.caller import Caller
from tests.api.conftest import program_of
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.whatsapp.conftest import graph

NOW = int(time.time())


class Ada:
    """A customer with a phone the provider knows by a key; she writes to Acme."""

    def __init__(self, cast: Cast, provider: FarEnd) -> None:
        self.cast, self.provider = cast, provider
        self.phone = f"4477009{time.time_ns() % 10**5:05d}"  # the provider remembers longer than a test
        self.set_up, self.written = 0, 0

    @property
    def key(self) -> str:
        return identity_key(self.phone, self.set_up)

    def changes_phone(self) -> None:
        self.provider.new_phone(self.phone)
        self.set_up += 1

    def writes(self, text: str = "Hello", *, key: str | None = None, at: int | None = None) -> Message:
        self.written += 1
        self.provider.write(ACME_ACCOUNT, self.phone, text=text, name="Ada")
        said = hooks.text_message(
            f"wamid.{self.phone}.{self.written}", text, phone=self.phone, at=at, from_user_id=None
        )
        body = hooks.webhook(self.cast.acme_number, messages=[said], name="Ada")
        for contact in body["entry"][0]["changes"][0]["value"]["contacts"]:
            contact["identity_key_hash"] = self.key if key is None else key
        self.tells(body)
        with tenant_context(self.cast.acme.id):
            return Message.objects.select_related("thread").get(external_id=said["id"])

    def tells(self, body: dict[str, Any]) -> None:
        hooks.post(self.cast.acme_number, body)
        drain()

    def got(self) -> list[str]:
        return [one["text"] for one in self.provider.outbox(self.phone)]


@pytest.fixture
def cast(committed_cast: Cast) -> Cast:
    return committed_cast


@pytest.fixture
def ada(cast: Cast, provider: FarEnd) -> Iterator[Ada]:
    provider.register(ACME_ACCOUNT, identity_check=True)
    yield Ada(cast, provider)
    provider.register(ACME_ACCOUNT, identity_check=False)


@pytest.fixture
def program(cast: Cast) -> Caller:
    return program_of(cast.acme)


def answers(program: Caller, thread: Thread, text: str) -> str:
    sent = program.post(f"threads/{thread.id}/messages", {"text": text, "client_ref": text})
    deliver_all()
    return str(sent.data["id"])


def fate(cast: Cast, key: str) -> tuple[str, str]:
    with tenant_context(cast.acme.id):
        message = Message.objects.get(id=key)
        return message.status, (message.error or {}).get("code", "")


def lines(cast: Cast, thread: Thread) -> list[str]:
    with tenant_context(cast.acme.id):
        rows = Event.objects.filter(thread_id=thread.id, type__startswith="thread.identity")
        return list(rows.order_by("seq").values_list("type", flat=True))


def changed(program: Caller, thread: Thread) -> set[bool]:
    reach = program.get(f"customers/{thread.customer_id}").data["reach"]
    return {one["identity_changed_at"] is not None for one in reach}


def confirm(cast: Cast, program: Caller, thread: Thread) -> Any:
    done = program.put(f"customers/{thread.customer_id}/identities/{cast.acme_number.id}")
    deliver_all()
    return done


def test_a_message_waits_while_the_phone_is_another_one_and_leaves_once_confirmed(
    cast: Cast, ada: Ada, program: Caller
) -> None:
    thread = ada.writes().thread
    first = answers(program, thread, "Hello Ada")
    assert (fate(cast, first)[0], lines(cast, thread), changed(program, thread)) == ("sent", [], {False})

    ada.changes_phone()
    ada.writes("It is me")
    second = answers(program, thread, "Your balance is 12")

    assert fate(cast, second) == ("held", "identity_changed")
    assert lines(cast, thread) == ["thread.identity_changed"]
    assert changed(program, thread) == {True}
    program.post(f"messages/{second}/retry")  # waiting is no failure to be hurried
    deliver_all()
    assert fate(cast, second) == ("held", "identity_changed")

    answer = confirm(cast, program, thread)

    assert {one["identity_changed_at"] for one in answer.data["reach"]} == {None}
    assert fate(cast, second)[0] == "sent"
    assert lines(cast, thread) == ["thread.identity_changed", "thread.identity_confirmed"]
    confirm(cast, program, thread)  # twice is once
    assert len(lines(cast, thread)) == 2


def test_the_provider_refuses_the_old_key_and_the_message_waits_instead_of_failing(
    cast: Cast, ada: Ada, program: Caller
) -> None:
    thread = ada.writes().thread
    ada.changes_phone()  # and nobody told us
    message = answers(program, thread, "Your balance is 12")

    assert fate(cast, message) == ("held", "identity_changed")
    assert (ada.got(), lines(cast, thread)) == ([], ["thread.identity_changed"])

    confirm(cast, program, thread)
    assert fate(cast, message)[0] == "sent"
    ada.writes("Thanks")  # the first key seen since is taken as it is
    assert fate(cast, answers(program, thread, "You are welcome"))[0] == "sent"
    assert lines(cast, thread) == ["thread.identity_changed", "thread.identity_confirmed"]


def test_an_older_message_that_comes_late_changes_nothing(cast: Cast, ada: Ada, program: Caller) -> None:
    ada.writes(at=NOW - 50)
    ada.changes_phone()
    thread = ada.writes(at=NOW - 10).thread
    confirm(cast, program, thread)

    ada.writes("Late", key=identity_key(ada.phone, 0), at=NOW - 40)

    assert changed(program, thread) == {False}
    assert fate(cast, answers(program, thread, "Hello"))[0] == "sent"


def test_a_report_teaches_a_key_where_none_is_known_and_never_another_one(
    cast: Cast, ada: Ada, program: Caller
) -> None:
    thread = ada.writes(key="").thread
    message = answers(program, thread, "Hello")
    with tenant_context(cast.acme.id):
        sent_as = Message.objects.get(id=message).external_id or ""
    for key in (ada.key, "another="):
        report = hooks.status(
            sent_as, "delivered", recipient_id=ada.phone, recipient_identity_key_hash=key,
            at=int(time.time()) + len(key),
        )  # fmt: skip
        ada.tells(hooks.webhook(cast.acme_number, statuses=[report]))

    with tenant_context(cast.acme.id):
        rows = Reach.objects.filter(address__kind="phone", address__value=f"+{ada.phone}")
        assert [(row.identity_key, row.identity_changed_at) for row in rows] == [(ada.key, None)]


def test_a_line_of_the_system_and_a_late_failure_say_it_too(cast: Cast, ada: Ada, program: Caller) -> None:
    thread = ada.writes(at=NOW - 50).thread
    message = answers(program, thread, "Hello")
    with tenant_context(cast.acme.id):
        sent_as = Message.objects.get(id=message).external_id or ""
    line: dict[str, Any] = {"from": ada.phone, "id": "wamid.line", "timestamp": str(NOW), "type": "system"}
    line["system"] = {"type": "customer_identity_changed", "body": "…", "identity": {"hash": "new="}}
    ada.tells(hooks.webhook(cast.acme_number, messages=[line]))
    assert (changed(program, thread), lines(cast, thread)) == ({True}, ["thread.identity_changed"])
    confirm(cast, program, thread)

    error = {"code": 137000, "title": "Recipient identity key hash mismatch"}
    report = hooks.status(sent_as, "failed", recipient_id=ada.phone, errors=[error], at=int(time.time()) + 2)
    ada.tells(hooks.webhook(cast.acme_number, statuses=[report]))

    assert fate(cast, message) == ("failed", "identity_changed")
    assert changed(program, thread) == {True}


def test_without_the_check_no_key_is_sent(cast: Cast, ada: Ada, program: Caller) -> None:
    thread = ada.writes(key="").thread
    ada.changes_phone()

    assert fate(cast, answers(program, thread, "Hello"))[0] == "sent"
    with tenant_context(cast.acme.id):
        assert not Reach.objects.exclude(identity_key="").exists()
        assert not Delivery.objects.filter(state="held").exists()


def test_who_says_a_wrong_key_is_refused(ada: Ada) -> None:
    ada.provider.write(ACME_ACCOUNT, ada.phone, text="Hello")
    body = {"messaging_product": "whatsapp", "to": f"+{ada.phone}", "text": {"body": "Hello"}}

    wrong = graph(
        ada.provider, "POST", f"{ACME_ACCOUNT}/messages", json={**body, "recipient_identity_key_hash": "no="}
    )
    right = graph(
        ada.provider,
        "POST",
        f"{ACME_ACCOUNT}/messages",
        json={**body, "recipient_identity_key_hash": ada.key},
    )

    assert (wrong.status_code, wrong.json()["error"]["code"], right.status_code) == (400, 137000, 200)


def test_charlie_of_globex_finds_nobody_to_confirm(cast: Cast, ada: Ada, charlie_client: Client) -> None:
    thread = ada.writes().thread
    path = f"customers/{thread.customer_id}/identities/{cast.acme_number.id}"

    assert Caller(charlie_client).put(path).status == 404
