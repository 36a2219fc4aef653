"""Calls the Graph API refuses, with the documented envelope; and answers that are broken on purpose."""

import time
from typing import Any

import pytest
import requests

from tests.simulator.conftest import Business, Simulator, new_business
from tests.simulator.receiver import Receiver, eventually

BUTTON = {"type": "reply", "reply": {"id": "yes", "title": "Yes"}}


def error(answer: requests.Response) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()["error"]
    return found


def test_an_error_has_the_documented_envelope(business: Business) -> None:
    answer = business.send(type="text", text={"body": "x" * 4097})

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    said = error(answer)
    assert set(said) == {"message", "type", "code", "error_data", "fbtrace_id"}
    assert (said["message"], said["type"], said["code"]) == (
        "(#100) Invalid parameter",
        "OAuthException",
        100,
    )
    assert said["error_data"]["messaging_product"] == "whatsapp"
    assert "4096" in said["error_data"]["details"]


@pytest.mark.parametrize("token", [None, "somebody-elses"])
def test_without_the_right_token_nothing_is_served(business: Business, token: str | None) -> None:
    answer = business.graph("GET", business.id, token=token)

    assert (answer.status_code, error(answer)["code"]) == (401, 190)
    assert answer.headers["WWW-Authenticate"].startswith("OAuth")


@pytest.mark.parametrize("path", ["999999999999999", "999999999999999/messages", "nonsense", "me/accounts"])
def test_what_does_not_exist_is_an_unsupported_request(business: Business, path: str) -> None:
    answer = business.graph("POST", path, json={})

    said = error(answer)
    assert (answer.status_code, said["code"], said["error_subcode"]) == (400, 100, 33)
    assert said["type"] == "GraphMethodException"


def test_a_token_of_another_number_does_not_help(
    business: Business, simulator: Simulator, receiver: Receiver
) -> None:
    other = new_business(simulator, receiver)

    answer = business.graph("POST", f"{business.id}/messages", token=other.token, json={})

    assert (answer.status_code, error(answer)["error_subcode"]) == (400, 33)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"messaging_product": "telegram", "text": "x"}, 100),
        ({"to": "", "text": "x"}, 100),
        ({"to": "12", "text": "x"}, 131009),
        ({"to": "+44 7700 900201", "text": "x"}, 131021),
        ({"type": "text"}, 131008),
        ({"type": "text", "text": {"body": ""}}, 100),
        ({"type": "poll", "poll": {}}, 100),
        ({"text": "x", "biz_opaque_callback_data": "x" * 513}, 100),
        ({"type": "image", "image": {"id": "1"}}, 131009),
        ({"type": "image", "image": {}}, 131008),
        ({"type": "image", "image": {"id": "1", "link": "http://x"}}, 100),
        ({"type": "audio", "audio": {"id": "1", "caption": "no"}}, 100),
        ({"type": "location", "location": {"latitude": 91, "longitude": 0}}, 131009),
        ({"type": "location", "location": {"latitude": 1}}, 131008),
        ({"type": "contacts", "contacts": [{"phones": []}]}, 131008),
        ({"type": "contacts", "contacts": [{"name": {"formatted_name": "Bo"}}]}, 131009),
        ({"type": "reaction", "reaction": {"message_id": "wamid.x"}}, 131008),
        ({"type": "interactive", "interactive": {"type": "poll"}}, 131009),
        (
            {
                "type": "interactive",
                "interactive": {"type": "button", "body": {"text": "?"}, "action": {"buttons": [BUTTON] * 4}},
            },
            131009,
        ),
        (
            {
                "type": "interactive",
                "interactive": {
                    "type": "button",
                    "body": {"text": "?"},
                    "action": {"buttons": [BUTTON, BUTTON]},
                },
            },
            131009,
        ),
        (
            {
                "type": "interactive",
                "interactive": {
                    "type": "button",
                    "body": {"text": "x" * 1025},
                    "action": {"buttons": [BUTTON]},
                },
            },
            100,
        ),
        (
            {
                "type": "interactive",
                "interactive": {
                    "type": "list",
                    "body": {"text": "?"},
                    "action": {
                        "button": "Choose",
                        "sections": [{"rows": [{"id": str(n), "title": "x"} for n in range(11)]}],
                    },
                },
            },
            131009,
        ),
        ({"recipient_type": "group", "text": "x"}, 131041),
        ({"to": "", "recipient": "GB.1234567890123456", "text": "x"}, 131009),
    ],
)
def test_a_body_that_cannot_be_sent_is_refused(business: Business, body: dict[str, Any], code: int) -> None:
    answer = business.send(**body)

    assert (answer.status_code, error(answer)["code"]) == (400, code)
    assert business.outbox(all="1") == []


def test_broken_json_is_refused(business: Business) -> None:
    answer = business.graph("POST", f"{business.id}/messages", data=b"{")

    assert (answer.status_code, error(answer)["code"]) == (400, 100)


def words(*said: str) -> dict[str, Any]:
    return {"type": "body", "parameters": [{"type": "text", "text": word} for word in said]}


@pytest.mark.parametrize(
    ("name", "language", "components", "code", "http"),
    [
        ("no_such_template", "en", [], 132001, 404),
        ("fraud_alert", "de", [], 132001, 404),
        ("rejected_offer", "en", [words("Ada")], 132001, 404),
        ("paused_offer", "en", [words("Ada")], 132015, 400),
        ("disabled_offer", "en", [words("Ada")], 132016, 400),
        ("fraud_alert", "en", [words("Ada", "£1")], 132000, 400),
        ("fraud_alert", "en", [words("Ada", "£1", "Shop", "4417", "more")], 132000, 400),
        ("fraud_alert", "en", [words("Ada", "£1", "Shop", "line\nbreak")], 132018, 400),
        ("fraud_alert", "en", [words("Ada", "£1", "Shop", "")], 131008, 400),
        ("flight_delay", "en", [words("Ada", "CA1", "9:00", "B1")], 132000, 400),
        ("spring_offer", "pt_BR", [words("Ada", "20%")], 132012, 400),
        (
            "order_update",
            "en",
            [words("Ada", "77"), {"type": "header", "parameters": [{"type": "text", "text": "7"}]}],
            131008,
            400,
        ),
        ("follow_up", "en", [{"type": "body", "parameters": [{"type": "image", "image": {}}]}], 132012, 400),
        ("follow_up", "en", [words("x" * 1100)], 132005, 400),
    ],
)
def test_a_template_that_cannot_be_sent_is_refused(
    business: Business, name: str, language: str, components: list[Any], code: int, http: int
) -> None:
    template = {"name": name, "language": {"code": language}, "components": components}

    answer = business.send(type="template", template=template)

    assert (answer.status_code, error(answer)["code"]) == (http, code)


def test_codes_cannot_be_sent_to_a_user_id(business: Business) -> None:
    business.hears(text="Hi", hidden=True)
    user_id = eventually(business.hook.messages)[0]["from_user_id"]
    button = {
        "type": "button",
        "sub_type": "url",
        "index": "0",
        "parameters": [{"type": "text", "text": "804117"}],
    }
    template = {"name": "one_time_code", "language": {"code": "en"}, "components": [words("804117"), button]}

    refused = business.send(to="", recipient=user_id, type="template", template=template)
    business.sent(type="template", template=template)

    assert error(refused)["code"] == 131062
    assert business.outbox()[0]["text"].startswith("*804117* is your verification code.")


def test_45_messages_to_one_user_go_at_once_then_one_each_six_seconds(business: Business) -> None:
    business.opens_window()
    answers = [business.send(text=str(n)) for n in range(46)]

    assert [answer.status_code for answer in answers] == [200] * 45 + [400]
    assert error(answers[-1])["code"] == 131056
    assert business.send("447700950000", text="Somebody else").status_code == 200
    business.sim.call("PUT", "/control/clock", {"offset_s": 6.1})
    assert [business.send(text="after a wait").status_code for _ in range(2)] == [200, 400]


def test_read_strictly_a_burst_must_be_waited_off_first(business: Business) -> None:
    business.put(pair_rate="strict")
    for n in range(20):
        business.sent(text=str(n))

    business.sim.call("PUT", "/control/clock", {"offset_s": 60})
    too_early = business.send(text="after a minute")
    business.sim.call("PUT", "/control/clock", {"offset_s": 121})

    assert error(too_early)["code"] == 131056
    assert business.send(text="after two minutes").status_code == 200


def test_a_number_sends_as_many_messages_a_second_as_it_may(business: Business) -> None:
    business.put(throughput_per_s=10, rate_limit_http=429)

    answers = [business.send(f"4477009{n}", text="Hi") for n in range(60000, 60030)]

    refused = [answer for answer in answers if answer.status_code != 200]
    assert 10 <= len(answers) - len(refused) <= 20
    assert {(answer.status_code, error(answer)["code"]) for answer in refused} == {(429, 130429)}


def test_errors_can_be_written_the_other_ways_seen_in_the_wild(business: Business) -> None:
    business.put(error_data="string", error_subcode=True)

    said = error(business.send(type="location", location={"latitude": 200, "longitude": 0}))

    assert said["error_data"].startswith('{"messaging_product": "whatsapp"')
    assert said["error_subcode"] == 2494010


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"status": 429, "retry_after_s": 7}, 429, 130429),
        ({"status": 503}, 503, 2),
        ({"status": 500}, 500, 131000),
        ({"error_code": 131056}, 400, 131056),
        ({"error_code": 131042}, 400, 131042),
        ({"error_code": 190}, 401, 190),
    ],
)
def test_the_next_send_can_be_refused_on_purpose(
    business: Business, fault: dict[str, Any], status: int, code: int
) -> None:
    business.opens_window()
    business.fault(**fault, count=1)

    refused, taken = business.send(text="Refused"), business.send(text="Taken")

    assert (refused.status_code, error(refused)["code"]) == (status, code)
    assert refused.headers.get("Retry-After") == ("7" if "retry_after_s" in fault else None)
    assert taken.status_code == 200
    assert [message["text"] for message in business.outbox()] == ["Taken"]


def test_a_message_can_be_accepted_and_the_line_cut_before_the_answer(business: Business) -> None:
    business.opens_window()
    business.fault(drop_after_accept=True, count=1)

    with pytest.raises(requests.ConnectionError):
        business.send(text="Did it arrive?", biz_opaque_callback_data="row-1")

    [arrived] = eventually(business.outbox)
    assert arrived["text"] == "Did it arrive?"
    statuses = eventually(lambda: business.hook.statuses(arrived["provider_id"]))
    assert statuses[0]["biz_opaque_callback_data"] == "row-1"
    assert business.sent(text="The next one is answered")


def test_the_line_can_be_cut_before_anything_is_accepted(business: Business) -> None:
    business.opens_window()
    business.fault(drop=True, count=1)

    with pytest.raises(requests.ConnectionError):
        business.send(text="Nobody heard this")

    assert business.outbox(all="1") == []


def test_an_answer_can_be_garbage(business: Business) -> None:
    business.fault(garbage=True, count=1)

    answer = business.send(text="Hm")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.text.startswith("<!DOCTYPE html>")


def test_answers_can_be_slow_before_or_after_the_message_is_taken(business: Business) -> None:
    business.opens_window()
    business.fault(hang_s=0.4, count=1)
    with pytest.raises(requests.ReadTimeout):
        requests.post(
            f"{business.sim.url}/{business.id}/messages",
            timeout=0.15,
            headers={"Authorization": f"Bearer {business.token}"},
            json={"messaging_product": "whatsapp", "to": business.phone, "text": {"body": "Taken"}},
        )
    assert [message["text"] for message in business.outbox()] == ["Taken"]
    business.fault(delay_s=0.3, count=1)

    started = time.monotonic()
    business.sent(text="Slow")

    assert time.monotonic() - started >= 0.3


def test_faults_are_listed_counted_and_cleared(business: Business) -> None:
    business.fault(to=f"+{business.phone}", status=503, count=2)
    business.send(text="x")

    [rule] = [r for r in business.sim.call("GET", "/control/faults")["data"] if r.get("to") == business.phone]

    assert (rule["status"], rule["left"]) == (503, 1)
    assert business.sim.call("DELETE", "/control/faults") == {"data": []}
    refused = business.sim.call("POST", "/control/faults", {"colour": "red"}, status=400)
    assert refused["error"].startswith("There is no setting “colour”.")


def test_a_blocked_customer_is_heard_no_more_and_cannot_be_written_to(business: Business) -> None:
    business.opens_window()
    users = {"messaging_product": "whatsapp", "block_users": [{"user": business.phone}]}

    blocked = business.graph("POST", f"{business.id}/block_users", json=users).json()
    business.hears(text="Into the void")
    refused = business.send(text="Hello?")
    unblocked = business.graph("DELETE", f"{business.id}/block_users", json=users).json()
    heard = business.hears(text="Heard again")

    assert blocked["block_users"] == {"added_users": [{"input": business.phone, "wa_id": business.phone}]}
    assert error(refused)["code"] == 130403
    assert unblocked["block_users"] == {"removed_users": [{"input": business.phone, "wa_id": business.phone}]}
    eventually(lambda: [m["id"] for m in business.hook.messages()][1:] == [heard])


def test_someone_who_has_not_written_cannot_be_blocked(business: Business) -> None:
    users = {"messaging_product": "whatsapp", "block_users": [{"user": "447700955555"}]}

    answer = business.graph("POST", f"{business.id}/block_users", json=users)

    assert (answer.status_code, error(answer)["code"]) == (400, 139100)
    assert answer.json()["block_users"]["failed_users"][0]["input"] == "447700955555"
