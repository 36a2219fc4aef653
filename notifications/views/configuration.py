"""Console: types and quiet hours as a file: download, compare, take over; from another workspace, too."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import orjson
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from common.tenancy import tenant_context
from notifications.operations.configuration import (
    BadFile,
    compare,
    export_configuration,
    read_file,
    take_over,
)
from notifications.operations.configuration_parts import Item
from notifications.operations.consents import UnknownZone
from notifications.variables import Json
from notifications.views.pages import author_of, manage
from tenants.access import own_scope, scopes_of
from tenants.models import Tenant
from tenants.queries import active_member, memberships_of
from tenants.requests import MemberRequest

SECTION = "notification_configuration"
FILE_MAX = 2_000_000


class FileForm(forms.Form):
    """A file that somebody chose, or its text on the way through the comparison."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
        help_text=gettext_lazy("A file downloaded here or in another workspace. Nothing changes yet."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/json,.json"}),
    )
    text = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not self.data.get("text")

    def clean(self) -> dict[str, Any]:
        """`found`: the file, read."""
        given = super().clean() or self.cleaned_data
        upload = given.get("file")
        if upload and upload.size > FILE_MAX:
            self.add_error("file", _("The file is larger than 2 MB."))
            return given
        raw = upload.read() if upload else given.get("text", "").encode()
        if not raw:
            return given
        try:
            given["found"] = read_file(orjson.loads(raw))
        except orjson.JSONDecodeError as error:
            self.add_error("file", _("This is no JSON: %s") % error)
        except BadFile as refused:
            self.add_error("file", str(refused))
        return given


@own_scope
@manage
def configuration(request: MemberRequest) -> HttpResponse:
    """/console/notifications/configuration/: what can be taken from where; then what differs; then the deed.

    It reads one workspace and writes another, one scope after the other.
    """
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        file = _from_workspace(request) if request.POST.get("source") else _from_form(form)
        if file is not None:
            return _show_or_take(request, file)
        return _start(request, form, 422)
    return _start(request, FileForm(), 200)


def _start(request: MemberRequest, form: FileForm, status: int) -> HttpResponse:
    page = {"form": form, "sources": _sources(request), "section": SECTION}
    with tenant_context(request.tenant_id):
        return render(request, "notifications/configuration.html", page, status=status)


def _sources(request: MemberRequest) -> list[Tenant]:
    """The person's other workspaces in which they may set up types, test workspaces first."""
    found = [one.tenant for one in memberships_of(request.user) if one.tenant_id != request.tenant_id]
    return sorted((one for one in found if _may_read(request, one.id)), key=lambda one: one.name)


def _may_read(request: MemberRequest, tenant_id: UUID) -> bool:
    with tenant_context(tenant_id):
        return "notifications:manage" in scopes_of(active_member(request.user))


def _from_form(form: FileForm) -> Json | None:
    return form.cleaned_data["found"] if form.is_valid() else None


def _from_workspace(request: MemberRequest) -> Json | None:
    wanted = request.POST["source"]
    source = next((one for one in _sources(request) if str(one.id) == wanted), None)
    if source is None:
        return None
    with tenant_context(source.id):
        return export_configuration()


def _show_or_take(request: MemberRequest, file: Json) -> HttpResponse:
    """The comparison, until it was seen as it still is and something in it was chosen."""
    with tenant_context(request.tenant_id):
        items = compare(file, may=scopes_of(request.member))
        mark = _mark(items)
        chosen = request.POST.getlist("take")
        was_seen = request.POST.get("seen") == mark
        if chosen and was_seen:
            return _take(request, file, chosen)
        page: dict[str, Any] = {
            "items": items,
            "text": orjson.dumps(file).decode(),
            "seen": mark,
            "section": SECTION,
        }
        page |= {"chosen": chosen, "moved": bool(request.POST.get("seen")) and not was_seen}
        status = 409 if page["moved"] else 200
        return render(request, "notifications/comparison.html", page, status=status)


def _mark(items: list[Item]) -> str:
    """The same as long as nothing here or in the file has changed."""
    told = [
        [item.key, item.state, *([one.pointer, one.before, one.after] for one in item.found)]
        for item in items
    ]
    return hashlib.sha256(orjson.dumps(told)).hexdigest()


def _take(request: MemberRequest, file: Json, chosen: list[str]) -> HttpResponse:
    try:
        drafts = take_over(file, keys=chosen, by=author_of(request), may=scopes_of(request.member))
    except UnknownZone as refused:
        messages.error(request, str(refused))
        return redirect(SECTION)
    count = len(chosen)
    messages.success(request, ngettext("%d thing is taken over.", "%d things are taken over.", count) % count)
    if drafts:
        words = _("These stay drafts, because something is missing here for publishing them: %s.")
        messages.warning(request, words % ", ".join(drafts))
    return redirect("notification_types")


@require_GET
@manage
def download(request: HttpRequest) -> HttpResponse:
    """/console/notifications/configuration/export/: the file."""
    written = orjson.dumps(export_configuration(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    response = HttpResponse(written, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="notifications.json"'
    return response
