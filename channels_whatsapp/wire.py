"""Types of the JSON of templates; see docs/wire.md."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

from common.wire import Id, Json, Meaning, Time

STATUSES = (
    "DRAFT, PENDING, APPROVED, REJECTED, PAUSED, DISABLED, IN_APPEAL, PENDING_DELETION, DELETED, "
    "LIMIT_EXCEEDED, FLAGGED, LOCKED or ARCHIVED."
)


class Template(TypedDict):
    """A message that WhatsApp approves, in one language."""

    id: Id
    provider_id: Annotated[str, Meaning(about="WhatsApp's own id; empty before it was submitted.")]
    account_id: Annotated[str, Meaning(about="The WhatsApp Business Account.")]
    channel_id: Annotated[Id, Meaning(format="uuid", about="The channel in whose name WhatsApp is asked.")]
    name: str
    language: str
    category: Annotated[str, Meaning(about="UTILITY, MARKETING or AUTHENTICATION.")]
    previous_category: str
    next_category: Annotated[str, Meaning(about="What WhatsApp has announced to make of it, or empty.")]
    next_category_at: Time | None
    status: Annotated[str, Meaning(about=STATUSES)]
    reason: Annotated[str, Meaning(about="Why it was rejected, paused or disabled.")]
    quality: Annotated[str, Meaning(about="GREEN, YELLOW, RED or UNKNOWN.")]
    paused_until: Time | None
    components: Annotated[
        list[Any], Meaning(about="As WhatsApp has them; before that, as they were written.")
    ]
    parameter_format: str
    send_ttl_s: Annotated[
        int | None,
        Meaning(
            about="Seconds WhatsApp tries to deliver a message, -1 for 30 days; null: as it does by itself."
        ),
    ]
    draft: Annotated[Json | None, Meaning(about="What was written and not submitted yet.")]
    work: Annotated[
        str, Meaning(about="What is still to be told to WhatsApp: submit, edit, delete, unpause or empty.")
    ]
    work_error: str
    version: int
    synced_at: Time | None
    submitted_at: Time | None
    created_at: Time
    history: Annotated[list[Json], Meaning(about="What became of it, the newest last.")]
    uses: NotRequired[
        Annotated[list[str], Meaning(about="Names of the notifications that send it; when one is asked for.")]
    ]


class TemplateFinding(TypedDict):
    """Something that stands against a template."""

    where: str
    what: str
    fix: str
    severity: Annotated[str, Meaning(words=("error", "hint"))]


class TemplateSync(TypedDict):
    """How the reading of one account's templates goes."""

    account_id: str
    channel_id: Id
    is_running: bool
    started_at: Time | None
    seen: Annotated[int, Meaning(about="Templates met so far, or in the last reading.")]
    synced_at: Time | None
    due_at: Time | None
    error: str
