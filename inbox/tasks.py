"""Wake-ups become operations; each drains what it finds and may run twice, late or never."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from inbox.delivery import deliver_all, deliver_urgent
from inbox.media import fetch_all
from inbox.operations.auto_assign import assign_all
from inbox.operations.blocks import tell_blocks
from inbox.operations.bulk import work_bulk
from inbox.operations.call_sweep import end_overdue
from inbox.operations.catch_up import catch_up_all
from inbox.operations.dues import note_breaches
from inbox.operations.halts import halt_all
from inbox.operations.receipts import drain
from inbox.operations.scheduled import send_due
from inbox.operations.seen import tell_all
from inbox.operations.snoozes import wake_due
from inbox.operations.view_counts import recount_all, sum_all


@shared_task(name="inbox.drain_receipts", queue="inbound")
def drain_receipts(**_: Any) -> None:
    """Read stored webhook bodies."""
    drain()


@shared_task(name="inbox.deliver", queue="outbound")
def deliver(**_: Any) -> None:
    """Send due messages of every tenant, in turns."""
    deliver_all()


@shared_task(name="inbox.deliver_urgent", queue="urgent")
def deliver_what_is_urgent(**_: Any) -> None:
    """Send due urgent messages of every tenant, in turns."""
    deliver_urgent()


@shared_task(name="inbox.fetch_files", queue="media")
def fetch_files(**_: Any) -> None:
    """Fetch customers' files from their providers."""
    fetch_all()


@shared_task(name="inbox.tell_read", queue="outbound")
def tell_read(**_: Any) -> None:
    """Tell providers what agents have read."""
    tell_all()


@shared_task(name="inbox.tell_blocks", queue="outbound")
def tell_blocked(**_: Any) -> None:
    """Tell providers whom we block."""
    tell_blocks()


@shared_task(name="inbox.halt", queue="urgent")
def halt(**_: Any) -> None:
    """Have providers stop calls that are not needed any more."""
    halt_all()


@shared_task(name="inbox.wake_snoozed", queue="default")
def wake_snoozed(**_: Any) -> None:
    """Open threads whose snooze has ended."""
    wake_due()


@shared_task(name="inbox.send_scheduled", queue="default")
def send_scheduled(**_: Any) -> None:
    """Send what was written for a time that has come."""
    send_due()


@shared_task(name="inbox.change_many", queue="default")
def change_many(**_: Any) -> None:
    """Go on with changes to many threads."""
    work_bulk()


@shared_task(name="inbox.catch_up", queue="default")
def catch_up(**_: Any) -> None:
    """Ask providers that do not repeat webhooks what they have."""
    catch_up_all()


@shared_task(name="inbox.auto_assign", queue="default")
def auto_assign(**_: Any) -> None:
    """Give conversations that nobody has to who has room."""
    assign_all()


@shared_task(name="inbox.note_breaches", queue="default")
def note_breached(**_: Any) -> None:
    """Tell of customers who were not answered in time."""
    note_breaches()


@shared_task(name="inbox.end_overdue_calls", queue="default")
def end_overdue_calls(**_: Any) -> None:
    """End calls that nobody tells us the end of."""
    end_overdue()


@shared_task(name="inbox.sum_view_counts", queue="default")
def sum_view_counts(**_: Any) -> None:
    """Put sums in place of what was noted of the views' counts."""
    sum_all()


@shared_task(name="inbox.recount_views", queue="default")
def recount_views(**_: Any) -> None:
    """Look whether the views' counts are true."""
    recount_all()
