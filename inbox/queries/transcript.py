"""A whole conversation to keep: read a stretch at a time, so that 20,000 messages need the room of 200."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.utils.translation import gettext as _

from common.tenancy import tenant_context
from common.wire import Json, stamp
from inbox import wire
from inbox.channels import UnknownChannel
from inbox.models import Channel, Thread
from inbox.operations.templates import stored_template
from inbox.queries.threads import find_thread
from inbox.queries.timeline import Window, timeline
from inbox.queries.transcript_words import entry_words, one_line, whole_address
from inbox.shapes import thread_shape

AT_ONCE = 200


class Transcript:
    """One conversation for one reader. Made in the tenant's scope; its lines open that scope themselves."""

    def __init__(self, tenant_id: UUID, thread_id: UUID, now: datetime) -> None:
        self.tenant_id, self.now = tenant_id, now
        self.thread: Thread = find_thread(thread_id, None)
        self.shape = thread_shape(self.thread)
        self._templates: dict[tuple[str, str, str], Json | None] = {}

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
        name = one_line(customer["name"])
        addresses = ", ".join(one_line(one["value"]) for one in customer["addresses"])
        title = _("Conversation with %(name)s") % {"name": name or _("Unknown")}
        yield f"{title}\n{addresses}\n{_('Exported')} {_minute(stamp(self.now))}\n".encode()
        for entry in self._entries():
            words = entry_words(entry, customer=name, find_template=self._template)
            yield f"\n{_minute(entry['at'])}  {words}\n".encode()

    def _template(self, message: wire.Message) -> Json | None:
        """The copy of the template that a message names: each is looked up once."""
        content = message["content"]
        key = (message["channel_id"], str(content.get("name")), str(content.get("language")))
        if key not in self._templates:
            with tenant_context(self.tenant_id):
                self._templates[key] = _copy_of(key[0], content)
        return self._templates[key]


def _copy_of(channel_id: str, content: Json) -> Json | None:
    try:
        return stored_template(Channel.objects.get(id=channel_id), content)
    except UnknownChannel:
        return None


def _minute(at: str) -> str:
    return f"{at[:10]} {at[11:16]} UTC"


def _with_whole_links(entry: wire.Entry) -> Any:
    """The entry with addresses that lead here from anywhere."""
    if entry["type"] != "message":
        return entry
    files = [
        {**one, "url": whole_address(one["url"]), "preview_url": whole_address(one["preview_url"])}
        for one in entry["message"]["attachments"]
    ]
    return {**entry, "message": {**entry["message"], "attachments": files}}
