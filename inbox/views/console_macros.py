"""Console: macros, the workspace's and one's own."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from inbox.macro_form import MacroForm
from inbox.models import Macro
from inbox.operations.errors import Refused
from inbox.operations.macros import change_macro, create_macro, delete_macro
from inbox.queries.macros import changeable_macros
from inbox.queries.macros import macros as macros_of
from tenants.access import scope_required, scopes_of
from tenants.requests import MemberRequest

write = scope_required("messages:write")


def _may_share(request: MemberRequest) -> bool:
    return "saved_replies:write" in scopes_of(request.member)


@require_GET
@write
def macros(request: MemberRequest) -> HttpResponse:
    """/console/macros/"""
    page = {
        "macros": macros_of(request.member.id),
        "may_share": _may_share(request),
        "section": "macros",
    }
    return render(request, "console/macros.html", page)


@write
def macro(request: MemberRequest, macro_id: UUID | None = None) -> HttpResponse:
    """/console/macros/new/ and /console/macros/<id>/"""
    found = _changeable(request, macro_id) if macro_id else None
    may_share = _may_share(request) and not found
    form = MacroForm(request.POST or None, macro=found, may_share=may_share)
    if form.is_valid() and _save(form, found, request):
        messages.success(request, _("Saved."))
        return redirect("macros")
    page = {"macro": found, "form": form, "section": "macros"}
    return render(request, "console/macro.html", page, status=422 if form.is_bound else 200)


def _save(form: MacroForm, found: Macro | None, request: MemberRequest) -> bool:
    name, steps = form.cleaned_data["name"], form.steps()
    try:
        if found:
            change_macro(macro=found, name=name, steps=steps)
        else:
            owner = None if form.cleaned_data.get("is_shared") else request.member
            create_macro(name=name, steps=steps, owner=owner)
    except Refused as refused:
        form.add_error(form.field_of(refused.pointer), refused.sentence)
    return not form.errors


@require_POST
@write
def delete(request: HttpRequest, macro_id: UUID) -> HttpResponse:
    """POST /console/macros/<id>/deletion/"""
    delete_macro(macro=_changeable(request, macro_id))  # type: ignore[arg-type]
    messages.success(request, _("It is deleted. What it did stays as it is."))
    return redirect("macros")


def _changeable(request: MemberRequest, key: UUID) -> Macro:
    rows = changeable_macros(request.member.id, also_shared=_may_share(request))
    if request.method == "POST":  # of two who save at once the second one sees what the first one did
        rows = rows.select_for_update(of=("self",))
    found: Macro = get_object_or_404(rows, id=key)
    return found
