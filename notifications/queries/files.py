"""Uploaded files that stand above the words of templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from inbox.models import Attachment, FileState
from notifications.template_parts import stored_file

Fault = tuple[str, str]


def find_file(key: str) -> Attachment | None:
    """An uploaded file of the tenant by its id."""
    try:
        wanted = UUID(key)
    except ValueError:
        return None
    return Attachment.objects.filter(id=wanted, state=FileState.READY).first()


@dataclass(slots=True)
class Files:
    """Files by their ids, each looked for once."""

    found: dict[str, Attachment | None] = field(default_factory=dict)

    def named(self, key: str, filename: str) -> Attachment | None:
        """The file, under another name if one is given. Raises LookupError when it is not there."""
        if not key:
            return None
        if key not in self.found:
            self.found[key] = find_file(key)
        file = self.found[key]
        if file is None:
            raise LookupError("the file of this template is not there")
        if not filename:
            return file
        renamed = copy(file)
        renamed.filename = filename[:240]
        return renamed


def file_faults(contents: Mapping[str, Any]) -> Iterator[Fault]:
    """Uploaded files that are not there, or of another kind than is said. A statement for each file."""
    for channel, by_language in contents.items():
        for language, content in by_language.items():
            kind, key = stored_file(content)
            if not kind:
                continue
            here, file = f"/contents/{channel}/{language}/media", find_file(key)
            if file is None:
                yield here, "There is no uploaded file with this id; upload it here."
            elif file.kind != kind:
                yield here, f"The kind of this file is {file.kind}, not {kind}."
