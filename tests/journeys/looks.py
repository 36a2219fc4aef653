"""What is wrong with a page: what axe finds in it, and where it is wider than its window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from weakref import WeakKeyDictionary

from playwright.sync_api import CDPSession, Page

#: What is wrong with a page, asked at each width.
Look = Callable[[Page, int], Iterable[str]]
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
#: The rules that look at colours and sizes. All others look at the elements alone: which there are, what they
#: say, and which of them are shown.
OF_THE_LOOK = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]
#: Asks each rule once of the same elements, as they are shown, and those of the look again.
LOOK = """async ([every, ofTheLook]) => {
  const shown = [...document.querySelectorAll("*")].map(
    (one) => Number(one.checkVisibility({ visibilityProperty: true, opacityProperty: true })));
  const seen = (window.seenByAxe ??= new Set()), now = document.documentElement.outerHTML + shown.join("");
  const rules = seen.has(now) ? ofTheLook : every;
  seen.add(now);
  const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  const places = (nodes) => nodes.map((node) => node.target.join(" ")).join(", ");
  return found.violations.map((one) => `${one.id}: ${places(one.nodes)}`);
}"""
#: The elements of a page without their words.
BONES = """() => [...document.body.querySelectorAll("*")].map(
  (one) => `${one.tagName}.${one.getAttribute("class")}`).join(" ")"""
#: Each page takes these on, each once: a width and a theme.
LOOKS: list[tuple[int, Literal["light", "dark"]]] = [
    (1440, "dark"), (390, "dark"), (1024, "light"), (320, "light"),
]  # fmt: skip


#: The devtools of each page that axe looks at. One at a time: each that is open hears of whatever loads.
_devtools: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()


def bring_axe(page: Page) -> None:
    """Load axe into what a page shows now; our policy would refuse its script, so that is lifted."""
    if page.evaluate("Boolean(window.axe)"):
        return
    if page not in _devtools:
        _devtools[page] = page.context.new_cdp_session(page)
        _devtools[page].send("Page.setBypassCSP", {"enabled": True})
    _devtools[page].send("Runtime.evaluate", {"expression": AXE.read_text()})


def faults(page: Page) -> list[str]:
    """What axe finds; where it has looked at the same elements, by what may look different now."""
    bring_axe(page)
    found: list[str] = page.evaluate(LOOK, [RULES, OF_THE_LOOK])
    return [f"{page.url} {one}" for one in found]


def widths(page: Page, width: int) -> Iterator[str]:
    """Whether it is wider than its window."""
    if page.evaluate("document.documentElement.scrollWidth") > width:
        yield f"{page.url} is wider than {width} px"


def take_on(page: Page, width: int, theme: Literal["light", "dark"]) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)


class Axe:
    """Looks at a page in two looks, unless its elements are those of a page before."""

    AT = (1440, 320)

    def __init__(self) -> None:
        self.bones, self.url = set[str](), ""

    def __call__(self, page: Page, width: int) -> Iterator[str]:
        if width not in self.AT or not (self.url == page.url or self._is_new(page)):
            return
        yield from (f"{width} px: {one}" for one in faults(page))

    def _is_new(self, page: Page) -> bool:
        """Is it a page with elements of its own? Asked when it is first seen, and never again."""
        bones = page.evaluate(BONES)
        if bones in self.bones:
            return False
        self.bones.add(bones)
        self.url = page.url
        return True


def walk(
    page: Page,
    url: str,
    paths: Iterable[str],
    *looks: Look,
    at: Sequence[tuple[int, Literal["light", "dark"]]] = LOOKS,
    refused: Mapping[str, int] = MappingProxyType({}),
) -> Iterator[str]:
    """What is wrong with these pages, each looked at once, however many addresses lead to it.

    at: the widths and themes each takes on; refused: path → the status of pages that are meant to say no.
    What leads out of the console and the account is looked at elsewhere.
    """
    seen = set[str]()
    turn = list(at)
    for path in paths:
        answer = page.goto(f"{url}/{path}", wait_until="domcontentloaded")
        if page.url in seen or page.url.startswith(f"{url}/inbox/"):
            continue
        seen.add(page.url)
        status, titles = answer and answer.status, page.locator("h1").count()
        if (status, titles) != (refused.get(path, 200), 1):
            yield f"{path} answers {status} with {titles} titles"
        for width, theme in turn:
            take_on(page, width, theme)
            for look in looks:
                yield from look(page, width)
        turn.reverse()  # the next page comes up as this one was seen last
