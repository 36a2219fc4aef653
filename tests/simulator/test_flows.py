"""Forms with a server: what the phone sends is read by pywa, which others wrote for the real thing."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization as formats
from cryptography.hazmat.primitives.asymmetric import rsa
from playwright.sync_api import expect
from pywa.client import WhatsApp
from pywa.types.flows import FlowRequest, FlowRequestActionType
from pywa.utils import (
    default_flow_request_decryptor,
    default_flow_response_encryptor,
    webhook_updates_validator,
)

from tests.simulator.conftest import Business, Opener, messages
from tests.simulator.receiver import eventually
from tests.simulator.test_pywa import client as client
from tests.whatsapp.forms import Business as Server
from tests.whatsapp.forms import Json, running_business

FORM: Json = {
    "type": "flow",
    "body": {"text": "Book a tour"},
    "action": {
        "name": "flow",
        "parameters": {
            "flow_message_version": "3", "flow_id": "77", "flow_cta": "Book", "mode": "published",
            "flow_token": "tok-9", "flow_action": "data_exchange",
        },
    },
}  # fmt: skip
SLOTS = {"slot": [{"id": "1", "title": "Ten"}, {"id": "2", "title": "Noon"}], "name": "Ada"}
Answers = dict[str, Json | int]


class Endpoint:
    """A business's server of forms, built from pywa's parts. answers: action → answer in the clear."""

    def __init__(self, server: Server, secret: str) -> None:
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        kinds = (formats.Encoding.PEM, formats.PrivateFormat.PKCS8, formats.NoEncryption())
        self._private = made.private_bytes(*kinds).decode()
        shape = formats.PublicFormat.SubjectPublicKeyInfo
        self.public = made.public_key().public_bytes(formats.Encoding.PEM, shape).decode()
        self.server, self._secret = server, secret
        self.answers: Answers = {}
        self.asked: list[FlowRequest] = []
        server.answer = self._answer

    def _answer(self, body: Json) -> tuple[int, bytes]:
        headers, raw = self.server.heard[-1]
        assert webhook_updates_validator(self._secret, raw, headers["x-hub-signature-256"])
        sealed = (body["encrypted_flow_data"], body["encrypted_aes_key"], body["initial_vector"])
        said, key, vector = default_flow_request_decryptor(*sealed, self._private)
        if said["action"] == "ping":
            return 200, default_flow_response_encryptor({"data": {"status": "active"}}, key, vector).encode()
        self.asked.append(FlowRequest.from_dict(said, body))
        answer = self.answers[said["action"]]
        if isinstance(answer, int):
            return answer, b'{"error_msg": "You have booked already."}'
        return 200, default_flow_response_encryptor(answer, key, vector).encode()


@pytest.fixture
def endpoint(business: Business, client: WhatsApp) -> Iterator[Endpoint]:
    with running_business() as server:
        found = Endpoint(server, business.app_secret)
        assert client.set_business_public_key(found.public)
        business.put(flow_endpoint=server.url)
        yield found


def closing(**params: Any) -> Json:
    return {"screen": "SUCCESS", "data": {"extension_message_response": {"params": params}}}


def test_pywa_reads_what_the_phone_asks_and_the_phone_what_pywa_answers(
    business: Business, endpoint: Endpoint
) -> None:
    business.opens_window()
    form = business.sent(type="interactive", interactive=FORM)
    step = f"/phone/chats/{business.id}/{business.phone}/flows"
    endpoint.answers = {
        "INIT": {"screen": "SLOTS", "data": SLOTS},
        "data_exchange": closing(flow_token="tok-9", slot="2"),
    }

    first = business.sim.call("POST", step, {"target": form})
    said = {"target": form, "action": "data_exchange", "screen": "SLOTS", "data": {"slot": "2"}}
    business.sim.call("POST", step, said, status=201)

    assert first == {"screen": "SLOTS", "data": SLOTS}
    opening, filled = endpoint.asked
    assert (opening.action, opening.flow_token) == (FlowRequestActionType.INIT, "tok-9")
    assert (filled.screen, filled.data) == ("SLOTS", {"slot": "2"})
    (reply,) = eventually(lambda: [m for m in business.hook.messages() if m["type"] == "interactive"])
    assert reply["context"]["id"] == form
    sent = json.loads(reply["interactive"]["nfm_reply"]["response_json"])
    assert sent == {"flow_token": "tok-9", "slot": "2"}
    assert business.sim.call("POST", "/control/flows/health", {"channel": business.id}) == {
        "data": {"status": "active"}
    }


TEMPLATE: Json = {
    "name": "book_a_tour", "language": "en", "category": "UTILITY",
    "components": [
        {"type": "BODY", "text": "Your tour can be booked now."},
        {"type": "BUTTONS", "buttons": [
            {"type": "FLOW", "text": "Book", "flow_id": "77", "flow_action": "data_exchange"},
        ]},
    ],
}  # fmt: skip
TOKEN: Json = {
    "type": "button", "sub_type": "flow", "index": "0",
    "parameters": [{"type": "action", "action": {"flow_token": "tok-9", "flow_action_data": {"slot": "1"}}}],
}  # fmt: skip


@pytest.mark.parametrize("action", ["data_exchange", "navigate"])
def test_the_form_of_a_template_is_filled_with_the_server_or_by_the_phone_alone(
    business: Business, endpoint: Endpoint, action: str
) -> None:
    made = copy.deepcopy(TEMPLATE)
    made["components"][1]["buttons"][0] |= {"flow_action": action, "navigate_screen": "SLOTS"}
    business.graph("POST", f"{business.waba_id}/message_templates", json=made)
    said = {"channel": business.id, "name": "book_a_tour", "language": "en", "fate": "approve"}
    business.sim.call("POST", "/control/templates", said)
    template = {"name": "book_a_tour", "language": {"code": "en"}, "components": [TOKEN]}
    form = business.sent(type="template", template=template)
    step = f"/phone/chats/{business.id}/{business.phone}/flows"
    endpoint.answers["INIT"] = closing(flow_token="tok-9", slot="1")

    if action == "data_exchange":
        business.sim.call("POST", step, {"target": form}, status=201)
    else:
        business.sim.call("POST", step, {"target": form}, status=400)
        pressed = {"answer": {"target": form, "button": "flow"}}
        business.sim.call(
            "POST", f"/phone/chats/{business.id}/{business.phone}/messages", pressed, status=201
        )

    assert [one.flow_token for one in endpoint.asked] == ["tok-9"] * (action == "data_exchange")
    (reply,) = eventually(lambda: [m for m in business.hook.messages() if m["type"] == "interactive"])
    assert reply["context"]["id"] == form
    sent = json.loads(reply["interactive"]["nfm_reply"]["response_json"])
    assert sent == {"flow_token": "tok-9", "slot": "1"}


def test_what_the_phone_cannot_show_is_reported_and_a_token_may_be_over(
    business: Business, endpoint: Endpoint
) -> None:
    business.opens_window()
    form = business.sent(type="interactive", interactive=FORM)
    step = f"/phone/chats/{business.id}/{business.phone}/flows"
    endpoint.answers = {"INIT": {"oops": 1}, "data_exchange": {"data": {"acknowledged": True}}}

    business.sim.call("POST", step, {"target": form}, status=409)
    endpoint.answers["INIT"] = 427
    over = business.sim.call("POST", step, {"target": form}, status=410)

    assert [request.has_error for request in endpoint.asked] == [False, True, False]
    assert over == {"error": "You have booked already."}


def test_a_person_fills_in_what_the_server_shows(
    business: Business, endpoint: Endpoint, opened: Opener
) -> None:
    business.opens_window()
    business.sent(type="interactive", interactive=FORM)
    again = {"screen": "SLOTS", "data": {**SLOTS, "error_message": "Ten is taken."}}
    endpoint.answers = {"INIT": {"screen": "SLOTS", "data": SLOTS}, "data_exchange": again}
    page = opened(business)

    page.get_by_test_id("message-button").click()
    screen = page.get_by_test_id("form-screen")
    expect(screen).to_have_attribute("data-screen", "SLOTS")
    screen.get_by_label("name").fill("Grace")
    page.get_by_test_id("form-next").click()
    expect(page.get_by_role("alert")).to_have_text("Ten is taken.")
    screen.get_by_label("slot").select_option("Noon")
    endpoint.answers["data_exchange"] = closing(flow_token="tok-9", slot="2")
    page.get_by_test_id("form-next").click()

    expect(messages(page)).to_have_count(2)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert endpoint.asked[-1].data == {"slot": "2", "name": "Grace"}
