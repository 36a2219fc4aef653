"""What can be switched: how the provider treats a number, how a phone behaves. All have defaults."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self, get_args, get_origin, get_type_hints

from simulator.jsonio import BadRequest


def _fits(value: Any, hint: Any) -> bool:
    """Whether a JSON value may stand in a field of this type."""
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if hint in (None, type(None)):
        return value is None
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if isinstance(hint, type):
        return isinstance(value, hint)
    return any(_fits(value, option) for option in get_args(hint))


@dataclass(frozen=True, slots=True)
class Settings:
    """A set of switches that can be changed by a JSON object."""

    @classmethod
    def names(cls) -> set[str]:
        """The settings' names."""
        return {field.name for field in fields(cls)}

    def changed(self, values: Mapping[str, Any]) -> Self:
        """These settings with some replaced. Raises BadRequest for an unknown name or a wrong value."""
        hints = get_type_hints(type(self))
        for name, value in values.items():
            if name not in hints:
                raise BadRequest(f"There is no setting “{name}”. Known: {', '.join(sorted(hints))}.")
            if not _fits(value, hints[name]):
                raise BadRequest(f"Setting “{name}” cannot be {value!r}.")
        return replace(self, **values)

    def as_dict(self) -> dict[str, Any]:
        """All settings as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class NumberSettings(Settings):
    """How the provider behaves for one business number; simulator/README.md says what each one imitates."""

    webhook_version: int = 24
    bsuid: bool = True
    contacts_in_statuses: bool = True
    media_url_in_webhook: bool = True
    media_sha256_in_webhook: Literal["base64", "hex"] = "base64"
    media_sha256_in_get: Literal["hex", "base64"] = "hex"
    media_file_size: Literal["string", "number"] = "string"
    media_url_lives_s: float = 300
    pricing_on: Literal["sent_and_next", "next"] = "sent_and_next"
    delivered_may_be_skipped: bool = False
    template_message_status: bool = True
    template_review_s: float | None = 3
    templates_max: int = 250
    unblock_answer: Literal["removed_users", "added_users"] = "removed_users"
    error_subcode: bool = False
    error_data: Literal["object", "string", "absent"] = "object"
    rate_limit_http: Literal[400, 429] = 400
    require_app_proof: bool = False
    missing_token_http: Literal[401, 400] = 401
    window_check: Literal["async", "sync", "off"] = "async"
    marketing_api: Literal["on", "unavailable"] = "on"
    direct_send: Literal["on", "off", "blocked"] = "on"
    free_service_messages: int = 1000
    free_entry_point_h: float = 72
    throughput_per_s: int | None = 80
    people_per_day: int | None = None
    quality_rating: Literal["GREEN", "YELLOW", "RED", "UNKNOWN"] = "GREEN"
    number_status: Literal["CONNECTED", "FLAGGED", "RESTRICTED", "BANNED"] = "CONNECTED"
    name_status: Literal[
        "APPROVED", "AVAILABLE_WITHOUT_REVIEW", "DECLINED", "EXPIRED", "PENDING_REVIEW", "NONE"
    ] = "APPROVED"
    account_review: Literal["APPROVED", "PENDING", "REJECTED"] = "APPROVED"
    login_lasts: bool = True
    groups: bool = True
    calling: bool = True
    calls_allow_callback: bool = True
    call_transcription: Literal["text", "document"] = "text"
    identity_check: bool = False
    call_ring_s: float = 45
    on_biz_app: bool = False
    pair_rate: Literal["bucket", "strict", "off"] = "bucket"
    webhook_items_max: int = 100
    webhook_timeout_s: float = 10
    retry_first_s: float = 0.2
    retry_max_s: float = 60
    retry_for_h: float = 168


@dataclass(frozen=True, slots=True)
class PhoneSettings(Settings):
    """How one customer's phone behaves."""

    read_receipts: bool = True
    offline: bool = False
    delivery_delay_s: float | None = 0
    read_delay_s: float = 1
    auto_read: bool = True
    webhook_mode: Literal["once", "twice", "shuffled"] = "once"
    on_whatsapp: bool = True
    hide_number: bool = False
    stopped_marketing: bool = False
    picks_up: Literal["by_hand", "at_once", "never", "busy", "voicemail", "declines"] = "by_hand"
    presses: str = ""
    speech_s_per_char: float = 0.05
