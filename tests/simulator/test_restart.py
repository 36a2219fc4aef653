"""What survives a kill -9: chats, numbers, and every webhook that was not answered 200."""

from pathlib import Path

from tests.simulator.conftest import Simulator, new_business
from tests.simulator.receiver import Receiver, eventually


def test_webhooks_that_were_not_answered_come_again_after_a_kill(tmp_path: Path, receiver: Receiver) -> None:
    simulator = Simulator(tmp_path)
    business = new_business(simulator, receiver, retry_first_s=30)
    opened = business.opens_window()
    answered = business.sent(text="An answer")
    eventually(lambda: business.states(answered) == ["sent", "delivered", "read"])
    business.hook.answers[:] = [503, 503, 503]
    failing = [business.hears(text=f"failing {n}") for n in range(3)]
    business.fault(webhook={"pause": True})
    waiting = business.hears(text="waiting")
    eventually(lambda: simulator.call("GET", "/control/webhooks/stats")["retrying"] >= 1)
    business.outbox()  # reading writes first: what is acknowledged from here on is in the file

    simulator.kill()
    business.hook.answers.clear()
    simulator.start()

    assert simulator.call("GET", "/control/webhooks/stats")["retrying"] + len(business.hook.messages()) >= 1
    business.put(retry_first_s=0.1)
    for message_id in failing:
        simulator.session.post(f"{simulator.url}/phone/messages/{message_id}/retry")
    eventually(lambda: {m["id"] for m in business.hook.messages()} == {opened, *failing, waiting})
    [kept] = business.outbox()
    assert (kept["provider_id"], kept["status"]) == (answered, "read")
    page = simulator.call("GET", f"/phone/chats/{business.id}/{business.phone}")
    assert [m["id"] for m in page["messages"]] == [opened, answered, *failing, waiting]
    assert simulator.stop() == 0


def test_a_message_on_its_way_to_a_phone_goes_on_after_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    simulator = Simulator(tmp_path)
    business = new_business(simulator, receiver)
    business.opens_window()
    business.fault(read_delay_s=60)
    delivered = business.sent(text="Delivered, not read")
    eventually(lambda: business.states(delivered) == ["sent", "delivered"])
    simulator.call("PATCH", f"/phone/customers/{business.phone}", {"settings": {"offline": True}})
    offline = business.sent(text="For an offline phone")
    eventually(lambda: business.states(offline) == ["sent"])

    assert simulator.stop() == 0
    simulator.start()

    eventually(lambda: business.states(delivered) == ["sent", "delivered", "read"])
    assert business.states(offline) == ["sent"]
    simulator.call("PATCH", f"/phone/customers/{business.phone}", {"settings": {"offline": False}})
    eventually(lambda: business.states(offline) == ["sent", "delivered", "read"])
    assert simulator.stop() == 0


def test_a_group_and_a_name_that_was_asked_for_are_there_after_a_restart(
    tmp_path: Path, receiver: Receiver
) -> None:
    simulator = Simulator(tmp_path)
    business = new_business(simulator, receiver)
    said = {"channel": business.id, "subject": "Harbour tour", "members": [business.phone]}
    group = simulator.call("POST", "/control/groups", said)["id"]
    business.hears(group=group, text="Where?")
    [before] = simulator.call("GET", f"/control/groups?channel={business.id}")["data"]
    business.graph("POST", business.id, params={"new_display_name": "Harbour Bicycles"})

    assert simulator.stop() == 0
    simulator.start()

    assert simulator.call("GET", f"/control/groups?channel={business.id}")["data"] == [before]
    page = simulator.call("GET", f"/phone/chats/{business.id}/{group}")
    assert [(one["text"], one["author"]["number"]) for one in page["messages"]] == [
        ("Where?", business.phone)
    ]
    asked = business.graph("GET", business.id, params={"fields": "new_display_name,new_name_status"}).json()
    assert (asked["new_display_name"], asked["new_name_status"]) == ("Harbour Bicycles", "PENDING_REVIEW")
    assert business.sent(group, recipient_type="group", text="Here.")
    assert simulator.stop() == 0
