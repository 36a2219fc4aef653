"""Tables of the inbox."""

from inbox.models.bulk import BulkChange, BulkItem, BulkState, ItemState
from inbox.models.calls import Call, CallOutcome, CallRecord, CallState
from inbox.models.channels import Channel, ChannelRoute, Inbox, ProviderApp
from inbox.models.deliveries import Delivery, DeliveryState, Halt, StartedWith
from inbox.models.kept_files import KeptFile
from inbox.models.macros import Macro, MacroRun
from inbox.models.messages import (
    Attachment,
    FileState,
    Message,
    MessageChange,
    MessageStatus,
    Reaction,
    Status,
)
from inbox.models.moves import MoveKind, ThreadMove
from inbox.models.receipts import Outcome, Receipt, ReceiptOutcome
from inbox.models.saved_replies import SavedReply
from inbox.models.saved_views import SavedView, SavedViewCount, SavedViewOrder
from inbox.models.scheduled import ScheduledMessage, ScheduledState
from inbox.models.threads import (
    Consent,
    Draft,
    Label,
    Note,
    Priority,
    Reach,
    Thread,
    ThreadRead,
    ThreadState,
)
from inbox.models.view_counts import ViewCount

__all__ = [
    "Attachment",
    "BulkChange",
    "BulkItem",
    "BulkState",
    "Call",
    "CallOutcome",
    "CallRecord",
    "CallState",
    "Channel",
    "ChannelRoute",
    "Consent",
    "Delivery",
    "DeliveryState",
    "Draft",
    "FileState",
    "Halt",
    "Inbox",
    "ItemState",
    "KeptFile",
    "Label",
    "Macro",
    "MacroRun",
    "Message",
    "MessageChange",
    "MessageStatus",
    "MoveKind",
    "Note",
    "Outcome",
    "Priority",
    "ProviderApp",
    "Reach",
    "Reaction",
    "Receipt",
    "ReceiptOutcome",
    "SavedReply",
    "SavedView",
    "SavedViewCount",
    "SavedViewOrder",
    "ScheduledMessage",
    "ScheduledState",
    "StartedWith",
    "Status",
    "Thread",
    "ThreadMove",
    "ThreadRead",
    "ThreadState",
    "ViewCount",
]
