"""Blocking people, so that their messages no longer come.

https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users (September 2026)
"""

from __future__ import annotations

from channels_whatsapp.graph import Body, ask, must_be, rows_of
from channels_whatsapp.people import WHATSAPP_ID, phone_claim, user_claim
from channels_whatsapp.values import record, word
from inbox.ports import PHONE, Account, Claim, Json, SendError

#: Which key of the list takes which kind of address.
NAMED_BY = {PHONE: "user", WHATSAPP_ID: "user_id"}
#: The list holds so many; a page of it so many.
LIST_MOST, PAGE = 64_000, 1_000
#: Their code of an answer that names who could not be blocked.
SOME_FAILED = "139100"


def block(account: Account, *, person: tuple[Claim, ...], blocked: bool) -> None:
    """Put a person on the number's block list, or take them off. Raises SendError."""
    user = next(({NAMED_BY[one.kind]: one.value} for one in person if one.kind in NAMED_BY), None)
    if user is None:
        raise SendError(
            "recipient", "This person has no WhatsApp address and no phone number.", permanent=True
        )
    body: Json = {"messaging_product": "whatsapp", "block_users": [user]}
    method = "POST" if blocked else "DELETE"
    try:
        answer = ask(account, method, account.external_id, "block_users", body=Body(json=body))
    except SendError as error:
        raise (_refused() if error.provider_code == SOME_FAILED else error) from None
    done = record(answer.get("block_users"))
    if done.get("failed_users"):
        raise _refused()
    # The one for taking off is written both ways in Meta's own pages.
    is_told = any(isinstance(done.get(name), list) for name in ("added_users", "removed_users"))
    must_be(is_told, "about the block list")


def read_blocked(account: Account) -> list[Claim]:
    """Everybody on the number's block list, by number or user id, page by page. Raises SendError."""
    found: list[Claim] = []
    after = ""
    for _ in range(LIST_MOST // PAGE + 1):
        params = {"limit": str(PAGE)} | ({"after": after} if after else {})
        answer = ask(account, "GET", account.external_id, "block_users", body=Body(params=params))
        rows = rows_of(answer)
        claims = (user_claim(word(row, "user_id")) or phone_claim(word(row, "wa_id")) for row in rows)
        found += [claim for claim in claims if claim]
        paging = record(answer.get("paging"))
        following = word(record(paging.get("cursors")), "after", 2_000) if rows else ""
        if not following or following == after:
            break
        after = following
    return list(dict.fromkeys(found))


def _refused() -> SendError:
    said = "WhatsApp did not do it. It only blocks people who wrote within the last 24 hours."
    return SendError("invalid", said, permanent=True, provider_code=SOME_FAILED)
