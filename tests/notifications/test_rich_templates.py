"""Types whose template has a picture, a document, cards, an offer that ends, or a code to copy."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from common.tenancy import tenant_context
from inbox.operations.authors import Author
from notifications.checking import publish_faults, shape_faults
from notifications.contents import render
from notifications.operations.types import InvalidVersion, create_type, publish_draft
from notifications.rich_sheets import flat_rich, rich_from
from notifications.variables import examples_of, written
from tests.cast import Cast
from tests.notifications.conftest import Office, make_type, rung
from tests.notifications.forms import inputs, page

PHOTO = "https://shop.example/shirt.jpg"
VARIABLES: list[dict[str, Any]] = [
    {"name": "first_name", "type": "text", "required": True, "example": "Ada"},
    {"name": "photo", "type": "url", "required": True, "example": PHOTO},
    {"name": "code", "type": "code", "required": True, "example": "SAVE20"},
    {"name": "ends_at", "type": "date", "required": True, "example": "2026-12-24T18:00:00Z"},
]
ACTIONS = [{"key": "buy", "title": "I want it", "words": ["1"], "then": {"stop": True}}]
BASE: dict[str, Any] = {"name": "offer", "language": "en", "body": ["{{first_name}}"]}
CARD: dict[str, Any] = {
    "media": {"image": "{{photo}}"},
    "body": ["{{first_name}}"],
    "buttons": [{"action": "buy"}, {"value": "{{code}}"}],
}
LINK = {"type": "image", "image": {"link": PHOTO}}


def components(**content: Any) -> list[dict[str, Any]]:
    """What the examples make of a template."""
    data = examples_of(VARIABLES)
    values = written(VARIABLES, data, "en")
    found = render(BASE | content, values=values, data=data, language="en", actions=ACTIONS, ref="run")
    assert found.template is not None
    parts: list[dict[str, Any]] = found.template["components"]
    return parts


def faults(**content: Any) -> list[tuple[str, str]]:
    """What keeps such a content from being published."""
    contents = {"whatsapp": {"en": BASE | content}}
    if wrong := shape_faults({"contents": contents}):
        return wrong
    version = {
        "variables": VARIABLES, "contents": contents, "ladder": [rung("whatsapp")], "actions": ACTIONS,
        "fallback_language": "en", "digest": None, "lane": 2,
    }  # fmt: skip
    return publish_faults(version, {"whatsapp": "whatsapp"})


def test_a_file_stands_above_the_words() -> None:
    assert components(media={"image": "{{photo}}"})[0] == {"type": "header", "parameters": [LINK]}
    document = components(media={"document": "{{photo}}", "filename": "For {{first_name}}.pdf"})[0]
    file = {"link": PHOTO, "filename": "For Ada.pdf"}
    assert document["parameters"] == [{"type": "document", "document": file}]


def test_an_offer_ends_and_its_code_is_copied() -> None:
    found = components(offer="{{ends_at}}", buttons=[{"coupon": "{{code}}"}, {"value": "{{code}}"}])

    ends = {"expiration_time_ms": 1_798_135_200_000}
    assert {"type": "limited_time_offer", "parameters": [
        {"type": "limited_time_offer", "limited_time_offer": ends}
    ]} in found  # fmt: skip
    assert {
        "type": "button", "index": "0", "sub_type": "copy_code",
        "parameters": [{"type": "coupon_code", "coupon_code": "SAVE20"}],
    } in found  # fmt: skip


def test_each_card_is_a_small_template_and_its_button_answers() -> None:
    carousel = components(cards=[CARD, CARD])[-1]

    assert [card["card_index"] for card in carousel["cards"]] == [0, 1]
    header, body, answer, link = carousel["cards"][0]["components"]
    assert header == {"type": "header", "parameters": [LINK]}
    assert body["parameters"][0]["text"] == "Ada"
    assert answer["parameters"][0]["payload"] == "run:buy"
    assert (link["index"], link["parameters"][0]["text"]) == ("1", "SAVE20")


@pytest.mark.parametrize(
    "content",
    [
        {"media": {"video": "{{photo}}"}},
        {"media": {"document": PHOTO, "filename": "Offer.pdf"}},
        {"offer": "{{ends_at}}", "buttons": [{"coupon": "{{code}}"}]},
        {"cards": [CARD, CARD]},
    ],
)
def test_what_is_well_made_is_published_and_comes_back_from_its_fields(content: dict[str, Any]) -> None:
    assert faults(**content) == []
    rich = {part: content[part] for part in ("media", "offer", "cards") if part in content}
    assert rich_from(flat_rich("whatsapp", content), "whatsapp") == rich


@pytest.mark.parametrize(
    ("content", "pointer", "words"),
    [
        ({"media": {"image": ""}}, "/media", "one file"),
        ({"media": {"image": PHOTO, "video": PHOTO}}, "/media", "one file"),
        ({"media": {"image": PHOTO, "filename": "x"}}, "/media/filename", "Only a document"),
        ({"media": {"image": PHOTO}, "header": ["Hi"]}, "/header", "either a file or words"),
        ({"media": {"image": "{{first_name}}"}}, "", "https"),
        ({"offer": "tomorrow"}, "/offer", "names one variable"),
        ({"offer": "{{first_name}}"}, "/offer", "of the type date"),
        ({"cards": [CARD]}, "/cards", "2 to 10"),
        ({"cards": [CARD, {"media": {"document": PHOTO}}]}, "/cards/1/media", "one file"),
        ({"cards": [CARD, CARD | {"hello": ""}]}, "/cards/1", "A card is"),
        ({"cards": [CARD, CARD | {"buttons": [{"action": "sell"}]}]}, "/cards/1/buttons/0", "no action sell"),
        ({"buttons": [{"coupon": "{{nothing}}"}]}, "", "not declared"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(content: dict[str, Any], pointer: str, words: str) -> None:
    found = faults(**content)

    assert any(at == f"/contents/whatsapp/en{pointer}" and words in said for at, said in found), found


def test_cards_are_typed_as_paragraphs_and_a_strange_line_is_refused() -> None:
    typed = {
        "w__cards": "image: {{photo}}\ntext: Hi\nanswer: buy\nnothing:\n\nvideo: {{photo}}\ntext name: Ho\n\n"
    }

    assert rich_from(typed, "w")["cards"] == [
        {"media": {"image": "{{photo}}"}, "body": ["Hi"], "buttons": [{"action": "buy"}, {}]},
        {"media": {"video": "{{photo}}"}, "body": {"name": "Ho"}},
    ]
    assert rich_from({"w__cards": "Buy now"}, "w") == {"cards": [{"Buy now": ""}]}


@pytest.mark.django_db(transaction=True)
def test_a_picture_and_a_code_are_taken_and_the_button_answers(office: Office) -> None:
    content = BASE | {
        "name": "spring_offer", "media": {"image": "{{photo}}"}, "body": ["{{first_name}}", "20 %"],
        "buttons": [{}, {"coupon": "{{code}}"}, {"action": "buy"}],
    }  # fmt: skip
    with office.scope():
        named = make_type(
            office.cast.alice, rung("whatsapp"), variables=VARIABLES, actions=ACTIONS,
            contents={"whatsapp": {"en": content}},
        )  # fmt: skip

    run = office.notify(named, data=examples_of(VARIABLES))
    office.work()

    message = office.message(run)
    header, _body, coupon, answer = message.content["components"]
    assert (message.status, header) == ("sent", {"type": "header", "parameters": [LINK]})
    assert [(one["sub_type"], one["index"]) for one in (coupon, answer)] == [
        ("copy_code", "1"), ("quick_reply", "2"),
    ]  # fmt: skip
    office.press(message, "I want it", f"{run.id}:buy")
    office.work()
    assert office.fresh(run).action == "buy"


@pytest.mark.django_db
def test_an_address_that_is_none_is_refused_before_anybody_is_asked(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        named = create_type(
            key="shop", name="Shop", category="utility", mandatory=False, by=Author.of(cast.alice),
            variables=VARIABLES, actions=ACTIONS, ladder=[rung("whatsapp")], quiet_hours="pass",
            contents={"whatsapp": {"en": BASE | {"media": {"image": "{{first_name}}"}}}},
        )  # fmt: skip
        with pytest.raises(InvalidVersion):
            publish_draft(named=named, by=Author.of(cast.alice))


@pytest.mark.django_db
def test_the_editor_shows_cards_as_they_are_typed_and_keeps_them(cast: Cast, alice_client: Client) -> None:
    with tenant_context(cast.acme.id):
        make_type(
            cast.alice, variables=VARIABLES, actions=ACTIONS,
            contents={"whatsapp": {"en": BASE | {"media": {"document": PHOTO, "filename": "Terms.pdf"}}}},
        )  # fmt: skip
    where = "/console/notifications/types/fraud_alert/"
    typed = inputs(page(alice_client, where))
    assert typed["whatsapp__media_filename"] == "Terms.pdf"
    typed |= {
        "whatsapp__media": "", "whatsapp__media_link": "", "whatsapp__media_filename": "",
        "whatsapp__offer": "{{ends_at}}", "whatsapp__button0": "coupon:{{code}}",
        "whatsapp__cards": "image: {{photo}}\ntext: For {{first_name}}\n\nimage: {{photo}}\ntext: Two",
    }  # fmt: skip

    shown = alice_client.post(f"{where}preview/", typed).content.decode()
    alice_client.post(where, typed)

    assert shown.count(PHOTO) == 2
    assert "ends 24 Dec 2026 18:00" in shown
    again = inputs(page(alice_client, where))
    assert again["whatsapp__cards"].startswith("image: {{photo}}\ntext: For {{first_name}}")
    assert (again["whatsapp__offer"], again["whatsapp__button0"]) == ("{{ends_at}}", "coupon:{{code}}")
