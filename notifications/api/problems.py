"""The problems of notifications, as callers meet them."""

from __future__ import annotations

from common.api.problems import Fault, Kind, Problem, describe, translates
from notifications.campaigns.files import FileRefused
from notifications.operations.acknowledging import NotAcknowledgeable
from notifications.operations.campaigns import CampaignRefused, WrongMoment
from notifications.operations.cancelling import NotCancellable
from notifications.operations.consents import UnknownZone
from notifications.operations.reviews import ReviewRefused
from notifications.operations.starter import UnknownStarter
from notifications.operations.types import (
    InvalidVersion,
    NeedsSecondPerson,
    NothingToPublish,
    StaleDraft,
    TypeKeyTaken,
)

describe(
    {
        "notification_invalid": Kind(
            422, "The notification cannot be accepted", "The errors name each field; see the type's schema."
        ),
        "version_invalid": Kind(422, "The version cannot be used", "The errors name each place."),
        "campaign_invalid": Kind(422, "The campaign cannot be made like this", "The errors name each field."),
        "campaign_state": Kind(
            409, "The campaign is in another state", "Read it again: its `state` says what can be done."
        ),
        "not_cancellable": Kind(409, "There is nothing left to cancel", "Its ladder has ended."),
        "not_acknowledgeable": Kind(
            409, "There is nothing to acknowledge", "It came to nothing, or another one tells it."
        ),
        "needs_second_person": Kind(
            409, "Publishing needs a second person", "Propose the draft; somebody else approves it."
        ),
        "review_refused": Kind(409, "You cannot decide this", "The detail says why."),
        "nothing_to_publish": Kind(
            409, "There is nothing to publish", "Edit a draft first, or name another."
        ),
    }
)


def _faults(faults: list[tuple[str, str]]) -> list[Fault]:
    return [Fault(pointer, detail) for pointer, detail in faults]


def refusal(faults: list[tuple[str, str]]) -> Problem:
    """The problem of a request that cannot be accepted."""
    return Problem("notification_invalid", faults[0][1], errors=_faults(faults))


@translates(InvalidVersion)
def _invalid(error: InvalidVersion) -> Problem:
    return Problem("version_invalid", str(error), errors=_faults(error.faults))


@translates(TypeKeyTaken)
def _taken(error: TypeKeyTaken) -> Problem:
    return Problem("conflict", str(error), errors=[Fault("/key", str(error))])


@translates(StaleDraft)
def _stale(error: StaleDraft) -> Problem:
    return Problem("conflict", str(error), errors=[Fault("/revision", str(error))])


@translates(NothingToPublish)
def _nothing(error: NothingToPublish) -> Problem:
    return Problem("nothing_to_publish", str(error))


@translates(NeedsSecondPerson)
def _second(error: NeedsSecondPerson) -> Problem:
    return Problem("needs_second_person", str(error))


@translates(ReviewRefused)
def _review(error: ReviewRefused) -> Problem:
    return Problem("review_refused", str(error))


@translates(NotAcknowledgeable)
def _not_acknowledgeable(error: NotAcknowledgeable) -> Problem:
    return Problem("not_acknowledgeable", str(error))


@translates(NotCancellable)
def _ended(error: NotCancellable) -> Problem:
    return Problem("not_cancellable", str(error))


@translates(CampaignRefused)
def _campaign(error: CampaignRefused) -> Problem:
    faults = [Fault(_campaign_pointer(name), detail) for name, detail in error.faults]
    return Problem("campaign_invalid", str(error), errors=faults)


def _campaign_pointer(name: str) -> str:
    """A field of the body, or one that a column was chosen for."""
    is_own = name in {"type", "recipients", "send_at", "expires_at"} or name.startswith("texts/")
    return f"/{name}" if is_own else f"/columns/{name}"


@translates(FileRefused)
def _file(error: FileRefused) -> Problem:
    return Problem("campaign_invalid", str(error), errors=[Fault("/csv", str(error))])


@translates(WrongMoment)
def _moment(error: WrongMoment) -> Problem:
    return Problem("campaign_state", str(error))


@translates(UnknownStarter)
def _unknown(error: UnknownStarter) -> Problem:
    return Problem("not_found", str(error))


@translates(UnknownZone)
def _zone(error: UnknownZone) -> Problem:
    return Problem("validation_failed", str(error), errors=[Fault("/timezone", str(error))])
