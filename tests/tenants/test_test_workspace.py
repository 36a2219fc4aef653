"""Test and Live are two workspaces: a test key cannot reach Live, and what is good is brought over."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from common.tenancy import tenant_context
from events.models import Change
from inbox.operations.authors import Author
from notifications.operations.starter import install_starter
from notifications.queries.types import find_type
from tenants.models import Member, Tenant
from tenants.operations.keys import create_api_key
from tenants.operations.members import NotAllowed
from tenants.operations.workspaces import open_test_workspace
from tenants.permissions import SCOPES
from tests.cast import Cast
from tests.conftest import _signed_in
from tests.notifications.forms import inputs

PAGE = "/console/test/"


@pytest.fixture
def test_tenant(cast: Cast) -> Tenant:
    return open_test_workspace(live=cast.acme, by=cast.alice)


def test_it_is_opened_once_and_the_admins_are_in_it(cast: Cast, alice_client: Client) -> None:
    assert "Open a test workspace" in alice_client.get(PAGE).content.decode()

    answer = alice_client.post(PAGE, follow=True)

    text = answer.content.decode()
    assert "Acme (Test) is ready." in text
    assert "Test workspace: nothing here reaches the live one" in text
    assert "Go to Acme" in text
    made = Tenant.objects.get(live=cast.acme)
    assert open_test_workspace(live=cast.acme, by=cast.alice) == made
    with tenant_context(made.id):
        assert [(one.name, one.role) for one in Member.objects.order_by("name")] == [("Alice", "owner")]
    with tenant_context(cast.acme.id):
        assert Change.objects.filter(action="test_workspace.opened").count() == 1


def test_only_admins_open_one_and_only_of_a_live_one(cast: Cast, test_tenant: Tenant) -> None:
    with pytest.raises(NotAllowed):
        open_test_workspace(live=cast.acme, by=cast.bob)
    with pytest.raises(NotAllowed):
        open_test_workspace(live=test_tenant, by=cast.alice)


def test_the_strip_stands_on_pages_of_the_test_workspace_only(
    cast: Cast, test_tenant: Tenant, alice_client: Client, charlie_client: Client
) -> None:
    inside = _signed_in(cast.alice, test_tenant)

    for page in ("/console/", "/console/keys/", "/console/notifications/types/", "/accounts/", PAGE):
        assert "teststrip" in inside.get(page).content.decode(), page
        assert "teststrip" not in alice_client.get(page).content.decode(), page
    assert "Acme" not in charlie_client.get(PAGE).content.decode()


def test_a_test_key_cannot_reach_live(cast: Cast, test_tenant: Tenant) -> None:
    with tenant_context(test_tenant.id):
        _, test_key = create_api_key(name="trial", scopes=SCOPES)
    with tenant_context(cast.acme.id):
        _, live_key = create_api_key(name="core", scopes=SCOPES)
        install_starter("order_update", by=Author.of(cast.alice))
    assert (test_key[:12], live_key[:12]) == ("parley_test_", "parley_live_")

    def call(key: str, path: str) -> tuple[int, str]:
        answer = Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {key}"})
        return answer.status_code, answer.content.decode()

    number = f"channels/{cast.acme_number.id}"
    assert (call(live_key, number)[0], call(test_key, number)[0]) == (200, 404)
    assert call(test_key, "notification_types/order_update")[0] == 404
    assert str(cast.acme_number.id) not in call(test_key, "channels")[1]
    refused, sent = (_send(key, cast) for key in (test_key, live_key))
    assert (refused.status_code, "channel" in refused.content.decode()) == (400, True)
    assert sent.status_code == 201
    assert "Acme (Test)" in call(test_key, "me")[1]
    relabelled = live_key.replace("parley_live_", "parley_test_")
    assert call(relabelled, "me")[0] == 401


def _send(key: str, cast: Cast) -> Any:
    """A text by Acme's live number."""
    to = {"phone": "+447700900123"}
    template = {"name": "hello", "language": "en", "components": []}
    body = {"to": to, "template": template, "client_ref": "1", "channel_id": str(cast.acme_number.id)}
    headers = {"Authorization": f"Bearer {key}"}
    return Client().post("/api/v1/messages", body, "application/json", headers=headers)


def test_what_is_good_is_brought_over_after_a_look(
    cast: Cast, test_tenant: Tenant, alice_client: Client
) -> None:
    with tenant_context(test_tenant.id):
        alice = Member.objects.get(user=cast.alice.user)
        install_starter("order_update", by=Author.of(alice))
        known = find_type("order_update").current

    page = alice_client.get(PAGE).content.decode()
    assert "Bring types over…" in page
    shown = alice_client.post("/console/notifications/configuration/", {"source": str(test_tenant.id)})
    taken = alice_client.post(
        "/console/notifications/configuration/", inputs(shown.content.decode()) | {"take": ["order_update"]}
    )

    assert taken.status_code == 302
    with tenant_context(cast.acme.id):
        here = find_type("order_update")
        assert here.current or here.versions.exists()
    assert known is None or known.type_id != here.id
