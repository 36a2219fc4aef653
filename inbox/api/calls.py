"""/calls: what rings and runs, and what a member does with it. Sessions are SDP texts of browsers."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from common.api.endpoints import call
from common.api.parameters import Body
from common.api.schema import ListOf
from common.tenancy import tenant_context
from common.wire import Json, ident, stamp
from inbox import wire_calls as wire
from inbox.api.endpoint import InboxEndpoint, referred, thread_row
from inbox.ice import ice_servers
from inbox.models import Call, Thread
from inbox.operations.calls import CallOver, CallTaken, answer_call, end_call, pass_call
from inbox.operations.our_calls import ask_permission, start_call
from inbox.queries.calls import find_call, live_calls
from inbox.shapes_calls import call_shape
from tenants.models import Member

READ, WRITE = "messages:read", "messages:write"
SDP_MAX = 60_000
REF_MAX = 80


class Calls(InboxEndpoint):
    """/calls"""

    scopes = {"GET": READ}

    @call("list_calls", "List the calls that ring or run now", gives=ListOf(wire.Call, is_whole=True))
    def get(self, request: Request) -> Json:
        return {"data": [call_shape(row) for row in live_calls()]}


class CallOne(InboxEndpoint):
    """/calls/{id}"""

    scopes = {"GET": READ}

    @call("get_call", "Read one call", gives=wire.Call)
    def get(self, request: Request, call_id: UUID) -> wire.Call:
        return call_shape(find_call(call_id))


class Session(InboxEndpoint):
    """/calls/{id}/session"""

    scopes = {"GET": READ}

    @call(
        "get_call_session",
        "Read what the customer's phone offers or answers",
        about="An offer of a call that rings, an answer to a call of ours; empty until it came.",
        gives=wire.CallSession,
        refuses=["call_taken", "call_over"],
    )
    def get(self, request: Request, call_id: UUID) -> wire.CallSession:
        row = find_call(call_id)
        _check_free(row, self.me)
        kind, sdp = ("offer", row.offer) if row.direction == "inbound" else ("answer", row.answer)
        return {"type": kind, "sdp": sdp, "ice_servers": ice_servers(str(self.me or row.id))}


def _check_free(row: Call, me: UUID | None) -> None:
    """Raises CallOver; CallTaken for a call that somebody else has."""
    if not row.is_live:
        raise CallOver(row)
    if row.member_id and row.member_id != me:
        raise CallTaken(row)


class AnswerBody(Body):
    """ref: a name of the page's own for this call: the same page may repeat itself."""

    ref = serializers.CharField(max_length=REF_MAX)
    sdp = serializers.CharField(max_length=SDP_MAX, trim_whitespace=False)


class AnswerOne(InboxEndpoint):
    """/calls/{id}/answer"""

    scopes = {"PUT": WRITE}

    @call(
        "answer_call",
        "Take a ringing call",
        about="`sdp` answers the session and holds every candidate, because nothing is told later. Of "
        "several who take it at once one gets it. When the provider refuses, it rings on for everybody.",
        body=AnswerBody,
        gives=wire.Call,
        refuses=["member_only", "call_taken", "call_over", "call_refused"],
    )
    def put(self, request: Request, call_id: UUID) -> wire.Call:
        row = answer_call(tenant_id=_tenant(request), call_id=call_id, by=self.member, **self.body)
        return call_shape(row)


class EndBody(Body):
    """ref: the page's own name for this call."""

    ref = serializers.CharField(max_length=REF_MAX, default="")


class EndOne(InboxEndpoint):
    """/calls/{id}/end"""

    scopes = {"PUT": WRITE}

    @call(
        "end_call",
        "Hang up, or decline a call that rings",
        about="Declining ends it for everybody. A colleague's call is theirs to end.",
        body=EndBody,
        gives=wire.Call,
        refuses=["member_only", "call_taken", "call_refused"],
    )
    def put(self, request: Request, call_id: UUID) -> wire.Call:
        row = end_call(tenant_id=_tenant(request), call_id=call_id, by=self.member, **self.body)
        return call_shape(row)


class PassBody(Body):
    """member_id: null rings for everybody again."""

    member_id = serializers.UUIDField(allow_null=True)


class Recipient(InboxEndpoint):
    """/calls/{id}/recipient"""

    scopes = {"PUT": WRITE}

    @call(
        "pass_call",
        "Pass a ringing call on to a colleague",
        about="A call that is answered cannot be transferred: no provider we know of can.",
        body=PassBody,
        gives=wire.Call,
        refuses=["call_taken", "call_over"],
    )
    def put(self, request: Request, call_id: UUID) -> wire.Call:
        row, active = find_call(call_id), Member.objects.filter(is_active=True)
        to = referred(active, self.body["member_id"], "/member_id")
        return call_shape(pass_call(call=row, to=to, by=self.author))


class CallLine(InboxEndpoint):
    """/threads/{id}/call_line"""

    scopes = {"GET": READ}

    @call(
        "get_call_line",
        "Ask whether the customer may be called",
        about="The provider is asked. `ask` them with a message of the type `call_request`.",
        gives=wire.CallLine,
        refuses=["conflict", "no_address", "call_refused"],
    )
    def get(self, request: Request, thread_id: UUID) -> wire.CallLine:
        tenant_id = _tenant(request)
        permission, channel = ask_permission(tenant_id=tenant_id, thread=_thread(tenant_id, thread_id))
        return {
            "may_call": permission.may_call,
            "may_ask": permission.may_ask,
            "until": stamp(permission.until),
            "channel_id": ident(channel.id),
            "ice_servers": ice_servers(str(self.me or thread_id)),
        }


class OfferBody(Body):
    """sdp: our offer, with every candidate."""

    sdp = serializers.CharField(max_length=SDP_MAX, trim_whitespace=False)


class OurCall(InboxEndpoint):
    """/threads/{id}/calls/{ref}"""

    scopes = {"PUT": WRITE}

    @call(
        "start_call",
        "Call the customer",
        about="`ref` is the page's own name for the call: the same twice is one call. The session of the "
        "customer's phone comes with the event `call.joined`.",
        body=OfferBody,
        gives=wire.Call,
        refuses=["member_only", "conflict", "no_address", "call_refused"],
    )
    def put(self, request: Request, thread_id: UUID, ref: UUID) -> wire.Call:
        tenant_id, by = _tenant(request), self.member
        thread = _thread(tenant_id, thread_id)
        row = start_call(tenant_id=tenant_id, thread=thread, by=by, ref=str(ref), **self.body)
        return call_shape(row)


def _thread(tenant_id: UUID, thread_id: UUID) -> Thread:
    """The conversation, or the one that has taken it in. Raises Thread.DoesNotExist."""
    with tenant_context(tenant_id):
        key = thread_row(thread_id).id
        found: Thread = Thread.objects.select_related("customer", "channel").get(id=key)
        return found


def _tenant(request: Request) -> UUID:
    """Whose request it is; for calls that open their own scope."""
    found: UUID = request._request.tenant_id  # type: ignore[attr-defined]
    return found
