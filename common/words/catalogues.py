"""The catalogues in `locale/`: brought up to the sources by a person, compiled by the launcher."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from common.words import po, sources
from common.words.pseudo import LANGUAGES as PSEUDO

SOURCE = "en"
_HEADER = """Language: {language}
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit
Plural-Forms: nplurals=2; plural=(n != 1);
"""


def translated(languages: Iterable[tuple[str, str]]) -> list[str]:
    """The codes of those languages that have catalogues."""
    return [code for code, _ in languages if code != SOURCE and code not in dict(PSEUDO)]


def path_of(language: str, domain: str) -> Path:
    """Where a language's .po file is."""
    return sources.ROOT / "locale" / language / "LC_MESSAGES" / f"{domain}.po"


def kept(language: str, domain: str) -> po.Catalogue:
    """The catalogue as it is; an empty one for a new language, which counts like English until told."""
    path = path_of(language, domain)
    return po.read(path) if path.exists() else po.Catalogue(_HEADER.format(language=language), [])


def renew(language: str, domain: str) -> None:
    """Write the catalogue anew: exactly the texts of the sources, with the translations there are."""
    found = kept(language, domain)
    known = found.by_key()
    entries = sources.entries(domain)
    for entry in entries:
        had = known.get(entry.key)
        if had and bool(had.plural) == bool(entry.plural):
            entry.forms = had.forms
    po.write(path_of(language, domain), po.Catalogue(found.header, entries))
