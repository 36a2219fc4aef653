"""Console: what a type says, channel by channel and language by language, with previews as one types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zlib import crc32

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from notifications.checking import Fault, publish_faults
from notifications.forms import SheetForm
from notifications.links import choices_link
from notifications.models import NotificationType, TypeVersion
from notifications.operations.types import FIELDS, InvalidVersion, StaleDraft, faults_of, save_draft
from notifications.queries.lists import kind_label, languages_of, rungs_of
from notifications.queries.previews import (
    Preview,
    language_rows,
    preview_of,
    template_choices,
)
from notifications.queries.reviews import needs_second_person, open_proposal
from notifications.queries.samples import samples_of, values_of
from notifications.queries.standings import Approval, approval_of, troubles_of
from notifications.queries.types import channels_of, draft_of, kinds_of, versions_of
from notifications.rich_sheets import FIELDS as RICH_FIELDS
from notifications.shapes import LANES
from notifications.sheets import TEXTS
from notifications.variables import Json, data_schema
from notifications.views.pages import author_of, manage, named_or_404
from notifications.views.uploads import with_uploads
from tenants.requests import MemberRequest

_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")


@dataclass(frozen=True, slots=True)
class Card:
    """One channel of the editor. fields: (bound field, sentences about it)."""

    name: str
    kind: str
    label: str
    form: str
    fields: list[Any]
    buttons: list[Any]
    rich: list[Any]
    approval: Approval | None
    choices: list[str]

    @property
    def has_rich(self) -> bool:
        """Is one of the rarer fields in use?"""
        return any(bound.value() for bound in self.rich)


def shown_version(named: NotificationType) -> TypeVersion:
    """What is edited: the draft, else what is published."""
    return draft_of(named) or named.current or versions_of(named)[0]


def type_head(named: NotificationType, version: TypeVersion, tab: str) -> dict[str, Any]:
    """What every page of a type shows above its own part."""
    draft = draft_of(named)
    return {
        "named": named,
        "version": version,
        "draft": draft,
        "faults": faults_of(draft) if draft else [],
        "lane": LANES[version.lane],
        "tab": tab,
        "proposal": open_proposal(named) if draft else None,
        "needs_second": bool(draft) and needs_second_person(),
        "troubles": troubles_of([version])[version.id],
        "section": "notification_types",
    }


def _language(request: HttpRequest, version: TypeVersion) -> str:
    wanted = request.GET.get("language", "")
    return wanted if _LANGUAGE.match(wanted) else version.fallback_language


@manage
def content(request: MemberRequest, key: str) -> HttpResponse:
    """/console/notifications/types/<key>/?language=: everything it says in one language."""
    named = named_or_404(key)
    version = shown_version(named)
    language = _language(request, version)
    data, refused = with_uploads(request)
    form = SheetForm(version, language, data or None)
    for name, why in refused.items() if form.is_bound else ():
        form.add_error(name if name in form.fields else None, why)
    if request.method == "POST" and "preview" not in request.POST and form.is_valid():
        try:
            return _save(request, named, form)
        except StaleDraft as newer:  # between our look and our lock: look again, and say what clashes
            version = newer.version
            form = SheetForm(version, language, data)
            if form.is_valid():
                return _save(request, named, form)
        except InvalidVersion as refused:
            form.add_error(None, refused.faults[0][1])
    is_wrong = request.method == "POST" and "preview" not in request.POST
    page = type_head(named, version, "content") | _sheet(form, named, request.POST.get("sample", ""))
    return render(request, "notifications/content.html", page, status=422 if is_wrong else 200)


def _save(request: MemberRequest, named: NotificationType, form: SheetForm) -> HttpResponse:
    said = form.said(form.cleaned_data)
    revision = form.version.revision if form.version.state == "draft" else None
    draft = save_draft(named=named, by=author_of(request), revision=revision, **said)
    messages.success(request, _("Draft %d is saved. Nothing changes for customers yet.") % draft.number)
    where = reverse("notification_type", args=[named.key])
    return redirect(f"{where}?{urlencode({'language': form.language})}")


@require_POST
@manage
def preview(request: MemberRequest, key: str) -> HttpResponse:
    """POST /console/notifications/types/<key>/preview/?language=: pictures and checks of what is typed."""
    named = named_or_404(key)
    version = shown_version(named)
    form = SheetForm(version, _language(request, version), request.POST)
    form.is_valid()
    page = _shown(form, named, request.POST.get("sample", ""))
    told = _marks_told(request.POST.getlist("finds"))
    changed = [
        bound
        for bound in form
        if bound.name in page["beside"] and page["marks"].get(bound.name) != told.get(bound.name)
    ]
    return render(request, "notifications/live.html", page | {"is_live": True, "changed": changed})


def _marks_told(finds: list[str]) -> dict[str, str]:
    """Field → the mark of the sentences the page shows beside it. A key seldom changes one, and replacing
    all of them would keep the pictures waiting."""
    return {name: mark for name, _colon, mark in (one.rpartition(":") for one in finds)}


def _shown(form: SheetForm, named: NotificationType, sample: str) -> dict[str, Any]:
    """What changes with each key: pictures and sentences."""
    said = form.said()
    values = values_of(named, said["variables"], form.language, sample)
    faults, others = form.faults_by_field(_faults(form, said))
    beside = _all_fields(form, faults)
    return {
        "form": form,
        "said": said,
        "beside": beside,
        "marks": {name: f"{crc32(repr(found).encode()):x}" for name, found in beside.items() if found},
        "others": others,
        "previews": _previews(said, form.version, form.language, values),
    }


def _sheet(form: SheetForm, named: NotificationType, sample: str) -> dict[str, Any]:
    """The whole of the editor."""
    shown = _shown(form, named, sample)
    said, version, language = shown["said"], form.version, form.language
    names = [block.name for block in form.blocks]
    languages = sorted({*languages_of(version), version.fallback_language, language})
    return shown | {
        "language": language,
        "languages": languages,
        "matrix": language_rows(version.contents, names, languages, version.fallback_language),
        "columns": [(rung.kind or rung.channel, rung.label) for rung in _columns(names)],
        "cards": [_card(form, block.name, block.form, said) for block in form.blocks],
        "variables": _variable_rows(form),
        "samples": samples_of(named, said["variables"], language, sample),
        "schema": data_schema([one for one in said["variables"] if one["type"] in _TYPES]),
        "slots": [(one["name"], one.get("example", "")) for one in said["variables"]],
    }


_TYPES = ("text", "money", "phone", "date", "number", "url", "code")


def _columns(names: list[str]) -> Any:
    return rungs_of([{"channel": name, "reach": "", "patience_s": 0} for name in names])


def _faults(form: SheetForm, said: Json) -> list[Fault]:
    """What would keep it from being published; nothing while its shape is wrong."""
    if form.is_bound and form.errors:
        return []
    whole = {name: getattr(form.version, name) for name in FIELDS} | said
    return publish_faults(whole, kinds_of(form.version.ladder))


def _all_fields(form: SheetForm, beside: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Every sentence beside a field: refusals first, then what keeps it from being published."""
    found = {name: [str(one) for one in form.errors.get(name, [])] for name in form.fields if name != "seen"}
    for name, sentences in beside.items():
        found[name] = [*found.get(name, []), *sentences]
    return found


def _card(form: SheetForm, name: str, shape: str, said: Json) -> Card:
    channel = channels_of(name).first()
    now = said["contents"].get(name, {}).get(form.language) or {}
    buttons = [bound for bound in form if bound.name.startswith(f"{name}__button")]
    return Card(
        name,
        channel.kind if channel else name,
        channel.name if channel and channel.kind != name else kind_label(name),
        shape,
        [form[f"{name}__{part}"] for part in TEXTS[shape]],
        buttons,
        [bound for bound in form if bound.name in {f"{name}__{part}" for part in RICH_FIELDS}],
        approval_of(channel, now) if now.get("name") else None,
        template_choices(name) if shape == "template" else [],
    )


def _variable_rows(form: SheetForm) -> list[Any]:
    rows, row = [], 0
    while f"var{row}__name" in form.fields:
        rows.append({part: form[f"var{row}__{part}"] for part in _PARTS} | {"row": row})
        row += 1
    return rows


_PARTS = ("name", "type", "example", "max", "required", "personal")


def _previews(said: Json, version: TypeVersion, language: str, values: dict[str, str]) -> list[Preview]:
    given = {"choices_link": choices_link(version.tenant_id, UUID(int=0))}
    values = given | values | ({"digest_count": "3"} if version.digest else {})
    return [
        preview_of(name, texts[language], language, values, version.actions)
        for name, texts in _in_order(said["contents"], version)
        if language in texts
    ]


def _in_order(contents: Json, version: TypeVersion) -> list[tuple[str, Any]]:
    """Contents in the order of the ladder, others after them."""
    places = {rung["channel"]: place for place, rung in enumerate(version.ladder)}
    return sorted(contents.items(), key=lambda pair: places.get(pair[0], len(places)))
