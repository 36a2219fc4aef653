"""Turn claimed deliveries into jobs: the last check of the rules, the pace, and what the adapter needs."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.utils import timezone

from customers.models import Address
from inbox import pacing
from inbox.channels import adapter_for
from inbox.direct import direct_of, why_barred
from inbox.models import Channel, Consent, Delivery, Message, Reach
from inbox.models.deliveries import Lane
from inbox.operations import rules
from inbox.operations.channels import channel_account
from inbox.operations.claims import claim_rows, put_back
from inbox.operations.deliveries import TOO_LATE, Job, refuse
from inbox.operations.holding import hold
from inbox.operations.leaving_files import NO_FILES, Files, files_of
from inbox.operations.standing import fact
from inbox.operations.templates import Copies
from inbox.ports import (
    Account,
    Claim,
    CountsSegments,
    Leaving,
    MessageKind,
    NotesDepartures,
    Outbound,
    Pace,
)
from inbox.queries.heard import Heard
from inbox.queries.lately_sent import lately_sent

PAUSE_S = 0.25
#: How much slower marketing goes when the account's quality has fallen.
GENTLE = 10


def claim(
    limit: int, accounts: dict[UUID, Account], copies: Copies | None = None, *,
    only_urgent: bool = False, rests: dict[UUID, float] | None = None,
) -> list[Job]:  # fmt: skip
    """Claim due deliveries of the open scope's tenant that may leave now.

    What is void by now, or what the rules no longer allow, fails with its reason (rule 14), what has to wait
    for its template is held, what is too fast goes back for a moment.
    accounts: channel id → account, kept by the caller for a turn, as the copies of templates; missing ones
    are added. rests: channel id → until when (monotonic) it sends as fast as it may, kept in the same way.
    """
    rests = {} if rests is None else rests
    rows = claim_rows(limit, only_urgent=only_urgent, resting=_still(rests))
    if not rows:
        return []
    now = timezone.now()
    addresses = _addresses(rows)
    windows = _windows(rows, addresses)
    allowed = _allowed(rows, windows, now)
    started = {row.id for row in allowed if _goes_anyway(row) and not _is_open(row, windows, now)}
    unsure = {row.id for row in allowed if row.message.address_id in _window_of(row, windows).unsure}
    free = hold(allowed, started=started, unsure=unsure, now=now, copies=copies or Copies())
    rows = _within_pace(free, rests)
    if not rows:
        return []
    files = files_of(rows, now)
    jobs = [_job(row, accounts, addresses, files.get(row.message_id, NO_FILES)) for row in rows]
    _note_departures(jobs)
    return [_with_key(job, _window_of(job.delivery, windows)) for job in jobs]


def _note_departures(jobs: Sequence[Job]) -> None:
    """Let adapters keep what they will know these messages by. May write tables of theirs."""
    for kind in {job.channel_kind for job in jobs}:
        adapter = adapter_for(kind)
        if isinstance(adapter, NotesDepartures):
            of_kind = [job for job in jobs if job.channel_kind == kind]
            adapter.note_departures([Leaving(job.row.channel_id, job.row.id, job.message) for job in of_kind])


def _with_key(job: Job, window: _Window) -> Job:
    """The message with the key its person had last, so that nobody else gets it."""
    key = window.keys.get(job.row.address_id, "")
    return replace(job, message=replace(job.message, identity_key=key)) if key else job


@dataclass(slots=True)
class _Window:
    """What one channel allows for one customer. heard: when each of their addresses last wrote; the rest is
    over all of them."""

    heard: Heard = field(default_factory=Heard)
    last_inbound_at: datetime | None = None
    blocked: bool = False
    opted_out: bool = False
    #: By address: the key last known, and which of them waits to be confirmed.
    keys: dict[UUID, str] = field(default_factory=dict)
    unsure: set[UUID] = field(default_factory=set)


Windows = dict[tuple[UUID, UUID], _Window]


def _allowed(rows: Sequence[Delivery], windows: Windows, now: datetime) -> list[Delivery]:
    refused = [(row, why) for row in rows if (why := _refusal(row, windows, now))]
    refuse(refused)
    gone = {row.id for row, _ in refused}
    return [row for row in rows if row.id not in gone]


def _windows(rows: Sequence[Delivery], addresses: Addresses) -> Windows:
    found: Windows = defaultdict(_Window)
    reach = Reach.objects.filter(
        channel__in={row.channel_id for row in rows},
        address__customer__in={row.message.customer_id for row in rows},
    )
    for channel, customer, last_inbound_at, blocked, consent, *identity in reach.values_list(*_OF_REACH):
        one = found[channel, customer]
        one.heard.last[identity[0]] = last_inbound_at
        if last_inbound_at and (one.last_inbound_at is None or last_inbound_at >= one.last_inbound_at):
            one.last_inbound_at, one.blocked = last_inbound_at, blocked
        one.blocked = one.blocked or (blocked and one.last_inbound_at is None)
        one.opted_out = one.opted_out or consent == Consent.OPTED_OUT
        _note_identity(one, *identity)
    for (_, customer), one in found.items():
        one.heard.beside = {key: beside for key, beside, _ in addresses.get(customer, ())}
    return found


_OF_REACH = (
    "channel_id", "address__customer_id", "last_inbound_at", "blocked", "consent", "address_id",
    "identity_key", "identity_changed_at",
)  # fmt: skip


def _note_identity(window: _Window, address_id: UUID, key: str, changed_at: datetime | None) -> None:
    if key:
        window.keys[address_id] = key
    if changed_at:
        window.unsure.add(address_id)


def _window_of(row: Delivery, windows: Windows) -> _Window:
    return windows[row.channel_id, row.message.customer_id]


def _is_open(row: Delivery, windows: Windows, now: datetime) -> bool:
    """Is the reply window open, or has this channel none?"""
    limits = adapter_for(row.channel.kind).limits
    if not limits.needs_template or limits.reply_window_h is None:
        return True
    last = _window_of(row, windows).heard.last_of(row.message.address_id)
    return last is not None and last + timedelta(hours=limits.reply_window_h) > now


def _goes_anyway(row: Delivery) -> bool:
    """May it leave outside the reply window?"""
    return row.message.kind == "template" or direct_of(row.message.content) is not None


def _refusal(row: Delivery, windows: Windows, now: datetime) -> dict[str, Any] | None:
    window = _window_of(row, windows)
    if row.expires_at and row.expires_at <= now:
        return _why("unavailable", TOO_LATE)
    if not row.channel.is_active:
        return _why("config", "The channel is switched off.")
    if window.blocked:
        return _why("opted_out", "The customer is blocked on this channel.")
    if window.opted_out and (stopped := rules.stopped(row.channel, is_marketing=row.lane == Lane.MARKETING)):
        return _why("opted_out", stopped)
    if direct_of(row.message.content) and (why := why_barred(row.channel, now)):
        return _why("config", why)
    if not _goes_anyway(row) and not _is_open(row, windows, now):
        return _why(
            "window_closed", "The reply window closed before the message could leave; send a template."
        )
    return None


def _why(code: str, detail: str) -> dict[str, Any]:
    return {"code": code, "title": "", "detail": detail, "provider_code": ""}


def _still(rests: dict[UUID, float]) -> list[UUID]:
    now = time.monotonic()
    for channel_id in [channel_id for channel_id, until in rests.items() if until <= now]:
        del rests[channel_id]
    return list(rests)


def _within_pace(rows: Sequence[Delivery], rests: dict[UUID, float]) -> list[Delivery]:
    by_channel: dict[UUID, list[Delivery]] = defaultdict(list)
    for row in rows:
        by_channel[row.channel_id].append(row)
    going: list[Delivery] = []
    for group in by_channel.values():
        first, pace = group[0], _pace(group[0].channel)
        free = pacing.take_for_channel(
            tenant_id=first.tenant_id, channel_id=first.channel_id, pace=pace, wanted=len(group),
            urgent=sum(row.lane == Lane.URGENT for row in group),
        )  # fmt: skip
        if free < len(group):
            put_back(group[free:], after_s=PAUSE_S)
            rests[first.channel_id] = time.monotonic() + PAUSE_S
        may, patient = _by_pair(group[:free], pace)
        put_back(patient, after_s=pace.pair_every_s or PAUSE_S)
        leaving = _gently(may, pace)
        more = _more_parts(first.channel, leaving)
        pacing.owe(tenant_id=first.tenant_id, channel_id=first.channel_id, pace=pace, parts=more)
        going += leaving
    return going


def _more_parts(channel: Channel, rows: Sequence[Delivery]) -> int:
    """How many parts their provider counts beyond one for each."""
    adapter = adapter_for(channel.kind)
    if not isinstance(adapter, CountsSegments):
        return 0
    texts = [row.message.text for row in rows if row.message.kind == "text"]
    return sum(max(0, adapter.count_segments(text).segments - 1) for text in texts)


def _by_pair(rows: Sequence[Delivery], pace: Pace) -> tuple[list[Delivery], list[Delivery]]:
    """Those of one channel whose person may get one more now, and those whose person has to be left alone."""
    if not rows:
        return [], []
    channel_id, threads = rows[0].channel_id, {row.order_key for row in rows}
    free = pacing.who_may_be_sent_to(
        tenant_id=rows[0].tenant_id,
        channel_id=channel_id,
        addresses=[row.message.address_id for row in rows],
        pace=pace,
        sent=lambda within_s: lately_sent(
            channel_id=channel_id, threads=threads, within_s=within_s, most=pace.pair_burst or 0
        ),
    )
    split: tuple[list[Delivery], list[Delivery]] = [], []
    for row, is_free in zip(rows, free, strict=True):
        split[0 if is_free else 1].append(row)
    return split


def _gently(rows: Sequence[Delivery], pace: Pace) -> list[Delivery]:
    """Marketing slower while people complain: the provider stops the account when they go on."""
    marketing = [
        row for row in rows if row.lane == Lane.MARKETING and fact(row.channel, "quality") == "medium"
    ]
    if not marketing or pace.per_second is None:
        return list(rows)
    gentle = replace(pace, per_second=pace.per_second / GENTLE)
    first = marketing[0]
    free = pacing.take_for_channel(
        tenant_id=first.tenant_id,
        channel_id=first.channel_id,
        pace=gentle,
        wanted=len(marketing),
        lane="marketing",
    )
    late = {row.id for row in marketing[free:]}
    put_back(marketing[free:], after_s=PAUSE_S * GENTLE)
    return [row for row in rows if row.id not in late]


def _pace(channel: Channel) -> Pace:
    """What its provider allows every account, or what it has granted this one: as an admin said
    (`messages_per_second`), else as the provider told."""
    pace = adapter_for(channel.kind).limits.pace
    granted = channel.config.get("messages_per_second") or fact(channel, "per_second")
    if isinstance(granted, int | float) and granted > 0:
        return replace(pace, per_second=float(granted))
    return pace


Addresses = Mapping[UUID, Sequence[tuple[UUID, UUID | None, Claim]]]


def _addresses(rows: Sequence[Delivery]) -> Addresses:
    """{customer id: (address id, the one it was first seen with, claim), the newest first}"""
    found: dict[UUID, list[tuple[UUID, UUID | None, Claim]]] = defaultdict(list)
    people = {row.message.customer_id for row in rows}
    known = Address.objects.filter(customer__in=people).order_by("-id")
    columns = ("customer_id", "id", "beside", "kind", "value")
    for customer_id, key, beside, kind, value in known.values_list(*columns):
        found[customer_id].append((key, beside, Claim(kind, value)))
    return found


def _job(row: Delivery, accounts: dict[UUID, Account], addresses: Addresses, files: Files) -> Job:
    if row.channel_id not in accounts:
        accounts[row.channel_id] = channel_account(row.channel)
    message = row.message
    outbound = Outbound(
        ref=str(row.id),
        to=_claims(message, addresses.get(message.customer_id, ()), row.channel),
        kind=cast(MessageKind, message.kind),
        text=message.text,
        content=rules.without_mark(message.content),
        reply_to=message.reply_to,
        file=files.above,
        files=files.inside,
        expires_at=row.expires_at,
        direct=direct_of(message.content),
    )
    return Job(row.tenant_id, row, row.channel.kind, accounts[row.channel_id], outbound)


def _claims(
    message: Message, addresses: Sequence[tuple[UUID, UUID | None, Claim]], channel: Channel
) -> tuple[Claim, ...]:
    """The address the message was written to, then the customer's newest of each other kind."""
    chosen = next((claim for key, _, claim in addresses if key == message.address_id), None)
    if chosen is None:  # an address that went to another customer since
        chosen = Claim(message.address.kind, message.address.value)
    claims = {chosen.kind: chosen}
    for kind in adapter_for(channel.kind).address_kinds:
        for _, _, claim in addresses:
            if claim.kind == kind:
                claims.setdefault(kind, claim)
    return tuple(claims.values())
