"""How it goes between forms on phones and the business's system, in words for people with what to do."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from channels_whatsapp.models import FormEndpoint
from channels_whatsapp.number_words import Row
from inbox.models import Channel
from inbox.ports import HealthNote

_OWN_LOG = gettext_lazy("Look into the log of your system.")
#: Why a form got no answer → what happened, what to do.
FAULTS: dict[str, tuple[Promise, Promise]] = {
    "key": (
        gettext_lazy("WhatsApp encrypted with a key that is not kept here."),
        gettext_lazy("Read the key again to see which one Meta has, or make one here."),
    ),
    "no_address": (
        gettext_lazy("Somebody opened a form, and no address of your system is set."),
        gettext_lazy("Enter the address below."),
    ),
    "busy": (
        gettext_lazy("Your system is too slow: too many people waited for it at once."),
        gettext_lazy("Have it answer faster."),
    ),
    "address": (
        gettext_lazy("The address of your system may not be called."),
        gettext_lazy("Give it an https address that the internet reaches, on port 443 or 8443."),
    ),
    "unreachable": (
        gettext_lazy("Your system could not be reached."),
        gettext_lazy("See that it runs, and that its address and its certificate are right."),
    ),
    "silent": (
        gettext_lazy("Your system gave no clear answer in time."),
        gettext_lazy("It has eight seconds for each answer."),
    ),
    "status": (gettext_lazy("Your system answered with an error."), _OWN_LOG),
    "too_large": (
        gettext_lazy("The answer of your system is larger than a megabyte."),
        gettext_lazy("Answer with less, for example with smaller pictures."),
    ),
    "garbage": (
        gettext_lazy("No phone can show what your system answered."),
        gettext_lazy("Answer with JSON: “screen” and “data”, or “close”."),
    ),
    "reported": (
        gettext_lazy("A phone could not show what your system answered."),
        gettext_lazy("Compare the answer with what the screen of the form declares."),
    ),
}


def form_address(channel: Channel) -> str:
    """Where WhatsApp has to ask: what is entered as the endpoint of a flow."""
    return f"{settings.PUBLIC_URL}/hooks/{channel.kind}/{channel.id}/forms/"


def health_of_forms(channel_id: UUID) -> list[HealthNote]:
    """See ``inbox.ports.TellsHealth``."""
    found = FormEndpoint.objects.filter(channel_id=channel_id).first()
    if found is None or not (found.failures or found.answered_at):
        return []
    if not found.failures:
        return [HealthNote(_("Forms"), "ok", "", at=found.answered_at)]
    words, fix = FAULTS[found.fault]
    return [HealthNote(_("Forms"), "bad", str(words), str(fix), found.failed_at)]


def rows_of_forms(endpoint: FormEndpoint | None) -> list[Row]:
    """How WhatsApp asks and how the business answers; nothing before either was tried."""
    return [_heard(endpoint), *_misfit(endpoint), *_asked(endpoint)] if endpoint else []


def _heard(endpoint: FormEndpoint) -> Row:
    label = _("Asked by WhatsApp")
    if endpoint.heard_at is None:
        fix = _("Enter the address above as the endpoint of your flow.")
        return Row(label, _("Not yet"), "blue", fix)
    return Row(label, _("Last time"), "ok", "", endpoint.heard_at)


def _misfit(endpoint: FormEndpoint) -> list[Row]:
    at = endpoint.misfit_at
    if at is None or (endpoint.heard_at and endpoint.heard_at > at):
        return []
    fix = _("Connect the flow to the app of this number, or correct the app secret under Change.")
    return [Row(_("Signature"), _("Does not fit the app secret of this number."), "bad", fix, at)]


def _asked(endpoint: FormEndpoint) -> list[Row]:
    """What comes of it now, then what went wrong before that."""
    label = _("Answered by your system")
    if endpoint.failures:
        words = ngettext("Not the last time.", "Not the last %(n)d times.", endpoint.failures)
        now = Row(label, words % {"n": endpoint.failures}, "bad")
    elif endpoint.answered_at:
        now = Row(label, _("Last time"), "ok", "", endpoint.answered_at)
    else:
        now = Row(label, _("It was not asked yet"), "blue")
    return [now, *_last_error(endpoint)]


def _last_error(endpoint: FormEndpoint) -> list[Row]:
    if not endpoint.fault:
        return []
    words, fix = FAULTS[endpoint.fault]
    return [
        Row(_("Last error"), str(words), "", str(fix), endpoint.failed_at),
        Row(_("In detail"), endpoint.detail),
    ]
