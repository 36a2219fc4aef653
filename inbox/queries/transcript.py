"""A whole conversation to keep: read a stretch at a time, so that 20,000 messages need the room of 200."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from common.tenancy import tenant_context
from common.wire import stamp
from inbox import wire
from inbox.models import Thread
from inbox.queries.threads import find_thread
from inbox.queries.timeline import Window, timeline
from inbox.shapes import thread_shape

AT_ONCE = 200

#: What happened to the conversation, in words for people.
WORDS = {
    "thread.opened": lambda: _("opened"), "thread.closed": lambda: _("closed"),
    "thread.reopened": lambda: _("reopened"), "thread.snoozed": lambda: _("snoozed"),
    "thread.woken": lambda: _("woken"), "thread.assigned": lambda: _("assigned"),
    "thread.labeled": lambda: _("labels changed"), "thread.prioritized": lambda: _("priority changed"),
    "thread.split": lambda: _("split"), "thread.joined": lambda: _("joined with another conversation"),
}  # fmt: skip


class Transcript:
    """One conversation for one reader. Made in the tenant's scope; its lines open that scope themselves."""

    def __init__(self, tenant_id: UUID, thread_id: UUID, now: datetime) -> None:
        self.tenant_id, self.now = tenant_id, now
        self.thread: Thread = find_thread(thread_id, None)
        self.shape = thread_shape(self.thread)

    def _entries(self) -> Iterator[wire.Entry]:
        """All entries, oldest first; up to the newest there was when they were asked for."""
        window = Window(AT_ONCE, since=datetime.fromisoformat("1970-01-01T00:00:00Z"))
        while True:
            with tenant_context(self.tenant_id):
                stretch = timeline(self.thread, window)
            yield from (one for one in stretch["data"] if one["at"] <= stamp(self.now))
            if not stretch["has_after"]:
                return
            window = Window(AT_ONCE, after=stretch["after"])

    # ------------------------------------------------------------ as JSON

    def as_json(self) -> Iterator[bytes]:
        """{"thread", "exported_at", "entries": [Entry]}; the address of each file leads on to a link that
        works for its reader alone."""
        head = orjson.dumps({"thread": self.shape, "exported_at": stamp(self.now)})
        yield head[:-1] + b',"entries":['
        for n, entry in enumerate(self._entries()):
            yield (b",\n" if n else b"\n") + orjson.dumps(_with_whole_links(entry))
        yield b"\n]}\n"

    # ------------------------------------------------------------ as text

    def as_text(self) -> Iterator[bytes]:
        """Who, when, what; files by name and address."""
        customer = self.shape["customer"]
        addresses = ", ".join(one["value"] for one in customer["addresses"])
        title = _("Conversation with %(name)s") % {"name": customer["name"] or _("Unknown")}
        yield f"{title}\n{addresses}\n{_('Exported')} {_minute(stamp(self.now))}\n".encode()
        for entry in self._entries():
            yield f"\n{_minute(entry['at'])}  {self._said(entry)}\n".encode()

    def _said(self, entry: wire.Entry) -> str:
        if entry["type"] == "note":
            note = entry["note"]
            return f"{note['author']['name']} ({_('internal note')})\n{_indented(note['text'])}"
        if entry["type"] == "event":
            event = entry["event"]
            return f"{event['actor']['name']}: {WORDS.get(event['type'], lambda: event['type'])()}"
        message = entry["message"]
        lines = [message["text"], *(_file(one) for one in message["attachments"])]
        if not any(lines):
            lines = [f"[{message['kind']}]"]
        return f"{self._who(message)}\n{_indented(chr(10).join(filter(None, lines)))}"

    def _who(self, message: wire.Message) -> str:
        if message["direction"] == "inbound":
            return self.shape["customer"]["name"] or _("Customer")
        author = message["author"]
        return author["name"] if author else _("We")


def _minute(at: str) -> str:
    return f"{at[:10]} {at[11:16]} UTC"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _whole(url: str | None) -> str | None:
    return settings.PUBLIC_URL.rstrip("/") + url if url else None


def _file(attachment: wire.Attachment) -> str:
    name = attachment["filename"] or attachment["kind"]
    return f"[{name}] {_whole(attachment['url'])}" if attachment["url"] else f"[{name}]"


def _with_whole_links(entry: wire.Entry) -> Any:
    """The entry with addresses that lead here from anywhere."""
    if entry["type"] != "message":
        return entry
    files = [
        {**one, "url": _whole(one["url"]), "preview_url": _whole(one["preview_url"])}
        for one in entry["message"]["attachments"]
    ]
    return {**entry, "message": {**entry["message"], "attachments": files}}
