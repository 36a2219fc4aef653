"""Whatever stands in a body, a query, a header or a form: an answer in words, never a failure (rule 36)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import orjson
import pytest
from django.test import Client, override_settings
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from tests.api.caller import document
from tests.conftest import QUICK_HASHERS, _empty
from tests.crossfire import hostile
from tests.crossfire.routes import ANYONE
from tests.crossfire.shots import aimed
from tests.crossfire.table import API, PAGES, template_of
from tests.crossfire.target import Target
from tests.crossfire.twins import Twin, make_twins

BODIES = [(address, method) for address in API for method, call in API[address].calls.items() if call.body]
LISTS = [address for address in API if "get" in API[address].calls and API[address].who != ANYONE]
FORMS = [
    address
    for address, route in PAGES.items()
    if "post" in route.calls and not address.startswith("accounts/log")
]
PLACEHOLDER = "the-hostile-value-stands-here"


@pytest.fixture(scope="module")
def acme(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[tuple[Twin, Path]]:
    """Acme beside its twin, made once and committed, and the folder of its files."""
    folder = tmp_path_factory.mktemp("acme")
    with django_db_blocker.unblock():
        _empty()
        with override_settings(PASSWORD_HASHERS=QUICK_HASHERS, FILES_DIR=folder):
            yield make_twins().acme, folder
        _empty()


@pytest.fixture
def target(acme: tuple[Twin, Path], db: None, settings: Any) -> Target:
    settings.ACCOUNT_RATE_LIMITS = False
    twin, settings.FILES_DIR = acme
    return Target(twin)


def fault(answer: Any) -> str:
    """What is wrong with an API's answer."""
    if answer.status_code < 400:
        return ""
    if answer.status_code >= 500 or answer.headers["Content-Type"] != "application/problem+json":
        return f"{answer.status_code} {answer.headers['Content-Type']} {answer.content[:200]!r}"
    problem = orjson.loads(answer.content)
    return "" if problem["status"] == answer.status_code and problem["code"] else f"{problem}"


# ---------------------------------------------------------------- bodies


def bodies(address: str, method: str, rows: dict[str, str]) -> Iterator[bytes]:
    """A good body with one field at a time turned hostile."""
    good = aimed(address, method, rows, rows, "").body
    for field in _fields(address, method):
        text = orjson.dumps(_with(good, field)).decode()
        yield from (_bytes(text.replace(f'"{PLACEHOLDER}"', value)) for value in hostile.JSON)


#: Bodies that are hostile as a whole.
WHOLE = [*hostile.JSON, *hostile.WHOLE]


def _fields(address: str, method: str) -> list[tuple[str, ...]]:
    """Every field the document knows for a call, and those inside of it."""
    described = document()["paths"]["/" + template_of(address)][method]["requestBody"]
    found = list(_paths(described["content"]["application/json"]["schema"]))
    return [*found, ("unknown",)]


def _paths(schema: Any) -> Iterator[tuple[str, ...]]:
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].split("/")[-1]]
    for part in [schema, *schema.get("oneOf", []), *schema.get("allOf", [])]:
        if part is not schema:
            yield from _paths(part)
        for name, inner in part.get("properties", {}).items():
            yield (name,)
            yield from ((name, *path) for path in _paths(inner))


def _with(good: Any, path: tuple[str, ...]) -> Any:
    """The body with PLACEHOLDER at a path; what is missing on the way is made."""
    name, *rest = path
    body = dict(good) if isinstance(good, dict) else {}
    body[name] = _with(body.get(name), tuple(rest)) if rest else PLACEHOLDER
    return body


def _bytes(text: str) -> bytes:
    """As it would be sent: one letter stands for a byte that no UTF-8 has."""
    return text.encode("utf-8", "surrogatepass").replace("\xff".encode(), b"\xff")


@pytest.mark.parametrize(("address", "method"), BODIES)
def test_no_body_breaks_a_call(target: Target, address: str, method: str) -> None:
    path = aimed(address, method, target.rows, target.rows, "").path
    tries = [(target.call, body) for body in bodies(address, method, target.rows)]
    tries += [(target.ask, _bytes(value)) for value in WHOLE]
    holes = [f"{body[:120]!r}: {found}" for ask, body in tries if (found := fault(ask(method, path, body)))]

    assert holes == [], "\n".join(holes)
    assert len(tries) >= 150


_LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.uuids().map(str)
_ANY = st.recursive(_LEAF, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner))


@pytest.mark.parametrize(("address", "method"), BODIES)
def test_no_made_up_body_breaks_a_call(target: Target, address: str, method: str) -> None:
    shot = aimed(address, method, target.rows, target.rows, "")
    names = [path[0] for path in _fields(address, method)]

    @effort(
        max_examples=60, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.dictionaries(st.sampled_from(names), _ANY))
    def send(changes: dict[str, Any]) -> None:
        try:
            body = orjson.dumps({**shot.body, **changes})
        except TypeError:  # integers and surrogates that this library writes no JSON for; see hostile.JSON
            return
        assert fault(target.call(method, shot.path, body)) == ""

    send()


# ---------------------------------------------------------------- queries and headers


def test_no_query_breaks_a_list(target: Target) -> None:
    cursors = list(hostile.cursors())
    holes = []
    asked = 0
    for address in LISTS:
        path = aimed(address, "get", target.rows, target.rows, "").path
        for name in _parameters(address):
            texts = [quote(text, safe="") for text in hostile.TEXTS]
            texts += [quote(text) for text in cursors] if name in {"after", "before"} else []
            tries = [(target.call, text) for text in texts] + [(target.ask, text) for text in hostile.RAW]
            for ask, text in tries:
                asked += 1
                if found := fault(ask("get", f"{path}?{name}={text}")):
                    holes.append(f"{address}?{name}={text[:60]}: {found}")

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
    holes, sent = [], 0
    for address in FORMS:
        shot = aimed(address, "post", target.rows, target.rows, "")
        for name in [*(shot.body or {}), "next" if address.startswith("accounts/") else "seen"]:
            for text in hostile.FEW:
                sent += 1
                answer = target.submit(shot.path, {**(shot.body or {}), name: text})
                if answer.status_code >= 500 or not _stays_here(answer):
                    holes.append(
                        f"{address} {name}={text[:60]!r}: {answer.status_code} {answer.get('Location', '')}"
                    )

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
