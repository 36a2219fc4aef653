"""What WhatsApp will refuse in a template, found before it is asked: where, what, and how to mend it. Pure.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates (read in September 2026).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from channels_whatsapp.button_rules import button_findings
from channels_whatsapp.file_rules import file_findings
from channels_whatsapp.findings import HINT, Draft, Finding
from channels_whatsapp.send_time_rules import send_time_findings
from channels_whatsapp.special_rules import carousel_findings, code_findings, offer_findings
from channels_whatsapp.template_parts import (
    ASKS_TO_CALL,
    CATEGORIES,
    LANGUAGES,
    MEDIA_FORMATS,
    VARIABLE,
    buttons_of,
    header_handle,
    kind_of,
    part_of,
    records,
    text_of,
    variables,
)
from channels_whatsapp.text_rules import sample_findings, sequence, spelling, text_rules, too_long
from channels_whatsapp.values import word
from inbox.ports import Json

NAME_CHARS, BODY_CHARS, SHORT_CHARS, OFFER_BODY_CHARS = 512, 1024, 60, 600
FORMATS = {"TEXT", "LOCATION", *MEDIA_FORMATS}
PARTS = {"HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER", ASKS_TO_CALL}
_NAME = re.compile(r"[a-z0-9_]+")
_FORMATTING = re.compile(r"[*_~`]|[\U0001F000-\U0001FAFF\u2600-\u27BF]")
#: Words that make a reviewer take a message for advertising, in the languages of the starters.
_PROMOTIONAL = re.compile(
    r"\b(sale|discount|coupon|voucher|promo\w*|special offer|limited time|buy now|shop now|% off|desconto\w*|"
    r"promoç\w+|cupom|oferta\w*|rebaja\w*|descuento\w*|rabatt\w*|soldes|remise)\b|\d\s?%",
    re.IGNORECASE,
)


Rule = Callable[[Draft], Iterable[Finding]]


def check(draft: Draft) -> list[Finding]:
    """Everything that stands against a template, in reading order; hints come last and forbid nothing."""
    whole = replace(draft, components=records(draft.components))
    found = [finding for rule in RULES for finding in rule(whole)]
    return sorted(found, key=lambda finding: finding.is_hint)


def refusals(draft: Draft) -> list[Finding]:
    """The findings for which the provider would refuse it."""
    return [finding for finding in check(draft) if not finding.is_hint]


# ---------------------------------------------------------------- what it is called


def _name(draft: Draft) -> Iterator[Finding]:
    if not draft.name:
        yield Finding("name", _("The template has no name."), _("Give it one, for example order_ready."))
    elif not _NAME.fullmatch(draft.name):
        fix = _("Use small letters a to z, digits and underscores only, for example order_ready.")
        yield Finding("name", _("WhatsApp does not take this name."), fix)
    elif len(draft.name) > NAME_CHARS:
        yield too_long("name", len(draft.name), NAME_CHARS)


def _language(draft: Draft) -> Iterator[Finding]:
    if draft.language not in LANGUAGES:
        fix = _("Choose one of the list; codes are written like en_GB.")
        yield Finding("language", _("WhatsApp has no templates in this language."), fix)


def _category(draft: Draft) -> Iterator[Finding]:
    if draft.category not in CATEGORIES:
        fix = _("Choose utility, marketing or authentication.")
        yield Finding("category", _("The template has no category."), fix)


def _parts(draft: Draft) -> Iterator[Finding]:
    kinds = [kind_of(part) for part in draft.components]
    for kind in dict.fromkeys(kinds):
        if kind not in PARTS:
            yield Finding("components", _("There is no part “%s”.") % kind[:40], _("Take it out."))
        elif kinds.count(kind) > 1:
            what = _("There are two parts of the type %s.") % kind
            yield Finding("components", what, _("Keep one of them."))


# ---------------------------------------------------------------- header


def _header(draft: Draft) -> Iterator[Finding]:
    header = part_of(draft.components, "HEADER")
    if not header or draft.is_code:
        return
    form = word(header, "format").upper() or "TEXT"
    if form not in FORMATS:
        fix = _("Choose a text, a picture, a video, a GIF, a document or a location.")
        yield Finding("header.format", _("There is no header of this type."), fix)
    elif form == "TEXT":
        yield from _header_text(header)
    elif form in MEDIA_FORMATS:
        yield from _header_file(draft, header, form)


def _header_text(header: Json) -> Iterator[Finding]:
    text = text_of(header)
    if not text.strip():
        yield Finding("header.text", _("The header is empty."), _("Write one, or choose no header."))
        return
    if len(text) > SHORT_CHARS:
        yield too_long("header.text", len(text), SHORT_CHARS)
    if "\n" in text or _FORMATTING.search(VARIABLE.sub("", text)):
        what = _("A header takes no line breaks, emoji or signs for bold and italics.")
        yield Finding("header.text", what, _("Write it as one plain line."))
    if len(variables(text)) > 1:
        what = _("A header takes one variable, this one has %d.") % len(variables(text))
        yield Finding("header.text", what, _("Move the others into the body."))
    yield from spelling("header.text", text)
    yield from sequence("header.text", text)
    yield from sample_findings("header", text, header)


def _header_file(draft: Draft, header: Json, form: str) -> Iterator[Finding]:
    given, handle = draft.header_file, header_handle(header)
    if given is None and not handle:
        fix = _("Add a file like the ones you will send; only the reviewers see it.")
        yield Finding("header.file", _("The header has no sample."), fix)
    if given is not None:
        yield from file_findings("header.file", form, given)
    if form == "GIF" and draft.category != "MARKETING":
        fix = _("Choose marketing, or a video.")
        yield Finding("header.format", _("A GIF only leaves by the Marketing Messages API."), fix, HINT)


# ---------------------------------------------------------------- body


def _body(draft: Draft) -> Iterator[Finding]:
    body = part_of(draft.components, "BODY")
    if draft.is_code:
        return
    text = text_of(body)
    if not text.strip():
        yield Finding("body.text", _("The body is empty."), _("Write what the customer is to read."))
        return
    offer = part_of(draft.components, "LIMITED_TIME_OFFER")
    most = OFFER_BODY_CHARS if offer else BODY_CHARS
    if len(text) > most:
        yield too_long("body.text", len(text), most)
    yield from text_rules("body", text, body)


# ---------------------------------------------------------------- footer and buttons


def _footer(draft: Draft) -> Iterator[Finding]:
    footer = part_of(draft.components, "FOOTER")
    if not footer or draft.is_code:
        return
    text = text_of(footer)
    if not text.strip():
        yield Finding("footer.text", _("The footer is empty."), _("Write one, or leave it out."))
    if len(text) > SHORT_CHARS:
        yield too_long("footer.text", len(text), SHORT_CHARS)
    if VARIABLE.search(text):
        fix = _("Write it out, or move the variable into the body.")
        yield Finding("footer.text", _("A footer takes no variables."), fix)


def _buttons(draft: Draft) -> Iterator[Finding]:
    if draft.is_code:
        return
    buttons = buttons_of(draft.components)
    if part_of(draft.components, "BUTTONS") and not buttons:
        yield Finding("buttons", _("There are no buttons."), _("Add one, or leave the part out."))
    yield from button_findings(buttons, "buttons")


def _call_request(draft: Draft) -> Iterator[Finding]:
    if draft.is_code and part_of(draft.components, ASKS_TO_CALL):
        fix = _("Take the question out, or choose utility or marketing.")
        yield Finding("call_request", _("A one-time code cannot ask whether you may call."), fix)


def _hints(draft: Draft) -> Iterator[Finding]:
    texts = [text_of(part) for part in draft.components if kind_of(part) in {"HEADER", "BODY", "FOOTER"}]
    found = _PROMOTIONAL.search(" ".join(texts))
    if draft.category == "UTILITY" and found:
        what = _("“%s” reads like advertising.") % found[0].strip()
        fix = _(
            "WhatsApp will make this template marketing, with its price and its limits. Choose marketing."
        )
        yield Finding("category", what, fix, HINT)


RULES: tuple[Rule, ...] = (
    _name, _language, _category, _parts, _header, _body, _footer, _buttons,
    code_findings, carousel_findings, offer_findings, _call_request, send_time_findings, _hints,
)  # fmt: skip
