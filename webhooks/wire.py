"""Types of the JSON of webhooks: what is sent, and what the API says about it. See docs/wire.md."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Json, Meaning, Time
from events.wire import Actor
from webhooks.models import Format, State


class Workspace(TypedDict):
    """Whose event it is."""

    id: Id
    name: str
    slug: str


class ThinObject(TypedDict):
    """The thing a thin event is about. url: where the API shows it."""

    type: str
    id: Id
    url: str | None


class ThinData(TypedDict):
    """`data` of a thin event: no names, no words. url: the whole event in the log; null for a sample."""

    object: ThinObject | None
    thread_id: Id | None
    customer_id: Id | None
    url: str | None


class WebhookEvent(TypedDict):
    """The body of a webhook: an event of the log. Deliveries come at least once and in no promised order."""

    id: Annotated[Id, Meaning(about="The header `webhook-id` too; the same for each retry and replay.")]
    seq: Annotated[int, Meaning(about="Its number in `GET events`; 0 for a sample.")]
    type: Annotated[str, Meaning(about="noun.past: `message.received`, `thread.assigned`.")]
    created: Time
    api_version: Annotated[str, Meaning(about="Within a version there are only additions.")]
    workspace: Workspace
    test: Annotated[bool, Meaning(about="A sample, or of a test workspace.")]
    is_reference: Annotated[
        bool, Meaning(about="The event is too large: `data` is `{url, size_bytes}`; read it at `url`.")
    ]
    data: Annotated[
        Json,
        Meaning(
            about="As in the log of events. With `format: thin` only `{object: {type, id, url} or null, "
            "thread_id, customer_id, url}`, and `actor.name` is empty."
        ),
    ]
    actor: Actor


class WebhookEndpoint(TypedDict):
    """An address of your own that hears of events."""

    id: Id
    url: str
    description: str
    types: Annotated[list[str], Meaning(about="Patterns such as `message.*` or `*.failed`; empty: all.")]
    format: Annotated[
        str,
        Meaning(
            words=tuple(Format.values),
            about="thin: `data` of an event holds only ids and addresses, no names and no words of people.",
        ),
    ]
    enabled: bool
    disabled_reason: Annotated[
        str | None, Meaning(about="paused, gone (it answered 410) or failing (five days of only failures).")
    ]
    disabled_at: Time | None
    api_version: str
    failing_since: Annotated[Time | None, Meaning(about="Null while deliveries succeed.")]
    rests_until: Annotated[Time | None, Meaning(about="It asked for a pause, or fails; tried again then.")]
    delivered_at: Annotated[Time | None, Meaning(about="When it last took one.")]
    seq: Annotated[int, Meaning(about="Events up to this number are on their way to it or there.")]
    old_secret_ends_at: Annotated[Time | None, Meaning(about="Until then calls are signed with both.")]
    created_at: Time
    updated_at: Time


class WebhookEndpointMade(WebhookEndpoint):
    """A new endpoint, with its secret this once."""

    secret: str


class WebhookEndpoints(TypedDict):
    """Every endpoint, the oldest first."""

    data: list[WebhookEndpoint]


class WebhookSecret(TypedDict):
    """A new secret, shown this once."""

    secret: str
    old_secret_ends_at: Annotated[Time | None, Meaning(about="Until then calls are signed with both.")]


class WebhookTry(TypedDict):
    """One request, and what came back."""

    at: Time
    status: Annotated[int | None, Meaning(about="Null: there was no answer.")]
    ms: int
    error: Annotated[str | None, Meaning(about="Why it does not count; null for a success.")]
    answer: Annotated[str, Meaning(about="The beginning of the answer's body.")]


class WebhookDelivery(TypedDict):
    """One event on its way to one endpoint."""

    id: Id
    event_id: Id
    seq: int
    type: str
    state: Annotated[str, Meaning(words=tuple(State.values))]
    attempts: Annotated[int, Meaning(about="Of ten; since it last began to wait.")]
    next_at: Annotated[Time | None, Meaning(about="When it is tried (again).")]
    replays: int
    tries: Annotated[list[WebhookTry], Meaning(about="The last twelve, the newest last.")]
    created_at: Time
    ended_at: Time | None


class WebhookReplayed(TypedDict):
    """How many are delivered again."""

    count: int
