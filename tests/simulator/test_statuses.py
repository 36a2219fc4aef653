"""What a business hears about its messages: sent, delivered, read, failed, and what each one costs."""

import re
from datetime import UTC, datetime

import pytest

from simulator import samples
from simulator.models import Chat, Message, Number
from simulator.pricing import CHARGED_SINCE, price
from tests.simulator.conftest import Business
from tests.simulator.receiver import eventually

FRAUD = {
    "name": "fraud_alert",
    "language": {"code": "en"},
    "components": [
        {
            "type": "body",
            "parameters": [{"type": "text", "text": word} for word in ("Ada", "£124", "Elektro", "4417")],
        }
    ],
}


def phone_settings(business: Business, **settings: object) -> None:
    business.sim.call("PATCH", f"/phone/customers/{business.phone}", {"settings": settings})


def test_a_phone_gets_a_message_at_once_and_reads_it_after_a_second(business: Business) -> None:
    business.opens_window()
    business.sim.call("DELETE", "/control/faults")

    message_id = business.sent(text="Hi", biz_opaque_callback_data="row-8842")

    eventually(lambda: business.states(message_id) == ["sent", "delivered"], 0.8)
    eventually(lambda: business.states(message_id) == ["sent", "delivered", "read"], 2)
    times = [int(status["timestamp"]) for status in business.hook.statuses(message_id)]
    assert times[0] <= times[1] <= times[2] <= times[0] + 2


def test_a_status_has_its_documented_shape(business: Business) -> None:
    business.opens_window()
    message_id = business.sent(text="Hi", biz_opaque_callback_data="row-8842")

    sent, delivered, read = business.told(message_id, 3)

    user_id = business.hook.messages()[0]["from_user_id"]
    assert re.fullmatch(r"\d{10}", sent["timestamp"])
    assert sent == {
        "id": message_id,
        "status": "sent",
        "timestamp": sent["timestamp"],
        "recipient_id": business.phone,
        "recipient_user_id": user_id,
        "biz_opaque_callback_data": "row-8842",
        "pricing": {
            "billable": False,
            "pricing_model": "PMP",
            "type": "free_customer_service",
            "category": "service",
        },
    }
    assert delivered["pricing"] == sent["pricing"]
    assert "pricing" not in read
    with_status = [value for value in business.hook.values() if "statuses" in value]
    assert all(
        value["contacts"]
        == [{"profile": {"name": "Ada Tester"}, "wa_id": business.phone, "user_id": user_id}]
        for value in with_status
    )


def test_wamids_are_unique_and_look_like_the_real_ones(business: Business) -> None:
    business.put(pair_rate="off", throughput_per_s=None)
    business.opens_window()

    ids = [business.sent(text=str(n)) for n in range(60)]

    assert len(set(ids)) == 60
    assert all(re.fullmatch(r"wamid\.HRgR[A-Za-z0-9+/]{40,100}=*", message_id) for message_id in ids)


def test_outside_the_window_free_text_fails_later_with_131047(business: Business) -> None:
    message_id = business.sent(text="Too late")

    [failed] = eventually(lambda: business.hook.statuses(message_id))

    assert failed["status"] == "failed"
    assert failed["errors"][0]["code"] == 131047
    assert set(failed) == {"id", "status", "timestamp", "recipient_id", "errors"}
    assert all("contacts" not in value for value in business.hook.values())
    assert business.outbox() == []
    [kept] = business.outbox(all="1")
    assert (kept["status"], kept["error"]["code"]) == ("failed", 131047)


def test_the_window_closes_24_hours_after_the_customers_last_message(business: Business) -> None:
    now = datetime.now(UTC).timestamp()
    business.hears(text="Yesterday", timestamp=now - 86_400 - 5)
    late = business.sent(text="Too late")
    business.hears(text="Today", timestamp=now - 86_000)
    in_time = business.sent(text="In time")

    eventually(lambda: business.states(late) == ["failed"])
    eventually(lambda: business.states(in_time) == ["sent", "delivered", "read"])


def test_a_template_needs_no_window_and_is_charged(business: Business) -> None:
    answer = business.send(type="template", template=FRAUD)

    message_id = answer.json()["messages"][0]["id"]
    assert answer.json()["messages"][0]["message_status"] == "accepted"
    eventually(lambda: business.states(message_id) == ["sent", "delivered", "read"])
    pricing = business.hook.statuses(message_id)[0]["pricing"]
    assert pricing == {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"}


def test_a_number_can_be_given_templates_of_its_own(business: Business) -> None:
    body = {"type": "BODY", "text": "Table {{table}} is free, {{name}}."}
    business.put(
        templates=[{"name": "table_free", "language": "en_GB", "category": "UTILITY", "components": [body]}]
    )
    named = [{"type": "text", "parameter_name": "name", "text": "Ada"}]
    named.append({"type": "text", "parameter_name": "table", "text": "7"})
    template = {
        "name": "table_free",
        "language": {"code": "en_GB"},
        "components": [{"type": "body", "parameters": named}],
    }

    business.sent(type="template", template=template)

    assert business.outbox()[0]["text"] == "Table 7 is free, Ada."


def test_after_the_free_ones_of_a_month_service_messages_are_charged(business: Business) -> None:
    business.put(free_service_messages=2)
    business.opens_window()

    ids = [business.sent(text=str(n)) for n in range(3)]

    eventually(lambda: all(business.states(message_id)[1:] for message_id in ids))
    kinds = [business.hook.statuses(message_id)[0]["pricing"]["type"] for message_id in ids]
    assert kinds == ["free_customer_service", "free_customer_service", "regular"]


@pytest.mark.parametrize(
    ("category", "in_window", "before", "since"),
    [
        ("service", True, "free_customer_service", "free_customer_service"),
        ("utility", True, "free_customer_service", "regular"),
        ("utility", False, "regular", "regular"),
        ("marketing", True, "regular", "regular"),
        ("authentication", True, "regular", "regular"),
    ],
)
def test_prices_follow_the_rules_of_the_day(category: str, in_window: bool, before: str, since: str) -> None:
    def kind(now: float) -> str:
        number = Number("1", "2", "n", "3", "4", "t", "5", "s", "v", "u")
        message = Message("wamid.1", 1, "1", "2", False, "text", {}, now, category=category)
        price(number, Chat("1", "2", window_until=now + 60 if in_window else 0), message, now)
        assert message.pricing
        assert message.pricing["billable"] == (message.pricing["type"] == "regular")
        return str(message.pricing["type"])

    assert kind(CHARGED_SINCE - 1) == before
    assert kind(CHARGED_SINCE) == since


def test_an_answer_to_a_customer_from_an_ad_is_free_and_opens_a_conversation(business: Business) -> None:
    referral = {"source_type": "ad", "source_id": "12", "source_url": "https://fb.me/x", "ctwa_clid": "AbC"}
    business.hears(text="I saw your ad", referral=referral)

    message_id = business.sent(text="Welcome")

    sent, delivered, _ = business.told(message_id, 3)
    assert business.hook.messages()[0]["referral"] == referral
    assert (sent["pricing"]["type"], sent["pricing"]["billable"]) == ("free_entry_point", False)
    assert sent["conversation"]["origin"] == {"type": "referral_conversion"}
    ends_in = int(sent["conversation"]["expiration_timestamp"]) - int(sent["timestamp"])
    assert 72 * 3600 - 2 <= ends_in <= 72 * 3600
    assert "expiration_timestamp" not in delivered["conversation"]


def test_older_webhooks_name_a_conversation_of_its_own_for_every_message(business: Business) -> None:
    business.put(webhook_version=23)
    business.opens_window()

    ids = [business.sent(text=str(n)) for n in range(2)]

    eventually(lambda: all(business.states(message_id) for message_id in ids))
    conversations = [business.hook.statuses(message_id)[0]["conversation"]["id"] for message_id in ids]
    assert len(set(conversations)) == 2


def test_numbers_without_user_ids_have_none_anywhere(business: Business) -> None:
    business.put(bsuid=False, contacts_in_statuses=False)
    business.opens_window()

    message_id = business.sent(text="Hi")

    eventually(lambda: business.states(message_id)[2:])
    assert b"user_id" not in b"".join(post.body for post in business.hook.posts)
    assert all("contacts" not in value for value in business.hook.values() if "statuses" in value)


def test_a_customer_with_a_hidden_number_is_answered_by_user_id(business: Business) -> None:
    business.hears(text="Guess who", hidden=True)
    user_id = eventually(business.hook.messages)[0]["from_user_id"]

    answer = business.send(to="", recipient=user_id, text="Hello").json()

    assert answer["contacts"] == [{"input": user_id, "user_id": user_id}]
    message_id = answer["messages"][0]["id"]
    eventually(lambda: business.states(message_id) == ["sent", "delivered", "read"])
    assert all(status["recipient_user_id"] == user_id for status in business.hook.statuses(message_id))
    assert all("recipient_id" not in status for status in business.hook.statuses(message_id))
    assert business.phone.encode() not in b"".join(post.body for post in business.hook.posts)
    assert business.outbox()[0]["provider_id"] == message_id


def test_a_phone_without_read_receipts_never_tells(business: Business) -> None:
    business.opens_window()
    phone_settings(business, read_receipts=False)

    message_id = business.sent(text="Seen?")

    eventually(lambda: any("read_at" in m for m in business.outbox()))
    assert business.states(message_id) == ["sent", "delivered"]


def test_read_receipts_can_be_switched_off_by_a_fault(business: Business) -> None:
    business.opens_window()
    business.fault(to=business.phone, read_receipts=False)

    message_id = business.sent(text="Seen?")

    eventually(lambda: any("read_at" in m for m in business.outbox()))
    assert business.states(message_id) == ["sent", "delivered"]


def test_an_offline_phone_gets_everything_when_it_is_back_in_order(business: Business) -> None:
    business.opens_window()
    phone_settings(business, offline=True)
    ids = [business.sent(text=str(n)) for n in range(3)]
    written = business.hears(text="Written in a tunnel")
    eventually(lambda: all(business.states(message_id) == ["sent"] for message_id in ids))
    assert [m["status"] for m in business.outbox()] == ["sent"] * 3
    assert written not in {message["id"] for message in business.hook.messages()}

    phone_settings(business, offline=False)

    eventually(lambda: all(business.states(message_id)[2:] for message_id in ids))
    delivered = [status["id"] for status in business.hook.statuses() if status["status"] == "delivered"]
    assert delivered == ids
    eventually(lambda: written in {message["id"] for message in business.hook.messages()})


def test_delivery_can_take_long_or_for_ever(business: Business) -> None:
    business.opens_window()
    business.fault(to=business.phone, deliver=False)
    message_id = business.sent(text="Stuck")
    eventually(lambda: business.states(message_id) == ["sent"])

    business.fault(to=business.phone, deliver=True, delivery_delay_s=0.1)

    eventually(lambda: business.states(message_id) == ["sent", "delivered", "read"])


def test_someone_not_on_whatsapp_is_told_later(business: Business) -> None:
    business.opens_window()
    phone_settings(business, on_whatsapp=False)

    message_id = business.sent(text="Anybody?")

    [failed] = eventually(lambda: business.hook.statuses(message_id))
    assert failed["errors"][0]["code"] == 131026
    phone_settings(business, on_whatsapp=True)


@pytest.mark.parametrize(("after_sent", "told"), [(False, ["failed"]), (True, ["sent", "failed"])])
def test_the_next_message_can_be_made_to_fail(business: Business, after_sent: bool, told: list[str]) -> None:
    business.opens_window()
    business.fault(to=business.phone, fail_next=131049, fail_after_sent=after_sent)

    failing, next_one = business.sent(text="One"), business.sent(text="Two")

    eventually(lambda: business.states(failing) == told)
    assert business.hook.statuses(failing)[-1]["errors"][0]["code"] == 131049
    eventually(lambda: business.states(next_one) == ["sent", "delivered", "read"])


def test_marketing_to_someone_who_stopped_it_fails_with_131050(business: Business) -> None:
    business.hears(text="Stop")
    phone_settings(business, stopped_marketing=True)
    media_id = business.upload(samples.sample("photo").content, "image/jpeg")
    photo = {"type": "header", "parameters": [{"type": "image", "image": {"id": media_id}}]}
    words = {"type": "body", "parameters": [{"type": "text", "text": "Ada"}, {"type": "text", "text": "20%"}]}
    code = {
        "type": "button",
        "sub_type": "copy_code",
        "index": "1",
        "parameters": [{"type": "coupon_code", "coupon_code": "SPRING20"}],
    }
    offer = {"name": "spring_offer", "language": {"code": "en"}, "components": [photo, words, code]}

    message_id = business.sent(type="template", template=offer)

    [failed] = eventually(lambda: business.hook.statuses(message_id))
    assert failed["errors"][0]["code"] == 131050


def test_a_reaction_to_a_message_nobody_knows_fails_later(business: Business) -> None:
    business.opens_window()

    message_id = business.sent(type="reaction", reaction={"message_id": "wamid.unknown", "emoji": "👍"})

    [failed] = eventually(lambda: business.hook.statuses(message_id))
    assert failed["errors"][0]["code"] == 131009


def test_in_an_open_chat_delivered_may_be_skipped(business: Business) -> None:
    business.put(delivered_may_be_skipped=True)
    business.opens_window()
    business.sim.call("POST", f"/phone/chats/{business.id}/{business.phone}/open", {"open": True})

    message_id = business.sent(text="Read at once")

    eventually(lambda: business.states(message_id) == ["sent", "read"])
    assert business.hook.statuses(message_id)[1]["pricing"]["category"] == "service"
