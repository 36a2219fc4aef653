"""Two agents at one conversation: each sees the other, and the customer gets one answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Gate, Office


def test_a_colleague_who_looks_or_writes_is_seen_and_leaves_with_the_tab(office: Office) -> None:
    """A16, A47: in the head and in the row; nothing of it is stored."""
    ann, bea = office.customer("Ann Presence", "Hello"), office.customer("Bea Presence", "Hi")
    mia, ben = office.desk("mia").open(ann), office.desk("ben").go()
    expect(ben.row(ann).get_by_test_id("watched")).to_have_attribute("title", "Mia is looking")

    ben.switch(ann)
    expect(ben.at("presence")).to_have_text("Mia is looking")
    expect(mia.at("presence")).to_have_text("Ben is looking")
    mia.field.press_sequentially("Dear A")
    expect(ben.at("presence")).to_have_text("Mia is replying")
    expect(ben.row(ann)).to_contain_text("Mia is replying")

    mia.field.fill("")
    mia.switch(bea)
    expect(ben.at("presence")).to_have_count(0)
    expect(ben.row(bea).get_by_test_id("watched")).to_be_attached()
    late = office.desk("ines").open(bea)  # who comes later is told, too
    expect(late.at("presence")).to_have_text("Mia is looking")
    mia.page.close()
    expect(late.at("presence")).to_have_count(0)
    expect(ben.row(bea).get_by_test_id("watched")).to_have_attribute("title", "Ines is looking")


def test_who_has_sent_an_answer_is_not_replying_any_more(office: Office) -> None:
    ann = office.customer("Ann Answered", "Hello")
    mia, ben = office.desk("mia"), office.desk("ben").open(ann)
    said: list[str] = []
    mia.page.on("websocket", lambda line: line.on("framesent", lambda frame: said.append(str(frame))))
    mia.open(ann)

    mia.field.press_sequentially("Good morning, Ann")
    expect(ben.at("presence")).to_have_text("Mia is replying")
    mia.field.press("Enter")
    expect(ben.bubble("Good morning, Ann")).to_be_visible()
    assert "viewing" in [frame for frame in said if "presence" in frame][-1]
    expect(ben.at("presence")).to_have_text("Mia is looking")

    mia.field.press_sequentially("A")
    expect(ben.at("presence")).to_have_text("Mia is replying")
    mia.field.press("Backspace")
    expect(ben.at("presence")).to_have_text("Mia is looking")


def test_an_answer_is_held_when_a_colleague_has_answered_since_it_was_begun(office: Office) -> None:
    """A47: review, then send; or send anyway."""
    cleo = office.customer("Cleo Held", "Where is it?")
    mia, ben = office.desk("mia").open(cleo), office.desk("ben").open(cleo)
    ben.field.fill("It is at the airport.")
    mia.send("It is on the plane.")
    expect(ben.bubble("It is on the plane.")).to_be_visible()

    ben.field.press("Enter")
    expect(ben.at("held")).to_contain_text("Mia replied")
    expect(ben.field).to_have_value("It is at the airport.")
    ben.at("held").get_by_role("button", name="Review").click()
    expect(ben.at("held")).to_have_count(0)
    expect(ben.field).to_be_focused()
    wait_for(lambda: office.got(cleo) == ["It is on the plane."], PATIENCE_S)

    ben.field.press("Enter")
    wait_for(lambda: office.got(cleo) == ["It is on the plane.", "It is at the airport."], PATIENCE_S)
    ben.send("Anything else?")  # one's own answer holds nothing
    wait_for(lambda: office.got(cleo)[2:] == ["Anything else?"], PATIENCE_S)


def test_of_two_answers_at_the_same_moment_the_phone_gets_one(office: Office) -> None:
    """A47: the server holds what the page could not know; the loser decides."""
    office.eyes.forgive("409 (Conflict)")
    dora = office.customer("Dora Race", "Quickly please")
    mia, ben = office.desk("mia").open(dora), office.desk("ben").open(dora)
    gates = [Gate(desk.page, "**/threads/*/messages", "POST") for desk in (mia, ben)]
    mia.send("Answer of Mia")
    ben.send("Answer of Ben")
    for gate in gates:
        gate.wait()
    gates[0].open()
    wait_for(lambda: office.got(dora) == ["Answer of Mia"], PATIENCE_S)
    gates[1].open()

    held = ben.bubble("Answer of Ben")
    expect(held).to_contain_text("Mia replied")
    assert office.got(dora) == ["Answer of Mia"]
    held.get_by_role("button", name="Back to the draft").click()
    expect(ben.field).to_have_value("Answer of Ben")
    ben.field.press("Enter")
    wait_for(lambda: office.got(dora) == ["Answer of Mia", "Answer of Ben"], PATIENCE_S)


def test_the_server_lets_one_of_two_racing_calls_through(office: Office) -> None:
    """A47: with no page at all."""
    finn = office.customer("Finn Race", "Hello")
    seen = office.thread(finn)["last_message"]["id"]
    hands = {"mia": office.hand("mia"), "ben": office.hand("ben")}

    def answer(name: str) -> dict[str, object]:
        body = {"text": f"By {name}", "client_ref": name, "seen_message_id": seen}
        found: dict[str, object] = hands[name](
            "POST", f"threads/{finn.thread}/messages", body, allowed=(409,)
        )
        return found

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(answer, hands))

    (held,) = [one for one in answers if one.get("code") == "answered_meanwhile"]
    (sent,) = [one for one in answers if one.get("code") is None]
    assert held["message"]["id"] == sent["id"]  # type: ignore[index]
    wait_for(lambda: office.got(finn) == [sent["text"]], PATIENCE_S)
