"""Fetch customers' files from their providers: outside transactions, with retries, whole or not at all."""

from __future__ import annotations

import logging
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO
from uuid import UUID

from django.db import connection
from django.utils import timezone

from common import queues
from common.tenancy import require_tenant, tenant_context
from inbox.channels import adapter_for
from inbox.files import FileStore
from inbox.linked import mime_of, open_link
from inbox.models import Attachment, FileState
from inbox.operations.attachments import tell_attached
from inbox.operations.call_records import read_transcript
from inbox.operations.channels import channel_account
from inbox.operations.deliveries import backoff_s
from inbox.pictures import Looks, look_at
from inbox.ports import Account, CanFetchMedia, SendError

log = logging.getLogger(__name__)

QUEUE = "media"
AT_ONCE = 8
ATTEMPTS_MAX = 15
LEASE_S = 120
CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class _Job:
    attachment: Attachment
    kind: str
    account: Account


@dataclass(frozen=True, slots=True)
class _Fetched:
    job: _Job
    key: str = ""
    size_bytes: int = 0
    sha256: str = ""
    looks: Looks | None = None
    mime: str = ""
    error: SendError | None = None


def fetch_all(*, seconds: float = 20.0) -> int:
    """Fetch what is due, tenant by tenant; returns how many files were asked for."""
    until, asked = time.monotonic() + seconds, 0
    while time.monotonic() < until and (claim := queues.claim_tenant(QUEUE)):
        with tenant_context(claim.tenant_id):
            jobs = _claim()
        for job in jobs:
            fetched = _fetch(claim.tenant_id, job)
            with tenant_context(claim.tenant_id):
                _record(fetched)
        asked += len(jobs)
        with tenant_context(claim.tenant_id):
            next_due = _next_due()
        queues.settle(claim, next_due)
    return asked


def _claim() -> list[_Job]:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"tenant": require_tenant(), "limit": AT_ONCE, "lease": f"{LEASE_S} s"})
        ids = [row[0] for row in cursor.fetchall()]
    rows = (
        Attachment.objects.filter(id__in=ids).select_related("channel").order_by("due_at", "id")
        if ids
        else []
    )
    return [_Job(row, row.channel.kind, channel_account(row.channel)) for row in rows if row.channel]


#: WITH, because a subquery in FROM may be run anew for each row, and would then claim more than `limit`.
_CLAIM = """
WITH c AS (
  SELECT tenant_id, id FROM inbox_attachment
  WHERE tenant_id = %(tenant)s AND state = 'pending' AND due_at <= now()
    AND (lease_until IS NULL OR lease_until < now())
  ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
UPDATE inbox_attachment SET attempts = attempts + 1, lease_until = now() + %(lease)s::interval
FROM c WHERE inbox_attachment.tenant_id = c.tenant_id AND inbox_attachment.id = c.id
RETURNING inbox_attachment.id
"""


def _fetch(tenant_id: UUID, job: _Job) -> _Fetched:
    attachment, store = job.attachment, FileStore(tenant_id)
    try:
        with _source(job) as stream:
            mime = mime_of(stream, attachment.kind) if attachment.link else attachment.mime
            key, size, digest = store.write(iter(lambda: stream.read(CHUNK), b""))
    except SendError as error:
        return _Fetched(job, error=error)
    looks = look_at(store, key, kind=attachment.kind, mime=mime)
    return _Fetched(job, key, size, digest, looks, mime=mime)


def _source(job: _Job) -> AbstractContextManager[BinaryIO]:
    """Where the file is: at the channel's provider, or where its message points. Raises SendError."""
    attachment, adapter = job.attachment, adapter_for(job.kind)
    if attachment.link:
        return open_link(attachment.link)
    if not isinstance(adapter, CanFetchMedia):
        raise SendError("config", "This channel has no files to fetch.", permanent=True)
    return adapter.fetch(
        job.account,
        media_id=attachment.provider_media_id,
        url=attachment.provider_url,
        max_bytes=max(rule.max_bytes for rule in adapter.limits.files.values()),
    )


def _record(fetched: _Fetched) -> None:
    """Write what came of one file, and tell browsers when that is final."""
    attachment = Attachment.objects.select_for_update(of=("self",)).get(id=fetched.job.attachment.id)
    if attachment.state != FileState.PENDING:
        return
    error = fetched.error
    if error is None:
        _keep(attachment, fetched)
    elif error.permanent or attachment.attempts >= ATTEMPTS_MAX:
        attachment.state, attachment.detail = FileState.FAILED, error.detail[:300]
    else:
        wait_s = error.retry_after_s if error.retry_after_s is not None else backoff_s(attachment.attempts)
        attachment.due_at = timezone.now() + timedelta(seconds=wait_s)
        attachment.detail = error.detail[:300]
    attachment.lease_until = None
    attachment.save()
    if attachment.state == FileState.READY:
        read_transcript(attachment)
    if attachment.state != FileState.PENDING and attachment.message:
        tell_attached(attachment.message)


def _keep(attachment: Attachment, fetched: _Fetched) -> None:
    looks = fetched.looks or Looks()
    attachment.state, attachment.detail, attachment.mime = FileState.READY, "", fetched.mime
    attachment.storage_key, attachment.size_bytes, attachment.sha256 = (
        fetched.key,
        fetched.size_bytes,
        fetched.sha256,
    )
    attachment.preview_key, attachment.width, attachment.height = looks.preview_key, looks.width, looks.height
    attachment.duration_s, attachment.waveform = looks.duration_s, looks.waveform


def _next_due() -> Any:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(GREATEST(due_at, COALESCE(lease_until, due_at))) FROM inbox_attachment "
            "WHERE tenant_id = %s AND state = 'pending' AND due_at IS NOT NULL",
            [require_tenant()],
        )
        return cursor.fetchone()[0]
