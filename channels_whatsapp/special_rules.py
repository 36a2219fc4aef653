"""What WhatsApp will refuse in one-time codes, cards and limited offers. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from channels_whatsapp.button_rules import button_findings
from channels_whatsapp.file_rules import file_findings
from channels_whatsapp.findings import Draft, Finding
from channels_whatsapp.template_parts import (
    CARD_FORMATS,
    buttons_of,
    cards_of,
    header_handle,
    kind_of,
    part_of,
    records,
    text_of,
)
from channels_whatsapp.text_rules import text_rules, too_long
from channels_whatsapp.values import record, word
from inbox.ports import Json

OFFER_CHARS, CARD_BODY_CHARS, CARD_BREAKS = 16, 160, 2
CARDS, EXPIRY_MINUTES = range(2, 11), range(1, 91)
#: What may stand on a card.
CARD_BUTTONS = {"QUICK_REPLY", "URL", "PHONE_NUMBER"}


def code_findings(draft: Draft) -> Iterator[Finding]:
    """One-time codes: WhatsApp writes the text; there is one button, and little to choose."""
    if not draft.is_code:
        return
    if part_of(draft.components, "HEADER"):
        yield Finding("header.format", _("A one-time code has no header."), _("Choose no header."))
    body = part_of(draft.components, "BODY")
    if text_of(body).strip() and "add_security_recommendation" not in body:
        fix = _("Leave it empty; you only choose whether it warns not to share the code.")
        yield Finding("body.text", _("WhatsApp writes the text of one-time codes itself."), fix)
    yield from _code_footer(part_of(draft.components, "FOOTER"))
    yield from _code_button(buttons_of(draft.components))


def _code_footer(footer: Json) -> Iterator[Finding]:
    minutes = footer.get("code_expiration_minutes")
    if footer and (type(minutes) is not int or minutes not in EXPIRY_MINUTES):
        what = _("A code is valid for 1 to 90 minutes.")
        yield Finding("footer.minutes", what, _("Write a whole number, or leave it out."))


def _code_button(buttons: list[Json]) -> Iterator[Finding]:
    first = buttons[0] if buttons else {}
    if len(buttons) != 1 or kind_of(first) not in {"OTP", "URL"}:
        fix = _("Keep one button of the type one-time code.")
        yield Finding("buttons", _("A one-time code has exactly one button, which hands it over."), fix)
        return
    yield from button_findings(buttons, "buttons", is_code=True)


def carousel_findings(draft: Draft) -> Iterator[Finding]:
    """Two to ten cards of one build."""
    if not part_of(draft.components, "CAROUSEL"):
        return
    cards = cards_of(draft.components)
    if draft.category != "MARKETING":
        yield Finding("category", _("Only marketing takes cards."), _("Choose marketing."))
    yield from _beside_cards(draft)
    if len(cards) not in CARDS:
        yield Finding("cards", _("There are %d cards.") % len(cards), _("Make 2 to 10 of them."))
    shapes = {_card_shape(card) for card in cards}
    if len(shapes) > 1:
        fix = _("Give every card the same parts and the same types of buttons.")
        yield Finding("cards", _("The cards are built differently."), fix)
    for n, card in enumerate(cards):
        yield from _card(n, card, draft.card_files[n] if n < len(draft.card_files) else None)


def _beside_cards(draft: Draft) -> Iterator[Finding]:
    """Above the cards there is a text, below them nothing."""
    if part_of(draft.components, "HEADER"):
        yield Finding("header.format", _("With cards there is no header."), _("Choose no header."))
    if part_of(draft.components, "FOOTER"):
        yield Finding("footer.text", _("With cards there is no footer."), _("Leave it out."))
    if part_of(draft.components, "BUTTONS"):
        fix = _("Put them on the cards.")
        yield Finding("buttons", _("With cards there are no buttons below the message."), fix)


def _card_shape(card: Json) -> tuple[Any, ...]:
    parts: list[Json] = records(card.get("components"))
    form = word(part_of(parts, "HEADER"), "format").upper()
    return form, bool(part_of(parts, "BODY")), tuple(kind_of(button) for button in buttons_of(parts))


def _card(n: int, card: Json, given: Json | None) -> Iterator[Finding]:
    where, parts = f"cards.{n}", records(card.get("components"))
    body, buttons = part_of(parts, "BODY"), buttons_of(parts)
    yield from _card_header(f"{where}.header", part_of(parts, "HEADER"), given)
    if body:
        yield from _card_body(f"{where}.body", body)
    if not 1 <= len(buttons) <= 2:
        yield Finding(f"{where}.buttons", _("A card has one or two buttons."), _("Add or remove some."))
    for place, button in enumerate(buttons):
        if kind_of(button) not in CARD_BUTTONS:
            fix = _("Choose a quick reply, a page to open or a number to call.")
            yield Finding(f"{where}.buttons.{place}.type", _("A card takes no such button."), fix)
    yield from button_findings(buttons, f"{where}.buttons")


def _card_header(where: str, header: Json, given: Json | None) -> Iterator[Finding]:
    form = word(header, "format").upper()
    if form not in CARD_FORMATS:
        fix = _("Give every card one.")
        yield Finding(where, _("A card begins with a picture or a video."), fix)
    elif given is not None:
        yield from file_findings(where, form, given)
    elif not header_handle(header):
        fix = _("Add a file like the ones you will send.")
        yield Finding(where, _("The card has no sample."), fix)


def _card_body(where: str, body: Json) -> Iterator[Finding]:
    text = text_of(body)
    if not text.strip():
        yield Finding(
            f"{where}.text", _("The text is empty."), _("Write one, or leave it out of every card.")
        )
    if len(text) > CARD_BODY_CHARS:
        yield too_long(f"{where}.text", len(text), CARD_BODY_CHARS)
    if text.count("\n") > CARD_BREAKS:
        what = _("The text of a card has at most two line breaks.")
        yield Finding(f"{where}.text", what, _("Put it on fewer lines."))
    yield from text_rules(where, text, body)


def offer_findings(draft: Draft) -> Iterator[Finding]:
    """An offer that ends."""
    offer = part_of(draft.components, "LIMITED_TIME_OFFER")
    if not offer:
        return
    about = record(offer.get("limited_time_offer"))
    text = text_of(about)
    if draft.category != "MARKETING":
        yield Finding("category", _("A limited offer is marketing."), _("Choose marketing."))
    if not text.strip():
        yield Finding("offer.text", _("The offer has no words."), _("Write up to 16 characters."))
    elif len(text) > OFFER_CHARS:
        yield too_long("offer.text", len(text), OFFER_CHARS)
    if part_of(draft.components, "FOOTER"):
        yield Finding("footer.text", _("A limited offer has no footer."), _("Leave it out."))
    if word(part_of(draft.components, "HEADER"), "format").upper() not in {"", "IMAGE", "VIDEO"}:
        fix = _("Choose a picture, a video or no header.")
        yield Finding("header.format", _("A limited offer takes no such header."), fix)
