"""The list of conversations, and what people do with one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.tenancy import tenant_context
from inbox.models import Thread
from inbox.operations.authors import Author
from inbox.operations.drafts import save_draft
from inbox.operations.notes import add_note
from inbox.operations.reply import reply
from inbox.operations.seen import mark_read
from inbox.operations.threads import (
    assign_thread,
    close_thread,
    label_thread,
    prioritize_thread,
    snooze_thread,
)
from inbox.queries.threads import SORTS, ThreadFilter, thread_page
from tenants.operations.teams import create_team
from tests.api.caller import Caller
from tests.api.conftest import Writes, customer_writes, customers_write
from tests.cast import Cast

Story = dict[str, Thread]


@pytest.fixture
def story(cast: Cast) -> Story:
    """Eight conversations, each different in one way; written in this order."""
    names = ["plain", "mine", "answered", "mentioned", "snoozed", "closed", "labeled", "urgent"]
    said = (
        {"text": f"I am {name}", "phone": f"4477009005{n:02}", "name": name} for n, name in enumerate(names)
    )
    written = customers_write(cast.acme_number, *said)
    found = {name: message.thread for name, message in zip(names, written, strict=True)}
    author = Author.of(cast.alice)
    with tenant_context(cast.acme.id):
        team = create_team(name="Fraud", members=[cast.bob])
        assign_thread(thread=found["mine"], assignee=cast.bob, team=team, by=author)
        reply(thread=found["answered"], by=author, text="Hello", client_ref="1")
        mark_read(thread=found["answered"], member=cast.bob, read_count=1)
        add_note(
            thread=found["mentioned"], by=cast.alice, text="@Bob?", client_ref="2", mentions=[cast.bob.id]
        )
        snooze_thread(
            thread=found["snoozed"], until=timezone.now() + timedelta(days=1), wake_on_reply=True, by=author
        )
        close_thread(thread=found["closed"], by=author)
        label_thread(thread=found["labeled"], labels=["fraud", "card"], by=author)
        prioritize_thread(thread=found["urgent"], priority=4, by=author)
        save_draft(thread=found["plain"], member=cast.bob, mode="reply", text="Dear plain,")
    return found


def names(answer: Any) -> list[str]:
    return [thread["customer"]["name"] for thread in answer.data["data"]]


# ---------------------------------------------------------------- the list


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "urgent labeled closed snoozed mentioned mine plain answered"),
        ({"view": "mine"}, "mine"),
        ({"view": "unassigned"}, "urgent labeled mentioned plain answered"),
        ({"view": "unread"}, "urgent labeled snoozed mentioned mine plain"),
        ({"view": "waiting"}, "urgent labeled mentioned mine plain"),
        ({"view": "mentions"}, "mentioned"),
        ({"view": "snoozed"}, "snoozed"),
        ({"view": "closed"}, "closed"),
        ({"status": "open"}, "urgent labeled mentioned mine plain answered"),
        ({"status": "open", "assignee": "none"}, "urgent labeled mentioned plain answered"),
        ({"assignee": "me"}, "mine"),
        ({"team": "none", "view": "mine"}, ""),
        ({"label": "fraud"}, "labeled"),
        ({"label": "frau"}, ""),
        ({"priority": "urgent"}, "urgent"),
        ({"unread": "true", "status": "snoozed"}, "snoozed"),
        ({"unread": "1", "assignee": "me"}, "mine"),
        ({"q": "ainted"}, ""),
        ({"q": "LABELED"}, "labeled"),
        ({"q": "i am u"}, "urgent"),
        ({"q": "+44 7700 900503"}, "mentioned"),
        ({"q": "00447700900503"}, "mentioned"),
        ({"q": "900503"}, "mentioned"),
        ({"sort": "oldest", "view": "unassigned"}, "plain mentioned labeled urgent answered"),
        ({"sort": "waiting", "view": "waiting"}, "plain mine mentioned labeled urgent"),
        ({"sort": "priority", "view": "waiting"}, "urgent labeled mentioned mine plain"),
        ({"active_since": "2020-01-01T00:00:00Z", "label": "fraud"}, "labeled"),
        ({"active_since": "2099-01-01T00:00:00Z"}, ""),
        ({"active_before": "2020-01-01T00:00:00Z"}, ""),
    ],
)
def test_views_and_filters(story: Story, bob_calls: Caller, query: dict[str, Any], expected: str) -> None:
    answer = bob_calls.get("threads", **query)

    found = names(answer)
    # The order among those answered at the same moment is not the point of the others.
    assert (found if "sort" in query else sorted(found)) == (
        expected.split() if "sort" in query else sorted(expected.split())
    )


def test_newest_first_is_by_the_last_message_of_either_side(story: Story, bob_calls: Caller) -> None:
    found = bob_calls.get("threads").data["data"]

    assert found[0]["customer"]["name"] == "answered"
    moments = [row["last_message"]["at"] for row in found]
    assert moments == sorted(moments, reverse=True)


def test_ids_of_threads_customers_and_messages_can_be_searched(story: Story, bob_calls: Caller) -> None:
    thread = story["labeled"]

    for key in (thread.id, thread.customer_id, thread.last_message_id):
        assert names(bob_calls.get("threads", q=str(key))) == ["labeled"]


def test_conversations_of_one_customer(story: Story, bob_calls: Caller) -> None:
    customer = story["closed"].customer_id

    assert names(bob_calls.get("threads", customer=str(customer))) == ["closed"]


def test_a_row_shows_what_is_the_members_own(
    story: Story, bob_calls: Caller, alice_calls: Caller, program: Caller
) -> None:
    def row(caller: Caller, name: str) -> Any:
        return caller.get(f"threads/{story[name].id}").data

    assert (row(bob_calls, "answered")["read_count"], row(alice_calls, "answered")["read_count"]) == (1, 0)
    assert (row(bob_calls, "mentioned")["mentioned"], row(alice_calls, "mentioned")["mentioned"]) == (
        True,
        False,
    )
    assert (row(bob_calls, "plain")["draft"], row(alice_calls, "plain")["draft"]) == ("Dear plain,", None)
    own = row(program, "answered")
    assert (own["read_count"], own["mentioned"], own["draft"]) == (None, False, None)


@pytest.mark.parametrize(
    "query", [{"view": "mine"}, {"view": "unread"}, {"view": "watching"}, {"unread": "1"}, {"assignee": "me"}]
)
def test_a_key_has_nothing_of_its_own(program: Caller, query: dict[str, Any]) -> None:
    assert program.get("threads", **query).code == "member_only"


@pytest.mark.parametrize("sort", sorted(SORTS))
@pytest.mark.parametrize("view", ["all", "unassigned", "unread"])
def test_pages_give_each_row_once_in_order(story: Story, bob_calls: Caller, sort: str, view: str) -> None:
    whole = names(bob_calls.get("threads", view=view, sort=sort))

    walked: list[str] = []
    after: dict[str, Any] = {}
    while True:
        page = bob_calls.get("threads", view=view, sort=sort, limit=2, **after)
        walked += names(page)
        assert page.data["has_more"] is (page.data["next"] is not None)
        if not page.data["has_more"]:
            break
        after = {"after": page.data["next"]}

    assert walked == whole
    assert len(set(walked)) == len(walked)


def test_newcomers_during_a_walk_cause_neither_gap_nor_repeat(
    story: Story, bob_calls: Caller, writes: Writes
) -> None:
    before = names(bob_calls.get("threads"))
    first = bob_calls.get("threads", limit=3)
    for n in range(5):
        writes("New here", phone=f"4477009006{n:02}", name=f"new {n}")

    rest = bob_calls.get("threads", limit=200, after=first.data["next"])

    assert names(first) + names(rest) == before


def test_a_page_is_two_statements_however_many_rows(cast: Cast, story: Story) -> None:
    with tenant_context(cast.acme.id):
        for view in ("all", "mine", "unassigned", "unread", "waiting", "mentions"):
            with CaptureQueriesContext(
                connection,
            ) as statements:
                page = thread_page(ThreadFilter(me=cast.bob.id, view=view), limit=50)
            assert page.rows
            assert len(statements) == 2


def test_the_list_costs_the_same_for_one_row_and_for_many(bob_calls: Caller, writes: Writes) -> None:
    writes("Hello")
    bob_calls.get("threads")  # notes once a minute that Bob was here
    with CaptureQueriesContext(connection) as one:
        bob_calls.get("threads")
    for n in range(10):
        writes("Hello", phone=f"4477009006{n:02}")
    with CaptureQueriesContext(connection) as many:
        assert len(bob_calls.get("threads").data["data"]) == 11

    assert len(many) == len(one)


# ---------------------------------------------------------------- what people do


def test_assigning_to_a_member_and_a_team_and_back(cast: Cast, thread: Thread, bob_calls: Caller) -> None:
    with tenant_context(cast.acme.id):
        team = create_team(name="Fraud")

    given = bob_calls.put(
        f"threads/{thread.id}/assignment", {"assignee_id": str(cast.bob.id), "team_id": str(team.id)}
    )
    taken = bob_calls.put(f"threads/{thread.id}/assignment", {"assignee_id": None})

    assert (given.data["assignee_id"], given.data["team_id"]) == (str(cast.bob.id), str(team.id))
    assert given.data["version"] > thread.version
    assert (taken.data["assignee_id"], taken.data["team_id"]) == (None, None)


def test_only_members_and_teams_of_the_workspace_can_be_assigned(
    cast: Cast, thread: Thread, bob_calls: Caller
) -> None:
    path = f"threads/{thread.id}/assignment"

    assert bob_calls.put(path, {"assignee_id": str(cast.charlie.id)}).pointers == ["/assignee_id"]
    assert bob_calls.put(path, {"team_id": str(cast.charlie.id)}).pointers == ["/team_id"]
    assert bob_calls.put(path, {"assignee_id": "bob"}).pointers == ["/assignee_id"]


def test_closing_and_reopening(thread: Thread, bob_calls: Caller) -> None:
    closed = bob_calls.put(f"threads/{thread.id}/closure")
    again = bob_calls.put(f"threads/{thread.id}/closure")
    opened = bob_calls.delete(f"threads/{thread.id}/closure")

    assert (closed.data["status"], again.data["version"]) == ("closed", closed.data["version"])
    assert closed.data["closed_at"] is not None
    assert (opened.data["status"], opened.data["closed_at"]) == ("open", None)


def test_snoozing_until_a_time(thread: Thread, bob_calls: Caller) -> None:
    path = f"threads/{thread.id}/snooze"

    asleep = bob_calls.put(path, {"until": "2999-01-01T09:00:00+02:00", "wake_on_reply": False})
    awake = bob_calls.delete(path)

    assert (asleep.data["status"], asleep.data["snoozed_until"]) == ("snoozed", "2999-01-01T07:00:00.000000Z")
    assert asleep.data["wake_on_reply"] is False
    assert (awake.data["status"], awake.data["snoozed_until"]) == ("open", None)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"until": "2001-01-01T00:00:00Z"}, "refused"),
        ({"until": None, "wake_on_reply": False}, "refused"),
        ({"until": "tomorrow"}, "validation_failed"),
        ({"until": "10000-01-01T00:00:00Z"}, "validation_failed"),
        ({"until": "0001-01-01T00:00:00+14:00"}, "validation_failed"),
    ],
)
def test_a_snooze_that_makes_no_sense_is_refused(
    thread: Thread, bob_calls: Caller, body: Any, code: str
) -> None:
    answer = bob_calls.put(f"threads/{thread.id}/snooze", body)

    assert (answer.code, answer.pointers) == (code, ["/until"])


def test_labels_and_priority(thread: Thread, bob_calls: Caller) -> None:
    labeled = bob_calls.put(f"threads/{thread.id}/labels", {"labels": ["fraud", "card", "fraud"]})
    ranked = bob_calls.put(f"threads/{thread.id}/priority", {"priority": "high"})

    assert labeled.data["labels"] == ["fraud", "card"]
    assert ranked.data["priority"] == "high"
    assert bob_calls.put(f"threads/{thread.id}/priority", {"priority": "5"}).pointers == ["/priority"]


def test_reading_up_to_a_message_and_marking_unread(
    thread: Thread, bob_calls: Caller, program: Caller
) -> None:
    path = f"threads/{thread.id}/read"

    assert bob_calls.put(path, {"read_count": 1}).data == {"thread_id": str(thread.id), "read_count": 1}
    assert bob_calls.get(f"threads/{thread.id}").data["read_count"] == 1
    assert bob_calls.put(path, {"read_count": 0}).data["read_count"] == 0
    assert bob_calls.put(path, {"read_count": 99}).data["read_count"] == 1
    assert bob_calls.put(path, {"read_count": -1}).pointers == ["/read_count"]
    assert program.put(path, {"read_count": 1}).code == "member_only"


def test_a_thread_that_would_be_the_second_open_one_cannot_be_reopened(
    cast: Cast, thread: Thread, bob_calls: Caller
) -> None:
    bob_calls.put(f"threads/{thread.id}/closure")
    with tenant_context(cast.acme.id):
        Thread.objects.filter(id=thread.id).update(closed_at=timezone.now() - timedelta(days=30))
    customer_writes(cast.acme_number, "Me again")

    answer = bob_calls.delete(f"threads/{thread.id}/closure")

    assert (answer.status, answer.code) == (409, "conflict")


CALLS = [
    ("get", "", None),
    ("get", "/timeline", None),
    ("put", "/assignment", {"assignee_id": None}),
    ("put", "/closure", None),
    ("delete", "/closure", None),
    ("put", "/snooze", {"wake_on_reply": True}),
    ("delete", "/snooze", None),
    ("put", "/labels", {"labels": ["x"]}),
    ("put", "/priority", {"priority": "low"}),
    ("put", "/read", {"read_count": 1}),
    ("post", "/messages", {"text": "x"}),
    ("post", "/notes", {"text": "x"}),
    ("put", "/drafts/reply", {"text": "x"}),
    ("delete", "/drafts/note", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_charlie_of_globex_sees_none_of_it(
    cast: Cast, thread: Thread, charlie_calls: Caller, method: str, path: str, body: Any
) -> None:
    call = getattr(charlie_calls, method)
    address = f"threads/{thread.id}{path}"

    answer = call(address) if method in {"get", "delete"} else call(address, body)

    assert (answer.status, answer.code) == (404, "not_found")
    assert charlie_calls.get("threads").data["data"] == []
    with tenant_context(cast.acme.id):
        assert Thread.objects.get(id=thread.id).version == thread.version
