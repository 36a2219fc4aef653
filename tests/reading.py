"""Reading pages and mails in tests."""

from __future__ import annotations

import re


def find(pattern: str, text: str) -> str:
    """What the pattern's group (or the whole pattern) matches first; fails the test when nothing does."""
    match = re.search(pattern, text)
    assert match, f"{pattern} is not in the text"
    return str(match[1] if match.re.groups else match[0])
