"""Console: rules of what people are told about."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from notifications.alert_forms import RuleForm
from notifications.alert_words import ABOUT, WATCHED, rule_words
from notifications.models import AlertRule
from notifications.operations.alerts import RuleRefused, change_rule, make_rule, remove_rule
from notifications.queries.alerts import SEES_HEALTH, rules, told_members
from notifications.views.pages import author_of, first_error
from tenants.access import scope_required
from tenants.models import Member
from tenants.requests import MemberRequest

SECTION = "alerts"
manage = scope_required(SEES_HEALTH)


@require_GET
@manage
def listed(request: MemberRequest) -> HttpResponse:
    """/console/notifications/alerts/"""
    names = dict(Member.objects.values_list("id", "name"))
    page = {
        "rows": [(rule, WATCHED[rule.watched], rule_words(rule), _told(rule, names)) for rule in rules()],
        "kinds": [(watched, words, ABOUT[watched]) for watched, words in WATCHED.items()],
        "section": SECTION,
    }
    return render(request, "notifications/alerts.html", page)


def _told(rule: AlertRule, names: dict[UUID, str]) -> str:
    """Who is told, by name."""
    if not rule.members:
        return _("Everybody who sets up channels")
    left = set(rule.members) - {one.id for one in told_members(rule.members)}
    return ", ".join(sorted(names[one] for one in rule.members if one in names and one not in left)) or "—"


@manage
def new(request: MemberRequest, watched: str) -> HttpResponse:
    """/console/notifications/alerts/new/<watched>/"""
    if watched not in WATCHED:
        raise Http404
    return _edit(request, watched, None)


@manage
def one(request: MemberRequest, rule_id: UUID) -> HttpResponse:
    """/console/notifications/alerts/<id>/"""
    rule = get_object_or_404(AlertRule.objects, id=rule_id)
    return _edit(request, rule.watched, rule)


def _edit(request: MemberRequest, watched: str, rule: AlertRule | None) -> HttpResponse:
    form = RuleForm(request.POST or None, watched=watched, rule=rule)
    if form.is_valid() and _saved(request, form, watched, rule):
        messages.success(request, _("The rule is saved and looked at every minute."))
        return redirect("alerts")
    page = {
        "form": form,
        "rule": rule,
        "words": WATCHED[watched],
        "about": ABOUT[watched],
        "section": SECTION,
    }
    return render(request, "notifications/alert_rule.html", page, status=first_error(request))


def _saved(request: MemberRequest, form: RuleForm, watched: str, rule: AlertRule | None) -> bool:
    said = form.said()
    if said["channel_id"]:
        said["channel_id"] = UUID(said["channel_id"])
    said["members"] = [UUID(one) for one in said["members"]]
    try:
        if rule is None:
            make_rule(by=author_of(request), watched=watched, **said)
        else:
            change_rule(rule=rule, by=author_of(request), **said)
    except RuleRefused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    return not form.errors


@require_POST
@manage
def remove(request: MemberRequest, rule_id: UUID) -> HttpResponse:
    """/console/notifications/alerts/<id>/removal/"""
    remove_rule(rule=get_object_or_404(AlertRule.objects, id=rule_id), by=author_of(request))
    messages.success(request, _("The rule is gone. What it found stays in the history."))
    return redirect("alerts")
