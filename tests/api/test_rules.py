"""Rules every endpoint keeps; a new one that forgets fails here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from jsonschema import Draft202012Validator

from common.api.endpoints import Endpoint, Unknown
from common.api.problems import KINDS
from common.api.reference import openapi
from tenants.permissions import SCOPES
from tests.api.caller import document, operation
from tests.api.conftest import program_of
from tests.cast import Cast

NOWHERE = "0190a0c4-0000-7000-8000-000000000000"
METHODS = ("get", "post", "put", "patch", "delete")


def endpoints(resolver: Any = None, prefix: str = "/") -> Iterator[tuple[str, type[Endpoint]]]:
    """(address with ids filled in, view class) of everything under /api/v1/."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from endpoints(entry, path)
        elif isinstance(entry, URLPattern) and path.startswith("/api/v1/") and hasattr(entry.callback, "cls"):
            yield path, entry.callback.cls


def calls() -> list[tuple[str, str, str]]:
    """(method, address, scope) of every call."""
    found = []
    for path, view in endpoints():
        if view is not Unknown:
            filled = path.replace("<draft_mode:mode>", "reply")
            while "<" in filled:
                filled = filled[: filled.index("<")] + NOWHERE + filled[filled.index(">") + 1 :]
            found += [
                (method, filled, view.scopes.get(method.upper(), "none named"))
                for method in METHODS
                if hasattr(view, method)
            ]
    return found


@pytest.mark.parametrize(("method", "path", "scope"), calls())
def test_every_call_names_its_scope_and_obeys_it(cast: Cast, method: str, path: str, scope: str) -> None:
    assert scope in {*SCOPES, ""}
    if not scope:
        return
    others = program_of(cast.acme, *(set(SCOPES) - {scope}))

    answer = getattr(others.client, method)(path, headers=others.headers)

    assert answer.status_code == 403
    assert orjson.loads(answer.content)["detail"] == f"This needs the scope {scope}."


@pytest.mark.parametrize(("method", "path", "scope"), calls())
def test_every_call_is_in_the_document(method: str, path: str, scope: str) -> None:
    found = operation(method, path)

    assert found["summary"]
    assert found["security"] == [{"key": [scope] if scope else []}, {"page": []}]
    names = {parameter["name"] for parameter in found.get("parameters", [])}
    assert ("Idempotency-Key" in names) is (method == "post")


def test_the_document_is_the_one_in_the_repository() -> None:
    call_command("openapi", check=True)


def test_a_document_that_drifted_is_noticed(settings: Any, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()

    with pytest.raises(CommandError, match=r"manage.py openapi"):
        call_command("openapi", check=True)
    call_command("openapi")

    assert (tmp_path / "docs" / "openapi.json").read_bytes() == openapi()


def test_every_reference_in_the_document_leads_somewhere() -> None:
    text = openapi().decode()
    schemas = document()["components"]["schemas"]

    references = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}

    assert references <= set(schemas)
    assert document()["openapi"].startswith("3.1.")


def test_examples_obey_their_schemas() -> None:
    whole_document = document()
    checked = 0
    for methods in whole_document["paths"].values():
        for found in methods.values():
            for content in found.get("requestBody", {}).get("content", {}).values():
                for example in content.get("examples", {}).values():
                    whole = {**content["schema"], "components": whole_document["components"]}
                    Draft202012Validator(whole).validate(example["value"])
                    checked += 1
    assert checked >= 12


def test_the_document_and_its_pages_need_no_sign_in(cast: Cast) -> None:
    browser = Client()

    assert orjson.loads(browser.get("/api/v1/openapi.json").content)["info"]["title"] == "Parley API"
    reference = browser.get("/api/docs/")
    assert reference.status_code == 200
    assert b"<style" not in reference.content
    assert b"https://" not in reference.content.replace(b"https://parley", b"")
    page = browser.get("/api/docs/problems/").content.decode()
    assert all(f'id="{code}"' in page for code in KINDS)
