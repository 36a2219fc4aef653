"""Small parts that pages of several rooms use; their markup is in templates/components/."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import phonenumbers
from django import template
from django.conf import settings
from django.forms import BoundField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi, gettext, ngettext

from common.icons import version

register = template.Library()

#: Icons that point the way of reading.
TURNING = {"arrow-left", "arrow-right", "chevron-left", "chevron-right", "log-out", "reply", "send"}
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
#: Between these a text runs left to right, whatever stands around it.
ISOLATE, END_ISOLATE = "\u2066", "\u2069"


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One icon, silent for screen readers: the words stand beside it. extra: more classes."""
    turns = "turns" if name in TURNING and "turns" not in extra else ""
    classes = " ".join(filter(None, ("ico", turns, extra)))
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="/icons.svg?v={}#i-{}"></use></svg>',
        classes,
        version(),
        name,
    )


@register.simple_tag
def asset(path: str) -> str:
    """The address of a static file of this build, e.g. `css/base.css`."""
    return f"{settings.STATIC_URL}{path}?v={settings.BUILD}"


@register.inclusion_tag("components/mark.html")
def mark(kind: str, label: str, size: str = "") -> dict[str, Any]:
    """A channel's disc. size: "", "big"."""
    return {"kind": kind, "label": label, "size": size}


@register.inclusion_tag("components/avatar.html")
def avatar(name: str, colour: int = 0, size: str = "") -> dict[str, Any]:
    """A disc with initials. colour: 0 to 11; size: "", "s", "xs"."""
    words = [word for word in name.split() if word[0].isalpha()]
    picked = [words[0], words[-1]] if len(words) > 1 else words
    return {"letters": "".join(word[0] for word in picked).upper() or "?", "colour": colour, "size": size}


@register.simple_tag
def when(at: datetime | None, style: str = "short", empty: str = "") -> str:
    """A time, in UTC until the browser makes it the reader's own. style: short, clock, full, ago."""
    if at is None:
        return empty
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return format_html('<time datetime="{}" data-style="{}">{}</time>', stamp, style, words_for(at, style))


_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


@register.filter
def with_times(text: str, most: int = 0) -> SafeString:
    """A sentence whose times stand in the reader's own form and zone. most: cut at a word after so many."""
    if most and len(text) > most:
        text = text[:most].rpartition(" ")[0] + " …"
    parts, at = [], 0
    for match in _STAMP.finditer(text):
        parts += [conditional_escape(text[at : match.start()]), when(datetime.fromisoformat(match[0]))]
        at = match.end()
    return format_html_join("", "{}", ((part,) for part in [*parts, conditional_escape(text[at:])]))


def words_for(at: datetime, style: str) -> str:
    """The same without JavaScript: 12 s ago, 09:44, 12 Nov 09:44, 12 Nov 2025 09:44 (UTC)."""
    now = timezone.now()
    at = at.astimezone(UTC)
    if style == "clock":
        return f"{at:%H:%M:%S} UTC"
    if style == "ago":
        return ago(now - at) if now >= at else gettext("in %s") % span(at - now)
    year = "" if at.year == now.year and style != "full" else f" {at:%Y}"
    is_today = at.date() == now.date()
    day = "" if is_today and style != "full" else f"{date_format(at, 'j M')}{year} "
    return f"{day}{at:%H:%M:%S} UTC" if style == "full" else f"{day}{at:%H:%M}"


def ago(passed: timedelta) -> str:
    """ "12 s ago", "just now" """
    return gettext("just now") if passed < timedelta(seconds=5) else gettext("%s ago") % span(passed)


def span(length: timedelta) -> str:
    """ "12 s", "4 min", "3 h", "2 days": one unit, rounded down."""
    if length < timedelta(minutes=1):
        return gettext("%d s") % int(length.total_seconds())
    if length < HOUR:
        return gettext("%d min") % int(length.total_seconds() // 60)
    if length < 2 * DAY:
        return gettext("%d h") % int(length.total_seconds() // 3600)
    return ngettext("%d day", "%d days", length.days) % length.days


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: str = "", help_link: str = "") -> dict[str, Any]:
    """A labelled control with its help and error; the first wrong field of a form takes the focus.

    label: other words than the form's own; help_link: where a forgotten password is reset.
    """
    form = bound.form
    first_wrong = next((name for name in form.fields if name in form.errors), None) if form.is_bound else None
    attrs: dict[str, Any] = {"placeholder": ""} if label else {}
    help_text = "" if help_link else bound.help_text
    parts = {"help": help_text, "error": bound.errors}
    described = [f"{bound.auto_id}_{part}" for part, is_there in parts.items() if is_there]
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.name == first_wrong:
        attrs["autofocus"] = True
    kind = getattr(bound.field.widget, "input_type", bound.widget_type)
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "kind": kind,
        "label": label or bound.label,
        "help": help_text,
        "help_link": help_link,
    }


@register.filter
def is_group(bound: BoundField) -> bool:
    """Whether the control is several: checkboxes or radio buttons."""
    return bool(getattr(bound.field.widget, "use_fieldset", False))


@register.filter
def is_advanced(bound: BoundField) -> bool:
    """Whether most people leave the field alone; a form says so with the attribute data-advanced."""
    return "data-advanced" in bound.field.widget.attrs


@register.filter
def grouped(address: str) -> str:
    """A phone number as people read it, +44 7700 900201; any other address as it is."""
    try:
        number = phonenumbers.parse(address)
    except phonenumbers.NumberParseException:
        return address
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return f"{ISOLATE}{shown}{END_ISOLATE}" if get_language_bidi() else shown


@register.filter
def file_size(size_bytes: int) -> str:
    """ "812 B", "3.4 kB", "1.2 MB" """
    if size_bytes < 1000:
        return f"{size_bytes} B"
    return f"{size_bytes / 1000:.1f} kB" if size_bytes < 1_000_000 else f"{size_bytes / 1_000_000:.1f} MB"
