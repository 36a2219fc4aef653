"""Console: the ladder of a type as a vertical line, its actions, and a climb in thought."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from common.forms import typed
from inbox.channels import adapters
from inbox.models import Channel
from notifications import words
from notifications.checking import REACHES
from notifications.models import NotificationType, TypeVersion
from notifications.operations.types import InvalidVersion, StaleDraft, save_draft
from notifications.queries.lists import rungs_of
from notifications.simulation import FATES, simulate
from notifications.variables import Json
from notifications.views.editing import shown_version, type_head
from notifications.views.pages import author_of, manage, named_or_404
from tenants.requests import MemberRequest

NEW_RUNG = {"channel": "", "reach": "delivered", "patience_s": 60}


@manage
def ladder(request: MemberRequest, key: str) -> HttpResponse:
    """/console/notifications/types/<key>/ladder/"""
    named = named_or_404(key)
    version = shown_version(named)
    if request.method != "POST":
        return render(request, "notifications/ladder.html", _page(request, named, version, version.ladder))
    said = typed(request.POST)
    rungs = _changed(_typed(said), said)
    try:
        save_draft(
            named=named, by=author_of(request), revision=_seen(request, version), ladder=_numbers(rungs)
        )
    except InvalidVersion as refused:
        return _again(request, named, version, rungs, faults_at=_by_place(refused.faults))
    except StaleDraft as newer:
        return _again(request, named, newer.version, rungs, theirs=rungs_of(newer.version.ladder))
    messages.success(request, _("The ladder of the draft is saved."))
    return redirect("notification_ladder", named.key)


def _again(
    request: MemberRequest, named: NotificationType, version: TypeVersion, rungs: list[Json], **more: Any
) -> HttpResponse:
    page = _page(request, named, version, rungs) | more | {"is_wrong": True}
    return render(request, "notifications/ladder.html", page, status=422)


def _seen(request: MemberRequest, version: TypeVersion) -> int | None:
    """The revision the page was made from; a published version has none to lose."""
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 9 and version.state == "draft" else None


def _typed(data: Mapping[str, str]) -> list[Json]:
    """The rungs as they stand in the form; places stay in their order."""
    found = []
    place = 0
    while f"channel{place}" in data:
        found.append(
            {
                "channel": data.get(f"channel{place}", ""),
                "reach": data.get(f"reach{place}", ""),
                "patience_s": data.get(f"patience{place}", ""),
            }
        )
        place += 1
    return found


def _changed(rungs: list[Json], data: Mapping[str, str]) -> list[Json]:
    """The rungs after the button that was pressed: up:1, down:0, remove:2, add:whatsapp."""
    deed, _colon, which = data.get("deed", "").partition(":")
    if deed == "add":
        channel = which or data.get("new_channel", "")
        return [*rungs, NEW_RUNG | {"channel": channel}] if channel else rungs
    place = int(which) if which.isdecimal() else -1
    if not 0 <= place < len(rungs):
        return rungs
    if deed == "remove":
        return [*rungs[:place], *rungs[place + 1 :]]
    other = place - 1 if deed == "up" else place + 1
    if deed in {"up", "down"} and 0 <= other < len(rungs):
        rungs = list(rungs)
        rungs[place], rungs[other] = rungs[other], rungs[place]
    return rungs


def _numbers(rungs: list[Json]) -> list[Json]:
    return [one | {"patience_s": _number(str(one["patience_s"]))} for one in rungs]


def _number(text: str) -> int | str:
    """What is no number stays as it was typed, to be shown with its fault."""
    return int(text) if _SECONDS.fullmatch(text) else text


#: More digits than any patience has are no number here.
_SECONDS = re.compile(r"[0-9]{1,7}")


def _by_place(faults: Any) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for pointer, sentence in faults:
        part = pointer.split("/")[2:3]
        place = int(part[0]) if part and part[0].isdecimal() else 0
        found.setdefault(place, []).append(sentence)
    return found


def _page(
    request: HttpRequest, named: NotificationType, version: TypeVersion, ladder: list[Json]
) -> dict[str, Any]:
    places = [
        {"place": place, "said": one, "rung": rung, "is_last": place == len(ladder) - 1}
        for place, (one, rung) in enumerate(zip(ladder, rungs_of(ladder), strict=True))
    ]
    return type_head(named, version, "ladder") | {
        "places": places,
        "channels": _channel_choices(),
        "reaches": [(one, words.REACHES[one]) for one in REACHES],
        "faults_at": {},
        **_simulation(request.GET, version),
    }


def _channel_choices() -> list[tuple[str, str]]:
    """Kinds of channel, and each number of a kind that has several."""
    kinds = [
        (kind, _("%s, the oldest number") % one.label)
        if Channel.objects.filter(kind=kind).count() > 1
        else (kind, one.label)
        for kind, one in sorted(adapters().items())
    ]
    rows = Channel.objects.filter(is_active=True).order_by("name", "id")
    return kinds + [(str(row.id), row.name) for row in rows]


def _simulation(query: Mapping[str, str], version: TypeVersion) -> dict[str, Any]:
    rungs = rungs_of(version.ladder)
    fates = []
    for place in range(len(rungs)):
        wanted = query.get(f"fate{place}", "silent")
        fates.append(wanted if wanted in FATES else "silent")
    moments, end = simulate(rungs, fates, version.ttl_s)
    return {"fates": list(zip(range(len(rungs)), rungs, fates, strict=True)), "moments": moments, "end": end}


@require_GET
@manage
def climb(request: MemberRequest, key: str) -> HttpResponse:
    """/console/notifications/types/<key>/simulation/?fate0=silent&…: only the climb, for htmx."""
    named = named_or_404(key)
    version = shown_version(named)
    page = {"named": named, "version": version, **_simulation(request.GET, version)}
    return render(request, "notifications/simulation.html", page)
