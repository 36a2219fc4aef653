"""Errors as the provider answers them: the envelope of an API call, and the shorter form inside webhooks."""

import json
from dataclasses import dataclass, field
from typing import Any

from simulator.ids import new_trace_id
from simulator.settings import NumberSettings

_HREF = "/documentation/business-messaging/whatsapp/support/error-codes"

# code → (HTTP status, title). Titles and statuses as in the provider's list of error codes.
CODES: dict[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    1: (400, "API Unknown"),
    2: (503, "API Service"),
    3: (500, "API Method"),
    4: (400, "API Too Many Calls"),
    10: (403, "API Permission Denied"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    190: (401, "Access token has expired"),
    200: (403, "API Permission"),
    368: (403, "Temporarily blocked for policies violations"),
    80007: (400, "Rate limit issues"),
    130403: (400, "User is blocked by the business"),
    130429: (400, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    130497: (403, "Business account is restricted from messaging users in this country"),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131031: (403, "Account has been locked"),
    131041: (400, "Group not found"),
    131037: (400, "Display name approval needed"),
    131042: (400, "Business eligibility payment issue"),
    131045: (500, "Incorrect certificate"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131050: (400, "User has stopped marketing messages from this business"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    131059: (400, "Invalid cursor"),
    131062: (400, "Business-scoped user id recipients are not supported for this message"),
    131204: (400, "Group limit reached"),
    131207: (400, "Group is suspended"),
    131209: (400, "Group picture is not valid"),
    131215: (400, "Groups are not available for this business"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132007: (400, "Template format character policy violated"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    132018: (400, "Template parameter issue"),
    133000: (500, "Incomplete deregistration"),
    133004: (503, "Server temporarily unavailable"),
    133005: (400, "Two step verification PIN Mismatch"),
    133006: (400, "Phone number re-verification needed"),
    133008: (400, "Too many two step verification PIN guesses"),
    133009: (400, "Two step verification PIN guessed too fast"),
    133010: (400, "Phone number not registered"),
    133015: (400, "Please wait a few minutes before attempting to register this phone number"),
    133016: (400, "Account register deregister rate limit exceeded"),
    136024: (400, "Request code error"),
    136025: (400, "Verify code error"),
    134100: (400, "Only marketing messages are supported"),
    134102: (500, "Marketing messages are not available"),
    135000: (400, "Generic user error"),
    2388019: (400, "Message template limit exceeded"),
    2388040: (400, "Character limit exceeded"),
    2388047: (400, "Message header format is incorrect"),
    2388072: (400, "Message body format is incorrect"),
    2388073: (400, "Message footer format is incorrect"),
    2388293: (400, "Message template parameters to words ratio exceeds limit"),
    2388299: (400, "Leading or trailing parameters are not allowed"),
    137000: (400, "Recipient identity key hash mismatch"),
    138000: (401, "Calling not enabled"),
    138001: (400, "Receiver uncallable"),
    138002: (400, "Concurrent calls limit reached"),
    138003: (400, "Duplicate call"),
    138004: (500, "Connection error"),
    138005: (400, "Call rate limit exceeded"),
    138006: (400, "No approved call permission from the recipient"),
    138007: (400, "Connection timeout error"),
    138009: (400, "Call permission request limit hit"),
    138012: (400, "Daily business-initiated call limit reached"),
    138013: (400, "Business-initiated calling is not available"),
    138014: (400, "Calling disabled because of low quality"),
    138015: (400, "Calling cannot be enabled at this messaging limit"),
    138017: (400, "Permanent call permission already granted"),
    138018: (400, "Calling prerequisites are not met"),
    138019: (400, "Call setup failed"),
    138020: (400, "Media relay failed"),
    138021: (400, "Media receive timeout"),
    138022: (400, "Media transmit timeout"),
    138023: (400, "Call accepted without media"),
    147001: (400, "Username is not available"),
    2593107: (400, "Synchronization was already requested"),
    139100: (400, "Failed to block or unblock some users"),
    139200: (400, "Direct send blocked"),
    139103: (400, "User has not messaged this business recently"),
}
_RATE_LIMITS = {4, 80007, 130429, 131056}

DETAILS: dict[int, str] = {
    131026: "Message Undeliverable.",
    131047: "Message failed to send because more than 24 hours have passed since the customer last replied to"
    " this number.",
    131049: "Meta chose not to deliver this message.",
    131050: "The user has stopped receiving marketing messages from this business.",
    131053: "The file could not be used: its content does not match a supported type.",
    130429: "Cloud API message throughput has been reached.",
    131056: "Too many messages sent from this phone number to the same user's phone number in a short period"
    " of time.",
    130403: "The recipient is on this number's block list.",
    131021: "The recipient is the sender's own number.",
}


@dataclass
class GraphError(Exception):
    """An API call that is refused. `message` replaces the standard text, `http` the standard status."""

    code: int
    details: str | None = None
    message: str | None = None
    http: int | None = None
    subcode: int | None = None
    kind: str = "OAuthException"
    # What stands beside `error` in the answer: the part that did succeed.
    extra: dict[str, Any] = field(default_factory=dict)

    def status(self, settings: NumberSettings | None = None) -> int:
        """The HTTP status of the answer."""
        if self.http:
            return self.http
        if settings and self.code in _RATE_LIMITS:
            return settings.rate_limit_http
        return CODES.get(self.code, (400, ""))[0]

    def body(self, settings: NumberSettings | None = None) -> dict[str, Any]:
        """The error envelope."""
        title = CODES.get(self.code, (400, "Unknown error"))[1]
        error: dict[str, Any] = {
            "message": self.message or f"(#{self.code}) {title}",
            "type": self.kind,
            "code": self.code,
        }
        data = _data(self.details or DETAILS.get(self.code), settings or NumberSettings())
        if data is not None and self.kind == "OAuthException" and self.code != 190:
            error["error_data"] = data
        if self.subcode or (settings and settings.error_subcode and self.code >= 130000):
            error["error_subcode"] = self.subcode or 2494010
        if self.code in (1, 2, 131000, 131016):
            error["is_transient"] = self.code != 1
        return {**self.extra, "error": error | {"fbtrace_id": new_trace_id()}}


def _data(details: str | None, settings: NumberSettings) -> Any:
    """`error_data` in the form this number is set to."""
    if details is None or settings.error_data == "absent":
        return None
    data = {"messaging_product": "whatsapp", "details": details}
    return json.dumps(data) if settings.error_data == "string" else data


def unknown_object(object_id: str, verb: str = "post") -> GraphError:
    """An id that does not exist, or that this token may not see: Graph does not tell which."""
    return GraphError(
        100,
        http=400,
        subcode=33,
        kind="GraphMethodException",
        message=f"Unsupported {verb} request. Object with ID '{object_id}' does not exist, cannot be loaded"
        " due to missing permissions, or does not support this operation. Please read the Graph API"
        " documentation at https://developers.facebook.com/docs/graph-api",
    )


def failure(code: int, details: str | None = None) -> dict[str, Any]:
    """What is kept on a message that failed after it was accepted."""
    title = CODES.get(code, (400, "Unknown error"))[1]
    return {"code": code, "title": title, "details": details or DETAILS.get(code) or title}


def webhook_error(error: dict[str, Any]) -> dict[str, Any]:
    """That failure as it stands in a webhook's `errors[]`."""
    return {
        "code": error["code"],
        "title": error["title"],
        "message": error["title"],
        "error_data": {"details": error["details"]},
        "href": _HREF,
    }
