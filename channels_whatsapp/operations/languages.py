"""A one-time code in many languages at once: its words are WhatsApp's, so nobody has to write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from channels_whatsapp import template_calls as calls
from channels_whatsapp.models import DRAFT, Errand, Template
from channels_whatsapp.operations.errands import run_errand
from channels_whatsapp.operations.templates import request_sync
from channels_whatsapp.shapes import content_of
from channels_whatsapp.sheets import Sheet
from channels_whatsapp.template_parts import LANGUAGES, buttons_of
from channels_whatsapp.values import word
from common.tenancy import tenant_context
from inbox.models import Channel
from inbox.operations.authors import Author
from inbox.operations.errors import NotPossible, Refused
from inbox.ports import Json

CODE = "AUTHENTICATION"
_NUMBER = re.compile(r"\b[1-9][0-9]?\b")


def add_languages(*, tenant_id: UUID, template_id: UUID, by: Author, languages: Sequence[str]) -> Errand:
    """Have WhatsApp offer a code's template in these languages too; the list is read again afterwards.

    Writes Errand, TemplateAccount. Raises Template.DoesNotExist, NotPossible, Refused.
    """
    with tenant_context(tenant_id):
        template = Template.objects.select_related("account__channel").get(id=template_id)
        wanted = _wanted(template, languages)
        channel_id, account_id = template.account.channel_id, template.account_id

    def keep(channel: Channel, answer: None) -> None:
        known = Template.objects.filter(account=account_id).select_related("account").first()
        if known:
            request_sync(account=known.account)

    ask = partial(calls.upsert, template=wanted)
    what = Errand.What.LANGUAGES
    return run_errand(tenant_id=tenant_id, channel_id=channel_id, what=what, by=by, ask=ask, keep=keep)


def takes_languages(template: Template) -> bool:
    """Can this one be had in other languages without writing it?"""
    is_plain = not any(_is_one_tap(button) for button in buttons_of(template.components))
    return template.category == CODE and template.status != DRAFT and is_plain


def _is_one_tap(button: Json) -> bool:
    """An app's own button names the app; WhatsApp shows none of that when it is asked."""
    said = f"{word(button, 'otp_type')} {word(button, 'url', 2_000)}".upper()
    return "ONE_TAP" in said or "ZERO_TAP" in said


def _wanted(template: Template, languages: Sequence[str]) -> Json:
    if not takes_languages(template):
        raise NotPossible(_("Only a one-time code with a button to copy it can be had like this."))
    fresh = [code for code in LANGUAGES if code in languages and code != template.language]
    if not fresh or len(fresh) < len(set(languages) - {template.language}):
        raise Refused(_("Choose languages that WhatsApp knows."), pointer="/languages")
    sheet = Sheet.of(template.name, template.language, content_of(template), None, [])
    sheet.values["code_minutes"] = sheet.values["code_minutes"] or _minutes(sheet.values["footer"])
    parts = [_in_their_words(part) for part in sheet.components()]
    ttl = {} if template.send_ttl_s is None else {"message_send_ttl_seconds": template.send_ttl_s}
    return {"name": template.name, "languages": fresh, "category": CODE, "components": parts, **ttl}


def _minutes(footer: str) -> str:
    """How long the code lasts, where WhatsApp's list has it only in words."""
    said = _NUMBER.search(footer)
    return said[0] if said else ""


def _in_their_words(part: Json) -> Json:
    """Without the button's words: in each language WhatsApp has its own."""
    if part["type"] != "BUTTONS":
        return part
    return {**part, "buttons": [{key: one[key] for key in ("type", "otp_type")} for one in part["buttons"]]}
