"""Cards at the far end: refused with the provider's codes, sent with files and buttons of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simulator.samples import sample
from tests.simulator.conftest import Business
from tests.simulator.receiver import eventually

Json = dict[str, Any]
TEXT = {"type": "body", "text": "These arrived today."}
REPLY = {"type": "quick_reply", "text": "Tell me more"}


def handle(business: Business) -> str:
    photo = sample("photo")
    params = {"file_length": str(len(photo.content)), "file_type": photo.mime, "file_name": "photo.jpg"}
    session = business.graph("POST", "app/uploads", params=params).json()["id"]
    given = business.graph("POST", session, data=photo.content, headers={"file_offset": "0"})
    return str(given.json()["h"])


def upload(business: Business) -> str:
    photo = sample("photo")
    return business.upload(photo.content, photo.mime)


def card(given: str, text: str = "Only {{1}} for you today.") -> dict[str, Any]:
    return {
        "components": [
            {"type": "header", "format": "image", "example": {"header_handle": [given]}},
            {"type": "body", "text": text, "example": {"body_text": [["£90"]]}},
            {"type": "buttons", "buttons": [REPLY]},
        ]
    }


def create(business: Business, cards: list[dict[str, Any]], **changes: Any) -> Any:
    parts = [TEXT, {"type": "carousel", "cards": cards}]
    body = {"name": "bicycles", "language": "en", "category": "marketing", "components": parts, **changes}
    return business.graph("POST", f"{business.waba_id}/message_templates", json=body)


def approved(business: Business) -> None:
    given = handle(business)
    made = create(business, [card(given), card(given)])
    assert made.status_code == 200, made.text
    said = {"channel": business.id, "name": "bicycles", "language": "en", "fate": "approve"}
    business.sim.call("POST", "/control/templates", said)


def send(business: Business, cards: list[dict[str, Any]]) -> Any:
    components = [{"type": "carousel", "cards": cards}]
    template = {"name": "bicycles", "language": {"code": "en"}, "components": components}
    return business.send(type="template", template=template)


def filled(n: int, media_id: str) -> dict[str, Any]:
    return {
        "card_index": n,
        "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"id": media_id}}]},
            {"type": "body", "parameters": [{"type": "text", "text": f"£{n}0"}]},
            {"type": "button", "sub_type": "quick_reply", "index": "0",
             "parameters": [{"type": "payload", "payload": f"MORE_{n}"}]},
        ],
    }  # fmt: skip


def _each(cards: list[Json], place: int, change: Callable[[Json], Any]) -> None:
    """Change the component of this place on every card."""
    for one in cards:
        change(one["components"][place])


#: (what is wrong, code, the change of two good cards)
CASES: list[tuple[str, int, Callable[[list[Json]], Any]]] = [
    ("one card", 100, list.pop),
    ("eleven cards", 100, lambda cards: cards.extend(cards[:1] * 9)),
    ("two builds", 100, lambda cards: cards[1]["components"].pop(1)),
    ("no picture", 2388047, lambda cards: _each(cards, 0, lambda part: part.pop("example"))),
    ("long text", 2388040, lambda cards: _each(cards, 1, lambda part: part.update(text="a" * 161))),
    ("no sample", 100, lambda cards: _each(cards, 1, lambda part: part.pop("example"))),
    ("three buttons", 100, lambda cards: _each(cards, 2, lambda part: part["buttons"].extend([REPLY] * 2))),
]


@pytest.mark.parametrize(("code", "change"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_cards_that_cannot_be_are_refused(
    business: Business, code: int, change: Callable[[list[Json]], Any]
) -> None:
    given = handle(business)
    cards = [card(given), card(given)]
    change(cards)

    answer = create(business, cards)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_cards_are_marketing_and_have_nothing_beside_a_text(business: Business) -> None:
    given = handle(business)
    cards = [card(given), card(given)]
    parts = [TEXT, {"type": "carousel", "cards": cards}, {"type": "footer", "text": "By us"}]

    assert create(business, cards, category="utility").json()["error"]["code"] == 100
    assert create(business, cards, components=parts).json()["error"]["code"] == 100


def test_cards_arrive_with_files_texts_and_buttons_of_their_own(business: Business) -> None:
    approved(business)
    files = [upload(business) for _ in range(2)]

    answer = send(business, [filled(1, files[1]), filled(0, files[0])])

    assert answer.status_code == 200, answer.text
    [message] = eventually(business.outbox)
    assert [one["id"] for one in message["card_media"].values()] != []
    assert {place: one["id"] for place, one in message["card_media"].items()} == dict(
        zip("01", files, strict=True)
    )
    business.sim.call("POST", "/control/messages", {
        "channel": business.id, "from": business.phone,
        "button": {"target": message["provider_id"], "payload": "MORE_1", "text": "Tell me more"},
    })  # fmt: skip
    [press] = eventually(business.hook.messages)
    assert press["button"] == {"payload": "MORE_1", "text": "Tell me more"}
    assert press["context"]["id"] == message["provider_id"]


def test_a_card_too_few_is_refused(business: Business) -> None:
    approved(business)

    answer = send(business, [filled(0, upload(business))])

    assert answer.json()["error"]["code"] == 132012
