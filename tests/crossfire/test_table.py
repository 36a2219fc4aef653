"""The table knows every address, and its ids are real: their own tenant gets an answer with them."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import resolve

from common.api.endpoints import Endpoint
from tests.crossfire.lean import Lean, SignIn
from tests.crossfire.marks import MARK
from tests.crossfire.routes import ANYONE, MEMBER, addresses
from tests.crossfire.shots import Answer, Shot, aimed, fire, places
from tests.crossfire.table import API, TABLE
from tests.crossfire.twins import NOBODY, Twin, Twins


def test_every_address_has_an_entry_and_every_entry_an_address() -> None:
    assert sorted(addresses()) == sorted(TABLE)


@pytest.mark.parametrize("address", [one for one in API if API[one].who != ANYONE])
def test_every_method_of_an_api_address_has_a_call(address: str) -> None:
    view = resolve(aimed(address, "get", NOBODY, NOBODY, "").path).func.view_class  # type: ignore[attr-defined]

    assert issubclass(view, Endpoint)
    assert set(view.scopes) == {method.upper() for method in TABLE[address].calls}


def test_acme_itself_is_answered_and_sees_its_marks(small_twins: Twins) -> None:
    """Without this the crossfire would prove nothing: a 404 must come from the tenant, not from a bad id."""
    acme = small_twins.acme
    owner = SignIn(acme.owner, acme.tenant)
    refused = [
        f"{shot} as {caller}: {answer}"
        for address, route in TABLE.items()
        for method in route.calls
        if route.is_ready
        for caller in _callers(address)
        if (
            answer := _rehearse(acme, owner, shot := aimed(address, method, acme.rows, acme.rows, ""), caller)
        )
        and not _is_answered(shot, answer)
    ]

    assert refused == []


def _callers(address: str) -> list[str]:
    is_for_keys = address.startswith("api/v1/") and TABLE[address].who not in {ANYONE, MEMBER}
    return ["session", "key"] if is_for_keys else ["session"]


def _rehearse(acme: Twin, owner: SignIn, shot: Shot, caller: str) -> Answer:
    """Call, then undo whatever it did."""
    with transaction.atomic():
        is_key = caller == "key"
        answer = fire(Lean(), shot, acme.keys["live"]) if is_key else fire(owner.again(), shot)
        transaction.set_rollback(True)
    return answer


def _is_answered(shot: Shot, answer: Answer) -> bool:
    if answer.status == 302:
        return not answer.location.startswith("/accounts/login/")
    is_wordless = shot.address.startswith("files/") or shot.address.endswith("/cost")
    has_text = shot.typed and shot.method == "get" and not is_wordless
    return 200 <= answer.status < 300 and (MARK.encode() in answer.body or not has_text)


def test_ids_stand_where_they_can_stand() -> None:
    assert places("api/v1/messages", "post") == [
        "body.channel_id",
        "body.address_id",
        "body.reply_to",
        "body.attachment_ids",
        "body.to.customer_id",
    ]
    assert places("api/v1/threads/<uuid:thread_id>/timeline", "get") == ["address.thread_id", "query.around"]
