"""Reads and writes .po files, and compiles them to the .mo files that gettext reads. Standard library only:
the launcher compiles before anything else runs, and no machine need have gettext's own tools.
"""

from __future__ import annotations

import ast
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

#: What stands between a context and its words in gettext's files.
CONTEXT = "\x04"
_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d)\])?\s+)?(".*")\Z')
_PLURAL = re.compile(r"nplurals\s*=\s*(\d)\s*;\s*plural\s*=\s*([^;\n]+)")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


@dataclass
class Entry:
    """One thing to translate. forms: the translation, or one per plural form. places: files that say it."""

    text: str
    plural: str = ""
    context: str = ""
    forms: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """As gettext looks it up."""
        return f"{self.context}{CONTEXT}{self.text}" if self.context else self.text

    @property
    def is_done(self) -> bool:
        """Whether every form has words."""
        return bool(self.forms) and all(self.forms)


@dataclass
class Catalogue:
    """A .po file. header: its lines of facts, which say how the language counts."""

    header: str
    entries: list[Entry]

    @property
    def plural(self) -> tuple[int, str]:
        """How many plural forms there are, and the C expression that picks one by `n`."""
        found = _PLURAL.search(self.header)
        return (int(found[1]), found[2].strip()) if found else (2, "n != 1")

    def by_key(self) -> dict[str, Entry]:
        """Every entry by what gettext looks up."""
        return {entry.key: entry for entry in self.entries}


def read(path: Path) -> Catalogue:
    """The catalogue in a .po file; entries that were taken out of use (`#~`) are left out."""
    entries = [_entry(block) for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8"))]
    real = [entry for entry in entries if entry]
    header = real[0].forms[0] if real and not real[0].text else ""
    return Catalogue(header, [entry for entry in real if entry.text])


def _entry(block: str) -> Entry | None:
    parts: dict[tuple[str, int], str] = {}
    places: list[str] = []
    at = ("", 0)
    for line in block.splitlines():
        if line.startswith("#:"):
            places += line[2:].split()
        found = _LINE.match(line)
        if found:
            at = (found[1], int(found[2] or 0)) if found[1] else at
            parts[at] = parts.get(at, "") + ast.literal_eval(found[3])
    if ("msgid", 0) not in parts:
        return None
    forms = [words for (name, _), words in sorted(parts.items()) if name == "msgstr"]
    said = {name: parts.get((name, 0), "") for name in ("msgid", "msgid_plural", "msgctxt")}
    return Entry(said["msgid"], said["msgid_plural"], said["msgctxt"], forms, places)


def write(path: Path, catalogue: Catalogue) -> None:
    """Write the catalogue as a .po file, one place a line, so that two people's changes merge."""
    blocks = [f'msgid ""\nmsgstr ""\n{_lines(catalogue.header)}']
    blocks += ["\n".join(_block(entry, catalogue.plural[0])) for entry in catalogue.entries]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def _block(entry: Entry, plurals: int) -> Iterator[str]:
    yield from (f"#: {place}" for place in entry.places)
    if entry.context:
        yield f"msgctxt {_quoted(entry.context)}"
    yield f"msgid {_quoted(entry.text)}"
    if not entry.plural:
        yield f"msgstr {_quoted(entry.forms[0] if entry.forms else '')}"
        return
    yield f"msgid_plural {_quoted(entry.plural)}"
    for n in range(plurals):
        yield f"msgstr[{n}] {_quoted(entry.forms[n] if n < len(entry.forms) else '')}"


def _lines(header: str) -> str:
    return "\n".join(_quoted(line) for line in header.splitlines(keepends=True))


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(letter, letter) for letter in text) + '"'


def compiled(catalogue: Catalogue) -> bytes:
    """The .mo file: two sorted tables of (length, place), then the words. What has no words is left out."""
    pairs = {entry.key: "\0".join(entry.forms) for entry in catalogue.entries if entry.is_done}
    plurals = {entry.key: f"{entry.key}\0{entry.plural}" for entry in catalogue.entries if entry.plural}
    rows = sorted(
        (plurals.get(key, key).encode(), words.encode())
        for key, words in ({"": catalogue.header} | pairs).items()
    )
    start = 28 + 16 * len(rows)
    keys, start = _table((key for key, _ in rows), start)
    values, _ = _table((words for _, words in rows), start)
    head = struct.pack("<7I", 0x950412DE, 0, len(rows), 28, 28 + 8 * len(rows), 0, 0)
    body = b"".join(key + b"\0" for key, _ in rows) + b"".join(words + b"\0" for _, words in rows)
    return head + keys + values + body


def _table(texts: Iterable[bytes], start: int) -> tuple[bytes, int]:
    rows = []
    for text in texts:
        rows.append(struct.pack("<2I", len(text), start))
        start += len(text) + 1
    return b"".join(rows), start
