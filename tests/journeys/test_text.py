"""Text of customers is only text: links where there are any, and nothing else."""

from __future__ import annotations

import itertools

from playwright.sync_api import Dialog, expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Office


def test_addresses_numbers_and_mails_become_links_and_nothing_else(office: Office) -> None:
    """A33."""
    words = (
        "Call +49 30 901820 or 0044 20 7946 0123, write to help@bank.example or see "
        "https://bank.example/a?b=1&c=%20d. My order is 4711-0815, sold at 12.30 by b@d and me."
    )
    lia = office.customer("Lia Links", words)
    mia = office.desk("mia").open(lia)

    links = mia.bubble("My order is").locator(".text a")
    expect(links).to_have_count(4)
    assert links.evaluate_all("all => all.map(one => one.getAttribute('href'))") == [
        "tel:+4930901820",
        "tel:+442079460123",
        "mailto:help@bank.example",
        "https://bank.example/a?b=1&c=%20d",
    ]
    assert mia.bubble("My order is").locator(".text").inner_text() == words
    assert set(links.evaluate_all("all => all.map(one => one.rel)")) == {"noopener noreferrer nofollow"}


WAYS = (
    "<script>{}</script>",
    "<img src=x onerror={}>",
    '<img src="x" onerror="{}">',
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<iframe srcdoc='<script>{}</script>'></iframe>",
    '<a href="javascript:{}">click</a>',
    "javascript:{}",
    'https://example.org/"onmouseover={}',
    "https://example.org/'><script>{}</script>",
    "www.example.org/<img src=x onerror={}>",
    "<body onload={}>",
    "<details open ontoggle={}>",
    "<input autofocus onfocus={}>",
    "</textarea><script>{}</script>",
    "</script><script>{}</script>",
    "<!--<img src=--><img src=x onerror={}>",
    '<math><mi xlink:href="data:x,<script>{}</script>">',
    "*<b onclick={}>bold</b>*",
    "`<img src=x onerror={}>`",
)
DEEDS = (
    "alert(1)",
    "window.ran=1",
    "top.ran=1",
    "fetch('//evil.example')",
    "document.title='ran'",
    "eval('window.ran=1')",
    "import('data:text/javascript,window.ran=1')",
    "${{window.ran=1}}",
    "{{{{window.ran=1}}}}",
    "&#119;indow.ran=1",
)
CORPUS = [way.format(deed) for way, deed in itertools.product(WAYS, DEEDS)]


def test_two_hundred_hostile_strings_are_only_text(office: Office) -> None:
    """A33: in messages, in a name, in a note, a label and a file's name; nothing runs, nothing asks."""
    assert len(CORPUS) == 200
    eve = office.customer("<img src=x onerror=window.ran=1>", "Look at these")
    office.stack.far_end.write_all(eve.account, [{"from": eve.phone, "text": one} for one in CORPUS])
    hand = office.hand("mia")
    wait_for(lambda: office.thread(eve)["inbound_count"] == 201, PATIENCE_S)
    hand("POST", f"threads/{eve.thread}/notes", {"text": CORPUS[0], "client_ref": "n", "mentions": []})
    hand("PUT", f"threads/{eve.thread}/labels", {"labels": ["<svg onload=window.ran=1>"]})
    asked: list[str] = []

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    mia = office.desk("mia")
    mia.page.on("dialog", refuse)
    mia.page.add_init_script(
        "addEventListener('securitypolicyviolation', event => (window.blocked ||= []).push(event.blockedURI))"
    )
    mia.open(eve)

    expect(mia.messages).to_have_count(201)
    shown = mia.messages.locator(".text").evaluate_all("all => all.map(one => one.textContent)")
    signs = str.maketrans("", "", "*_~`")
    assert [one.translate(signs) for one in shown[1:]] == [one.translate(signs) for one in CORPUS]
    assert mia.timeline.locator("script, iframe, svg:not(.ico), object, embed, details, input").count() == 0
    links = mia.timeline.locator("a").evaluate_all("all => all.map(one => [one.protocol, one.rel])")
    assert {protocol for protocol, _ in links} <= {"https:", "http:", "mailto:", "tel:"}
    assert all("noopener" in rel for _, rel in links)
    expect(mia.page.locator("main h2")).to_have_text("<img src=x onerror=window.ran=1>")
    expect(mia.at("customer-panel")).to_contain_text("<svg onload=window.ran=1>")
    handlers = (
        "all => all.flatMap(one => [...one.attributes]).filter(one => one.name.startsWith('on')).length"
    )
    assert mia.page.locator("body *").evaluate_all(handlers) == 0
    for message in mia.messages.all()[-3:]:
        message.hover()
    assert mia.page.evaluate("[window.ran, window.blocked]") == [None, None]
    assert not asked
