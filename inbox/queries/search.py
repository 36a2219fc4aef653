"""Search in everything a tenant has: people by name, number or id, messages and notes by their words.

The words are looked up by two functions of the database (reliability rule 29): PostgreSQL uses no text index
under row security, so they read without it, name the open scope's tenant themselves, and give back ids only.
The rows are then read as always, under row security.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from customers.models import Customer
from customers.queries import followed
from inbox import wire_search as wire
from inbox.models import Channel, Message, Note, Thread
from inbox.queries.messages import DIRECTIONS, thread_of
from inbox.shapes import customer_line
from inbox.shapes_search import found_message, found_note

PEOPLE, MESSAGES = 8, 30
SHORTEST = 2
#: A stretch of a message around the first word found.
BEFORE, LONG = 40, 180
#: Digits of any script, and what people and their telephones put between them.
_NUMBER = re.compile(r"[\d\s().+/\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2066-\u2069-]+")


def search(text: str) -> wire.Found:
    """The best of what holds all words of `text`, in any case, with or without accents; of people also a
    number in any spelling."""
    words = words_of(text)
    if sum(map(len, words)) < SHORTEST:
        return {"words": words, "people": [], "messages": []}
    people = _people(people_ids(text, PEOPLE), _uuid(text))
    return {"words": words, "people": people, "messages": _messages(text, words)}


def words_of(text: str) -> list[str]:
    """The words to look for; at most eight."""
    return text.replace("\0", "").split()[:8]


# ---------------------------------------------------------------- ids


def people_ids(text: str, most: int) -> list[UUID]:
    """Ids of customers with all the words in their name, or an address or id of theirs."""
    number = digits_of(text)
    address = number or text.strip()
    return _ids("inbox_find_people(%s, %s, %s, %s)", _patterns(text), _pattern(address), text.strip(), most)


def thread_ids(text: str, most: int) -> set[UUID]:
    """Ids of the conversations of the newest messages and notes with all the words."""
    messages = Message.objects.filter(id__in=message_ids(text, most)).values_list("thread_id", flat=True)
    notes = Note.objects.filter(id__in=note_ids(text, most)).values_list("thread_id", flat=True)
    return {*messages, *notes}


def message_ids(text: str, most: int) -> list[UUID]:
    """Ids of the newest messages with all the words."""
    return _ids("inbox_find_messages(%s, %s)", _patterns(text), most)


def note_ids(text: str, most: int) -> list[UUID]:
    """Ids of the newest notes with all the words."""
    return _ids("inbox_find_notes(%s, %s)", _patterns(text), most)


def _ids(function: str, *values: Any) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {function}", values)  # noqa: S608 - one of the names above
        return [row[0] for row in cursor.fetchall()]


def digits_of(text: str) -> str:
    """A number without its country sign, zeros in front and spelling: +351 912, 00351912, (351) 912 and
    ٣٥١٩١٢ are the same; "" when the text is no number of at least three digits.

    The "(0)" that nobody dials from abroad goes, and so do marks of direction that come with a copied number.
    """
    plain = text.replace("(0)", "").strip().removeprefix("tel:")
    digits = "".join(str(int(letter)) for letter in plain if letter.isdecimal()).lstrip("0")
    is_number = _NUMBER.fullmatch(plain) is not None
    return digits if is_number and len(digits) >= 3 else ""


def _patterns(text: str) -> list[str]:
    return [_pattern(word) for word in words_of(text)]


def _pattern(word: str) -> str:
    return "%" + re.sub(r"([\\%_])", r"\\\1", word.replace("\0", "")) + "%"


# ---------------------------------------------------------------- rows


def _people(keys: Sequence[UUID], named: UUID | None) -> list[wire.FoundPerson]:
    """These customers in this order, each with their newest thread; and whom an id of theirs or of a thread
    of theirs names."""
    threads = _newest_threads([*keys, *([named] if named else [])])
    exact = thread_of(named) if named else None
    if exact:
        threads[exact.customer_id] = exact.id
    wanted = [*([exact.customer_id] if exact else []), *([named] if named else []), *keys]
    rows = followed(Customer.objects.prefetch_related("addresses").filter(id__in=wanted))
    found = list({rows[key].id: rows[key] for key in wanted if key in rows}.values())
    if late := [row.id for row in found if row.id not in threads]:
        threads |= _newest_threads(late)
    return [
        {"customer": customer_line(row), "thread_id": str(threads[row.id]) if row.id in threads else None}
        for row in found
    ]


def _newest_threads(customers: Sequence[UUID]) -> dict[UUID, UUID]:
    rows = Thread.objects.filter(customer_id__in=customers, joined_to=None).order_by("active_at", "id")
    return dict(rows.values_list("customer_id", "id"))


def _messages(text: str, words: Sequence[str]) -> list[wire.FoundWords]:
    """Messages and notes with the words, newest first; a message with this id at the provider or with us
    comes first."""
    named = _uuid(text)
    exact = _with(Message.objects.filter(id=named)) if named else _by_provider_id(text)
    messages = _with(Message.objects.filter(id__in=message_ids(text, MESSAGES)))
    notes = _with(Note.objects.filter(id__in=note_ids(text, MESSAGES))).select_related("author")
    found = [
        *(found_message(row, _stretch(row.text, words)) for row in messages),
        *(found_note(row, _stretch(row.text, words)) for row in notes),
    ]
    found.sort(key=lambda one: (one["at"], one["id"]), reverse=True)
    first = [found_message(row, _stretch(row.text, words)) for row in exact]
    return [*first, *found][:MESSAGES]


def _by_provider_id(text: str) -> Iterable[Message]:
    key = text.strip()
    if len(key) < 8 or " " in key:
        return ()
    rows = Message.objects.filter(channel__in=Channel.objects.all(), direction__in=DIRECTIONS)
    return _with(rows.filter(external_id=key))


def _with(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("thread__customer").prefetch_related("thread__customer__addresses")


def _stretch(text: str, words: Sequence[str]) -> str:
    """The part of a text around the first word that is in it, with … where something was left out."""
    plain = _folded(text)
    places = [at for at in (plain.find(_folded(word)) for word in words) if at >= 0]
    start = max(0, min(places, default=0) - BEFORE)
    if start:
        start = text.find(" ", start, start + BEFORE) + 1 or start
    end = start + LONG
    return ("…" if start else "") + " ".join(text[start:end].split()) + ("…" if end < len(text) else "")


def _folded(text: str) -> str:
    """Small letters without accents, each where it stood."""
    return "".join(unicodedata.normalize("NFD", letter)[0].lower()[:1] for letter in text)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None
