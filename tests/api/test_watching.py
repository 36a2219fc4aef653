"""Watching a conversation: hearing of it without working on it."""

from __future__ import annotations

from common.tenancy import tenant_context
from events.models import Event
from inbox.models import Thread
from inbox.operations.authors import Author
from inbox.operations.handover import release_member
from inbox.operations.merging import split_people
from inbox.operations.watching import watch_thread
from tests.api.caller import Caller
from tests.api.conftest import Writes
from tests.cast import Cast
from tests.inbox.ada_twice import merge


def watched(caller: Caller) -> list[str]:
    """Ids of the conversations in the caller's view, which is counted as it is listed."""
    found = [row["id"] for row in caller.get("threads", view="watching").data["data"]]
    counts = {view["key"]: view["count"] for view in caller.get("views").data["data"]}
    assert counts["watching"] == len(found)
    return found


def test_a_member_watches_a_conversation_until_they_stop(
    cast: Cast, thread: Thread, alice_calls: Caller, bob_calls: Caller, charlie_calls: Caller, program: Caller
) -> None:
    path, bob = f"threads/{thread.id}/watch", str(cast.bob.id)

    once, again = bob_calls.put(path).data, bob_calls.put(path).data

    assert once["watcher_ids"] == alice_calls.get(f"threads/{thread.id}").data["watcher_ids"] == [bob]
    assert again["version"] == once["version"] == thread.version + 1
    assert (watched(bob_calls), watched(alice_calls)) == ([str(thread.id)], [])
    bob_calls.put(f"threads/{thread.id}/closure")
    assert watched(bob_calls) == []
    bob_calls.delete(f"threads/{thread.id}/closure")
    assert watched(bob_calls) == [str(thread.id)]

    assert [bob_calls.delete(path).data["watcher_ids"] for _ in range(2)] == [[], []]
    assert watched(bob_calls) == []
    with tenant_context(cast.acme.id):
        told = list(Event.objects.filter(type__startswith="watch.").order_by("seq"))
    assert [one.type for one in told] == ["watch.started", "watch.ended"]
    assert told[0].data["member"] == {"id": bob, "name": "Bob"}
    assert told[0].data["thread"]["watcher_ids"] == [bob]
    line = bob_calls.get(f"threads/{thread.id}/timeline").data["data"]
    assert not [entry for entry in line if entry["type"] == "event" and "watch" in entry["event"]["type"]]

    assert program.put(path).code == "member_only"
    assert (charlie_calls.put(path).status, charlie_calls.delete(path).status) == (404, 404)


def test_who_leaves_watches_nothing_any_more(
    cast: Cast, thread: Thread, alice_calls: Caller, writes: Writes
) -> None:
    other = writes("Hello", phone="447700900601").thread
    with tenant_context(cast.acme.id):
        for one in (thread, other):
            watch_thread(thread=one, member=cast.bob)
        watch_thread(thread=other, member=cast.alice)
        version = watch_thread(thread=thread, member=cast.alice).version
        release_member(member=cast.bob, by=cast.alice)

    now = alice_calls.get(f"threads/{thread.id}").data

    assert (now["watcher_ids"], now["version"]) == ([str(cast.alice.id)], version + 1)
    with tenant_context(cast.acme.id):
        ended = Event.objects.filter(type="watch.ended")
        assert {one.thread_id: one.data["thread"]["watcher_ids"] for one in ended} == {
            one.id: [str(cast.alice.id)] for one in (thread, other)
        }
        assert {one.actor["name"] for one in ended} == {"Alice"}


def test_conversations_that_are_joined_keep_both_watchers_and_give_them_back(
    cast: Cast, thread: Thread, writes: Writes
) -> None:
    """Who has left meanwhile does not come back with an undo."""
    other = writes("Me again", phone="447700900602").thread
    with tenant_context(cast.acme.id):
        watch_thread(thread=thread, member=cast.alice)
        watch_thread(thread=other, member=cast.bob)
        made = merge(cast, thread.customer, other.customer)
        thread.refresh_from_db()
        assert set(thread.watchers) == {cast.alice.id, cast.bob.id}

        release_member(member=cast.bob, by=cast.alice)
        split_people(merge=made, by=Author.of(cast.alice))

        watchers = dict(Thread.objects.values_list("id", "watchers"))
        assert watchers == {thread.id: [cast.alice.id], other.id: []}
