"""Calls about the name by which people find a number's business.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids (June 2026)
"""

from __future__ import annotations

import re

from channels_whatsapp.graph import Body, ask, do, must_be, must_be_done
from channels_whatsapp.values import word
from inbox.ports import Account, Json

LEAST, MOST = 3, 35
_NAME = re.compile(r"[a-z0-9._]{3,35}")
#: Endings of addresses that are surely meant; of others Meta decides.
_DOMAIN = re.compile(r"\.(com|net|org|info|biz|edu|gov|mil|int)$")
HELD = {"approved", "reserved"}


def is_username(name: str) -> bool:
    """Whether a name follows Meta's rules: a letter in it, no dot at an end or twice, no www, no domain."""
    dotted = name.startswith(".") or name.endswith(".") or ".." in name
    is_plain = bool(_NAME.fullmatch(name)) and any("a" <= letter <= "z" for letter in name)
    return is_plain and not dotted and not name.startswith("www") and not _DOMAIN.search(name)


def read_username(account: Account) -> Json:
    """{username, username_status} as facts of the number; "" when there is none. Raises SendError."""
    answer = ask(account, "GET", account.external_id, "username")
    is_told = any(isinstance(answer.get(name), str) for name in ("username", "status"))
    must_be(is_told, "about a username")
    name, status = word(answer, "username", 60), word(answer, "status", 40).lower()
    return {"username": name if not status or status in HELD else "", "username_status": status}


def take_username(account: Account, *, name: str) -> Json:
    """Ask for a name; gives how it stands. Raises SendError."""
    body = Body(json={"username": name})
    answer = ask(account, "POST", account.external_id, "username", body=body, sends=True)
    status = word(answer, "status", 40).lower()
    must_be_done(answer, is_told=bool(status))
    return {"username": name, "username_status": status}


def delete_contact_book(account: Account) -> None:
    """Have Meta forget the people it keeps for the business. Raises SendError."""
    do(account, "DELETE", account.external_id, "contact_book")


def drop_username(account: Account) -> None:
    """Give the name up; somebody else may take it. Raises SendError."""
    do(account, "DELETE", account.external_id, "username")
