"""Publishing by two people: who may propose, approve, reject; and what an edit does to a proposal."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from common.tenancy import tenant_context
from events.models import Change, Event
from inbox.operations.authors import Author
from notifications.models import NotificationType, Proposal, TypeVersion
from notifications.operations.configuration import export_configuration, take_over
from notifications.operations.reviews import (
    ReviewRefused,
    approve,
    propose,
    reject,
    set_publishing,
    take_back,
)
from notifications.operations.starter import install_starter
from notifications.operations.types import NeedsSecondPerson, StaleDraft, publish_draft, roll_back, save_draft
from notifications.queries.reviews import last_proposal, open_proposal
from notifications.queries.types import find_type
from tenants.models import Member, User
from tenants.operations.members import add_member
from tests.cast import Cast
from tests.conftest import _signed_in
from tests.notifications.conftest import make_type
from tests.notifications.forms import page

PAGE = "/console/notifications/types/fraud_alert/publication/"
API = "/api/v1/notification_types/fraud_alert"


def by(member: Member) -> Author:
    return Author.of(member)


JSON = "application/json"


@pytest.fixture
def dana(cast: Cast) -> Member:
    """A second admin of Acme."""
    with tenant_context(cast.acme.id):
        user = User.objects.create_user("dana@acme.example", "danas-long-password", name="Dana")
        return add_member(user=user, role="admin")


@pytest.fixture
def dana_client(cast: Cast, dana: Member) -> Client:
    return _signed_in(dana, cast.acme)


@pytest.fixture
def named(cast: Cast) -> NotificationType:
    """A published type with a changed draft, in a workspace that wants two people."""
    with tenant_context(cast.acme.id):
        made = make_type(cast.alice)
        save_draft(named=made, by=by(cast.alice), ttl_s=600)
        set_publishing(needs_second=True, by=by(cast.alice))
        return find_type(made.key)


def test_nobody_publishes_alone_and_a_second_person_does(
    cast: Cast, named: NotificationType, dana: Member
) -> None:
    with tenant_context(cast.acme.id):
        with pytest.raises(NeedsSecondPerson):
            publish_draft(named=named, by=by(cast.alice))
        propose(named=named, by=by(cast.alice), note="Shorter")
        with pytest.raises(ReviewRefused, match="proposed it yourself"):
            approve(named=named, by=by(cast.alice))
        with pytest.raises(ReviewRefused, match="A person approves"):
            approve(named=named, by=Author("key", uuid4(), "Core"))

        done = approve(named=named, by=by(dana))

        assert (done.number, done.published_by) == (2, "Dana")
        assert find_type(named.key).current_id == done.id
        row = last_proposal(named)
        assert row is not None
        assert (row.state, row.author_name, row.decided_name) == ("approved", "Alice", "Dana")
    with tenant_context(cast.acme.id):
        actions = list(
            Change.objects.filter(about_id=named.id).order_by("at").values_list("action", flat=True)
        )
        assert "notification_type.proposed" in actions or "notification_type.published" in actions
        told = Event.objects.filter(type__startswith="notification_type.").values_list("type", flat=True)
        assert {"notification_type.proposed", "notification_type.approved"} <= set(told)


def test_an_edit_takes_the_proposal_back(cast: Cast, named: NotificationType, dana: Member) -> None:
    with tenant_context(cast.acme.id):
        row = propose(named=named, by=by(cast.alice))
        save_draft(named=named, by=by(dana), ttl_s=900)

        assert open_proposal(named) is None
        with pytest.raises(ReviewRefused, match="waits for a decision"):
            approve(named=named, by=by(dana))
        Proposal.objects.filter(id=row.id).update(state="open")  # two at the same moment
        with pytest.raises(StaleDraft):
            approve(named=named, by=by(dana))


def test_it_is_sent_back_with_a_reason_or_taken_back_by_its_author(
    cast: Cast, named: NotificationType, dana: Member
) -> None:
    with tenant_context(cast.acme.id):
        propose(named=named, by=by(cast.alice))
        for who, reason, words in ((dana, " ", "Say why"), (cast.alice, "No", "take it back")):
            with pytest.raises(ReviewRefused, match=words):
                reject(named=named, by=by(who), reason=reason)
        with pytest.raises(ReviewRefused, match="Somebody else proposed it"):
            take_back(named=named, by=by(dana))

        assert reject(named=named, by=by(dana), reason="The amount is missing.").state == "rejected"
        propose(named=named, by=by(cast.alice))
        assert take_back(named=named, by=by(cast.alice)).state == "withdrawn"
        assert TypeVersion.objects.filter(type=named, state="draft").exists()


def test_going_back_to_what_was_published_needs_nobody(
    cast: Cast, named: NotificationType, dana: Member
) -> None:
    with tenant_context(cast.acme.id):
        propose(named=named, by=by(cast.alice))
        approve(named=named, by=by(dana))

        assert roll_back(named=named, number=1, by=by(cast.alice)).number == 1


def test_files_and_starters_propose_instead_of_publishing(cast: Cast, named: NotificationType) -> None:
    with tenant_context(cast.acme.id):
        file = export_configuration()
        [one] = file["types"]
        one |= {"key": "copied", "name": "Copied"}

        assert take_over(file, keys=["copied"], by=by(cast.alice)) == ["copied"]
        assert open_proposal(find_type("copied")) is not None
        starter = install_starter("order_update", by=by(cast.alice))
        assert find_type(starter.key).current is None


def test_the_page_offers_each_person_what_they_may(
    cast: Cast,
    named: NotificationType,
    alice_client: Client,
    dana_client: Client,
    bob_client: Client,
    charlie_client: Client,
) -> None:
    text = page(alice_client, PAGE)
    assert "Propose it" in text
    assert 'value="approve"' not in text
    with tenant_context(cast.acme.id):
        revision = TypeVersion.objects.get(type=named, state="draft").revision

    def press(client: Client, **said: Any) -> str:
        answer = client.post(PAGE, {"revision": revision, **said}, follow=True)
        return answer.content.decode()

    assert "Publishing needs a second person here" in press(alice_client)
    assert "It is proposed." in press(alice_client, do="propose", note="Look at the time")
    assert "Take it back" in page(alice_client, PAGE)
    assert "You proposed it yourself" in press(alice_client, do="approve")
    seen = page(dana_client, PAGE)
    assert "<b>Alice</b> proposes this version." in seen
    assert "Look at the time" in seen
    assert "/ttl_s" in seen  # what differs
    assert "Say why" in press(dana_client, do="reject")
    assert "sent back with your reason" in press(dana_client, do="reject", reason="Too short")
    assert "<b>Dana</b> sent it back: “Too short”" in page(alice_client, PAGE)
    press(alice_client, do="propose")
    review = page(dana_client, "/console/notifications/review/")
    assert "Proposed by" in review
    assert "Sent back by Dana" in review
    assert "Version 2 of Fraud_Alert is in use." in press(dana_client, do="approve")
    for client in (bob_client, charlie_client):
        assert client.get(PAGE).status_code == 404
        assert client.post(PAGE, {"do": "approve"}).status_code == 404
    assert bob_client.get("/console/notifications/review/").status_code == 404


def test_the_role_matrix_over_the_api(
    named: NotificationType,
    alice_client: Client,
    dana_client: Client,
    bob_client: Client,
    charlie_client: Client,
) -> None:
    yes = {"approved": True}

    assert (
        alice_client.post(f"{API}/publication", {}, content_type=JSON).json()["code"] == "needs_second_person"
    )
    asked = {
        "agent": bob_client.post(f"{API}/proposal", {}, content_type=JSON).status_code,
        "stranger": charlie_client.post(f"{API}/proposal", {}, content_type=JSON).status_code,
        "editor": alice_client.post(f"{API}/proposal", {}, content_type=JSON).status_code,
    }
    assert asked == {"agent": 403, "stranger": 404, "editor": 201}
    decided = {
        "agent": bob_client.put(f"{API}/proposal/decision", yes, content_type=JSON).status_code,
        "stranger": charlie_client.put(f"{API}/proposal/decision", yes, content_type=JSON).status_code,
        "the same": alice_client.put(f"{API}/proposal/decision", yes, content_type=JSON).status_code,
        "another": dana_client.put(f"{API}/proposal/decision", yes, content_type=JSON).status_code,
    }
    assert decided == {"agent": 403, "stranger": 404, "the same": 409, "another": 200}
    assert bob_client.get(f"{API}/proposal").json()["state"] == "approved"
    assert (
        bob_client.put("/api/v1/publishing", {"needs_second_person": False}, content_type=JSON).status_code
        == 403
    )


def test_the_setting_is_switched_on_its_page_and_stands_in_the_audit(
    cast: Cast, alice_client: Client
) -> None:
    review = "/console/notifications/review/"
    alice_client.post(review, {"needs_second": "on"})
    assert 'name="needs_second" checked' in page(alice_client, review)
    alice_client.post(review, {})

    assert alice_client.get("/api/v1/publishing").json() == {"needs_second_person": False}
    with tenant_context(cast.acme.id):
        assert Change.objects.filter(action="publishing.changed").count() == 2
