"""Members, invitations, teams and keys, as an admin handles them in the console."""

from __future__ import annotations

import re

from django.test import Client

from common.tenancy import tenant_context
from customers.models import Address, Customer
from events.models import Event
from inbox.models import Inbox, Thread
from inbox.operations.authors import Author
from inbox.operations.threads import assign_thread
from tenants.models import ApiKey, Invitation, Member, Team, TeamMember
from tenants.operations.keys import find_key
from tenants.operations.teams import create_team
from tests.cast import Cast
from tests.reading import find


def test_inviting_shows_the_link_once(cast: Cast, alice_client: Client) -> None:
    answer = alice_client.post("/console/members/invite/", {"email": "dora@acme.example", "role": "admin"})

    first, second = (alice_client.get(answer["Location"]).content.decode() for _ in range(2))

    link = find(r"/accounts/invitations/[^<]+", first)
    assert "/accounts/invitations/" not in second
    assert Client().get(link).status_code == 200
    assert "dora@acme.example" in second


def test_a_wrong_invitation_keeps_what_was_typed(cast: Cast, alice_client: Client) -> None:
    answer = alice_client.post("/console/members/invite/", {"email": "not an address", "role": "admin"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="not an address"' in page
    assert re.search(r'<input[^>]*name="email"(?=[^>]*aria-invalid="true")(?=[^>]*autofocus)', page)
    assert re.search(r'value="admin"[^>]*checked', page)


def test_inviting_a_member_is_refused_in_words(cast: Cast, alice_client: Client) -> None:
    answer = alice_client.post("/console/members/invite/", {"email": "bob@acme.example", "role": "agent"})

    assert (answer.status_code, b"is a member already" in answer.content) == (422, True)


def test_withdrawing_an_invitation(cast: Cast, alice_client: Client) -> None:
    alice_client.post("/console/members/invite/", {"email": "dora@acme.example", "role": "agent"})
    with tenant_context(cast.acme.id):
        invitation = Invitation.objects.get()

    alice_client.post(f"/console/invitations/{invitation.id}/revocation/")

    with tenant_context(cast.acme.id):
        assert Invitation.objects.get().revoked_at


def test_changing_a_role(cast: Cast, alice_client: Client) -> None:
    alice_client.post(f"/console/members/{cast.bob.id}/", {"role": "admin"})

    with tenant_context(cast.acme.id):
        assert Member.objects.get(id=cast.bob.id).role == "admin"


def test_the_last_owner_is_told_why(cast: Cast, alice_client: Client) -> None:
    answer = alice_client.post(f"/console/members/{cast.alice.id}/", {"role": "agent"})

    assert (answer.status_code, b"only owner" in answer.content) == (422, True)


def test_of_two_admins_the_second_is_shown_what_the_first_did(cast: Cast, alice_client: Client) -> None:
    address = f"/console/members/{cast.bob.id}/"
    seen = find(r'name="seen" value="([^"]+)"', alice_client.get(address).content.decode())
    alice_client.post(address, {"role": "admin"})

    answer = alice_client.post(address, {"role": "owner", "seen": seen})
    fresh = find(r'name="seen" value="([^"]+)"', answer.content.decode())
    again = alice_client.post(address, {"role": "owner", "seen": fresh})

    assert answer.status_code == 422
    assert "changed this to “admin” meanwhile" in answer.content.decode()
    assert again.status_code == 302


def test_leaving_hands_conversations_over(cast: Cast, alice_client: Client, bob_client: Client) -> None:
    with tenant_context(cast.acme.id):
        team = create_team(name="Fraud", members=[cast.bob])
        thread = _thread(cast)
        assign_thread(thread=thread, assignee=cast.bob, team=team, by=Author.of(cast.alice))
    address = f"/console/members/{cast.bob.id}/departure/"

    warned = alice_client.get(address).content.decode()
    alice_client.post(address)

    assert "<b>1 conversation</b> in their hands" in warned
    assert bob_client.get("/accounts/nowhere/").status_code == 403
    with tenant_context(cast.acme.id):
        thread.refresh_from_db()
        assert (thread.assignee_id, thread.team_id) == (None, team.id)
        told = list(Event.objects.order_by("seq").values_list("type", flat=True))
    assert told[-2:] == ["member.updated", "thread.assigned"]


def _thread(cast: Cast) -> Thread:
    customer = Customer.objects.create(name="Cleo")
    Address.objects.create(customer=customer, kind="phone", value="+447700900777")
    return Thread.objects.create(customer=customer, inbox=Inbox.objects.get(), active_at=cast.acme.created_at)


def test_coming_back(cast: Cast, alice_client: Client, bob_client: Client) -> None:
    alice_client.post(f"/console/members/{cast.bob.id}/departure/")

    alice_client.post(f"/console/members/{cast.bob.id}/return/")

    assert bob_client.get("/accounts/nowhere/")["Location"] == "/"


def test_nobody_deactivates_themselves(cast: Cast, alice_client: Client) -> None:
    answer = alice_client.post(f"/console/members/{cast.alice.id}/departure/", follow=True)

    assert b"cannot deactivate yourself" in answer.content


def test_making_and_changing_a_team(cast: Cast, alice_client: Client) -> None:
    wanted = {"name": "Fraud", "colour": "3", "members": [str(cast.bob.id)]}
    alice_client.post("/console/teams/new/", wanted)
    with tenant_context(cast.acme.id):
        team = Team.objects.get()

    taken = alice_client.post("/console/teams/new/", wanted)
    alice_client.post(
        f"/console/teams/{team.id}/", {**wanted, "name": "Cards", "members": [str(cast.alice.id)]}
    )

    assert (taken.status_code, "called “Fraud” already" in taken.content.decode()) == (422, True)
    with tenant_context(cast.acme.id):
        team.refresh_from_db()
        assert (team.name, team.colour) == ("Cards", 3)
        assert list(TeamMember.objects.values_list("member__name", flat=True)) == ["Alice"]


def test_a_team_takes_no_strangers(cast: Cast, alice_client: Client) -> None:
    wanted = {"name": "Fraud", "colour": "3", "members": [str(cast.charlie.id)]}

    assert alice_client.post("/console/teams/new/", wanted).status_code == 422


def test_a_new_key_is_shown_once_and_works(cast: Cast, alice_client: Client) -> None:
    wanted = {"name": "core banking", "scopes": ["messages:read", "events:read"], "lifetime": "90"}
    answer = alice_client.post("/console/keys/new/", wanted)

    first, second = (alice_client.get(answer["Location"]).content.decode() for _ in range(2))

    presented = find(r'id="new-key">(parley_live_\w+)<', first)
    assert presented not in second
    with tenant_context(cast.acme.id):
        key = ApiKey.objects.get()
    assert find_key(presented) == (cast.acme.id, key.id)
    assert (key.scopes, key.created_by_id) == (["events:read", "messages:read"], cast.alice.id)
    assert key.expires_at
    assert 89 <= (key.expires_at - key.created_at).days <= 90


def test_a_key_on_its_way_to_the_page_is_sealed(cast: Cast, alice_client: Client) -> None:
    alice_client.post("/console/keys/new/", {"name": "core", "scopes": ["messages:read"], "lifetime": ""})

    kept = str(dict(alice_client.session))

    presented = find(r"parley_live_\w+", alice_client.get("/console/keys/").content.decode())
    assert presented not in kept


def test_a_key_without_scopes_is_refused(cast: Cast, alice_client: Client) -> None:
    answer = alice_client.post("/console/keys/new/", {"name": "core", "lifetime": ""})

    assert (answer.status_code, b'value="core"' in answer.content) == (422, True)


def test_revoking_a_key(cast: Cast, alice_client: Client) -> None:
    alice_client.post("/console/keys/new/", {"name": "core", "scopes": ["messages:read"], "lifetime": ""})
    page = alice_client.get("/console/keys/").content.decode()
    presented = find(r'id="new-key">(parley_live_\w+)<', page)
    with tenant_context(cast.acme.id):
        key = ApiKey.objects.get()
    address = f"/console/keys/{key.id}/revocation/"

    assert b"never used" in alice_client.get(address).content
    alice_client.post(address)

    assert find_key(presented) is None
