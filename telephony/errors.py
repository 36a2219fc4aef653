"""What each of the provider's error codes means to us.

https://www.twilio.com/docs/api/errors (read in November 2026)
"""

from __future__ import annotations

from typing import NamedTuple

from inbox.ports import Reason


class Ruling(NamedTuple):
    """reason and title in our words; permanent: trying again as it is cannot work."""

    reason: Reason
    title: str
    permanent: bool = True


CODES: dict[int, Ruling] = {
    20003: Ruling("auth", "The account SID or its secret is wrong"),
    20404: Ruling("config", "The account or resource is unknown"),
    20429: Ruling("throttled", "Too many requests", permanent=False),
    20503: Ruling("unavailable", "The provider is out of service", permanent=False),
    21210: Ruling("config", "The sender's number is not verified"),
    21211: Ruling("recipient", "Not a valid phone number"),
    21212: Ruling("config", "The sender's number is not valid"),
    21214: Ruling("recipient", "The number cannot be reached"),
    21215: Ruling("config", "Calls to this country are not enabled"),
    21217: Ruling("recipient", "Not a valid phone number"),
    21219: Ruling("config", "A trial account may only call verified numbers"),
    21220: Ruling("invalid", "The call is over"),
    21408: Ruling("config", "Messages to this country are not enabled"),
    21602: Ruling("invalid", "The message is empty"),
    21603: Ruling("config", "The sender's number is missing"),
    21604: Ruling("invalid", "The recipient is missing"),
    21606: Ruling("config", "The sender's number is not yours or cannot send"),
    21610: Ruling("opted_out", "The customer has opted out"),
    21611: Ruling("throttled", "The sender's queue is full", permanent=False),
    21612: Ruling("recipient", "The number cannot be reached from this sender"),
    21614: Ruling("recipient", "Not a mobile number"),
    21617: Ruling("invalid", "The text is longer than 1,600 characters"),
    21620: Ruling("invalid", "The file's address is not valid"),
    21623: Ruling("invalid", "The file is too large or of a wrong type"),
    21659: Ruling("config", "The sender is not one of your numbers"),
    30001: Ruling("throttled", "The sender's queue ran over", permanent=False),
    30002: Ruling("auth", "The account is suspended"),
    30003: Ruling("recipient", "The phone is switched off or out of reach"),
    30004: Ruling("recipient", "The message was blocked"),
    30005: Ruling("recipient", "The number is unknown"),
    30006: Ruling("recipient", "A landline, or a carrier that cannot be reached"),
    30007: Ruling("invalid", "The carrier filtered the message"),
    30008: Ruling("unavailable", "The carrier gave no reason"),
    30009: Ruling("unavailable", "A part of the message was lost"),
    30010: Ruling("config", "The message costs more than the price limit"),
    30036: Ruling("unavailable", "It could not be delivered before it was void"),
    30032: Ruling("config", "The toll-free number is not verified"),
    30034: Ruling("config", "The number is not registered for business messages in the USA"),
    63016: Ruling("window_closed", "The reply window is closed"),
    63018: Ruling("throttled", "Too many messages on this channel", permanent=False),
    13224: Ruling("recipient", "Not a valid phone number"),
}  # fmt: skip
