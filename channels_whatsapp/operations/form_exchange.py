"""Answering forms on phones at once: WhatsApp asks, we ask the business's own system, and a screen is shown.

Nothing of what people fill in is kept or logged. https://developers.facebook.com/documentation/
business-messaging/whatsapp/flows/guides/implementingyourflowendpoint (September 2026)
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from django.db.models import F, Q
from django.utils import timezone

from channels_whatsapp import form_calls, signatures
from channels_whatsapp.form_crypto import CannotOpen, Opened, open_request, seal_answer
from channels_whatsapp.models import FormEndpoint
from channels_whatsapp.operations.form_endpoints import call_secrets, endpoint_of, private_keys
from channels_whatsapp.operations.form_tokens import message_of
from channels_whatsapp.values import line, record, word
from common.tenancy import tenant_context
from common.wire import ident
from inbox.models import Channel, ChannelRoute
from inbox.operations.app_secrets import signers_of
from inbox.ports import Answer, BadSignature, Credentials, Hook, Json

KIND = "whatsapp"
Fault = FormEndpoint.Fault
#: What WhatsApp's phones understand beside 200: fetch the key again; nobody we know signed this.
CANNOT_OPEN, NOT_SIGNED = 421, 432
#: Phones show a sentence of their own, and the person may try again.
AWAY = Answer(503, b"Try again in a moment.")
#: A number whose system is slow leaves threads to the others (per process).
AT_ONCE = 4
#: A time that only tells that all is well is written once in so long.
FRESH = timedelta(minutes=1)
#: The word under which a phone reports what it could not show.
ERRORS = ("error", "error_key", "error_message")


class NoEndpoint(LookupError):
    """There is no such number, or it is switched off."""


@dataclass(frozen=True, slots=True)
class _Form:
    """An opened request, and everything its answer needs. question: None where we answer ourselves."""

    tenant_id: UUID
    endpoint: FormEndpoint
    opened: Opened
    secrets: list[str]
    question: Json | None = None

    def sealed(self, answer: Json) -> Answer:
        """The answer as the phone reads it."""
        return Answer(200, seal_answer(self.opened, answer))


def answer_form(*, channel_id: UUID, hook: Hook) -> Answer:
    """What WhatsApp hears. Writes FormEndpoint. Raises NoEndpoint."""
    began = time.monotonic()
    if not hook.headers.get(signatures.HEADER, "").startswith(signatures.PREFIX):
        return Answer(NOT_SIGNED)  # without a look at whose address it is
    try:
        tenant_id, signers = signers_of(KIND, channel_id)
    except ChannelRoute.DoesNotExist:
        raise NoEndpoint from None
    if not any(_is_signed(hook, one) for one in signers):
        _note(tenant_id, channel_id, "misfit_at")
        return Answer(NOT_SIGNED)
    form = _opened(tenant_id, channel_id, hook.body)
    return _answer(form, channel_id, began) if form else Answer(CANNOT_OPEN)


def _is_signed(hook: Hook, credentials: Credentials) -> bool:
    try:
        signatures.verify(hook, credentials)
    except BadSignature:
        return False
    return True


def _opened(tenant_id: UUID, channel_id: UUID, body: bytes) -> _Form | None:
    """The request, None when no key of ours fits. Raises NoEndpoint."""
    with tenant_context(tenant_id):
        channel = Channel.objects.filter(id=channel_id, is_active=True).first()
        if channel is None:
            raise NoEndpoint
        endpoint = endpoint_of(channel)
        if endpoint is None:
            return None
        try:
            opened = open_request(body, private_keys(endpoint))
        except CannotOpen as error:
            _note_fault(endpoint, Fault.KEY, str(error))
            return None
        _note(tenant_id, channel_id, "heard_at")
        question = None if _is_ours(opened.said) else _question(channel, opened.said)
        return _Form(tenant_id, endpoint, opened, call_secrets(endpoint), question)


def _is_ours(said: Json) -> bool:
    return said.get("action") == "ping" or _is_report(said)


def _is_report(said: Json) -> bool:
    return any(name in record(said.get("data")) for name in ERRORS)


def _question(channel: Channel, said: Json) -> Json:
    """What the business's system reads: what the phone said, and of whom we know it is."""
    token = word(said, "flow_token")
    message = message_of(channel, token)
    return {
        "channel_id": ident(channel.id),
        "number": channel.address,
        "flow_token": token,
        "flow_token_signature": word(said, "flow_token_signature", 4_000),
        "action": word(said, "action"),
        "screen": word(said, "screen"),
        "data": record(said.get("data")),
        "version": word(said, "version"),
        "customer_id": ident(message.customer_id if message else None),
        "thread_id": ident(message.thread_id if message else None),
        "message_id": ident(message.id if message else None),
    }


def _answer(form: _Form, channel_id: UUID, began: float) -> Answer:
    if form.question is None:
        return form.sealed(_own_answer(form))
    try:
        if not form.endpoint.url:
            raise form_calls.Unanswered(Fault.NO_ADDRESS, "No address of yours is set here.")
        with _turn(channel_id):
            left_s = form_calls.DEADLINE_S - (time.monotonic() - began)
            shown = form_calls.ask_business(
                form.endpoint.url, form.question, secrets=form.secrets, timeout_s=left_s
            )
    except form_calls.Unanswered as failed:
        with tenant_context(form.tenant_id):
            _note_fault(form.endpoint, failed.fault, failed.detail)
        return AWAY
    except form_calls.TokenOver as over:
        _note_answered(form)
        said = {"error_msg": over.sentence} if over.sentence else {}
        return Answer(form_calls.OVER, orjson.dumps(said), "application/json")
    _note_answered(form)
    return form.sealed(shown)


def _own_answer(form: _Form) -> Json:
    """To WhatsApp's look whether we are there, and to a phone that could not show what it got."""
    said = form.opened.said
    if not _is_report(said):
        return {"data": {"status": "active"}}
    told = record(said.get("data"))
    parts = [line(told, name) for name in ERRORS] + [word(said, "screen")]
    with tenant_context(form.tenant_id):
        _note_fault(form.endpoint, Fault.REPORTED, " · ".join(filter(None, parts)))
    return {"data": {"acknowledged": True}}


# ---------------------------------------------------------------- turns

_running: Counter[UUID] = Counter()
_lock = threading.Lock()


@contextmanager
def _turn(channel_id: UUID) -> Iterator[None]:
    """One of the calls this number may make at once. Raises Unanswered."""
    with _lock:
        if _running[channel_id] >= AT_ONCE:
            raise form_calls.Unanswered(Fault.BUSY, f"{AT_ONCE} requests wait for it already.")
        _running[channel_id] += 1
    try:
        yield
    finally:
        with _lock:
            _running[channel_id] -= 1
            if not _running[channel_id]:
                del _running[channel_id]


# ---------------------------------------------------------------- what admins read


def _note(tenant_id: UUID, channel_id: UUID, field: str) -> None:
    """Write a time, unless it was written a moment ago and is the latest."""
    other = {"heard_at": "misfit_at", "misfit_at": "heard_at"}[field]
    with tenant_context(tenant_id):
        now = timezone.now()
        is_past = Q(**{f"{other}__gt": F(field)})
        rows = FormEndpoint.objects.filter(_old(field, now) | is_past, channel=channel_id)
        rows.update(**{field: now})


def _old(field: str, now: datetime) -> Q:
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lt": now - FRESH})


def _note_answered(form: _Form) -> None:
    with tenant_context(form.tenant_id):
        now = timezone.now()
        rows = FormEndpoint.objects.filter(_old("answered_at", now) | Q(failures__gt=0), id=form.endpoint.id)
        rows.update(answered_at=now, failures=0)


def _note_fault(endpoint: FormEndpoint, fault: FormEndpoint.Fault, detail: str) -> None:
    FormEndpoint.objects.filter(id=endpoint.id).update(
        fault=fault, detail=detail[:400], failed_at=timezone.now(), failures=F("failures") + 1
    )
