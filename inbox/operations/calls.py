"""What members do with calls. The provider is asked between two transactions, never inside one.

Only one can take a call: a conditional update decides, and the others are told who did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from common.tenancy import tenant_context
from inbox.channels import adapter_for
from inbox.models import Call, CallOutcome, CallState
from inbox.operations.authors import Author
from inbox.operations.call_changes import LIVE, move_call, over, tell_call
from inbox.operations.call_log import log_our_call
from inbox.operations.channels import channel_account
from inbox.operations.errors import NotPossible, Refused
from inbox.ports import Account, CarriesCalls, SendError
from inbox.queries.calls import find_call
from tenants.models import Member


class CallTaken(Refused):
    """A colleague has it. call: as it is now."""

    code = "call_taken"

    def __init__(self, call: Call) -> None:
        name = call.member_name or _("A colleague")
        super().__init__(_("%(name)s has taken this call.") % {"name": name})
        self.call = call


class CallOver(Refused):
    """It has ended. call: as it is now."""

    code = "call_over"

    def __init__(self, call: Call) -> None:
        super().__init__(_("This call is over."))
        self.call = call


class CallRefused(Refused):
    """The provider did not do what was asked."""

    code = "call_refused"

    def __init__(self, error: SendError) -> None:
        parts = (error.title, error.detail if error.detail != error.title else "")
        super().__init__(" ".join(f"{part.rstrip('.')}." for part in parts if part))


@dataclass(frozen=True, slots=True)
class Line:
    """A call's way to its provider."""

    adapter: CarriesCalls
    account: Account


def line_of(call: Call) -> Line:
    """How the provider of a call is asked. Raises NotPossible."""
    adapter: object = adapter_for(call.channel.kind)
    if not isinstance(adapter, CarriesCalls):
        raise NotPossible(_("This kind of channel carries no calls."))
    return Line(adapter, channel_account(call.channel))


def answer_call(*, tenant_id: UUID, call_id: UUID, by: Member, ref: str, sdp: str) -> Call:
    """Take a ringing call with our session, and tell the provider. The same page (ref) may repeat itself.

    Writes Call, Events `call.taken` and `call.answered`; when the provider refuses, the call rings on
    (`call.freed`). Raises CallTaken, CallOver, CallRefused, Call.DoesNotExist.
    """
    with tenant_context(tenant_id):
        call, line = _found(call_id)
        is_repeated = not _take(call, by, ref=ref, answer=sdp)
        if is_repeated and call.state == CallState.TALKING:
            return call
    accept = partial(line.adapter.accept_call, line.account, external_id=call.external_id or "", sdp=sdp)
    error = _error_of(accept)
    # An answer that was lost, or a second try after it, may have come through: whether sound flows tells, and
    # the provider ends a call without it.
    if error and not (error.may_have_sent or is_repeated):
        _free(tenant_id, call, by, ref)
        raise CallRefused(error)
    with tenant_context(tenant_id):
        to = {"state": CallState.TALKING, "answered_at": timezone.now()}
        now = _moved("call.answered", call_id, by, of=(CallState.ANSWERING,), where={"ref": ref}, to=to)
    if not now.is_live:  # hung up while the provider was told
        _error_of(partial(line.adapter.end_call, line.account, external_id=call.external_id or ""))
    return now


def _found(call_id: UUID) -> tuple[Call, Line]:
    call = find_call(call_id)
    return call, line_of(call)


def _error_of(ask: Callable[[], None]) -> SendError | None:
    try:
        ask()
    except SendError as error:
        return error
    return None


def _take(call: Call, by: Member, *, ref: str, answer: str = "") -> bool:
    """Make a ringing call this member's; False when this page had it already. Raises CallTaken, CallOver."""
    to = {"state": CallState.ANSWERING, "member": by, "member_name": by.name, "ref": ref, "answer": answer}
    if call.direction == "inbound" and move_call(call.id, of=(CallState.RINGING,), to=to):
        tell_call("call.taken", call.id, actor=Author.of(by).actor)
        return True
    call.refresh_from_db(fields=["state", "member", "member_name", "ref", "version"])
    if (call.member_id, call.ref) == (by.id, ref) and call.is_live:
        return False
    raise CallTaken(find_call(call.id)) if call.is_live else CallOver(find_call(call.id))


def _free(tenant_id: UUID, call: Call, by: Member, ref: str) -> None:
    """The provider would not have it so: it rings on, for everybody. call: as it rang; trying to take one
    that is long over must not let it ring any longer."""
    nobody = {"member": None, "member_name": "", "ref": "", "answer": "", "passed_to": None}
    with tenant_context(tenant_id):
        to = {"state": CallState.RINGING, "due_at": call.due_at, **nobody}
        _moved("call.freed", call.id, by, of=(CallState.ANSWERING,), where={"ref": ref}, to=to)


def _moved(
    kind: str,
    call_id: UUID,
    by: Member,
    *,
    of: Sequence[str],
    where: Mapping[str, Any],
    to: Mapping[str, Any],
) -> Call:
    """Change a call and tell of it, unless it has gone on meanwhile; returns it as it is."""
    if move_call(call_id, of=of, where=where, to=to):
        return tell_call(kind, call_id, actor=Author.of(by).actor)
    return find_call(call_id)


def end_call(*, tenant_id: UUID, call_id: UUID, by: Member, ref: str = "") -> Call:
    """Hang up, or decline a call that rings: for everybody, the customer hears that nobody takes it.

    One that is over is given as it is. Writes Call, Message (of a call of ours), Event `call.ended`. Raises
    CallTaken for a colleague's call, CallRefused, Call.DoesNotExist.
    """
    with tenant_context(tenant_id):
        call, line = _found(call_id)
        if not call.is_live:
            return call
        declines = call.direction == "inbound" and call.state == CallState.RINGING
        if declines:
            _take(call, by, ref=ref)
        elif call.member_id != by.id:
            raise CallTaken(call)
    ask = line.adapter.reject_call if declines else line.adapter.end_call
    error = call.external_id and _error_of(partial(ask, line.account, external_id=call.external_id))
    if error and not error.permanent:
        if declines:
            _free(tenant_id, call, by, ref)
        raise CallRefused(error)
    with tenant_context(tenant_id):
        return _ended(call_id, by, declines=declines)


def _ended(call_id: UUID, by: Member, *, declines: bool) -> Call:
    call = find_call(call_id)
    spoke = CallOutcome.ANSWERED if call.answered_at else CallOutcome.MISSED
    outcome = CallOutcome.DECLINED if declines else spoke
    found = _moved("call.ended", call_id, by, of=LIVE, where={}, to=over(call, outcome=outcome))
    if found.direction == "outbound" and call.is_live:
        log_our_call(found)
    return found


def pass_call(*, call: Call, to: Member | None, by: Author) -> Call:
    """Let a ringing call ring for one colleague, or for everybody again (None).

    Writes Call, Event `call.passed`. Raises CallTaken, CallOver.
    """
    if call.direction == "inbound" and move_call(call.id, of=(CallState.RINGING,), to={"passed_to": to}):
        return tell_call("call.passed", call.id, actor=by.actor)
    now = find_call(call.id)
    raise CallTaken(now) if now.is_live else CallOver(now)
