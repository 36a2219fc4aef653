"""Two agents press Accept in the same moment; a page asks twice for one call."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from common.tenancy import tenant_context
from inbox.models import Call, Channel
from inbox.operations.calls import CallRefused, CallTaken, answer_call
from inbox.operations.our_calls import start_call
from tenants.models import Member
from tests import hooks
from tests.api.conftest import customer_writes
from tests.calls import ANSWER, OFFER, connect, told
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd


def test_one_of_two_agents_gets_the_call_and_the_provider_hears_of_one(
    committed_cast: Cast, far_end: FarEnd
) -> None:
    cast, start = committed_cast, Barrier(2)
    far_end.clear_line(ACME_ACCOUNT)
    with tenant_context(cast.acme.id):
        Channel.objects.update(base_url=far_end.url)
    told(cast.acme_number, connect(far_end.ring(ACME_ACCOUNT, hooks.PHONE)))
    with tenant_context(cast.acme.id):
        key = Call.objects.get().id

    def accept(member: Member) -> str:
        try:
            start.wait(20)
            took = answer_call(
                tenant_id=cast.acme.id, call_id=key, by=member, ref=f"page of {member.name}", sdp=ANSWER
            )
            return f"{took.member_name} talks"
        except CallTaken as taken:
            return f"{member.name} is told: {taken.sentence}"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = set(pool.map(accept, [cast.alice, cast.bob]))

    assert outcomes in (
        {"Alice talks", "Bob is told: Alice has taken this call."},
        {"Bob talks", "Alice is told: Bob has taken this call."},
    )
    assert [one["status"] for one in far_end.calls(ACME_ACCOUNT)] == ["talking"]


def test_a_page_that_asks_twice_at_once_makes_one_call(committed_cast: Cast, far_end: FarEnd) -> None:
    """Whatever the provider says of it: it is asked once."""
    cast, start = committed_cast, Barrier(2)
    with tenant_context(cast.acme.id):
        Channel.objects.update(base_url=far_end.url)
    thread = customer_writes(cast.acme_number, "Call me").thread

    def dial(_: int) -> str:
        try:
            start.wait(20)
            call = start_call(tenant_id=cast.acme.id, thread=thread, by=cast.alice, ref="page", sdp=OFFER)
            return str(call.id)
        except CallRefused:
            return "not allowed"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(dial, range(2)))

    with tenant_context(cast.acme.id):
        assert Call.objects.count() == 1
