"""Addresses of the inbox's API, under /api/v1/."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from inbox.api import (
    addresses,
    attachments,
    availability,
    bulk_changes,
    calls,
    channels,
    customers,
    macros,
    merges,
    messages,
    moves,
    notes,
    receipts,
    saved_replies,
    saved_views,
    scheduled,
    search,
    threads,
    views,
    watching,
)
from tenants.access import own_scope

THREAD = "threads/<uuid:thread_id>"


class DraftMode(StringConverter):
    """What a draft is to become."""

    regex = "reply|note"


register_converter(DraftMode, "draft_mode")

urlpatterns = [
    path("bootstrap", own_scope(views.Bootstrap.as_view())),
    path("availability", availability.Everybody.as_view()),
    path("me/availability", availability.Mine.as_view()),
    path("me/activity", availability.Activity.as_view()),
    path("views", views.Views.as_view()),
    path("saved_replies", saved_replies.SavedReplies.as_view()),
    path("saved_replies/<uuid:saved_reply_id>", saved_replies.SavedReplyOne.as_view()),
    path("macros", macros.Macros.as_view()),
    path("macros/<uuid:macro_id>", macros.MacroOne.as_view()),
    path("macro_runs/<uuid:macro_run_id>/undo", macros.Undo.as_view()),
    path("scheduled_messages", scheduled.ScheduledMessages.as_view()),
    path("scheduled_messages/<uuid:scheduled_message_id>", scheduled.ScheduledOne.as_view()),
    path("scheduled_messages/<uuid:scheduled_message_id>/dispatch", scheduled.Dispatch.as_view()),
    path("saved_views", saved_views.SavedViews.as_view()),
    path("saved_views/order", saved_views.Order.as_view()),
    path("saved_views/<uuid:saved_view_id>", saved_views.SavedViewOne.as_view()),
    path("search", search.Search.as_view()),
    path("bulk_changes", bulk_changes.BulkChanges.as_view()),
    path("bulk_changes/<uuid:bulk_change_id>", bulk_changes.BulkChangeOne.as_view()),
    path("bulk_changes/<uuid:bulk_change_id>/undo", bulk_changes.Undo.as_view()),
    path("threads/matches", bulk_changes.Matches.as_view()),
    path("threads", threads.Threads.as_view()),
    path(THREAD, threads.ThreadOne.as_view()),
    path(f"{THREAD}/timeline", threads.Timeline.as_view()),
    path(f"{THREAD}/assignment", threads.Assignment.as_view()),
    path(f"{THREAD}/closure", threads.Closure.as_view()),
    path(f"{THREAD}/snooze", threads.Snooze.as_view()),
    path(f"{THREAD}/labels", threads.Labels.as_view()),
    path(f"{THREAD}/priority", threads.Priority.as_view()),
    path(f"{THREAD}/read", threads.ReadState.as_view()),
    path(f"{THREAD}/typing", threads.Typing.as_view()),
    path(f"{THREAD}/watch", watching.Watch.as_view()),
    path(f"{THREAD}/messages", messages.ThreadMessages.as_view()),
    path(f"{THREAD}/scheduled_messages", scheduled.ThreadScheduled.as_view()),
    path(f"{THREAD}/macro_runs", macros.Runs.as_view()),
    path(f"{THREAD}/notes", notes.ThreadNotes.as_view()),
    path(f"{THREAD}/drafts/<draft_mode:mode>", notes.Drafts.as_view()),
    path(f"{THREAD}/splits", moves.Splits.as_view()),
    path(f"{THREAD}/splits/<uuid:split_id>", moves.SplitOne.as_view()),
    path(f"{THREAD}/joins", moves.Joins.as_view()),
    path(f"{THREAD}/joins/<uuid:join_id>", moves.JoinOne.as_view()),
    path("messages", messages.Messages.as_view()),
    path("messages/<uuid:message_id>", messages.MessageOne.as_view()),
    path("messages/<uuid:message_id>/retry", messages.Retry.as_view()),
    path("messages/<uuid:message_id>/versions", messages.Versions.as_view()),
    path("messages/<uuid:message_id>/linked_files", messages.LinkedFiles.as_view()),
    path("messages/<uuid:message_id>/reaction", messages.Reaction.as_view()),
    path("attachments", attachments.Attachments.as_view()),
    path("attachments/<uuid:attachment_id>", attachments.AttachmentOne.as_view()),
    path("attachments/<uuid:attachment_id>/content", attachments.Content.as_view()),
    path("customers", customers.Customers.as_view()),
    path("customers/<uuid:customer_id>", customers.CustomerOne.as_view()),
    path("customers/<uuid:customer_id>/addresses", addresses.Addresses.as_view()),
    path("customers/<uuid:customer_id>/addresses/<uuid:address_id>", addresses.AddressOne.as_view()),
    path("customers/<uuid:customer_id>/duplicates", merges.Duplicates.as_view()),
    path("customers/<uuid:customer_id>/merge_preview", merges.MergePreviewOne.as_view()),
    path("customers/<uuid:customer_id>/merges", merges.Merges.as_view()),
    path("customers/<uuid:customer_id>/merges/<uuid:merge_id>", merges.MergeOne.as_view()),
    path("customers/<uuid:customer_id>/splits", merges.Splits.as_view()),
    path("customers/<uuid:customer_id>/blocks/<uuid:channel_id>", customers.Block.as_view()),
    path("customers/<uuid:customer_id>/identities/<uuid:channel_id>", customers.Identity.as_view()),
    path("channels", channels.Channels.as_view()),
    path("channels/<uuid:channel_id>", channels.ChannelOne.as_view()),
    path(f"{THREAD}/call_line", own_scope(calls.CallLine.as_view())),
    path(f"{THREAD}/calls/<uuid:ref>", own_scope(calls.OurCall.as_view())),
    path("calls", calls.Calls.as_view()),
    path("calls/<uuid:call_id>", calls.CallOne.as_view()),
    path("calls/<uuid:call_id>/session", calls.Session.as_view()),
    path("calls/<uuid:call_id>/answer", own_scope(calls.AnswerOne.as_view())),
    path("calls/<uuid:call_id>/end", own_scope(calls.EndOne.as_view())),
    path("calls/<uuid:call_id>/recipient", calls.Recipient.as_view()),
    path("receipts", receipts.Receipts.as_view()),
    path("receipts/<uuid:receipt_id>", receipts.ReceiptOne.as_view()),
    path("receipts/<uuid:receipt_id>/replay", receipts.Replay.as_view()),
]
