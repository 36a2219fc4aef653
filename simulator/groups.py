"""Groups of business numbers: made by the business, joined by a link; every change is told by a webhook."""

import base64
import secrets
from collections.abc import Sequence
from typing import Any

from simulator import ids
from simulator.models import Group, Media, Number, Phone
from simulator.shapes import invite_link, phone_shape
from simulator.webhooks import payloads
from simulator.webhooks.sender import Webhooks
from simulator.world import World

Json = dict[str, Any]
MEMBERS_MAX, SUBJECT_MAX, DESCRIPTION_MAX, GROUPS_MAX = 8, 128, 2_048, 10_000
_LIFE, _PEOPLE = "group_lifecycle_update", "group_participants_update"
_SETTINGS, _STATUS = "group_settings_update", "group_status_update"


class Groups:
    """Carries what happens to groups. A group is kept as a phone with `group` set."""

    def __init__(self, world: World, webhooks: Webhooks) -> None:
        self._world = world
        self._webhooks = webhooks

    # Lookups

    def find(self, group_id: str, number: Number) -> Phone | None:
        """A number's group, unless it was deleted."""
        phone = self._world.phones.get(group_id)
        group = phone.group if phone else None
        return phone if group and group.channel == number.id and not group.deleted else None

    def any(self, group_id: str) -> Group | None:
        """A group of any number."""
        phone = self._world.phones.get(group_id)
        return phone.group if phone and phone.group and not phone.group.deleted else None

    def of(self, number: Number) -> list[Phone]:
        """A number's groups, the newest first."""
        found = [phone for phone in self._world.phones.values() if self.find(phone.number, number)]
        return sorted(found, key=lambda phone: phone.as_group.at, reverse=True)

    # What the business does

    def create(self, number: Number, subject: str, description: str, *, needs_approval: bool) -> Phone:
        """Make a group, in which nobody is yet. It is told by ``tell_created``."""
        group = Group(number.id, secrets.token_urlsafe(12), self._world.now(), description, needs_approval)
        group_id = ids.new_group_id(ids.digits_of(number.display_phone_number))
        phone = self._world.phones[group_id] = Phone(group_id, subject, group=group)
        self._world.chat(number.id, group_id)
        self._show(phone)
        return phone

    def tell_created(self, number: Number, phone: Phone, request_id: str) -> None:
        """Say that a group was made, and how one gets in."""
        group = phone.as_group
        mode = "approval_required" if group.needs_approval else "auto_approve"
        told = {"subject": phone.name, "invite_link": invite_link(group), "join_approval_mode": mode}
        about = {"description": group.description} if group.description else {}
        self._tell(number, phone, _LIFE, "group_create", request_id=request_id, **told, **about)

    def change(
        self, number: Number, phone: Phone, said: Json, request_id: str, picture: Media | None = None
    ) -> None:
        """Give it another subject, description or picture."""
        told: Json = {}
        if "subject" in said:
            phone.name = str(said["subject"])
            told["group_subject"] = {"text": phone.name, "update_successful": True}
        if "description" in said:
            phone.as_group.description = str(said["description"])
            told["group_description"] = {"text": phone.as_group.description, "update_successful": True}
        if picture is not None:
            phone.as_group.picture = picture.id
            digest = base64.b64encode(bytes.fromhex(picture.sha256)).decode()
            told["profile_picture"] = {"mime_type": picture.mime, "sha256": digest, "update_successful": True}
        self._show(phone)
        self._tell(number, phone, _SETTINGS, "group_settings_update", request_id=request_id, **told)

    def renew_link(self, phone: Phone) -> str:
        """The old link no longer works."""
        phone.as_group.invite = secrets.token_urlsafe(12)
        self._show(phone)
        return invite_link(phone.as_group)

    def delete(self, number: Number, phone: Phone, request_id: str) -> None:
        """Nobody writes there any more."""
        phone.as_group.deleted = True
        self._show(phone)
        self._world.feed.publish("reload", dict)
        self._tell(number, phone, _LIFE, "group_delete", request_id=request_id)

    def remove(self, number: Number, phone: Phone, people: Sequence[str], request_id: str) -> None:
        """Take people out; those who are not in it are told as failed."""
        group = phone.as_group
        gone = [one for one in people if one in group.members]
        group.members = [one for one in group.members if one not in gone]
        self._show(phone)
        told: Json = {"removed_participants": [{"input": one, "wa_id": one} for one in gone]}
        if failed := [{"input": one} for one in people if one not in gone]:
            told["failed_participants"] = failed
        by = {"initiated_by": "business", "request_id": request_id}
        self._tell(number, phone, _PEOPLE, "group_participants_remove", **told, **by)

    def decide(self, number: Number, phone: Phone, requests: Sequence[str], *, lets_in: bool) -> list[str]:
        """Let in, or not, those who ask; gives the requests there were."""
        group = phone.as_group
        known = [key for key in requests if key in group.asking]
        people = [group.asking.pop(key) for key in known]
        if lets_in:
            self._add(number, phone, people)
        self._show(phone)
        return known

    # What people do, and the provider

    def join(self, number: Number, phone: Phone, wa_id: str) -> bool:
        """Somebody follows the link; False when the group is full. With approval they only ask."""
        group = phone.as_group
        if wa_id in group.members:
            return True
        if len(group.members) >= MEMBERS_MAX:
            return False
        self._world.phone(wa_id)
        if not group.needs_approval:
            self._add(number, phone, [wa_id])
        elif wa_id not in group.asking.values():
            key = secrets.token_urlsafe(9)
            group.asking[key], group.asked_at[key] = wa_id, self._world.now()
            asked = {"join_request_id": key, "wa_id": wa_id, "user_id": self._world.user_id(number, wa_id)}
            self._tell(number, phone, _PEOPLE, "group_join_request_created", **asked)
        self._show(phone)
        return True

    def leave(self, number: Number, phone: Phone, wa_id: str) -> None:
        """Somebody goes, or no longer asks."""
        group = phone.as_group
        if wa_id in group.members:
            group.members.remove(wa_id)
            gone = {"removed_participants": [self._person(number, wa_id)], "initiated_by": "participant"}
            self._tell(number, phone, _PEOPLE, "group_participants_remove", **gone)
        for key in [key for key, one in group.asking.items() if one == wa_id]:
            del group.asking[key]
            asked = {"join_request_id": key, "wa_id": wa_id}
            self._tell(number, phone, _PEOPLE, "group_join_request_revoked", **asked)
        self._show(phone)

    def suspend(self, number: Number, phone: Phone, *, is_suspended: bool) -> None:
        """The provider stops a group, or lets it go on."""
        phone.as_group.suspended = is_suspended
        self._show(phone)
        self._tell(number, phone, _STATUS, "group_suspend" if is_suspended else "group_suspend_cleared")

    # Telling

    def _add(self, number: Number, phone: Phone, people: Sequence[str]) -> None:
        phone.as_group.members += people
        added = [self._person(number, one) for one in people]
        told = {"reason": "invite_link", "added_participants": added}
        self._tell(number, phone, _PEOPLE, "group_participants_add", **told)

    def _person(self, number: Number, wa_id: str) -> Json:
        shown = {"wa_id": wa_id}
        return shown | ({"user_id": self._world.user_id(number, wa_id)} if number.settings.bsuid else {})

    def _show(self, phone: Phone) -> None:
        self._world.save_phone(phone)
        self._world.feed.publish("phone", lambda: phone_shape(self._world, phone))

    def _tell(self, number: Number, phone: Phone, field: str, kind: str, **told: Any) -> None:
        at = str(int(self._world.now()))
        news = {"timestamp": at, "group_id": phone.number, "type": kind, **told}
        value = {"messaging_product": "whatsapp", "metadata": payloads.metadata(number), "groups": [news]}
        self._webhooks.tell(number.id, "change", {"value": value, "field": field}, number=phone.number)
