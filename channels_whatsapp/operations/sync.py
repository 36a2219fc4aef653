"""Reading all templates of an account, page by page; each page is written in a few statements."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from channels_whatsapp.models import DELETED, Template, TemplateAccount, Work
from channels_whatsapp.operations.news import release_messages, save_templates, take_all, take_status, tell
from channels_whatsapp.template_calls import Page
from common.ids import uuid7
from common.sql import insert_rows
from inbox.ports import Json, SendError

EVERY = timedelta(hours=6)
#: While an account is read nobody else begins with it; each page renews it.
LEASE = timedelta(seconds=60)
RETRY_S, RETRY_MAX_S = 60, 3_600


def claim_account(now: datetime) -> TemplateAccount | None:
    """Take an account whose reading is due, or None. Writes TemplateAccount."""
    rows = TemplateAccount.objects.filter(sync_due_at__lte=now).select_for_update(skip_locked=True)
    account = rows.order_by("sync_due_at").first()
    if account is None:
        return None
    if account.sync_started_at is None:
        account.sync_started_at, account.sync_after, account.sync_seen = now, "", 0
    account.sync_due_at = now + LEASE
    account.save(update_fields=["sync_started_at", "sync_after", "sync_seen", "sync_due_at"])
    return account


def store_page(account: TemplateAccount, page: Page, *, asked_at: datetime) -> bool:
    """Write one page; True when it was the last. asked_at: what changed here since then is newer than it.

    Writes Template, TemplateAccount, events of each change; at the end deletions and messages that waited.
    """
    rows = list({(row["name"], row["language"]): row for row in page.rows}.values())
    known = {(row.name, row.language): row for row in _known(account, rows)}
    fresh = [row for row in rows if (row["name"], row["language"]) not in known]
    _add(account, fresh, asked_at)
    changed = [template for row in rows if (template := known.get((row["name"], row["language"])))]
    _update(changed, {(row["name"], row["language"]): row for row in rows}, asked_at)
    account.sync_seen += len(rows)
    account.sync_after = page.after
    account.room = page.limit or account.room
    if not page.after:
        _finish(account)
        return True
    account.sync_due_at = timezone.now() + LEASE
    account.save(update_fields=["sync_seen", "sync_after", "sync_due_at", "room"])
    return False


def _known(account: TemplateAccount, rows: Sequence[Json]) -> list[Template]:
    names = {row["name"] for row in rows}
    found = Template.objects.filter(account=account, name__in=names)
    return list(found.select_for_update(of=("self",)).order_by("id"))


def _add(account: TemplateAccount, rows: Sequence[Json], asked_at: datetime) -> None:
    """Templates made elsewhere. Those of the first reading are no news, only later ones are told."""
    now = timezone.now()
    made = [Template(id=uuid7(), account=account, synced_at=now, **row) for row in rows]
    if account.synced_at is not None:
        for template in made:
            tell(template, "template.added")
    insert_rows(made, on_conflict="DO NOTHING")


def _update(known: Sequence[Template], rows: dict[tuple[str, str], Json], asked_at: datetime) -> None:
    now, changed = timezone.now(), []
    for template in known:
        row = rows[template.name, template.language]
        if template.updated_at > asked_at or template.work == Work.DELETE:
            continue
        if template.work == Work.SUBMIT:  # it arrived, though its answer was lost
            template.work, template.work_due_at, template.draft = Work.NONE, None, None
        template.synced_at = now
        if take_all(template, row, at=asked_at):
            changed.append(template)
    save_templates(changed)
    met = [template.id for template in known]
    Template.objects.filter(id__in=met).update(synced_at=now)


def _finish(account: TemplateAccount) -> None:
    now, started = timezone.now(), account.sync_started_at
    gone = Template.objects.filter(account=account, synced_at__lt=started).exclude(provider_id="")
    lost = [row for row in gone.exclude(status=DELETED) if _is_lost(row, started)]
    for template in lost:
        take_status(template, DELETED, at=now)
        template.work, template.work_due_at = Work.NONE, None
    save_templates(lost)
    account.sync_due_at = now + EVERY + timedelta(seconds=random.randrange(600))  # noqa: S311 - spreads load
    account.sync_started_at, account.sync_after, account.synced_at = None, "", now
    account.error, account.attempts = "", 0
    account.save()
    release_messages(account)


def _is_lost(template: Template, started: datetime | None) -> bool:
    """Not one that was submitted while the list was read."""
    return started is None or template.submitted_at is None or template.submitted_at < started


def store_failure(account: TemplateAccount, error: SendError) -> None:
    """Note why an account could not be read, and when to try again. Writes TemplateAccount."""
    account.attempts = min(account.attempts + 1, 100)
    wait_s = min(RETRY_S * 2 ** min(account.attempts - 1, 6), RETRY_MAX_S)
    again = EVERY if error.permanent else timedelta(seconds=max(wait_s, error.retry_after_s or 0))
    account.error = f"{error.title}. {error.detail}".removeprefix(". ")[:400]
    account.sync_due_at, account.sync_started_at, account.sync_after = timezone.now() + again, None, ""
    account.save(update_fields=["attempts", "error", "sync_due_at", "sync_started_at", "sync_after"])
