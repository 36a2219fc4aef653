"""The problems of the inbox: refusals of operations, as callers meet them."""

from __future__ import annotations

from common.api.problems import Fault, Kind, Problem, describe, translates
from customers.operations import ExternalIdTaken
from inbox.operations.calls import CallOver, CallTaken
from inbox.operations.errors import ContentRefused, Refused
from inbox.ports import SendError
from inbox.shapes_calls import call_shape

describe(
    {
        "refused": Kind(422, "This cannot be done", "The detail says why."),
        "window_closed": Kind(
            409, "The reply window is closed", "Send a template, or wait until the customer writes."
        ),
        "thread_closed": Kind(409, "The conversation is closed", "Reopen it first: DELETE its closure."),
        "answered_meanwhile": Kind(
            409, "A colleague has answered", "Read `message`, then send again without `seen_message_id`."
        ),
        "text_too_long": Kind(422, "The text is too long", "The detail names the channel's limit."),
        "file_too_large": Kind(413, "The file is too large", "The detail names the channel's limit."),
        "file_type": Kind(415, "This type of file is not taken", "The detail names the types that are."),
        "no_address": Kind(422, "The customer cannot be reached there", "Choose another channel."),
        "template_missing_value": Kind(422, "The template lacks a value", "Fill every variable."),
        "template_not_approved": Kind(
            422, "The template is not approved", "Choose one that is, or wait for its review."
        ),
        "nothing_to_send": Kind(422, "There is nothing to send", "Give text, a file or a template."),
        "content_invalid": Kind(422, "The message cannot be sent like this", "The errors name each place."),
        "opted_out": Kind(
            409, "The customer does not want this", "Use another channel, or wait until they allow it again."
        ),
        "channel_inactive": Kind(409, "The channel is switched off", "Choose another, or switch it on."),
        "call_taken": Kind(409, "A colleague has this call", "`call` says who took it."),
        "call_over": Kind(409, "The call is over", "`call` says how it ended."),
        "call_refused": Kind(409, "The provider refused it", "The detail says why."),
        "channel_taken": Kind(409, "The account is connected already", "Each account is connected once."),
        "provider_failed": Kind(502, "The provider did not answer as it should", "Try again later."),
    }
)


@translates(Refused)
def _refused(refusal: Refused) -> Problem:
    faults = [Fault(refusal.pointer, refusal.sentence)] if refusal.pointer else []
    return Problem(refusal.code, refusal.sentence, errors=faults)


@translates(CallTaken, CallOver)
def _not_mine(refusal: CallTaken | CallOver) -> Problem:
    return Problem(refusal.code, refusal.sentence, extra={"call": call_shape(refusal.call)})


@translates(ContentRefused)
def _wrong(refusal: ContentRefused) -> Problem:
    faults = [Fault(pointer, sentence) for pointer, sentence in refusal.wrong]
    return Problem(refusal.code, errors=faults)


@translates(ExternalIdTaken)
def _taken(error: ExternalIdTaken) -> Problem:
    return Problem("conflict", str(error), errors=[Fault("/external_id", str(error))])


@translates(SendError)
def _provider(error: SendError) -> Problem:
    return Problem("provider_failed", error.detail)
