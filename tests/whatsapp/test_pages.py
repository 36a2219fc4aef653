"""Console: finding a template, writing one with faults beside their fields, submitting, copying, deleting."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from channels_whatsapp.findings import Draft
from channels_whatsapp.models import Template, TemplateAccount
from channels_whatsapp.operations.work import work_all
from channels_whatsapp.starters import STARTERS
from channels_whatsapp.template_rules import check
from common.ids import uuid7
from common.sql import insert_rows
from common.tenancy import tenant_context
from tests.cast import Cast
from tests.far_end import FarEnd
from tests.whatsapp.conftest import found, graph

LIST = "/console/templates/"
TYPED = {
    "name": "order_ready",
    "language": "en_GB",
    "category": "UTILITY",
    "body": "Hello {{first_name}}, your order is ready to be picked up.",
    "sample_body_first_name": "Ada",
    "button_0_type": "QUICK_REPLY",
    "button_0_text": "Thanks",
}


def words(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def test_the_list_finds_by_name_state_category_and_language(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    assert "fraud_alert" in words(alice_client.get(LIST))
    paused = words(alice_client.get(LIST, {"status": "PAUSED"}))
    assert "paused_offer" in paused
    assert "fraud_alert" not in paused
    assert "flight_delay" in words(alice_client.get(LIST, {"q": "flight", "language": "pt_BR"}))
    assert "None of these" in words(alice_client.get(LIST, {"q": "flight", "category": "MARKETING"}))


def test_six_thousand_are_paged_by_key_in_a_fixed_number_of_statements(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    alice_client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        alice_client.get(LIST)
    with tenant_context(cast.acme.id):
        rows = [
            Template(id=uuid7(), account=account, name=f"many_{n:04d}", language="en", category="UTILITY")
            for n in range(6_000)
        ]
        insert_rows(rows)
    with CaptureQueriesContext(connection) as many:
        page = words(alice_client.get(LIST))

    assert len(many) == len(few)
    assert page.count('class="row"') == 50
    assert "OFFSET" not in "".join(one["sql"] for one in many)


def test_a_template_is_written_submitted_and_approved(
    cast: Cast, account: TemplateAccount, provider: FarEnd, alice_client: Client
) -> None:
    said = TYPED | {"channel": str(cast.acme_number.id), "submit": ""}

    answer = alice_client.post(f"{LIST}new/", said, follow=True)
    work_all()

    assert "Submitted" in words(answer)
    row = found(cast, "order_ready", "en_GB")
    assert (row.status, row.draft, row.parameter_format) == ("PENDING", None, "NAMED")
    assert row.provider_id
    assert [entry["kind"] for entry in row.history] == [
        "template.drafted",
        "template.submitted",
        "template.pending",
    ]
    assert "In review" in words(alice_client.get(f"{LIST}{row.id}/"))


def test_every_fault_stands_beside_its_field_while_one_types(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    typed = {
        "name": "Order Ready",
        "language": "en",
        "category": "UTILITY",
        "body": "Your order is {{1}}",
        "button_0_type": "URL",
        "button_0_text": "Track",
        "button_0_value": "nowhere",
    }
    page = words(alice_client.post(f"{LIST}check/", typed))

    assert 'id="e-name"' in page
    assert "does not take this name" in page
    assert "ends with a variable" in page
    assert "This is no address of a page" in page
    assert 'name="sample_body_1"' in page  # a field for the new variable
    assert 'class="gap"' in page  # the preview shows what has no sample


def test_what_whatsapp_would_refuse_is_kept_as_a_draft_and_not_submitted(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    said = TYPED | {"channel": str(cast.acme_number.id), "sample_body_first_name": "", "submit": ""}

    page = words(alice_client.post(f"{LIST}new/", said, follow=True))

    assert "Saved, but not submitted" in page
    assert "has no sample" in page
    assert found(cast, "order_ready", "en_GB").status == "DRAFT"


def test_a_name_that_is_taken_is_refused_and_nothing_typed_is_lost(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    said = TYPED | {"channel": str(cast.acme_number.id), "name": "follow_up", "language": "en"}

    answer = alice_client.post(f"{LIST}new/", said)

    assert answer.status_code == 422
    assert "already" in words(answer)
    assert TYPED["body"] in words(answer)


def test_a_copy_in_another_language_is_a_draft_of_its_own(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    row = found(cast, "follow_up")

    alice_client.post(f"{LIST}{row.id}/copy/", {"name": "follow_up", "language": "fr"})

    copied = found(cast, "follow_up", "fr")
    assert copied.status == "DRAFT"
    assert copied.draft
    assert copied.draft["components"] == row.components


def test_deleting_names_what_follows_and_is_done_at_whatsapp(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    row = found(cast, "follow_up")

    asked = words(alice_client.get(f"{LIST}{row.id}/deletion/"))
    alice_client.post(f"{LIST}{row.id}/deletion/")
    work_all()

    assert "For 30 days" in asked
    assert "No message waits for it" in asked
    assert found(cast, "follow_up").status == "DELETED"


def test_a_paused_template_is_asked_to_go_on_and_a_refusal_says_why(
    cast: Cast, account: TemplateAccount, provider: FarEnd, alice_client: Client
) -> None:
    row = found(cast, "paused_offer")
    page = f"{LIST}{row.id}/"
    assert "Ask WhatsApp to let it go on" in words(alice_client.get(page))

    alice_client.post(f"{page}release/")
    assert "Asked to go on" in words(alice_client.get(page))
    work_all()
    assert found(cast, "paused_offer").status == "APPROVED"
    assert "Only a paused template" in words(alice_client.post(f"{page}release/", follow=True))

    with tenant_context(cast.acme.id):
        Template.objects.filter(id=row.id).update(status="PAUSED")  # here only
    alice_client.post(f"/api/v1/templates/{row.id}/release", content_type="application/json")
    work_all()
    assert "The template is not paused" in words(alice_client.get(page))
    assert found(cast, "paused_offer").status == "PAUSED"


@pytest.mark.parametrize("one", STARTERS, ids=lambda one: one.key)
def test_every_starter_passes_the_rules(one: Any) -> None:
    assert check(Draft(one.name, one.language, one.category, one.components)) == []


def test_agents_and_strangers_see_none_of_it(
    cast: Cast, account: TemplateAccount, bob_client: Client, charlie_client: Client
) -> None:
    row = found(cast, "follow_up")

    assert bob_client.get(LIST).status_code == 404
    assert charlie_client.get(f"{LIST}{row.id}/").status_code == 404
    assert "follow_up" not in words(charlie_client.get(LIST))


def test_a_time_to_live_and_a_call_button_reach_whatsapp_and_are_read_back(
    cast: Cast, account: TemplateAccount, provider: FarEnd, alice_client: Client
) -> None:
    said = TYPED | {
        "channel": str(cast.acme_number.id), "submit": "", "send_ttl_s": "3600", "asks_to_call": "on",
        "button_1_type": "VOICE_CALL", "button_1_text": "Call us", "button_1_value": "1440",
    }  # fmt: skip

    alice_client.post(f"{LIST}new/", said, follow=True)
    work_all()

    row = found(cast, "order_ready", "en_GB")
    fields = "components,message_send_ttl_seconds"
    there = graph(provider, "GET", row.provider_id, params={"fields": fields}).json()
    assert (row.send_ttl_s, there["message_send_ttl_seconds"]) == (3600, 3600)
    assert there["components"][-1] == {"type": "CALL_PERMISSION_REQUEST"}
    assert there["components"][1]["buttons"][1]["ttl_minutes"] == 1440
    page = words(alice_client.get(f"{LIST}{row.id}/"))
    assert "1 hour" in page
    assert "Allow calls" in page

    with tenant_context(cast.acme.id):
        Template.objects.filter(id=row.id).update(status="APPROVED")
    again = alice_client.get(f"{LIST}{row.id}/change/")
    assert '<option value="3600" selected>' in words(again)


def test_a_time_the_category_does_not_take_is_said_beside_it(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    typed = TYPED | {"category": "MARKETING", "send_ttl_s": "3600", "ttl_for": "UTILITY"}

    page = words(alice_client.post(f"{LIST}check/", typed))

    assert "Marketing takes 12 hours to 30 days." in page
    assert "only counts where the number sends by the Marketing Messages API" in page
