"""What else a dangerous action touches, said by the rooms above the one that does it.

A page asks before the deed; each room that may depend on the thing answers in sentences. So a channel's own
page can say that two types of notification climb it, without knowing that there are notifications.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Answering(Protocol):
    def __call__(self, of: str, row: Any) -> list[str]: ...


def consequences(of: str, row: Any) -> list[str]:
    """What follows from taking `row` out of use, in sentences. of: "channel", "template"."""
    return [sentence for answer in _answering() for sentence in answer(of, row)]


@cache
def _answering() -> list[Answering]:
    return [import_string(name) for name in settings.CONSEQUENCES]
