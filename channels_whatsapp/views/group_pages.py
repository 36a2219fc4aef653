"""Console: groups of a number — made, changed, who is in them and who asks to join."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from channels_whatsapp.group_calls import DESCRIPTION_CHARS, PEOPLE_MOST, SUBJECT_CHARS
from channels_whatsapp.models import Errand, Group
from channels_whatsapp.number_forms import jpeg_of
from channels_whatsapp.operations import groups as operations
from channels_whatsapp.views.number_pages import carry_out, errands_of, manage, number_of, tell
from common.tenancy import tenant_context
from customers.models import Address
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.ports import Json, OutboundFile
from tenants.access import own_scope
from tenants.requests import MemberRequest


class GroupForm(forms.Form):
    """A group's name and description."""

    subject = forms.CharField(
        label=gettext_lazy("Name of the group"),
        max_length=SUBJECT_CHARS,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=gettext_lazy("At most 128 characters."),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=DESCRIPTION_CHARS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("At most 2,048 characters."),
    )


class ChangeForm(GroupForm):
    """The same, and another picture."""

    picture = forms.FileField(
        label=gettext_lazy("New picture"),
        required=False,
        help_text=gettext_lazy("JPEG or PNG, square, at least 192 pixels wide, at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )

    def clean_picture(self) -> OutboundFile | None:
        """As a JPEG."""
        file = self.cleaned_data["picture"]
        return jpeg_of(file) if file else None


class NewGroupForm(GroupForm):
    """The same, and how people come in."""

    needs_approval = forms.BooleanField(
        label=gettext_lazy("Let people in one by one"),
        required=False,
        help_text=gettext_lazy("Who follows the invite link then asks, and you decide here."),
    )


class PersonForm(forms.Form):
    """Somebody of a group."""

    person = forms.CharField(max_length=200)


class RequestForm(forms.Form):
    """Somebody who asks to join, and the answer."""

    request = forms.CharField(max_length=512)
    lets_in = forms.BooleanField(required=False)


def groups_of(channel: Channel) -> QuerySet[Group]:
    """Those there are."""
    return Group.objects.filter(channel=channel, is_gone=False)


@own_scope
@manage
def groups(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """/console/channels/<id>/groups/: those there are, and a new one."""
    with tenant_context(request.tenant_id):
        channel = number_of(channel_id)
        form = NewGroupForm(request.POST or None)
        if request.method != "POST" or not form.is_valid():
            return _list(request, channel, form)
    by = Author.of(request.member)
    errand = operations.make_group(
        tenant_id=request.tenant_id, channel_id=channel_id, by=by, **form.cleaned_data
    )
    if errand.outcome == Errand.Outcome.DONE:
        said = _("WhatsApp makes the group. Read again if it is not in the list in a moment.")
        messages.success(request, said)
        return redirect("whatsapp_groups", channel_id)
    form.add_error(None, f"{errand.sentence} {errand.fix}".strip())
    with tenant_context(request.tenant_id):
        return _list(request, channel, form)


def _list(request: HttpRequest, channel: Channel, form: forms.Form) -> HttpResponse:
    page = {
        "channel": channel,
        "groups": groups_of(channel).order_by("subject", "id"),
        "form": form,
        "errands": errands_of(channel),
        "section": "channels",
    }
    status = 422 if form.is_bound else 200
    return render(request, "channels_whatsapp/groups.html", page, status=status)


@require_POST
@own_scope
@manage
def list_reading(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/groups/reading/"""
    said = _("These are the groups as WhatsApp has them now.")
    return carry_out(request, channel_id, operations.read_groups, said, back="whatsapp_groups")


def _found(channel_id: UUID, group_id: UUID) -> Group:
    """The group, with its channel. Raises Http404."""
    rows = Group.objects.select_related("channel").filter(is_gone=False)
    return get_object_or_404(rows, id=group_id, channel=number_of(channel_id))


@own_scope
@manage
def group(request: MemberRequest, channel_id: UUID, group_id: UUID) -> HttpResponse:
    """/console/channels/<id>/groups/<id>/: who is in it, who asks, its link; another name."""
    with tenant_context(request.tenant_id):
        found = _found(channel_id, group_id)
        now = {"subject": found.subject, "description": found.description}
        form = ChangeForm(request.POST or None, request.FILES or None, initial=now)
        if request.method != "POST" or not form.is_valid():
            return _one(request, found, form)
    by = Author.of(request.member)
    errand = operations.change_group(tenant_id=request.tenant_id, group=found, by=by, **form.cleaned_data)
    if errand.outcome == Errand.Outcome.DONE:
        messages.success(request, _("WhatsApp changes it; everybody in the group sees it."))
        return redirect("whatsapp_group", channel_id, group_id)
    form.add_error(None, f"{errand.sentence} {errand.fix}".strip())
    with tenant_context(request.tenant_id):
        return _one(request, found, form)


def _one(request: HttpRequest, found: Group, form: forms.Form) -> HttpResponse:
    names = _names([*found.people, *(one["person"] for one in found.requests)])
    page: Json = {
        "channel": found.channel,
        "group": found,
        "people": [{"id": one, "name": names.get(one, one)} for one in found.people],
        "requests": [{**one, "name": names.get(one["person"], one["person"])} for one in found.requests],
        "most": PEOPLE_MOST,
        "form": form,
        "errands": errands_of(found.channel),
        "section": "channels",
    }
    status = 422 if form.is_bound else 200
    return render(request, "channels_whatsapp/group.html", page, status=status)


def _names(people: Sequence[str]) -> dict[str, str]:
    """Whom we know by number or user id → their name."""
    rows = Address.objects.filter(value__in=people).select_related("customer")
    return {row.value: row.customer.name for row in rows if row.customer.name}


def _done(
    request: MemberRequest,
    ids: tuple[UUID, UUID],
    deed: Callable[..., Errand],
    done: str,
    form: forms.Form | None = None,
) -> HttpResponse:
    """Do it to the group and go back to it. Raises Http404."""
    with tenant_context(request.tenant_id):
        found = _found(*ids)
    given: dict[str, Any] = {}
    if form is not None:
        if not form.is_valid():
            messages.error(request, _("This is no longer possible; load the page again."))
            return redirect("whatsapp_group", *ids)
        given = form.cleaned_data
    errand = deed(tenant_id=request.tenant_id, group=found, by=Author.of(request.member), **given)
    tell(request, errand, done)
    return redirect("whatsapp_group", *ids)


@require_POST
@own_scope
@manage
def reading(request: MemberRequest, channel_id: UUID, group_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/groups/<id>/reading/"""
    said = _("This is the group as WhatsApp has it now.")
    return _done(request, (channel_id, group_id), operations.read_group, said)


@require_POST
@own_scope
@manage
def link(request: MemberRequest, channel_id: UUID, group_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/groups/<id>/link/: another one."""
    said = _("There is a new invite link; the old one leads nowhere.")
    return _done(request, (channel_id, group_id), operations.renew_link, said)


@require_POST
@own_scope
@manage
def removal(request: MemberRequest, channel_id: UUID, group_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/groups/<id>/removal/"""
    said = _("WhatsApp takes this person out of the group.")
    form = PersonForm(request.POST)
    return _done(request, (channel_id, group_id), operations.remove_person, said, form)


@require_POST
@own_scope
@manage
def answer(request: MemberRequest, channel_id: UUID, group_id: UUID) -> HttpResponse:
    """POST /console/channels/<id>/groups/<id>/answer/: to somebody who asks to join."""
    form = RequestForm(request.POST)
    lets_in = "lets_in" in request.POST
    said = _("This person is let in.") if lets_in else _("This person is turned away.")
    return _done(request, (channel_id, group_id), operations.answer_request, said, form)


@own_scope
@manage
def deletion(request: MemberRequest, channel_id: UUID, group_id: UUID) -> HttpResponse:
    """/console/channels/<id>/groups/<id>/deletion/: what it means, then the deed."""
    with tenant_context(request.tenant_id):
        found = _found(channel_id, group_id)
        page = {"channel": found.channel, "group": found, "section": "channels"}
        if request.method != "POST":
            return render(request, "channels_whatsapp/group_deletion.html", page)
    by = Author.of(request.member)
    errand = operations.delete_group(tenant_id=request.tenant_id, group=found, by=by)
    tell(request, errand, _("WhatsApp deletes the group. Its conversation stays here."))
    return redirect("whatsapp_groups", channel_id)
