"""Acme's owner at the receiving end; what a request does is undone, so that each meets the same rows."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import orjson
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings

from common.requests import HouseRequest
from common.tenancy import tenant_context
from events import audit
from tests.conftest import _signed_in
from tests.crossfire.lean import Lean
from tests.crossfire.memory import Memory
from tests.crossfire.twins import Twin

#: What the tenant's middleware decides for a request; rows of it are copied, since a request may change them.
DECIDED = ("user", "session", "tenant", "tenant_id", "member", "api_key", "actor", "scopes")


class Target:
    """The owner's browser, with two ways in."""

    def __init__(self, twin: Twin) -> None:
        self.rows = twin.rows
        self.client = _signed_in(twin.owner, twin.tenant, Lean())
        first = self.client.get("/api/v1/me")  # from here on the owner was seen lately
        self._inner = _known_to_the_house(first.wsgi_request)
        self._memory = Memory()

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
        """One request through the whole house."""
        with self._memory.in_use():
            return self._sent(self.client, method, path, body, **headers)

    def call(self, method: str, path: str, body: bytes = b"") -> Any:
        """One request to an API address by somebody the house knows already.

        Who asks was decided by the first request of this target. That decision looks at no body and no
        query, and costs more than most answers.
        """
        return self._sent(self._inner, method, path, body)

    def submit(self, path: str, fields: dict[str, Any]) -> Any:
        """One form of a page, through the whole house."""
        with transaction.atomic():
            answer = self.client.post(path, fields)
            transaction.set_rollback(True)
        return answer

    def _sent(self, client: Client, method: str, path: str, body: bytes, **headers: str) -> Any:
        with transaction.atomic():
            answer = client.generic(
                method.upper(), path, body, content_type="application/json", headers=headers
            )
            transaction.set_rollback(True)
        return answer


def _known_to_the_house(first: HttpRequest) -> Client:
    """A client whose requests are decided as `first` was; all that follows is the house's own handler."""
    client = Lean()
    with override_settings(MIDDLEWARE=["common.requests.RequestIdMiddleware"]):
        client.handler.load_middleware()
    inner = client.handler._middleware_chain  # type: ignore[attr-defined]

    def decide(request: HouseRequest) -> HttpResponse:
        for name in DECIDED:
            setattr(request, name, copy.copy(getattr(first, name)))
        with tenant_context(first.tenant_id), audit.acting(first.actor):  # type: ignore[attr-defined]
            answer: HttpResponse = inner(request)
        return answer

    chain: Callable[[HouseRequest], HttpResponse] = decide
    client.handler._middleware_chain = chain  # type: ignore[attr-defined]
    return client


def fault(answer: Any) -> str:
    """What is wrong with an API's answer."""
    if answer.status_code < 400:
        return ""
    is_problem = answer.headers["Content-Type"] == "application/problem+json"
    problem = orjson.loads(answer.content) if is_problem else {}
    # A provider that cannot be asked is no failure of ours, and none is reached from here.
    if not is_problem or (answer.status_code >= 500 and problem["code"] != "provider_failed"):
        return f"{answer.status_code} {answer.headers['Content-Type']} {answer.content[:200]!r}"
    return "" if problem["status"] == answer.status_code and problem["code"] else f"{problem}"


def blamed(answer: Any) -> set[str]:
    """Where an API's answer says that the input is wrong: "/name/0" in a body, "?name" in a query."""
    problem = orjson.loads(answer.content) if answer.status_code == 400 else {}
    return {one["pointer"] for one in problem.get("errors", [])}
