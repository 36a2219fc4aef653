"""Which message of ours a form belongs to: its token is noted as the message leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from channels_whatsapp.interactive import token_of
from channels_whatsapp.models import FormToken
from channels_whatsapp.template_parts import records
from channels_whatsapp.values import record, word
from common.ids import uuid7
from common.sql import insert_rows
from inbox.models import Channel, Message
from inbox.ports import Leaving, Outbound

TOKEN_CHARS = 200


def note_departures(leaving: Sequence[Leaving]) -> None:
    """See ``inbox.ports.NotesDepartures``. Writes FormToken."""
    rows = [
        FormToken(id=uuid7(), channel_id=one.channel_id, message_id=one.message_id, token=token)
        for one in leaving
        for token in _tokens(one.message)
    ]
    insert_rows(rows)


def _tokens(message: Outbound) -> Iterator[str]:
    if message.kind == "interactive" and message.content.get("type") == "flow":
        yield token_of(message.content, message.ref)
    elif message.kind == "template":
        for part in records(message.content.get("components")):
            for one in records(part.get("parameters")) if part.get("sub_type") == "flow" else ():
                if token := word(record(one.get("action")), "flow_token", TOKEN_CHARS):
                    yield token


def message_of(channel: Channel, token: str) -> Message | None:
    """The newest message that carried it; None when there is none, or when several people got the same."""
    rows = FormToken.objects.filter(channel=channel, token=token) if token else FormToken.objects.none()
    if len(set(rows.order_by().values_list("message__customer_id", flat=True).distinct()[:2])) != 1:
        return None
    newest: UUID = rows.order_by("-id").values_list("message_id", flat=True)[0]
    return Message.objects.select_related("thread").get(id=newest)
