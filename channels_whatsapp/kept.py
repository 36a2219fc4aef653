"""A file that goes with many messages: uploaded once for each number, and named by its id while that lives.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
(read in September 2026): an uploaded file stays for 30 days.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from channels_whatsapp.media import upload
from inbox.ports import Account, Kept, OutboundFile, SendError

DAY_S = 86_400.0
#: A day less than they promise, so that none dies on its way.
LIVES_S = 29 * DAY_S
#: So many files of one process are remembered until their ids are in the database.
MOST = 1_000
#: How the provider says that an id is none, or none any more: by a code of files, or as a wrong parameter.
DEAD_CODES = {"131052", "131053"}
WRONG_PARAMETER = {"100", "131009"}

Key = tuple[str, str, str]
_known: OrderedDict[Key, tuple[str, float]] = OrderedDict()
_guard = threading.Lock()
#: Whoever wants the same file waits for the one who uploads it; those of other files seldom do.
_turns = [threading.Lock() for _ in range(64)]


def given(account: Account, file: OutboundFile) -> str:
    """The provider's id of a file: one it keeps, or a new one. Raises SendError; nothing was sent yet."""
    if not file.key:
        return upload(account, file)
    if file.known_id:
        return file.known_id
    key = _key(account, file)
    with _turns[hash(key) % len(_turns)]:
        if known := _alive(key):
            return known
        made = upload(account, file)
        with _guard:
            _known[key] = (made, time.monotonic() + LIVES_S)
            while len(_known) > MOST:
                _known.popitem(last=False)
        return made


def kept_id(account: Account, file: OutboundFile) -> str:
    """The id that a message with this file names, when it need not be uploaded; else ""."""
    return file.known_id or (_alive(_key(account, file)) if file.key else "")


def kept_of(account: Account, file: OutboundFile | None) -> Kept | None:
    """What to keep of a file that was uploaded for this message, or for another a moment ago."""
    if file is None or not file.key or file.known_id:
        return None
    known = _alive(_key(account, file))
    return Kept(file.key, known, LIVES_S) if known else None


def is_dead(error: SendError) -> bool:
    """Does this refusal say that there is no file with the id that was named? Then nothing was sent."""
    is_about_media = error.provider_code in WRONG_PARAMETER and "media" in error.detail.lower()
    return (error.provider_code in DEAD_CODES or is_about_media) and not error.may_have_sent


def forget(account: Account, file: OutboundFile, dead: str) -> None:
    """Name this id no more; one that was made since stays."""
    key = _key(account, file)
    with _guard:
        if key in _known and _known[key][0] == dead:
            del _known[key]


def _key(account: Account, file: OutboundFile) -> Key:
    return account.base_url, account.external_id, file.key


def _alive(key: Key) -> str:
    with _guard:
        known, until = _known.get(key, ("", 0.0))
    return known if time.monotonic() < until else ""
