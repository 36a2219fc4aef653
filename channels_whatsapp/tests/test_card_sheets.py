"""Cards in the editor: what is kept comes back as it was, and what is typed becomes parts."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from channels_whatsapp.sheets import Sheet
from channels_whatsapp.template_parts import format_of

PNG = {"mime": "image/png", "size_bytes": 9, "name": "bike.png", "url": "/bike"}


def card(text: str, *given: str, words: str = "Show me") -> dict[str, Any]:
    example = {"example": {"body_text": [list(given)]}} if given else {}
    buttons = [
        {"type": "QUICK_REPLY", "text": words},
        {"type": "URL", "text": "Look", "url": "https://e.example/{{1}}", "example": ["https://e.example/7"]},
    ]
    return {
        "components": [
            {"type": "HEADER", "format": "IMAGE"},
            {"type": "BODY", "text": text, **example},
            {"type": "BUTTONS", "buttons": buttons},
        ]
    }


PARTS = [
    {"type": "BODY", "text": "Our bicycles of this spring are here."},
    {
        "type": "CAROUSEL",
        "cards": [card("The {{1}} one is here.", "red"), card("The blue one.", words="Me too")],
    },
]
CONTENT = {"category": "MARKETING", "components": PARTS}


def of(content: dict[str, Any] | None = None) -> Sheet:
    return Sheet.of("bicycles", "en", content or CONTENT, None, [PNG, PNG])


def form_of(sheet: Sheet) -> QueryDict:
    """What a browser would send of it."""
    data = QueryDict(mutable=True)
    data.update({"name": "bicycles", "language": "en", "category": "MARKETING", "layout": "cards"})
    data.update({"body": sheet.values["body"], "cards_media": sheet.cards.media})
    data.update({f"cards_button_{n}": kind for n, kind in enumerate(sheet.cards.kinds)})
    for card in sheet.cards.cards:
        data.appendlist("card", str(card.key))
        data[f"{card.name}_body"] = card.body
        data.update({one["name"]: one["value"] for one in card.sample_fields()})
        for row in card.rows:
            for part in ("text", "value", "example"):
                data[f"{card.name}_button_{row.n}_{part}"] = getattr(row, part)
    return data


def test_cards_come_back_as_they_were_kept() -> None:
    assert of().components() == PARTS
    assert of().errors() == {}


def test_cards_come_back_as_they_were_typed() -> None:
    sheet = Sheet.typed(form_of(of()), None, [PNG, PNG])

    assert sheet.components() == PARTS
    assert sheet.errors() == {}


def test_cards_stand_in_the_order_of_the_form_with_their_files() -> None:
    data = form_of(of())
    data.setlist("card", ["1", "0"])

    sheet = Sheet.typed(data, None, [PNG, None])

    assert sheet.components()[1]["cards"] == PARTS[1]["cards"][::-1]  # type: ignore[index]
    assert sheet.cards.files() == [None, PNG]
    assert list(sheet.errors()) == ["card_1_file"]


def test_a_text_on_one_card_asks_for_a_text_on_all() -> None:
    data = form_of(of())
    data["card_1_body"] = ""

    errors = Sheet.typed(data, None, [PNG, PNG]).errors()

    assert [found.what for found in errors["card_1_body"]] == ["The text is empty."]


def test_one_layouts_fields_leave_nothing_in_the_other() -> None:
    data = form_of(of())
    data.update({"header": "TEXT", "header_text": "News", "footer": "By us", "button_0_text": "Stop"})

    assert Sheet.typed(data, None, [PNG, PNG]).components() == PARTS
    data["layout"] = ""
    kinds = [part["type"] for part in Sheet.typed(data, None).components()]
    assert kinds == ["HEADER", "BODY", "FOOTER", "BUTTONS"]


def test_hostile_names_of_cards_are_no_cards() -> None:
    data = form_of(of())
    data.setlist("card", ["9" * 5000, "-1", "²", "x", "0", "0"])

    assert [card.key for card in Sheet.typed(data, None).cards.cards] == [0]


def test_named_variables_of_a_card_make_the_template_named() -> None:
    named = [PARTS[0], {"type": "CAROUSEL", "cards": [card("The {{colour}} one is here.")]}]
    assert (format_of(PARTS), format_of(named)) == ("POSITIONAL", "NAMED")


def test_an_offer_beside_cards_is_not_lost() -> None:
    offer = {
        "type": "LIMITED_TIME_OFFER",
        "limited_time_offer": {"text": "A tenth off", "has_expiration": True},
    }
    kept = CONTENT | {"components": [PARTS[0], offer, *PARTS[1:]]}
    sheet = Sheet.of("bicycles", "en", kept, None, [PNG, PNG])
    assert sheet.components() == [PARTS[0], offer, *PARTS[1:]]
