"""The inbox page in every state; each function brings one about."""

from __future__ import annotations

from collections.abc import Callable

from tests.shots.studio import Demo, Window

#: Customers whom the extremes are shown with.
LONG, EMOJI, RIGHT_TO_LEFT = "15550090001", "15550090002", "15550090003"
LONGEST_NAME = "Wolfeschlegelsteinhausenbergerdorff the Elder of the House of Very Long Names"
LONGEST_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 8


def prepare(demo: Demo) -> None:
    """Customers who write what is hard to show."""
    demo.says(
        LONG, "Wolfeschlegelsteinhausenbergerdorff the Elder of the House of Very Long Names", LONGEST_WORD
    )
    demo.says(LONG, "", "A line\n\nand another after an empty one, and <b>no bold</b> & no &amp;amp; either.")
    demo.says(EMOJI, "Émilie 🌻", "🎉" * 240)
    demo.says(RIGHT_TO_LEFT, "مريم الحسيني", "مرحبا، أين بطاقتي الجديدة؟ رقم الطلب AB-1200 منذ 12/10.")


def the_list(window: Window) -> None:
    window.inbox()


def a_view_with_nothing(window: Window) -> None:
    window.inbox(view="snoozed")


def nothing_matches(window: Window) -> None:
    window.inbox(label="no-such-label")


def the_list_loads(window: Window) -> None:
    window.inbox()
    with window.answering("**/api/v1/threads?*", None):
        window.page.get_by_test_id("view-closed").dispatch_event("click")
        window.page.wait_for_timeout(300)
        window.keep("inbox-list-loading")


def the_list_fails(window: Window) -> None:
    window.inbox()
    with window.answering("**/api/v1/threads?*", 500):
        window.page.get_by_test_id("view-closed").dispatch_event("click")
        window.page.get_by_test_id("list-error").wait_for()
        window.keep("inbox-list-error")


def conversation(window: Window) -> None:
    window.conversation("Amara")


def a_conversation_loads(window: Window) -> None:
    window.inbox()
    with window.answering("**/timeline*", None):
        window.page.locator("[data-testid^=thread-row-]").nth(3).dispatch_event("click")
        window.page.get_by_test_id("timeline-loading").wait_for()
        window.keep("inbox-conversation-loading")


def a_conversation_fails(window: Window) -> None:
    window.inbox()
    with window.answering("**/timeline*", 500):
        window.page.locator("[data-testid^=thread-row-]").nth(4).dispatch_event("click")
        window.page.get_by_test_id("timeline-error").wait_for()
        window.keep("inbox-conversation-error")


def offline(window: Window) -> None:
    page = window.conversation("Amara")
    page.locator("[data-testid=composer] textarea").fill("Written without a network")
    page.context.set_offline(True)
    page.locator("[data-testid=composer] textarea").press("Enter")
    page.locator("[data-testid=line][data-state=lost]").wait_for(state="attached")
    window.keep("inbox-offline")
    page.context.set_offline(False)


def long_words(window: Window) -> None:
    window.conversation("Wolfeschlegel")


def emoji_only(window: Window) -> None:
    window.conversation("Émilie")


def right_to_left_words(window: Window) -> None:
    window.conversation("مريم")


def note(window: Window) -> None:
    page = window.conversation("Amara")
    page.keyboard.press("n")
    page.locator("[data-testid=composer] textarea").fill("Her husband called too, see yesterday.")


def commands(window: Window) -> None:
    page = window.conversation("Amara")
    page.keyboard.press("Control+k")
    page.wait_for_timeout(300)


def keys(window: Window) -> None:
    page = window.inbox()
    page.keyboard.press("?")
    page.wait_for_timeout(300)


def found(window: Window) -> None:
    page = window.inbox()
    page.keyboard.press("/")
    page.keyboard.type("card", delay=20)
    page.wait_for_timeout(600)
    window.settle()


def templates(window: Window) -> None:
    page = window.conversation("Amara")
    page.keyboard.press("t")
    page.get_by_test_id("template-picker").wait_for()
    window.settle()


def chosen(window: Window) -> None:
    page = window.inbox()
    rows = page.locator("[data-testid^=thread-row-]")
    for n in (0, 2, 3):
        rows.nth(n).focus()
        page.keyboard.press("x")
    page.get_by_test_id("bulk").wait_for()


def snoozing(window: Window) -> None:
    window.conversation("Amara").keyboard.press("h")
    window.page.wait_for_timeout(300)


def labelling(window: Window) -> None:
    window.conversation("Amara").keyboard.press("l")
    window.page.wait_for_timeout(300)


def emoji_picker(window: Window) -> None:
    window.conversation("Amara").get_by_test_id("pick-emoji").click()
    window.page.get_by_test_id("emoji").wait_for()


def preferences(window: Window) -> None:
    window.inbox().get_by_test_id("me").click()
    window.page.wait_for_timeout(300)


def alerts(window: Window) -> None:
    window.inbox().get_by_test_id("bell").click()
    window.page.wait_for_timeout(300)


#: The name of each picture. A function that takes its own inside gives no name here.
STATES: dict[str, Callable[[Window], None]] = {
    "inbox-list": the_list,
    "inbox-empty-view": a_view_with_nothing,
    "inbox-nothing-matches": nothing_matches,
    "inbox-conversation": conversation,
    "inbox-long-words": long_words,
    "inbox-emoji-only": emoji_only,
    "inbox-right-to-left-words": right_to_left_words,
    "inbox-note": note,
    "inbox-commands": commands,
    "inbox-keys": keys,
    "inbox-search": found,
    "inbox-templates": templates,
    "inbox-chosen": chosen,
    "inbox-snooze": snoozing,
    "inbox-labels": labelling,
    "inbox-emoji": emoji_picker,
    "inbox-preferences": preferences,
    "inbox-alerts": alerts,
}
PASSING: tuple[Callable[[Window], None], ...] = (
    the_list_loads, the_list_fails, a_conversation_loads, a_conversation_fails, offline,
)  # fmt: skip
