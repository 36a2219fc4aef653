"""Console: the list of types, new ones, the starter set, copies and the archive."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from notifications.forms import CopyForm, TypeFilter, TypeForm
from notifications.models import NotificationType
from notifications.operations.starter import UnknownStarter, install_starter, starters
from notifications.operations.types import (
    InvalidVersion,
    TypeKeyTaken,
    archive_type,
    copy_type,
    create_type,
)
from notifications.queries.lists import installed_of, languages_of, still_to_go, type_rows
from notifications.queries.types import type_page
from notifications.views.pages import author_of, first_error, manage, more_link, named_or_404, page_of
from tenants.requests import MemberRequest

SECTION = "notification_types"


@require_GET
@manage
def types(request: HttpRequest) -> HttpResponse:
    """/console/notifications/types/?q=&category=&archived=&after="""
    wanted = TypeFilter(request.GET)
    chosen = wanted.chosen()
    found = page_of(type_page, request.GET.get("after"), **chosen)
    page = {
        "filter": wanted,
        "chosen": chosen,
        "rows": type_rows(found.rows),
        "more": more_link(chosen, found.next),
        "starters": _starters(),
        "section": SECTION,
    }
    return render(request, "notifications/types.html", page)


def _starters() -> list[Any]:
    """What of the starter set can still be installed, with its languages."""
    have = installed_of(starters())
    return [
        {
            "key": key,
            "name": one["name"]["en"],
            "category": one["category"],
            "languages": sorted(one["name"]),
        }
        for key, one in starters().items()
        if key not in have
    ]


@require_POST
@manage
def install(request: MemberRequest, key: str) -> HttpResponse:
    """POST /console/notifications/starters/<key>/"""
    try:
        named = install_starter(key, by=author_of(request))
    except UnknownStarter:
        raise Http404 from None
    except TypeKeyTaken as refused:
        messages.error(request, str(refused))
        return redirect("notification_types")
    if named.current:
        messages.success(request, _("%s is installed and published. Send a test to see it.") % named.name)
    else:
        messages.warning(request, _("%s is installed as a draft; see what it still needs.") % named.name)
    return redirect("notification_type", named.key)


@manage
def new_type(request: MemberRequest) -> HttpResponse:
    """/console/notifications/types/new/"""
    form = TypeForm(request.POST or None)
    if form.is_valid():
        try:
            named = create_type(by=author_of(request), **form.cleaned_data)
        except TypeKeyTaken as refused:
            form.add_error("key", str(refused))
        except InvalidVersion as refused:
            form.add_error("key", refused.faults[0][1])
        else:
            messages.success(request, _("%s is a draft now. Begin with its ladder.") % named.name)
            return redirect("notification_ladder", named.key)
    page = {"form": form, "section": SECTION}
    return render(request, "notifications/new_type.html", page, status=first_error(request))


@manage
def copy(request: MemberRequest, key: str) -> HttpResponse:
    """/console/notifications/types/<key>/copy/: a new type that says the same."""
    named = named_or_404(key)
    start = {"name": _("Copy of %s") % named.name, "key": f"{named.key}_copy"[:64]}
    form = CopyForm(request.POST or None, initial=start)
    if form.is_valid():
        try:
            made = copy_type(named=named, by=author_of(request), **form.cleaned_data)
        except TypeKeyTaken as refused:
            form.add_error("key", str(refused))
        except InvalidVersion as refused:
            form.add_error("key", refused.faults[0][1])
        else:
            messages.success(request, _("%s is a draft now.") % made.name)
            return redirect("notification_type", made.key)
    page = {"form": form, "named": named, "section": SECTION}
    return render(request, "notifications/copy_type.html", page, status=first_error(request))


@manage
def archive(request: MemberRequest, key: str) -> HttpResponse:
    """/console/notifications/types/<key>/archive/: what follows from it, then the deed; or back again."""
    named = named_or_404(key)
    if request.method == "POST":
        return _archive(request, named)
    waiting = still_to_go(named)
    page = {
        "named": named,
        "waiting": sum(waiting.values()),
        "by_state": waiting,
        "languages": languages_of(named.current),
        "section": SECTION,
    }
    return render(request, "notifications/archive.html", page)


def _archive(request: MemberRequest, named: NotificationType) -> HttpResponse:
    restore = "restore" in request.POST
    archive_type(named=named, by=author_of(request), archived=not restore)
    said = _("%s is back in use.") if restore else _("%s is archived; requests for it are refused.")
    messages.success(request, said % named.name)
    return redirect("notification_types")
