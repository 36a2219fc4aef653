"""Console: the test workspace beside the live one: opening it, and going from one to the other."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from common.tenancy import tenant_context
from tenants.access import own_scope, scope_required
from tenants.models import Tenant
from tenants.operations.errors import Refused
from tenants.operations.workspaces import open_test_workspace
from tenants.queries import memberships_of
from tenants.requests import MemberRequest


@own_scope
@scope_required("channels:write")
def test_workspace(request: MemberRequest) -> HttpResponse:
    """/console/test/: what is apart, and the button that opens the test workspace.

    It works in two workspaces, one scope after the other.
    """
    if request.method == "POST":
        try:
            made = open_test_workspace(live=request.tenant, by=request.member)
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, _("%s is ready. You are in it now.") % made.name)
            request.session["tenant_id"] = str(made.id)
        return redirect("test_workspace")
    other = request.tenant.live or Tenant.objects.filter(live=request.tenant).first()
    enters = other is not None and memberships_of(request.user).filter(tenant=other).exists()
    page = {"other": other, "enters": enters, "section": "test"}
    with tenant_context(request.tenant_id):
        return render(request, "console/test_workspace.html", page)
