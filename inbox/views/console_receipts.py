"""Console: raw webhooks, what became of each item in them, and reading one again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from inbox.forms import ReceiptFilter
from inbox.models import ReceiptOutcome
from inbox.operations.receipts import replay_receipt
from inbox.queries.health import kind_label
from inbox.queries.receipts import receipt_detail, receipt_page
from tenants.access import scope_required


@require_GET
@scope_required("receipts:read")
def receipts(request: HttpRequest) -> HttpResponse:
    """/console/receipts/?outcome=&channel=&hours=&before="""
    wanted = ReceiptFilter(request.GET)
    chosen = wanted.chosen()
    found = receipt_page(chosen, _id(request.GET.get("before")))
    older = urlencode({**chosen, "before": str(found.older)}) if found.older else ""
    page = {"filter": wanted, "chosen": chosen, "receipts": found.rows, "older": older, "section": "receipts"}
    return render(request, "console/receipts.html", page)


def _id(text: str | None) -> UUID | None:
    """A mistyped place in the list means its beginning."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@require_GET
@scope_required("receipts:read")
def receipt(request: HttpRequest, receipt_id: UUID) -> HttpResponse:
    """/console/receipts/<id>/"""
    outcome = get_object_or_404(ReceiptOutcome.objects, receipt_id=receipt_id)
    page = {"detail": receipt_detail(outcome), "label": kind_label(outcome.kind), "section": "receipts"}
    return render(request, "console/receipt.html", page)


@require_POST
@scope_required("receipts:write")
def replay(request: HttpRequest, receipt_id: UUID) -> HttpResponse:
    """POST /console/receipts/<id>/replay/"""
    get_object_or_404(ReceiptOutcome.objects, receipt_id=receipt_id)
    replay_receipt(receipt_id=receipt_id)
    messages.success(
        request, _("It is read once more; the new outcome is here in a moment. Nothing is stored twice.")
    )
    return redirect("receipts")
