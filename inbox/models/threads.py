"""Threads, and what hangs on them: notes, labels, drafts, read state, reach."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from customers.models import Address, Customer
from inbox.models.channels import Channel, Inbox
from tenants.models import Member, Team


class ThreadState(models.TextChoices):
    OPEN = "open"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class Priority(models.IntegerChoices):
    NONE = 0
    LOW = 1
    NORMAL = 2
    HIGH = 3
    URGENT = 4


class Thread(TenantModel):
    """One piece of work with one customer in one inbox; it may mix channels.

    The row carries what its line in the list shows, so that a page of the list is one indexed statement.
    inbound_count numbers the customer's messages (a member's unread = inbound_count − what that member has
    read); outbound_count numbers ours and keeps their order. seen_count: how many of the customer's messages
    anybody has read; told_count: how many the provider was told of; typing_at: since when
    somebody writes an answer, until the provider was told. scheduled_count: messages that wait for their time
    or could not leave then. joined_to: the thread that took in all messages of this one when two customers
    were merged: this one stands in no list then; joined_ids: the reverse. first_answered_at: since it was
    opened or reopened; answer_due_at: by when the customer who waits is to be answered; breached_at: that
    moment, once it has passed. watchers: members who hear of whatever happens here. version rises with every
    change.
    """

    customer = TenantForeignKey(Customer, on_delete=models.PROTECT, related_name="threads")
    inbox = TenantForeignKey(Inbox, on_delete=models.PROTECT, related_name="threads")
    status = models.CharField(max_length=8, choices=ThreadState.choices, default=ThreadState.OPEN)
    assignee = TenantForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    team = TenantForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NONE)
    labels = ArrayField(models.CharField(max_length=60), default=list)
    snoozed_until = models.DateTimeField(null=True)
    wake_on_reply = models.BooleanField(default=True)

    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="+")
    last_message_id = models.UUIDField(null=True)
    last_kind = models.CharField(max_length=16, blank=True)
    last_text = models.CharField(max_length=160, blank=True)
    last_direction = models.CharField(max_length=8, blank=True)
    last_status = models.CharField(max_length=12, blank=True)
    last_author = models.CharField(max_length=120, blank=True)
    last_at = models.DateTimeField(null=True)
    active_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True)
    window_until = models.DateTimeField(null=True)
    mentions = ArrayField(models.UUIDField(), default=list)
    watchers = ArrayField(models.UUIDField(), default=list, db_default=[])
    inbound_count = models.PositiveIntegerField(default=0)
    outbound_count = models.PositiveIntegerField(default=0)
    seen_count = models.PositiveIntegerField(default=0)
    told_count = models.PositiveIntegerField(default=0)
    typing_at = models.DateTimeField(null=True)
    first_answered_at = models.DateTimeField(null=True)
    answer_due_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    joined_to = TenantForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    joined_ids = ArrayField(models.UUIDField(), null=True)
    scheduled_count = models.PositiveSmallIntegerField(default=0)

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    closed_at = models.DateTimeField(null=True)
    version = models.BigIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "customer", "inbox"],
                condition=~models.Q(status="closed"),
                name="thread_one_unclosed",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ThreadState.values), name="thread_status_known"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "status", "-active_at", "-id"], name="thread_by_state"),
            models.Index(fields=["tenant", "-active_at", "-id"], name="thread_by_activity"),
            models.Index(
                fields=["tenant", "assignee", "status", "-active_at", "-id"], name="thread_by_assignee"
            ),
            # Not only those who wait: "longest waiting first" goes on with everybody else, without sorting.
            models.Index(fields=["tenant", "waiting_since", "id"], name="thread_waiting"),
            models.Index(fields=["tenant", "answer_due_at", "id"], name="thread_due"),
            models.Index(fields=["tenant", "-priority", "-active_at", "-id"], name="thread_by_priority"),
            models.Index(
                fields=["tenant", "snoozed_until"],
                name="thread_snoozed",
                condition=models.Q(status="snoozed"),
            ),
            models.Index(fields=["tenant", "customer", "inbox", "-active_at"], name="thread_of_customer"),
            models.Index(
                fields=["tenant", "-active_at", "-id"],
                name="thread_watched",
                condition=~models.Q(watchers=[]),
            ),
            models.Index(
                fields=["tenant", "id"],
                name="thread_untold",
                condition=models.Q(seen_count__gt=models.F("told_count")) | models.Q(typing_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"thread {self.id}"


class ThreadRead(TenantModel):
    """How many of a thread's inbound messages a member has read."""

    thread = TenantForeignKey(Thread, related_name="reads")
    member = TenantForeignKey(Member, related_name="+")
    read_count = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        # By thread first: whenever one changes, its readers are looked for.
        constraints = [models.UniqueConstraint(fields=["tenant", "thread", "member"], name="threadread_once")]


class Consent(models.TextChoices):
    """What a person decided, by a word like STOP or in the provider's own settings; empty: nothing yet."""

    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"


class Reach(TenantModel):
    """What we may do on one channel to one address. The reply window lives here, not on the thread.

    consent: "opted_in" or "opted_out" of marketing, as the person said at consent_at; "" when never asked.
    free_until: until when writing to someone who came by an ad costs nothing. block_due_at: when the provider
    is to be told of `blocked`, None when it knows or refused; block_error: why it did not do it.
    identity_key: see ``inbox.ports.Person``; "" when none is known; identity_at: since when it is that one;
    identity_changed_at: since when another one than before waits for somebody to confirm the person.
    """

    channel = TenantForeignKey(Channel, related_name="+")
    address = TenantForeignKey(Address, related_name="reach")
    last_inbound_at = models.DateTimeField(null=True)
    blocked = models.BooleanField(default=False)
    block_due_at = models.DateTimeField(null=True)
    block_attempts = models.PositiveSmallIntegerField(default=0)
    block_error = models.CharField(max_length=400, blank=True, default="")
    consent = models.CharField(max_length=16, blank=True)
    consent_at = models.DateTimeField(null=True)
    free_until = models.DateTimeField(null=True)
    identity_key = models.CharField(max_length=200, blank=True, default="")
    identity_at = models.DateTimeField(null=True)
    identity_changed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "channel", "address"], name="reach_once")]
        indexes = [
            models.Index(
                fields=["tenant", "block_due_at"],
                name="reach_to_block",
                condition=models.Q(block_due_at__isnull=False),
            )
        ]


class Note(TenantModel):
    """An internal remark. Never a message: there is nothing here that could be sent."""

    thread = TenantForeignKey(Thread, related_name="notes")
    author = TenantForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    mentions = ArrayField(models.UUIDField(), default=list)
    client_ref = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "thread", "client_ref"], name="note_client_ref_once")
        ]
        indexes = [
            models.Index(fields=["tenant", "thread", "created_at", "id"], name="note_of_thread"),
        ]


class Label(TenantModel):
    """A word a thread can carry. colour: index into the palette of the pages."""

    name = models.CharField(max_length=60)
    colour = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="label_name_once")]


class Draft(TenantModel):
    """What a member has begun to write. mode: reply or note. channel_id: of a reply that is to go elsewhere
    than the thread answers by itself; each channel keeps a draft of its own."""

    thread = TenantForeignKey(Thread, related_name="drafts")
    member = TenantForeignKey(Member, related_name="+")
    mode = models.CharField(max_length=8)
    channel_id = models.UUIDField(null=True)
    text = models.TextField(blank=True)
    reply_to = models.UUIDField(null=True)
    attachment_ids = ArrayField(models.UUIDField(), default=list)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "member", "thread", "mode", "channel_id"],
                name="draft_once",
                nulls_distinct=False,
            )
        ]
