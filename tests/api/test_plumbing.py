"""What every call under /api/ does alike: who may, what is refused, how errors look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from common.tenancy import tenant_context
from inbox.api import threads
from inbox.models import Thread
from tenants.models import ApiKey
from tenants.operations.keys import create_api_key, revoke_api_key
from tests.api.caller import Caller
from tests.api.conftest import program_of
from tests.cast import Cast

NOWHERE = "0190a0c4-0000-7000-8000-000000000000"


def problem(response: Any) -> dict[str, Any]:
    assert response.headers["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = orjson.loads(response.content)
    assert found["status"] == response.status_code
    assert found["type"].endswith(f"/api/docs/problems/#{found['code']}")
    assert found["request_id"] == response.headers["Request-Id"]
    return found


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    "path",
    ["/api/", "/api/v1", "/api/v1/nothing", "/api/v1/threads/", "/api/v2/threads", "/api/v1/threads/7"],
)
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
def test_unknown_address_is_a_problem_and_never_a_page(cast: Cast, path: str, method: str) -> None:
    answer = getattr(Client(), method)(path)

    assert problem(answer)["code"] == "not_found"


def test_a_method_an_address_lacks_is_refused_with_the_ones_it_has(program: Caller) -> None:
    answer = program.client.delete("/api/v1/threads", headers=program.headers)

    assert problem(answer)["code"] == "method_not_allowed"
    assert answer.headers["Allow"] == "GET, HEAD"


def test_options_is_a_method_that_no_address_has(program: Caller) -> None:
    answer = program.client.options("/api/v1/threads", headers=program.headers)

    assert problem(answer)["code"] == "method_not_allowed"
    assert answer.headers["Allow"] == "GET, HEAD"


def test_preflight_of_another_site_gets_nothing(cast: Cast) -> None:
    answer = Client().options(
        "/api/v1/threads", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    )

    assert answer.status_code in {401, 405}
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_an_unexpected_error_is_a_problem_that_tells_nothing_of_the_inside(
    program: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(threads, "thread_page", broken)

    answer = program.get("threads")

    assert (answer.status, answer.code) == (500, "server_error")
    assert b"secret" not in answer.body


def test_a_database_that_does_not_answer_is_unavailable_and_says_when_to_come_back(
    program: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(threads, "thread_page", away)

    answer = program.get("threads")

    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "unavailable", "1")


def test_a_failed_call_leaves_nothing_behind(
    program: Caller, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads.Assignment, "thread_answer", lambda *_: 1 / 0)

    answer = program.put(f"threads/{thread.id}/assignment", {"assignee_id": None, "team_id": None})

    assert answer.status == 500
    with tenant_context(thread.tenant_id):
        assert Thread.objects.get(id=thread.id).version == thread.version


def test_the_callers_request_id_is_kept(program: Caller) -> None:
    answer = program.get("me", headers={"Request-Id": "order-4711"})

    assert answer.headers["Request-Id"] == "order-4711"


def test_errors_before_a_view_are_problems_too(cast: Cast, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["parley.example"]

    answer = Client().get("/api/v1/me", headers={"Host": "evil.example"})

    assert problem(answer)["code"] == "malformed"


# ---------------------------------------------------------------- who calls


def test_without_a_key_or_a_session_nothing_is_answered(cast: Cast) -> None:
    answer = Client().get("/api/v1/threads")

    assert problem(answer)["code"] == "not_signed_in"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_that_is_revoked_expired_or_mistyped_is_refused(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        key, revoked = create_api_key(name="Old", scopes=["messages:read"])
        revoke_api_key(key=key)
        _, expired = create_api_key(
            name="Late", scopes=["messages:read"], expires_at=timezone.now() - timedelta(seconds=1)
        )

    for presented in (revoked, expired, expired[:-1] + "!", "nonsense"):
        answer = Client().get("/api/v1/threads", headers={"Authorization": f"Bearer {presented}"})
        assert problem(answer)["code"] == "not_signed_in"


def test_a_wrong_key_is_not_rescued_by_a_session(alice_client: Client) -> None:
    answer = alice_client.get("/api/v1/threads", headers={"Authorization": "Bearer nonsense"})

    assert problem(answer)["code"] == "not_signed_in"


def test_a_session_needs_the_csrf_token_to_write(
    cast: Cast, thread: Thread, alice_client: Client, settings: Any
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice_client.cookies
    path = f"/api/v1/threads/{thread.id}/closure"

    assert problem(strict.put(path))["code"] == "csrf_failed"
    assert strict.get(f"/api/v1/threads/{thread.id}").status_code == 200

    token = "a" * 32
    strict.cookies[settings.CSRF_COOKIE_NAME] = token
    accepted = strict.put(path, headers={"X-CSRFToken": token})
    assert accepted.status_code == 200, accepted.content


def test_a_key_needs_no_csrf_token(cast: Cast, thread: Thread) -> None:
    program = program_of(cast.acme)
    program.client = Client(enforce_csrf_checks=True)

    assert program.put(f"threads/{thread.id}/closure").status == 200


def test_a_key_may_only_what_its_scopes_say(cast: Cast, thread: Thread) -> None:
    reader = program_of(cast.acme, "messages:read")

    assert reader.get(f"threads/{thread.id}").status == 200
    refused = reader.put(f"threads/{thread.id}/closure")
    assert (refused.status, refused.code) == (403, "forbidden")
    assert "threads:write" in refused.data["detail"]


def test_an_agent_may_answer_but_not_set_up(bob_calls: Caller, alice_calls: Caller) -> None:
    assert bob_calls.get("threads").status == 200
    assert bob_calls.get("receipts").code == "forbidden"
    assert bob_calls.post("channels", {}).code == "forbidden"
    assert alice_calls.get("receipts").status == 200


def test_a_deactivated_member_is_out_at_once(cast: Cast, bob_calls: Caller) -> None:
    with tenant_context(cast.acme.id):
        type(cast.bob).objects.filter(id=cast.bob.id).update(is_active=False)

    assert bob_calls.get("threads").code == "not_signed_in"


# ---------------------------------------------------------------- input


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"page": "2"}, "?page"),
        ({"limit": "0"}, "?limit"),
        ({"limit": "201"}, "?limit"),
        ({"limit": "many"}, "?limit"),
        ({"view": "nonsense"}, "?view"),
        ({"sort": "random"}, "?sort"),
        ({"assignee": "bob"}, "?assignee"),
        ({"channel": "7"}, "?channel"),
        ({"after": "nonsense"}, "?after"),
        ({"after": "WzFd"}, "?after"),
        ({"q": "a\0b"}, "?q"),
        ({"label": "x" * 61}, "?label"),
    ],
)
def test_a_wrong_or_unknown_parameter_is_named(program: Caller, query: dict[str, Any], pointer: str) -> None:
    answer = program.get("threads", **query)

    assert (answer.status, answer.code) == (400, "validation_failed")
    assert answer.pointers == [pointer]


def test_a_cursor_of_one_order_is_refused_by_another(program: Caller, writes: Any) -> None:
    for n in range(3):
        writes("Hello", phone=f"44770090012{n}")
    cursor = program.get("threads", limit=1).data["next"]

    answer = program.get("threads", limit=1, sort="waiting", after=cursor)

    assert answer.pointers == ["?after"]


@pytest.mark.parametrize(
    ("body", "code", "pointers"),
    [
        (b'{"labels": ', "malformed", None),
        (b'{"labels": ["\\ud800"]}', "malformed", None),
        (b'{"labels": ["\xff"]}', "malformed", None),
        (b'{"labels": NaN}', "malformed", None),
        (b'{"labels": 1e400}', "malformed", None),
        (b"[" * 100_000, "malformed", None),
        (b'{"labels": ["fine", "a\\u0000b"]}', "validation_failed", ["/labels/1"]),
        (b'{"a~/\\u0000": 1}', "validation_failed", [""]),
        (b'{"labels": ' + b"[" * 100 + b"]" * 100 + b"}", "validation_failed", ["/labels" + "/0" * 64]),
        (
            b'{"labels": [1e19], "a": {"b": -18446744073709551616}}',
            "validation_failed",
            ["/labels/0", "/a/b"],
        ),
        (b'{"labels": ["a"], "colour": 1}', "validation_failed", ["/colour"]),
        (b'{"labels": "a"}', "validation_failed", ["/labels"]),
        (b'{"labels": ["", "%s"]}' % (b"x" * 61), "validation_failed", ["/labels/0", "/labels/1"]),
        (b'["labels"]', "validation_failed", [""]),
        (b"7", "validation_failed", [""]),
        (b"null", "validation_failed", [""]),
        (b"{}", "validation_failed", ["/labels"]),
    ],
)
def test_a_wrong_body_is_refused_with_pointers(
    program: Caller, thread: Thread, body: bytes, code: str, pointers: list[str] | None
) -> None:
    answer = program.put(f"threads/{thread.id}/labels", body)

    assert (answer.status, answer.code) == (400, code)
    assert pointers is None or answer.pointers == pointers


def test_a_backslash_before_u0000_is_text(program: Caller, thread: Thread) -> None:
    answer = program.put(f"threads/{thread.id}/labels", b'{"labels": ["a\\\\u0000"]}')

    assert answer.data["labels"] == ["a\\u0000"]


def test_a_body_of_another_kind_or_too_large_is_refused(program: Caller, thread: Thread) -> None:
    path = f"/api/v1/threads/{thread.id}/labels"

    form = program.client.put(
        path, "labels=a", content_type="application/x-www-form-urlencoded", headers=program.headers
    )
    large = program.client.put(
        path, b" " * 3_700_000, content_type="application/json", headers=program.headers
    )

    assert problem(form)["code"] == "media_type"
    assert problem(large)["code"] == "body_too_large"


def test_a_call_without_a_body_accepts_none_but_its_own(program: Caller, thread: Thread) -> None:
    assert program.put(f"threads/{thread.id}/closure", {"reason": "done"}).pointers == ["/reason"]
    assert program.put(f"threads/{thread.id}/closure", {}).status == 200


def test_last_use_of_a_key_is_noted(cast: Cast, program: Caller) -> None:
    program.get("me")

    with tenant_context(cast.acme.id):
        assert ApiKey.objects.get().last_used_at is not None
