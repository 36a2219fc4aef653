"""Asking Meta for something on a person's behalf: a row before, the call outside any transaction, what came
of it after. No errand ends without an outcome that a person can read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.utils import timezone

from channels_whatsapp.models import Errand
from channels_whatsapp.number_words import fix_for, sentence_of
from common.tenancy import tenant_context
from events import audit
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.operations.channels import channel_account
from inbox.ports import Account, SendError

T = TypeVar("T")
KIND = "whatsapp"
#: What changes nothing at Meta.
ONLY_READS = {
    Errand.What.REFRESH, Errand.What.READ_PROFILE, Errand.What.READ_OPENERS, Errand.What.READ_LINKS,
    Errand.What.READ_BLOCKED, Errand.What.READ_GROUPS, Errand.What.READ_GROUP,
    Errand.What.READ_SETTINGS, Errand.What.READ_FORM_KEY,
}  # fmt: skip
UNCLEAR_FIX = "Refresh below to see how the number stands now, before you try again."


class Conflict(Exception):
    """Somebody else changed the same meanwhile. theirs: how it stands now, as ``keep`` takes it."""

    def __init__(self, theirs: Any) -> None:
        super().__init__("Somebody changed the same meanwhile.")
        self.theirs = theirs


def whatsapp_channel(channel_id: UUID) -> Channel:
    """The number, locked. Raises Channel.DoesNotExist."""
    return Channel.objects.select_for_update().get(id=channel_id, kind=KIND)


def run_errand(
    *,
    tenant_id: UUID,
    channel_id: UUID,
    what: Errand.What,
    by: Author,
    ask: Callable[[Account], T],
    keep: Callable[[Channel, T], None] | None = None,
) -> Errand:
    """Ask, and keep what came back together with the outcome; a refusal is an outcome, not an exception.

    ask: makes the calls; keep: writes what they gave, in the transaction of the outcome. Writes Errand.
    Raises Channel.DoesNotExist, and Conflict after its outcome is written and what Meta has now is kept.
    """
    with tenant_context(tenant_id):
        channel = whatsapp_channel(channel_id)
        account, errand = channel_account(channel), begin_errand(what=what, by=by, channel=channel)
    try:
        found = ask(account)
    except SendError as error:
        with tenant_context(tenant_id):
            return refuse_errand(errand, error)
    except Conflict as conflict:
        with tenant_context(tenant_id):
            _keep(channel_id, keep, conflict.theirs)
            _end(errand, Errand.Outcome.REFUSED, reason="conflict", sentence=str(conflict))
        raise
    with tenant_context(tenant_id):
        _keep(channel_id, keep, found)
        return finish_errand(errand)


def _keep(channel_id: UUID, keep: Callable[[Channel, T], None] | None, found: T) -> None:
    if keep:
        keep(whatsapp_channel(channel_id), found)


def begin_errand(*, what: Errand.What, by: Author, channel: Channel | None = None) -> Errand:
    """Note that something is about to be asked. Writes Errand; what only reads stands in no audit."""
    if what not in ONLY_READS:
        about = (channel.id, channel.name) if channel else (None, "WhatsApp")
        audit.note(f"number.{what}", *about, actor=by.actor)
    return Errand.objects.create(channel=channel, what=what, by_name=by.name[:200])


def finish_errand(errand: Errand, sentence: str = "") -> Errand:
    """It is done. Writes Errand."""
    return _end(errand, Errand.Outcome.DONE, sentence=sentence)


def refuse_errand(errand: Errand, error: SendError) -> Errand:
    """It was refused, or nobody knows. Writes Errand."""
    outcome = Errand.Outcome.UNCLEAR if error.may_have_sent else Errand.Outcome.REFUSED
    fix = UNCLEAR_FIX if error.may_have_sent else fix_for(error)
    return _end(
        errand, outcome, reason=error.reason, sentence=sentence_of(error), fix=fix, code=error.provider_code
    )


def _end(
    errand: Errand,
    outcome: Errand.Outcome,
    *,
    reason: str = "",
    sentence: str = "",
    fix: str = "",
    code: str = "",
) -> Errand:
    errand.outcome, errand.reason, errand.ended_at = outcome, reason, timezone.now()
    errand.sentence, errand.fix, errand.code = sentence[:1000], fix[:400], code[:20]
    errand.save(update_fields=["outcome", "reason", "sentence", "fix", "code", "ended_at"])
    return errand
