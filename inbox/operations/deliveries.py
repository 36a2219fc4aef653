"""What becomes of deliveries: outcomes, expiry and doubt. Set-based, inside one tenant's scope."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from common.sql import as_json, update_from_values
from common.tenancy import require_tenant
from common.wire import stamp
from customers.operations import learn_addresses
from inbox.models import Delivery, DeliveryState, Message, Status
from inbox.models.deliveries import OPEN
from inbox.operations import identities
from inbox.operations.channels import note_channel_error
from inbox.operations.kept_files import note_kept
from inbox.operations.reach import note_opt_outs
from inbox.operations.standing import hold_back
from inbox.operations.statuses import (
    Change,
    announce_statuses,
    by_id,
    hold_messages,
    lock_messages,
    match_waiting,
)
from inbox.ports import Account, Outbound, SendError, SendResult

#: A request whose worker died is of unknown fate after this.
SENDING_LEASE = timedelta(seconds=60)
#: How long after a request left to wait for the provider's own report before acting on doubt (rule 12); so
#: long, and no longer, do later messages of the thread wait (rule 9).
DOUBT_SETTLES = "90 seconds"
ATTEMPTS_MAX = 12
BACKOFF_MAX_S = 900
#: How long a message waits that was refused for its account's sake, when nobody says how long.
HOLD_S = 900
#: The same for the first time, when it was refused for its template's sake.
SOON_S = 20
#: What became of a message that could not leave before it was void.
TOO_LATE = "It would have been too late."


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed delivery, ready to leave: everything a sender needs, no rows to write."""

    tenant_id: UUID
    delivery: Delivery
    channel_kind: str
    account: Account
    message: Outbound

    @property
    def row(self) -> Message:
        return self.delivery.message


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back: a result or an error, never both. asked_at: when the provider was asked."""

    job: Job
    result: SendResult | None = None
    error: SendError | None = None
    asked_at: datetime = field(default_factory=timezone.now)


# ---------------------------------------------------------------- outcomes


@dataclass(frozen=True, slots=True)
class _Settled:
    """An outcome in the words of the rows. status "" leaves the message's status as it is."""

    job: Job
    state: DeliveryState
    status: str
    due_at: datetime | None = None
    external_id: str | None = None
    error: dict[str, Any] | None = None
    detail: str = ""


def record_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Write what became of sends: Delivery, Message, Thread.last_status, events, learned addresses.

    A fixed number of statements for all of them. An answer that repeats an id we already have cannot be
    right: that message alone becomes uncertain.
    """
    try:
        with transaction.atomic():
            _write([_settled(outcome) for outcome in outcomes])
    except IntegrityError:
        if len(outcomes) > 1:
            for outcome in outcomes:
                record_outcomes([outcome])
            return
        doubt = SendError(
            "invalid", "The provider gave an id it had given before.", permanent=False, may_have_sent=True
        )
        _write([_settled(Outcome(outcomes[0].job, error=doubt))])
    _learn(outcomes)
    note_kept(
        (one.job.delivery.channel_id, one.result.kept) for one in outcomes if one.result and one.result.kept
    )
    failed = [(outcome, outcome.error) for outcome in outcomes if outcome.error]
    for outcome, error in failed:
        if error.reason in {"auth", "config"}:
            note_channel_error(channel=outcome.job.delivery.channel, sentence=error.detail)
    # Known since the question, not since the answer: what the person has said meanwhile is newer.
    refused = ((one.job.row, one.asked_at) for one, error in failed if error.reason == "opted_out")
    note_opt_outs(refused)
    identities.note_refusals(
        (one.job.row, one.job.message.identity_key)
        for one, error in failed
        if error.reason == identities.CODE
    )
    hold_back({outcome.job.delivery.channel_id: error.hold for outcome, error in failed if error.hold})


def _learn(outcomes: Sequence[Outcome]) -> None:
    """Keep addresses that a provider's answer showed and that the message was not written to anyway."""
    shown = {
        (claim.kind, claim.value): outcome.job.row.address_id
        for outcome in outcomes
        if outcome.result
        for claim in outcome.result.learned
        if claim not in outcome.job.message.to
    }
    learn_addresses(shown)


def _settled(outcome: Outcome) -> _Settled:
    job, error, result = outcome.job, outcome.error, outcome.result
    if result:
        sent_as = result.external_id
        return _Settled(job, DeliveryState.SENT, Status.SENT, external_id=sent_as, detail="accepted")
    if error is None:
        raise ValueError("an outcome is a result or an error")
    words = {
        "code": error.reason,
        "title": error.title or error.reason,
        "detail": identities.WAITS if error.reason == identities.CODE else error.detail,
        "provider_code": error.provider_code,
    }
    if error.advice and error.reason != identities.CODE:
        words["advice"] = error.advice
    if error.may_have_sent:
        return _Settled(job, DeliveryState.UNCERTAIN, Status.UNCERTAIN, error=words, detail=error.detail)
    if error.is_held or (error.hold and not error.permanent):
        due_at = timezone.now() + timedelta(seconds=error.retry_after_s or _hold_s(job, error))
        said = words["detail"]
        return _Settled(job, DeliveryState.HELD, Status.HELD, due_at=due_at, error=words, detail=said)
    if error.permanent or (job.delivery.attempt >= ATTEMPTS_MAX and not job.delivery.expires_at):
        return _Settled(job, DeliveryState.FAILED, Status.FAILED, error=words, detail=error.detail)
    wait_s = error.retry_after_s if error.retry_after_s is not None else backoff_s(job.delivery.attempt)
    due_at = timezone.now() + timedelta(seconds=wait_s)
    return _Settled(job, DeliveryState.READY, "", due_at=due_at, error=words, detail=error.detail)


def _hold_s(job: Job, error: SendError) -> float:
    """What it is made of may be free again by the time the refusal has come: look soon, then ever later."""
    return min(HOLD_S, SOON_S * 2.0 ** max(job.delivery.attempt - 1, 0)) if error.is_held else HOLD_S


def backoff_s(attempt: int) -> float:
    """1 s · 2^n with full jitter, at most 15 minutes (rule 13)."""
    return random.uniform(0.1, min(BACKOFF_MAX_S, 2.0**attempt))  # noqa: S311 - spreading load, not secrets


def _write(settled: Sequence[_Settled]) -> None:
    now = timezone.now()
    hold_messages(one.job.row.id for one in settled)
    ours = _write_deliveries(settled, now)
    told = [one for one in settled if one.job.delivery.id in ours]
    _write_messages(told, now)
    changes = [_change(one, now) for one in told if one.status]
    announce_statuses(changes)
    sent = [(one.job.row.channel_id, one.external_id) for one in told if one.external_id]
    match_waiting([(channel, external) for channel, external in sent if external])


def _write_deliveries(settled: Sequence[_Settled], now: datetime) -> set[UUID]:
    """The token names the attempt, so it alone decides: a lease that ran out does not unmake an answer."""
    values = [
        (
            one.job.tenant_id,
            one.job.delivery.id,
            one.job.delivery.token,
            one.state,
            one.due_at,
            one.external_id or "",
            as_json(one.error),
            now if one.state == DeliveryState.UNCERTAIN else None,
            None if one.state in OPEN else now,
        )
        for one in settled
    ]
    rows = update_from_values(
        """UPDATE inbox_delivery d
        SET state = v.state, due_at = COALESCE(v.due, d.due_at), lease_until = NULL,
          external_id = v.external_id, error = v.error, uncertain_at = v.uncertain_at,
          settled_at = v.settled_at
        FROM (VALUES %s) AS v (tenant_id, id, token, state, due, external_id, error, uncertain_at, settled_at)
        WHERE d.tenant_id = v.tenant_id AND d.id = v.id AND d.id = ANY (:these) AND d.token = v.token
          AND d.state IN ('claimed', 'sending', 'uncertain') RETURNING d.id""",
        values,
        template="(%s::uuid, %s::uuid, %s::uuid, %s, %s::timestamptz, %s, %s::jsonb, "
        "%s::timestamptz, %s::timestamptz)",
    )
    return {row[0] for row in rows}


def _write_messages(settled: Sequence[_Settled], now: datetime) -> None:
    values = []
    for one in settled:
        message = one.job.row
        entry = {"status": one.status or "queued", "at": stamp(now), "detail": one.detail}
        message.status = one.status or message.status
        message.external_id = one.external_id or message.external_id
        message.error, message.attempts = one.error, one.job.delivery.attempt
        message.history = [*message.history, entry]
        values.append(
            (
                one.job.tenant_id,
                message.id,
                one.status,
                one.external_id,
                as_json(one.error),
                as_json([entry]),
            )
        )
    update_from_values(
        """UPDATE inbox_message m
        SET attempts = m.attempts + 1, history = m.history || v.entry, error = v.error,
          external_id = COALESCE(v.external_id, m.external_id),
          status = CASE WHEN v.status = '' OR m.status IN ('delivered', 'read')
                        THEN m.status ELSE v.status END
        FROM (VALUES %s) AS v (tenant_id, id, status, external_id, error, entry)
        WHERE m.tenant_id = v.tenant_id AND m.id = v.id AND m.id = ANY (:these)""",
        values,
        template="(%s::uuid, %s::uuid, %s, %s, %s::jsonb, %s::jsonb)",
    )


def _change(one: _Settled, now: datetime) -> Change:
    return Change(one.job.row, one.status, now)


# ---------------------------------------------------------------- what nobody finished


# A row that somebody holds is being settled there; the next look finds what is left of it. Each names its
# rows once, as an array: a subquery is read anew for each of the tenant's rows while PostgreSQL has not
# counted them.
_RETURN_CLAIMS = """
UPDATE inbox_delivery SET state = 'ready', lease_until = NULL
WHERE tenant_id = %(tenant)s AND id = ANY (ARRAY(
  SELECT id FROM inbox_delivery WHERE tenant_id = %(tenant)s AND state = 'claimed' AND lease_until < now()
  FOR UPDATE SKIP LOCKED))
"""
_RETURN_HELD = """
UPDATE inbox_delivery SET state = 'ready'
WHERE tenant_id = %(tenant)s AND id = ANY (ARRAY(
  SELECT id FROM inbox_delivery WHERE tenant_id = %(tenant)s AND state = 'held' AND due_at <= now()
  FOR UPDATE SKIP LOCKED))
"""
_RESEND = """
UPDATE inbox_delivery SET state = 'ready', due_at = now()
WHERE tenant_id = %(tenant)s AND id = ANY (ARRAY(
  SELECT id FROM inbox_delivery WHERE tenant_id = %(tenant)s AND state = 'uncertain' AND on_doubt = 'resend'
    AND uncertain_at < now() - %(doubt_settles)s::interval AND (expires_at IS NULL OR expires_at > now())
  FOR UPDATE SKIP LOCKED))
"""


def recover_lost() -> None:
    """Deal with what dead workers, doubt and time left behind: claims return, sends become uncertain,
    doubt is settled by each message's policy, what is held too long expires."""
    with connection.cursor() as cursor:
        for statement in (_RETURN_CLAIMS, _RETURN_HELD, _RESEND):
            cursor.execute(statement, {"tenant": require_tenant(), "doubt_settles": DOUBT_SETTLES})
    now = timezone.now()
    lost = Delivery.objects.filter(state=DeliveryState.SENDING, lease_until__lt=now)
    _settle_rows(
        lost, DeliveryState.UNCERTAIN, Status.UNCERTAIN, "The sender stopped before an answer came.", now
    )
    late = Delivery.objects.filter(state=DeliveryState.HELD, expires_at__lt=now)
    _settle_rows(late, DeliveryState.FAILED, Status.FAILED, TOO_LATE, now)


def _settle_rows(
    rows: QuerySet[Delivery], state: DeliveryState, status: str, detail: str, now: datetime
) -> None:
    ids = list(rows.values_list("message", flat=True))
    if not ids:
        return
    messages = {message.id: message for message in lock_messages(by_id(ids))}
    why = {"code": "unavailable", "title": "", "detail": detail, "provider_code": ""}
    found = rows.filter(message__in=ids).select_for_update(of=("self",), skip_locked=True).order_by("id")
    changes = []
    for row in found:
        row.message = messages[row.message_id]
        changes.append(fail_delivery(row, state, status, why, now))
    announce_statuses(changes)


def fail_delivery(
    delivery: Delivery, state: DeliveryState, status: str, error: dict[str, Any], now: datetime
) -> Change:
    """Settle one locked delivery and its message without a provider's answer. Writes both rows."""
    message = delivery.message
    delivery.state, delivery.error = state, error
    if state == DeliveryState.UNCERTAIN:
        delivery.uncertain_at = delivery.lease_until - SENDING_LEASE if delivery.lease_until else now
    delivery.settled_at = None if state == DeliveryState.UNCERTAIN else now
    delivery.lease_until = None
    delivery.save(update_fields=["state", "error", "lease_until", "uncertain_at", "settled_at"])
    message.status, message.error = status, error
    message.history = [*message.history, {"status": status, "at": stamp(now), "detail": error["detail"]}]
    message.save(update_fields=["status", "error", "history"])
    return Change(message, status, now)


def refuse(pairs: Iterable[tuple[Delivery, dict[str, Any]]]) -> None:
    """Fail claimed deliveries that a rule no longer lets go, with the reason."""
    now = timezone.now()
    announce_statuses(
        [fail_delivery(row, DeliveryState.FAILED, Status.FAILED, why, now) for row, why in pairs]
    )
