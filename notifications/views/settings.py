"""Console: a type's actions, and its preferences: when, how often and how urgently it goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import SharedForm, typed
from notifications import words
from notifications.checking import PRIORITIES
from notifications.models import Category, TypeVersion
from notifications.operations.types import InvalidVersion, StaleDraft, change_type, save_draft
from notifications.shapes import LANE_OF, LANES
from notifications.variables import Json
from notifications.views.editing import shown_version, type_head
from notifications.views.pages import author_of, first_error, manage, named_or_404
from tenants.models import Team
from tenants.requests import MemberRequest

SPARE = 2


class PreferencesForm(SharedForm):
    """Name and category at once; all the rest with the next version."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        choices=[(one, words.CATEGORIES[one]) for one in Category.values],
        help_text=gettext_lazy("Marketing needs each person's consent."),
    )
    mandatory = forms.BooleanField(
        label=gettext_lazy("Mandatory"),
        required=False,
        help_text=gettext_lazy("Preferences do not stop it; a no to its whole category always does."),
    )
    lane = forms.ChoiceField(label=gettext_lazy("Lane"), choices=list(words.LANES.items()))
    quiet_hours = forms.ChoiceField(
        label=gettext_lazy("Quiet hours"),
        choices=[
            ("obey", gettext_lazy("Waits until they are over")),
            ("pass", gettext_lazy("Passes them")),
        ],
    )
    ttl_s = forms.IntegerField(
        label=gettext_lazy("Void after, in seconds"),
        min_value=10,
        max_value=2_592_000,
        help_text=gettext_lazy("What could not be sent by then is dropped as expired, never sent late."),
    )
    dedupe_window_s = forms.IntegerField(
        label=gettext_lazy("A key is remembered for, in seconds"),
        min_value=0,
        max_value=2_592_000,
        help_text=gettext_lazy("The same dedupe key within this time is skipped."),
    )
    throttle_count = forms.IntegerField(
        label=gettext_lazy("At most so many"), min_value=1, max_value=10_000, required=False
    )
    throttle_per_s = forms.IntegerField(
        label=gettext_lazy("for one person within, in seconds"),
        min_value=1,
        max_value=2_592_000,
        required=False,
    )
    digest_window_s = forms.IntegerField(
        label=gettext_lazy("Gather in a digest for, in seconds"),
        min_value=1,
        max_value=2_592_000,
        required=False,
        help_text=gettext_lazy("Empty: each goes at once. Urgent ones are never gathered."),
    )
    fallback_language = forms.CharField(
        label=gettext_lazy("Language to fall back to"),
        max_length=16,
        help_text=gettext_lazy("For people whose language has no content, like en or pt-BR."),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if bool(found.get("throttle_count")) != bool(found.get("throttle_per_s")):
            self.add_error("throttle_per_s", _("Give both the number and the time, or neither."))
        return found


def _stored(version: TypeVersion, named: Any) -> dict[str, Any]:
    return {
        "name": named.name,
        "category": named.category,
        "mandatory": named.mandatory,
        "lane": LANES[version.lane],
        "quiet_hours": version.quiet_hours,
        "ttl_s": version.ttl_s,
        "dedupe_window_s": version.dedupe_window_s,
        "throttle_count": (version.throttle or {}).get("count"),
        "throttle_per_s": (version.throttle or {}).get("per_s"),
        "digest_window_s": (version.digest or {}).get("window_s"),
        "fallback_language": version.fallback_language,
    }


@manage
def preferences(request: MemberRequest, key: str) -> HttpResponse:
    """/console/notifications/types/<key>/preferences/"""
    named = named_or_404(key)
    version = shown_version(named)
    form = PreferencesForm(request.POST or None, stored=_stored(version, named))
    if form.is_valid() and _keep(request, named, version, form):
        messages.success(
            request, _("Saved. Name, category and mandatory hold at once, the rest once published.")
        )
        return redirect("notification_preferences", named.key)
    page = type_head(named, version, "preferences") | {"form": form}
    return render(request, "notifications/preferences.html", page, status=first_error(request))


def _keep(request: MemberRequest, named: Any, version: TypeVersion, form: PreferencesForm) -> bool:
    found = dict(form.cleaned_data)
    of_type = {name: found.pop(name) for name in ("name", "category", "mandatory")}
    said = _said(found)
    changed = {name: value for name, value in said.items() if getattr(version, name) != value}
    try:
        if changed:
            save_draft(named=named, by=author_of(request), **changed)
    except InvalidVersion as refused:
        for pointer, sentence in refused.faults:
            name = pointer.strip("/").split("/")[0]
            form.add_error(name if name in form.fields else None, sentence)
        return False
    different = {name: value for name, value in of_type.items() if getattr(named, name) != value}
    if different:
        change_type(named=named, by=author_of(request), **different)
    return True


def _said(found: Mapping[str, Any]) -> Json:
    return {
        "lane": LANE_OF[found["lane"]],
        "quiet_hours": found["quiet_hours"],
        "ttl_s": found["ttl_s"],
        "dedupe_window_s": found["dedupe_window_s"],
        "throttle": {"count": found["throttle_count"], "per_s": found["throttle_per_s"]}
        if found["throttle_count"]
        else None,
        "digest": {"window_s": found["digest_window_s"]} if found["digest_window_s"] else None,
        "fallback_language": found["fallback_language"],
    }


# ---------------------------------------------------------------- actions

PARTS = ("key", "title", "words", "digit", "event", "team", "priority")


@manage
def actions(request: MemberRequest, key: str) -> HttpResponse:
    """/console/notifications/types/<key>/actions/: what a person can answer, and what follows."""
    named = named_or_404(key)
    version = shown_version(named)
    faults: dict[str, str] = {}
    theirs: list[Json] = []
    rows = [_flat(one) for one in version.actions]
    if request.method == "POST":
        rows = _typed(typed(request.POST))
        try:
            seen = request.POST.get("revision", "")
            save_draft(
                named=named,
                by=author_of(request),
                revision=int(seen)
                if seen.isdecimal() and len(seen) < 9 and version.state == "draft"
                else None,
                actions=[_action(row) for row in rows],
            )
        except InvalidVersion as refused:
            faults = {_place(pointer): sentence for pointer, sentence in refused.faults}
        except StaleDraft as newer:
            version, theirs = newer.version, newer.version.actions
        else:
            messages.success(request, _("The actions of the draft are saved."))
            return redirect("notification_actions", named.key)
    page = type_head(named, version, "actions") | {
        "rows": [*rows, *[dict.fromkeys(PARTS, "") | {"stop": True} for _spare in range(SPARE)]],
        "faults_at": faults,
        "theirs": theirs,
        "teams": list(Team.objects.order_by("name").values_list("name", flat=True)),
        "priorities": [(code, words.PRIORITY_WORDS[code]) for code in PRIORITIES],
    }
    return render(request, "notifications/actions.html", page, status=first_error(request))


def _flat(one: Json) -> Json:
    then = one.get("then") or {}
    thread = then.get("thread") or {}
    return {
        "key": one["key"],
        "title": one["title"],
        "words": ", ".join(one.get("words", [])),
        "digit": one.get("digit", ""),
        "stop": then.get("stop", True),
        "event": then.get("event", ""),
        "team": thread.get("team", ""),
        "priority": thread.get("priority", ""),
    }


def _typed(data: Mapping[str, str]) -> list[Json]:
    found, row = [], 0
    while f"action{row}__key" in data:
        one: Json = {part: data.get(f"action{row}__{part}", "").strip() for part in PARTS}
        one["stop"] = bool(data.get(f"action{row}__stop"))
        if one["key"] or one["title"]:
            found.append(one)
        row += 1
    return found


def _action(row: Json) -> Json:
    then: Json = {"stop": row["stop"]}
    if row["event"]:
        then["event"] = row["event"]
    if row["team"] or row["priority"]:
        then["thread"] = {name: row[name] for name in ("team", "priority") if row[name]}
    one: Json = {"key": row["key"], "title": row["title"], "then": then}
    one["words"] = [word.strip() for word in row["words"].split(",") if word.strip()]
    return one | ({"digit": row["digit"]} if row["digit"] else {})


def _place(pointer: str) -> str:
    """ "/actions/0/then/event" → "0" """
    return (pointer.split("/")[2:3] or ["0"])[0]
