"""Console: the editor of templates. Every rule is checked while typing, and again when saved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from channels_whatsapp.button_rules import BUTTONS
from channels_whatsapp.card_sheets import CARD_BUTTONS, Card
from channels_whatsapp.fields import OFFERED, is_for_apps
from channels_whatsapp.models import EDITABLE, Template
from channels_whatsapp.operations.card_files import card_files_of
from channels_whatsapp.operations.templates import (
    change_template,
    copy_template,
    draft_template,
    submit_template,
    template_account,
)
from channels_whatsapp.sheets import Sheet
from channels_whatsapp.starters import starter
from channels_whatsapp.template_parts import CATEGORIES, LANGUAGES
from channels_whatsapp.views.samples import kept_files, uploaded, uploaded_cards
from channels_whatsapp.views.template_pages import found, manage, sheet_of
from channels_whatsapp.words import language_name
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.operations.errors import Refused
from inbox.ports import Json
from tenants.requests import MemberRequest

BLANK: Json = {"category": "UTILITY", "components": []}
#: In the names of the fields that a browser copies for one card more.
BLANK_KEY = 99


@manage
def new(request: MemberRequest) -> HttpResponse:
    """/console/templates/new/?starter="""
    channels = [row for row in Channel.objects.filter(kind="whatsapp") if row.config.get("waba_id")]
    begin = starter(request.GET.get("starter", ""))
    if request.method != "POST":
        sheet = Sheet.of(begin.name, begin.language, begin.content) if begin else Sheet.of("", "en", BLANK)
        return _editor(request, sheet, channels=channels)
    sheet = Sheet.typed(request.POST, None)
    chosen = next((row for row in channels if str(row.id) == request.POST.get("channel")), None)
    if chosen is None:
        return _editor(request, sheet, channels=channels, said=_("Choose a channel."))
    try:
        row = _drafted(request, sheet, chosen)
    except Refused as refused:
        return _editor(request, sheet, channels=channels, said=refused.sentence)
    return _saved(request, row)


def _drafted(request: MemberRequest, sheet: Sheet, channel: Channel) -> Template:
    """Raises Refused; a template without a proper name or language cannot be kept."""
    _named(sheet)
    file, cards = uploaded(request, sheet), uploaded_cards(request, sheet)
    return draft_template(
        account=template_account(channel),
        by=Author.of(request.member),
        name=sheet.values["name"],
        language=sheet.values["language"],
        category=sheet.values["category"],
        components=sheet.components(),
        header_file=file,
        card_files=cards,
        send_ttl_s=sheet.send_ttl_s,
    )


def _named(sheet: Sheet) -> None:
    """Raises Refused."""
    for field in ("name", "language", "category"):
        for finding in sheet.errors().get(field, []):
            if not finding.is_hint:
                raise Refused(finding.sentence)


@manage
def change(request: MemberRequest, template_id: UUID) -> HttpResponse:
    """/console/templates/<id>/change/"""
    row = found(template_id)
    if row.status not in EDITABLE or row.work:
        messages.error(request, _("WhatsApp takes no change of this template at the moment."))
        return redirect("template", row.id)
    stored = sheet_of(row)
    if is_for_apps(stored.before):
        messages.error(
            request,
            _(
                "WhatsApp does not show how this code is handed to your app, so it cannot be changed here."
                " Change it by the API, or make another one that people copy."
            ),
        )
        return redirect("template", row.id)
    if request.method != "POST":
        return _editor(request, stored, row=row)
    sheet = Sheet.typed(request.POST, stored.file, stored.cards.files(), stored.before)
    try:
        row = _changed(request, row, sheet)
    except Refused as refused:
        return _editor(request, sheet, row=row, said=refused.sentence)
    return _saved(request, row)


def _changed(request: MemberRequest, row: Template, sheet: Sheet) -> Template:
    names: dict[str, str] = {}
    if not row.components:
        names = {"name": sheet.values["name"], "language": sheet.values["language"]}
        _named(sheet)
    version = request.POST.get("version", "")
    return change_template(
        template=row,
        by=Author.of(request.member),
        category=sheet.values["category"] if sheet.values["category"] in CATEGORIES else row.category,
        components=sheet.components(),
        version=int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else None,
        header_file=uploaded(request, sheet, row.header_file),
        card_files=uploaded_cards(request, sheet, card_files_of(row)),
        send_ttl_s=sheet.send_ttl_s,
        **names,
    )


def _saved(request: MemberRequest, row: Template) -> HttpResponse:
    """On to where the pressed button leads."""
    if "submit" not in request.POST:
        messages.success(request, _("The draft is saved."))
        return redirect("template_change", row.id)
    try:
        submit_template(template=row, by=Author.of(request.member))
    except Refused as refused:
        messages.error(request, _("Saved, but not submitted: %s") % refused.sentence)
        return redirect("template_change", row.id)
    messages.success(request, _("Submitted. WhatsApp usually answers within minutes, at most in a day."))
    return redirect("template", row.id)


def _editor(
    request: HttpRequest, sheet: Sheet, *, row: Template | None = None, said: str = "", **more: Any
) -> HttpResponse:
    is_blank = row is None and request.method != "POST" and not sheet.values["body"]
    page = {
        "template": row,
        "said": said,
        "section": "templates",
        **_shown(sheet, is_quiet=is_blank),
        **more,
    }
    return render(request, "channels_whatsapp/editor.html", page, status=422 if said else 200)


def _shown(sheet: Sheet, *, is_quiet: bool = False) -> Json:
    """What the editor and its live part draw. is_quiet: nobody has typed yet, so nothing is wrong yet."""
    return {
        "sheet": sheet,
        "errors": {} if is_quiet else sheet.errors(),
        "preview": sheet.preview(),
        "rows": sheet.shown_rows(),
        "samples": sheet.sample_fields(),
        "blank_card": Card(key=BLANK_KEY),
        "card_button_types": [(kind, BUTTONS[kind].label) for kind in CARD_BUTTONS],
        "button_types": [(kind, BUTTONS[kind].label) for kind in OFFERED],
        "categories": CATEGORIES,
        "languages": [(code, language_name(code)) for code in LANGUAGES],
        "plain_fields": ("name", "language", "category", "header", "header_text", "header_file", "body",
                         "offer_text", "footer", "buttons", "code_minutes", "cards", "send_ttl_s",
                         "call_request"),
    }  # fmt: skip


@require_POST
@manage
def check(request: HttpRequest) -> HttpResponse:
    """POST /console/templates/check/: what stands against what is typed so far, and how it looks."""
    data: QueryDict = request.POST
    file = {"mime": "image/png", "size_bytes": 1} if data.get("has_file") else None
    sheet = Sheet.typed(data, file, kept_files(data))
    asked = {one["name"] for one in sheet.sample_fields()}
    page = _shown(sheet) | {"is_live": True, "new_samples": asked != set(data.getlist("samples"))}
    page["new_ttl"] = data.get("ttl_for") != sheet.values["category"]
    shown = set(data.getlist("card_samples"))
    page["new_cards"] = [card for card in sheet.cards.cards if _has_other_samples(card, shown)]
    for name in ("header_file", *(f"{card.name}_file" for card in sheet.cards.cards if not card.file)):
        page["errors"].pop(name, None)  # the browser does not send a file while one types
    return render(request, "channels_whatsapp/live.html", page)


def _has_other_samples(card: Card, shown: set[str]) -> bool:
    """Whether its fields for samples are not those its text asks for."""
    asked = {one["name"] for one in card.sample_fields()}
    return asked != {name for name in shown if name.startswith(f"{card.name}_")}


@manage
def copy(request: MemberRequest, template_id: UUID) -> HttpResponse:
    """/console/templates/<id>/copy/: in another language, or under another name."""
    row = found(template_id)
    page: Json = {
        "template": row,
        "languages": [(code, language_name(code)) for code in LANGUAGES],
        "section": "templates",
    }
    if request.method == "POST":
        name, language = request.POST.get("name", "").strip(), request.POST.get("language", "")
        sheet = sheet_of(row)
        sheet.values |= {"name": name, "language": language}
        try:
            _named(sheet)
            made = copy_template(template=row, by=Author.of(request.member), name=name, language=language)
        except Refused as refused:
            page |= {"said": refused.sentence, "name": name, "language": language}
            return render(request, "channels_whatsapp/copy.html", page, status=422)
        messages.success(request, _("The copy is a draft: put it into its own words, then submit it."))
        return redirect("template_change", made.id)
    return render(request, "channels_whatsapp/copy.html", page)
