"""Who is who: a person on WhatsApp has a business-scoped user id, perhaps a parent id, perhaps a number.

Since 2026 a person with a username may hide the number, so no number is promised; and a user id must never be
taken for a number (``GB.4829…`` has digits too). See
https://developers.facebook.com/docs/whatsapp/business-scoped-user-ids (read in September 2026).
"""

from __future__ import annotations

import re
from typing import Any

from channels_whatsapp.values import line, record, word
from inbox.ports import PHONE, Claim, Json, Person

WHATSAPP_ID = "whatsapp_id"
GROUP = "whatsapp_group"
#: Until its subject is told.
GROUP_NAME = "WhatsApp group"
NAME_CHARS = 256
USER_ID_CHARS = 200
KEY_CHARS = 200

_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_NUMBER = re.compile(r"[0-9]{5,15}")


def is_user_id(text: str) -> bool:
    """Does it look like a business-scoped user id or a parent id?"""
    return _USER_ID.fullmatch(text) is not None


def user_claim(text: str) -> Claim | None:
    """A user id as an address; also ids of a shape we have not seen yet, which stay opaque."""
    return Claim(WHATSAPP_ID, text) if text and len(text) <= USER_ID_CHARS else None


def group_person(group_id: str, name: str = GROUP_NAME) -> Person:
    """A group as the one who speaks with us; who wrote in it stands beside the message."""
    return Person((Claim(GROUP, group_id),), name[:NAME_CHARS])


def phone_claim(text: str) -> Claim | None:
    """A wa_id (digits without “+”) as a phone number; None for anything else, above all for a user id."""
    digits = text.removeprefix("+")
    return Claim(PHONE, f"+{digits}") if _NUMBER.fullmatch(digits) else None


def claims(user_id: str, parent_id: str, number: str) -> tuple[Claim, ...]:
    """Every address shown, the one WhatsApp itself goes by first."""
    if is_user_id(number):
        user_id, number = user_id or number, ""
    found = (user_claim(user_id), user_claim(parent_id), phone_claim(number))
    return tuple(dict.fromkeys(claim for claim in found if claim))


class Contacts:
    """The ``contacts`` beside messages or statuses, found by user id, then by number, never by position."""

    __slots__ = ("_by_id",)

    def __init__(self, contacts: Any) -> None:
        self._by_id: dict[str, Json] = {}
        for contact in contacts if isinstance(contacts, list) else ():
            for key in ("wa_id", "user_id"):
                if found := word(record(contact), key):
                    self._by_id[found] = contact

    def person(self, user_id: str, parent_id: str, number: str) -> Person:
        """The person with these ids ("" where not shown), with what their contact adds."""
        contact = self._by_id.get(user_id) or self._by_id.get(number) or {}
        profile = record(contact.get("profile"))
        username = word(profile, "username", NAME_CHARS)
        return Person(
            claims(
                user_id or word(contact, "user_id"),
                parent_id or word(contact, "parent_user_id"),
                number or word(contact, "wa_id"),
            ),
            line(profile, "name")[:NAME_CHARS],
            {"username": username} if username else {},
            word(contact, "identity_key_hash", KEY_CHARS),
        )
