"""Types of the JSON of what a number offers; see docs/wire.md."""

from __future__ import annotations

from typing import Annotated, TypedDict

from common.wire import Id, Meaning, Time


class ChatCommand(TypedDict):
    """What WhatsApp offers when somebody types a slash."""

    name: Annotated[str, Meaning(about="Without the slash.")]
    hint: str


class ChatOpeners(TypedDict):
    """What a new chat with a number offers."""

    prompts: Annotated[list[str], Meaning(about="Texts to tap, four at most.")]
    commands: list[ChatCommand]


class ShortLink(TypedDict):
    """A link that opens a chat with a text already written."""

    code: str
    text: str
    url: str


class BlockedPerson(TypedDict):
    """Somebody who is blocked on one side only."""

    id: Id
    name: str


class BlockList(TypedDict):
    """A number's block list at WhatsApp, held against ours. At most 200 people of each side are named."""

    count: int
    unknown: Annotated[int, Meaning(about="How many of them never wrote to you.")]
    there_count: int
    here_count: int
    there: Annotated[list[BlockedPerson], Meaning(about="Blocked at WhatsApp only.")]
    here: Annotated[list[BlockedPerson], Meaning(about="Blocked here only.")]


class GroupRequest(TypedDict):
    """Somebody who asks to join a group."""

    id: str
    person: str


class Group(TypedDict):
    """A group of a number. What is not its name is known once it was read."""

    id: Id
    group_id: Annotated[str, Meaning(about="WhatsApp's own id.")]
    subject: str
    description: str
    invite_link: str
    needs_approval: bool
    is_suspended: bool
    people: Annotated[list[str], Meaning(about="Numbers and user ids of who is in it.")]
    requests: list[GroupRequest]
    read_at: Time | None


class CallRestriction(TypedDict):
    """Something Meta does not let a number do with calls."""

    kind: str
    why: str


class NumberSettings(TypedDict):
    """What is set for a number at WhatsApp."""

    identity_check: Annotated[bool, Meaning(about="Do messages wait when a person's phone changes?")]
    calling: Annotated[bool, Meaning(about="May customers call?")]
    call_button: bool
    callback: Annotated[bool, Meaning(about="Does a customer's call allow to call back?")]
    voicemail: bool
    call_hours: Annotated[str, Meaning(words=("always", "opening_hours", "other"))]
    by_sip: Annotated[bool, Meaning(about="Calls go to a telephone system, not to the inbox.")]
    restrictions: list[CallRestriction]


class FormKey(TypedDict):
    """How the key stands with which phones encrypt forms."""

    status: Annotated[str, Meaning(words=("valid", "mismatch", "none"))]
    made_here: Annotated[bool, Meaning(about="Is the private key kept here, so that forms are opened here?")]


class FormFault(TypedDict):
    """The last time a form got no answer, and why."""

    code: Annotated[
        str,
        Meaning(
            words=(
                "key", "no_address", "busy", "address", "unreachable", "silent", "status", "too_large",
                "garbage", "reported",
            )
        ),
    ]  # fmt: skip
    detail: str
    at: Time | None


class FormEndpoint(TypedDict):
    """Whom a number's forms are asked of, and how that goes."""

    url: Annotated[str, Meaning(about="Your system; empty when nobody is asked.")]
    address: Annotated[str, Meaning(about="What to enter as the endpoint of a flow at Meta.")]
    secret: Annotated[str | None, Meaning(about="Signs the calls; shown only in the answer that made it.")]
    heard_at: Annotated[Time | None, Meaning(about="WhatsApp's last request, to a minute.")]
    answered_at: Annotated[Time | None, Meaning(about="Your system's last answer, to a minute.")]
    failures: Annotated[int, Meaning(about="How many requests got no answer since the last that did.")]
    fault: FormFault | None


class AppSync(TypedDict):
    """What was asked of the WhatsApp Business app."""

    what: Annotated[str, Meaning(words=("contacts", "history"))]


class Username(TypedDict):
    """The name by which people find a number's business."""

    username: Annotated[str, Meaning(about="Empty when there is none.")]
    status: Annotated[str, Meaning(about="As WhatsApp says it: approved or reserved; empty when unknown.")]
