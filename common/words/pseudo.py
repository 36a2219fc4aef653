"""A language nobody speaks: every word of the interface accented, longer and in brackets.

What stands on a page without brackets does not go through gettext; what is cut off would be cut off in a
language with longer words. `en-xa` runs left to right, `ar-xb` right to left. Only with PARLEY_PSEUDO.
"""

from __future__ import annotations

import re
from gettext import NullTranslations

from common.words.po import CONTEXT

OPEN, CLOSE = "⟦", "⟧"
LANGUAGES = (("en-xa", "Pseudo"), ("ar-xb", "Pseudo, right to left"))
#: How much longer than English other languages easily are.
LONGER = 0.4
#: Places for values, tags, entities and addresses stay as they are.
_KEPT = re.compile(r"(%\(\w+\)[sd]|%[sd%]|\{\{[^}]*\}\}|\{\w*\}|<[^>]+>|&\w+;|https?://\S+)")
_ACCENTED = str.maketrans("aceinosuyzACEINOSUYZ", "áçéíñóšúýžÁÇÉÍÑÓŠÚÝŽ")


def pseudo(text: str) -> str:
    """`Save {n} files` → `⟦Šávé {n} fíléš ëëëëë⟧`"""
    if not text.strip():
        return text
    parts = _KEPT.split(text)
    spoken = "".join(parts[::2])
    padding = "ë" * max(1, round(len(spoken) * LONGER))
    pieces = " ".join(padding[at : at + 8] for at in range(0, len(padding), 8))
    parts[::2] = [part.translate(_ACCENTED) for part in parts[::2]]
    return f"{OPEN}{''.join(parts)} {pieces}{CLOSE}"


class Pseudo(NullTranslations):
    """What Django asks for a text, whichever text it is; nothing need be extracted for it."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def language(self) -> str:
        """The code, as Django asks for it."""
        return self._language

    to_language = language

    def gettext(self, message: str) -> str:
        """The text in brackets; a context, if it has one, is not shown."""
        return pseudo(message.rpartition(CONTEXT)[2])

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """As English counts."""
        return self.gettext(msgid1 if n == 1 else msgid2)
