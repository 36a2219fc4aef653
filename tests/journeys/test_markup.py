"""Light markup means the same in a bubble of the inbox as on the customer's phone."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, expect

from tests.far_end import wait_for
from tests.journeys.office import PATIENCE_S, Office

CASES = (
    "*bold*",
    "_italic_",
    "~strike~",
    "`code`",
    "```block\nof code```",
    "plain",
    "a *bold* word",
    "a _slanted_ word",
    "*two words*",
    "*_both_*",
    "_*both*_",
    "~*struck and bold*~",
    "*bold* and *bold*",
    "2*3*4",
    "snake_case_name",
    "* not bold *",
    "*not bold",
    "not bold*",
    "_ not _",
    "**",
    "a*b",
    "(*in brackets*)",
    "*bold*, then",
    "*bold*!",
    "`*no bold in code*`",
    "*über*",
    "_жирный_",
    "*1 000 €*",
    "*one*\n*two*",
    "- *first*\n- _second_",
)

#: A bubble's text as pairs of a text and the marks around it.
SHAPE = """box => {
    const names = {B: "bold", STRONG: "bold", I: "italic", EM: "italic", S: "strike",
        CODE: "code", PRE: "code"};
    const runs = [];
    const walk = (node, marks) => {
        if (node.nodeType === 3) {
            const key = [...new Set(marks)].sort().join("+"), last = runs.at(-1);
            if (last && last[1] === key) last[0] += node.data;
            else if (node.data) runs.push([node.data, key]);
        } else for (const child of node.childNodes) {
            const name = names[child.nodeName];
            walk(child, name ? [...marks, name] : marks);
        }
    };
    walk(box, []);
    return runs.map(([text, key]) => [text.trim(), key]).filter(([text]) => text);
}"""


def shape(box: Locator) -> Any:
    return box.evaluate(SHAPE)


def test_thirty_texts_look_the_same_in_the_inbox_and_on_the_phone(office: Office) -> None:
    """A37."""
    mark = office.customer("Mark Up", "Hello")
    mia = office.desk("mia")
    hand = office.hand("mia")
    for n, text in enumerate(CASES):
        hand("POST", f"threads/{mark.thread}/messages", {"text": text, "client_ref": f"m{n}"})
    wait_for(lambda: len(office.got(mark)) == len(CASES), PATIENCE_S)
    mia.open(mark)
    ours = mia.page.locator("[data-testid=message][data-direction=outbound] .bubble .text")
    expect(ours).to_have_count(len(CASES))
    phone = office.phone(mark)
    theirs = phone.locator(".bubble .text")
    expect(theirs).to_have_count(len(CASES) + 1)  # the customer's own "Hello" is the first

    different = {
        text: (shape(ours.nth(n)), shape(theirs.nth(n + 1)))
        for n, text in enumerate(CASES)
        if shape(ours.nth(n)) != shape(theirs.nth(n + 1))
    }
    assert different == {}
