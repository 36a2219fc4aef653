"""Members: who may change whom, and what leaving means."""

from __future__ import annotations

import pytest

from common.tenancy import tenant_context
from events.models import Event
from tenants.models import Member, Membership, Tenant
from tenants.operations.members import (
    LastOwner,
    NotAllowed,
    add_member,
    change_role,
    deactivate_member,
    reactivate_member,
)
from tenants.operations.people import create_person
from tenants.operations.workspaces import AlreadyFounded, create_tenant, found_installation
from tests.cast import Cast


def person(name: str, role: str) -> Member:
    return add_member(user=create_person(email=f"{name}@acme.example", name=name), role=role)


def test_a_new_tenant_has_its_owner(db: None) -> None:
    owner = create_person(email="ann@initech.example", name="Ann")

    tenant = create_tenant(name="Initech", owner=owner)

    with tenant_context(tenant.id):
        assert [(one.name, one.role) for one in Member.objects.all()] == [("Ann", "owner")]
    assert Membership.objects.get(user=owner).tenant == tenant


def test_tenants_of_one_name_get_slugs_of_their_own(db: None) -> None:
    owner = create_person(email="ann@initech.example", name="Ann")

    slugs = [create_tenant(name="Initech & Co", owner=owner).slug for _ in range(3)]

    assert slugs == ["initech-co", "initech-co-2", "initech-co-3"]


def test_an_installation_is_founded_once(db: None) -> None:
    wanted = {"workspace": "Initech", "name": "Ann", "password": "a-long-password"}
    found_installation(**wanted, email="ann@initech.example")

    with pytest.raises(AlreadyFounded):
        found_installation(**wanted, email="bea@initech.example")

    assert Tenant.objects.count() == 1


@pytest.mark.parametrize(
    ("by", "whom", "to", "allowed"),
    [
        ("owner", "agent", "admin", True),
        ("owner", "admin", "owner", True),
        ("owner", "owner", "agent", True),
        ("admin", "agent", "admin", True),
        ("admin", "admin", "agent", True),
        ("admin", "agent", "owner", False),
        ("admin", "owner", "agent", False),
        ("agent", "agent", "admin", False),
        ("agent", "admin", "agent", False),
    ],
)
def test_role_matrix(cast: Cast, by: str, whom: str, to: str, allowed: bool) -> None:
    with tenant_context(cast.acme.id):
        actor, target = person("actor", by), person("target", whom)

        if not allowed:
            with pytest.raises(NotAllowed):
                change_role(member=target, role=to, by=actor)
        else:
            change_role(member=target, role=to, by=actor)

        assert Member.objects.get(id=target.id).role == (to if allowed else whom)


def test_the_last_owner_stays_owner(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        with pytest.raises(LastOwner):
            change_role(member=cast.alice, role="admin", by=cast.alice)
        other = person("other", "owner")
        change_role(member=cast.alice, role="admin", by=other)
        with pytest.raises(LastOwner):
            change_role(member=other, role="agent", by=other)


def test_nobody_shuts_themselves_out(cast: Cast) -> None:
    with tenant_context(cast.acme.id), pytest.raises(NotAllowed):
        deactivate_member(member=cast.alice, by=cast.alice)


def test_leaving_and_coming_back(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        deactivate_member(member=cast.bob, by=cast.alice)
        assert not Membership.objects.get(user=cast.bob.user).is_active

        back = reactivate_member(member=Member.objects.get(id=cast.bob.id), by=cast.alice)

    assert back.id == cast.bob.id
    assert Membership.objects.get(user=cast.bob.user).is_active


def test_every_change_is_one_event(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        change_role(member=cast.bob, role="admin", by=cast.alice)
        change_role(member=cast.bob, role="admin", by=cast.alice)
        deactivate_member(member=cast.bob, by=cast.alice)
        deactivate_member(member=cast.bob, by=cast.alice)

    with tenant_context(cast.acme.id):
        told = list(Event.objects.filter(type="member.updated").order_by("seq"))
    about_bob = [event.data["member"] for event in told if event.data["member"]["id"] == str(cast.bob.id)]
    assert [(one["role"], one["is_active"]) for one in about_bob] == [
        ("agent", True), ("admin", True), ("admin", False),
    ]  # fmt: skip
    assert told[-1].actor == {"kind": "member", "id": str(cast.alice.id), "name": "Alice"}
