"""What is wrong with a catalogue: texts without a translation, ones nobody says, broken places for values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from common.words import catalogues, po, sources

_PLACE = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}|\{\{[^}]*\}\}|</?\w+|https?://[\w./-]*\w")
#: Places filled in by their order must all be there; a form for one or two may do without the number.
_BY_ORDER = re.compile(r"%[a-z]|\{\}")


def faults(language: str, domain: str) -> list[str]:
    """One sentence per fault, with the file it is in."""
    found = catalogues.kept(language, domain)
    said = {entry.key: entry for entry in sources.entries(domain)}
    known = found.by_key()
    where = f"locale/{language}/LC_MESSAGES/{domain}.po"
    missing = [f"{where}: not translated: {said[key].text!r}" for key in said if not _is_done(known.get(key))]
    unused = [f"{where}: nobody says this any more: {entry.text!r}" for entry in _unused(found, said)]
    broken = [f"{where}: {fault}" for entry in found.entries for fault in _broken(entry, found.plural[0])]
    return missing + unused + broken


def _is_done(entry: po.Entry | None) -> bool:
    return entry is not None and entry.is_done


def _unused(found: po.Catalogue, said: dict[str, po.Entry]) -> Iterator[po.Entry]:
    for entry in found.entries:
        if entry.key not in said or bool(entry.plural) != bool(said[entry.key].plural):
            yield entry


def _broken(entry: po.Entry, plurals: int) -> Iterator[str]:
    if not entry.is_done:
        return
    if entry.plural and len(entry.forms) != plurals:
        yield f"{entry.text!r} has {len(entry.forms)} plural forms, not {plurals}"
    for form in entry.forms:
        if not _fits(entry, form):
            yield f"the places of {entry.text!r} are not those of {form!r}"
        if (form[:1].isspace(), form[-1:].isspace()) != (entry.text[:1].isspace(), entry.text[-1:].isspace()):
            yield f"{entry.text!r} and {form!r} begin or end with other spaces"


def _fits(entry: po.Entry, form: str) -> bool:
    """Whether a translation has the places of the text."""
    wanted = Counter(_PLACE.findall(entry.plural or entry.text))
    given = Counter(_PLACE.findall(form))
    if not entry.plural:
        return wanted == given
    ordered = [place for place in wanted.elements() if _BY_ORDER.fullmatch(place)]
    return given <= wanted and all(given[place] == wanted[place] for place in ordered)
