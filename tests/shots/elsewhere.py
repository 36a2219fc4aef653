"""Every page of the console and the account, found by following links, and the phone."""

from __future__ import annotations

import re

from tests.shots.studio import Demo, Window

STARTS = ("console/", "accounts/")
MOST = 120
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)")
#: What is a file, leaves the session, or is the inbox.
_NOT_A_PAGE = re.compile(r"/export/|\.csv|\.json|/download|logout|^/inbox/|^/demo/|^/static/")


def pages(window: Window) -> list[str]:
    """One address of each kind of page that links lead to, ids counting as one kind."""
    waiting, seen = list(STARTS), set[str]()
    found: list[str] = []
    while waiting and len(found) < MOST:
        path = waiting.pop(0)
        kind = _ID.sub("*", path)
        if kind in seen:
            continue
        seen.add(kind)
        answer = window.page.goto(f"{window.demo.url}/{path}", wait_until="domcontentloaded")
        if answer is None or not answer.ok or "text/html" not in answer.headers.get("content-type", ""):
            continue
        found.append(path)
        links = window.page.eval_on_selector_all(
            "a[href^='/']", "all => all.map(one => one.getAttribute('href'))"
        )
        waiting += [
            link.lstrip("/").split("#")[0].split("?")[0] for link in links if not _NOT_A_PAGE.search(link)
        ]
    return found


def name_of(path: str) -> str:
    """A picture's name for an address."""
    return re.sub(r"[^a-z0-9]+", "-", _ID.sub("one", path)).strip("-") or "home"


def phone(window: Window, demo: Demo) -> None:
    """The demo phone with a conversation open."""
    window.page.goto(f"{demo.run['simulator_url']}/phone/#/{demo.account}/2348035550177")
    window.page.locator("[data-wamid]").last.wait_for()
    window.settle()
