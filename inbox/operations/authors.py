"""Who does something: a member, a business's program, or the house itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.models import Member


@dataclass(frozen=True, slots=True)
class Author:
    """kind: member, api_key or system. `member` is set only for members."""

    kind: str
    id: UUID | None
    name: str
    member: Member | None = None

    @property
    def actor(self) -> dict[str, Any]:
        """As events carry it."""
        return {"kind": self.kind, "id": self.id, "name": self.name}

    @classmethod
    def of(cls, member: Member) -> Author:
        return cls("member", member.id, member.name, member)


SYSTEM = Author("system", None, "Parley")
