"""Uploaded files that stand inside a message instead of above it: its content names them by their ids, as
{"image": {"attachment_id": …}} at any depth. The pictures on the cards of one message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from inbox.models import Attachment
from inbox.operations.errors import ContentRefused

KEY = "attachment_id"
#: What can stand inside a message.
KINDS = {"image", "video"}


def named_in(content: Any) -> dict[str, str]:
    """{id of a file: its kind} of all that a content names."""
    return dict(_named(content))


def _named(part: Any) -> Iterator[tuple[str, str]]:
    if isinstance(part, list):
        for one in part:
            yield from _named(one)
    if isinstance(part, dict):
        for name, one in part.items():
            if name in KINDS and isinstance(one, dict) and isinstance(one.get(KEY), str):
                yield one[KEY], name
            yield from _named(one)


def apart(
    files: Sequence[Attachment], content: Mapping[str, Any]
) -> tuple[list[Attachment], tuple[Attachment, ...]]:
    """Those above the message and those inside it. Raises ContentRefused for a name without a file."""
    named = named_in(content)
    above = [file for file in files if str(file.id) not in named]
    inside = tuple(file for file in files if str(file.id) in named)
    known = {str(file.id): file.kind for file in inside}
    if missing := named.keys() - known.keys():
        said = _("The message names the file %s, which is not among those that were given.")
        raise ContentRefused([("/attachment_ids", said % min(missing))])
    for key, kind in named.items():
        if known[key] != kind:
            said = _("“%(name)s” is no file of the kind “%(kind)s”.")
            name = next(file.filename for file in inside if str(file.id) == key)
            raise ContentRefused([("/attachment_ids", said % {"name": name, "kind": kind})])
    return above, inside
