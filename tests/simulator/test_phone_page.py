"""The phone page in a real browser: what a person does there is what the business hears, and back."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import FilePayload, Page, expect

from tests.simulator.conftest import Business, Opener, Simulator, messages, new_business
from tests.simulator.receiver import Receiver, eventually

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000020000000208020000 00fdd49a73".replace(" ", "")
    + "0000001149444154789c63f8cfc0000418218000" + "0049b302fe3d1fa6c70000000049454e44ae426082"
)  # fmt: skip


def write(page: Page, text: str) -> None:
    composer = page.get_by_test_id("phone-composer")
    composer.fill(text)
    composer.press("Enter")


def heard(business: Business, kind: str) -> dict[str, Any]:
    """The newest message of a kind that the business was told of."""
    found = eventually(lambda: [m for m in business.hook.messages() if m["type"] == kind])
    return found[-1]


def test_ticks_follow_a_message_from_the_phone_to_the_reader(page: Page, business: Business) -> None:
    write(page, "Where is my order?")

    expect(messages(page).last).to_have_attribute("data-status", "delivered")
    said = heard(business, "text")
    assert said["text"]["body"] == "Where is my order?"
    business.graph("POST", f"{business.id}/messages", json={
        "messaging_product": "whatsapp", "status": "read", "message_id": said["id"],
    })  # fmt: skip
    expect(messages(page).last).to_have_attribute("data-status", "read")
    assert messages(page).last.get_attribute("data-wamid") == said["id"]


def test_five_quick_messages_keep_their_order(page: Page, business: Business) -> None:
    words = [f"Quick {n}" for n in range(5)]

    for word in words:
        write(page, word)

    eventually(lambda: len(business.hook.messages()) == 6)
    assert [m["text"]["body"] for m in business.hook.messages()[1:]] == words
    expect(messages(page)).to_have_count(6)
    expect(page.locator("article.me .text")).to_have_text(["Hello", *words])


def test_a_business_message_appears_and_is_read_while_it_is_looked_at(page: Page, business: Business) -> None:
    message_id = business.sent(text="It is on its *way*")

    bubble = page.locator(f'[data-wamid="{message_id}"]')
    expect(bubble.locator("b")).to_have_text("way")
    eventually(lambda: business.states(message_id)[-1:] == ["read"])


def test_a_message_in_another_chat_counts_as_unread_until_it_is_opened(
    opened: Opener, business: Business
) -> None:
    business.opens_window()
    page = opened(business, "#/")
    row = page.get_by_test_id(f"phone-{business.phone}")
    expect(row).to_have_attribute("data-unread", "0")

    business.sent(text="One")
    business.sent(text="Two")

    expect(row).to_have_attribute("data-unread", "2")
    row.click()
    expect(messages(page, "them")).to_have_count(2)
    expect(row).to_have_attribute("data-unread", "0")


LATE_ANSWERS = """() => {
  const ask = window.fetch;
  window.fetch = async (path, ...rest) => {
    const answer = await ask(path, ...rest);
    if (!String(path).includes("?limit=60")) return answer;
    const body = await answer.text();
    await new Promise((go) => { window.letAnswer = go; document.documentElement.dataset.held = "yes"; });
    return new Response(body, answer);
  };
}"""


def test_a_message_that_comes_while_the_chat_loads_stays(opened: Opener, business: Business) -> None:
    business.opens_window()
    page = opened(business, "#/")
    row = page.get_by_test_id(f"phone-{business.phone}")
    page.evaluate(LATE_ANSWERS)
    row.click()
    expect(page.locator("html")).to_have_attribute("data-held", "yes")

    business.sent(text="Newer than the answer")
    expect(row).to_contain_text("Newer than the answer")
    page.evaluate("letAnswer()")

    expect(messages(page)).to_have_text([re.compile("Hello")])
    expect(messages(page, "them")).to_have_text([re.compile("Newer than the answer")])


def test_what_is_written_offline_waits_and_goes_out_in_order(page: Page, business: Business) -> None:
    page.get_by_test_id("toggle-offline").check()

    write(page, "First")
    write(page, "Second")

    expect(messages(page).last).to_have_attribute("data-status", "waiting")
    assert len(business.hook.messages()) == 1
    page.get_by_test_id("toggle-offline").uncheck()
    expect(messages(page).last).to_have_attribute("data-status", "delivered")
    assert [m["text"]["body"] for m in business.hook.messages()[1:]] == ["First", "Second"]


def test_without_read_receipts_the_business_hears_of_delivery_only(page: Page, business: Business) -> None:
    page.get_by_test_id("toggle-read-receipts").uncheck()
    eventually(lambda: not setting(business, "read_receipts"))

    message_id = business.sent(text="Did you see this?")

    expect(page.locator(f'[data-wamid="{message_id}"]')).to_be_visible()
    later = business.sent(text="And this?")
    eventually(lambda: "delivered" in business.states(later))
    assert "read" not in business.states(message_id)


def setting(business: Business, name: str) -> Any:
    return business.sim.call("GET", f"/phone/customers/{business.phone}")["settings"][name]


def test_a_webhook_that_is_refused_offers_to_send_again(page: Page, business: Business) -> None:
    business.put(retry_first_s=60)
    business.hook.answers = [503]

    write(page, "Anybody there?")

    again = page.get_by_role("button", name="Send again")
    again.click()
    expect(messages(page).last).to_have_attribute("data-status", "delivered")
    expect(again).to_have_count(0)
    assert [m["text"]["body"] for m in business.hook.messages()].count("Anybody there?") == 1


def test_a_pressed_button_and_a_chosen_row_are_told_with_their_message(
    page: Page, business: Business
) -> None:
    asked = business.sent(type="interactive", interactive={
        "type": "button", "body": {"text": "Was it you?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "no", "title": "Not me"}}]},
    })  # fmt: skip
    offered = business.sent(type="interactive", interactive={
        "type": "list", "body": {"text": "When?"},
        "action": {"button": "Choose", "sections": [{"rows": [{"id": "r2", "title": "Tuesday"}]}]},
    })  # fmt: skip

    page.get_by_role("button", name="Not me").click()
    pressed = heard(business, "interactive")
    page.get_by_test_id("list-button").click()
    page.get_by_test_id("list-row").click()

    assert (pressed["context"]["id"], pressed["interactive"]["button_reply"]["id"]) == (asked, "no")
    expect(page.get_by_role("button", name="Not me")).to_have_attribute("aria-pressed", "true")
    eventually(lambda: len([m for m in business.hook.messages() if m["type"] == "interactive"]) == 2)
    chosen = heard(business, "interactive")
    assert (chosen["context"]["id"], chosen["interactive"]["list_reply"]["id"]) == (offered, "r2")


def test_a_reply_by_keyboard_quotes_its_message_and_a_reaction_can_be_taken_back(
    page: Page, business: Business
) -> None:
    message_id = business.sent(text="Still there?")
    bubble = page.locator(f'[data-wamid="{message_id}"]')

    bubble.focus()
    page.keyboard.press("q")
    expect(page.get_by_test_id("phone-composer")).to_be_focused()
    write(page, "Yes")
    eventually(lambda: heard(business, "text")["text"]["body"] == "Yes")
    for _ in range(2):
        bubble.focus()
        page.keyboard.press("+")
        expect(page.get_by_role("menuitemradio", name="React 👍")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("menu", name="Message")).to_be_hidden()

    assert heard(business, "text")["context"]["id"] == message_id
    eventually(lambda: len([m for m in business.hook.messages() if m["type"] == "reaction"]) == 2)
    first, second = [m["reaction"] for m in business.hook.messages() if m["type"] == "reaction"]
    assert first == {"message_id": message_id, "emoji": "👍"}
    assert second == {"message_id": message_id}
    expect(bubble.locator(".reactions")).to_have_count(0)


def test_a_picture_and_a_recorded_voice_note_arrive_as_such(page: Page, business: Business) -> None:
    picture: FilePayload = {"name": "card.png", "mimeType": "image/png", "buffer": PIXEL}
    page.get_by_test_id("phone-file").set_input_files([picture])
    page.get_by_test_id("phone-caption").fill("My card")
    page.get_by_test_id("phone-send-files").click()
    page.get_by_test_id("phone-record").click()
    expect(page.get_by_role("timer")).to_have_text(re.compile("0:0[1-9]"))
    page.get_by_test_id("phone-record-send").click()

    image, voice = heard(business, "image")["image"], heard(business, "audio")["audio"]
    assert (image["caption"], image["mime_type"]) == ("My card", "image/png")
    assert voice["voice"] is True
    assert voice["mime_type"].startswith("audio/ogg")
    expect(messages(page).last).to_have_attribute("data-kind", "voice")


def test_a_refused_microphone_is_explained(opened: Opener, business: Business) -> None:
    business.opens_window()
    page = opened(business)
    refusal = "async () => { throw new DOMException('no', 'NotAllowedError'); }"
    page.evaluate(f"() => {{ navigator.mediaDevices.getUserMedia = {refusal}; }}")

    page.get_by_test_id("phone-record").click()

    expect(page.get_by_role("alert")).to_contain_text("The microphone is not allowed")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_test_id("phone-composer")).to_be_visible()


def test_an_own_message_can_be_changed_and_deleted(page: Page, business: Business) -> None:
    write(page, "Tuesday")
    expect(messages(page).last).to_have_attribute("data-status", "delivered")
    original = messages(page).last.get_attribute("data-wamid")

    page.get_by_test_id("phone-composer").press("ArrowUp")
    page.get_by_role("menuitem", name="Edit").click()
    write(page, "Wednesday")
    expect(messages(page).last).to_contain_text("Edited")
    page.get_by_test_id("phone-composer").press("ArrowUp")
    page.get_by_role("menuitem", name="Delete for everyone").click()
    page.get_by_test_id("revoke").click()

    expect(messages(page).last).to_contain_text("You deleted this message")
    assert heard(business, "edit")["edit"]["original_message_id"] == original
    assert heard(business, "edit")["edit"]["message"]["text"]["body"] == "Wednesday"
    assert heard(business, "revoke")["revoke"]["original_message_id"] == original


def test_a_fault_for_the_next_send_strikes_once(page: Page, business: Business) -> None:
    page.get_by_test_id("fail-next").click()
    expect(page.get_by_test_id("armed")).to_contain_text("131026")

    failed, fine = business.sent(text="One"), business.sent(text="Two")

    eventually(lambda: business.states(failed)[-1:] == ["failed"])
    eventually(lambda: "delivered" in business.states(fine))
    expect(page.get_by_test_id("armed").get_by_text("131026")).to_have_count(0)


def test_the_wire_shows_each_exchange_with_its_json(page: Page, business: Business) -> None:
    write(page, "Look at me")

    entries = page.get_by_test_id("wire-log").locator("li", has_text="message text")
    expect(entries).to_have_count(2)
    entries.first.locator("summary").click()
    expect(entries.first.locator("pre")).to_contain_text('"body": "Look at me"')
    page.get_by_test_id("wire-in").check()
    expect(entries).to_have_count(0)


def test_a_new_customer_is_made_and_writes(opened: Opener, business: Business) -> None:
    page = opened(business, "#/")
    number = f"{business.phone}9"

    page.get_by_test_id("new-customer").click()
    page.get_by_test_id("customer-name").fill("Priya Nair")
    page.get_by_test_id("customer-number").fill(f"+{number}")
    if page.get_by_test_id("customer-channel").count():
        page.get_by_test_id("customer-channel").select_option(business.id)
    page.get_by_test_id("customer-save").click()
    write(page, "Hi")

    said = heard(business, "text")
    assert (said["from"], said["text"]["body"]) == (number, "Hi")
    expect(page.get_by_text("this person has not written yet")).to_have_count(0)


def test_the_page_outlives_a_restart_of_the_simulator(
    opened: Opener, receiver: Receiver, tmp_path: Path
) -> None:
    simulator = Simulator(tmp_path)
    business = new_business(simulator, receiver)
    business.opens_window()
    page = opened(business, forgives=("net::ERR",))  # the lost connection is in the console, rightly
    expect(messages(page)).to_have_count(1)

    simulator.kill()
    write(page, "Written meanwhile")
    expect(page.get_by_test_id("peer-state")).to_have_text("The simulator does not answer")
    expect(messages(page).last).to_have_attribute("data-status", "waiting")
    simulator.start()

    expect(messages(page).last).to_have_attribute("data-status", "delivered")
    assert [m["text"]["body"] for m in business.hook.messages()] == ["Hello", "Written meanwhile"]
    assert simulator.stop() == 0


def test_a_post_sent_twice_is_one_message(business: Business) -> None:
    path, body = (
        f"/phone/chats/{business.id}/{business.phone}/messages",
        {"text": "Once", "client_ref": "a1b2"},
    )
    business.opens_window()

    first, second = (business.sim.call("POST", path, body) for _ in range(2))

    assert first["id"] == second["id"]
    assert first["client_ref"] == "a1b2"
    eventually(lambda: len(business.hook.messages()) == 2)
    assert len(business.hook.messages()) == 2
