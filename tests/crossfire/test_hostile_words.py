"""Whatever stands in a query, a header or a form: an answer in words, never a failure (rule 36)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.test import Client

from tests.api.caller import document
from tests.crossfire import hostile
from tests.crossfire.lookups import EVERY, lookups
from tests.crossfire.routes import ANYONE
from tests.crossfire.shots import aimed
from tests.crossfire.table import API, template_of
from tests.crossfire.table_pages import PAGES
from tests.crossfire.target import Target, blamed, fault

LISTS = [address for address in API if "get" in API[address].calls and API[address].who != ANYONE]
FORMS = [
    address
    for address, route in PAGES.items()
    if "post" in route.calls and not address.startswith("accounts/log")
]


# ---------------------------------------------------------------- queries and headers


def test_no_query_breaks_a_list(target: Target) -> None:
    """Each hostile text in each parameter. First it stands in all at once: those that the answer blames have
    been refused for themselves, and the others are tried one by one, to be worked with."""
    cursors = [quote(text) for text in hostile.cursors()]
    texts = [(target.call, quote(text, safe="")) for text in hostile.TEXTS]
    texts += [(target.ask, text) for text in hostile.RAW]
    holes, asked = [], 0
    for address in LISTS:
        path = aimed(address, "get", target.rows, target.rows, "").path
        names = _parameters(address)

        def send(ask: Any, text: str, *these: str) -> Any:
            answer = ask("get", f"{path}?{'&'.join(f'{name}={text}' for name in these)}")  # noqa: B023
            if found := fault(answer):
                holes.append(f"{address}?{these}={text[:60]}: {found}")  # noqa: B023
            return answer

        for ask, text in texts:
            asked += len(names)
            refused = blamed(send(ask, text, *names))
            for name in names if len(names) > 1 else ():
                if f"?{name}" not in refused:
                    send(ask, text, name)
        for name in {"after", "before"} & set(names):
            asked += len(cursors)
            for text in cursors:
                send(target.call, text, name)

    assert holes == [], "\n".join(holes)
    assert asked >= 1_500


def _parameters(address: str) -> list[str]:
    """Those the document knows, save the one that asks a provider, and one it does not know."""
    described = document()["paths"]["/" + template_of(address)]["get"].get("parameters", [])
    known = [one["name"] for one in described if one["in"] == "query"]
    return [*known, "unknown"] if address != "api/v1/templates" else ["unknown"]


HEADERS = {
    "HTTP_IDEMPOTENCY_KEY": ["", " ", "\0", "ü", "k" * 256, "k" * 9_000, "\r\nX: y", "😀"],
    "HTTP_AUTHORIZATION": ["Bearer", "Bearer \0", "Bearer ü", "Basic eDp5", "Bearer " + "k" * 9_000, "\r\n"],
    "CONTENT_TYPE": ["", "text/plain", "application/json; charset=latin-9", "multipart/form-data", "\0", "ü"],
    "CONTENT_LENGTH": ["²", "9" * 5_000, "-1", "", "\0"],
    "HTTP_REQUEST_ID": ["\r\nX: y", "x" * 9_000, "ü", "\0"],
    "HTTP_ACCEPT": ["\0", "text/html"],
    "HTTP_COOKIE": ["parley_sid=\0", "parley_sid=" + "x" * 9_000, "=;=;", "parley_csrf=ü"],
    "HTTP_X_CSRFTOKEN": ["\0", "ü"],
    "HTTP_HX_CURRENT_URL": ["http://[", "ü"],
}


def test_no_header_breaks_a_call(target: Target) -> None:
    holes = []
    for name, texts in HEADERS.items():
        for text in texts:
            for path, body in (("messages", b"{}"), ("attachments", b"x"), ("channels", b"")):
                answer = target.client.generic("POST", f"/api/v1/{path}", body, **{name: text})  # type: ignore[arg-type]
                if fault(answer) or any("\n" in value for value in answer.headers.values()):
                    holes.append(f"{name}: {text[:20]!r} at {path}: {fault(answer)}")

    assert holes == [], "\n".join(holes)


# ---------------------------------------------------------------- pages


def test_no_form_breaks_a_page(target: Target) -> None:
    """Each hostile text in each field; one is enough in a field that nobody looks at."""
    holes, sent = [], 0
    for address in FORMS:
        shot = aimed(address, "post", target.rows, target.rows, "")
        for name in [*(shot.body or {}), "next" if address.startswith("accounts/") else "seen"]:
            for text in hostile.FEW:
                sent += 1
                with lookups() as names:
                    answer = target.submit(shot.path, {**(shot.body or {}), name: text})
                if answer.status_code >= 500 or not _stays_here(answer):
                    holes.append(
                        f"{address} {name}={text[:60]!r}: {answer.status_code} {answer.get('Location', '')}"
                    )
                if not names & {name, EVERY}:
                    break

    assert holes == [], "\n".join(holes)
    assert sent >= 500


def test_no_query_breaks_a_page(target: Target) -> None:
    pages = [
        ("/inbox/", ["thread", "view"]),
        ("/console/receipts/", ["channel", "before", "hours", "outcome"]),
    ]
    pages += [("/console/members/invite/", ["email"]), ("/accounts/login/", ["next"]), ("/icons.svg", ["v"])]
    pages += [("/accounts/workspace/", ["tenant"]), ("/demo/login/", ["token"])]
    asked = [
        f"{path}?{name}={text}"
        for path, names in pages
        for name in names
        for text in [*(quote(text, safe="") for text in hostile.TEXTS), *hostile.RAW]
    ]

    assert [one for one in asked if target.ask("get", one).status_code >= 500] == []


ELSEWHERE = [
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "\t//evil.example",
]


@pytest.mark.parametrize("next_", ELSEWHERE)
def test_signing_in_leads_nowhere_else(target: Target, next_: str) -> None:
    login = {"login": target.rows["email"], "password": "a-long-password-of-theirs", "next": next_}

    answer = Client().post("/accounts/login/", login)

    assert answer.status_code == 302
    assert _stays_here(answer)


def _stays_here(answer: Any) -> bool:
    """Does it lead, if anywhere, to this house, as a browser reads it?"""
    here = "http://testserver/accounts/login/"
    location = answer.headers.get("Location", "/")
    return (
        "\n" not in location
        and urlsplit(urljoin(here, location.replace("\\", "/")))[:2] == urlsplit(here)[:2]
    )
