"""Addresses of the console's pages about channels, receipts, and people's conversations."""

from django.urls import path

from inbox.views import console_channels as channels
from inbox.views import (
    console_departure,
    console_health,
    console_home,
    console_inboxes,
    console_macros,
    console_receipts,
    console_replies,
)

urlpatterns = [
    path("", console_home.home, name="console_home"),
    path("guide/", console_home.hide_guide, name="console_guide"),
    path("health/", console_health.health, name="health"),
    path("channels/", channels.channels, name="channels"),
    path("channels/new/<slug:kind>/", channels.connect, name="channel_new"),
    path("channels/<uuid:channel_id>/", channels.channel, name="channel"),
    path("channels/<uuid:channel_id>/check/", channels.check, name="channel_check"),
    path("channels/<uuid:channel_id>/change/", channels.change, name="channel_change"),
    path("channels/<uuid:channel_id>/old-secret/", channels.end_secret, name="channel_old_secret"),
    path("channels/<uuid:channel_id>/pause/", channels.switch_off, name="channel_pause"),
    path("channels/<uuid:channel_id>/return/", channels.switch_on, name="channel_return"),
    path("members/<uuid:member_id>/departure/", console_departure.departure, name="member_departure"),
    path("inboxes/", console_inboxes.inboxes, name="inboxes"),
    path("inboxes/<uuid:inbox_id>/", console_inboxes.inbox, name="inbox"),
    path("replies/", console_replies.replies, name="replies"),
    path("replies/new/", console_replies.reply, name="reply_new"),
    path("replies/<uuid:saved_reply_id>/", console_replies.reply, name="reply"),
    path("replies/<uuid:saved_reply_id>/deletion/", console_replies.delete, name="reply_deletion"),
    path("macros/", console_macros.macros, name="macros"),
    path("macros/new/", console_macros.macro, name="macro_new"),
    path("macros/<uuid:macro_id>/", console_macros.macro, name="macro"),
    path("macros/<uuid:macro_id>/deletion/", console_macros.delete, name="macro_deletion"),
    path("receipts/", console_receipts.receipts, name="receipts"),
    path("receipts/<uuid:receipt_id>/", console_receipts.receipt, name="receipt"),
    path("receipts/<uuid:receipt_id>/replay/", console_receipts.replay, name="receipt_replay"),
]
