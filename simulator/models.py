"""The things of this small world: numbers, phones, chats, messages, files. Plain data, no behaviour."""

from dataclasses import dataclass, field
from typing import Any

from simulator.settings import NumberSettings, PhoneSettings

# How far a message has come. A business message may only rise; `failed` ends it.
RANK = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3, "played": 4}


@dataclass(slots=True)
class Registration:
    """Where a number stands with its registration. Times are Unix seconds; code: sent and not used yet."""

    pin: str = ""
    registered: bool = True
    ever: bool = True
    verified: bool = True
    code: str = ""
    tries_at: list[float] = field(default_factory=list)
    wrong_at: list[float] = field(default_factory=list)
    codes_at: list[float] = field(default_factory=list)
    region: str = ""
    # Another name that was asked for: NONE, PENDING_REVIEW, APPROVED, DECLINED.
    new_name: str = ""
    new_name_status: str = "NONE"
    names_at: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Login:
    """A token of embedded signup. until: 0 when it never ends."""

    token: str
    app_id: str
    waba_ids: list[str]
    at: float
    until: float


@dataclass(slots=True)
class Number:
    """A business number and the app that owns it. `id` is the phone_number_id; times are Unix seconds."""

    id: str
    display_phone_number: str
    verified_name: str
    waba_id: str
    business_id: str
    access_token: str
    app_id: str
    app_secret: str
    verify_token: str
    webhook_url: str
    settings: NumberSettings = field(default_factory=NumberSettings)
    subscribed: bool = True
    override_webhook_url: str | None = None
    colour: str | None = None
    templates: list[dict[str, Any]] = field(default_factory=list)
    profile: dict[str, Any] = field(default_factory=dict)
    # What a new chat offers: {prompts, commands}.
    openers: dict[str, Any] = field(default_factory=dict)
    # Short links, the oldest first: {code, prefilled_message}.
    links: list[dict[str, Any]] = field(default_factory=list)
    username: str = ""
    # Is there a list of people whose numbers the business sees?
    contact_book: bool = True
    # The public key of forms, and whether it was signed before the number was last registered.
    form_key: str = ""
    form_key_is_old: bool = False
    # Where forms with a server ask for their screens; in reality it is set at each flow.
    flow_endpoint: str = ""
    # What is set for calls beside the switches, as it was sent.
    calling: dict[str, Any] = field(default_factory=dict)
    # What the WhatsApp Business app has handed over.
    synced: list[str] = field(default_factory=list)
    registration: Registration = field(default_factory=Registration)
    # Service messages delivered per calendar month ("2026-11"): the first thousand are free.
    service_messages: dict[str, int] = field(default_factory=dict)
    # "whatsapp", or "telephone": a line that sends texts and calls; then `app_secret` is its auth token and
    # `webhook_url` where texts go.
    kind: str = "whatsapp"
    account_sid: str = ""
    voice_url: str = ""
    capabilities: list[str] = field(default_factory=lambda: ["sms", "mms", "voice"])

    @property
    def is_line(self) -> bool:
        """Is this a telephone line?"""
        return self.kind == "telephone"

    @property
    def callback_url(self) -> str:
        """Where this number's webhooks go."""
        return self.override_webhook_url or self.webhook_url


@dataclass(slots=True)
class Group:
    """What makes a phone a group: whose it is, and who is in it. `asking`: request id → WhatsApp id."""

    channel: str
    invite: str
    at: float
    description: str = ""
    needs_approval: bool = False
    members: list[str] = field(default_factory=list)
    asking: dict[str, str] = field(default_factory=dict)
    asked_at: dict[str, float] = field(default_factory=dict)
    # The id of the file that is its picture.
    picture: str = ""
    suspended: bool = False
    deleted: bool = False


@dataclass(slots=True)
class Phone:
    """A customer's phone. `number` is its WhatsApp id: digits only.

    A group stands here too, by its id and subject: it has a chat with the business like any phone.
    """

    number: str
    name: str
    username: str | None = None
    settings: PhoneSettings = field(default_factory=PhoneSettings)
    group: Group | None = None
    changed_at: float = 0.0
    # How often it was set up anew: each time WhatsApp knows it by another key.
    set_up: int = 0

    @property
    def as_group(self) -> Group:
        """What makes it a group. Raises TypeError for a phone."""
        if self.group is None:
            raise TypeError(f"{self.number} is no group.")
        return self.group


@dataclass(slots=True)
class Chat:
    """What one phone and one business number know of each other."""

    channel: str
    number: str
    window_until: float = 0.0
    free_until: float = 0.0
    from_ad_at: float = 0.0
    typing_until: float = 0.0
    unread: int = 0
    last_id: str | None = None
    last_at: float = 0.0
    open: bool = False
    # The customer's number is not shown to this business, only the user id.
    hidden: bool = False
    blocked: bool = False
    # The customer wrote STOP to this line.
    stopped: bool = False
    # May the business call: until when, or for good; when it asked, when it called, how often nobody took it.
    calls_until: float = 0.0
    calls_permanent: bool = False
    calls_asked_at: list[float] = field(default_factory=list)
    calls_at: list[float] = field(default_factory=list)
    calls_missed: int = 0
    # Ids, oldest first: for the phone to fetch, for the phone to send, for its owner to read.
    to_deliver: list[str] = field(default_factory=list)
    to_send: list[str] = field(default_factory=list)
    to_read: list[str] = field(default_factory=list)
    unread_by_business: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Message:
    """One message in a chat. `from_me` = the customer wrote it. `content`: the body as on the wire."""

    id: str
    seq: int
    channel: str
    number: str
    from_me: bool
    kind: str
    content: dict[str, Any]
    at: float
    text: str = ""
    status: str = "accepted"
    media_id: str | None = None
    # Files of its cards: place, as text → id of the file.
    card_media: dict[str, str] = field(default_factory=dict)
    template: dict[str, Any] | None = None
    reply_to: str | None = None
    reactions: dict[str, str] = field(default_factory=dict)
    callback_data: str | None = None
    # In a group: who wrote it.
    author: str = ""
    # The phone page's own name for a message it wrote: a post sent twice is one message.
    client_ref: str | None = None
    to_user_id: bool = False
    hidden: bool = False
    category: str = "service"
    pricing: dict[str, Any] | None = None
    conversation: dict[str, Any] | None = None
    # When the provider stops trying to deliver it.
    expires_at: float = 0.0
    error: dict[str, Any] | None = None
    sent_at: float | None = None
    delivered_at: float | None = None
    read_at: float | None = None
    edited_at: float | None = None
    revoked_at: float | None = None

    @property
    def target_id(self) -> str | None:
        """The message this one reacts to, edits or deletes."""
        said = self.content.get(self.kind)
        found = (
            (said.get("message_id") or said.get("original_message_id")) if isinstance(said, dict) else None
        )
        return found if isinstance(found, str) else None

    @property
    def is_voice(self) -> bool:
        """Whether this is a voice note: sound that the sender spoke."""
        sound = self.content.get("audio")
        return self.kind == "audio" and isinstance(sound, dict) and bool(sound.get("voice"))


@dataclass(slots=True)
class Media:
    """A stored file. `source` tells how long its id lives: see media.LIVES_S."""

    id: str
    channel: str
    mime: str
    size: int
    sha256: str
    source: str
    at: float
    filename: str | None = None
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    waveform: list[int] | None = None
    voice: bool = False
    # Why WhatsApp will refuse the file when it is sent, though the upload was taken.
    flaw: str | None = None
    deleted: bool = False
