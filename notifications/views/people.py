"""Console: the consent register and quiet hours; and the page where a person chooses, without signing in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from common.forms import SharedForm, typed
from common.tenancy import tenant_context
from common.zones import NO_ZONE, is_zone, zone_names
from customers.models import Customer
from customers.operations import change_customer
from customers.queries import find_customer
from inbox.operations.authors import Author
from inbox.shapes import customer_shape
from notifications import words
from notifications.forms import Filter
from notifications.links import choices_link, customer_of
from notifications.models import Category, ConsentState, QuietHours
from notifications.models.people import EVERY_CHANNEL
from notifications.operations.consents import (
    UnknownZone,
    record_consents,
    set_preference,
    set_quiet_hours,
)
from notifications.queries.choices import Register, register_of, register_page, register_rows
from notifications.queries.facts import load_facts
from notifications.queries.log import names_of
from notifications.quiet import quiet_until, zone
from notifications.shapes import quiet_shape
from notifications.views.pages import author_of, first_error, manage, more_link, page_of, read, write
from tenants.models import Tenant
from tenants.requests import MemberRequest

SECTION = "notification_consents"
#: Cities whose clocks the page of quiet hours shows.
_PLACES = ("Europe/Lisbon", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata")


class RegisterFilter(Filter):
    """Whose consents to list."""

    person = forms.CharField(
        label=gettext_lazy("Person"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": gettext_lazy("Name or number")}),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Said"),
        choices=[
            ("", gettext_lazy("Yes or no")),
            *((one, words.CONSENTS[one].words) for one in words.CONSENTS),
        ],
        required=False,
    )


@require_GET
@read
def register(request: HttpRequest) -> HttpResponse:
    """/console/notifications/consents/?person=&state=&after="""
    wanted = RegisterFilter(request.GET)
    chosen = wanted.chosen()
    found = page_of(register_page, request.GET.get("after"), **chosen)
    page = {
        "filter": wanted,
        "chosen": chosen,
        "rows": register_rows(found.rows),
        "more": more_link(chosen, found.next),
        "section": SECTION,
    }
    return render(request, "notifications/register.html", page)


@write
def person(request: MemberRequest, customer_id: UUID) -> HttpResponse:
    """/console/notifications/consents/<customer>/: what a person said, and its history."""
    customer = find_customer(get_object_or_404(Customer.objects, id=customer_id).id)
    found, said, refused = register_of(customer), typed(request.POST), {}
    if request.method == "POST":
        refused = _refusal(customer, said, _given(request, found))
        if not refused:
            _write_down(request, customer, found)
            messages.success(request, _("Written down. It holds from now on."))
            return redirect("notification_person", customer.id)
        found = _as_typed(request, found)
    page = {"register": found, "customer": customer, "section": SECTION, "refused": refused}
    page |= {"source": said.get("source", ""), "timezone": said.get("timezone", customer.timezone)}
    page["link"] = choices_link(request.tenant_id, customer.id)
    page |= {"clock": _clock(customer), "zones": zone_names(), "called": names_of([customer])[customer.id]}
    return render(request, "notifications/person.html", page, status=first_error(request))


def _refusal(customer: Customer, said: Mapping[str, str], given: Sequence[object]) -> dict[str, str]:
    """{field: sentence}: why it cannot be written down. Nothing of it is, then."""
    place = said.get("timezone", customer.timezone).strip()
    if place and not is_zone(place):
        return {"timezone": NO_ZONE}
    if given and not said.get("source", "").strip():
        return {"source": _("Say where the person said so, like “by phone”: the register keeps it.")}
    return {}


def _write_down(request: MemberRequest, customer: Customer, found: Register) -> None:
    said, by = typed(request.POST), author_of(request)
    place = said.get("timezone", customer.timezone).strip()
    if place != customer.timezone:
        change_customer(customer=customer, by=by.actor, shape=customer_shape, timezone=place)
    source = said.get("source", "").strip()
    record_consents(customer=customer, given=_given(request, found), source=source, by=by)
    _wishes(request, customer, by)


def _as_typed(request: HttpRequest, found: Register) -> Register:
    """The page with what was chosen on it, stored or not."""
    lines = [
        replace(
            line,
            cells=[
                (kind, label, _said(request, line.category, kind) or state)
                for kind, label, state in line.cells
            ],
        )
        for line in found.lines
    ]
    wishes = [(named, f"type__{named.key}" in request.POST) for named, _wanted in found.wishes]
    return replace(found, lines=lines, wishes=wishes if "wishes" in request.POST else found.wishes)


def _said(request: HttpRequest, category: str, kind: str) -> str:
    said = request.POST.get(f"{category}__{kind}", "")
    return said if said in ConsentState.values else ""


def _clock(customer: Customer) -> dict[str, str]:
    """What it is by the clock that quiet hours go by, and whose that is."""
    clocks = load_facts({customer.id}, ()).clocks(customer)
    local = timezone.now().astimezone(clocks.last(timezone.now()))
    city = str(local.tzinfo).rpartition("/")[2].replace("_", " ")
    return {"time": date_format(local, "D H:i"), "city": city, "whose": str(words.WHOSE_CLOCK[clocks.of])}


def _given(request: HttpRequest, found: Register) -> list[dict[str, str]]:
    """The answers that differ from what is written down."""
    given = []
    for line in found.lines:
        for kind, _label, state in line.cells:
            said = _said(request, line.category, kind)
            if said and said != state:
                given.append({"category": line.category, "channel": kind, "state": said})
    return given


def _wishes(request: HttpRequest, customer: Customer, by: Author) -> None:
    if "wishes" not in request.POST:
        return
    for named, wanted in register_of(customer).wishes:
        said = f"type__{named.key}" in request.POST
        if said != wanted:
            set_preference(customer=customer, named=named, wanted=said, by=by)


# ---------------------------------------------------------------- the person's own page


@never_cache
def choices(request: HttpRequest, tenant_id: UUID, token: str) -> HttpResponse:
    """/choices/<tenant>/<token>/: whoever holds the link is taken for the person it was made for."""
    customer_id = customer_of(tenant_id, token)
    tenant = Tenant.objects.filter(id=tenant_id).first()
    if customer_id is None or tenant is None:
        raise Http404
    with tenant_context(tenant_id):
        customer = find_customer(get_object_or_404(Customer.objects, id=customer_id).id)
        saved = request.method == "POST"
        if saved:
            _choose(request, customer)
        found = register_of(customer)
        page = {"register": found, "marketing": _marketing(found), "business": tenant, "saved": saved}
        response = render(request, "notifications/choices.html", page)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _marketing(found: Register) -> str:
    """What the person said to marketing on every channel."""
    [line] = [line for line in found.lines if line.category == Category.MARKETING]
    return next(state for kind, _label, state in line.cells if kind == EVERY_CHANNEL)


def _choose(request: HttpRequest, customer: Customer) -> None:
    by = Author("customer", customer.id, customer.name or "")
    said = ConsentState.GRANTED if "marketing" in request.POST else ConsentState.DENIED
    given = [{"category": str(Category.MARKETING), "channel": EVERY_CHANNEL, "state": str(said)}]
    record_consents(customer=customer, given=given, source="choices page", by=by)
    _wishes(request, customer, by)


# ---------------------------------------------------------------- quiet hours


class QuietForm(SharedForm):
    """When notifications wait."""

    start = forms.TimeField(
        label=gettext_lazy("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    end = forms.TimeField(
        label=gettext_lazy("Until"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    timezone = forms.CharField(
        label=gettext_lazy("Time zone of people whose own is not known"),
        max_length=64,
        help_text=gettext_lazy("Like Europe/Lisbon. Equal times switch quiet hours off."),
    )


@manage
def quiet(request: MemberRequest) -> HttpResponse:
    """/console/notifications/quiet-hours/, with when one would go that is asked for at a time."""
    now = quiet_shape(QuietHours.objects.first())
    form = QuietForm(request.POST or None, stored=dict(now))
    if form.is_valid():
        found = form.cleaned_data
        try:
            set_quiet_hours(
                start=found["start"], end=found["end"], timezone=found["timezone"], by=author_of(request)
            )
        except UnknownZone as refused:
            form.add_error("timezone", str(refused))
        else:
            messages.success(request, _("Quiet hours are saved and hold from now on."))
            return redirect("notification_quiet")
    page = {"form": form, "places": _would_go(request), "at": request.GET.get("at", "")}
    page["section"] = "notification_quiet"
    return render(request, "notifications/quiet.html", page, status=first_error(request))


def _would_go(request: HttpRequest) -> list[dict[str, Any]]:
    """When something asked for at the time given would go, by the clocks of several places."""
    row = QuietHours.objects.first()
    places = [row.timezone, *_PLACES] if row else list(_PLACES)
    found = []
    for name in dict.fromkeys(places):
        where = zone(name)
        asked = _moment(request.GET.get("at", ""), where)
        until = quiet_until(asked, start=row.start, end=row.end, where=where) if row else None
        local = (until or asked).astimezone(where)
        found.append(
            {
                "city": name.rpartition("/")[2].replace("_", " "),
                "asked": date_format(asked.astimezone(where), "D H:i"),
                "goes": date_format(local, "D H:i"),
                "waits": until is not None,
            }
        )
    return found


def _moment(text: str, where: Any) -> datetime:
    """A time of a form as this place's own clock shows it; the coming night without one."""
    with suppress(ValueError):
        found = datetime.fromisoformat(text).replace(tzinfo=where)
        if 2000 < found.year < 3000:  # not every clock can be asked about the first and the last of years
            return found
    return timezone.now().astimezone(where).replace(hour=23, minute=30)
