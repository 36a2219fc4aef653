"""Whose tenant a request is: by its key or its session, never by what it carries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.test import Client, override_settings
from django.urls import include, path

from common.tenancy import current_tenant, tenant_context
from inbox.models import Channel
from tenants.access import own_scope
from tenants.models import ApiKey, Member, User
from tenants.operations.keys import create_api_key, revoke_api_key
from tenants.operations.members import add_member, deactivate_member
from tests.cast import Cast


def _who(request):
    open_now = current_tenant()
    return JsonResponse(
        {
            "tenant": request.tenant_id and str(request.tenant_id),
            "scope": open_now and str(open_now),
            "member": request.member and request.member.name,
            "key": request.api_key and request.api_key.name,
            "actor": request.actor,
            "channels": list(Channel.objects.values_list("external_id", flat=True)) if open_now else None,
            "atomic": connection.in_atomic_block,
        }
    )


def _break(request):
    Member.objects.filter(id=request.member.id).update(name="Half done")
    raise RuntimeError("on purpose")


def _cached(request):
    return HttpResponse("x", headers={"Cache-Control": "public, max-age=60"})


urlpatterns = [
    path("api/v1/who", _who),
    path("who", _who),
    path("own", own_scope(_who)),
    path("accounts/who", _who),
    path("static/who", _who),
    path("break", _break),
    path("cached", _cached),
    path("", include("config.urls")),
]

pytestmark = pytest.mark.urls(__name__)


def key_of(cast: Cast, tenant, member) -> str:
    with tenant_context(tenant.id):
        return create_api_key(name="core", scopes=["channels:read"], by=member)[1]


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_a_session_opens_its_tenant(cast: Cast, alice_client: Client) -> None:
    seen = alice_client.get("/who").json()

    assert seen["tenant"] == seen["scope"] == str(cast.acme.id)
    assert seen["member"] == "Alice"
    assert seen["actor"] == {"kind": "member", "id": str(cast.alice.id), "name": "Alice"}
    assert seen["channels"] == [cast.acme_number.external_id]


def test_a_key_opens_its_tenant(cast: Cast, client: Client) -> None:
    seen = client.get("/api/v1/who", headers=bearer(key_of(cast, cast.globex, cast.charlie))).json()

    assert seen["tenant"] == seen["scope"] == str(cast.globex.id)
    assert (seen["key"], seen["member"]) == ("core", None)
    assert seen["actor"]["kind"] == "api_key"
    assert seen["channels"] == [cast.globex_number.external_id]


def test_a_key_wins_over_the_session(cast: Cast, alice_client: Client) -> None:
    seen = alice_client.get("/api/v1/who", headers=bearer(key_of(cast, cast.globex, cast.charlie))).json()

    assert (seen["tenant"], seen["member"]) == (str(cast.globex.id), None)


def test_a_wrong_key_never_falls_back_on_the_session(cast: Cast, alice_client: Client) -> None:
    key = key_of(cast, cast.acme, cast.alice)
    with tenant_context(cast.acme.id):
        revoke_api_key(key=ApiKey.objects.get(prefix=key[:16]))

    for wrong in (key, "parley_live_x", ""):
        seen = alice_client.get("/api/v1/who", headers=bearer(wrong)).json()
        assert (seen["tenant"], seen["scope"], seen["key"], seen["member"]) == (None, None, None, None)


def test_keys_open_nothing_but_the_api(cast: Cast, client: Client) -> None:
    seen = client.get("/who", headers=bearer(key_of(cast, cast.acme, cast.alice))).json()

    assert (seen["tenant"], seen["key"]) == (None, None)


@pytest.mark.parametrize("name", ["tenant", "tenant_id", "workspace"])
def test_body_query_and_headers_choose_nothing(cast: Cast, alice_client: Client, name: str) -> None:
    other = str(cast.globex.id)

    by_query = alice_client.get(f"/who?{name}={other}").json()
    by_body = alice_client.post("/who", {name: other}).json()
    by_header = alice_client.get("/who", headers={"X-Tenant": other, "Tenant-Id": other}).json()

    assert {seen["tenant"] for seen in (by_query, by_body, by_header)} == {str(cast.acme.id)}


def test_a_session_that_names_a_strange_tenant_gets_its_own(cast: Cast, alice_client: Client) -> None:
    session = alice_client.session
    session["tenant_id"] = str(cast.globex.id)
    session.save()

    assert alice_client.get("/who").json()["tenant"] == str(cast.acme.id)


def test_a_deactivated_member_is_out_with_the_next_request(cast: Cast, bob_client: Client) -> None:
    assert bob_client.get("/who").json()["member"] == "Bob"

    with tenant_context(cast.acme.id):
        deactivate_member(member=cast.bob, by=cast.alice)

    seen = bob_client.get("/who").json()
    assert (seen["tenant"], seen["scope"], seen["member"]) == (None, None, None)
    assert bob_client.get("/accounts/nowhere/").status_code == 403


def test_a_deactivated_user_is_out_with_the_next_request(cast: Cast, bob_client: Client) -> None:
    User.objects.filter(id=cast.bob.user_id).update(is_active=False)

    assert bob_client.get("/who").json()["tenant"] is None


def test_who_is_out_of_one_workspace_stays_in_the_other(cast: Cast, bob_client: Client) -> None:
    with tenant_context(cast.globex.id):
        add_member(user=cast.bob.user, role="agent")
    with tenant_context(cast.acme.id):
        deactivate_member(member=cast.bob, by=cast.alice)

    assert bob_client.get("/who").json()["tenant"] == str(cast.globex.id)


def test_switching_workspace(cast: Cast, bob_client: Client) -> None:
    with tenant_context(cast.globex.id):
        add_member(user=cast.bob.user, role="agent")

    assert bob_client.post("/accounts/workspace/", {"tenant": str(cast.globex.id)}).status_code == 302

    assert bob_client.get("/who").json()["channels"] == [cast.globex_number.external_id]


def test_nobody_switches_to_a_strange_workspace(cast: Cast, charlie_client: Client) -> None:
    for wanted in (str(cast.acme.id), "nonsense", ""):
        assert charlie_client.post("/accounts/workspace/", {"tenant": wanted}).status_code == 404

    assert charlie_client.get("/who").json()["tenant"] == str(cast.globex.id)


def test_the_ways_in_know_the_person_and_open_no_scope(cast: Cast, alice_client: Client) -> None:
    seen = alice_client.get("/accounts/who").json()

    assert (seen["tenant"], seen["member"], seen["scope"]) == (str(cast.acme.id), "Alice", None)


def test_a_view_with_its_own_scope_runs_outside_any_transaction(committed_cast: Cast) -> None:
    client = Client()
    client.force_login(committed_cast.alice.user)

    own, usual = client.get("/own").json(), client.get("/who").json()

    assert (own["tenant"], own["scope"], own["atomic"]) == (str(committed_cast.acme.id), None, False)
    assert usual["atomic"] is True


def test_public_files_cost_nothing(cast: Cast, alice_client: Client, django_assert_num_queries) -> None:
    assert alice_client.get("/static/who").json()["tenant"] is None
    with django_assert_num_queries(0):
        assert alice_client.get("/icons.svg").status_code == 200


def test_answers_to_a_person_or_key_are_kept_by_nobody(
    cast: Cast, alice_client: Client, client: Client
) -> None:
    key = key_of(cast, cast.acme, cast.alice)

    assert alice_client.get("/who")["Cache-Control"] == "no-store, private"
    assert client.get("/api/v1/who", headers=bearer(key))["Cache-Control"] == "no-store, private"
    assert "Cache-Control" not in client.get("/who")
    assert alice_client.get("/cached")["Cache-Control"] == "public, max-age=60"


@override_settings(DEBUG=False)
def test_what_a_broken_view_wrote_is_gone(cast: Cast, alice_client: Client) -> None:
    alice_client.raise_request_exception = False

    assert alice_client.get("/break").status_code == 500

    with tenant_context(cast.acme.id):
        assert Member.objects.get(id=cast.alice.id).name == "Alice"


def test_last_seen_is_written_once_a_minute(cast: Cast, alice_client: Client) -> None:
    alice_client.get("/who")
    with tenant_context(cast.acme.id):
        first = Member.objects.get(id=cast.alice.id).last_seen_at
    alice_client.get("/who")

    with tenant_context(cast.acme.id):
        assert first is not None
        assert Member.objects.get(id=cast.alice.id).last_seen_at == first
