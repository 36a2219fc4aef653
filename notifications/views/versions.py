"""Console: versions of a type: what changed, publishing, rolling back, dropping the draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from notifications.models import NotificationType, TypeVersion
from notifications.operations.reviews import ReviewRefused, approve, propose, reject, take_back
from notifications.operations.types import (
    InvalidVersion,
    NeedsSecondPerson,
    NothingToPublish,
    StaleDraft,
    discard_draft,
    faults_of,
    publish_draft,
    roll_back,
)
from notifications.queries.lists import still_to_go
from notifications.queries.reviews import last_proposal, needs_second_person, open_proposal
from notifications.queries.types import Difference, differences, draft_of, versions_of
from notifications.shapes import version_said
from notifications.views.editing import shown_version, type_head
from notifications.views.pages import author_of, manage, named_or_404
from tenants.requests import MemberRequest


@require_GET
@manage
def versions(request: HttpRequest, key: str) -> HttpResponse:
    """/console/notifications/types/<key>/versions/?before=&after="""
    named = named_or_404(key)
    rows = list(versions_of(named))
    page = (
        type_head(named, shown_version(named), "versions") | {"rows": rows} | _compared(request, named, rows)
    )
    return render(request, "notifications/versions.html", page)


def _compared(request: HttpRequest, named: NotificationType, rows: list[TypeVersion]) -> dict[str, Any]:
    """Two versions beside each other: those asked for, else the newest and what is in use."""
    by_number = {str(row.number): row for row in rows}
    after = by_number.get(request.GET.get("after", ""), rows[0])
    older = [row for row in rows if row.number < after.number]
    default = named.current if named.current and named.current.number != after.number else None
    before = by_number.get(request.GET.get("before", "")) or default or (older[0] if older else None)
    if before is None or before.number == after.number:
        return {"before": None, "after": after, "found": []}
    return {"before": before, "after": after, "found": changes(before, after)}


def changes(before: TypeVersion, after: TypeVersion) -> list[Difference]:
    """Where two versions differ."""
    return differences(version_said(before), version_said(after))


@manage
def publication(request: MemberRequest, key: str) -> HttpResponse:
    """/console/notifications/types/<key>/publication/?version=: what follows from it, then the deed."""
    named = named_or_404(key)
    number = request.POST.get("version") or request.GET.get("version") or ""
    target = _target(named, number)
    if request.method == "POST":
        try:
            messages.success(request, _done(request, named, number))
        except StaleDraft:
            messages.warning(request, _("Somebody changed the draft meanwhile; look at what it says now."))
            return redirect("notification_publication", named.key)
        except (NeedsSecondPerson, ReviewRefused) as refused:
            messages.error(request, str(refused))
            return redirect("notification_publication", named.key)
        except (InvalidVersion, NothingToPublish) as refused:
            messages.error(request, str(refused))
        return redirect("notification_type", named.key)
    page = type_head(named, target, "versions") | {
        "target": target,
        "is_roll_back": bool(number),
        "faults": faults_of(target),
        "found": changes(named.current, target) if named.current else [],
        "waiting": sum(still_to_go(named).values()),
        "needs_second": needs_second_person() and not number,
        "proposal": None if number else open_proposal(named),
        "before": None if number else last_proposal(named),
    }
    page["is_mine"] = bool(page["proposal"] and page["proposal"].author_id == request.member.id)
    return render(request, "notifications/publication.html", page)


def _target(named: NotificationType, number: str) -> TypeVersion:
    if number:
        found = versions_of(named).filter(state="published")
        target = found.filter(number=number).first() if number.isdecimal() and len(number) < 9 else None
    else:
        target = draft_of(named)
    if target is None:
        raise Http404
    return target


def _done(request: MemberRequest, named: NotificationType, number: str) -> str:
    """Do what was pressed; what to say about it."""
    by, pressed = author_of(request), request.POST.get("do", "")
    seen = request.POST.get("revision", "")
    revision = int(seen) if seen.isdecimal() and len(seen) < 9 else None
    if pressed == "propose":
        propose(named=named, by=by, revision=revision, note=request.POST.get("note", "").replace("\0", ""))
        return _("It is proposed. Somebody else looks at it and publishes it.")
    if pressed == "reject":
        reject(named=named, by=by, reason=request.POST.get("reason", "").replace("\0", ""))
        return _("It is sent back with your reason; the draft stays.")
    if pressed == "take_back":
        take_back(named=named, by=by)
        return _("It is taken back; the draft stays.")
    if pressed == "approve":
        done = approve(named=named, by=by, revision=revision)
    elif number:
        done = roll_back(named=named, number=int(number), by=by)
    else:
        done = publish_draft(named=named, by=by, revision=revision)
    return _("Version %(n)d of %(name)s is in use.") % {"n": done.number, "name": named.name}


@manage
def discard(request: MemberRequest, key: str) -> HttpResponse:
    """/console/notifications/types/<key>/discard/: drop the draft."""
    named = named_or_404(key)
    draft = draft_of(named)
    if draft is None or named.current is None:
        raise Http404
    if request.method == "POST":
        discard_draft(named=named, by=author_of(request))
        messages.success(request, _("The draft is gone; version %d stays in use.") % named.current.number)
        return redirect("notification_type", named.key)
    page = type_head(named, draft, "versions") | {"found": changes(named.current, draft)}
    return render(request, "notifications/discard.html", page)
