"""Answering: a message is queued here and leaves later, in inbox/delivery.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from common.ids import uuid7
from common.wire import stamp
from customers.models import Address
from events import bus
from inbox.channels import adapter_for
from inbox.direct import direct_of, with_direct
from inbox.models import Attachment, Channel, Delivery, Message, Reaction, Status, Thread, ThreadState
from inbox.models.deliveries import OPEN, DeliveryState, Lane
from inbox.operations import own_files, rules
from inbox.operations.authors import Author
from inbox.operations.claims import expect
from inbox.operations.errors import AnsweredMeanwhile, ContentRefused, NoAddress, NotPossible, ThreadClosed
from inbox.operations.one_thread import lock_thread
from inbox.operations.rules import MARK, Part, without_mark
from inbox.operations.templates import stored_template, with_category
from inbox.operations.thread_lines import save_thread_lines, show_last
from inbox.ports import Direct
from inbox.queries.heard import heard_on
from inbox.queries.messages import message_shapes
from inbox.shapes import thread_shape


@dataclass(frozen=True, slots=True)
class Terms:
    """How a message may leave. expires_at: never later; resend_on_doubt: rather twice than never, as with
    codes and fraud alerts; waits_its_turn: after what was queued in the thread before it; is_answer: a
    customer who waits for an answer no longer does; hold_s: for so long it can be taken back; mark: of the
    notification it belongs to, kept in its content where pages find it, and no channel's business."""

    expires_at: datetime | None = None
    resend_on_doubt: bool = False
    waits_its_turn: bool = True
    is_answer: bool = True
    hold_s: float = 0
    mark: Mapping[str, Any] | None = None


def reply(
    *,
    thread: Thread,
    by: Author,
    client_ref: str,
    text: str = "",
    channel: Channel | None = None,
    reply_to: Message | None = None,
    attachments: Sequence[Attachment] = (),
    template: Mapping[str, Any] | None = None,
    kind: str | None = None,
    content: Mapping[str, Any] | None = None,
    direct: Direct | None = None,
    lane: Lane | None = None,
    terms: Terms | None = None,
    seen: Message | None = None,
    address: Address | None = None,
) -> Message:
    """Queue an answer and return it at once; sending happens later. With several attachments one message
    is queued for each, the text beside the first; the first message is returned. lane: by default by what the
    message is for. direct: it may leave outside the reply window without a template. address: of the
    customer's on the channel; by default the one they last wrote from there.

    seen: the newest message the writer knows of; when a colleague answered after it, nothing is queued.
    The same client_ref again returns the message already queued. Writes Message (queued), Delivery, Thread,
    Event `message.queued`, in one transaction. Raises a Refused: ThreadClosed, WindowClosed, TextTooLong,
    FileTooLarge, FileTypeRefused, NoAddress, TemplateMissingValue, TemplateNotApproved, NothingToSend,
    ContentRefused, OptedOut, ChannelInactive, AnsweredMeanwhile.
    """
    thread = lock_thread(thread.id, "customer", "channel")
    again = Message.objects.filter(thread=thread, client_ref=client_ref).first()
    if again:
        return again
    if seen:
        _hold_if_answered(thread, by, seen)
    if thread.status == ThreadState.CLOSED:
        raise ThreadClosed(_("This conversation is closed; reopen it to answer."))
    chosen = channel or thread.channel or _any_channel(thread)
    parts = _parts(text, reply_to, attachments, template, kind, content or {})
    parts = [replace(part, direct=direct) for part in parts]
    queued = [
        _queue(thread, chosen, part, by, _ref(client_ref, n), lane, terms, address)
        for n, part in enumerate(parts)
    ]
    save_thread_lines([thread])
    announce_queued([(thread, message, by) for message in queued])
    return queued[0]


def check_said(
    *,
    thread: Thread,
    channel: Channel | None = None,
    text: str = "",
    reply_to: Message | None = None,
    attachments: Sequence[Attachment] = (),
    template: Mapping[str, Any] | None = None,
    kind: str | None = None,
    content: Mapping[str, Any] | None = None,
    address: Address | None = None,
    direct: Direct | None = None,
) -> None:
    """Raise what ``reply`` would raise of these words, but for the reply window and what the customer allows:
    both may be otherwise when a message leaves later."""
    chosen = channel or thread.channel or _any_channel(thread)
    rules.address_for(customer_id=thread.customer_id, channel=chosen, address=address)
    for part in _parts(text, reply_to, attachments, template, kind, content or {}):
        rules.check_words(channel=chosen, part=_with_category(chosen, replace(part, direct=direct)))


def _hold_if_answered(thread: Thread, by: Author, seen: Message) -> None:
    """The thread is locked, so of two who answer at once the second one sees the first one's answer."""
    later = Q(at__gt=seen.at) | Q(at=seen.at, id__gt=seen.id)
    answers = Message.objects.filter(later, thread=thread, direction="outbound", author_kind="member")
    newer = answers.exclude(author=by.member).exclude(kind="reaction").order_by("-at", "-id").first()
    if newer:
        raise AnsweredMeanwhile(_("%s has answered since you last looked.") % newer.author_name, newer)


def _parts(
    text: str,
    reply_to: Message | None,
    attachments: Sequence[Attachment],
    template: Mapping[str, Any] | None,
    kind: str | None,
    content: Mapping[str, Any],
) -> list[Part]:
    if not attachments or template is not None or kind == "interactive":
        above, inside = own_files.apart(attachments, content if template is None else template)
        if len(above) > 1:
            raise ContentRefused([("/attachment_ids/1", _("Only one file can stand above this message."))])
        return [Part(text, reply_to, next(iter(above), None), template, kind, content, files=inside)]
    first, *rest = attachments
    return [Part(text, reply_to, first), *(Part(attachment=one) for one in rest)]


def _ref(client_ref: str, n: int) -> str:
    return client_ref if n == 0 else f"{client_ref}.{n}"


def _any_channel(thread: Thread) -> Channel:
    channel = Channel.objects.filter(inbox=thread.inbox_id, is_active=True).order_by("id").first()
    if channel is None:
        raise NoAddress(_("No channel of this inbox is connected; connect one in the console."))
    return channel


def _queue(
    thread: Thread,
    channel: Channel,
    part: Part,
    by: Author,
    client_ref: str,
    lane: Lane | None,
    terms: Terms | None = None,
    address: Address | None = None,
) -> Message:
    now = timezone.now()
    addresses, heard = heard_on(channel, thread.customer_id)
    to = rules.chosen_address(channel, addresses, heard, address)
    part = _with_category(channel, part)
    rules.check(channel=channel, address=to, part=part, now=now, heard=heard)
    message = new_message(thread, channel, to, part, by, client_ref, now, terms)
    message.save(force_insert=True)
    for file in part.all_files:
        file.message = message
        file.save(update_fields=["message"])
    thread.outbound_count += 1
    note_on_thread(thread, message, is_answer=terms is None or terms.is_answer)
    queue_delivery(
        message,
        seq=thread.outbound_count,
        lane=lane_of(part) if lane is None else lane,
        now=now,
        terms=terms,
    )
    return message


def new_message(
    thread: Thread,
    channel: Channel,
    address: Address,
    part: Part,
    by: Author,
    client_ref: str,
    now: datetime,
    terms: Terms | None,
) -> Message:
    """The unsaved row of what is said, queued."""
    return Message(
        id=uuid7(),
        thread=thread,
        customer=thread.customer,
        channel=channel,
        address=address,
        direction="outbound",
        kind=part.message_kind,
        text=part.text,
        content=_marked(part, terms.mark if terms else None),
        reply_to=(part.reply_to.external_id or "") if part.reply_to else "",
        status=Status.QUEUED,
        history=[{"status": "queued", "at": stamp(now)}],
        client_ref=client_ref,
        author=by.member,
        author_name=by.name,
        author_kind=by.kind,
        at=now,
        created_at=now,
    )


def _marked(part: Part, mark: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is kept of its content: with how it leaves, and which notification it belongs to."""
    content = with_direct(part.message_content, part.direct)
    return {**content, MARK: dict(mark)} if mark else content


#: Codes and warnings first, then people's own words, then the rest.
LANES = {"authentication": Lane.URGENT, "utility": Lane.UTILITY, "marketing": Lane.MARKETING}


def lane_of(part: Part) -> Lane:
    """Who goes first when there is a queue (rule 10)."""
    is_announced = part.message_kind == "template" or part.direct
    return LANES.get(part.category, Lane.UTILITY) if is_announced else Lane.REPLY


def _with_category(channel: Channel, part: Part) -> Part:
    """A template goes under the category its provider has given it, whatever the sender says."""
    if part.message_kind != "template":
        return part
    content = part.message_content
    return replace(part, template=with_category(stored_template(channel, content), content))


def note_on_thread(thread: Thread, message: Message, *, is_answer: bool) -> None:
    """What the thread's line shows of a queued message, in memory."""
    if message.kind != "reaction":
        if is_answer:
            thread.waiting_since = None
            thread.first_answered_at = thread.first_answered_at or message.at
        show_last(thread, message)


def queue_delivery(
    message: Message, *, seq: int, lane: int = Lane.REPLY, now: datetime, terms: Terms | None = None
) -> Delivery:
    """A new attempt for a message, due now or after its terms. Writes Delivery; wakes a worker then."""
    delivery = new_delivery(message, seq=seq, lane=lane, now=now, terms=terms)
    delivery.save(force_insert=True)
    due_at = delivery.due_at if terms and terms.hold_s else None
    expect({lane}, due_at)
    return delivery


def new_delivery(message: Message, *, seq: int, lane: int, now: datetime, terms: Terms | None) -> Delivery:
    """The unsaved row of an attempt."""
    terms = terms or Terms()
    return Delivery(
        id=uuid7(),
        message=message,
        channel_id=message.channel_id,
        order_key=message.thread_id if terms.waits_its_turn else message.id,
        seq=seq,
        lane=lane,
        due_at=now + timedelta(seconds=terms.hold_s),
        created_at=now,
        expires_at=terms.expires_at,
        on_doubt="resend" if terms.resend_on_doubt else "hold",
    )


def announce_queued(queued: Sequence[tuple[Thread, Message, Author]]) -> None:
    """Tell of messages that were queued, each with its thread's line as it is after all of them."""
    threads = list({thread.id: thread for thread, *_ in queued}.values())
    prefetch_related_objects(threads, "customer__addresses")
    lines = {thread.id: thread_shape(thread) for thread in threads}
    shapes = message_shapes([message for _, message, _ in queued])
    for (thread, message, by), shape in zip(queued, shapes, strict=True):
        bus.record(
            "message.queued",
            {"message": shape, "thread": lines[thread.id]},
            actor=by.actor,
            thread_id=thread.id,
            customer_id=message.customer_id,
        )


def retry_message(*, message: Message, by: Author) -> Message:
    """Try a failed, held or uncertain message again, as a new attempt of the same message.

    Writes Message, Delivery, Event `message.retried`. Raises NotPossible, and the rules' refusals.
    """
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("channel", "address")
        .get(id=message.id)
    )
    if message.direction != "outbound" or message.status not in {
        Status.FAILED,
        Status.UNCERTAIN,
        Status.HELD,
    }:
        raise NotPossible(_("Only a message that failed or whose fate is unknown can be sent again."))
    now = timezone.now()
    content = without_mark(message.content)
    above, inside = own_files.apart(list(message.attachments.filter(link="").order_by("id")), content)
    said = Part(
        message.text,
        attachment=next(iter(above), None),
        kind=message.kind,
        content=content,
        direct=direct_of(message.content),
        files=inside,
    )
    part = _with_category(message.channel, said)
    rules.check(channel=message.channel, address=message.address, part=part, now=now)
    open_ones = Delivery.objects.filter(message=message, state__in=OPEN)
    open_ones.update(state=DeliveryState.CANCELLED, settled_at=now)
    first = Delivery.objects.filter(message=message).order_by("created_at").first()
    message.status, message.error = Status.QUEUED, None
    message.content = _marked(part, message.content.get(MARK))
    message.history = [
        *message.history,
        {"status": "queued", "at": stamp(now), "detail": f"again by {by.name}"},
    ]
    message.save(update_fields=["status", "error", "history", "content"])
    queue_delivery(message, seq=first.seq if first else 1, lane=lane_of(part), now=now)
    data = {
        "message_id": message.id,
        "thread_id": message.thread_id,
        "client_ref": message.client_ref,
        "provider_id": message.external_id,
        "status": message.status,
        "at": stamp(now),
        "attempts": message.attempts,
        "error": None,
        "status_history": message.history,
    }
    bus.record("message.retried", data, actor=by.actor, thread_id=message.thread_id)
    return message


def react(*, message: Message, by: Author, emoji: str) -> Message:
    """Put our emoji on a customer's message, or take it away (""); it goes out like any message.

    Writes Reaction, Message (kind reaction), Delivery, Event `message.reacted`. Raises NotPossible,
    NoAddress.
    """
    if message.direction != "inbound" or not message.external_id:
        raise NotPossible(_("Only a customer's message can be reacted to."))
    adapter_for(message.channel.kind)
    thread = (
        Thread.objects.select_for_update(of=("self",)).select_related("customer").get(id=message.thread_id)
    )
    content = {"target": message.external_id, "emoji": emoji}
    part = Part(kind="reaction", content=content)
    to = rules.address_beside(message.channel, message.address)
    _queue(thread, message.channel, part, by, f"reaction-{uuid7()}", Lane.REPLY, address=to)
    save_thread_lines([thread])
    Reaction.objects.update_or_create(
        channel=message.channel,
        target=message.external_id,
        by="us",
        defaults={"emoji": emoji, "at": timezone.now()},
    )
    shape = message_shapes([message])[0]
    data = {"message": shape, "thread_id": message.thread_id}
    bus.record("message.reacted", data, actor=by.actor, thread_id=message.thread_id)
    return message
