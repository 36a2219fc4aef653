"""Webhooks out: signed over exact bytes, verified first, in order; doubled, shuffled, batched on demand."""

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from simulator.webhooks.wire import Client
from tests.simulator.conftest import Business, Simulator, new_business
from tests.simulator.receiver import Post, Receiver, eventually


def is_signed(post: Post, app_secret: str) -> bool:
    """The check a receiver makes, written down once more by hand."""
    right = "sha256=" + hmac.new(app_secret.encode(), post.body, hashlib.sha256).hexdigest()
    return post.headers["X-Hub-Signature-256"] == right


def test_a_customers_text_comes_as_the_documentation_shows_it(business: Business) -> None:
    message_id = business.hears(text="Größe 42 für 50€/Tag? 😀")

    [post] = eventually(lambda: business.hook.posts)
    body = post.json
    user_id = body["entry"][0]["changes"][0]["value"]["contacts"][0]["user_id"]
    timestamp = body["entry"][0]["changes"][0]["value"]["messages"][0]["timestamp"]
    assert re.fullmatch(r"GB\.\d{16}", user_id)
    assert re.fullmatch(r"\d{10}", timestamp)
    assert body == {
        "object": "whatsapp_business_account",
        "entry": [
            {
                "id": business.waba_id,
                "changes": [
                    {
                        "field": "messages",
                        "value": {
                            "messaging_product": "whatsapp",
                            "metadata": {
                                "display_phone_number": "447700900201",
                                "phone_number_id": business.id,
                            },
                            "contacts": [
                                {
                                    "profile": {"name": "Ada Tester"},
                                    "wa_id": business.phone,
                                    "user_id": user_id,
                                }
                            ],
                            "messages": [
                                {
                                    "from": business.phone,
                                    "from_user_id": user_id,
                                    "id": message_id,
                                    "timestamp": timestamp,
                                    "type": "text",
                                    "text": {"body": "Größe 42 für 50€/Tag? 😀"},
                                }
                            ],
                        },
                    }
                ],
            }
        ],
    }


def test_the_signature_is_over_the_bytes_on_the_wire(business: Business) -> None:
    business.hears(text="é/😀")

    [post] = eventually(lambda: business.hook.posts)
    assert post.headers["Content-Type"] == "application/json"
    assert b"\\u00e9\\/\\ud83d\\ude00" in post.body
    assert post.body.isascii()
    assert is_signed(post, business.app_secret)
    again = json.dumps(json.loads(post.body)).encode()
    assert not is_signed(Post(post.headers, again, 200), business.app_secret)


def test_a_number_whose_webhook_does_not_answer_the_challenge_is_refused(
    simulator: Simulator, receiver: Receiver
) -> None:
    hook = receiver.hook("wrong-token")
    hook.verify_token = "another"
    number = {
        "access_token": "t",
        "app_secret": "s",
        "verify_token": "mine",
        "webhook_url": hook.url,
        "verify": True,
    }

    refused = simulator.call("PUT", "/control/numbers/318840579999999", number, status=409)

    assert "answered 403 “no”" in refused["error"]
    assert "318840579999999" not in json.dumps(simulator.call("GET", "/control/numbers"))
    number["webhook_url"] = "http://127.0.0.1:9/nobody"
    refused = simulator.call("PUT", "/control/numbers/318840579999999", number, status=409)
    assert "could not be reached" in refused["error"]


def test_the_list_of_numbers_shows_no_secrets(business: Business) -> None:
    shown = json.dumps(business.sim.call("GET", "/control/numbers"))

    assert business.id in shown
    assert business.token not in shown
    assert business.app_secret not in shown


@pytest.mark.parametrize(
    ("said", "kind", "content"),
    [
        (
            {"location": {"latitude": 51.5, "longitude": -0.12, "name": "Pier 4"}},
            "location",
            {"latitude": 51.5, "longitude": -0.12, "name": "Pier 4"},
        ),
        (
            {"contacts": [{"name": {"formatted_name": "Bo"}}]},
            "contacts",
            [{"name": {"formatted_name": "Bo"}}],
        ),
        (
            {"reaction": {"target": "wamid.X", "emoji": "👍"}},
            "reaction",
            {"message_id": "wamid.X", "emoji": "👍"},
        ),
        ({"reaction": {"target": "wamid.X", "emoji": None}}, "reaction", {"message_id": "wamid.X"}),
        (
            {"button": {"target": "wamid.X", "payload": "STOP", "text": "Stop"}},
            "button",
            {"payload": "STOP", "text": "Stop"},
        ),
        (
            {"list": {"target": "wamid.X", "id": "r1", "title": "Mon"}},
            "interactive",
            {"type": "list_reply", "list_reply": {"id": "r1", "title": "Mon"}},
        ),
        (
            {"raw": {"type": "unsupported", "unsupported": {"type": "poll_creation"}}},
            "unsupported",
            {"type": "poll_creation"},
        ),
        ({"raw": {"type": "order", "order": {"catalog_id": "5"}}}, "order", {"catalog_id": "5"}),
    ],
)
def test_every_kind_of_message_has_its_documented_shape(
    business: Business, said: dict[str, Any], kind: str, content: Any
) -> None:
    message_id = business.hears(**said)

    [message] = eventually(business.hook.messages)
    assert (message["id"], message["type"], message[kind]) == (message_id, kind, content)


def test_an_answer_names_the_quoted_message_and_its_author(business: Business) -> None:
    first = business.opens_window()
    ours = business.sent(text="Which size?")

    business.hears(text="M", reply_to=ours)
    business.hears(text="No, L", reply_to=first)

    messages = eventually(lambda: business.hook.messages()[2:] and business.hook.messages())
    assert messages[1]["context"] == {"from": "447700900201", "id": ours}
    assert messages[2]["context"] == {"from": business.phone, "id": first}


def test_an_edit_and_a_deletion_name_the_original(business: Business) -> None:
    original = business.hears(text="Size M")

    business.hears(edit={"target": original, "text": "Size L"})
    business.hears(revoke={"target": original})

    _, edit, revoke = eventually(lambda: business.hook.messages()[2:] and business.hook.messages())
    assert edit["edit"]["original_message_id"] == original
    assert edit["edit"]["message"]["text"] == {"body": "Size L"}
    assert revoke["revoke"] == {"original_message_id": original}
    assert len({original, edit["id"], revoke["id"]}) == 3


def test_a_hidden_number_leaves_only_the_user_id(business: Business) -> None:
    business.hears(text="Guess who", hidden=True, username="ada.test")

    [value] = eventually(business.hook.values)
    [contact], [message] = value["contacts"], value["messages"]
    assert contact["profile"] == {"name": "Ada Tester", "username": "ada.test"}
    assert "wa_id" not in contact
    assert "from" not in message
    assert contact["user_id"] == message["from_user_id"]


@pytest.fixture
def own_receiver() -> Iterator[Receiver]:
    """A server that hears of one number only: connections are shared by all numbers with the same server."""
    server = Receiver()
    yield server
    server.stop()


def test_messages_arrive_in_the_order_they_were_written_over_one_connection(
    simulator: Simulator, own_receiver: Receiver
) -> None:
    business = new_business(simulator, own_receiver)
    written = [business.hears(text=f"number {n}") for n in range(40)]

    eventually(lambda: len(business.hook.messages()) == 40)
    assert [message["id"] for message in business.hook.messages()] == written
    assert [len(found) for found in own_receiver.connections.values()] == [1]


def test_while_a_receiver_is_slow_updates_gather_in_one_post(business: Business) -> None:
    business.hook.slow_s = 0.15
    for n in range(20):
        business.hears(text=f"number {n}")

    eventually(lambda: len(business.hook.messages()) == 20)
    assert 2 <= len(business.hook.posts) <= 6


def test_a_batch_is_one_post_with_all_messages_and_unsorted_contacts(business: Business) -> None:
    phones = [f"4477009{n}" for n in range(40000, 40200)]
    texts = [{"from": phone, "name": f"Customer {phone}", "text": f"I am {phone}"} for phone in phones]

    answer = business.sim.call("POST", "/control/messages/batch", {"channel": business.id, "messages": texts})

    [value] = eventually(business.hook.values)
    assert [m["id"] for m in value["messages"]] == [m["provider_id"] for m in answer["data"]]
    assert [m["from"] for m in value["messages"]] == phones
    assert {c["wa_id"] for c in value["contacts"]} == set(phones)
    assert [c["wa_id"] for c in value["contacts"]] != phones
    assert len(business.hook.posts) == 1


def test_batching_gathers_up_to_the_number_asked_for(business: Business) -> None:
    business.fault(webhook={"batch": 5})

    for n in range(5):
        business.hears(text=str(n))

    eventually(lambda: len(business.hook.messages()) == 5)
    assert len(business.hook.posts) == 1


def test_duplicates_are_the_same_message_in_another_post(business: Business) -> None:
    business.fault(webhook={"duplicate": 1})

    message_id = business.hears(text="Twice")

    eventually(lambda: len(business.hook.messages()) == 2)
    assert [m["id"] for m in business.hook.messages()] == [message_id, message_id]
    assert len(business.hook.posts) == 2
    assert business.hook.messages()[0] == business.hook.messages()[1]


def test_shuffled_webhooks_lose_nothing_but_their_order(business: Business) -> None:
    business.fault(webhook={"reorder": 0.6})

    written = [business.hears(text=str(n)) for n in range(30)]

    eventually(lambda: len(business.hook.messages()) == 30)
    arrived = [message["id"] for message in business.hook.messages()]
    assert sorted(arrived) == sorted(written)
    assert arrived != written


def test_a_receiver_in_another_network_is_reached_by_a_detour_under_its_own_name(receiver: Receiver) -> None:
    hook = receiver.hook("detour")
    known_as = "https://inbox.example"

    async def post() -> int:
        client = Client((known_as, hook.url.removesuffix(urlsplit(hook.url).path)))
        answer = await client.post(known_as + urlsplit(hook.url).path, b"{}", "secret", 10)
        await client.close()
        return answer.status

    assert asyncio.run(post()) == 200
    [heard] = hook.posts
    assert heard.headers["Host"] == "inbox.example"


def test_paused_webhooks_wait_until_the_fault_is_gone(business: Business) -> None:
    business.fault(webhook={"pause": True})
    business.hears(text="Later")
    assert business.sim.call("GET", "/control/webhooks/stats")["pending"] >= 1
    assert not business.hook.posts

    business.sim.call("DELETE", "/control/faults")

    eventually(lambda: len(business.hook.messages()) == 1)


def test_a_post_that_is_not_answered_200_comes_again_whole(business: Business) -> None:
    business.hook.answers[:] = [503, 201, 401]

    message_id = business.hears(text="Again")

    eventually(lambda: len(business.hook.messages()) == 1)
    assert [post.status for post in business.hook.posts] == [503, 201, 401, 200]
    assert len({post.body for post in business.hook.posts}) == 1
    assert business.hook.messages()[0]["id"] == message_id


def test_a_failing_post_does_not_hold_up_the_next_one(business: Business) -> None:
    business.put(retry_first_s=0.5)
    business.hook.answers[:] = [503]

    first = business.hears(text="first")
    eventually(lambda: business.hook.posts)
    second = business.hears(text="second")

    eventually(lambda: len(business.hook.messages()) == 2)
    assert [message["id"] for message in business.hook.messages()] == [second, first]


def test_after_the_last_day_of_retries_a_post_is_given_up(business: Business) -> None:
    business.put(retry_max_s=0.2)
    business.hook.answers[:] = [500] * 50
    message_id = business.hears(text="Lost")
    eventually(lambda: len(business.hook.posts) > 1)

    business.sim.call("PUT", "/control/clock", {"offset_s": 7 * 86_400 + 3600})

    def status() -> str:
        chat = business.sim.call("GET", f"/phone/chats/{business.id}/{business.phone}")
        return str(chat["messages"][0]["status"])

    eventually(lambda: status() == "failed")
    assert not [m for m in business.hook.messages() if m["id"] == message_id]


def test_webhooks_stop_when_the_app_is_no_longer_subscribed(business: Business) -> None:
    assert business.graph("DELETE", f"{business.waba_id}/subscribed_apps").json() == {"success": True}
    assert business.graph("GET", f"{business.waba_id}/subscribed_apps").json() == {"data": []}
    business.hears(text="Into the void")

    assert business.graph("POST", f"{business.waba_id}/subscribed_apps").json() == {"success": True}
    heard = business.hears(text="Heard")

    eventually(business.hook.messages)
    assert [message["id"] for message in business.hook.messages()] == [heard]


def test_a_deleted_number_is_heard_of_no_more(business: Business) -> None:
    business.fault(webhook={"pause": True})
    business.hears(text="Never told")

    business.sim.call("DELETE", f"/control/numbers/{business.id}")
    business.sim.call("DELETE", "/control/faults")

    said = {"channel": business.id, "from": business.phone, "text": "Hello?"}
    business.sim.call("POST", "/control/messages", said, status=404)
    assert business.graph("GET", business.id).status_code == 401
    assert business.id not in json.dumps(business.sim.call("GET", "/phone/state"))
    assert not business.hook.posts


def test_any_webhook_can_be_sent_as_it_is_given(business: Business) -> None:
    value = {
        "event": "APPROVED",
        "message_template_id": 901100220033441,
        "message_template_name": "order_ready",
    }
    call = {"channel": business.id, "field": "message_template_status_update", "value": value}
    business.sim.call("POST", "/control/webhooks", call)
    business.sim.call("POST", "/control/webhooks", {"channel": business.id, "body": '{"broken": "\\ud83d'})

    eventually(lambda: len(business.hook.posts) == 2)
    first, second = business.hook.posts
    assert first.json["entry"][0]["changes"] == [{"value": value, "field": "message_template_status_update"}]
    assert second.body == b'{"broken": "\\ud83d'
    assert is_signed(second, business.app_secret)
