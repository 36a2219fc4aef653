"""How many templates WhatsApp takes of an account, and how often an approved one may change.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview (September 2026).
Counted is what was submitted here: what somebody does in WhatsApp Manager, WhatsApp alone knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _

from channels_whatsapp.findings import HINT, Finding
from channels_whatsapp.models import DELETED, DRAFT, USABLE, Template, Work
from inbox.ports import Json

#: New ones an hour, each language counted.
MADE_WITHIN, MADE_MOST = timedelta(hours=1), 100
#: Changes of an approved one; one that is rejected or paused may be changed at any time.
CHANGED_MOST = ((timedelta(hours=24), 1), (timedelta(days=30), 10))
#: All of an account that has not told how many: of one whose business is not verified, and of any.
KEPT, KEPT_MOST = 250, 6_000


def count_findings(template: Template, now: datetime) -> list[Finding]:
    """What of these stands against submitting it now; a hint where only WhatsApp knows. Two statements."""
    return list(_changes(template, now) if template.provider_id else _new_one(template, now))


def _new_one(template: Template, now: datetime) -> Iterator[Finding]:
    others = Template.objects.filter(account=template.account_id).exclude(id=template.id)
    kept = others.exclude(status__in=[DELETED, DRAFT]).count()
    room = template.account.room
    if kept >= (room or KEPT_MOST):
        what = _("This account has %(n)s templates, as many as WhatsApp takes.") % {"n": kept}
        yield Finding("name", what, _("Delete some that are no longer used."))
    elif kept >= KEPT and room is None:
        what = _("This account has %(n)s templates.") % {"n": kept}
        fix = _("WhatsApp takes more than 250 only of a verified business whose display name is approved.")
        yield Finding("name", what, fix, HINT)
    lately = others.filter(Q(work=Work.SUBMIT) | Q(submitted_at__gt=now - MADE_WITHIN))
    made = [at for past in lately.values_list("history", flat=True) for at in _submitted(past, Work.SUBMIT)]
    if wait := _wait(made, MADE_WITHIN, MADE_MOST, now):
        yield Finding("name", _("WhatsApp takes 100 new templates an hour."), wait)


def _changes(template: Template, now: datetime) -> Iterator[Finding]:
    if template.status not in USABLE:
        return
    changed = _submitted(template.history, Work.EDIT)
    for within, most in CHANGED_MOST:
        if wait := _wait(changed, within, most, now):
            what = _("WhatsApp takes one change of an approved template in 24 hours, and ten in 30 days.")
            yield Finding("name", what, wait)


def _submitted(history: Iterable[Json], work: str) -> list[datetime]:
    """When it was handed in so, without what WhatsApp refused; changes only of what was approved then."""
    found: list[tuple[datetime, bool]] = []
    for entry in history:
        if entry.get("work") != work:
            continue
        if entry["kind"] == "template.submitted":
            counts = work != Work.EDIT or entry.get("was") in USABLE
            found.append((datetime.fromisoformat(entry["at"]), counts))
        elif entry["kind"] == "template.refused" and found:
            found.pop()
    return [at for at, counts in found if counts]


def _wait(times: list[datetime], within: timedelta, most: int, now: datetime) -> str:
    """When there is room again, in words; "" when there is some now."""
    lately = sorted(at for at in times if at > now - within)
    if len(lately) < most:
        return ""
    free_at = lately[-most] + within
    return _("Submit it again in %(time)s.") % {"time": timeuntil(free_at, now)}
