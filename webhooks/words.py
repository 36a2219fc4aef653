"""What people read about endpoints and deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webhooks.models import Delivery, Endpoint, Format, State, Why

#: Groups of events that people tick, by their pattern.
GROUPS = {
    "message.*": (gettext_lazy("Messages"), gettext_lazy("received, sent, delivered, read, failed")),
    "thread.*": (gettext_lazy("Conversations"), gettext_lazy("opened, assigned, snoozed, closed")),
    "note.*": (gettext_lazy("Notes"), gettext_lazy("what agents tell each other")),
    "call.*": (gettext_lazy("Calls"), gettext_lazy("ringing, answered, ended")),
    "customer.*": (gettext_lazy("Customers"), gettext_lazy("changed, merged, blocked")),
    "notification.*": (gettext_lazy("Notifications"), gettext_lazy("each step, and what people answer")),
    "campaign.*": (gettext_lazy("Campaigns"), gettext_lazy("started, paused, done")),
    "channel.*": (gettext_lazy("Channels"), gettext_lazy("changed, paused")),
    "alert.*": (gettext_lazy("Alerts"), gettext_lazy("raised, repeated, ended")),
}
#: How much each event tells, in words.
FORMATS = {
    Format.FULL.value: (
        gettext_lazy("Everything"),
        gettext_lazy("each event with what was written and who wrote it"),
    ),
    Format.THIN.value: (
        gettext_lazy("Only references"),
        gettext_lazy("ids and addresses to fetch the rest at, nothing personal"),
    ),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How something stands: a tone of the pages' own ("ok", "warn", "bad", "mute"), an icon, words, a fix."""

    tone: str
    icon: str
    words: str
    fix: str = ""


def standing_of(endpoint: Endpoint) -> Standing:
    """How an endpoint stands."""
    if not endpoint.is_enabled:
        return _OFF[Why(endpoint.why_disabled)]()
    if endpoint.failing_since:
        fix = _("It is tried again and again, less and less often. After five days it is switched off.")
        return Standing("warn", "triangle-alert", _("Fails"), fix)
    if endpoint.delivered_at is None:
        return Standing("mute", "circle-dashed", _("Nothing delivered yet"))
    return Standing("ok", "check", _("Works"))


def _paused() -> Standing:
    fix = _("What happens meanwhile is delivered when you resume, as far as it is not older than 30 days.")
    return Standing("mute", "pause", _("Paused"), fix)


def _gone() -> Standing:
    fix = _("It answered 410: it wants nothing more. Resume when it should hear of events again.")
    return Standing("bad", "circle-slash", _("Switched off"), fix)


def _failing() -> Standing:
    fix = _("For five days nothing could be delivered. Repair it, send a sample, then resume.")
    return Standing("bad", "triangle-alert", _("Switched off"), fix)


_OFF = {Why.PAUSED: _paused, Why.GONE: _gone, Why.FAILING: _failing}


def delivery_standing(row: Delivery) -> Standing:
    """How a delivery stands."""
    if row.state == State.DELIVERED:
        return Standing("ok", "check", _("Delivered"))
    if row.state == State.FAILED:
        return Standing("bad", "x", _("Given up"))
    if row.attempts:
        return Standing("warn", "rotate-ccw", _("Tries again"))
    return Standing("mute", "hourglass", _("Waits"))


def next_try_at(row: Delivery, endpoint: Endpoint) -> datetime | None:
    """When it is tried (again): not while the endpoint rests, and never while it is switched off."""
    if row.next_at is None or not endpoint.is_enabled:
        return None
    return max(row.next_at, endpoint.rests_until or row.next_at)


def answer_words(one: dict[str, Any]) -> str:
    """What a request came to, in a few words: "200 · 35 ms"."""
    said = _("no answer") if one["status"] is None else str(one["status"])
    return _("%(answer)s · %(ms)s ms") % {"answer": said, "ms": one["ms"]}


def types_words(endpoint: Endpoint) -> SafeString | str:
    """What it listens to: groups in words, single types by their names, which are those of programs."""
    if not endpoint.types:
        return _("Everything")
    named = [
        conditional_escape(GROUPS[one][0]) if one in GROUPS else format_html(_TYPE, one)
        for one in endpoint.types
    ]
    return format_html_join(", ", "{}", ((one,) for one in named))


_TYPE = '<bdi class="mono" translate="no">{}</bdi>'


def name_of(endpoint: Endpoint) -> str:
    """What people call it: its description, or else its host."""
    return endpoint.description or urlsplit(endpoint.url).hostname or endpoint.url
