"""Templates at the far end: created, refused with the provider's codes, reviewed, paused, deleted."""

from __future__ import annotations

from typing import Any

import pytest
from pywa.client import WhatsApp
from pywa.types.templates import (
    BodyText,
    Buttons,
    FooterText,
    QuickReplyButton,
    Template,
    TemplateCategory,
    TemplateLanguage,
)

from tests.simulator.conftest import Business
from tests.simulator.receiver import eventually
from tests.simulator.test_pywa import client

__all__ = ["client"]
BODY = {"type": "body", "text": "Hello {{1}}, your order is ready.", "example": {"body_text": [["Ada"]]}}
OURS = {"name": "order_ready", "language": "en_GB", "category": "utility", "components": [BODY]}


def create(business: Business, **changes: Any) -> Any:
    return business.graph("POST", f"{business.waba_id}/message_templates", json={**OURS, **changes})


def listed(business: Business, **query: str) -> list[dict[str, Any]]:
    answer = business.graph("GET", f"{business.waba_id}/message_templates", params=query)
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def decide(business: Business, fate: str, **more: Any) -> Any:
    said = {"channel": business.id, "name": "order_ready", "language": "en_GB", "fate": fate, **more}
    return business.sim.call("POST", "/control/templates", said)


def told(business: Business, field: str) -> list[dict[str, Any]]:
    """Values of webhooks of a field."""
    changes = [
        change for post in business.hook.posts for entry in post.json["entry"] for change in entry["changes"]
    ]
    return [change["value"] for change in changes if change["field"] == field]


def test_a_new_template_is_reviewed_and_then_approved_by_itself(business: Business) -> None:
    business.put(template_review_s=0.1)

    made = create(business).json()

    assert made["status"] == "PENDING"
    assert isinstance(made["id"], str)
    [value] = eventually(lambda: told(business, "message_template_status_update"))
    assert (value["event"], value["message_template_id"]) == ("APPROVED", int(made["id"]))
    assert listed(business, name="order_ready")[0]["status"] == "APPROVED"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "Order Ready"}, 100),
        ({"category": "OTHER"}, 100),
        ({"components": [{"type": "BODY", "text": "Your order is {{1}}"}]}, 2388299),
        ({"components": [{"type": "BODY", "text": "Hi {{1}} ok."}]}, 2388293),
        ({"components": [{"type": "BODY", "text": "a" * 1025}]}, 2388040),
        ({"components": [BODY, {"type": "FOOTER", "text": "{{1}}"}]}, 2388073),
        ({"components": [BODY, {"type": "HEADER", "format": "IMAGE"}]}, 2388047),
        ({"components": []}, 100),
    ],
)
def test_what_is_wrong_is_refused_with_the_providers_code(
    business: Business, changes: dict[str, Any], code: int
) -> None:
    answer = create(business, **changes)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code


def test_the_same_name_and_language_twice_is_refused(business: Business) -> None:
    create(business)

    error = create(business).json()["error"]
    assert (error["code"], error["error_subcode"]) == (100, 2388024)


def test_fates_are_told_and_kept(business: Business) -> None:
    business.put(template_review_s=None)
    create(business)
    decide(business, "approve")
    decide(business, "pause", title="SECOND_PAUSE")
    refused = business.send(type="template", template={"name": "order_ready", "language": {"code": "en_GB"}})
    decide(business, "unpause")
    decide(business, "quality", quality="RED")
    decide(business, "category", correct_category="MARKETING")
    decide(business, "category", category="MARKETING")
    decide(business, "reject", reason="SCAM", rejection_info={"reason": "It lies."})

    eventually(lambda: len(told(business, "message_template_status_update")) == 4)
    statuses = told(business, "message_template_status_update")
    assert [one["event"] for one in statuses] == ["APPROVED", "PAUSED", "APPROVED", "REJECTED"]
    assert statuses[1]["other_info"]["title"] == "SECOND_PAUSE"
    assert statuses[2]["other_info"]["title"] == "UNPAUSE"
    assert refused.json()["error"]["code"] == 132015
    announced, done = told(business, "template_category_update")
    assert announced["correct_category"] == "MARKETING"
    assert done["previous_category"] == "UTILITY"
    assert told(business, "message_template_quality_update")[0]["new_quality_score"] == "RED"
    fields = "status,category,rejected_reason,quality_score"
    row = listed(business, name="order_ready", fields=fields)[0]
    assert (row["status"], row["category"], row["rejected_reason"]) == ("REJECTED", "MARKETING", "SCAM")


def test_a_sample_is_uploaded_for_a_picture_header(business: Business) -> None:
    about = {"file_length": 4, "file_type": "image/png", "file_name": "a.png"}
    session = business.graph("POST", "app/uploads", params=about).json()["id"]
    place, _, query = session.partition("?")
    handle = business.session.post(
        f"{business.sim.url}/v24.0/{session}",
        data=b"abcd",
        headers={"Authorization": f"OAuth {business.token}", "file_offset": "0"},
        timeout=10,
    ).json()["h"]

    picture = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [handle]}}
    assert place.startswith("upload:")
    assert query.startswith("sig=")
    assert create(business, components=[picture, BODY]).status_code == 200


def test_a_template_is_edited_and_deleted_in_one_language_or_all(business: Business) -> None:
    business.put(template_review_s=None)
    made = create(business).json()["id"]
    create(business, language="pt_BR")
    assert business.graph("POST", made, json={"components": [BODY]}).status_code == 400  # still in review
    decide(business, "approve")
    changed = {**BODY, "text": "Hello {{1}}, your order can be picked up."}
    assert business.graph("POST", made, json={"components": [changed]}).json()["success"] is True
    assert listed(business, name="order_ready", language="en_GB")[0]["status"] == "PENDING"

    path = f"{business.waba_id}/message_templates?name=order_ready"
    business.graph("DELETE", f"{path}&hsm_id={made}")
    assert [one["language"] for one in listed(business, name="order_ready")] == ["pt_BR"]
    business.graph("DELETE", path)
    assert listed(business, name="order_ready") == []


def test_an_approved_template_is_edited_once_a_day(business: Business) -> None:
    business.put(template_review_s=None)
    made = create(business).json()["id"]
    decide(business, "reject")
    for words in ("One", "Two"):  # a rejected one as often as one likes
        assert business.graph("POST", made, json={"components": [{**BODY, "text": words}]}).status_code == 200
        decide(business, "reject")
    decide(business, "approve")

    assert business.graph("POST", made, json={"components": [BODY]}).status_code == 200
    decide(business, "approve")
    again = business.graph("POST", made, json={"components": [BODY]})

    assert (again.status_code, again.json()["error"]["code"]) == (400, 100)
    assert "edited 1 times in 1 days" in again.json()["error"]["error_data"]["details"]


def test_an_account_has_room_for_so_many_templates_and_a_hundred_an_hour(business: Business) -> None:
    kept = len(listed(business, limit="200"))
    business.put(template_review_s=None, templates_max=kept + 1)
    assert create(business).status_code == 200
    assert create(business, name="another").json()["error"]["code"] == 2388019

    business.put(templates_max=6_000)
    made = [create(business, name=f"n_{n}").status_code for n in range(100)]
    assert (made.count(200), create(business, name="more").json()["error"]["code"]) == (99, 80007)


def test_a_one_time_code_reads_back_with_its_words_and_a_link(business: Business) -> None:
    parts = [
        {"type": "BODY", "add_security_recommendation": True},
        {"type": "FOOTER", "code_expiration_minutes": 5},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy"}]},
    ]
    create(business, name="my_code", category="AUTHENTICATION", components=parts)

    [row] = listed(business, name="my_code")
    assert row["components"][0]["text"].startswith("*{{1}}* is your")
    assert row["components"][2]["buttons"][0]["type"] == "URL"


def test_the_library_lists_what_can_be_created_by_name(business: Business) -> None:
    found = business.graph("GET", "message_template_library").json()["data"]
    made = create(business, name="mine", language="en", library_template_name="fraud_alert")

    assert "fraud_alert" in {one["name"] for one in found}
    assert made.status_code == 200


def test_pywa_creates_lists_and_deletes_a_template(business: Business, client: WhatsApp) -> None:
    made = client.create_template(
        Template(
            name="from_pywa",
            category=TemplateCategory.UTILITY,
            language=TemplateLanguage.ENGLISH_UK,
            components=[
                BodyText("Hello {{name}}, your order is ready to go.", name="Ada"),
                FooterText(text="Harbour Bikes"),
                Buttons(buttons=[QuickReplyButton(text="Thanks")]),
            ],
        )
    )

    found = list(client.get_templates(name="from_pywa"))
    deleted = client.delete_template("from_pywa", template_id=made.id)

    assert [one.id for one in found] == [made.id]
    assert deleted.success
    assert list(client.get_templates(name="from_pywa")) == []
