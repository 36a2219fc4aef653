"""Making, starting, pausing, resuming and stopping campaigns; the sending itself is in ``campaign_runs``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import queues
from common.times import database_now
from common.wire import stamp
from events import audit, bus
from inbox.operations.authors import Author
from notifications.campaign_words import CAMPAIGNS
from notifications.campaigns.columns import column_faults, guess_columns
from notifications.campaigns.files import read_table
from notifications.models import (
    Campaign,
    CampaignRow,
    CampaignSource,
    CampaignState,
    Category,
    Notification,
    NotificationState,
    NotificationType,
    Outlook,
    RowState,
)
from notifications.operations.campaign_rows import AT_ONCE, add_items, add_lines, start_checking
from notifications.operations.ladders import load_ladders, lock_runs, save_ladders

QUEUE = "campaigns"
PACE = (1, 60_000)


class CampaignRefused(Exception):
    """A campaign cannot be made or changed like this. faults: (field, sentence)."""

    def __init__(self, *faults: tuple[str, str]) -> None:
        super().__init__(faults[0][1])
        self.faults = list(faults)


class WrongMoment(Exception):
    """The campaign is in a state in which this cannot be done."""


# ---------------------------------------------------------------- making


def create_campaign(
    *,
    name: str,
    named: NotificationType,
    by: Author,
    file: BinaryIO | None = None,
    filename: str = "",
    items: Sequence[Any] | None = None,
    segment: Mapping[str, Any] | None = None,
    texts: Mapping[str, str] | None = None,
    request_id: str = "",
    **settings: Any,
) -> Campaign:
    """A campaign from one of: a file, a program's rows, a segment. settings: per_minute, once_each,
    expires_at.

    A file's columns are guessed; ``set_columns`` says they are right. Rows and segments are checked at once
    in the background. Writes Campaign, CampaignRow, Event `campaign.created`.
    Raises CampaignRefused, FileRefused.
    """
    now = database_now()
    made = Campaign(name=name, type=named, version=_version(named), created_at=now, **settings)
    if unknown := set(texts or {}) - {one["name"] for one in made.version.variables}:
        raise CampaignRefused(
            *((f"texts/{one}", _("This type has no such variable.")) for one in sorted(unknown))
        )
    made.author_kind, made.author_id, made.author_name = by.kind, by.id, by.name[:120]
    made.request_id = request_id[:100]
    if file is not None:
        with transaction.atomic():  # of a file that turns out unreadable half way nothing stays
            _from_file(made, file, filename)
    else:
        made.source = CampaignSource.ROWS if items is not None else CampaignSource.SEGMENT
        made.segment, made.texts, made.state = dict(segment or {}), dict(texts or {}), CampaignState.CHECKING
        made.save(force_insert=True)
        if items is not None:
            add_items(made, items)
        _check(made, now)
    _tell("created", made, by)
    return made


def _version(named: NotificationType) -> Any:
    if named.archived_at is not None or named.current is None:
        raise CampaignRefused(("type", _("%s has no published version; publish one first.") % named.name))
    if named.category == Category.AUTHENTICATION:
        raise CampaignRefused(("type", _("%s is for codes; a code is asked for by one person.") % named.name))
    return named.current


def _from_file(made: Campaign, file: BinaryIO, filename: str) -> None:
    table = read_table(file)
    made.source, made.state, made.filename = CampaignSource.FILE, CampaignState.MAPPING, filename[:200]
    made.header = table.header
    made.columns = guess_columns(table.header, made.version.variables)
    made.save(force_insert=True)
    add_lines(made, table.lines)


def _check(campaign: Campaign, now: datetime) -> None:
    start_checking(campaign, now)
    queues.enqueue(QUEUE)


def set_columns(*, campaign: Campaign, columns: Mapping[str, int]) -> Campaign:
    """Say what a file's columns are; every row is checked by it. Writes Campaign, CampaignRow.

    Raises CampaignRefused, WrongMoment.
    """
    row = _locked(campaign, CampaignState.MAPPING, CampaignState.READY)
    if row.source != CampaignSource.FILE:
        raise WrongMoment(_("Only a campaign from a file has columns."))
    if faults := column_faults(columns, row.header, row.version.variables):
        raise CampaignRefused(*faults)
    audit.note("campaign.changed", row.id, row.name, before=row.columns, after=columns)
    row.columns = dict(columns)
    row.save(update_fields=["columns"])
    _check(row, database_now())
    return row


def set_segment(*, campaign: Campaign, segment: Mapping[str, Any], texts: Mapping[str, str]) -> Campaign:
    """Choose other people, or other texts for them. Writes Campaign, CampaignRow. Raises WrongMoment."""
    row = _locked(campaign, CampaignState.READY)
    if row.source != CampaignSource.SEGMENT:
        raise WrongMoment(_("The people of this campaign come from a file or a program."))
    before, after = {**row.segment, **row.texts}, {**segment, **texts}
    audit.note("campaign.changed", row.id, row.name, before=before, after=after)
    row.segment, row.texts = dict(segment), dict(texts)
    row.save(update_fields=["segment", "texts"])
    _check(row, database_now())
    return row


def _locked(campaign: Campaign, *states: str) -> Campaign:
    """The row, locked and as it is now: a worker's batch is over before anything is decided about it."""
    rows = Campaign.objects.select_for_update(of=("self",), no_key=True).select_related(
        "type__current", "version"
    )
    row: Campaign = rows.get(id=campaign.id)
    if row.state not in states:
        state = CAMPAIGNS[row.state].words
        raise WrongMoment(_("This cannot be done any more: the campaign is in the state “%s” now.") % state)
    return row


# ---------------------------------------------------------------- starting


def start_campaign(
    *,
    campaign: Campaign,
    by: Author,
    recipients: int | None,
    per_minute: int | None = None,
    send_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> Campaign:
    """Let a counted campaign begin, now or at send_at. recipients: how many the starter expects to reach.

    A segment's people are chosen anew at that moment and stay the same from then on. Writes Campaign, Event
    `campaign.started` or `campaign.scheduled`. Raises CampaignRefused, WrongMoment.
    """
    row = _locked(campaign, CampaignState.READY)
    now = database_now()
    _may_start(row, recipients, send_at, expires_at or row.expires_at, now)
    row.per_minute = per_minute or row.per_minute
    row.expires_at = expires_at or row.expires_at
    row.is_launched = True
    _plan(row, send_at, now)
    _tell("scheduled" if row.state == CampaignState.SCHEDULED else "started", row, by)
    return row


def reschedule_campaign(*, campaign: Campaign, by: Author, send_at: datetime | None) -> Campaign:
    """Let a campaign that waits for its time begin at another one, or now: None, or a time that is over.

    Writes Campaign, Event `campaign.rescheduled` or `campaign.started`. The same time again changes nothing.
    Raises CampaignRefused, WrongMoment.
    """
    row = _locked(campaign, CampaignState.SCHEDULED)
    if send_at == row.send_at:
        return row
    now = database_now()
    if row.expires_at and row.expires_at <= max(send_at or now, now):
        raise CampaignRefused(("send_at", _("It would be over before it begins.")))
    _plan(row, send_at, now)
    _tell("rescheduled" if row.state == CampaignState.SCHEDULED else "started", row, by)
    return row


def _plan(row: Campaign, send_at: datetime | None, now: datetime) -> None:
    """Let it begin at a time to come, else now. Writes Campaign."""
    row.send_at = send_at
    if send_at and send_at > now:
        row.state, row.due_at = CampaignState.SCHEDULED, send_at
        queues.enqueue(QUEUE, send_at)
    else:
        launch(row, now)
        queues.enqueue(QUEUE)
    row.save()


def _may_start(
    row: Campaign,
    recipients: int | None,
    send_at: datetime | None,
    expires_at: datetime | None,
    now: datetime,
) -> None:
    if row.type.archived_at is not None:
        raise CampaignRefused(("type", _("%s is archived.") % row.type.name))
    going = CampaignRow.objects.filter(campaign=row, state=RowState.WAITING, outlook=Outlook.GOES).count()
    if not going:
        raise CampaignRefused(
            ("recipients", _("Nobody would get this: look at the reasons, then try again."))
        )
    if recipients is not None and recipients != going:
        raise CampaignRefused(("recipients", _would_get(going)))
    if expires_at and expires_at <= max(send_at or now, now):
        raise CampaignRefused(("expires_at", _("It would be over before it begins.")))


def _would_get(going: int) -> str:
    words = ngettext(
        "%s person would get this. Type that number to start.",
        "%s people would get this. Type that number to start.",
        going,
    )
    return words % number_format(going, force_grouping=True)


def launch(row: Campaign, now: datetime) -> None:
    """Begin, in memory; a segment's people are chosen first."""
    row.started_at, row.due_at, row.state = now, now, CampaignState.RUNNING
    if row.source == CampaignSource.SEGMENT:
        start_checking(row, now)


def pause_campaign(*, campaign: Campaign, by: Author) -> Campaign:
    """Begin with nobody more until it is resumed; who was begun with is not held back.

    Writes Campaign, Event `campaign.paused`. Again changes nothing. Raises WrongMoment.
    """
    row = _locked(campaign, CampaignState.RUNNING, CampaignState.SCHEDULED, CampaignState.PAUSED)
    if row.state != CampaignState.PAUSED:
        row.state, row.due_at, row.waits_for = CampaignState.PAUSED, None, ""
        row.save(update_fields=["state", "due_at", "waits_for"])
        _tell("paused", row, by)
    return row


def resume_campaign(*, campaign: Campaign, by: Author) -> Campaign:
    """Go on where it was paused. Writes Campaign, Event `campaign.resumed`. Raises WrongMoment."""
    row = _locked(campaign, CampaignState.PAUSED, CampaignState.RUNNING, CampaignState.SCHEDULED)
    if row.state != CampaignState.PAUSED:
        return row
    now = database_now()
    if row.started_at is None and row.send_at and row.send_at > now:
        row.state, row.due_at = CampaignState.SCHEDULED, row.send_at
    elif row.started_at is None:
        launch(row, now)
    else:
        row.state, row.due_at = CampaignState.RUNNING, now
    row.save()
    queues.enqueue(QUEUE, row.due_at)
    _tell("resumed", row, by)
    return row


# ---------------------------------------------------------------- ending


def stop_campaign(*, campaign: Campaign, by: Author) -> Campaign:
    """End it for good: nobody more is begun with, and what has not left is taken back.

    Writes Campaign, CampaignRow, Notification, Step, Message, Delivery, Events. Again changes nothing.
    Raises WrongMoment for one that has ended.
    """
    states = set(CampaignState.values) - {CampaignState.DONE}
    row = _locked(campaign, *states)
    if row.state == CampaignState.STOPPED:
        return row
    waiting = CampaignRow.objects.filter(campaign=row, state__in=[RowState.WAITING, RowState.NEW])
    waiting.update(state=RowState.STOPPED)
    _cancel_unsent(row, by)
    end(row, CampaignState.STOPPED, database_now())
    _tell("stopped", row, by)
    return row


def _cancel_unsent(row: Campaign, by: Author) -> None:
    """No further rung of any of its ladders is tried; those of whom nothing has left are cancelled."""
    mine = CampaignRow.objects.filter(campaign=row, notification__isnull=False)
    ids: list[UUID] = list(mine.order_by("notification").values_list("notification_id", flat=True))
    for place in range(0, len(ids), AT_ONCE):
        some = Notification.objects.filter(id__in=ids[place : place + AT_ONCE], due_at__isnull=False)
        _cancel(list(some.values_list("id", flat=True)), by)


def _cancel(ids: Sequence[UUID], by: Author) -> None:
    ladders = load_ladders(lock_runs(ids), database_now())
    for ladder in ladders.values():
        if ladder.run.due_at is None:
            continue
        ladder.stop("The campaign was stopped.")
        ladder.halt()
        if ladder.best == 0:
            ladder.come_to(NotificationState.CANCELLED, f"{by.name} stopped the campaign.")
    save_ladders(ladders.values(), by.actor)


def end(row: Campaign, state: CampaignState, now: datetime) -> None:
    """Nothing is left to do for it. Writes Campaign."""
    row.state, row.due_at, row.waits_for, row.ended_at = state, None, "", now
    row.save(update_fields=["state", "due_at", "waits_for", "ended_at"])


def discard_campaign(*, campaign: Campaign, by: Author) -> None:
    """Throw away a campaign that was never started, with its rows. Raises WrongMoment."""
    row = _locked(campaign, CampaignState.MAPPING, CampaignState.CHECKING, CampaignState.READY)
    if row.is_launched:
        raise WrongMoment(_("This campaign was started; stop it instead."))
    CampaignRow.objects.filter(campaign=row).delete()
    _tell("discarded", row, by)
    Campaign.objects.filter(id=row.id).delete()


def _tell(what: str, row: Campaign, by: Author) -> None:
    if by.kind != "system":
        after = {"state": row.state} | ({"send_at": stamp(row.send_at)} if row.send_at else {})
        audit.note(f"campaign.{what}", row.id, row.name, after=after, actor=by.actor)
    data = {"campaign": {"id": row.id, "name": row.name, "type": row.type.key, "state": row.state}}
    bus.record(f"campaign.{what}", data, actor=by.actor)


def tell_done(row: Campaign) -> None:
    """Record that nobody is left: Event `campaign.done`."""
    _tell("done", row, Author("system", None, row.author_name))
