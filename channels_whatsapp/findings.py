"""What is checked, and one thing that stands against it."""

from __future__ import annotations

from dataclasses import dataclass, field

from inbox.ports import Json

HINT = "hint"


@dataclass(frozen=True, slots=True)
class Draft:
    """A template as it is checked. header_file: {"mime", "size_bytes"} of a sample still to be uploaded;
    card_files: the same for each card, None where it has none; send_ttl_s: see ``models.Template``."""

    name: str
    language: str
    category: str
    components: list[Json]
    header_file: Json | None = None
    card_files: list[Json | None] = field(default_factory=list)
    send_ttl_s: int | None = None

    @property
    def is_code(self) -> bool:
        return self.category == "AUTHENTICATION"


@dataclass(frozen=True, slots=True)
class Finding:
    """where: the field, e.g. "body.text", "buttons.0.url"; what: what is wrong; fix: how to mend it.

    severity "hint": it may be submitted all the same."""

    where: str
    what: str
    fix: str
    severity: str = "error"

    @property
    def is_hint(self) -> bool:
        return self.severity == HINT

    @property
    def sentence(self) -> str:
        return f"{self.what} {self.fix}"
