"""Console: the list of templates, one with its life, and what is done with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from channels_whatsapp.models import DELETED, DISABLED, EDITABLE, Template, TemplateAccount
from channels_whatsapp.operations.card_files import card_files_of
from channels_whatsapp.operations.languages import takes_languages
from channels_whatsapp.operations.templates import (
    NotReady,
    as_draft,
    delete_template,
    request_sync,
    submit_template,
    template_account,
    unpause_template,
)
from channels_whatsapp.queries import BY_NAME, HEAVY, TemplateFilter, template_rows, uses_of, waiting_for
from channels_whatsapp.send_time_rules import ttl_words
from channels_whatsapp.shapes import content_of
from channels_whatsapp.sheets import Sheet
from channels_whatsapp.starters import STARTERS
from channels_whatsapp.template_counts import count_findings
from channels_whatsapp.template_parts import CATEGORIES, LANGUAGES
from channels_whatsapp.template_rules import refusals
from channels_whatsapp.words import KINDS, STATES, language_name, listed_states
from common.api.problems import Problem
from common.consequences import consequences
from inbox.files import content_url
from inbox.models import Attachment, Channel
from inbox.operations.authors import Author
from inbox.operations.errors import Refused
from inbox.ports import Json
from tenants.access import scope_required
from tenants.requests import MemberRequest

manage = scope_required("channels:write")
PAGE = 50
#: WhatsApp deletes none of these, or has done so.
GONE = {DELETED, DISABLED, "PENDING_DELETION"}


@require_GET
@manage
def templates(request: HttpRequest) -> HttpResponse:
    """/console/templates/?q=&status=&category=&language=&after="""
    chosen = {name: value for name in _FILTERS if (value := request.GET.get(name, "").strip()[:100])}
    wanted = TemplateFilter(
        search=chosen.get("q", "").replace("\0", ""),
        status=chosen.get("status", "") if chosen.get("status") in STATES else "",
        category=chosen.get("category", "") if chosen.get("category") in CATEGORIES else "",
        language=chosen.get("language", "") if chosen.get("language") in LANGUAGES else "",
    )
    try:
        found = BY_NAME.page(wanted.rows().defer(*HEAVY), limit=PAGE, after=request.GET.get("after"))
    except Problem:
        return redirect("templates")
    page = {
        "rows": found.rows,
        "more": urlencode({**chosen, "after": found.next}) if found.next else "",
        "chosen": chosen,
        "states": listed_states(),
        "categories": CATEGORIES,
        "languages": [(code, language_name(code)) for code in LANGUAGES],
        "accounts": list(TemplateAccount.objects.select_related("channel").order_by("id")),
        "has_channel": _channels().exists(),
        "section": "templates",
    }
    return render(request, "channels_whatsapp/templates.html", page)


_FILTERS = ("q", "status", "category", "language")


def _channels() -> Any:
    return Channel.objects.filter(kind="whatsapp").order_by("id")


@require_GET
@manage
def starters(request: HttpRequest) -> HttpResponse:
    """/console/templates/starters/"""
    page = {"starters": STARTERS, "section": "templates"}
    return render(request, "channels_whatsapp/starters.html", page)


@manage
def sync(request: HttpRequest) -> HttpResponse:
    """/console/templates/sync/: POST reads the lists again; GET is how far that has come."""
    if request.method == "POST":
        channels = [row for row in _channels() if row.config.get("waba_id")]
        for account in {row.id: row for row in map(template_account, channels)}.values():
            request_sync(account=account)
        if not request.headers.get("HX-Request"):
            messages.success(request, _("WhatsApp's list is read again; what changed appears in a moment."))
            return redirect("templates")
    accounts = TemplateAccount.objects.select_related("channel").order_by("id")
    return render(request, "channels_whatsapp/sync.html", {"accounts": accounts})


def found(template_id: UUID) -> Template:
    """The template. Raises Http404."""
    row: Template = get_object_or_404(template_rows(), id=template_id)
    return row


def sheet_of(row: Template) -> Sheet:
    """The editor's fields of a template: the draft, else what is in use."""
    file = shown_file(row.header_file) if row.header_file else None
    cards = [shown_file(one) if one else None for one in card_files_of(row)]
    return Sheet.of(row.name, row.language, row.draft or content_of(row), file, cards)


def shown_file(file: Attachment) -> Json:
    """A sample as the editor knows it. url: of a picture."""
    url = content_url(file, variant="preview") if file.preview_key else ""
    return {
        "mime": file.mime,
        "size_bytes": file.size_bytes,
        "name": file.filename,
        "id": file.id,
        "url": url,
    }


@require_GET
@manage
def template(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """/console/templates/<id>/: its state, how it looks, what became of it."""
    row = found(template_id)
    others = Template.objects.filter(account=row.account, name=row.name).exclude(id=row.id)
    counts = count_findings(row, timezone.now()) if row.draft else []
    refused = [*refusals(as_draft(row)), *(one for one in counts if not one.is_hint)] if row.draft else []
    page = {
        "template": row,
        "hints": [one for one in counts if one.is_hint],
        "preview": sheet_of(row).preview(),
        "ttl": ttl_words((row.draft or content_of(row)).get("send_ttl_s")),
        "findings": refused,
        "history": [{**entry, "words": KINDS.get(entry["kind"], entry["kind"])} for entry in row.history][
            ::-1
        ],
        "others": others.defer(*HEAVY).order_by("language"),
        "waiting": waiting_for(row),
        "uses": uses_of(row),
        "takes_languages": takes_languages(row),
        "may_change": row.status in EDITABLE and not row.work,
        "may_delete": row.status not in GONE and not row.work,
        "section": "templates",
    }
    return render(request, "channels_whatsapp/template.html", page)


@require_POST
@manage
def submission(request: MemberRequest, template_id: UUID) -> HttpResponse:
    """POST /console/templates/<id>/submission/"""
    row = found(template_id)
    try:
        submit_template(template=row, by=Author.of(request.member))
    except NotReady:
        messages.error(request, _("WhatsApp would refuse it: mend what is marked, then submit it again."))
        return redirect("template_change", row.id)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("Submitted. WhatsApp usually answers within minutes, at most in a day."))
    return redirect("template", row.id)


@require_POST
@manage
def release(request: MemberRequest, template_id: UUID) -> HttpResponse:
    """POST /console/templates/<id>/release/: a paused one is to go on."""
    row = found(template_id)
    try:
        unpause_template(template=row, by=Author.of(request.member))
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("WhatsApp is asked to let it go on; its answer shows here in a moment."))
    return redirect("template", row.id)


@manage
def deletion(request: MemberRequest, template_id: UUID) -> HttpResponse:
    """/console/templates/<id>/deletion/: what it means, then the deed."""
    row = found(template_id)
    if request.method == "POST":
        try:
            left = delete_template(template=row, by=Author.of(request.member))
        except Refused as refused:
            messages.error(request, refused.sentence)
            return redirect("template", row.id)
        said = _("WhatsApp is told to delete %s.") if left else _("%s is deleted.")
        messages.success(request, said % row.name)
        return redirect("templates")
    page = {"template": row, "waiting": waiting_for(row), "uses": uses_of(row), "section": "templates"}
    page["follows"] = consequences("template", row)
    return render(request, "channels_whatsapp/deletion.html", page)
