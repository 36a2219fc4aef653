"""What is wrong with a page: what axe finds in it, and where it is wider than its window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from playwright.sync_api import Page

Look = Callable[[Page], Iterable[str]]
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
#: The rules that look at colours and sizes. All others look at the elements alone: which there are, what they
#: say, and which of them are shown.
OF_THE_LOOK = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]
LOOK = """async (rules) => {
  const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  const places = (nodes) => nodes.map((node) => node.target.join(" ")).join(", ");
  return found.violations.map((one) => `${one.id}: ${places(one.nodes)}`);
}"""
#: The elements of a page and which of them are shown, in one text.
SHOWN = """() => document.documentElement.outerHTML + [...document.querySelectorAll("*")].map(
  (one) => Number(one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))).join("")"""
#: The elements of a page without their words.
BONES = """() => [...document.body.querySelectorAll("*")].map(
  (one) => `${one.tagName}.${one.getAttribute("class")}`).join(" ")"""
#: Each page takes these on at once: a width, a theme, and whether axe looks.
LOOKS: list[tuple[int, Literal["light", "dark"], bool]] = [
    (1440, "dark", True), (1024, "light", False), (390, "dark", False), (320, "light", True),
]  # fmt: skip


def faults(page: Page, rules: list[str] = RULES) -> list[str]:
    """What axe finds; our policy would refuse its script, so that is lifted for the look."""
    if not page.evaluate("Boolean(window.axe)"):
        devtools = page.context.new_cdp_session(page)
        devtools.send("Page.setBypassCSP", {"enabled": True})
        devtools.send("Runtime.evaluate", {"expression": AXE.read_text()})
    found: list[str] = page.evaluate(LOOK, rules)
    return [f"{page.url} {one}" for one in found]


def widths(page: Page) -> Iterator[str]:
    """Where it is wider than its window."""
    for width, theme, _ in LOOKS:
        take_on(page, width, theme)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            yield f"{page.url} is wider than {width} px"


def take_on(page: Page, width: int, theme: Literal["light", "dark"]) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)


class Axe:
    """Looks at a page in two looks, unless its elements are those of a page before."""

    def __init__(self) -> None:
        self.bones = set[str]()

    def __call__(self, page: Page) -> Iterator[str]:
        bones, known = page.evaluate(BONES), set[str]()
        if bones in self.bones:
            return
        self.bones.add(bones)
        for width, theme, is_deep in LOOKS:
            if is_deep:
                take_on(page, width, theme)
                shown = page.evaluate(SHOWN)
                rules = OF_THE_LOOK if shown in known else RULES
                known.add(shown)
                yield from (f"{width} px, {theme}: {one}" for one in faults(page, rules))


def walk(
    page: Page,
    url: str,
    paths: Iterable[str],
    *looks: Look,
    refused: Mapping[str, int] = MappingProxyType({}),
) -> Iterator[str]:
    """What is wrong with these pages, each looked at once, however many addresses lead to it.

    What leads out of the console and the account is looked at elsewhere. refused: path → the status of pages
    that are meant to say no.
    """
    seen = set[str]()
    for path in paths:
        answer = page.goto(f"{url}/{path}", wait_until="domcontentloaded")
        if page.url in seen or page.url.startswith(f"{url}/inbox/"):
            continue
        seen.add(page.url)
        status, titles = answer and answer.status, page.locator("h1").count()
        if (status, titles) != (refused.get(path, 200), 1):
            yield f"{path} answers {status} with {titles} titles"
        for look in looks:
            yield from look(page)
