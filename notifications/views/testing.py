"""Console: sending a test of what is published, to the phone page or one's own number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from common.logs import request_id
from common.phones import NotAPhone, read_phone
from customers.models import Address
from inbox.ports import PHONE
from notifications import words
from notifications.decisions import Ask
from notifications.models import Notification, NotificationType, SampleSet
from notifications.operations.notify import Accepted, notify, request_faults
from notifications.operations.samples import SampleRefused, keep_samples, remove_samples
from notifications.queries.lists import languages_of
from notifications.queries.samples import sets_of
from notifications.sheets import example_text, example_value
from notifications.variables import Json
from notifications.views.editing import shown_version, type_head
from notifications.views.pages import author_of, first_error, manage, named_or_404
from tenants.requests import MemberRequest


class PhoneInput(forms.CharField):
    """A phone number with its country code, in any spelling; becomes E.164."""

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if not text:
            return ""
        try:
            return read_phone(text)
        except NotAPhone as error:
            raise forms.ValidationError(str(error)) from None


class TrialForm(forms.Form):
    """Where a test goes, and its values."""

    phone = PhoneInput(label=gettext_lazy("Phone number"), max_length=40)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)

    def __init__(
        self, named: NotificationType, *args: Any, samples: SampleSet | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.variables: list[Json] = list(named.current.variables) if named.current else []
        personal = {one["name"] for one in self.variables if one.get("personal")}
        start = {k: v for k, v in (samples.data if samples else {}).items() if k not in personal}
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            (one, words.language_name(one)) for one in languages_of(named.current)
        ]
        for one in self.variables:
            self.fields[f"value_{one['name']}"] = forms.CharField(
                label=one["name"],
                required=bool(one.get("required", True)),
                max_length=2000,
                initial=example_text(one["type"], start.get(one["name"], one.get("example"))),
                help_text=_("Personal: kept in no set.") if one.get("personal") else "",
            )

    def values(self) -> Json:
        """The data of the test; what was left empty is left out."""
        found = {
            one["name"]: (one["type"], self.cleaned_data[f"value_{one['name']}"]) for one in self.variables
        }
        return {name: example_value(kind, text) for name, (kind, text) in found.items() if text}

    def kept(self) -> Json:
        """What a set may hold of it."""
        personal = {one["name"] for one in self.variables if one.get("personal")}
        return {name: value for name, value in self.values().items() if name not in personal}

    def show(self, faults: Any) -> None:
        """Put the sentences of a refused request beside their fields."""
        for pointer, sentence in faults:
            name = pointer.removeprefix("/data/").split("/")[0]
            place = f"value_{name}" if pointer.startswith("/data/") else "phone" if "/to" in pointer else None
            self.add_error(place if place in self.fields else None, sentence)


@manage
def trial(request: MemberRequest, key: str) -> HttpResponse:
    """/console/notifications/types/<key>/test/: a real notification, marked test, in no figure."""
    named = named_or_404(key)
    sets = sets_of(named)
    chosen = next((one for one in sets if str(one.id) == request.GET.get("samples")), None)
    form = TrialForm(named, request.POST or None, samples=chosen, initial=_start(named))
    if "keep" in request.POST:
        if (kept := _keep(request, named, form)) is not None:
            return kept
    elif form.is_valid() and (run := _send(request, named, form)):
        if run.due_at is None:
            messages.warning(request, run.reason)
        return redirect("notification_run", run.id)
    page = type_head(named, shown_version(named), "test") | {"form": form}
    page |= {
        "sets": sets,
        "chosen": chosen,
        "set_name": request.POST.get("set_name", chosen.name if chosen else ""),
        "demo_phone": request.tenant.is_demo,
        "values": [one for one in form if one.name.startswith("value_")],
    }
    return render(request, "notifications/trial.html", page, status=first_error(request))


def _keep(request: MemberRequest, named: NotificationType, form: TrialForm) -> HttpResponse | None:
    """Keep the values under the name given; a phone is not needed for that."""
    form.is_valid()
    form.errors.pop("phone", None)
    if form.errors:
        return None
    name = request.POST.get("set_name", "").replace("\0", "")
    try:
        row = keep_samples(named=named, name=name, data=form.kept(), by=author_of(request))
    except SampleRefused as refused:
        form.show([one for one in refused.faults if one[0] != "/name"])
        if "/name" in dict(refused.faults):
            form.add_error(None, dict(refused.faults)["/name"])
        return None
    messages.success(
        request, _("The values are kept as “%s”; what is personal is not among them.") % row.name
    )
    return redirect(f"{reverse('notification_test', args=[named.key])}?samples={row.id}")


@require_POST
@manage
def remove_set(request: MemberRequest, key: str, set_id: UUID) -> HttpResponse:
    """/console/notifications/types/<key>/samples/<id>/removal/"""
    rows = SampleSet.objects.filter(type=named_or_404(key)).select_related("type")
    remove_samples(samples=get_object_or_404(rows, id=set_id), by=author_of(request))
    messages.success(request, _("The set is gone."))
    return redirect("notification_test", key)


def _start(named: NotificationType) -> Mapping[str, Any]:
    """The number of the last test, so that trying again is one press."""
    last = Notification.objects.filter(is_test=True, type=named).order_by("-id").first()
    phone = Address.objects.filter(customer=last.customer_id, kind=PHONE).first() if last else None
    return {
        "phone": phone.value if phone else "",
        "language": named.current.fallback_language if named.current else "",
    }


def _send(request: MemberRequest, named: NotificationType, form: TrialForm) -> Notification | None:
    data = form.values()
    if faults := request_faults(named, data):
        form.show(faults)
        return None
    if named.current is None:
        raise TypeError("a type without a version is refused above")
    ask = Ask(
        named=named,
        version=named.current,
        to={"phone": form.cleaned_data["phone"]},
        data=data,
        language=form.cleaned_data["language"],
        is_test=True,
    )
    [found] = notify([ask], by=author_of(request), request_id=request_id.get() or "")
    if not isinstance(found, Accepted):
        form.show(found.faults)
        return None
    return found.notification
