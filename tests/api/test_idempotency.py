"""A POST repeated with its Idempotency-Key happens once (reliability rule 15)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.utils import timezone

from common.api.idempotency import forget_old_keys
from common.models import IdempotencyKey
from common.tenancy import tenant_context
from inbox.api import messages
from inbox.models import Attachment, Message, Thread
from tests.api.caller import Answer, Caller
from tests.api.conftest import customer_writes, program_of
from tests.cast import Cast

KEY = {"Idempotency-Key": "order-4711"}


def sent(thread: Thread) -> int:
    with tenant_context(thread.tenant_id):
        return Message.objects.filter(direction="outbound").count()


def test_the_same_request_again_gets_the_same_answer(program: Caller, thread: Thread) -> None:
    first = program.post(f"threads/{thread.id}/messages", {"text": "Hello"}, headers=KEY)
    again = program.post(f"threads/{thread.id}/messages", {"text": "Hello"}, headers=KEY)

    assert (again.status, again.body) == (first.status, first.body) == (201, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert sent(thread) == 1


def test_without_a_key_every_request_counts(program: Caller, thread: Thread) -> None:
    for _ in range(2):
        program.post(f"threads/{thread.id}/messages", {"text": "Hello"})

    assert sent(thread) == 2


def test_another_body_or_address_under_the_same_key_is_refused(program: Caller, thread: Thread) -> None:
    program.post(f"threads/{thread.id}/messages", {"text": "Hello"}, headers=KEY)

    other_body = program.post(f"threads/{thread.id}/messages", {"text": "Hullo"}, headers=KEY)
    other_address = program.post("messages", {"text": "Hello"}, headers=KEY)

    assert (other_body.status, other_body.code) == (422, "key_reused")
    assert (other_address.status, other_address.code) == (422, "key_reused")
    assert sent(thread) == 1


def test_a_refused_request_stores_nothing_and_may_be_corrected(program: Caller, thread: Thread) -> None:
    wrong = program.post(f"threads/{thread.id}/messages", {"text": "Hello", "colour": 1}, headers=KEY)
    empty = program.post(f"threads/{thread.id}/messages", {"text": " "}, headers=KEY)
    right = program.post(f"threads/{thread.id}/messages", {"text": "Hello"}, headers=KEY)

    assert (wrong.status, empty.status, right.status) == (400, 422, 201)
    assert "Idempotent-Replayed" not in right.headers


def test_a_request_that_broke_stores_nothing(
    program: Caller, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(messages, "message_answer", lambda _: 1 / 0)
        failed = program.post(f"threads/{thread.id}/messages", {"text": "Hello"}, headers=KEY)
    again = program.post(f"threads/{thread.id}/messages", {"text": "Hello"}, headers=KEY)

    assert (failed.status, again.status) == (500, 201)
    assert sent(thread) == 1


def test_keys_of_two_callers_do_not_meet(
    cast: Cast, program: Caller, alice_calls: Caller, thread: Thread
) -> None:
    for caller in (program, alice_calls, program_of(cast.acme)):
        answer = caller.post(f"threads/{thread.id}/messages", {"text": "Hello"}, headers=KEY)
        assert "Idempotent-Replayed" not in answer.headers

    assert sent(thread) == 3


@pytest.mark.parametrize("key", ["", "x" * 256, "ключ", "a\tb"])
def test_a_malformed_key_is_refused(program: Caller, thread: Thread, key: str) -> None:
    answer = program.post(
        f"threads/{thread.id}/messages", {"text": "Hello"}, headers={"Idempotency-Key": key}
    )

    assert (answer.status, answer.code) == (400, "malformed")
    assert sent(thread) == 0


def test_an_upload_is_known_again_by_its_content(program: Caller, cast: Cast) -> None:
    def file(text: bytes) -> SimpleUploadedFile:
        return SimpleUploadedFile("terms.pdf", text, content_type="application/pdf")

    first = program.upload("attachments", file=file(b"%PDF one"), headers=KEY)
    again = program.upload("attachments", file=file(b"%PDF one"), headers=KEY)
    other = program.upload("attachments", file=file(b"%PDF two"), headers=KEY)

    assert (first.status, again.body, other.code) == (201, first.body, "key_reused")
    with tenant_context(cast.acme.id):
        assert Attachment.objects.count() == 1


def test_answers_are_forgotten_after_a_week(program: Caller, thread: Thread) -> None:
    program.post(f"threads/{thread.id}/messages", {"text": "Hello"}, headers=KEY)
    with tenant_context(thread.tenant_id):
        IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(days=8))

    again = program.post(f"threads/{thread.id}/messages", {"text": "Hello"}, headers=KEY)

    assert "Idempotent-Replayed" not in again.headers
    with tenant_context(thread.tenant_id):
        assert forget_old_keys() == 0
        IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(days=8))
        assert forget_old_keys() == 1


def test_fifty_at_once_have_one_effect(committed_cast: Cast) -> None:
    thread = customer_writes(committed_cast.acme_number, "My card is gone").thread
    program = program_of(committed_cast.acme)
    key = program.headers["Authorization"].removeprefix("Bearer ")
    start = threading.Barrier(10)
    answers: list[Answer] = []

    def knock() -> None:
        caller = Caller(Client(), key)
        start.wait(10)
        path = f"threads/{thread.id}/messages"
        answers.extend(caller.post(path, {"text": "Hello"}, headers=KEY) for _ in range(5))
        connections.close_all()

    crowd = [threading.Thread(target=knock) for _ in range(10)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(60)

    assert len(answers) == 50
    assert {answer.status for answer in answers} <= {201, 409}
    assert {answer.code for answer in answers if answer.status == 409} <= {"still_running"}
    assert len({answer.body for answer in answers if answer.status == 201}) == 1
    assert sent(thread) == 1
