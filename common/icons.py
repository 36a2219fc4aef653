"""`/icons.svg`: every icon of the pages in one file, drawn from the locked `lucide` package.

Templates show one with {% icon %}. The inbox page holds them all itself, and its scripts show one with
``<svg class="ico"><use href="#i-<name>"></svg>``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.templatetags.static import static

#: Exactly the icons that pages use; a test holds them against templates and scripts.
ICONS = (
    "activity", "alarm-clock", "archive", "arrow-down", "arrow-left", "arrow-right", "arrow-up-right",
    "at-sign", "bell", "bell-off", "binoculars", "book-open", "camera", "check", "check-check",
    "chevron-down", "chevron-left", "chevron-right", "circle-alert", "circle-check", "circle-dashed",
    "circle-question-mark", "circle-slash", "clock", "coins", "contact", "copy", "download", "ellipsis",
    "external-link", "eye", "eye-off", "file-text", "flag", "grip", "hourglass", "house", "image",
    "inbox", "info", "key-round", "keyboard", "layout-template", "link", "list", "list-filter", "lock",
    "log-out", "mail", "map-pin", "menu", "message-circle", "message-square", "mic", "mic-off",
    "monitor", "moon", "music", "paperclip", "pause", "pencil", "phone", "phone-forwarded", "phone-off",
    "play", "plug", "plus", "refresh-cw", "reply", "rotate-ccw", "scroll-text", "search", "send",
    "settings", "shield-check", "smile", "square", "sticker", "sun", "tag", "trash-2", "triangle-alert",
    "upload", "user", "user-plus", "user-x", "users", "video", "volume-2", "webhook", "wifi-off", "x",
    "zap", "zoom-in", "zoom-out",
)  # fmt: skip

#: Two bubbles, one behind the other.
LOGO = (
    '<path fill="currentColor" stroke="none" '
    'd="M3 10a7 7 0 0 1 14 0 7 7 0 0 1-9.6 6.5L3 18l1.3-4A7 7 0 0 1 3 10Z"/>'
    '<path fill="currentColor" stroke="none" opacity=".45" '
    'd="M18.7 8.5A6 6 0 0 1 20 17l1 4-4-1.3A6.5 6.5 0 0 1 10 18.4a8.7 8.7 0 0 0 8.7-9.9Z"/>'
)
#: The mark of a channel that brings no glyph.svg of its own.
CHANNEL_GLYPH = "message-circle"
_FOREVER = "public, max-age=31536000, immutable"
_BRIEFLY = "public, max-age=300"


@transaction.non_atomic_requests
def icons(request: HttpRequest) -> HttpResponse:
    """GET /icons.svg. Kept for ever by browsers that asked with ?v=<version>, for minutes by others."""
    etag = f'"{version()}"'
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(sprite(), content_type="image/svg+xml")
    response["ETag"] = etag
    response["Cache-Control"] = _FOREVER if request.GET.get("v") == version() else _BRIEFLY
    return response


@transaction.non_atomic_requests
def favicon(request: HttpRequest) -> HttpResponse:
    """GET /favicon.ico. Pages name their icon; browsers ask here when they show an answer that is no page."""
    response = HttpResponseRedirect(static("img/logo.svg"))
    response["Cache-Control"] = _BRIEFLY
    return response


@cache
def sprite() -> bytes:
    """The file, built once per process."""
    drawings = _drawn({*ICONS, CHANNEL_GLYPH})
    drawings |= {"logo": LOGO} | dict(_channel_glyphs(drawings[CHANNEL_GLYPH]))
    symbols = (
        f'<symbol id="i-{name}" viewBox="0 0 24 24">{body}</symbol>' for name, body in drawings.items()
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'.encode()


@cache
def version() -> str:
    """Changes with the content."""
    return hashlib.sha256(sprite()).hexdigest()[:12]


def _drawn(names: Iterable[str]) -> dict[str, str]:
    """Name → what the package draws for it. Its own tag opens the archive of all icons anew for each one."""
    with (files("lucide") / "lucide.zip").open("rb") as packed, ZipFile(packed) as archive:
        return {name: _children(archive.read(f"{name}.svg").decode()) for name in sorted(names)}


def _channel_glyphs(general: str) -> list[tuple[str, str]]:
    """`channel-<kind>` per installed channel: its own glyph.svg (24 × 24, strokes), else the general one."""
    found = []
    for label in settings.CHANNEL_APPS:
        own = Path(apps.get_app_config(label).path) / "glyph.svg"
        drawing = _children(own.read_text()) if own.exists() else general
        found.append((f"channel-{label.removeprefix('channels_')}", drawing))
    return found


def _children(svg: str) -> str:
    """What is inside the <svg> element; colour and stroke come from the page's CSS."""
    root = ElementTree.fromstring(svg)  # noqa: S314  from our own packages
    return "".join(_plain(child) for child in root)


def _plain(element: ElementTree.Element) -> str:
    for node in element.iter():
        node.tag = node.tag.rpartition("}")[2]
    return ElementTree.tostring(element, encoding="unicode").strip()
