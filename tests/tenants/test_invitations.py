"""Invitations: bound to a tenant and an address, good for one use."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from common.tenancy import tenant_context
from tenants.models import Invitation, Member, User
from tenants.operations.invitations import (
    AlreadyMember,
    InvitationForAnother,
    InvitationGone,
    accept_invitation,
    find_invitation,
    invite_member,
    revoke_invitation,
)
from tenants.operations.members import NotAllowed
from tenants.operations.people import create_person
from tests.cast import Cast

DORA = "dora@acme.example"


def invite(cast: Cast, **wanted) -> tuple[Invitation, str, str]:
    """The invitation, its path and its token."""
    with tenant_context(cast.acme.id):
        invitation, link = invite_member(**{"email": DORA, "role": "agent", "by": cast.alice, **wanted})
    path = link.removeprefix(settings.PUBLIC_URL)
    return invitation, path, path.split("/")[-2]


def test_a_newcomer_joins_by_the_link(cast: Cast, client: Client) -> None:
    _, path, _ = invite(cast)

    assert DORA in client.get(path).content.decode()
    answer = client.post(path, {"name": "Dora", "password": "correct horse battery"}, follow=False)

    assert answer.status_code == 302
    with tenant_context(cast.acme.id):
        dora = Member.objects.get(email=DORA)
    assert (dora.name, dora.role, dora.is_active) == ("Dora", "agent", True)
    assert client.session["tenant_id"] == str(cast.acme.id)
    assert client.get("/accounts/").status_code == 200


def test_the_link_works_once(cast: Cast) -> None:
    _, path, token = invite(cast)
    Client().post(path, {"name": "Dora", "password": "correct horse battery"})

    again = Client().get(path)

    assert again.status_code == 410
    with tenant_context(cast.acme.id), pytest.raises(InvitationGone):
        accept_invitation(token=token, user=User.objects.get(email=DORA))


def test_a_weak_password_is_refused_and_the_name_kept(cast: Cast, client: Client) -> None:
    _, path, _ = invite(cast)

    answer = client.post(path, {"name": "Dora", "password": "password1234"})

    assert answer.status_code == 422
    assert 'value="Dora"' in answer.content.decode()
    assert "password1234" not in answer.content.decode()
    assert not User.objects.filter(email=DORA).exists()


def test_somebody_with_an_account_signs_in_first(cast: Cast, client: Client) -> None:
    create_person(email=DORA, name="Dora", password="a-long-password")
    _, path, _ = invite(cast)

    shown = client.get(path).content.decode()
    refused = client.post(path, {"name": "Mallory", "password": "another-long-one"})
    client.force_login(User.objects.get(email=DORA), backend=settings.AUTHENTICATION_BACKENDS[0])
    joined = client.post(path)

    assert f"/accounts/login/?next={path}" in shown
    assert refused.status_code == 200
    assert User.objects.get(email=DORA).check_password("a-long-password")
    assert joined.status_code == 302
    with tenant_context(cast.acme.id):
        assert Member.objects.get(email=DORA).name == "Dora"


def test_it_is_for_that_address_only(cast: Cast, charlie_client: Client) -> None:
    _, path, token = invite(cast)

    assert b"Sign out" in charlie_client.get(path).content
    charlie_client.post(path)

    with tenant_context(cast.acme.id):
        assert not Member.objects.filter(email="charlie@globex.example").exists()
        with pytest.raises(InvitationForAnother):
            accept_invitation(token=token, user=cast.charlie.user)


def test_it_is_for_that_tenant_only(cast: Cast, client: Client) -> None:
    _, path, token = invite(cast)
    moved = path.replace(str(cast.acme.id), str(cast.globex.id))

    assert client.get(moved).status_code == 410
    with tenant_context(cast.globex.id), pytest.raises(InvitationGone):
        find_invitation(token=token)


def test_it_ends_after_seven_days(cast: Cast) -> None:
    _, _, token = invite(cast)
    soon, late = timezone.now() + timedelta(days=6, hours=23), timezone.now() + timedelta(days=7, minutes=1)

    with tenant_context(cast.acme.id):
        assert find_invitation(token=token, now=soon)
        with pytest.raises(InvitationGone):
            find_invitation(token=token, now=late)


def test_a_withdrawn_one_is_gone(cast: Cast, client: Client) -> None:
    invitation, path, _ = invite(cast)

    with tenant_context(cast.acme.id):
        revoke_invitation(invitation=invitation)

    assert client.get(path).status_code == 410


def test_a_new_link_replaces_the_one_before(cast: Cast, client: Client) -> None:
    _, first, _ = invite(cast)
    _, second, _ = invite(cast, role="admin")

    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200


def test_who_may_invite_whom(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        invite(cast, by=cast.bob)
    with pytest.raises(AlreadyMember):
        invite(cast, email="BOB@acme.example")
    cast.alice.role = "admin"
    with pytest.raises(NotAllowed):
        invite(cast, role="owner")
