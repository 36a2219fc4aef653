"""Forms whose system is away, slow, wrong or forbidden; programs that set it up, and strangers."""

from __future__ import annotations

import threading

import pytest
from django.test import Client

from channels_whatsapp import form_calls
from channels_whatsapp.models import FormEndpoint
from channels_whatsapp.operations import form_exchange
from common.tenancy import tenant_context
from tests.api.conftest import program_of
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.whatsapp.form_number import Number, business, business_, number
from tests.whatsapp.forms import INIT, Business, Json, says
from tests.whatsapp.test_form_key import words

__all__ = ["business", "business_", "number"]
pytestmark = pytest.mark.django_db

# ---------------------------------------------------------------- what can go wrong there

DEEP = b'{"screen":' + b"[" * 300 + b"]" * 300 + b"}"
#: What a system may answer → why no phone could show it.
UNREADABLE = [
    (says({"oops": 1}, 500), "status"),
    (says(b"<html>"), "garbage"),
    (says([]), "garbage"),
    (says({"screen": 7}), "garbage"),
    (says({"screen": "A", "data": []}), "garbage"),
    (says({"close": "now"}), "garbage"),
    (says(DEEP), "garbage"),
    (says(b" " * 1_100_000), "too_large"),
]


def test_an_answer_no_phone_could_read_is_told_to_the_admin(number: Number) -> None:
    found = []
    for answer, _ in UNREADABLE:
        number.business.answer = answer
        found.append((number.asked(INIT)[0], _fault(number)))

    assert found == [(503, fault) for _, fault in UNREADABLE]
    page = number.shows()
    assert "The answer of your system is larger than a megabyte." in page
    assert "Not the last 8 times." in page
    assert "larger than a megabyte" in words(number.admin.get("/console/health/"))
    path = f"whatsapp/numbers/{number.cast.acme_number.id}/form_endpoint"
    assert program_of(number.cast.acme).get(path).data["fault"]["code"] == "too_large"


def test_a_system_that_is_away_slow_or_forbidden_is_told_apart(
    number: Number, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, held = [], threading.Event()

    def wait(question: Json) -> tuple[int, bytes]:
        held.wait(30)
        return 200, b"{}"

    number.business.answer = wait
    monkeypatch.setattr(form_calls, "DEADLINE_S", 0.3)
    found.append((number.asked(INIT)[0], _fault(number)))
    held.set()
    for url in ("http://127.0.0.1:9/forms", "https://10.0.0.1/forms", ""):
        number.names_system(url)
        found.append((number.asked(INIT)[0], _fault(number)))
    number.names_system(number.business.url)
    monkeypatch.setattr(form_exchange, "AT_ONCE", 0)
    found.append((number.asked(INIT)[0], _fault(number)))

    assert found == [(503, one) for one in ("silent", "unreachable", "address", "no_address", "busy")]
    assert "Not the last 5 times." in number.shows()
    monkeypatch.undo()
    number.business.answer = says({"screen": "A"})
    assert number.asked(INIT) == (200, {"screen": "A", "data": {}})
    assert "Not the last" not in number.shows()


def _fault(number: Number) -> str:
    with tenant_context(number.cast.acme.id):
        return FormEndpoint.objects.get().fault


def test_a_token_that_is_over_closes_the_form_on_the_phone(number: Number) -> None:
    number.business.answer = says({"error_msg": "The order has been placed."}, 427)
    assert number.asked(INIT) == (427, b'{"error_msg":"The order has been placed."}')

    number.business.answer = says(b"over", 427)
    assert number.asked(INIT) == (427, b"{}")
    assert "Last error" not in number.shows()


# ---------------------------------------------------------------- programs and strangers


def test_a_program_sets_it_up(cast: Cast, provider: FarEnd, business: Business, alice_client: Client) -> None:
    provider.register(ACME_ACCOUNT, form_key="")
    program, base = program_of(cast.acme), f"whatsapp/numbers/{cast.acme_number.id}"
    number = Number(cast, provider, business, alice_client)

    assert program.post(f"{base}/form_key").data == {"status": "valid", "made_here": True}
    first = program.put(f"{base}/form_endpoint", {"url": business.url}).data
    again = program.put(f"{base}/form_endpoint", {"url": business.url}).data
    second = program.put(f"{base}/form_endpoint/secret").data["secret"]
    number.asked(INIT)

    assert again["secret"] is None
    assert again["address"].endswith(number.hook)
    assert business.signed_with(first["secret"])
    assert business.signed_with(second)
    now = program.get(f"{base}/form_endpoint").data
    assert now["heard_at"]
    assert now["answered_at"]
    assert (now["failures"], now["fault"], now["secret"]) == (0, None, None)
    for url in ("ftp://shop.example", "https://", "https://me:pw@shop.example/", "shop.example"):
        assert program.put(f"{base}/form_endpoint", {"url": url}).code == "validation_failed"


def test_an_address_that_is_none_is_said_beside_the_field(number: Number) -> None:
    answer = number.admin.post(f"{number.page}address/", {"url": "shop.example"})

    assert answer.status_code == 422
    assert "This is not an address like" in words(answer)


def test_a_stranger_finds_nothing(number: Number, charlie_client: Client) -> None:
    base = f"whatsapp/numbers/{number.cast.acme_number.id}"
    stranger = program_of(number.cast.globex)

    assert stranger.post(f"{base}/form_key").status == 404
    assert stranger.get(f"{base}/form_endpoint").status == 404
    assert stranger.put(f"{base}/form_endpoint", {"url": "https://evil.example"}).status == 404
    assert stranger.put(f"{base}/form_endpoint/secret").status == 404
    for part in ("making/", "address/", "secret/"):
        assert charlie_client.post(f"{number.page}{part}", {"url": "https://evil.example"}).status_code == 404
    assert number.asked(INIT)[0] == 200
