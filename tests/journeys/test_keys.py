"""Everything by keys: the palette, other keys for a command, a whole shift without a mouse."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Desk, Gate, Office

#: What is typed into the palette → the name of the command that must be on top.
TWENTY = {
    "reply": "Reply",
    "note": "Note",
    "assign…": "Assign…",
    "assign to me": "Assign to me",
    "labels": "Labels…",
    "prio": "Priority…",
    "snooze": "Snooze…",
    "close": "Close",
    "close and": "Close and open the next",
    "mark un": "Mark unread",
    "templ": "Send a template",
    "customer p": "Customer panel",
    "search": "Search",
    "keyb": "Keyboard shortcuts",
    "undo": "Undo the last change",
    "go to mine": "Go to Mine",
    "gtunas": "Go to Unassigned",
    "go all": "Go to All",
    "ment": "Go to Mentions",
    "next pane": "Next pane",
}


def palette(desk: Desk, text: str) -> None:
    desk.press("Control+k")
    expect(desk.page.get_by_role("combobox", name="Commands")).to_be_focused()
    desk.page.keyboard.type(text)


def leave(desk: Desk) -> None:
    desk.press("Escape")
    expect(desk.page.locator(".popover")).to_have_count(0)


def test_twenty_commands_are_found_by_a_few_letters_with_their_keys(office: Office) -> None:
    """A64: fuzzy, what concerns the conversation first, recent ones on top, people and labels inside."""
    pia = office.customer("Pia Palette", "Hello")
    mia = office.desk("mia").open(pia)
    top = mia.page.get_by_role("option").first

    mia.press("Control+k")
    expect(top).to_contain_text("Reply")
    leave(mia)
    for typed, name in TWENTY.items():
        palette(mia, typed)
        expect(top.locator(".option-label")).to_have_text(name)
        leave(mia)

    palette(mia, "assign to me")
    expect(top.locator("kbd")).to_have_text("I")
    mia.press("Enter")
    expect(mia.at("assign")).to_contain_text("You")
    palette(mia, "assign to ben")
    mia.press("Enter")
    expect(mia.at("assign")).to_contain_text("Ben Adeyemi")
    palette(mia, "priority: high")
    mia.press("Enter")
    expect(mia.page.locator(".thread-head .tag.warm")).to_have_text("High")
    mia.press("Control+k")
    expect(mia.page.get_by_role("option").filter(has_text="recent").first).to_contain_text("Assign to me")


def test_search_is_left_to_where_one_was_and_arrow_up_opens_the_last_messages_menu(office: Office) -> None:
    """In a field with words the arrow only moves the caret."""
    ute = office.customer("Ute Up", "First words")
    mia = office.desk("mia").open(ute)
    menu = mia.page.get_by_role("listbox", name="Message menu")

    mia.field.focus()
    mia.press("ArrowUp")
    expect(menu).to_be_visible()
    mia.press("Escape")
    expect(mia.bubble("First words").locator("xpath=ancestor-or-self::article")).to_be_focused()

    mia.press("/")
    expect(mia.at("search")).to_be_focused()
    mia.press("Escape")
    expect(mia.bubble("First words").locator("xpath=ancestor-or-self::article")).to_be_focused()

    mia.field.fill("Words of mine")
    mia.press("ArrowUp")
    expect(mia.field).to_be_focused()
    expect(menu).to_have_count(0)


def change(desk: Desk, command: str) -> None:
    """Ask for the next keys to become a command's."""
    desk.at(f"remap-{command}").click()
    expect(desk.at("catch")).to_be_focused()


def test_other_keys_work_for_a_command_and_a_clash_is_told(office: Office) -> None:
    """A66: kept over a reload; taken away; as before again."""
    kim = office.customer("Kim Keys", "Hello")
    mia = office.desk("mia").open(kim)
    said = mia.at("remap-said")

    mia.press("?")
    change(mia, "assign-me")
    mia.press("r")
    expect(said).to_contain_text("R is taken by “Reply”. Nothing was changed.")
    change(mia, "assign-me")
    mia.press("g")
    mia.press("m")
    expect(said).to_contain_text("G then M is taken by “Go to Mine”")
    change(mia, "assign-me")
    mia.press("y")
    expect(said).to_contain_text("“Assign to me” now has Y.")
    change(mia, "close")
    mia.press("Delete")
    expect(said).to_contain_text("has no keys any more")
    mia.press("Escape")

    mia.page.reload()
    mia.shows(kim)
    mia.press("e")
    mia.press("i")
    mia.press("y")
    expect(mia.at("assign")).to_contain_text("You")
    assert office.thread(kim)["status"] == "open"

    mia.press("?")
    for _ in range(2):
        mia.page.get_by_role("button", name="As before").first.click()
    expect(mia.page.get_by_role("button", name="As before")).to_have_count(0)
    mia.press("Escape")
    mia.press("e")
    wait_for(lambda: office.thread(kim)["status"] == "closed", PATIENCE_S)


#: Of the sheet of all keys: each row's words and keys, by the title over it.
SHEET = """() => [...document.querySelectorAll(".help dl > div")].map(row => [
    row.closest("section").querySelector("h3").innerText, row.querySelector("dt").innerText,
    [...row.querySelectorAll("kbd")].map(key => key.innerText)])"""


def test_no_key_is_promised_to_two_commands(office: Office) -> None:
    """The second one would never hear it. Messages and the composer have the focus, so theirs come first."""
    kay = office.customer("Kay Twice", "Hello")
    mia = office.desk("mia").open(kay)
    expect(mia.at("call")).to_be_visible()

    def names_calls() -> bool:  # they come with a module of their own
        mia.press("?")
        expect(mia.page.locator(".help")).to_be_visible()
        if "Call the customer…" in mia.page.locator(".help").inner_text():
            return True
        mia.press("Escape")
        expect(mia.page.locator(".help")).to_have_count(0)
        return False

    wait_for(names_calls, PATIENCE_S)

    rows = [row for row in mia.page.evaluate(SHEET) if row[0] not in ("Messages", "Composer")]

    owners: dict[str, list[str]] = {}
    for _, words, keys in rows:
        for key in keys:
            owners.setdefault(key, []).append(words)
    assert len(owners) > 20
    assert {key: words for key, words in owners.items() if len(words) > 1} == {}


#: Two keys as fast as a page can hear them, the second with nothing drawn in between; who has the focus.
TWO_KEYS = """async ([first, second]) => {
    const press = (key) => document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
    press(first);
    for (let n = 0; n < 10; n += 1) await null;
    press(second);
    await new Promise((done) => { setTimeout(done, 300); });
    return document.activeElement.tagName;
}"""


def test_a_key_right_after_a_menu_keeps_the_focus_where_it_puts_it(office: Office) -> None:
    """A65: else what one types next would be taken for shortcuts."""
    quentin = office.customer("Quentin Quick", "Hello")
    mia = office.desk("mia").open(quentin)
    mia.row(quentin).focus()
    mia.press("p")
    expect(mia.page.get_by_role("combobox", name="Priority")).to_be_focused()

    assert mia.page.evaluate(TWO_KEYS, ["Enter", "r"]) == "TEXTAREA"
    mia.page.keyboard.type("Dear")
    expect(mia.field).to_have_value("Dear")


def test_keys_that_are_faster_than_a_menu_wait_for_it(office: Office) -> None:
    """A63: the first menu is still on its way when the choice is typed; the second one, and the field of a
    note, are there by the next key."""
    quick = office.customer("Quick Typist", "Who has this?")
    mia = office.desk("mia")
    gate = Gate(mia.page, "**/ui/pickers.js*")
    mia.open(quick).timeline.focus()
    for key in ("a", *"ben", "Enter"):
        mia.press(key)
    gate.wait()
    expect(mia.at("assign")).not_to_contain_text("Ben")
    gate.open()
    expect(mia.at("assign")).to_contain_text("Ben")
    wait_for(lambda: office.thread(quick)["assignee_id"], PATIENCE_S)
    assert office.thread(quick)["status"] == "open", "no letter did what it does outside a menu"
    expect(mia.page.locator(".popover")).to_have_count(0)

    for key in ("n", *"ee!", "Enter", "Escape", "h", "Enter"):
        mia.press(key)
    wait_for(lambda: office.thread(quick)["status"] == "snoozed", PATIENCE_S)
    expect(mia.open(quick).at("note")).to_contain_text("ee!")


def test_a_shift_without_a_mouse(office: Office) -> None:
    """A63: find, read, take, ask a colleague, label, answer, quote, snooze, close, reopen, write off."""
    rita, sam = office.customer("Rita Shift", "I lost my card"), office.customer("Sam Shift", "Thanks!")
    hand = office.hand("mia")
    label = f"shift {rita.phone}"
    for one in (sam, rita):
        hand("PUT", f"threads/{one.thread}/labels", {"labels": [label]})
    mia = office.desk("mia").go(label=label, status="open")
    keys, page = mia.page.keyboard, mia.page
    expect(mia.rows).to_have_count(2)
    names = page.locator("[data-testid^=thread-row-] .who").all_inner_texts()

    mia.press("j")
    expect(page.locator("[data-testid^=thread-row-]:focus")).to_have_count(1)
    if names[0] != rita.name:
        mia.press("j")
    expect(mia.row(rita)).to_be_focused()
    mia.press("Enter")
    mia.shows(rita)
    mia.press("i")
    expect(mia.at("assign")).to_contain_text("You")
    mia.press("n")
    expect(mia.field).to_be_focused()
    keys.type("Seen before? @be")
    expect(mia.at("suggestions")).to_be_visible()
    mia.press("Enter")
    mia.press("Enter")
    expect(mia.at("note")).to_contain_text("@Ben Adeyemi")
    mia.press("Escape")
    mia.press("l")
    expect(page.get_by_role("combobox", name="Labels")).to_be_focused()
    keys.type(f"lost {rita.phone}")
    mia.press("Enter")
    mia.press("Escape")
    expect(page.locator(".popover")).to_have_count(0)  # the focus is back where it was
    mia.press("p")
    expect(page.get_by_role("combobox", name="Priority")).to_be_focused()
    keys.type("high")
    mia.press("Enter")
    expect(page.locator(".popover")).to_have_count(0)
    expect(page.locator(".thread-head .tag")).to_have_text("High")

    mia.press("r")
    expect(mia.field).to_be_focused()
    mia.field.press("Shift+Tab")
    page.locator("[data-testid=message]:focus, [data-testid=note]:focus").wait_for()
    mia.press("ArrowUp")
    mia.press("q")
    expect(mia.at("quote-bar")).to_contain_text("I lost my card")
    expect(mia.field).to_be_focused()
    keys.type("It is blocked now.")
    expect(mia.field).to_have_value("It is blocked now.")
    mia.press("Control+Enter")
    expect(mia.bubble("It is blocked now.")).to_be_visible()
    wait_for(lambda: office.got(rita) == ["It is blocked now."], PATIENCE_S)
    mia.press("Escape")
    mia.press("e")
    wait_for(lambda: office.thread(rita)["status"] == "closed", PATIENCE_S)
    mia.shows(sam)

    mia.press("z")
    mia.shows(rita)
    wait_for(lambda: office.thread(rita)["status"] == "open", PATIENCE_S)
    mia.press("h")
    mia.press("Enter")
    wait_for(lambda: office.thread(rita)["status"] == "snoozed", PATIENCE_S)
    mia.press("/")
    expect(mia.at("search")).to_be_focused()
    keys.type(f"+{sam.phone}")
    expect(mia.at("found-people")).to_have_count(1)
    mia.press("Enter")
    mia.shows(sam)
    mia.press("u")
    wait_for(lambda: hand("GET", f"threads/{sam.thread}")["read_count"] == 0, PATIENCE_S)
    mia.press("g")
    mia.press("s")
    expect(mia.row(rita)).to_be_visible()
    told = office.thread(rita)
    assert (told["priority"], f"lost {rita.phone}" in told["labels"]) == ("high", True)
