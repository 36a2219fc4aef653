"""How a number stands, and what became of an errand, in words for people with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_whatsapp.checking import FIXES
from channels_whatsapp.errors import CODES
from inbox.ports import SendError

#: Their code of a refusal → what a person can do.
CODE_FIXES = {
    "101": "Copy app ID and app secret again from the app's page App settings › Basic.",
    "36009": "A code is good once and for 30 seconds: begin the signup again.",
    "133000": "Deregister the number once more, then register it.",
    "133004": "Wait some minutes, then try again.",
    "133005": (
        "Use the PIN that was set before. If nobody knows it, switch two-step verification off in WhatsApp "
        "Manager › Phone numbers › the number › Two-step verification, and register with a new one."
    ),
    "133006": "Have a verification code sent below, enter it, then register the number.",
    "133008": "Wait some hours, then use the right PIN, or switch it off in WhatsApp Manager.",
    "133009": "Wait a minute before the next try.",
    "133010": "Register the number first.",
    "133015": "Wait five minutes, then try again.",
    "133016": "Meta allows ten registrations in 72 hours for each number. Wait, then try again.",
    "136024": "Refresh to see whether the number is verified already; else wait an hour and ask again.",
    "136025": "Enter the newest code, or have another one sent.",
    "131031": "Ask for a review in Meta's Business Support Home.",
    "2593107": "This was done before; Meta does it once for each number.",
    "2593108": "Meta does it within 24 hours of connecting only: connect the number again by Meta's signup.",
    "2593109": "The owner of the phone declined to share the chats; nothing can be done here.",
    "2200": "See that this server can be reached from the internet by https, then try again.",
}
#: Subcodes and classes say less than codes.
REASON_FIXES = {"invalid": "Correct what Meta names, then try again."}


def sentence_of(error: SendError) -> str:
    """What happened, as one or two sentences."""
    code = error.provider_code
    ruling = CODES.get(int(code)) if code.isdecimal() else None
    title = error.title or (ruling.title if ruling else "")
    said = f"{title}. {error.detail}" if title and title != error.detail else error.detail
    return said if said.endswith(".") else f"{said}."


def fix_for(error: SendError) -> str:
    """What a person can do about it."""
    found = CODE_FIXES.get(error.provider_code) or REASON_FIXES.get(error.reason)
    return found or FIXES.get(error.reason) or FIXES["unavailable"]


ERRANDS = {
    "signup": gettext_lazy("Connect by Meta's signup"),
    "subscribe": gettext_lazy("Subscribe to webhooks"),
    "refresh": gettext_lazy("Refresh"),
    "register": gettext_lazy("Register"),
    "name": gettext_lazy("Ask for another name"),
    "deregister": gettext_lazy("Deregister"),
    "pin": gettext_lazy("Set a new PIN"),
    "code": gettext_lazy("Send a verification code"),
    "verify": gettext_lazy("Verify the number"),
    "read_profile": gettext_lazy("Read the profile"),
    "profile": gettext_lazy("Change the profile"),
    "read_openers": gettext_lazy("Read the chat openers"),
    "openers": gettext_lazy("Change the chat openers"),
    "read_links": gettext_lazy("Read the short links"),
    "link": gettext_lazy("Make a short link"),
    "change_link": gettext_lazy("Change a short link"),
    "delete_link": gettext_lazy("Delete a short link"),
    "read_blocked": gettext_lazy("Read the block list"),
    "align_blocked": gettext_lazy("Block on both sides"),
    "read_groups": gettext_lazy("Read the groups"),
    "read_group": gettext_lazy("Read a group"),
    "make_group": gettext_lazy("Make a group"),
    "change_group": gettext_lazy("Change a group"),
    "group_link": gettext_lazy("Make another invite link"),
    "remove_person": gettext_lazy("Take somebody out of a group"),
    "let_in": gettext_lazy("Let somebody into a group"),
    "turn_away": gettext_lazy("Turn somebody away from a group"),
    "delete_group": gettext_lazy("Delete a group"),
    "sync": gettext_lazy("Take over from the app"),
    "username": gettext_lazy("Take a username"),
    "drop_username": gettext_lazy("Give the username up"),
    "read_settings": gettext_lazy("Read the settings"),
    "settings": gettext_lazy("Change the settings"),
    "contact_book": gettext_lazy("Delete the contact book"),
    "languages": gettext_lazy("Add languages to a template"),
    "read_form_key": gettext_lazy("Read the key of forms"),
    "form_key": gettext_lazy("Set the key of forms"),
    "make_form_key": gettext_lazy("Make a key of forms here"),
}
OUTCOMES = {
    "asked": (gettext_lazy("No answer is known"), "warn", "hourglass"),
    "done": (gettext_lazy("Done"), "ok", "check"),
    "refused": (gettext_lazy("Refused"), "bad", "x"),
    "unclear": (gettext_lazy("Unclear"), "warn", "triangle-alert"),
}

Said = tuple[Promise, str, Promise | str]
REGISTER = gettext_lazy("Register it below with a PIN of six digits.")
APPEAL = gettext_lazy("Ask for a review in Meta's Business Support Home.")
QUALITY = gettext_lazy(
    "Write only to people who asked for it; WhatsApp Manager › Insights shows who did not."
)
#: Their word → ours, the tone, what to do.
STATUSES: dict[str, Said] = {
    "CONNECTED": (gettext_lazy("Registered and connected"), "ok", ""),
    "PENDING": (gettext_lazy("Not registered yet: it can neither send nor receive"), "warn", REGISTER),
    "DISCONNECTED": (gettext_lazy("Not registered: it can neither send nor receive"), "bad", REGISTER),
    "UNVERIFIED": (
        gettext_lazy("Nobody has proved that it is yours"),
        "warn",
        gettext_lazy("Have a verification code sent below and enter it."),
    ),
    "FLAGGED": (gettext_lazy("Flagged for low quality"), "warn", QUALITY),
    "RESTRICTED": (gettext_lazy("Restricted: only answers within 24 hours may leave"), "bad", QUALITY),
    "RATE_LIMITED": (gettext_lazy("At its limit: only answers within 24 hours may leave"), "warn", QUALITY),
    "BANNED": (gettext_lazy("Banned: nothing can leave"), "bad", APPEAL),
    "MIGRATED": (
        gettext_lazy("Moved to another account"),
        "bad",
        gettext_lazy("Connect it again with the other account's ID and token."),
    ),
    "DELETED": (
        gettext_lazy("Deleted at Meta"),
        "bad",
        gettext_lazy("Add the number again in WhatsApp Manager › Phone numbers, or switch this channel off."),
    ),
}
VERIFICATIONS: dict[str, Said] = {
    "VERIFIED": (gettext_lazy("Proved by a code"), "ok", ""),
    "NOT_VERIFIED": (
        gettext_lazy("Not proved yet"),
        "warn",
        gettext_lazy("Have a verification code sent below and enter it."),
    ),
    "EXPIRED": (
        gettext_lazy("The proof is too old"),
        "warn",
        gettext_lazy("It matters when the number is registered again: then have a code sent below."),
    ),
}
REVIEWS: dict[str, Said] = {
    "APPROVED": (gettext_lazy("Approved"), "ok", ""),
    "PENDING": (gettext_lazy("In review: Meta usually needs a day"), "blue", ""),
    "DEFERRED": (gettext_lazy("In review: Meta needs longer"), "blue", ""),
    "REJECTED": (gettext_lazy("Refused: no template may be sent"), "bad", APPEAL),
}
PINS: dict[str, Said] = {
    "PIN_CHANGED": (gettext_lazy("Changed lately"), "ok", ""),
    "PIN_RESET_REQUEST": (
        gettext_lazy("Somebody asked Meta to switch it off"),
        "warn",
        gettext_lazy("If that was nobody of you, set a new PIN below."),
    ),
    "PIN_REQUEST_SUCCESS": (
        gettext_lazy("Switched off at Meta"),
        "warn",
        gettext_lazy("Set a new PIN below, so that nobody else can register the number."),
    ),
}
NEW_NAMES: dict[str, Said] = {
    "PENDING_REVIEW": (gettext_lazy("A new name is in review"), "blue", ""),
    "DECLINED": (
        gettext_lazy("The new name was refused"),
        "warn",
        gettext_lazy("Ask for another one below, by the rules that stand there."),
    ),
    "APPROVED": (
        gettext_lazy("The new name is approved"),
        "warn",
        gettext_lazy("Register the number again below within 14 days, so that people see it."),
    ),
    "EXPIRED": (
        gettext_lazy("The new name was approved, but the number was not registered again in time"),
        "warn",
        gettext_lazy("Ask for it once more below."),
    ),
}
#: Their word for something an admin should know → ours, the tone, what to do.
ALERTS: dict[str, Said] = {
    "OBA_APPROVED": (gettext_lazy("The number is an official business account now"), "ok", ""),
    "OBA_REJECTED": (
        gettext_lazy("Meta did not make it an official business account"),
        "warn",
        gettext_lazy("Apply again after 30 days in WhatsApp Manager › Phone numbers, with more proof."),
    ),
    "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED": (
        gettext_lazy("Meta has not decided yet whether you may write to more people"),
        "blue",
        gettext_lazy("Nothing is to be done; Meta looks again by itself."),
    ),
    "INCREASED_CAPABILITIES_ELIGIBILITY_FAILED": (
        gettext_lazy("Meta does not let you write to more people"),
        "warn",
        gettext_lazy("Ask for a review in Meta's Business Support Home."),
    ),
    "INCREASED_CAPABILITIES_ELIGIBILITY_NEED_MORE_INFO": (
        gettext_lazy("Meta needs to know more before you may write to more people"),
        "warn",
        gettext_lazy("Answer in Business settings › Security centre, then wait for the decision."),
    ),
    "PROFILE_PICTURE_LOST": (
        gettext_lazy("The picture of the profile was lost"),
        "warn",
        gettext_lazy("Upload it again under Profile."),
    ),
}
PARTNERS: dict[str, Said] = {
    "removed": (
        gettext_lazy("Our app was taken off the account: soon nothing can leave"),
        "bad",
        gettext_lazy("Connect the number again by Meta's signup, or add the app in Business settings."),
    ),
}
#: Their word for what cannot send → ours.
ENTITIES = {
    "PHONE_NUMBER": gettext_lazy("the number"),
    "WABA": gettext_lazy("the account"),
    "BUSINESS": gettext_lazy("the business"),
    "APP": gettext_lazy("the app"),
    "MESSAGE_TEMPLATE": gettext_lazy("a template"),
}
SEVERITIES = {"CRITICAL": "bad", "WARNING": "warn", "INFORMATIONAL": "blue"}
SOON = timedelta(days=7)
NEW_TOKEN = gettext_lazy("Connect the number again by Meta's signup, or paste a new token under Change.")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing about a number. tone: ok, warn, bad, blue or ""; until: a time that belongs to the words."""

    label: str
    words: str
    tone: str = ""
    fix: str = ""
    until: datetime | None = None


def rows_of_number(facts: dict[str, Any]) -> list[Row]:
    """What Meta said last, as far as it said anything."""
    found = [
        _row(_("Registration"), STATUSES, facts.get("status")),
        *_health(facts.get("health")),
        _row(_("Ownership"), VERIFICATIONS, facts.get("verification")),
        Row(_("Name people see"), str(facts.get("verified_name") or "")),
        _new_name(facts),
        Row(_("Username"), f"@{facts['username']}" if facts.get("username") else ""),
        _row(_("Access"), PARTNERS, facts.get("partner") if facts.get("partner") in PARTNERS else None),
        _ending(facts.get("disable_date")),
        Row(_("Account"), str(facts.get("account_name") or "")),
        _row(_("Account review"), REVIEWS, facts.get("review")),
        _pin(facts),
        _token(facts.get("token_until")) if "token_until" in facts else None,
        *(_alert(name.removeprefix("alert_"), told) for name, told in facts.items() if _is_alert(name, told)),
    ]
    return [row for row in found if row and row.words]


def _new_name(facts: dict[str, Any]) -> Row | None:
    """What was asked for, how its review stands, and why it was refused."""
    row, wanted = _row(_("New name"), NEW_NAMES, facts.get("new_name")), facts.get("wanted_name")
    if row is None or wanted == facts.get("verified_name"):
        return None
    words = f"“{wanted}”: {row.words}" if wanted else row.words
    why = facts.get("new_name_reason") if facts.get("new_name") == "DECLINED" else ""
    return Row(row.label, words, row.tone, f"{why or ''} {row.fix}".strip())


def _health(found: Any) -> list[Row]:
    """Whether it can send; what stands against it, thing by thing."""
    if not isinstance(found, list):
        return []
    if not found:
        return [Row(_("Can it send"), _("Yes"), "ok")]
    return [_ill(one) for one in found if isinstance(one, dict)]


def _ill(one: dict[str, Any]) -> Row:
    what = ENTITIES.get(str(one.get("entity")), str(one.get("entity")).lower())
    words = _("No, because of %s") if one.get("state") == "BLOCKED" else _("Within limits, because of %s")
    why = f": {one['why'].rstrip('.')}" if one.get("why") else ""
    tone = "bad" if one.get("state") == "BLOCKED" else "warn"
    return Row(_("Can it send"), f"{words % what}{why}", tone, str(one.get("fix") or ""))


def _ending(date: Any) -> Row | None:
    """Meta has said when it will disable the account."""
    if not date:
        return None
    words = _("Meta will disable the account: %s") % date
    return Row(_("Account"), words, "bad", str(APPEAL))


def _is_alert(name: str, told: Any) -> bool:
    return name.startswith("alert_") and isinstance(told, dict)


def _alert(kind: str, told: dict[str, Any]) -> Row:
    """Something Meta wants an admin to know: in our words where we have some, else in Meta's."""
    if kind in ALERTS:
        words, tone, fix = ALERTS[kind]
        return Row(_("Told by Meta"), str(words), tone, str(fix))
    said = str(told.get("text") or kind.replace("_", " ").lower())
    return Row(_("Told by Meta"), said, SEVERITIES.get(str(told.get("severity")), "blue"))


def _row(label: str, words: dict[str, Said], said: Any) -> Row | None:
    """A word we do not know is shown as it is."""
    if not isinstance(said, str) or said in {"", "NONE", "UNKNOWN"}:
        return None
    if said not in words:
        return Row(label, said.replace("_", " ").lower())
    ours, tone, fix = words[said]
    return Row(label, str(ours), tone, str(fix))


def _pin(facts: dict[str, Any]) -> Row | None:
    label = _("Two-step PIN")
    if told := _row(label, PINS, facts.get("pin")):
        return told
    if type(facts.get("has_pin")) is not bool:
        return None
    if facts["has_pin"]:
        return Row(label, _("Set"), "ok")
    fix = _("Register the number, or set a PIN below, so that nobody else can register it.")
    return Row(label, _("None"), "warn", fix)


def _token(until: Any) -> Row:
    label = _("Access token")
    if not isinstance(until, str):
        return Row(label, _("Does not end"), "ok")
    at = datetime.fromisoformat(until)
    if at <= timezone.now():
        return Row(label, _("Ended"), "bad", str(NEW_TOKEN), at)
    if at <= timezone.now() + SOON:
        return Row(label, _("Ends soon"), "warn", str(NEW_TOKEN), at)
    return Row(label, _("Ends"), "ok", "", at)
