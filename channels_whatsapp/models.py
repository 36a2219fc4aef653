"""Copies of the provider's templates and profiles, what is still to be told to it, and what was asked."""

from __future__ import annotations

from django.db import models

from common.tenancy import TenantForeignKey, TenantModel
from inbox.models import Attachment, Channel, Message

HISTORY_KEPT = 100

#: Ours, before the provider has heard of a template. Every other status is the provider's own word.
DRAFT = "DRAFT"
PENDING, APPROVED, REJECTED = "PENDING", "APPROVED", "REJECTED"
PAUSED, DISABLED, DELETED = "PAUSED", "DISABLED", "DELETED"
#: What may be sent; a flagged template still can, until it is disabled.
USABLE = (APPROVED, "FLAGGED", "REINSTATED")
#: What the provider takes an edit of.
EDITABLE = (DRAFT, APPROVED, REJECTED, PAUSED)


class Work(models.TextChoices):
    """What is to be told to the provider about a template; the row is its own work order."""

    NONE = ""
    SUBMIT = "submit"
    EDIT = "edit"
    DELETE = "delete"
    UNPAUSE = "unpause"


class TemplateAccount(TenantModel):
    """One WhatsApp Business Account: its numbers share their templates. channel: in whose name it is asked.

    sync_due_at: when it is read again, wholly; sync_started_at: set while that runs; sync_after: the cursor
    it has come to, so that another worker goes on there; sync_seen: how many templates it has met; room: how
    many it may have, as WhatsApp told.
    """

    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    waba_id = models.CharField(max_length=40)
    sync_due_at = models.DateTimeField(null=True)
    sync_started_at = models.DateTimeField(null=True)
    sync_after = models.CharField(max_length=400, blank=True)
    sync_seen = models.PositiveIntegerField(default=0)
    synced_at = models.DateTimeField(null=True)
    room = models.PositiveIntegerField(null=True)
    error = models.CharField(max_length=400, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "waba_id"], name="templateaccount_once")]

    def __str__(self) -> str:
        return self.waba_id


class Template(TenantModel):
    """One template in one language.

    components: as the provider has them, [] before the first submission; draft: {category, parameter_format,
    components, send_ttl_s} not submitted yet, or None. send_ttl_s: how long the provider tries to deliver
    a message, -1 for 30 days, None for as long as it does by itself. category_then, category_at: a change the
    provider has announced. status_at: when the provider last changed the status, so that late reports do no
    harm. history: [{kind, at, by, detail, …}], the newest last.
    """

    account = TenantForeignKey(TemplateAccount, on_delete=models.PROTECT, related_name="templates")
    provider_id = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=16)
    category = models.CharField(max_length=20)
    previous_category = models.CharField(max_length=20, blank=True)
    category_then = models.CharField(max_length=20, blank=True)
    category_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=24, default=DRAFT)
    status_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, blank=True)
    quality = models.CharField(max_length=12, blank=True)
    components = models.JSONField(default=list)
    parameter_format = models.CharField(max_length=12, default="POSITIONAL")
    send_ttl_s = models.IntegerField(null=True)
    paused_until = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    draft = models.JSONField(null=True)
    header_file = TenantForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    work = models.CharField(max_length=8, choices=Work.choices, blank=True, default=Work.NONE)
    work_due_at = models.DateTimeField(null=True)
    work_attempts = models.PositiveSmallIntegerField(default=0)
    work_error = models.CharField(max_length=1000, blank=True)
    history = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    synced_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "account", "name", "language"], name="template_name_once"
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "name", "id"], name="template_by_name"),
            models.Index(fields=["tenant", "account", "provider_id"], name="template_by_provider_id"),
            models.Index(
                fields=["tenant", "work_due_at"],
                name="template_work",
                condition=models.Q(work_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.language}"

    @property
    def is_usable(self) -> bool:
        """May a message with it leave now?"""
        return self.status in USABLE

    @property
    def has_change(self) -> bool:
        """Is there a draft beside what is in use?"""
        return self.draft is not None and bool(self.provider_id)


class CardFile(TenantModel):
    """The file that is the sample of a template's card. place: of the card, from 0."""

    template = TenantForeignKey(Template, on_delete=models.CASCADE, related_name="card_files")
    place = models.PositiveSmallIntegerField()
    file = TenantForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "template", "place"], name="cardfile_once")]

    def __str__(self) -> str:
        return f"card {self.place}"


class Errand(TenantModel):
    """One thing asked of Meta for a number or an account, and what became of it; written before it is asked.

    outcome ASKED: nobody heard an answer. reason: why it was refused, as ``inbox.ports.Reason`` or
    "conflict". channel: None for a signup, whose numbers are not connected yet.
    """

    class What(models.TextChoices):
        SIGNUP = "signup"
        SUBSCRIBE = "subscribe"
        REFRESH = "refresh"
        REGISTER = "register"
        NAME = "name"
        DEREGISTER = "deregister"
        PIN = "pin"
        CODE = "code"
        VERIFY = "verify"
        READ_PROFILE = "read_profile"
        PROFILE = "profile"
        READ_OPENERS = "read_openers"
        OPENERS = "openers"
        READ_LINKS = "read_links"
        LINK = "link"
        CHANGE_LINK = "change_link"
        DELETE_LINK = "delete_link"
        READ_BLOCKED = "read_blocked"
        ALIGN_BLOCKED = "align_blocked"
        READ_GROUPS = "read_groups"
        READ_GROUP = "read_group"
        MAKE_GROUP = "make_group"
        CHANGE_GROUP = "change_group"
        GROUP_LINK = "group_link"
        REMOVE_PERSON = "remove_person"
        LET_IN = "let_in"
        TURN_AWAY = "turn_away"
        DELETE_GROUP = "delete_group"
        USERNAME = "username"
        SYNC = "sync"
        DROP_USERNAME = "drop_username"
        READ_SETTINGS = "read_settings"
        SETTINGS = "settings"
        CONTACT_BOOK = "contact_book"
        LANGUAGES = "languages"
        READ_FORM_KEY = "read_form_key"
        FORM_KEY = "form_key"
        MAKE_FORM_KEY = "make_form_key"

    class Outcome(models.TextChoices):
        ASKED = "asked"
        DONE = "done"
        REFUSED = "refused"
        UNCLEAR = "unclear"

    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=16, choices=What.choices)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.ASKED)
    reason = models.CharField(max_length=16, blank=True)
    sentence = models.CharField(max_length=1000, blank=True)
    fix = models.CharField(max_length=400, blank=True)
    code = models.CharField(max_length=20, blank=True)
    by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "channel", "id"], name="errand_of_channel")]

    def __str__(self) -> str:
        return f"{self.what} {self.outcome}"


class Profile(TenantModel):
    """What customers see of a number's business, as Meta had it when it was last read.

    fields: {about, address, description, email, websites, vertical}.
    """

    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    fields = models.JSONField(default=dict)
    picture_url = models.CharField(max_length=2000, blank=True)
    read_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "channel"], name="profile_once")]

    def __str__(self) -> str:
        return f"profile of {self.channel_id}"


class NumberCopy(TenantModel):
    """Something of a number as Meta had it when it was last read. found: its shape is that of its calls."""

    class What(models.TextChoices):
        OPENERS = "openers"
        LINKS = "links"
        BLOCKED = "blocked"
        SETTINGS = "settings"
        FORM_KEY = "form_key"

    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=16, choices=What.choices)
    found = models.JSONField(default=dict)
    read_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "channel", "what"], name="numbercopy_once")]

    def __str__(self) -> str:
        return f"{self.what} of {self.channel_id}"


class Group(TenantModel):
    """A group of a number as Meta had it when it was last read; read_at: None when only its name is known.

    people: numbers and user ids of who is in it; requests: [{id, person}] of who asks to join.
    """

    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    group_id = models.CharField(max_length=512)
    subject = models.CharField(max_length=128)
    description = models.TextField(default="", blank=True)
    invite_link = models.CharField(max_length=1000, default="", blank=True)
    needs_approval = models.BooleanField(default=False)
    is_suspended = models.BooleanField(default=False)
    is_gone = models.BooleanField(default=False)
    people = models.JSONField(default=list)
    requests = models.JSONField(default=list)
    read_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "channel", "group_id"], name="whatsappgroup_once")
        ]

    def __str__(self) -> str:
        return f"group of {self.channel_id}"


class Signup(TenantModel):
    """What a person allowed in Meta's signup: a token, and the accounts and numbers it opens. Kept for a day.

    sealed_secrets: encrypted JSON {access_token, app_secret, verify_token}; accounts: [{waba_id, name,
    review, numbers: [{id, phone, name, status, verification}]}]; token_until: None when it does not end.
    """

    app_id = models.CharField(max_length=40)
    base_url = models.CharField(max_length=400, blank=True)
    sealed_secrets = models.BinaryField(default=b"")
    accounts = models.JSONField(default=list)
    token_until = models.DateTimeField(null=True)
    by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"signup {self.app_id}"


class FormEndpoint(TenantModel):
    """A number's way from forms on phones to the business's own system.

    url: whom we ask, "" for nobody. sealed: encrypted JSON {keys, secrets}, see operations.form_endpoints.
    heard_at: WhatsApp's last request; misfit_at: the last one nobody we know had signed. answered_at,
    failed_at: how asking went; fault, detail: of the last failure; failures: since something went well.
    """

    class Fault(models.TextChoices):
        """Why a form was not answered."""

        KEY = "key"
        NO_ADDRESS = "no_address"
        BUSY = "busy"
        ADDRESS = "address"
        UNREACHABLE = "unreachable"
        SILENT = "silent"
        STATUS = "status"
        TOO_LARGE = "too_large"
        GARBAGE = "garbage"
        REPORTED = "reported"

    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=2000, blank=True)
    sealed = models.BinaryField(default=b"")
    heard_at = models.DateTimeField(null=True)
    misfit_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=12, choices=Fault.choices, blank=True)
    detail = models.CharField(max_length=400, blank=True)
    failures = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "channel"], name="formendpoint_once")]

    def __str__(self) -> str:
        return f"forms of {self.channel_id}"


class FormToken(TenantModel):
    """Which message carried a form's token. A program may use one for many messages."""

    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    message = TenantForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "channel", "token"], name="formtoken_by_token")]

    def __str__(self) -> str:
        return f"token of {self.message_id}"
