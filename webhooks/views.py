"""Console: webhook endpoints, and what was delivered to each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from common.api.problems import Problem
from inbox.operations.authors import Author
from tenants.access import own_scope, scope_required
from tenants.requests import MemberRequest
from tenants.views.once import keep_once, take_once
from webhooks import queries
from webhooks.forms import DeliveryFilter, EndpointForm
from webhooks.models import Delivery, Endpoint
from webhooks.operations.endpoints import change_endpoint, make_endpoint, remove_endpoint
from webhooks.operations.errors import SwitchedOff, WebhookRefused
from webhooks.operations.replays import replay_event, replay_failed
from webhooks.operations.samples import send_sample
from webhooks.operations.secrets import old_secret_ends_at, renew_secret
from webhooks.words import (
    FORMATS,
    Standing,
    answer_words,
    delivery_standing,
    name_of,
    next_try_at,
    standing_of,
    types_words,
)

SECTION, PAGE = "webhooks", 50
read = scope_required("webhooks:read")
write = scope_required("webhooks:write")


def _endpoint(key: UUID) -> Endpoint:
    return get_object_or_404(queries.endpoints(), id=key)


def _by(request: MemberRequest) -> Author:
    return Author.of(request.member)


def _once(endpoint: Endpoint) -> str:
    return f"webhook:{endpoint.id}"


@require_GET
@read
def listed(request: MemberRequest) -> HttpResponse:
    """/console/webhooks/"""
    rows = [(one, name_of(one), standing_of(one), types_words(one)) for one in queries.endpoints()]
    return render(request, "webhooks/endpoints.html", {"rows": rows, "section": SECTION})


@write
def new(request: MemberRequest) -> HttpResponse:
    """/console/webhooks/new/"""
    form = EndpointForm(request.POST or None)
    if form.is_valid():
        try:
            endpoint, secret = make_endpoint(by=_by(request), **form.said())
        except WebhookRefused as refused:
            form.add_error("url", str(refused))
        else:
            keep_once(request, _once(endpoint), secret)
            return redirect("webhook", endpoint.id)
    page = {"form": form, "section": SECTION}
    return render(request, "webhooks/edit.html", page, status=422 if form.is_bound else 200)


@write
def change(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """/console/webhooks/<id>/change/"""
    endpoint = _endpoint(endpoint_id)
    form = EndpointForm(request.POST or None, endpoint=endpoint)
    if form.is_valid():
        change_endpoint(endpoint=endpoint, by=_by(request), **form.said())
        messages.success(request, _("Saved. It counts for what happens from now on."))
        return redirect("webhook", endpoint.id)
    page = {"form": form, "endpoint": endpoint, "called": name_of(endpoint), "section": SECTION}
    return render(request, "webhooks/edit.html", page, status=422 if form.is_bound else 200)


@require_GET
@read
def one(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """/console/webhooks/<id>/?state=&type=&after=: how it stands, and its log."""
    endpoint = _endpoint(endpoint_id)
    wanted, after = DeliveryFilter(request.GET), request.GET.get("after")
    chosen = wanted.chosen()
    found = _page(endpoint, after, chosen)
    page = {
        "endpoint": endpoint,
        "called": name_of(endpoint),
        "standing": standing_of(endpoint),
        "types": types_words(endpoint),
        "tells": FORMATS[endpoint.event_format][0],
        "old_secret_ends_at": old_secret_ends_at(endpoint),
        "counts": queries.counts(endpoint),
        "secret": take_once(request, _once(endpoint)),
        "filter": wanted,
        "chosen": chosen,
        "query": urlencode(chosen),
        "rows": [_row(row, endpoint) for row in found.rows],
        "more": urlencode({**chosen, "after": found.next}) if found.next else "",
        "is_first": not after,
        "section": SECTION,
    }
    return render(request, "webhooks/log.html" if request.htmx else "webhooks/endpoint.html", page)


def _page(endpoint: Endpoint, after: str | None, chosen: dict[str, Any]) -> Any:
    """A page of the log; a mistyped cursor means its beginning."""
    said: dict[str, Any] = {"kind": chosen.get("type", ""), "state": chosen.get("state", ""), "limit": PAGE}
    try:
        return queries.delivery_page(endpoint, after=after or None, **said)
    except Problem:
        return queries.delivery_page(endpoint, **said)


def _shown(one: dict[str, Any]) -> tuple[dict[str, Any], str]:
    return {**one, "at": datetime.fromisoformat(one["at"])}, answer_words(one)


def _row(row: Delivery, endpoint: Endpoint) -> tuple[Delivery, Standing, str, datetime | None]:
    """A line of the log: how it stands, what was answered, when it is tried again."""
    said = answer_words(row.tries[-1]) if row.tries else ""
    return row, delivery_standing(row), said, next_try_at(row, endpoint)


@require_GET
@read
def delivery(request: MemberRequest, endpoint_id: UUID, delivery_id: UUID) -> HttpResponse:
    """/console/webhooks/<id>/deliveries/<id>/: the request, and each answer."""
    endpoint = _endpoint(endpoint_id)
    row = get_object_or_404(Delivery.objects, id=delivery_id, endpoint=endpoint)
    page = {
        "endpoint": endpoint,
        "called": name_of(endpoint),
        "row": row,
        "standing": delivery_standing(row),
        "next_at": next_try_at(row, endpoint),
        "tries": [_shown(one) for one in reversed(row.tries)],
        "body": queries.body_in_words(row, endpoint, request.tenant),
        "section": SECTION,
    }
    return render(request, "webhooks/delivery.html", page)


# ---------------------------------------------------------------- what can be done


@require_POST
@write
def secret(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """POST /console/webhooks/<id>/secret/: another one, shown once."""
    endpoint = _endpoint(endpoint_id)
    keep_once(request, _once(endpoint), renew_secret(endpoint=endpoint, by=_by(request)))
    return redirect("webhook", endpoint.id)


@require_POST
@own_scope
@write
def sample(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """POST /console/webhooks/<id>/sample/; outside any transaction: it waits for another's server."""
    try:
        found = send_sample(tenant_id=request.tenant_id, endpoint_id=endpoint_id, by=_by(request))
    except Endpoint.DoesNotExist:
        raise Http404 from None
    said = {"status": found.status, "ms": found.ms, "error": found.error}
    if found.is_ok:
        words = _("The sample was taken: status %(status)s after %(ms)s ms.")
        messages.success(request, words % said)
    else:
        words = _("The sample was not taken, after %(ms)s ms. %(error)s")
        messages.error(request, f"{words % said} {found.answer[:200]}".strip())
    return redirect("webhook", endpoint_id)


@require_POST
@write
def pause(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """POST /console/webhooks/<id>/pause/"""
    change_endpoint(endpoint=_endpoint(endpoint_id), by=_by(request), is_enabled=False)
    messages.success(request, _("Paused. Nothing is delivered until you resume."))
    return redirect("webhook", endpoint_id)


@require_POST
@write
def resume(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """POST /console/webhooks/<id>/return/"""
    change_endpoint(endpoint=_endpoint(endpoint_id), by=_by(request), is_enabled=True)
    messages.success(request, _("Events are delivered again, also those that happened meanwhile."))
    return redirect("webhook", endpoint_id)


@write
def deletion(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """/console/webhooks/<id>/deletion/: what it means, then the deed."""
    endpoint = _endpoint(endpoint_id)
    name = name_of(endpoint)
    if request.method == "POST":
        remove_endpoint(endpoint=endpoint, by=_by(request))
        messages.success(request, _("Nothing is delivered to “%s” any more.") % name)
        return redirect("webhooks")
    page = {"endpoint": endpoint, "called": name, "counts": queries.counts(endpoint), "section": SECTION}
    return render(request, "webhooks/deletion.html", page)


@require_POST
@write
def replay(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """POST /console/webhooks/<id>/replay/: all that was given up."""
    endpoint = _endpoint(endpoint_id)
    _deliver_again(request, partial(replay_failed, endpoint=endpoint, by=_by(request)))
    return redirect("webhook", endpoint.id)


@require_POST
@write
def delivery_replay(request: MemberRequest, endpoint_id: UUID, delivery_id: UUID) -> HttpResponse:
    """POST /console/webhooks/<id>/deliveries/<id>/replay/"""
    endpoint = _endpoint(endpoint_id)
    row = get_object_or_404(Delivery.objects, id=delivery_id, endpoint=endpoint)
    deed = partial(replay_event, endpoint=endpoint, event_id=row.event_id, by=_by(request))
    _deliver_again(request, deed)
    return redirect("webhook_delivery", endpoint.id, row.id)


def _deliver_again(request: MemberRequest, deed: Callable[[], int]) -> None:
    try:
        count = deed()
    except (SwitchedOff, WebhookRefused) as refused:
        messages.error(request, str(refused))
        return
    words = ngettext("%d event is delivered again.", "%d events are delivered again.", count) % count
    messages.success(request, words)
