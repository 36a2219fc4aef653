"""Console: the list of campaigns, and one of them through all its states."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from common.spreadsheets import csv_answer
from notifications.campaign_forms import RowFilter, StartForm, WhenForm
from notifications.campaign_words import STAGES as STAGE_WORDS
from notifications.masking import PERSONAL
from notifications.models import Campaign, CampaignRow, CampaignState, RowState
from notifications.operations.campaigns import (
    CampaignRefused,
    WrongMoment,
    discard_campaign,
    pause_campaign,
    reschedule_campaign,
    resume_campaign,
    start_campaign,
    stop_campaign,
)
from notifications.queries.campaigns import (
    STAGES,
    borrowed_languages,
    campaign_page,
    campaigns,
    counts_of,
    funnel_of,
    funnels_of,
    name_of,
    reason_of,
    row_page,
    rows_csv,
    samples_of,
    state_of,
)
from notifications.queries.costs import campaign_cost
from notifications.queries.estimates import estimate
from notifications.queries.zones import house_zone
from notifications.views.pages import author_of, first_error, manage, more_link, page_of, read
from tenants.access import scopes_of
from tenants.requests import MemberRequest

SECTION = "campaigns"
SHOWN_FAULTS = 10
#: While it is looked at: quickly as long as rows move, now and then afterwards.
_OVER = (CampaignState.DONE, CampaignState.STOPPED)


def is_over(request: HttpRequest, form: Form, deed: Callable[[], object]) -> bool:
    """Do what the form asks for. A refusal goes back into the form; that it is too late is said."""
    try:
        deed()
    except CampaignRefused as refused:
        for name, sentence in refused.faults:
            form.add_error(name if name in form.fields else None, sentence)
        return False
    except WrongMoment as refused:
        messages.error(request, str(refused))
    return True


def campaign_or_404(campaign_id: UUID) -> Campaign:
    """One campaign of this tenant."""
    try:
        found: Campaign = campaigns().get(id=campaign_id)
    except Campaign.DoesNotExist:
        raise Http404 from None
    return found


@require_GET
@read
def listed(request: HttpRequest) -> HttpResponse:
    """/console/notifications/campaigns/"""
    found = page_of(campaign_page, request.GET.get("after"))
    funnels = funnels_of([row.id for row in found.rows])
    page = {
        "rows": [(row, funnels[row.id]) for row in found.rows],
        "more": more_link({}, found.next),
        "zone": house_zone(),
        "section": SECTION,
    }
    return render(request, "notifications/campaigns.html", page)


@require_GET
@read
def one(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """/console/notifications/campaigns/<id>/: what it is at now, renewed while something happens."""
    campaign = campaign_or_404(campaign_id)
    if campaign.state == CampaignState.MAPPING and not request.htmx:
        return redirect("campaign_columns", campaign.id)
    return _show(request, campaign, _start_form(campaign))


def _start_form(campaign: Campaign, data: Any = None) -> StartForm:
    return StartForm(data, initial={"per_minute": campaign.per_minute}, zone=house_zone())


def _show(request: MemberRequest, campaign: Campaign, form: StartForm) -> HttpResponse:
    page: dict[str, Any] = {"campaign": campaign, "section": SECTION, "form": form, "zone": house_zone()}
    page["every"] = "10s" if campaign.state in _OVER else "2s"
    page["counts"] = counts_of(campaign)
    if campaign.state == CampaignState.READY:
        page |= _before(campaign, _sees_personal(request))
    elif campaign.is_launched:
        page |= {"stages": _stages(campaign), "cost": campaign_cost(campaign)}
    template = "notifications/campaign.html"
    name = f"{template}#live" if request.htmx else template
    return render(request, name, page, status=first_error(request))


def _sees_personal(request: MemberRequest) -> bool:
    return PERSONAL in scopes_of(request.member)


def _before(campaign: Campaign, personal: bool) -> dict[str, Any]:
    wrong = CampaignRow.objects.filter(campaign=campaign, state__in=(RowState.BAD, RowState.DUPLICATE))
    return {
        "samples": samples_of(campaign, personal=personal),
        "borrowed": borrowed_languages(campaign),
        "costs": estimate(campaign),
        "faults": list(wrong.order_by("line")[:SHOWN_FAULTS]),
    }


def _stages(campaign: Campaign) -> list[tuple[str, Any, int, int]]:
    """(stage, words, how many, percent of all)"""
    found = funnel_of(campaign)
    whole = found["recipients"] or 1
    return [(name, STAGE_WORDS[name], found[name], round(100 * found[name] / whole)) for name in STAGES]


# ---------------------------------------------------------------- deeds


@require_POST
@manage
def start(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """/console/notifications/campaigns/<id>/start/"""
    campaign = campaign_or_404(campaign_id)
    form = _start_form(campaign, request.POST)
    if form.is_valid():
        deed = partial(start_campaign, campaign=campaign, by=author_of(request), **form.asked())
        if is_over(request, form, deed):
            return redirect("campaign", campaign.id)
    return _show(request, campaign, form)


@manage
def schedule(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """/console/notifications/campaigns/<id>/schedule/?when=now: another time for one that waits, or now."""
    campaign = campaign_or_404(campaign_id)
    if campaign.state != CampaignState.SCHEDULED:
        messages.error(request, _("It does not wait for a time any more."))
        return redirect("campaign", campaign.id)
    form = _when_form(request, campaign)
    if form.is_valid():
        deed = partial(reschedule_campaign, campaign=campaign, by=author_of(request), **form.asked())
        if is_over(request, form, deed):
            return redirect("campaign", campaign.id)
    page = {"campaign": campaign, "form": form, "counts": counts_of(campaign), "section": SECTION}
    page["zone"] = house_zone()
    return render(request, "notifications/campaign_when.html", page, status=first_error(request))


def _when_form(request: MemberRequest, campaign: Campaign) -> WhenForm:
    """Who comes to send it now finds no time in the field that would speak against it."""
    at = campaign.send_at if request.GET.get("when") != "now" else None
    start = {"when": "later" if at else "now", "send_at": at and at.replace(second=0, microsecond=0)}
    return WhenForm(request.POST or None, initial=start, zone=house_zone())


Deed = Callable[..., Any]


def _deed(operation: Deed, done: Any, back: str = "campaign") -> Any:
    """A view that does one thing to a campaign and goes back to it, or to the list."""

    @require_POST
    @manage
    @wraps(operation)
    def view(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
        campaign = campaign_or_404(campaign_id)
        try:
            operation(campaign=campaign, by=author_of(request))
        except WrongMoment as refused:
            messages.error(request, str(refused))
            return redirect("campaign", campaign_id)
        messages.success(request, done)
        return redirect(back, campaign_id) if back == "campaign" else redirect(back)

    return view


pause = _deed(pause_campaign, gettext_lazy("It is paused. Who was begun with is not held back."))
resume = _deed(resume_campaign, gettext_lazy("It goes on where it was paused."))
discard = _deed(discard_campaign, gettext_lazy("It is thrown away; nothing was sent."), "campaigns")


@manage
def stop(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """/console/notifications/campaigns/<id>/stop/: what it means, then the deed."""
    campaign = campaign_or_404(campaign_id)
    if campaign.state in _OVER:
        return redirect("campaign", campaign.id)
    if request.method != "POST":
        page = {"campaign": campaign, "funnel": funnel_of(campaign), "section": SECTION}
        return render(request, "notifications/campaign_stop.html", page)
    try:
        stop_campaign(campaign=campaign, by=author_of(request))
        messages.success(request, _("It is stopped; what had not left is taken back."))
    except WrongMoment as refused:
        messages.error(request, str(refused))
    return redirect("campaign", campaign.id)


# ---------------------------------------------------------------- rows


@require_GET
@read
def rows(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """/console/notifications/campaigns/<id>/rows/?state=&after=&format=csv"""
    campaign = campaign_or_404(campaign_id)
    wanted = RowFilter(request.GET)
    chosen = wanted.chosen()
    if request.GET.get("format") == "csv":
        name = chosen.get("state") or "rows"
        lines = rows_csv(campaign, **chosen, personal=_sees_personal(request))
        return csv_answer(lines, f"campaign-{name}.csv")
    found = page_of(lambda **said: row_page(campaign, **said), request.GET.get("after"), **chosen)
    page = {
        "campaign": campaign,
        "filter": wanted,
        "chosen": chosen,
        "rows": [(row, name_of(row), state_of(row), reason_of(row)) for row in found.rows],
        "more": more_link(chosen, found.next),
        "section": SECTION,
    }
    return render(request, "notifications/campaign_rows.html", page)
