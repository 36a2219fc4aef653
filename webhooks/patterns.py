"""Which types of events somebody wants: `message.received`, `message.*`, `*.failed`; none said: all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

MOST = 50
_SHAPE = re.compile(r"(\*|[a-z][a-z_]*)(\.(\*|[a-z][a-z_]*)){0,3}")


def is_pattern(text: str) -> bool:
    """Could it be the pattern of a type?"""
    return len(text) <= 64 and _SHAPE.fullmatch(text) is not None


def tidy(patterns: Sequence[str]) -> list[str]:
    """Each once, in order; one that fits everything needs no others."""
    return [] if "*" in patterns else sorted(set(patterns))


def fits(patterns: Sequence[str], kind: str) -> bool:
    """Is an event of this type wanted?"""
    return not patterns or _compiled(tuple(patterns)).fullmatch(kind) is not None


@lru_cache(maxsize=512)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(one).replace(r"\*", ".+") for one in patterns))
