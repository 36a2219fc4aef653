"""Console: preparing a campaign, from a file or from the people there are."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from common.logs import request_id
from notifications.campaign_forms import ColumnsForm, FileForm, NameForm, PeopleForm, TextsForm, types_to_send
from notifications.campaigns.files import FileRefused
from notifications.models import Campaign, CampaignRow, CampaignSource
from notifications.operations.campaigns import (
    CampaignRefused,
    WrongMoment,
    create_campaign,
    set_columns,
    set_segment,
)
from notifications.queries.campaigns import people_count
from notifications.queries.types import find_type
from notifications.views.campaigns import SECTION, campaign_or_404, is_over
from notifications.views.pages import author_of, first_error, manage
from tenants.requests import MemberRequest


@manage
def new(request: MemberRequest) -> HttpResponse:
    """/console/notifications/campaigns/new/: a name, what is sent, and the file."""
    form = FileForm(request.POST or None, request.FILES or None)
    if form.is_valid() and (made := _from_file(request, form)):
        return redirect("campaign_columns", made.id)
    page = {"form": form, "types": types_to_send(), "section": SECTION}
    return render(request, "notifications/campaign_new.html", page, status=first_error(request))


def _from_file(request: MemberRequest, form: FileForm) -> Campaign | None:
    found = form.cleaned_data
    try:
        return create_campaign(
            name=found["name"],
            named=find_type(found["type"]),
            by=author_of(request),
            file=found["file"],
            filename=found["file"].name,
            once_each=found["once_each"],
            request_id=request_id.get() or "",
        )
    except FileRefused as refused:
        form.add_error("file", str(refused))
    except CampaignRefused as refused:
        form.add_error("type", str(refused))
    return None


@manage
def columns(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """/console/notifications/campaigns/<id>/columns/: which column is what; guessed, and changeable."""
    campaign = campaign_or_404(campaign_id)
    if campaign.source != CampaignSource.FILE:
        return redirect("campaign", campaign.id)
    first = CampaignRow.objects.filter(campaign=campaign).order_by("line").first()
    samples = dict(enumerate(first.cells)) if first else {}
    form = ColumnsForm(campaign, samples, request.POST or None)
    if form.is_valid():
        deed = partial(set_columns, campaign=campaign, columns=form.chosen())
        if is_over(request, form, deed):
            return redirect("campaign", campaign.id)
    page = {"campaign": campaign, "form": form, "section": SECTION}
    page["how_many"] = CampaignRow.objects.filter(campaign=campaign).count()
    return render(request, "notifications/campaign_columns.html", page, status=first_error(request))


# ---------------------------------------------------------------- a segment


@require_GET
@manage
def count(request: HttpRequest) -> HttpResponse:
    """/console/notifications/campaigns/people/?…: how many these are, while one still chooses."""
    page = {"how_many": people_count(PeopleForm(request.GET).chosen())}
    return render(request, "notifications/campaign_count.html", page)


@manage
def people(request: MemberRequest) -> HttpResponse:
    """/console/notifications/campaigns/new/people/?type=: who gets it, and what it says to each."""
    offered = types_to_send()
    key = request.POST.get("type") or request.GET.get("type") or (offered[0][0] if offered else "")
    named = find_type(key) if key in dict(offered) else None
    data = request.POST or None
    form = NameForm(data, initial={"type": key})
    who = PeopleForm(data)
    texts = TextsForm(named.current, data) if named and named.current else None
    if data and named and texts and all([form.is_valid(), who.is_valid(), texts.is_valid()]):
        made = create_campaign(
            name=form.cleaned_data["name"],
            named=named,
            by=author_of(request),
            segment=who.chosen(),
            texts=texts.texts(),
            request_id=request_id.get() or "",
        )
        return redirect("campaign", made.id)
    page: dict[str, Any] = {"form": form, "people": who, "texts": texts, "types": offered, "chosen": key}
    page |= {"how_many": people_count(who.chosen() if data else {}), "section": SECTION}
    return render(request, "notifications/campaign_people.html", page, status=first_error(request))


@manage
def segment(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """/console/notifications/campaigns/<id>/segment/: other people or other texts, before it starts."""
    campaign = campaign_or_404(campaign_id)
    if campaign.source != CampaignSource.SEGMENT:
        return redirect("campaign", campaign.id)
    data = request.POST or None
    who = PeopleForm(data, initial=campaign.segment)
    said = {f"text_{name}": text for name, text in campaign.texts.items()}
    texts = TextsForm(campaign.version, data, initial=said)
    if data and who.is_valid() and texts.is_valid():
        try:
            set_segment(campaign=campaign, segment=who.chosen(), texts=texts.texts())
            messages.success(request, _("The people are counted anew."))
        except WrongMoment as refused:
            messages.error(request, str(refused))
        return redirect("campaign", campaign.id)
    page: dict[str, Any] = {"campaign": campaign, "people": who, "texts": texts, "section": SECTION}
    page["how_many"] = people_count(campaign.segment)
    return render(request, "notifications/campaign_people.html", page, status=first_error(request))
