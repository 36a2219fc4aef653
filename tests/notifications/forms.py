"""Pages and their forms as a browser without scripts sees them."""

from __future__ import annotations

from html.parser import HTMLParser

from django.test import Client


def page(client: Client, address: str) -> str:
    """The text of a page that is there."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def inputs(text: str) -> dict[str, str]:
    """The fields of the page's own form, as a browser would send them."""
    reader = _Reader(convert_charrefs=True)
    reader.feed(text)
    return reader.found


class _Reader(HTMLParser):
    """Reads the forms that post to the page's own address."""

    select = area = ""
    is_inside = False

    def __init__(self, *, convert_charrefs: bool) -> None:
        super().__init__(convert_charrefs=convert_charrefs)
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.is_inside = at.get("method") == "post" and "action" not in at
        if self.is_inside and tag in {"input", "select", "option", "textarea"}:
            getattr(self, f"_{tag}")(at, at.get("name", ""))

    def _input(self, at: dict[str, str], name: str) -> None:
        kind = at.get("type")
        if name and kind != "submit" and (kind not in {"checkbox", "radio"} or "checked" in at):
            self.found[name] = at.get("value") or ("on" if kind == "checkbox" else "")

    def _select(self, at: dict[str, str], name: str) -> None:
        self.select = name
        self.found.setdefault(name, "")

    def _option(self, at: dict[str, str], name: str) -> None:
        if self.select and "selected" in at:
            self.found[self.select] = at.get("value", "")

    def _textarea(self, at: dict[str, str], name: str) -> None:
        self.area, self.found[name] = name, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area:
            self.found[self.area] = self.found[self.area].removeprefix("\n")
            self.area = ""
        if tag == "select":
            self.select = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area] += data
