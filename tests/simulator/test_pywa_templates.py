"""pywa makes, reads, changes and deletes templates, and is told why some are refused."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pywa.client import WhatsApp
from pywa.errors import WhatsAppError
from pywa.types.others import Pagination
from pywa.types.templates import (
    AuthenticationBody,
    AuthenticationFooter,
    BodyText,
    Buttons,
    ContactInfoRequestButton,
    CopyCodeOTPButton,
    HeaderGIF,
    HeaderImage,
    PhoneNumberButton,
    QuickReplyButton,
    Template,
    TemplateCategory,
    TemplateLanguage,
    TemplateStatus,
    URLButton,
    VoiceCallButton,
)

from simulator import samples
from tests.simulator.conftest import Business
from tests.simulator.receiver import eventually
from tests.simulator.test_pywa import client
from tests.simulator.test_templates import decide

__all__ = ["client"]


def order(name: str = "order_ready", **changes: Any) -> Template:
    plain: dict[str, Any] = {
        "category": TemplateCategory.UTILITY,
        "language": TemplateLanguage.ENGLISH_UK,
        "components": [BodyText("Hello {{name}}, your order is ready to go.", name="Ada")],
    }
    return Template(name=name, **{**plain, **changes})


def test_pywa_makes_every_usual_part_and_reads_it_back(business: Business, client: WhatsApp) -> None:
    photo = io.BytesIO(samples.sample("photo").content)
    buttons: list[Any] = [
        QuickReplyButton(text="Thanks"),
        URLButton(text="Track", url="https://ex.example/o/{{1}}", example="7781"),
        PhoneNumberButton(text="Call", phone_number="+447700900201"),
    ]
    whole = order(
        components=[
            HeaderImage(example=photo, mime_type="image/jpeg"),
            BodyText("Hello {{name}}, your order is ready to go.", name="Ada"),
            Buttons(buttons=buttons),
        ]
    )

    made = client.create_template(whole, app_id=f"99{business.id}")
    read = client.get_template(made.id)

    assert (read.name, read.language, read.category) == (
        "order_ready", TemplateLanguage.ENGLISH_UK, TemplateCategory.UTILITY,
    )  # fmt: skip
    header, body, row = read.components
    assert isinstance(header, HeaderImage)
    assert isinstance(body, BodyText)
    assert body.text == "Hello {{name}}, your order is ready to go."
    assert isinstance(row, Buttons)
    assert [type(one) for one in row.buttons] == [QuickReplyButton, URLButton, PhoneNumberButton]


def test_pywa_makes_a_one_time_code(business: Business, client: WhatsApp) -> None:
    code = order(
        "login_code",
        category=TemplateCategory.AUTHENTICATION,
        components=[
            AuthenticationBody(add_security_recommendation=True),
            AuthenticationFooter(code_expiration_minutes=5),
            Buttons(buttons=[CopyCodeOTPButton(text="Copy code")]),
        ],
    )

    made = client.create_template(code)

    assert made.status == TemplateStatus.PENDING
    assert client.get_template(made.id).category == TemplateCategory.AUTHENTICATION


def test_pywa_pages_and_filters_what_there_is(business: Business, client: WhatsApp) -> None:
    business.put(template_review_s=None)
    for n in range(5):
        client.create_template(order(f"own_{n}"))

    pending = [TemplateStatus.PENDING]
    first = client.get_templates(statuses=pending, pagination=Pagination(limit=2))
    second = client.get_templates(statuses=pending, pagination=Pagination(limit=2, after=first.after))

    assert [one.name for one in (*first, *second)] == [f"own_{n}" for n in range(4)]
    assert (first.has_next, second.has_next) == (True, True)
    assert list(client.get_templates(categories=[TemplateCategory.AUTHENTICATION], name="own_0")) == []


def test_pywa_changes_and_unpauses(business: Business, client: WhatsApp) -> None:
    business.put(template_review_s=None)
    made = client.create_template(order())
    with pytest.raises(WhatsAppError):
        client.update_template(made.id, new_components=[BodyText("Too soon, it is in review.")])
    decide(business, "approve")

    text = "Hello {{name}}, your order can be picked up."
    assert client.update_template(made.id, new_components=[BodyText(text, name="Ada")]).success
    read = client.get_template(made.id)
    assert read.status == TemplateStatus.PENDING
    assert [one.text for one in read.components if isinstance(one, BodyText)] == [text]

    decide(business, "approve")
    decide(business, "pause")
    eventually(lambda: client.get_template(made.id).status == TemplateStatus.PAUSED)
    assert client.unpause_template(made.id).success
    assert client.get_template(made.id).status == TemplateStatus.APPROVED


@pytest.mark.parametrize(
    ("template", "code"),
    [
        (order(components=[BodyText("Your order is {{name}}", name="Ada")]), 2388299),
        (order("Order Ready"), 100),
    ],
)
def test_pywa_is_told_why_a_template_is_refused(client: WhatsApp, template: Template, code: int) -> None:
    with pytest.raises(WhatsAppError) as refused:
        client.create_template(template)

    assert refused.value.code == code
    assert refused.value.message


def test_pywa_deletes_one_language_or_all(business: Business, client: WhatsApp) -> None:
    made = client.create_template(order())
    client.create_template(order(language=TemplateLanguage.PORTUGUESE_BR))

    assert client.delete_template("order_ready", template_id=made.id).success
    left = [one.language for one in client.get_templates(name="order_ready")]
    assert client.delete_template("order_ready").success

    assert left == [TemplateLanguage.PORTUGUESE_BR]
    assert list(client.get_templates(name="order_ready")) == []
    with pytest.raises(WhatsAppError):
        client.get_template(made.id)


def test_pywa_gives_a_template_a_time_to_live_a_gif_and_a_question_to_call(
    business: Business, client: WhatsApp
) -> None:
    moving = io.BytesIO(samples.sample("video").content)
    whole = order(
        category=TemplateCategory.MARKETING,
        message_send_ttl_seconds=43_200,
        components=[
            HeaderGIF(example=moving, mime_type="video/mp4"),
            BodyText("Hello {{name}}, your order is ready to go.", name="Ada"),
            Buttons(buttons=[VoiceCallButton(text="Call us"), ContactInfoRequestButton()]),
        ],
    )
    made = client.create_template(whole, app_id=f"99{business.id}")
    read = client.get_template(made.id)

    assert read.message_send_ttl_seconds == 43_200
    assert isinstance(read.components[0], HeaderGIF)
    row = read.components[2]
    assert isinstance(row, Buttons)
    assert [getattr(one, "type", "") for one in row.buttons] == ["VOICE_CALL", "REQUEST_CONTACT_INFO"]
    decide(business, "approve")
    client.update_template(made.id, new_message_send_ttl_seconds=86_400)
    assert client.get_template(made.id).message_send_ttl_seconds == 86_400
    with pytest.raises(WhatsAppError):
        client.create_template(order("too_short", message_send_ttl_seconds=29))


def test_a_gif_leaves_by_the_marketing_messages_api_only(business: Business, client: WhatsApp) -> None:
    moving = io.BytesIO(samples.sample("video").content)
    parts = [HeaderGIF(example=moving, mime_type="video/mp4"), BodyText("Look what has come in today.")]
    client.create_template(
        order(category=TemplateCategory.MARKETING, components=parts), app_id=f"99{business.id}"
    )
    decide(business, "approve")
    file = business.upload(samples.sample("video").content, "video/mp4")
    body = {
        "messaging_product": "whatsapp",
        "to": f"+{business.phone}",
        "type": "template",
        "template": {
            "name": "order_ready",
            "language": {"code": "en_GB"},
            "components": [{"type": "header", "parameters": [{"type": "gif", "gif": {"id": file}}]}],
        },
    }

    refused = business.graph("POST", f"{business.id}/messages", json=body)
    taken = business.graph("POST", f"{business.id}/marketing_messages", json=body)

    assert refused.json()["error"]["code"] == 132012
    assert taken.status_code == 200
    eventually(lambda: [one for one in business.outbox() if one["status"] in ("delivered", "read")])


def category_of(business: Business, message_id: str) -> str:
    """What the business is told a message is charged as."""

    def told() -> str:
        rows = [one["pricing"] for one in business.hook.statuses(message_id) if "pricing" in one]
        return str(rows[0]["category"]) if rows else ""

    return eventually(told)


def test_marketing_says_what_becomes_of_it_where_its_own_api_is_away(
    business: Business, client: WhatsApp
) -> None:
    client.create_template(order(category=TemplateCategory.MARKETING, components=[BodyText("New bikes!")]))
    decide(business, "approve")
    business.put(marketing_api="unavailable")
    news: dict[str, Any] = {
        "to": business.phone,
        "name": "order_ready",
        "language": TemplateLanguage.ENGLISH_UK,
    }

    with pytest.raises(WhatsAppError) as refused:
        client.send_template(**news, params=[], use_mm_lite_api=True, message_activity_sharing=True)
    business.put(marketing_api="on")
    sent = client.send_template(**news, params=[], use_mm_lite_api=True, message_activity_sharing=False)
    business.put(marketing_api="unavailable")
    template = {"name": "order_ready", "language": {"code": "en_GB"}}
    body: dict[str, Any] = {"messaging_product": "whatsapp", "to": f"+{business.phone}", "type": "template"}
    body |= {"template": template, "product_policy": "CLOUD_API_FALLBACK"}
    usual = business.graph("POST", f"{business.id}/marketing_messages", json=body).json()
    wrong = business.graph("POST", f"{business.id}/marketing_messages", json=body | {"product_policy": "NO"})

    assert refused.value.code == 134102
    assert category_of(business, sent.id) == "marketing_lite"
    assert category_of(business, usual["messages"][0]["id"]) == "marketing"
    assert wrong.json()["error"]["code"] == 100


def test_a_message_past_its_time_to_live_is_dropped_without_a_word(
    business: Business, client: WhatsApp
) -> None:
    client.create_template(order(message_send_ttl_seconds=60))
    decide(business, "approve")
    template = {
        "name": "order_ready",
        "language": {"code": "en_GB"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "parameter_name": "name", "text": "Ada"}]}
        ],
    }
    phone = f"/phone/customers/{business.phone}"
    business.opens_window()
    business.sim.call("PATCH", phone, {"settings": {"offline": True}})
    late = business.sent(type="template", template=template)
    plain = business.sent(text="Still there?")
    business.told(late, 1)
    business.told(plain, 1)

    business.sim.call("PUT", "/control/clock", {"offset_s": 61})
    business.sim.call("PATCH", phone, {"settings": {"offline": False}})

    business.told(plain, 2)
    assert business.states(late) == ["sent"]
    assert {one["provider_id"]: one["status"] for one in business.outbox()}[late] == "dropped"
