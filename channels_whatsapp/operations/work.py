"""Telling the provider what people decided about templates, and reading its list: rows are the work, outside
any transaction the calls.

A row is claimed by moving its time ahead; a worker that dies gives it back by that. A submission tried before
looks first whether it arrived.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import cast
from uuid import UUID

from django.db.models import Min
from django.utils import timezone

from channels_whatsapp import template_calls as calls
from channels_whatsapp.models import APPROVED, DELETED, PENDING, Template, TemplateAccount, Work
from channels_whatsapp.operations.card_files import card_files_of
from channels_whatsapp.operations.news import (
    release_messages,
    save_templates,
    take_category,
    take_status,
    tell,
)
from channels_whatsapp.operations.readings import read_standings
from channels_whatsapp.operations.sync import claim_account, store_failure, store_page
from channels_whatsapp.operations.templates import QUEUE
from channels_whatsapp.send_time_rules import as_sent
from channels_whatsapp.template_parts import cards_of, kind_of, records, with_cards
from common import queues
from common.outlast import outlast
from common.tenancy import tenant_context
from inbox.files import FileStore
from inbox.models import Attachment
from inbox.operations.channels import channel_account
from inbox.ports import Account, FileKind, Json, OutboundFile, SendError

AT_ONCE = 10
LEASE = timedelta(seconds=90)
TURN_S = 12.0
RETRY_S, ATTEMPTS_MAX = 20, 8
GONE = "100"


def work_all(*, seconds: float = 25.0) -> int:
    """Work off what is due, tenant by tenant; returns how many calls' worth of work was done."""
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until and (claim := queues.claim_tenant(QUEUE)):
        done += _turn(claim.tenant_id, min(until, time.monotonic() + TURN_S))
        with tenant_context(claim.tenant_id):
            due = _next_due()
        queues.settle(claim, due)
    return done


def _next_due() -> datetime | None:
    """When this tenant has something to do again."""
    times = [
        TemplateAccount.objects.aggregate(at=Min("sync_due_at"))["at"],
        Template.objects.aggregate(at=Min("work_due_at"))["at"],
    ]
    return min((at for at in times if at), default=None)


def _turn(tenant_id: UUID, until: float) -> int:
    jobs = outlast(partial(_claim, tenant_id))
    for job in jobs:
        outlast(partial(_record, job, _told(job)))
    return len(jobs) + _read_accounts(tenant_id, until)


# ---------------------------------------------------------------- telling


@dataclass(frozen=True, slots=True)
class _Job:
    """Something to tell: everything a call needs."""

    tenant_id: UUID
    template: Template
    account: Account
    file: OutboundFile | None
    cards: list[OutboundFile | None]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back. given: {provider_id, status, category} of a submission."""

    given: Json | None = None
    error: SendError | None = None


def _claim(tenant_id: UUID) -> list[_Job]:
    now = timezone.now()
    with tenant_context(tenant_id):
        rows = Template.objects.filter(work_due_at__lte=now).exclude(work=Work.NONE).order_by("work_due_at")
        found = list(
            rows.select_related("account__channel", "header_file").select_for_update(
                of=("self",), skip_locked=True
            )[:AT_ONCE]
        )
        for template in found:
            template.work_due_at = now + LEASE
            template.work_attempts += 1
            template.save(update_fields=["work_due_at", "work_attempts"])
        return [_job(template) for template in found]


def _job(template: Template) -> _Job:
    file = template.header_file
    cards = [_sample(one) if one else None for one in card_files_of(template)]
    account = channel_account(template.account.channel)
    return _Job(template.tenant_id, template, account, _sample(file) if file else None, cards)


def _sample(file: Attachment) -> OutboundFile:
    opener = partial(FileStore(file.tenant_id).open, file.storage_key)
    return OutboundFile(cast(FileKind, file.kind), file.filename, file.mime, file.size_bytes or 0, opener)


def _told(job: _Job) -> _Answer:
    """Make the calls of one job. Never raises for a refusal."""
    try:
        return _Answer(given=_CALLS[job.template.work](job))
    except SendError as error:
        return _Answer(error=error)


def _submit(job: _Job) -> Json:
    template = job.template
    if template.work_attempts > 1 and (found := _arrived(job)):
        return found
    body = {"name": template.name, "language": template.language, **_content(job)}
    return calls.create(job.account, body)


def _arrived(job: _Job) -> Json | None:
    """The template at the provider, when an earlier try reached it."""
    after = ""
    while True:
        page = calls.page(job.account, after, name=job.template.name)
        for row in page.rows:
            if (row["name"], row["language"]) == (job.template.name, job.template.language):
                return row
        if not (after := page.after):
            return None


def _content(job: _Job) -> Json:
    """The draft as the provider wants it, its samples uploaded."""
    draft = dict(job.template.draft or {})
    cards = [
        {**card, "components": _with_sample(job, records(card.get("components")), _nth(job.cards, place))}
        for place, card in enumerate(cards_of(draft["components"]))
    ]
    return {
        "category": draft["category"],
        "parameter_format": draft["parameter_format"],
        "components": with_cards(_with_sample(job, draft["components"], job.file), cards),
        **_send_ttl(draft),
    }


def _send_ttl(draft: Json) -> Json:
    seconds = draft.get("send_ttl_s")
    return {} if seconds is None else {"message_send_ttl_seconds": as_sent(draft["category"], seconds)}


def _nth(files: list[OutboundFile | None], place: int) -> OutboundFile | None:
    return files[place] if place < len(files) else None


def _with_sample(job: _Job, parts: list[Json], file: OutboundFile | None) -> list[Json]:
    """The parts with the handle of the file in their header; as they are when there is no file."""
    if file is None or not any(map(_is_file, parts)):
        return parts
    example = {"header_handle": [calls.upload_sample(job.account, file)]}
    return [{**part, "example": example} if _is_file(part) else part for part in parts]


def _is_file(part: Json) -> bool:
    return kind_of(part) == "HEADER" and str(part.get("format", "TEXT")).upper() in calls.FILE_FORMATS


def _edit(job: _Job) -> None:
    content = _content(job)
    change: Json = {"components": content["components"]}
    if content["category"] != job.template.category:
        change["category"] = content["category"]
    if (seconds := content.get("message_send_ttl_seconds")) and seconds != job.template.send_ttl_s:
        change["message_send_ttl_seconds"] = seconds
    calls.edit(job.account, job.template.provider_id, change)


def _delete(job: _Job) -> None:
    try:
        calls.delete(job.account, job.template.name, job.template.provider_id)
    except SendError as error:
        if not (error.reason == "config" and error.provider_code == GONE):
            raise  # an unknown id is what was wanted


def _unpause(job: _Job) -> None:
    calls.unpause(job.account, job.template.provider_id)


_CALLS = {
    Work.SUBMIT.value: _submit,
    Work.EDIT.value: _edit,
    Work.DELETE.value: _delete,
    Work.UNPAUSE.value: _unpause,
}


def _record(job: _Job, answer: _Answer) -> None:
    """Write what came back. Writes Template and events."""
    with tenant_context(job.tenant_id):
        rows = Template.objects.select_for_update(of=("self",)).select_related("account")
        template = rows.filter(id=job.template.id, work=job.template.work).first()
        if template is None:
            return
        if answer.error:
            _refused(template, answer.error)
        else:
            _done(template, answer.given or {})
        save_templates([template])
        release_messages(template.account)


def _refused(template: Template, error: SendError) -> None:
    sentence = f"{error.title}. {error.detail}".removeprefix(". ")[:1000]
    template.work_error = sentence
    if error.permanent or template.work_attempts >= ATTEMPTS_MAX:
        tell(template, "template.refused", detail=sentence, work=template.work)
        template.work, template.work_due_at = Work.NONE, None
        return
    wait_s = max(RETRY_S * template.work_attempts, error.retry_after_s or 0)
    template.work_due_at = timezone.now() + timedelta(seconds=wait_s)
    queues.enqueue(QUEUE, template.work_due_at)


def _done(template: Template, given: Json) -> None:
    now, work = timezone.now(), template.work
    template.work, template.work_due_at, template.work_error = Work.NONE, None, ""
    if work == Work.DELETE:
        take_status(template, DELETED, at=now)
        return
    if work == Work.UNPAUSE:
        take_status(template, APPROVED, at=now)
        return
    draft = template.draft or {}
    template.components = draft.get("components", template.components)
    template.parameter_format = draft.get("parameter_format", template.parameter_format)
    if (seconds := draft.get("send_ttl_s")) is not None:
        template.send_ttl_s = as_sent(draft["category"], seconds)
    template.draft, template.submitted_at = None, now
    if work == Work.SUBMIT:
        template.provider_id = given["provider_id"]
    take_status(template, given.get("status") or PENDING, at=now)
    take_category(template, given.get("category") or draft.get("category", ""))


# ---------------------------------------------------------------- reading


def _read_accounts(tenant_id: UUID, until: float) -> int:
    pages = 0
    while time.monotonic() < until:
        with tenant_context(tenant_id):
            account = claim_account(timezone.now())
            asked = channel_account(account.channel) if account else None
        if account is None or asked is None:
            return pages
        pages += _read(tenant_id, account, asked, until)
    return pages


def _read(tenant_id: UUID, account: TemplateAccount, asked: Account, until: float) -> int:
    """Read on from where the account stands, until its end or the turn's."""
    pages = 0
    while True:
        asked_at = timezone.now()
        try:
            page = calls.page(asked, account.sync_after)
        except SendError as error:
            with tenant_context(tenant_id):
                store_failure(account, error)
            return pages + 1
        pages += 1
        with tenant_context(tenant_id):
            is_done = store_page(account, page, asked_at=asked_at)
            if not is_done and time.monotonic() > until:
                account.sync_due_at = timezone.now()
                account.save(update_fields=["sync_due_at"])
                return pages
        if is_done:
            read_standings(tenant_id, account)
            return pages
