"""Samples of cards: which file stands on which."""

from __future__ import annotations

from collections.abc import Sequence

from channels_whatsapp.models import CardFile, Template
from common.sql import insert_rows
from inbox.models import Attachment
from inbox.ports import Json

#: By place of the card; None where a card has none.
CardFiles = Sequence[Attachment | None]


def keep_card_files(template: Template, files: CardFiles) -> None:
    """These instead of those there are. Writes CardFile; runs inside the caller's transaction."""
    CardFile.objects.filter(template=template).delete()
    rows = [CardFile(template=template, place=place, file=file) for place, file in enumerate(files) if file]
    insert_rows(rows)


def card_files_of(template: Template) -> list[Attachment | None]:
    """The samples of a template's cards, by place."""
    rows = {row.place: row.file for row in CardFile.objects.filter(template=template).select_related("file")}
    return [rows.get(place) for place in range(max(rows, default=-1) + 1)]


def card_samples(files: CardFiles) -> list[Json | None]:
    """What the rules look at."""
    return [{"mime": file.mime, "size_bytes": file.size_bytes} if file else None for file in files]
