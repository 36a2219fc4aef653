"""Who tries to get at Acme's rows, and which answers they may get."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial

from django.test import Client

from tenants.models import Member, Tenant
from tests.crossfire.evidence import ID
from tests.crossfire.lean import Lean, SignIn
from tests.crossfire.marks import MARK
from tests.crossfire.routes import ADMIN, ANYONE, MEMBER, PERSON
from tests.crossfire.shots import Answer, Shot
from tests.crossfire.table import ADMIN_ONLY, TABLE
from tests.crossfire.twins import NOBODY, Twins


@dataclass(frozen=True)
class Raider:
    """own: the rows that are theirs. is_inside: of Globex, so that the house knows them; naming: the tenant
    their session says they work in; key: shown with every request; is_thorough: tries methods that an address
    is not made for, too."""

    name: str
    own: Mapping[str, str]
    is_inside: bool = False
    is_admin: bool = False
    member: Member | None = None
    naming: Tenant | None = None
    key: str = ""
    is_thorough: bool = False

    def client(self) -> Client:
        """Their browser or program, freshly signed in."""
        return self._sign_in.again() if self._sign_in else Lean()

    @cached_property
    def _sign_in(self) -> SignIn | None:
        return SignIn(self.member, self.naming) if self.member and self.naming else None

    @property
    def way_out(self) -> str:
        """Where a page leads who may not see it: to the sign-in, or to the page for people without work."""
        return "/accounts/nowhere/" if self.member else "/accounts/login/?next="

    def may(self, shot: Shot) -> bool:
        """Would they be answered, were the ids their own?"""
        needs = ADMIN if (shot.address, shot.method) in ADMIN_ONLY else TABLE[shot.address].who
        if not self.is_inside:
            return False
        return (needs != ADMIN or self.is_admin) if self.member else needs != MEMBER


def raiders(twins: Twins) -> tuple[list[Raider], list[Raider]]:
    """Everybody who is not of Acme, with the most they could have in hand: at the API and at the pages.

    Who works in Globex has a session that names Acme. The API looks at a key or at a session, never at both,
    so there each comes alone. Pages look at no key, so there it is shown beside what they do look at.
    A method that an address is not made for is refused whoever asks: one from outside and one from inside
    try those.
    """
    acme, globex = twins.acme, twins.globex
    gone = partial(Raider, "Acme's deactivated admin", NOBODY, member=acme.gone, naming=acme.tenant)
    owner = partial(
        Raider, "Globex's owner", globex.rows, True, True, globex.owner, acme.tenant, is_thorough=True
    )
    moved = Raider("Globex's agent, once Acme's", globex.rows, True, False, twins.moved, acme.tenant)
    at_api = [
        Raider("nobody", NOBODY, is_thorough=True),
        Raider("Acme's revoked key", NOBODY, key=acme.keys["revoked"]),
        Raider("Acme's expired key", NOBODY, key=acme.keys["expired"]),
        Raider("Globex's key", globex.rows, True, True, key=globex.keys["live"]),
    ]
    at_pages = [Raider("somebody with Globex's key", NOBODY, key=globex.keys["live"], is_thorough=True)]
    return (
        [*at_api, gone(), owner(), moved],
        [*at_pages, gone(key=acme.keys["revoked"]), owner(key=acme.keys["expired"]), moved],
    )


# ---------------------------------------------------------------- answers


def fault(raider: Raider, shot: Shot, answer: Answer) -> str:
    """What is wrong with an answer; "" when nothing is."""
    allowed = expected(raider, shot)
    if answer.status >= 500 or (allowed and answer.status not in allowed):
        return f"is answered {answer}, not one of {sorted(allowed)}"
    if answer.status == 302 and 302 in allowed and not answer.location.startswith(raider.way_out):
        return f"is led to {answer.location}"
    return ""


def expected(raider: Raider, shot: Shot) -> set[int]:
    """Statuses an answer may have; empty where any below 500 is right."""
    who, is_known = TABLE[shot.address].who, raider.is_inside
    if who == ANYONE:
        return {403, 404, 405, 410} if TABLE[shot.address].is_link and shot.place else set()
    if not is_known:
        if who == PERSON and raider.member:
            return set()
        return {401} if shot.is_api else {302, 405}
    if not raider.may(shot):
        return {400, 403, 404, 405}
    return {404, 405} if shot.in_address and who != PERSON else set()


_NOISE = re.compile(
    rb"""nonce[-=]"?[\w+/=-]+|csrfmiddlewaretoken" value="\w+|"""
    rb"""(?<=")[0-9T:.-]{26}Z|"version":\d+|"(?:seq|next|head)":"?\d+|"""
    rb""":[0-9A-Za-z]{6}:[\w-]{43}(?=")"""  # the second in which a page was signed, and its signature
)


def plain(shot: Shot, answer: Answer) -> tuple[int, bytes, str]:
    """The answer without what differs each time, and without the ids that were asked for."""
    body, location = _NOISE.sub(b"~", answer.body), answer.location
    for typed in shot.typed:
        body, location = body.replace(typed.encode(), b"?"), location.replace(typed, "?")
    return answer.status, body, location


class Canaries:
    """Knows Acme's words and ids wherever they turn up."""

    def __init__(self, ids: set[str]) -> None:
        self._ids = ids

    def in_text(self, text: str, typed: frozenset[str] = frozenset()) -> list[str]:
        """What of Acme's is in a text, apart from what was typed by the one who reads it."""
        for one in typed:
            text = text.replace(one, "")
        words = [text[max(0, found.start() - 40) : found.end()] for found in re.finditer(MARK, text)]
        return words + sorted(set(ID.findall(text)) & self._ids)

    def in_answer(self, shot: Shot, answer: Answer) -> list[str]:
        """The same for a body and its headers."""
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        return self.in_text(f"{headers}\n{answer.body.decode('utf-8', 'replace')}", shot.typed)
