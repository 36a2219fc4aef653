"""One caller of /api/v1/, which holds every answer it gets against the OpenAPI document."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from uuid import UUID

import orjson
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from common.api.reference import openapi

BASE = "/api/v1/"
METHODS_WITH_BODY = {"post", "put", "patch", "delete"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

formats = FormatChecker(())


@formats.checks("date-time")
def _is_moment(value: Any) -> bool:
    """Times have one form on the wire."""
    return not isinstance(value, str) or bool(MOMENT.fullmatch(value))


@formats.checks("uuid", raises=ValueError)
def _is_id(value: Any) -> bool:
    return not isinstance(value, str) or str(UUID(value)) == value


@cache
def document() -> dict[str, Any]:
    """The document, made strict: an answer may hold nothing it does not name."""
    found: dict[str, Any] = copy.deepcopy(orjson.loads(openapi()))
    for schema in found["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    found["components"]["schemas"]["Problem"]["properties"] |= {
        "call": {}, "customer": {}, "message": {}, "preview": {}
    }  # fmt: skip
    return found


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", template)), template) for template in document()["paths"]]


def template_of(path: str) -> str:
    """The document's address for a path."""
    found = path if path in document()["paths"] else ""
    found = found or next((template for known, template in _templates() if known.fullmatch(path)), "")
    assert found, f"{path} is not in the document"
    return found


def operation(method: str, path: str) -> dict[str, Any]:
    """What the document says of a call."""
    return cast(dict[str, Any], document()["paths"][template_of(path)][method])


@cache
def _judge(method: str, template: str, status: str, kind: str) -> Draft202012Validator:
    """Of the answers of one kind: to make one takes longer than to judge an answer."""
    schema = document()["paths"][template][method]["responses"][status]["content"][kind]["schema"]
    whole = {**schema, "components": document()["components"]}
    return Draft202012Validator(whole, format_checker=formats)


@dataclass(frozen=True)
class Answer:
    """What came back. data: the JSON of the body, None when there is none."""

    status: int
    headers: Any
    body: bytes

    @property
    def data(self) -> Any:
        return orjson.loads(self.body) if self.body else None

    @property
    def code(self) -> Any:
        """Of the problem it is."""
        return self.data["code"]

    @property
    def pointers(self) -> list[str]:
        """Where the faults are."""
        return [fault["pointer"] for fault in self.data["errors"]]


class Caller:
    """Calls as a member (with their browser's session) or as a program (with a key)."""

    def __init__(self, client: Client, key: str = "") -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Answer:
        return self._call("get", path, query, headers)

    def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        return self._call("post", path, _json(body), headers)

    def put(self, path: str, body: Any = None) -> Answer:
        return self._call("put", path, _json(body))

    def patch(self, path: str, body: Any = None) -> Answer:
        return self._call("patch", path, _json(body))

    def delete(self, path: str) -> Answer:
        return self._call("delete", path, b"")

    def upload(self, path: str, headers: dict[str, str] | None = None, **fields: Any) -> Answer:
        sent = self.client.post(BASE + path, fields, headers={**self.headers, **(headers or {})})
        return checked("post", BASE + path, sent)

    def _call(
        self, method: str, path: str, data: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        options = {} if method == "get" else {"content_type": "application/json"}
        send = getattr(self.client, method)
        sent = send(BASE + path, data, headers={**self.headers, **(headers or {})}, **options)
        return checked(method, BASE + path, sent)


def _json(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return b"" if body is None else orjson.dumps(body)


def checked(method: str, path: str, sent: Any) -> Answer:
    """What came back, once it is what the document says. sent: the test client's response."""
    assert sent.headers["Request-Id"]
    assert sent.headers["Cache-Control"] == "no-store, private"
    assert "Access-Control-Allow-Origin" not in sent.headers
    described = operation(method, path)["responses"].get(str(sent.status_code))
    assert described, f"{method} {path} answered {sent.status_code}: {sent.content[:300]!r}"
    if sent.content:
        kind = sent.headers["Content-Type"]
        _judge(method, template_of(path), str(sent.status_code), kind).validate(orjson.loads(sent.content))
    return Answer(sent.status_code, sent.headers, sent.content)
