"""Writing: what Enter sends, what never leaves, what is kept, and what the channel allows."""

from __future__ import annotations

import io
import random
import re
import time
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import FilePayload, expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Customer, Desk, Gate, Office

DICE = random.Random(20)
_HERE = Path(__file__).parent
SWITCH_MODES, SWITCH_DRAFTS = ((_HERE / name).read_text() for name in ("switch_modes.js", "switch_drafts.js"))


def picture() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, "JPEG")
    return out.getvalue()


def jpeg(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def wait_until_got(office: Office, customer: Customer, words: list[str]) -> None:
    wait_for(lambda: len(office.got(customer)) >= len(words), PATIENCE_S)
    assert office.got(customer) == words


# ---------------------------------------------------------------- sending


def test_five_quick_messages_to_a_slow_server_with_a_reload_in_between_arrive_once_and_in_order(
    office: Office,
) -> None:
    """A20: shown at once; the first answer is lost with the page, its message is not sent again."""
    office.eyes.forgive("409 (Conflict)")  # asked again while the first call is still at work
    paul = office.customer("Paul Bergman", "What must I do?")
    mia = office.desk("mia").open(paul)
    gate = Gate(mia.page, "**/threads/*/messages", "POST")
    steps = [f"Step {n}" for n in range(1, 6)]

    for step in steps[:4]:
        mia.field.fill(step)
        mia.press("Enter")
        mia.press("Enter")
    expect(mia.messages.filter(has_text="Step")).to_have_count(4)
    gate.wait()
    gate.waiting.pop().fetch()
    gate.leave()
    mia.page.reload()
    mia.send(steps[4])

    wait_until_got(office, paul, steps)
    expect(mia.messages.filter(has_text="Step")).to_have_count(5)
    shown = mia.messages.filter(has_text="Step").locator(".text").all_inner_texts()
    assert shown == steps
    mia.is_live()
    assert office.got(paul) == steps


def test_composing_a_word_never_sends_and_the_enter_preference_holds(office: Office) -> None:
    """A35: the keys of an input method are its own; Shift+Enter breaks a line; undo works."""
    yui = office.customer("Yui Tanaka", "こんにちは")
    mia = office.desk("mia").open(yui)
    keys = mia.page.context.new_cdp_session(mia.page)
    mia.field.click()

    keys.send("Input.imeSetComposition", {"text": "へんかん", "selectionStart": 4, "selectionEnd": 4})
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    for kind in ("rawKeyDown", "keyUp"):
        keys.send("Input.dispatchKeyEvent", {"type": kind, **enter})
    keys.send("Input.insertText", {"text": "変換"})
    expect(mia.field).to_have_value("変換")
    assert mia.messages.filter(has_text="変換").count() == 0

    mia.press("Shift+Enter")
    mia.page.keyboard.type("two")
    expect(mia.field).to_have_value("変換\ntwo")
    mia.press("Control+a")
    mia.press("Control+b")
    expect(mia.field).to_have_value("*変換\ntwo*")
    mia.press("Control+z")
    expect(mia.field).to_have_value("変換\ntwo")

    mia.at("me").click()
    mia.page.get_by_role("radio", name="New line").click()
    mia.press("Escape")
    mia.field.click()
    mia.press("Control+End")
    mia.press("Enter")
    expect(mia.field).to_have_value("変換\ntwo\n")
    assert mia.messages.filter(has_text="two").count() == 0
    mia.press("Control+Enter")
    wait_until_got(office, yui, ["変換\ntwo"])


def test_letters_of_other_layouts_are_typed_and_no_shortcut_fires(office: Office) -> None:
    """A65: also with AltGr, which many layouts need; and the help sheet lists every command."""
    ewa = office.customer("Ewa Zielińska", "Dzień dobry")
    mia = office.desk("mia").open(ewa)
    keys = mia.page.context.new_cdp_session(mia.page)
    before = mia.page.url
    mia.field.click()

    typed = {
        "ą": "A",
        "ć": "C",
        "ę": "E",
        "ł": "L",
        "ń": "N",
        "ó": "O",
        "ś": "S",
        "ź": "X",
        "ż": "Z",
        "€": "U",
    }
    for letter, key in {**typed, "@": "Q"}.items():
        event = {"key": letter, "code": f"Key{key}", "windowsVirtualKeyCode": ord(key), "modifiers": 1}
        keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": letter, **event})
        keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
        mia.page.keyboard.insert_text(" ")
    expect(mia.field).to_have_value("ą ć ę ł ń ó ś ź ż € @ ")
    mia.page.keyboard.type("e l u n a x ? / . #")
    expect(mia.field).to_have_value("ą ć ę ł ń ó ś ź ż € @ e l u n a x ? / . #")
    assert mia.page.url == before
    assert mia.page.locator("[popover], dialog[open]").count() == 0
    assert office.thread(ewa)["status"] == "open"

    mia.press("Escape")
    mia.press("?")
    sheet = mia.page.locator("dialog[open]")
    for words in ("All commands", "Snooze", "Quote", "Bold", "Next conversation", "Go to Mentions"):
        expect(sheet.get_by_text(words).first).to_be_attached()


def test_notes_look_like_notes_and_never_leave(office: Office) -> None:
    """A26: a thousand random switches between the two modes; the phone gets the replies alone."""
    lena = office.customer("Lena Vogt", "My card is blocked")
    mia = office.desk("mia").open(lena)
    said: dict[str, list[str]] = {"reply": [], "note": []}
    for turn in range(20):
        modes = DICE.choices(("reply", "note"), k=50)
        assert mia.page.evaluate(SWITCH_MODES, modes) == []
        expect(mia.at("send")).to_contain_text("Add note" if modes[-1] == "note" else "Send")
        words = f"{modes[-1]} number {turn}"
        mia.send(words)
        said[modes[-1]].append(words)
    assert all(said.values())

    notes = mia.at("note")
    expect(notes).to_have_count(len(said["note"]))
    expect(notes.first.locator("use[href$='i-lock']")).to_be_attached()
    expect(notes.first).to_contain_text("only your team sees this")
    tint, plain = (
        one.evaluate("element => getComputedStyle(element).backgroundColor")
        for one in (notes.first, mia.messages.locator(".bubble").first)
    )
    assert tint != plain
    wait_until_got(office, lena, said["reply"])
    for message in mia.messages.filter(has_text="note number").all():
        raise AssertionError(f"a note became a message: {message.inner_text()}")


# ---------------------------------------------------------------- drafts


def test_drafts_stay_with_their_conversation_and_mode_through_reload_and_in_another_browser(
    office: Office,
) -> None:
    """A34: texts, quotes and files in twenty conversations by random switching; none shows up elsewhere."""
    people = office.customers(f"Draft {n}" for n in range(20))
    label = f"drafts {people[0].phone}"
    hand = office.hand("mia")
    change = {"label": {"add": [label], "remove": []}}
    hand("POST", "bulk_changes", {"thread_ids": [one.thread for one in people], "change": change})
    mia = office.desk("mia", viewport={"width": 1440, "height": 1800}).go(label=label)
    expect(mia.rows).to_have_count(20)
    drafts = Drafts([one.thread for one in people])

    drafts.write(mia, 80)
    drafts.look(mia)
    mia.page.reload()
    mia.is_live()
    drafts.look(mia)
    wait_for(lambda: drafts.are_kept(hand("GET", "bootstrap")["drafts"]), PATIENCE_S)
    drafts.look(office.desk("mia", viewport={"width": 1440, "height": 1800}).go(label=label))


class Drafts:
    """What should stand in each conversation's two drafts: {text, quote, files}."""

    def __init__(self, threads: list[str]) -> None:
        empty = {"text": "", "quote": False, "files": []}
        self.known: dict[tuple[str, str], dict[str, Any]] = {
            (thread, mode): empty for thread in threads for mode in ("reply", "note")
        }

    def write(self, desk: Desk, turns: int) -> None:
        """Change one after the other; each must be as it was left."""
        steps, expected = [], []
        for turn in range(turns):
            place = DICE.choice(list(self.known))
            before = self.known[place]
            expected.append(before)
            is_reply, has_file = place[1] == "reply", turn % 5 == 0
            write = {
                "text": "" if DICE.random() < 0.2 else f"{place[1]} {turn} of {place[0]}",
                "quote": is_reply and DICE.random() < 0.3,
                "file": {"name": f"{turn}.jpg", "bytes": list(picture())} if is_reply and has_file else None,
            }
            steps.append({"thread": place[0], "mode": place[1], "write": write})
            files = [*before["files"], *([f"{turn}.jpg"] if write["file"] else [])]
            quote = before["quote"] or write["quote"]
            self.known[place] = {"text": write["text"], "quote": quote, "files": files}
        assert desk.page.evaluate(SWITCH_DRAFTS, steps) == expected
        expect(desk.page.locator("[data-testid=file-chip][data-state=uploading]")).to_have_count(0)

    def look(self, desk: Desk) -> None:
        """Each of them once, in any order."""
        places = DICE.sample(list(self.known), len(self.known))
        steps = [{"thread": thread, "mode": mode, "write": None} for thread, mode in places]
        assert desk.page.evaluate(SWITCH_DRAFTS, steps) == [self.known[place] for place in places]

    def are_kept(self, rows: list[dict[str, Any]]) -> bool:
        """Whether the server has them all."""
        found = {(one["thread_id"], one["mode"]): _summary(one) for one in rows}
        empty = {"text": "", "quote": False, "files": []}
        return all(found.get(place, empty) == one for place, one in self.known.items())


def _summary(draft: dict[str, Any]) -> dict[str, Any]:
    files = [one["filename"] for one in draft["attachments"]]
    return {"text": draft["text"], "quote": bool(draft["reply_to"]), "files": files}


# ---------------------------------------------------------------- files


def test_of_five_files_one_is_refused_before_upload_one_is_cancelled_and_three_arrive(office: Office) -> None:
    """A38: by button, paste and drop; the refusal names the limit; one fails and is uploaded again."""
    olga = office.customer("Olga Petrova", "Please send the papers")
    mia = office.desk("mia").open(olga)
    uploads: list[str] = []
    mia.page.on("request", lambda one: uploads.append(one.url) if one.url.endswith("/attachments") else None)
    huge = picture() + bytes(5 * 1024 * 1024)
    mia.at("attach-input").set_input_files(jpeg("scan.jpg", huge))
    expect(mia.toasts).to_contain_text("scan.jpg is")
    expect(mia.toasts).to_contain_text("5 MB")
    program: FilePayload = {"name": "setup.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}
    mia.at("attach-input").set_input_files(program)
    # More kinds than fit, PDF among them: "only" these would be untrue
    expect(mia.toasts.filter(has_text=re.compile("takes no such files, only JPEG, .*, …"))).to_be_visible()
    expect(mia.at("file-chip")).to_have_count(0)
    assert not uploads

    mia.at("attach-input").set_input_files(jpeg("one.jpg", picture()))
    expect(mia.page.locator("[data-testid=file-chip][data-state=ready]")).to_have_count(1)
    gate = Gate(mia.page, UPLOADS, "POST")
    mia.at("attach-input").set_input_files(jpeg("wrong.jpg", picture()))
    gate.wait()
    mia.page.get_by_role("button", name="Cancel upload of wrong.jpg").click()
    expect(mia.at("file-chip")).to_have_count(1)
    gate.leave()

    office.eyes.forgive("503 (Service Unavailable)")
    mia.page.route(UPLOADS, lambda route: route.fulfill(status=503, json={"title": "Busy."}), times=1)
    mia.page.evaluate(DELIVER, ["drop", "two.jpg", list(picture())])
    broken = mia.page.locator("[data-testid=file-chip][data-state=failed]")
    expect(broken).to_contain_text("Busy.")
    broken.get_by_role("button", name="Upload again").click()
    expect(mia.page.locator("[data-testid=file-chip][data-state=ready]")).to_have_count(2)

    mia.page.evaluate(DELIVER, ["paste", "three.jpg", list(picture())])
    expect(mia.page.locator("[data-testid=file-chip][data-state=ready]")).to_have_count(3)
    mia.field.fill("The three papers")
    mia.at("send").click()

    wait_for(lambda: len(office.stack.far_end.outbox(olga.phone)) >= 3, PATIENCE_S)
    arrived = office.stack.far_end.outbox(olga.phone)
    assert [one["kind"] for one in arrived] == ["image"] * 3
    assert [one["text"] for one in arrived] == ["The three papers", "", ""]
    expect(mia.at("file-chip")).to_have_count(0)


UPLOADS = "**/api/v1/attachments"
#: A file that is dropped on the messages or pasted into the field.
DELIVER = """([kind, name, bytes]) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], name, {type: "image/jpeg"}));
    const plain = {bubbles: true, cancelable: true};
    const dropped = kind === "drop";
    document.querySelector(dropped ? "[data-testid=timeline]" : "textarea").dispatchEvent(
        dropped ? new DragEvent("drop", {...plain, dataTransfer: data})
            : new ClipboardEvent("paste", {...plain, clipboardData: data}));
}"""


# ---------------------------------------------------------------- the reply window


def test_what_was_sent_in_one_window_stands_no_more_in_another(office: Office) -> None:
    """A34: else it would be sent from there once more."""
    dee = office.customer("Dee Draft", "Hello")
    here, there = office.desk("mia").open(dee), office.desk("mia").open(dee)

    here.field.fill("Said once")
    expect(there.field).to_have_value("Said once")
    here.field.press("Enter")

    expect(there.bubble("Said once")).to_be_visible()
    expect(there.field).to_have_value("")
    wait_for(lambda: office.got(dee) == ["Said once"], PATIENCE_S)


def test_after_the_reply_window_only_a_template_goes_until_the_customer_writes_again(office: Office) -> None:
    """A40: the chip counts the last hours; the server refuses too; a new message opens the composer live."""
    now = int(time.time())
    soon = office.customer("Soon Gone", "Still there?", at=now - 21 * 3600)
    gone = office.customer("Long Gone", "Anybody?", at=now - 26 * 3600)
    mia = office.desk("mia").open(soon)
    expect(mia.at("window-chip")).to_contain_text("to answer freely")
    expect(mia.page.locator("[data-testid=window-chip].soon")).to_be_visible()

    mia.switch(gone)
    expect(mia.at("window-chip")).to_contain_text("Reply window closed")
    expect(mia.at("template-picker")).to_contain_text("only an approved template")
    expect(mia.field).to_have_count(0)
    refused = office.stack.api(
        gone.slug,
        "POST",
        f"threads/{gone.thread}/messages",
        json={"text": "Hello?", "client_ref": "too-late"},
    )
    assert refused.json()["code"] == "window_closed"

    mia.at("template-hello_world").first.click()
    mia.at("send").click()
    sent = wait_for(lambda: office.stack.far_end.outbox(gone.phone), PATIENCE_S)
    assert [one["kind"] for one in sent] == ["template"]

    office.says(gone, text="Yes, I am here")
    expect(mia.field).to_be_visible()
    mia.send("Good to hear")
    wait_for(lambda: "Good to hear" in office.got(gone), PATIENCE_S)
