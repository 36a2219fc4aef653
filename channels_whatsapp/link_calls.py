"""Calls about short links: each opens a chat with a text already written in it.

https://developers.facebook.com/documentation/business-messaging/whatsapp/qr-codes (May 2026)
"""

from __future__ import annotations

from channels_whatsapp.graph import Body, ask, do, rows_of
from channels_whatsapp.template_parts import text_of
from channels_whatsapp.values import record, word
from inbox.ports import Account, Json, SendError

TEXT_CHARS, LINKS_MOST, PAGE = 140, 2_000, 100
EDGE = "message_qrdls"


def read_links(account: Account) -> list[Json]:
    """Every link as {code, text, url}, in Meta's order. Raises SendError."""
    found: list[Json] = []
    after = ""
    for _ in range(LINKS_MOST // PAGE + 1):
        params = {"limit": str(PAGE)} | ({"after": after} if after else {})
        answer = ask(account, "GET", account.external_id, EDGE, body=Body(params=params))
        rows = rows_of(answer)
        found += [_kept(row) for row in rows if word(row, "code")]
        paging = record(answer.get("paging"))
        after = word(record(paging.get("cursors")), "after") if rows and "next" in paging else ""
        if not after:
            break
    return found


def _kept(row: Json) -> Json:
    return {
        "code": word(row, "code"),
        "text": text_of(row, "prefilled_message"),
        "url": word(row, "deep_link_url"),
    }


def make_link(account: Account, *, text: str) -> Json:
    """Have one made; gives it. Raises SendError."""
    body = Body(json={"prefilled_message": text, "generate_qr_image": "PNG"})
    return _named(ask(account, "POST", account.external_id, EDGE, body=body, sends=True))


def change_link(account: Account, *, code: str, text: str) -> Json:
    """Give one another text; its address stays. Raises SendError."""
    body = Body(json={"code": code, "prefilled_message": text})
    return _named(ask(account, "POST", account.external_id, EDGE, body=body, sends=True))


def _named(answer: Json) -> Json:
    if not word(answer, "code"):
        said = "The provider's answer names no link."
        raise SendError("unavailable", said, permanent=False, may_have_sent=True)
    return _kept(answer)


def delete_link(account: Account, *, code: str) -> None:
    """Take one away: who scans it comes nowhere. Raises SendError."""
    do(account, "DELETE", account.external_id, EDGE, code)
