"""What the editor does not show of a template, and so must not lose when somebody saves it there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from channels_whatsapp.models import Template, TemplateAccount
from common.tenancy import tenant_context
from tests.cast import Cast
from tests.whatsapp.conftest import found

LIST = "/console/templates/"
TEXT = {"type": "BODY", "text": "Choose what you like best."}
FLOW = {
    "type": "FLOW", "text": "Book", "flow_id": "7001", "flow_action": "data_exchange", "icon": "REVIEW"
}  # fmt: skip
SHELF = {"type": "MPM", "text": "View items"}
ONE_TAP = {
    "type": "OTP", "otp_type": "ONE_TAP", "text": "Copy code", "autofill_text": "Autofill",
    "supported_apps": [{"package_name": "com.example.app", "signature_hash": "K8a2BVQfR1k"}],
}  # fmt: skip


def drafted(cast: Cast, client: Client, category: str, *parts: dict[str, Any]) -> Template:
    """Written by a program."""
    said = {
        "channel_id": str(cast.acme_number.id), "name": "kept", "language": "en", "category": category,
        "components": list(parts),
    }  # fmt: skip
    made = client.post("/api/v1/templates", json.dumps(said), content_type="application/json")
    assert made.status_code == 201, made.content
    return found(cast, "kept")


def buttons_of(row: Template) -> list[dict[str, Any]]:
    assert row.draft
    parts = {part["type"]: part for part in row.draft["components"]}
    shown: list[dict[str, Any]] = parts["BUTTONS"]["buttons"]
    return shown


def saved(cast: Cast, client: Client, row: Template, **changes: str) -> Template:
    """The form as it stands in the browser, sent back."""
    said = {"name": row.name, "language": row.language, "category": row.category, "save": "",
            "version": str(row.version), "body": TEXT["text"]}  # fmt: skip
    answer = client.post(f"{LIST}{row.id}/change/", said | changes)
    assert answer.status_code == 302, answer.content.decode()
    return found(cast, "kept")


def test_the_action_of_a_form_outlasts_another_text_but_not_another_form(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    row = drafted(cast, alice_client, "UTILITY", TEXT, {"type": "BUTTONS", "buttons": [FLOW]})
    form = {"button_0_type": "FLOW", "button_0_text": "Book now", "button_0_value": "7001"}

    same = saved(cast, alice_client, row, **form)
    assert buttons_of(same) == [FLOW | {"text": "Book now"}]
    other = saved(cast, alice_client, same, **form | {"button_0_value": "7002"})
    assert buttons_of(other) == [{"type": "FLOW", "text": "Book now", "flow_id": "7002"}]


def test_a_button_the_editor_does_not_offer_is_not_made_a_quick_reply(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    row = drafted(cast, alice_client, "MARKETING", TEXT, {"type": "BUTTONS", "buttons": [SHELF]})

    page = alice_client.get(f"{LIST}{row.id}/change/").content.decode()

    assert '<option value="MPM" selected>Show products</option>' in page
    again = saved(cast, alice_client, row, button_0_type="MPM", button_0_text="View items")
    assert buttons_of(again) == [SHELF]


def test_a_code_that_is_handed_to_an_app_stays_one(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    body = {"type": "BODY", "add_security_recommendation": True}
    row = drafted(cast, alice_client, "AUTHENTICATION", body, {"type": "BUTTONS", "buttons": [ONE_TAP]})

    again = saved(cast, alice_client, row, warns="on", code_minutes="10", button_0_text="Copy code")

    assert buttons_of(again) == [ONE_TAP]


@pytest.mark.parametrize(("kind", "may"), [("ONE_TAP", False), ("COPY_CODE", True)])
def test_a_code_of_which_whatsapp_does_not_show_the_app_is_not_changed_here(
    cast: Cast, account: TemplateAccount, alice_client: Client, kind: str, may: bool
) -> None:
    row = found(cast, "one_time_code")
    url = f"https://www.whatsapp.com/otp/code/?otp_type={kind}&code=otp{{{{1}}}}"
    button = {"type": "URL", "text": "Autofill", "url": url}
    with tenant_context(cast.acme.id):
        parts = [one for one in row.components if one["type"] != "BUTTONS"]
        parts.append({"type": "BUTTONS", "buttons": [button]})
        Template.objects.filter(id=row.id).update(components=parts)

    answer = alice_client.get(f"{LIST}{row.id}/change/", follow=True)

    assert ("cannot be changed here" not in answer.content.decode()) is may


def test_a_code_written_straight_from_the_first_form_warns_not_to_share_it(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    """The box for it stands in the form of codes, which comes once the category is saved."""
    said = {
        "channel": str(cast.acme_number.id), "name": "kept", "language": "en", "category": "AUTHENTICATION",
        "save": "",
    }  # fmt: skip
    alice_client.post(f"{LIST}new/", said)
    row = found(cast, "kept")
    assert row.draft
    assert row.draft["components"][0] == {"type": "BODY", "add_security_recommendation": True}

    again = saved(cast, alice_client, row, code_minutes="")  # and then somebody takes it out
    assert again.draft
    assert again.draft["components"][0] == {"type": "BODY", "add_security_recommendation": False}


def test_a_refusal_without_a_sentence_is_put_into_words(
    cast: Cast, account: TemplateAccount, alice_client: Client
) -> None:
    row = found(cast, "rejected_offer")
    with tenant_context(cast.acme.id):
        Template.objects.filter(id=row.id).update(reason="PROMOTIONAL")

    page = alice_client.get(f"{LIST}{row.id}/").content.decode()

    assert "It advertises, which its category does not allow. Change it and submit it again." in page
