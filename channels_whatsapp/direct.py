"""Direct Send: a text or a simple choice outside the 24 hours without a template; Meta makes one of it.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/direct-send (for utility
since July 2026, November 2026). Meta allows it number by number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from channels_whatsapp.errors import DIRECT
from channels_whatsapp.rules import Words, look
from inbox.ports import Direct, DirectRule, Flaw, Hold, Json, SendError

#: In a channel's config: whether the number sends so.
SETTING = "direct_send"
CATEGORIES = ("utility",)
TEXT_CHARS = 1024
LEAST_S, MOST_S = 30, 43_200
#: The choices that a template could hold too.
TYPES = ("buttons", "link")
#: Code 100 says only that something is wrong; what a number lacks is in its words.
_NOT_ENABLED = re.compile(
    r"direct|categor|not (?:\w+ ){0,2}(?:enabled|allowed|available|eligible)", re.IGNORECASE
)


def direct_rule(config: Json) -> DirectRule | None:
    """What a number set like this may send so."""
    return DirectRule(CATEGORIES, TEXT_CHARS) if config.get(SETTING) is True else None


def direct_flaws(*, kind: str, text: str, content: Json, file_kind: str, direct: Direct) -> list[Flaw]:
    """Everything for which Meta would refuse such a message."""
    return list(_flaws(kind, text, content, file_kind, direct))


def _flaws(kind: str, text: str, content: Json, file_kind: str, direct: Direct) -> Iterator[Flaw]:
    if direct.category not in CATEGORIES:
        yield Flaw("/category", _("Only utility messages leave without a template; use one for this."))
    if direct.ttl_s is not None and not LEAST_S <= direct.ttl_s <= MOST_S:
        yield Flaw(
            "/ttl_s", _("Between %(least)d and %(most)d seconds.") % {"least": LEAST_S, "most": MOST_S}
        )
    if kind not in ("text", "interactive"):
        yield Flaw("/kind", _("Only texts, buttons and links leave without a template."))
    if kind == "interactive" and content.get("type") not in TYPES:
        yield Flaw("/content/type", _("Only texts, buttons and links leave without a template."))
    if file_kind or set(content.get("header") or {}) - {"text"}:
        yield Flaw("/content/header", _("No file can stand above a message without a template."))
    yield from look(Words(TEXT_CHARS), text, "/text")


def keys_of(direct: Direct) -> Json:
    """What such a message says beside its words."""
    ttl = {} if direct.ttl_s is None else {"ttl_seconds": direct.ttl_s}
    return {"category": direct.category, **ttl}


def explained(error: SendError) -> SendError:
    """Meta's refusal of such a message. One that concerns the number holds for all of them, so that none is
    tried again in vain."""
    if error.provider_code != "100" or error.reason != "invalid" or not _NOT_ENABLED.search(error.detail):
        return error
    title = "Direct Send is not enabled for this number"
    hold = Hold("direct", f"{title}: {error.detail}".rstrip(".") + ".", DIRECT)
    return SendError(
        "config", error.detail, permanent=True, provider_code=error.provider_code, title=title, hold=hold
    )
