"""Types of the JSON of proposals."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Meaning, Time
from notifications.models import ProposalState


class Publishing(TypedDict):
    """Whether publishing needs a second person."""

    needs_second_person: bool


class Proposal(TypedDict):
    """A draft that somebody wants published."""

    id: Id
    type: Annotated[str, Meaning(about="Key of the type.")]
    number: Annotated[int, Meaning(about="Of the draft.")]
    revision: int
    note: str
    state: Annotated[str, Meaning(words=tuple(ProposalState.values))]
    proposed_by: str
    created_at: Time
    decided_by: str
    decided_at: Time | None
    reason: str
