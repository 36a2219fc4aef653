"""Console: the list of prices, from a file or one by one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from common.spreadsheets import csv_answer
from inbox.models import Channel
from notifications.campaigns.files import FileRefused
from notifications.models import PriceLine
from notifications.operations.prices import PricesRefused, remove_price, set_prices
from notifications.price_files import read_prices, written_prices
from notifications.queries.lists import kind_label
from notifications.queries.prices import gaps, price_lines, tariffs
from notifications.views.pages import author_of, first_error, manage
from notifications.words_of_money import CATEGORIES
from tenants.requests import MemberRequest

SECTION = "notification_prices"
FILE_MAX = 1_000_000
SHOWN_FAULTS = 20


class PriceFile(forms.Form):
    """A list of prices as CSV."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
        help_text=gettext_lazy(
            "CSV with the columns of the download. Lines without a price are left out; "
            "one that is there already is replaced."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> Any:
        """`given` and `numbers`: its lines."""
        upload = self.cleaned_data["file"]
        if upload.size > FILE_MAX:
            raise forms.ValidationError(_("The file is larger than 1 MB."))
        try:
            self.given, self.numbers = read_prices(upload)
        except FileRefused as refused:
            raise forms.ValidationError(str(refused)) from None
        return upload

    def refuse(self, refused: PricesRefused) -> None:
        """Say of each line what is wrong with it."""
        for place, field, words in refused.faults[:SHOWN_FAULTS]:
            where = _("Line %d") % self.numbers[place]
            self.add_error("file", f"{where}{f', {field}' if field else ''}: {words}")
        if (more := len(refused.faults) - SHOWN_FAULTS) > 0:
            self.add_error(
                "file", ngettext("%d more line is wrong.", "%d more lines are wrong.", more) % more
            )


class PriceForm(forms.Form):
    """One price."""

    channel = forms.ChoiceField(label=gettext_lazy("Channel"))
    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        required=False,
        help_text=gettext_lazy("Only some channels have prices by category."),
    )
    country = forms.CharField(
        label=gettext_lazy("Country"),
        required=False,
        max_length=5,
        help_text=gettext_lazy("Like GB, or a calling code like +44. Empty for everywhere else."),
    )
    price = forms.CharField(
        label=gettext_lazy("Price"),
        max_length=20,
        help_text=gettext_lazy("For one message, segment or minute, like 0.0553."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3)
    valid_from = forms.DateField(
        label=gettext_lazy("Valid from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("What is charged from that day on, in UTC. What was charged before stays."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = tariffs()
        channels: list[tuple[str, Any]] = [(kind, kind_label(kind)) for kind in sorted(known)]
        channels += [(str(row.id), row.name) for row in Channel.objects.order_by("name") if row.kind in known]
        self.fields["channel"].choices = channels  # type: ignore[attr-defined]
        words = {one for tariff in known.values() for one in tariff.categories}
        choices = [("", CATEGORIES[""]), *((one, CATEGORIES.get(one, one)) for one in sorted(words))]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]


@manage
def prices(request: MemberRequest) -> HttpResponse:
    """/console/notifications/prices/: the list; a file posted here is taken into it."""
    form = PriceFile(request.POST or None, request.FILES or None) if request.method == "POST" else PriceFile()
    if form.is_valid():
        try:
            set_prices(given=form.given, by=author_of(request))
        except PricesRefused as refused:
            form.refuse(refused)
        else:
            many = len(form.given)
            messages.success(request, ngettext("%d price is set.", "%d prices are set.", many) % many)
            return redirect("notification_prices")
    return _show(request, form)


def _show(request: HttpRequest, form: PriceFile) -> HttpResponse:
    channels = {str(row.id): row for row in Channel.objects.filter(is_active=True)}
    lines, known, today = price_lines(), tariffs(), timezone.now().date()
    seen: set[tuple[str, str, str]] = set()
    rows = []
    for line in lines:
        kind = channels[line.channel].kind if line.channel in channels else line.channel
        key = (line.channel, line.category, line.country)
        state = "later" if line.valid_from > today else "over" if key in seen else "now"
        if state == "now":
            seen.add(key)
        label = channels[line.channel].name if line.channel in channels else kind_label(line.channel)
        rows.append((line, kind, label, known[kind].unit if kind in known else "", state))
    used = {channel.kind for channel in channels.values()}
    page = {
        "form": form,
        "rows": rows,
        "gaps": gaps(lines, channels.values()),
        "tariffs": [(kind, kind_label(kind), one) for kind, one in known.items() if kind in used],
        "section": SECTION,
    }
    return render(request, "notifications/prices.html", page, status=first_error(request))


@manage
def new(request: MemberRequest) -> HttpResponse:
    """/console/notifications/prices/new/?channel=&category=&country="""
    start = {name: request.GET.get(name, "") for name in ("channel", "category", "country")}
    form = PriceForm(request.POST or None, initial={**start, "valid_from": timezone.now().date()})
    if form.is_valid():
        try:
            set_prices(given=[form.cleaned_data], by=author_of(request))
        except PricesRefused as refused:
            for _place, field, words in refused.faults:
                form.add_error(field if field in form.fields else None, words)
        else:
            messages.success(request, _("The price is set."))
            return redirect("notification_prices")
    page = {"form": form, "section": SECTION}
    return render(request, "notifications/price.html", page, status=first_error(request))


@require_POST
@manage
def remove(request: MemberRequest, price_id: UUID) -> HttpResponse:
    """/console/notifications/prices/<id>/removal/"""
    remove_price(line=get_object_or_404(PriceLine.objects, id=price_id), by=author_of(request))
    messages.success(request, _("The price is gone. What was charged by it stays as it was."))
    return redirect("notification_prices")


@require_GET
@manage
def download(request: HttpRequest) -> HttpResponse:
    """/console/notifications/prices/export/: the list, with a line for each price that is missing."""
    lines = written_prices(timezone.now().date())
    return csv_answer(lines, "prices.csv")
