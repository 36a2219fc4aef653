"""Sending choices and templates whose places are checked before anything is queued."""

from __future__ import annotations

from common.tenancy import tenant_context
from inbox.models import Message, Thread
from tests.api.caller import Caller
from tests.cast import Cast


def test_buttons_are_queued_with_their_content(thread: Thread, bob_calls: Caller) -> None:
    content = {"type": "buttons", "buttons": [{"id": "y", "title": "Yes"}, {"id": "n", "title": "No"}]}

    sent = bob_calls.post(
        f"threads/{thread.id}/messages", {"kind": "interactive", "text": "Shall we?", "content": content}
    )

    assert sent.status == 201
    assert (sent.data["kind"], sent.data["text"], sent.data["content"]) == (
        "interactive", "Shall we?", content,
    )  # fmt: skip


def test_every_mistake_in_a_choice_is_named_and_nothing_is_queued(
    cast: Cast, thread: Thread, bob_calls: Caller
) -> None:
    content = {"type": "buttons", "buttons": [{"id": "y", "title": "x" * 21}, {"id": "n"}]}

    refused = bob_calls.post(f"threads/{thread.id}/messages", {"kind": "interactive", "content": content})

    assert (refused.status, refused.data["code"]) == (422, "content_invalid")
    assert [one["pointer"] for one in refused.data["errors"]] == [
        "/content/buttons/0/title", "/content/buttons/1/title", "/text",
    ]  # fmt: skip
    with tenant_context(cast.acme.id):
        assert not Message.objects.filter(direction="outbound").exists()


def test_a_template_value_with_a_line_break_is_refused_with_its_place(
    thread: Thread, bob_calls: Caller
) -> None:
    body = {"type": "body", "parameters": [{"type": "text", "text": "one\ntwo"}]}

    refused = bob_calls.post(
        f"threads/{thread.id}/messages",
        {"template": {"name": "order_ready", "language": "en", "components": [body]}},
    )

    assert (refused.status, refused.data["code"]) == (422, "content_invalid")
    assert refused.data["errors"][0]["pointer"] == "/template/components/0/parameters/0/text"
