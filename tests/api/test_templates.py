"""Templates over the API: written, checked, submitted, copied, deleted; listed by key."""

from __future__ import annotations

from typing import Any

import pytest

from channels_whatsapp.models import TemplateAccount
from channels_whatsapp.operations.work import work_all
from common.tenancy import tenant_context
from inbox.models import Channel
from tests.api.caller import Caller
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd

BODY = {
    "type": "BODY",
    "text": "Hello {{1}}, your order {{2}} is ready to be picked up.",
    "example": {"body_text": [["Ada", "7781"]]},
}


@pytest.fixture
def account(cast: Cast, far_end: FarEnd) -> None:
    """Acme's templates have been read from the provider, which reviews nothing by itself."""
    far_end.register(ACME_ACCOUNT, templates=[], template_review_s=None)
    with tenant_context(cast.acme.id):
        Channel.objects.update(base_url=far_end.url)
    work_all()


def written(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "channel_id": str(cast.acme_number.id),
        "name": "order_ready",
        "language": "en_GB",
        "category": "UTILITY",
        "components": [BODY],
        **changes,
    }


def test_the_list_has_filters_and_pages(cast: Cast, account: None, bob_calls: Caller) -> None:
    every = bob_calls.get("templates", limit="200").data
    first = bob_calls.get("templates", limit="5").data
    second = bob_calls.get("templates", limit="5", after=first["next"]).data
    sendable = bob_calls.get("templates", channel=str(cast.acme_number.id), status="sendable").data["data"]
    flights = bob_calls.get("templates", q="flight", language="pt_BR").data["data"]

    names = [one["name"] for one in every["data"]]
    assert names == sorted(names)
    assert [one["id"] for one in first["data"] + second["data"]] == [one["id"] for one in every["data"][:10]]
    assert {one["status"] for one in sendable} == {"APPROVED", "PAUSED", "DISABLED"}
    assert [one["name"] for one in flights] == ["flight_delay"]


def test_a_template_lives_from_draft_to_deletion(
    cast: Cast, account: None, far_end: FarEnd, alice_calls: Caller
) -> None:
    made = alice_calls.post("templates", written(cast))
    path = f"templates/{made.data['id']}"
    changed = alice_calls.patch(path, {"name": "order_is_ready", "version": made.data["version"]})
    submitted = alice_calls.post(f"{path}/submission")
    work_all()
    pending = alice_calls.get(path)
    copied = alice_calls.post(f"{path}/copies", {"language": "fr"})
    alice_calls.delete(path)
    work_all()

    assert (made.status, made.data["status"], made.data["provider_id"]) == (201, "DRAFT", "")
    assert changed.data["name"] == "order_is_ready"
    assert (submitted.status, submitted.data["work"]) == (202, "submit")
    assert (pending.data["status"], pending.data["draft"]) == ("PENDING", None)
    assert (copied.status, copied.data["language"], copied.data["status"]) == (201, "fr", "DRAFT")
    assert alice_calls.get(path).data["status"] == "DELETED"
    assert alice_calls.delete(f"templates/{copied.data['id']}").data["status"] == "DELETED"
    assert alice_calls.get(f"templates/{copied.data['id']}").status == 404


def test_a_submission_names_every_fault(cast: Cast, account: None, alice_calls: Caller) -> None:
    bad = [{"type": "BODY", "text": "Your order is {{1}}"}]
    made = alice_calls.post("templates", written(cast, components=bad))

    refused = alice_calls.post(f"templates/{made.data['id']}/submission")
    checked = alice_calls.post(
        "templates/checks",
        {key: value for key, value in written(cast, components=bad).items() if key != "channel_id"},
    )

    assert (refused.status, refused.code) == (400, "validation_failed")
    assert refused.pointers == ["/body/text", "/body/sample/1"]
    assert [one["where"] for one in checked.data["data"]] == ["body.text", "body.sample.1"]


def test_what_the_provider_refuses_is_told(
    cast: Cast, account: None, far_end: FarEnd, alice_calls: Caller
) -> None:
    made = alice_calls.post("templates", written(cast))
    alice_calls.post(f"templates/{made.data['id']}/submission")
    far_end.faults(channel=ACME_ACCOUNT, calls="all", error_code=2388019)
    work_all()

    row = alice_calls.get(f"templates/{made.data['id']}").data
    assert (row["status"], row["work"]) == ("DRAFT", "")
    assert "as many templates as it may" in row["work_error"]


def test_two_who_save_at_once_do_not_undo_each_other(cast: Cast, account: None, alice_calls: Caller) -> None:
    made = alice_calls.post("templates", written(cast)).data
    alice_calls.patch(f"templates/{made['id']}", {"category": "MARKETING"})

    late = alice_calls.patch(f"templates/{made['id']}", {"category": "UTILITY", "version": made["version"]})

    assert (late.status, late.code) == (409, "conflict")


def test_the_list_is_read_again_when_asked(cast: Cast, account: None, alice_calls: Caller) -> None:
    asked = alice_calls.post("templates/syncs", {"channel_id": str(cast.acme_number.id)})

    assert asked.status == 202
    assert asked.data["data"][0]["synced_at"]
    assert alice_calls.get("templates/syncs").data["data"][0]["seen"] == 15


def test_agents_read_and_do_not_write_and_strangers_see_nothing(
    cast: Cast, account: None, alice_calls: Caller, bob_calls: Caller, charlie_calls: Caller
) -> None:
    made = alice_calls.post("templates", written(cast)).data

    assert bob_calls.get(f"templates/{made['id']}").status == 200
    assert bob_calls.post("templates", written(cast, name="mine")).status == 403
    assert charlie_calls.get("templates").data["data"] == []
    assert charlie_calls.get(f"templates/{made['id']}").status == 404
    assert charlie_calls.post("templates", written(cast)).pointers == ["/channel_id"]
    with tenant_context(cast.globex.id):
        assert TemplateAccount.objects.count() == 1
