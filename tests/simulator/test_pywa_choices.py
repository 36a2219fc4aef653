"""pywa sends every kind of choice to the phone, and understands every answer the phone gives."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import pywa.types
from pywa import handlers
from pywa.client import WhatsApp

from tests.simulator.conftest import Business
from tests.simulator.receiver import eventually
from tests.simulator.test_pywa import Rerouted

#: Its `__init__` says nothing of what it exports.
types: Any = pywa.types
Contact: Any = types.Contact
HANDLERS = (
    handlers.MessageHandler, handlers.CallbackButtonHandler, handlers.CallbackSelectionHandler,
    handlers.FlowCompletionHandler, handlers.CallPermissionUpdateHandler, handlers.MessageStatusHandler,
)  # fmt: skip


@pytest.fixture
def client(business: Business) -> WhatsApp:
    business.put(webhook_items_max=1)  # of a webhook with several updates, pywa reads the first alone
    session = httpx.Client(transport=Rerouted("127.0.0.1", business.sim.port))
    business.opens_window()
    return WhatsApp(phone_id=business.id, token=business.token, session=session, waba_id=business.waba_id)


def buttons(*titles: str) -> list[Any]:
    return [types.Button(title, callback_data=f"id-{title}") for title in titles]


#: Where the simulator can fetch a picture; each test says it.
PLACE: dict[str, str] = {}

#: What pywa is asked to send → (the type on the wire, what the phone does with it, the answer pywa reads).
CHOICES: dict[str, tuple[Callable[[WhatsApp, str], Any], dict[str, Any], Any]] = {
    "button": (
        lambda wa, to: wa.send_message(
            to, "Shall we?", header="Delivery", footer="Us", buttons=buttons("Yes", "No")
        ),
        {"button": {"payload": "id-Yes", "text": "Yes"}},
        types.CallbackButton,
    ),
    "list": (
        lambda wa, to: wa.send_message(
            to,
            "Which day?",
            buttons=types.SectionList(
                "Choose", [types.Section("Days", [types.SectionRow("Monday", "mon", "9–12")])]
            ),
        ),
        {"list": {"id": "mon", "title": "Monday", "description": "9–12"}},
        types.CallbackSelection,
    ),
    "flow": (
        lambda wa, to: wa.send_message(
            to,
            "Book a table",
            buttons=types.FlowButton(
                "Book",
                flow_id="77",
                flow_token="t-1",
                flow_action_type=types.FlowActionType.NAVIGATE,
                flow_action_screen="START",
                flow_action_payload={"guests": 2},
            ),
        ),
        {"answer": {}},
        types.FlowCompletion,
    ),
    "location_request_message": (
        lambda wa, to: wa.request_location(to, "Where are you?"),
        {"location": {"latitude": 51.5, "longitude": -0.1, "name": "Pier"}},
        types.Message,
    ),
    "request_contact_info": (
        lambda wa, to: wa.send_message(to, "Your number?", buttons=types.ContactInfoRequestButton()),
        {"answer": {}},
        types.Message,
    ),
    "call_permission_request": (
        lambda wa, to: wa.send_message(to, "May we call?", buttons=types.CallPermissionRequestButton()),
        {"answer": {"accept": True}},
        types.CallPermissionUpdate,
    ),
    "product": (
        lambda wa, to: wa.send_product(to, catalog_id="55", sku="sku-1", body="This one?"),
        {"answer": {}},
        types.Message,
    ),
    "product_list": (
        lambda wa, to: wa.send_products(
            to, "55", [types.ProductsSection("City", ["sku-1", "sku-2"])], title="Bikes", body="Look"
        ),
        {"answer": {}},
        types.Message,
    ),
    "catalog_message": (
        lambda wa, to: wa.send_catalog(to, "All of it", thumbnail_product_sku="sku-9"),
        {"answer": {}},
        types.Message,
    ),
    "carousel": (
        lambda wa, to: wa.send_carousel(
            to,
            body="Two bikes",
            cards=[
                types.ImageCarouselCard(image=PLACE["picture"], body=name, buttons=buttons(f"Take {name}"))
                for name in ("Red", "Blue")
            ],
        ),
        {"button": {"payload": "id-Take Red", "text": "Take Red"}},
        types.CallbackButton,
    ),
}


@pytest.mark.parametrize("kind", CHOICES)
def test_a_choice_sent_by_pywa_is_answered_by_the_phone_and_read_by_pywa(
    business: Business, client: WhatsApp, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PLACE, "picture", f"{business.sim.url}/samples/photo")
    send, press, answer = CHOICES[kind]

    sent = send(client, business.phone)
    [arrived] = eventually(lambda: [m for m in business.outbox() if m.get("received_at")])
    [(how, said)] = press.items()
    business.hears(**{how: {"target": sent.id, **said} if how != "location" else said}, reply_to=sent.id)

    assert (arrived["kind"], arrived["content"]["interactive"]["type"]) == ("interactive", kind)
    eventually(lambda: business.hook.messages()[1:])  # pywa reads all of them each time, which is slow
    [heard] = eventually(lambda: [one for one in read_by_pywa(business, client) if isinstance(one, answer)])
    assert heard.reply_to_message.message_id == sent.id


@pytest.mark.parametrize(
    "send",
    [
        lambda wa, to: wa.send_message(to, "Open", buttons=types.URLButton("Open", "https://ex.example")),
        lambda wa, to: wa.send_message(to, "Call us", buttons=types.VoiceCallButton("Call", ttl_minutes=60)),
        lambda wa, to: wa.send_location(to, 51.5, -0.12, name="Pier 4", address="4 Dock Road"),
        lambda wa, to: wa.send_contact(
            to,
            Contact(
                name=Contact.Name(formatted_name="Bo Test", first_name="Bo"),
                phones=[Contact.Phone(phone="+447700900555")],
            ),
        ),
    ],
    ids=["link", "call", "location", "contact"],
)
def test_what_asks_for_no_answer_arrives_too(
    business: Business, client: WhatsApp, send: Callable[[WhatsApp, str], Any]
) -> None:
    sent = send(client, business.phone)

    [arrived] = eventually(lambda: [m for m in business.outbox() if m.get("received_at")])
    assert arrived["provider_id"] == sent.id


def read_by_pywa(business: Business, client: WhatsApp) -> list[Any]:
    """Every webhook that came, as pywa's parser understands it, but those of "Hello"."""
    heard: list[Any] = []
    reader = WhatsApp(
        phone_id=business.id,
        token=business.token,
        server=None,
        verify_token="verify-me",
        app_secret=business.app_secret,
        validate_updates=True,
        skip_duplicate_updates=False,
    )
    reader.add_handlers(*(handler(lambda _, update: heard.append(update)) for handler in HANDLERS))
    for post in list(business.hook.posts):
        assert reader.webhook_update_validator(post.body, post.headers["X-Hub-Signature-256"]) is None
        assert reader.webhook_update_handler(post.body) == ("ok", 200)
    return [one for one in heard if getattr(one, "text", "") != "Hello"]
