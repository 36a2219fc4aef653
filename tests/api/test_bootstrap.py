"""What the inbox page starts with: everything at once, in one snapshot."""

from __future__ import annotations

import threading
import zlib
from typing import Any

import orjson
import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from common.tenancy import tenant_context
from events.models import Event
from inbox.models import Attachment, Message, Thread
from inbox.operations.authors import Author
from inbox.operations.drafts import save_draft
from inbox.operations.notes import add_note
from inbox.operations.receipts import drain
from inbox.operations.threads import label_thread
from inbox.queries import bootstrap as bootstraps
from inbox.queries.bootstrap import bootstrap
from tenants.operations.teams import create_team
from tests import hooks
from tests.api.caller import Caller
from tests.api.conftest import Writes, customer_writes
from tests.cast import Cast


@pytest.fixture
def busy(cast: Cast, thread: Thread, writes: Writes, bob_calls: Caller) -> Thread:
    """Ada's conversation with a bit of everything, among others."""
    with tenant_context(cast.acme.id):
        asked = Message.objects.get()
        add_note(thread=thread, by=cast.alice, text="Look", client_ref="n", mentions=[cast.bob.id])
        label_thread(thread=thread, labels=["fraud"], by=Author.of(cast.alice))
        create_team(name="Fraud", colour=2)
        file = Attachment.objects.create(kind="document", mime="application/pdf", state="ready")
        save_draft(
            thread=thread, member=cast.bob, mode="reply", text="Dear", reply_to=asked, attachments=[file]
        )
    bob_calls.post(f"threads/{thread.id}/messages", {"text": "Which card?", "reply_to": str(asked.id)})
    bob_calls.put(f"messages/{asked.id}/reaction", {"emoji": "👀"})
    for n in range(5):
        writes("Hello", phone=f"4477009006{n:02}", name=f"Other {n}")
    return thread


def test_it_holds_what_the_single_calls_answer(cast: Cast, busy: Thread, bob_calls: Caller) -> None:
    whole = bob_calls.get("bootstrap", view="unassigned", thread=str(busy.id)).data

    assert whole["me"] == bob_calls.get("me").data["member"]
    assert whole["tenant"]["name"] == "Acme"
    assert sorted(one["name"] for one in whole["members"]) == ["Alice", "Bob"]
    assert whole["teams"] == bob_calls.get("teams").data["data"]
    assert whole["labels"] == [{"name": "fraud", "colour": 0}]
    assert [one["id"] for one in whole["inboxes"]] == [str(cast.acme_number.inbox_id)]
    channels = bob_calls.get("channels").data["data"]
    assert whole["channels"] == [
        {name: one[name] for name in one if name not in {"webhook_url", "old_secret_ends_at"}}
        for one in channels
    ]
    assert whole["threads"]["data"] == bob_calls.get("threads", view="unassigned").data["data"]
    views = bob_calls.get("views").data
    assert (whole["views"], whole["head"]) == (views["data"], views["head"])
    assert whole["team_counts"] == views["teams"]
    opened = whole["thread"]
    assert opened["thread"] == bob_calls.get(f"threads/{busy.id}").data
    assert opened["customer"] == bob_calls.get(f"customers/{busy.customer_id}").data
    assert opened["timeline"] == bob_calls.get(f"threads/{busy.id}/timeline").data
    assert [(one["text"], len(one["attachments"])) for one in whole["drafts"]] == [("Dear", 1)]


def test_head_is_the_number_of_the_last_event(busy: Thread, bob_calls: Caller) -> None:
    head = bob_calls.get("bootstrap").data["head"]

    assert bob_calls.get("events", after=str(head)).data["data"] == []
    assert bob_calls.get("events", after=str(head - 1)).data["data"] != []


def test_counts_are_those_of_the_lists(busy: Thread, bob_calls: Caller, alice_calls: Caller) -> None:
    bob_calls.put(f"threads/{busy.id}/read", {"read_count": 1})
    bob_calls.put(f"threads/{busy.id}/assignment", {"assignee_id": bob_calls.get("me").data["member"]["id"]})
    others = [row["id"] for row in bob_calls.get("threads", view="unassigned").data["data"]]
    bob_calls.put(f"threads/{others[0]}/closure")
    bob_calls.put(f"threads/{others[1]}/snooze", {"wake_on_reply": True})

    for caller in (bob_calls, alice_calls):
        for view in caller.get("views").data["data"]:
            rows = caller.get("threads", view=view["key"], limit=200).data["data"]
            unread = [
                row for row in rows if row["inbound_count"] > row["read_count"] and row["status"] != "closed"
            ]
            assert (view["key"], view["count"], view["unread"]) == (view["key"], len(rows), len(unread))


def test_teams_are_counted_too(cast: Cast, busy: Thread, bob_calls: Caller) -> None:
    with tenant_context(cast.acme.id):
        fraud, cards, _idle = (str(create_team(name=name).id) for name in ("Theft", "Cards", "Idle"))
    rows = [row["id"] for row in bob_calls.get("threads", view="unassigned", limit=200).data["data"]]
    for thread, team in zip(rows, (fraud, fraud, fraud, cards), strict=False):
        bob_calls.put(f"threads/{thread}/assignment", {"team_id": team})
    bob_calls.put(f"threads/{rows[0]}/read", {"read_count": 1})
    bob_calls.put(f"threads/{rows[1]}/closure")

    counted = {one["id"]: (one["count"], one["unread"]) for one in bob_calls.get("views").data["teams"]}

    for team in (fraud, cards):
        listed = bob_calls.get("threads", view="all", status="open", team=team).data["data"]
        unread = [row for row in listed if row["inbound_count"] > row["read_count"]]
        assert counted[team] == (len(listed), len(unread))
    assert set(counted) == {fraud, cards}


def test_at_most_fifteen_statements(cast: Cast, busy: Thread) -> None:
    with CaptureQueriesContext(connection) as statements:
        bootstrap(tenant=cast.acme, member=cast.bob, view="all", thread_id=busy.id)

    asked = [
        one["sql"] for one in statements if not one["sql"].startswith(("SET LOCAL", "SAVEPOINT", "RELEASE"))
    ]
    assert len(asked) <= 15, "\n".join(sql[:120] for sql in asked)


def test_it_is_small(cast: Cast, busy: Thread) -> None:
    text = "Where is my parcel? It was due on Tuesday."
    others = [hooks.text_message(f"wamid.o{n}", text, phone=f"44770090070{n:02}") for n in range(45)]
    hers = [hooks.text_message(f"wamid.h{n}", text) for n in range(45)]
    hooks.post(cast.acme_number, hooks.webhook(cast.acme_number, messages=[*others, *hers]))
    drain()

    whole = bootstrap(tenant=cast.acme, member=cast.bob, view="all", thread_id=busy.id)

    assert len(whole["threads"]["data"]) == bootstraps.THREADS
    assert whole["thread"]["timeline"]["has_before"] is True
    assert len(zlib.compress(orjson.dumps(whole))) <= 15_000
    assert len(orjson.dumps(whole)) <= 90_000


def test_a_view_or_thread_that_is_none_is_named_by_the_call(busy: Thread, bob_calls: Caller) -> None:
    assert bob_calls.get("bootstrap", view="nonsense").pointers == ["?view"]
    assert bob_calls.get("bootstrap", thread="nonsense").pointers == ["?thread"]
    assert "thread" not in bob_calls.get("bootstrap", thread="0190a0c4-0000-7000-8000-000000000000").data


def test_a_program_has_no_page(program: Caller) -> None:
    assert program.get("bootstrap").code == "member_only"
    assert program.get("views").code == "member_only"


def test_what_happens_meanwhile_is_not_in_it(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that comes between two statements is not in the snapshot, but among the events after head."""
    cast = committed_cast
    customer_writes(cast.acme_number, "Before")
    original = bootstraps._threads

    def slowly(*args: Any) -> Any:
        _elsewhere(lambda: customer_writes(cast.acme_number, "Meanwhile"))
        return original(*args)

    monkeypatch.setattr(bootstraps, "_threads", slowly)

    whole = bootstrap(tenant=cast.acme, member=cast.bob, view="all")

    last = [row["last_message"] for row in whole["threads"]["data"]]
    assert [message and message["text"] for message in last] == ["Before"]
    with tenant_context(cast.acme.id):
        later = Event.objects.filter(seq__gt=whole["head"], type="message.received")
        assert [event.data["message"]["text"] for event in later] == ["Meanwhile"]


def _elsewhere(work: Any) -> None:
    """Run `work` on a connection of its own."""

    def run() -> None:
        work()
        connections.close_all()

    one = threading.Thread(target=run)
    one.start()
    one.join(20)
    assert not one.is_alive()


def test_charlie_of_globex_sees_nothing_of_acme(busy: Thread, charlie_calls: Caller) -> None:
    answer = charlie_calls.get("bootstrap", view="all", thread=str(busy.id))

    assert answer.data["threads"]["data"] == []
    assert "thread" not in answer.data
    assert [one["name"] for one in answer.data["members"]] == ["Charlie"]
    assert {view["count"] for view in answer.data["views"]} == {0}
    for word in (b"Acme", b"Ada", b"fraud", b"Which card"):
        assert word not in answer.body
