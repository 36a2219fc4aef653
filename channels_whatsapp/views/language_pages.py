"""Console: a one-time code in more languages."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from channels_whatsapp.models import Template
from channels_whatsapp.operations.languages import add_languages, takes_languages
from channels_whatsapp.template_parts import LANGUAGES
from channels_whatsapp.views.number_pages import tell
from channels_whatsapp.views.template_pages import found, manage
from channels_whatsapp.words import language_name
from common.tenancy import tenant_context
from inbox.operations.authors import Author
from inbox.operations.errors import Refused
from tenants.access import own_scope
from tenants.requests import MemberRequest


@own_scope
@manage
def languages(request: MemberRequest, template_id: UUID) -> HttpResponse:
    """/console/templates/<id>/languages/: which ones, then the deed."""
    if request.method != "POST":
        with tenant_context(request.tenant_id):
            return _page(request, found(template_id))
    chosen, by = request.POST.getlist("language"), Author.of(request.member)
    try:
        errand = add_languages(tenant_id=request.tenant_id, template_id=template_id, by=by, languages=chosen)
    except Template.DoesNotExist:
        raise Http404 from None
    except Refused as refused:
        with tenant_context(request.tenant_id):
            return _page(request, found(template_id), said=refused.sentence)
    tell(request, errand, _("WhatsApp has them. They stand among the other languages in a moment."))
    return redirect("template", template_id)


def _page(request: HttpRequest, row: Template, said: str = "") -> HttpResponse:
    have = set(Template.objects.filter(account=row.account, name=row.name).values_list("language", flat=True))
    offered = [(code, language_name(code)) for code in LANGUAGES if code not in have]
    page = {"template": row, "said": said, "can": takes_languages(row), "section": "templates"}
    page["languages"] = sorted(offered, key=lambda one: str(one[1]))
    return render(request, "channels_whatsapp/languages.html", page, status=422 if said else 200)
