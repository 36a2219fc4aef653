"""What providers tell of calls: late, doubled and out of order, like everything they tell.

A call's row is made by whatever comes first: its end may come before its beginning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Q, prefetch_related_objects

from common import queues
from common.ids import uuid7
from common.sql import insert_rows
from customers.models import Address
from events import bus
from inbox.models import Call, CallOutcome, CallState, Outcome
from inbox.operations.arrivals import Arrival, Batch
from inbox.operations.auto_assign import ask_for_assignment
from inbox.operations.call_changes import LIVE, QUEUE, RINGS, Json, move_call, over, tell_call
from inbox.operations.call_log import log_our_call, renew_our_call
from inbox.operations.open_threads import Opening
from inbox.operations.thread_lines import save_thread_lines
from inbox.ports import InboundCall
from inbox.shapes import thread_shape

SDP_MAX = 65_536


def item_of(arrival: Arrival) -> InboundCall:
    """The news of an arrival that is known to be of a call."""
    if not isinstance(arrival.item, InboundCall):
        raise TypeError(f"{type(arrival.item).__name__} tells of no call")
    return arrival.item


def call_arrivals(batch: Batch) -> list[Arrival]:
    """News of calls in the order they happened."""
    found = [a for a in batch.arrivals if isinstance(a.item, InboundCall)]
    return sorted(found, key=lambda a: (item_of(a).occurred_at, item_of(a).news == "ended", a.index))


def is_theirs(arrival: Arrival) -> bool:
    """Does it tell of a call that a customer makes, whom it shows?"""
    return item_of(arrival).direction == "inbound" and bool(item_of(arrival).person.claims)


def new_calls(batch: Batch) -> list[Arrival]:
    """News of customers' calls that we know nothing of yet: their threads are wanted."""
    theirs = [a for a in call_arrivals(batch) if is_theirs(a)]
    keys = {a.index: (a.channel.id, item_of(a).external_id) for a in theirs}
    rows = Call.objects.filter(
        channel__in={key[0] for key in keys.values()}, external_id__in={key[1] for key in keys.values()}
    )
    known = set(rows.values_list("channel_id", "external_id")) if theirs else set()
    return [a for a in theirs if keys[a.index] not in known]


def store_calls(batch: Batch, openings: Mapping[int, Opening]) -> None:
    """Keep what was told of calls. openings: the locked threads of ``new_calls``.

    Writes Call, Thread (opened by a call), Message (of calls of ours), Events `call.*` and `thread.*`.
    """
    for arrival in call_arrivals(batch):
        known = _known(arrival)
        if known is not None:
            is_new = _NEWS[item_of(arrival).news](known, item_of(arrival))
            batch.settle(arrival, Outcome.STORED if is_new else Outcome.DUPLICATE)
        elif arrival.index in openings and item_of(arrival).news in ("rang", "ended"):
            _begin(arrival, batch, openings[arrival.index])
        else:
            batch.settle(arrival, Outcome.IGNORED, "A call that was not made here.")


def _known(arrival: Arrival) -> Call | None:
    """The call this is about, locked."""
    item = item_of(arrival)
    rows = Call.objects.filter(channel=arrival.channel).select_for_update(of=("self",))
    found: Call | None = rows.filter(external_id=item.external_id).first()
    if found or item.direction == "inbound":
        return found
    found = rows.filter(_unnamed(item), direction="outbound", external_id=None).order_by("id").last()
    if found:
        Call.objects.filter(id=found.id).update(external_id=item.external_id)
        found.external_id = item.external_id
    return found


def _unnamed(item: InboundCall) -> Q:
    """A call of ours whose id its provider has not told us yet: known by what we gave it, else by who it is
    for."""
    if ref := _ref(item):
        return Q(id=ref)
    people = Q(pk__in=[])
    for claim in item.person.claims:
        people |= Q(kind=claim.kind, value=claim.value)
    customers = Address.objects.filter(people).values("customer")
    return Q(customer__in=customers, state=CallState.DIALING)


def _ref(item: InboundCall) -> UUID | None:
    try:
        return UUID(item.ref)
    except ValueError:
        return None


# ---------------------------------------------------------------- calls of customers


def _begin(arrival: Arrival, batch: Batch, opening: Opening) -> None:
    """A call nobody has heard of rings, or is over before we knew of it."""
    item, address = item_of(arrival), batch.address(arrival)
    call = Call(
        id=uuid7(), channel=arrival.channel, thread=opening.thread, customer=address.customer,
        address=address, direction="inbound", external_id=item.external_id, state=CallState.RINGING,
        offer=item.sdp[:SDP_MAX], rang_at=item.occurred_at, due_at=batch.now + RINGS,
    )  # fmt: skip
    if item.news == "ended":
        _set(call, _ended(call, item))
        call.due_at, call.rang_at = None, item.began_at or item.occurred_at
    save_thread_lines([opening.thread])  # a call stands in a conversation that is there
    if not insert_rows([call], on_conflict="DO NOTHING", returning=["id"]):
        batch.settle(arrival, Outcome.DUPLICATE)
        return
    batch.settle(arrival, Outcome.STORED)
    if item.news == "rang":
        queues.enqueue(QUEUE, call.due_at)
        _announce(call, opening)


def _announce(call: Call, opening: Opening) -> None:
    thread = opening.thread
    prefetch_related_objects([thread], "customer__addresses")
    actor = {"kind": "customer", "id": call.customer_id, "name": call.customer.name}
    if opening.event:
        data = {"thread": thread_shape(thread), "from": opening.before, "to": {"status": "open"}}
        bus.record(opening.event, data, actor=actor, thread_id=thread.id, customer_id=thread.customer_id)
        opening.event = ""  # told: a message of the same batch must not tell it again
        ask_for_assignment()
    tell_call("call.rang", call.id, actor=actor)


def _again(call: Call, item: InboundCall) -> bool:
    """It rings already, or is over."""
    return False


# ---------------------------------------------------------------- calls of ours


def _joined(call: Call, item: InboundCall) -> bool:
    to: Json = {"answer": item.sdp[:SDP_MAX]}
    if call.state == CallState.DIALING:
        to["state"] = CallState.RINGING
    return _moved(call, "call.joined", of=LIVE, where={"answer": ""}, to=to)


def _ringing(call: Call, item: InboundCall) -> bool:
    return _moved(call, "call.ringing", of=(CallState.DIALING,), to={"state": CallState.RINGING})


def _accepted(call: Call, item: InboundCall) -> bool:
    to = {"state": CallState.TALKING, "answered_at": item.occurred_at}
    return _moved(call, "call.answered", of=(CallState.DIALING, CallState.RINGING), to=to)


def _declined(call: Call, item: InboundCall) -> bool:
    return _finish(call, over(call, outcome=CallOutcome.DECLINED, at=item.occurred_at))


def _moved(
    call: Call, kind: str, *, of: Sequence[str], to: Json, where: Mapping[str, str] | None = None
) -> bool:
    if not move_call(call.id, of=of, to=to, where=where):
        return False
    tell_call(kind, call.id)
    return True


# ---------------------------------------------------------------- the end


def _end(call: Call, item: InboundCall) -> bool:
    """It is over. What we noted when we hung up ourselves is put right by what the provider counted."""
    if call.is_live:
        return _finish(call, _ended(call, item))
    if item.duration_s is None or item.duration_s == call.duration_s:
        return False
    to = {"duration_s": item.duration_s, "outcome": CallOutcome.ANSWERED}
    if not _moved(call, "call.ended", of=(CallState.ENDED,), to=to):
        return False
    if call.direction == "outbound":
        _set(call, to)
        renew_our_call(call)
    return True


def _ended(call: Call, item: InboundCall) -> Json:
    to = over(call, outcome=_outcome(call, item), at=item.occurred_at, duration_s=item.duration_s)
    if item.error:
        to["error"] = {
            "title": item.error.title,
            "detail": item.error.detail,
            "provider_code": item.error.code,
        }
    return to


def _outcome(call: Call, item: InboundCall) -> str:
    if item.duration_s is not None:
        return CallOutcome.ANSWERED
    has_failed = item.error is not None or call.state == CallState.TALKING
    return CallOutcome.FAILED if has_failed else CallOutcome.MISSED


def _finish(call: Call, to: Json) -> bool:
    if not _moved(call, "call.ended", of=LIVE, to=to):
        return False
    if call.direction == "outbound":
        _set(call, to)
        log_our_call(call)
    return True


def _set(call: Call, to: Json) -> None:
    for name, value in to.items():
        setattr(call, name, value)


_NEWS = {
    "rang": _again,
    "joined": _joined,
    "ringing": _ringing,
    "accepted": _accepted,
    "declined": _declined,
    "ended": _end,
}
