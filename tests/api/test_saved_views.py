"""Saved views: shared or one's own, in one's own order, with counts that are kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.tenancy import tenant_context
from inbox.models import SavedView, SavedViewCount
from inbox.operations.authors import Author
from inbox.operations.saved_views import change_view, delete_view, kept_counts
from inbox.operations.threads import label_thread
from inbox.queries.threads import ThreadFilter
from tests.api.caller import Caller
from tests.api.conftest import Writes
from tests.cast import Cast


def place(**filters: str) -> dict[str, Any]:
    return {"view": "all", "sort": "newest", "filters": filters}


def saved(caller: Caller, name: str, *, is_shared: bool = False, **filters: str) -> dict[str, Any]:
    answer = caller.post("saved_views", {"name": name, "place": place(**filters), "is_shared": is_shared})
    assert answer.status == 201
    found: dict[str, Any] = answer.data
    return found


def names(caller: Caller) -> list[str]:
    return [one["name"] for one in caller.get("saved_views").data["data"]]


def test_a_second_member_sees_the_shared_ones_only(
    alice_calls: Caller, bob_calls: Caller, program: Caller, charlie_calls: Caller
) -> None:
    made = saved(alice_calls, "Fraud", is_shared=True, label="fraud", priority="urgent")
    saved(alice_calls, "My own", assignee="me")

    assert names(alice_calls) == ["Fraud", "My own"]
    assert names(bob_calls) == names(program) == ["Fraud"]
    assert made["place"] == place(label="fraud", priority="urgent")
    assert names(charlie_calls) == []


def test_each_member_has_an_order_of_their_own(alice_calls: Caller, bob_calls: Caller) -> None:
    keys = [saved(alice_calls, name, is_shared=True)["id"] for name in ("One", "Two", "Three")]

    moved = bob_calls.put("saved_views/order", {"ids": [keys[2], keys[0], keys[2]]})

    assert [one["name"] for one in moved.data["data"]] == ["Three", "One", "Two"]
    assert names(bob_calls) == ["Three", "One", "Two"]
    assert names(alice_calls) == ["One", "Two", "Three"]


def test_only_admins_change_what_everybody_shares(alice_calls: Caller, bob_calls: Caller) -> None:
    shared = saved(alice_calls, "Fraud", is_shared=True)["id"]
    own = saved(bob_calls, "Mine")["id"]

    refused = bob_calls.post("saved_views", {"name": "X", "place": place(), "is_shared": True})
    assert refused.code == "forbidden"
    for path, caller in ((f"saved_views/{shared}", bob_calls), (f"saved_views/{own}", alice_calls)):
        assert caller.patch(path, {"name": "Taken over"}).code == "not_found"
        assert caller.delete(path).code == "not_found"
    changed = bob_calls.patch(f"saved_views/{own}", {"name": "Late", "place": place(label="late")})
    assert (changed.data["name"], changed.data["place"]) == ("Late", place(label="late"))
    assert bob_calls.post("saved_views", {"name": "Late", "place": place()}).code == "conflict"
    alice_calls.delete(f"saved_views/{shared}")
    assert names(bob_calls) == ["Late"]


def test_counts_are_kept_until_something_has_happened(cast: Cast, writes: Writes, bob_calls: Caller) -> None:
    thread = writes("Hello").thread
    saved(bob_calls, "Fraud", label="fraud")
    saved(bob_calls, "Open", status="open")

    def counts() -> list[int | None]:
        return [one["count"] for one in bob_calls.get("saved_views").data["data"]]

    assert counts() == [0, 1]
    with CaptureQueriesContext(connection) as kept:
        counts()
    assert not [one for one in kept if "inbox_thread" in one["sql"]], "nothing happened, yet it was counted"

    with tenant_context(cast.acme.id):
        label_thread(thread=thread, labels=["fraud"], by=Author.of(cast.alice))
    assert counts() == [0, 1], "in a storm it is counted every five seconds at most"
    with tenant_context(cast.acme.id):
        for row in SavedViewCount.objects.all():
            row.counted_at -= timedelta(seconds=6)
            row.save()
    assert counts() == [1, 1]


def test_places_with_days_or_words_are_not_counted(bob_calls: Caller, program: Caller) -> None:
    week = {"name": "This week", "place": place(**{"from": "7d"})}
    assert bob_calls.post("saved_views", week).data["count"] is None
    assert saved(bob_calls, "Visa", q="visa")["count"] is None
    assert saved(program, "For all")["count"] is None


@pytest.mark.parametrize(
    "filters",
    [{"nonsense": "1"}, {"status": "lost"}, {"channel": "none"}, {"from": "some day"}, {"team": "x" * 300}],
)
def test_a_place_that_is_none_is_refused(bob_calls: Caller, filters: dict[str, str]) -> None:
    answer = bob_calls.post("saved_views", {"name": "Lost", "place": place(**filters)})

    assert answer.code == "validation_failed"


def test_a_stranger_finds_nothing_to_change(alice_calls: Caller, charlie_calls: Caller) -> None:
    key = saved(alice_calls, "Fraud", is_shared=True)["id"]

    assert charlie_calls.patch(f"saved_views/{key}", {"name": "Mine"}).code == "not_found"
    assert charlie_calls.delete(f"saved_views/{key}").code == "not_found"
    assert charlie_calls.put("saved_views/order", {"ids": [key]}).data["data"] == []


def test_what_members_share_of_their_own_kind_hinders_no_program(
    alice_calls: Caller, bob_calls: Caller, program: Caller
) -> None:
    mine = {"name": "Mine, late", "place": {"view": "mine", "filters": {"label": "late"}}, "is_shared": True}
    assert alice_calls.post("saved_views", mine).status == 201
    saved(alice_calls, "To read", is_shared=True, unread="true", assignee="me")

    listed = program.get("saved_views")

    assert [(one["name"], one["count"]) for one in listed.data["data"]] == [
        ("Mine, late", None),
        ("To read", None),
    ]
    assert names(bob_calls) == ["Mine, late", "To read"]


def test_two_who_change_a_view_at_once_lose_nothing_and_bring_none_back(
    cast: Cast, alice_calls: Caller
) -> None:
    saved(alice_calls, "Fraud", is_shared=True)
    with tenant_context(cast.acme.id):
        one, two = SavedView.objects.get(), SavedView.objects.get()
        change_view(view=one, name="Fraud, new")
        changed = change_view(view=two, place=place(label="fraud"))
        assert (changed.name, changed.place) == ("Fraud, new", place(label="fraud"))

        delete_view(view=one)
        with pytest.raises(SavedView.DoesNotExist):
            change_view(view=two, name="Back again", place=two.place)
        assert not SavedView.objects.exists()


def test_a_view_deleted_while_it_is_counted_is_shown_for_the_last_time(
    cast: Cast, writes: Writes, alice_calls: Caller
) -> None:
    writes("Hello")
    saved(alice_calls, "Fraud", is_shared=True)
    with tenant_context(cast.acme.id):
        row = SavedView.objects.get()
        delete_view(view=row)

        assert kept_counts(member=cast.bob, wanted={row.id: ThreadFilter()}) == {row.id: 1}
        assert not SavedViewCount.objects.exists()
