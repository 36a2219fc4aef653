"""What agents do with a conversation, and what they know of the customer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import WebSocketRoute, expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Customer, Desk, Office


def status(office: Office, customer: Customer, wanted: str) -> None:
    wait_for(lambda: office.thread(customer)["status"] == wanted, PATIENCE_S)


def test_a_conversation_is_assigned_undone_and_unassigned_by_keys_alone(office: Office) -> None:
    """A53: a second browser follows."""
    piet = office.customer("Piet de Vries", "Hello")
    mia, ben = office.desk("mia").open(piet), office.desk("ben").open(piet)

    mia.press("i")
    expect(mia.at("assign")).to_contain_text("You")
    expect(ben.at("assign")).to_contain_text("Mia Laurent")

    mia.press("a")
    expect(mia.page.locator(".popover [role=combobox]")).to_be_focused()
    mia.page.keyboard.type("Ben")
    mia.press("Enter")
    expect(mia.at("assign")).to_contain_text("Ben Adeyemi")
    expect(ben.at("assign")).to_contain_text("You")
    expect(mia.toasts.last).to_contain_text("assigned to Ben Adeyemi")

    mia.press("z")
    expect(mia.at("assign")).to_contain_text("You")
    expect(ben.at("assign")).to_contain_text("Mia Laurent")
    mia.press("a")
    expect(mia.page.locator(".popover [role=combobox]")).to_be_focused()
    mia.page.keyboard.type("Nobody")
    mia.press("Enter")
    for desk in (mia, ben):
        expect(desk.at("assign")).to_have_text("Unassigned")


def test_closing_moves_on_and_undo_and_reopen_bring_it_back(office: Office) -> None:
    """A54."""
    sara, next_one = office.customer("Sara Klein", "Thanks"), office.customer("Next Person", "Hi")
    label = f"closing {sara.phone}"
    for one in (sara, next_one):
        office.hand("mia")("PUT", f"threads/{one.thread}/labels", {"labels": [label]})
    mia = office.desk("mia").open(sara, label=label, status="open")

    mia.press("e")
    mia.shows(next_one)
    expect(mia.row(sara)).to_have_count(0)
    status(office, sara, "closed")
    mia.toasts.get_by_role("button", name="Undo").last.click()
    mia.shows(sara)
    status(office, sara, "open")
    expect(mia.row(sara)).to_be_visible()

    mia.at("close").click()
    status(office, sara, "closed")
    mia.open(sara)
    mia.press("r")
    expect(mia.page.get_by_role("button", name="Reopen to reply")).to_be_focused()
    mia.press("Enter")
    expect(mia.field).to_be_focused()
    status(office, sara, "open")


def test_a_snoozed_conversation_wakes_on_time_and_when_the_customer_writes(office: Office) -> None:
    """A54: in three hours, by the picker; until a moment that comes; until they answer."""
    jon, may = office.customer("Jon Snoozer", "Later please"), office.customer("May Snoozer", "I will write")
    mia = office.desk("mia").open(jon)
    mia.press("h")
    mia.page.get_by_role("option", name="In 3 hours").click()
    status(office, jon, "snoozed")
    until = datetime.fromisoformat(office.thread(jon)["snoozed_until"])
    assert timedelta(hours=2.9) < until - datetime.now(UTC) < timedelta(hours=3.1)

    mia.open(jon)
    expect(mia.page.locator(".thread-head .tag.cool")).to_be_visible()
    soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    hand = office.hand("mia")
    hand("PUT", f"threads/{jon.thread}/snooze", {"until": soon, "wake_on_reply": True})
    expect(mia.page.locator(".thread-head .tag.cool")).to_have_count(0)
    expect(mia.timeline.locator(".fact").last).to_contain_text("Parley woke the conversation")

    mia.open(may)
    mia.press("h")
    mia.page.get_by_role("option", name="Until they answer").click()
    status(office, may, "snoozed")
    office.says(may, text="Here I am")
    status(office, may, "open")
    mia.open(may)
    expect(mia.bubble("Here I am")).to_be_visible()


def test_the_customer_is_edited_in_place_and_a_stale_edit_shows_both_values(office: Office) -> None:
    """A60: name, addresses, fields, labels; undo; two agents at once; earlier conversations."""
    office.eyes.forgive("409 (Conflict)")
    otto = office.customer("Otto Lang", "Hello")
    mia = office.desk("mia")
    deaf = False

    def relay(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda words: None if deaf else socket.send(words))

    mia.page.route_web_socket("**/ws/", relay)
    mia.open(otto)
    panel = mia.at("customer-panel")
    expect(panel.locator(".addr-value").first).to_contain_text(otto.phone[-4:])

    rename(mia, "Otto Langmann")
    expect(panel.get_by_role("button", name="Edit name")).to_be_focused()
    expect(mia.page.locator("main h2")).to_have_text("Otto Langmann")
    expect(mia.row(otto)).to_contain_text("Otto Langmann")
    mia.toasts.get_by_role("button", name="Undo").last.click()
    expect(mia.page.locator("main h2")).to_have_text("Otto Lang")

    panel.get_by_role("button", name="Edit name").click()
    panel.get_by_role("textbox", name="Name").fill("Otto of Mia")
    hand = office.hand("ben")
    version = hand("GET", f"customers/{otto.id}")["version"]
    deaf = True
    hand("PATCH", f"customers/{otto.id}", {"name": "Otto of Ben", "version": version})
    panel.get_by_role("textbox", name="Name").press("Enter")
    clash = panel.locator(".clash")
    expect(clash).to_contain_text("Otto of Ben")
    expect(clash).to_contain_text("Otto of Mia")
    clash.get_by_role("button", name="Save mine").click()
    wait_for(lambda: hand("GET", f"customers/{otto.id}")["name"] == "Otto of Mia", PATIENCE_S)


FIRST_WAITS = """() => {
  const ask = window.fetch;
  let isFirst = true;
  window.fetch = async (path, ...rest) => {
    if (isFirst && String(path).endsWith("/assignment")) {
      isFirst = false;
      await new Promise((go) => { window.letFirst = go; });
    }
    return ask(path, ...rest);
  };
}"""


def test_of_two_quick_changes_the_second_stands_however_slow_the_first_is(office: Office) -> None:
    """A53: the server hears them in the order they were made."""
    quin = office.customer("Quin Twice", "Hello")
    mia, ben = office.desk("mia").open(quin), office.desk("ben").open(quin)
    mia.page.evaluate(FIRST_WAITS)

    mia.press("i")
    expect(mia.at("assign")).to_contain_text("You")
    mia.press("Control+k")
    expect(mia.page.get_by_role("combobox", name="Commands")).to_be_focused()
    mia.page.keyboard.type("assign to ben")
    expect(mia.page.locator("[role=option][aria-selected=true]")).to_contain_text("Ben Adeyemi")
    mia.press("Enter")
    expect(mia.at("assign")).to_contain_text("Ben Adeyemi")
    mia.page.evaluate("letFirst()")

    expect(ben.at("assign")).to_contain_text("You")
    expect(mia.at("assign")).to_contain_text("Ben Adeyemi")
    assert office.hand("mia")("GET", f"threads/{quin.thread}")["assignee_id"] == ben_id(office)


def ben_id(office: Office) -> str:
    found: str = office.hand("ben")("GET", "me")["member"]["id"]
    return found


def test_labels_and_fields_of_a_customer_are_edited_with_undo_and_a_stale_edit_shows_both(
    office: Office,
) -> None:
    """A60: what is known of the person, beside what a conversation is labelled with."""
    office.eyes.forgive("409 (Conflict)")
    rosa = office.customer("Rosa Marin", "Hello")
    panel = office.desk("mia").open(rosa).at("customer-panel")
    hand = office.hand("ben")
    section = panel.locator("section").filter(has_text="Details")

    def edit(labels: str) -> None:
        section.get_by_role("button", name="Edit").click()
        section.get_by_label("Labels, with commas between").fill(labels)

    edit("vip, card lost")
    section.get_by_label("Field").first.fill("branch")
    section.get_by_label("Value of branch").fill("Rome")
    section.get_by_test_id("timezone").click()
    search = panel.page.get_by_role("combobox", name="Time zone")
    expect(search).to_be_focused()
    search.fill("tokyo")
    search.press("Enter")
    expect(section.get_by_test_id("timezone")).to_have_text("Asia/Tokyo")
    section.get_by_role("button", name="Save").click()
    expect(section).to_contain_text("in Tokyo")
    expect(section).to_contain_text("vip, card lost")
    expect(section).to_contain_text("Rome")
    panel.page.get_by_test_id("toast").get_by_role("button", name="Undo").last.click()
    expect(section).not_to_contain_text("vip")
    expect(section).not_to_contain_text("Rome")
    expect(section).not_to_contain_text("Tokyo")

    edit("mine")
    hand("PATCH", f"customers/{rosa.id}", {"labels": ["theirs"]})
    section.get_by_role("button", name="Save").click()
    clash = panel.locator(".clash")
    expect(clash).to_contain_text("theirs")
    expect(clash).to_contain_text("mine")
    clash.get_by_role("button", name="Save mine").click()
    wait_for(lambda: hand("GET", f"customers/{rosa.id}")["labels"] == ["mine"], PATIENCE_S)


def test_consent_is_changed_in_place_and_a_stale_answer_shows_both(office: Office) -> None:
    """A60: by category and channel, with undo."""
    ugo = office.customer("Ugo Consent", "Hello")
    mia, hand = office.desk("mia").open(ugo), office.hand("ben")
    path = f"customers/{ugo.id}/consents"
    hand("PUT", path, {"consents": [{"category": "marketing", "channel": "*", "state": "granted"}]})

    mia.at("consents").click()
    choice = mia.at("consent-marketing-*")
    expect(choice).to_have_value("granted")
    choice.select_option("denied")
    mia.at("consent-undo").click()
    wait_for(lambda: hand("GET", path)["data"][0]["state"] == "granted", PATIENCE_S)
    expect(choice).to_have_value("granted")

    other = mia.at("consent-utility-*")
    hand("PUT", path, {"consents": [{"category": "utility", "channel": "*", "state": "denied"}]})
    other.select_option("granted")
    clash = mia.page.locator(".clash")
    expect(clash).to_contain_text("Not allowed")
    clash.get_by_role("button", name="Save mine").click()
    expect(other).to_have_value("granted")


def rename(desk: Desk, name: str) -> None:
    panel = desk.at("customer-panel")
    panel.get_by_role("button", name="Edit name").click()
    panel.get_by_role("textbox", name="Name").fill(name)
    panel.get_by_role("textbox", name="Name").press("Enter")


def test_a_person_is_blocked_from_the_panel_and_let_back_by_undo(office: Office) -> None:
    """The other browser sees both at once, the composer says why nothing can go, and undo takes it back."""
    pia = office.customer("Pia Blockmann", "You again")
    mia, ben = office.desk("mia").open(pia), office.desk("ben").open(pia)
    panel, hand = mia.at("customer-panel"), office.hand("ben")

    def is_blocked() -> bool:
        return any(one["blocked"] for one in hand("GET", f"customers/{pia.id}")["reach"])

    panel.get_by_test_id("block").click()
    expect(panel.get_by_test_id("block")).to_have_attribute("aria-pressed", "true")
    mia.toasts.last.hover()  # it stays as long as the pointer does
    expect(panel.locator(".addr").first).to_contain_text("blocked")
    expect(mia.at("barred")).to_contain_text("The customer is blocked on")
    expect(mia.field).to_have_count(0)
    expect(ben.at("customer-panel").locator(".addr").first).to_contain_text("blocked")
    assert is_blocked()

    mia.toasts.get_by_role("button", name="Undo").last.click()
    expect(panel.get_by_test_id("block")).to_contain_text("Block on")
    expect(mia.field).to_be_visible()
    expect(ben.at("customer-panel").locator(".addr").first).not_to_contain_text("blocked")
    assert not is_blocked()


def test_the_customer_sees_that_an_answer_is_being_written(office: Office) -> None:
    """Told once while one writes, and anew after the answer went; a note is nobody's business."""
    pia = office.customer("Pia Waiting", "Hello?")
    phone, mia = office.phone(pia), office.desk("mia").open(pia)
    told: list[str] = []
    mia.page.on("request", lambda request: told.append(request.url) if "/typing" in request.url else None)

    mia.at("mode-note").click()
    mia.field.press_sequentially("only for us")
    mia.at("mode-reply").click()
    mia.field.press_sequentially("Good morning")
    expect(phone.get_by_text("typing…")).to_be_visible()
    assert len(told) == 1

    mia.field.press("Enter")
    expect(phone.locator("[data-wamid]", has_text="Good morning")).to_be_visible()
    mia.field.press_sequentially("How can I help?")
    expect(phone.get_by_text("typing…")).to_be_visible()
    assert len(told) == 2
