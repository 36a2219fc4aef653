"""What is known about the people of a batch and the channels to them, loaded at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from customers.models import Address, Customer
from inbox.channels import UnknownChannel, adapter_for
from inbox.models import Channel, Reach
from inbox.models.deliveries import Lane
from inbox.operations.templates import Copies
from inbox.ports import PHONE
from notifications.clocks import Clocks, clocks_of
from notifications.contents import contents_for, is_channel_id, pick_language
from notifications.models import (
    Category,
    Consent,
    ConsentState,
    NotificationType,
    Preference,
    QuietHours,
    TypeVersion,
)
from notifications.models.people import EVERY_CHANNEL
from notifications.queries.files import Files
from notifications.queries.templates import template_trouble, template_waits

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Way:
    """How a rung can be gone, or why not: `obstacle` is a sentence, "" when the way is free. cause: what the
    obstacle lies in. passing: what the provider may lift by itself, whether it closes the way or only delays
    its messages; a sentence."""

    channel: Channel | None = None
    content: Content | None = None
    language: str = ""
    obstacle: str = ""
    cause: str = ""
    passing: str = ""


def is_critical(named: NotificationType, version: TypeVersion) -> bool:
    """Codes and what is urgent wait for nothing: no quiet hours, no digest, no end of a template's pause."""
    return named.category == Category.AUTHENTICATION or version.lane == Lane.URGENT


@dataclass(slots=True)
class Facts:
    """Everything a decision or a rung asks about. Made by ``load_facts``."""

    channels: list[Channel] = field(default_factory=list)
    kinds: dict[UUID, set[str]] = field(default_factory=dict)
    phones: dict[UUID, list[str]] = field(default_factory=dict)
    blocked: set[tuple[UUID, UUID]] = field(default_factory=set)
    consents: dict[tuple[UUID, str], dict[str, str]] = field(default_factory=dict)
    preferences: dict[tuple[UUID, UUID], bool] = field(default_factory=dict)
    quiet: QuietHours | None = None
    troubles: dict[tuple[UUID, str, str, bool], tuple[str, str]] = field(default_factory=dict)
    copies: Copies = field(default_factory=Copies)
    files: Files = field(default_factory=Files)

    def clocks(self, customer: Customer) -> Clocks:
        """By whose clock it is night for a customer."""
        house = self.quiet.timezone if self.quiet else ""
        return clocks_of(customer.timezone, self.phones.get(customer.id, ()), house)

    def way(
        self, rung: str, named: NotificationType, version: TypeVersion, customer_id: UUID, language: str
    ) -> Way:
        """May this rung be gone for this customer, and with which content?"""
        channel = self.channel_of(rung)
        if channel is None:
            return Way(obstacle=f"No {rung} channel is connected.")
        cause, obstacle = self._person_obstacle(channel, named, customer_id)
        by_language = contents_for(version.contents, rung, channel.kind)
        found = pick_language(by_language, language, version.fallback_language)
        if not obstacle and found is None:
            obstacle = f"There is no content for {channel.kind} in {language} or {version.fallback_language}."
        content, passing = by_language[found] if found else None, ""
        if not obstacle and content is not None:
            obstacle, passing = self._trouble(channel, content, waits=not is_critical(named, version))
            cause = "template" if obstacle else ""
        return Way(channel, content, found or "", obstacle, cause, passing)

    def channel_of(self, rung: str) -> Channel | None:
        """The channel a rung goes by: the one it names, else the oldest of its kind that is switched on."""
        if is_channel_id(rung):
            return next((one for one in self.channels if str(one.id) == rung), None)
        of_kind = [one for one in self.channels if one.kind == rung]
        return next((one for one in of_kind if one.is_active), of_kind[0] if of_kind else None)

    def _person_obstacle(
        self, channel: Channel, named: NotificationType, customer_id: UUID
    ) -> tuple[str, str]:
        try:
            adapter = adapter_for(channel.kind)
        except UnknownChannel:
            return "channel", f"Channels of the kind {channel.kind} are not installed."
        if not channel.is_active:
            return "channel", f"{channel.name} is switched off."
        if not self.kinds.get(customer_id, set()) & set(adapter.address_kinds):
            return "address", f"The customer has no address for {adapter.label}."
        if (channel.id, customer_id) in self.blocked:
            return "blocked", f"The customer is blocked on {channel.name}."
        return "consent", self.no_consent(named, customer_id, channel.kind)

    def no_consent(self, named: NotificationType, customer_id: UUID, kind: str) -> str:
        """Why the law forbids it: a no always counts, and marketing needs a yes. "" if it may go."""
        given = self.consents.get((customer_id, named.category), {})
        states = {given.get(kind), given.get(EVERY_CHANNEL)}
        if ConsentState.DENIED in states:
            return f"The customer said no to {named.category} messages on {kind}."
        if named.category == Category.MARKETING and ConsentState.GRANTED not in states:
            return f"The customer has not agreed to marketing messages on {kind}."
        return ""

    def _trouble(self, channel: Channel, content: Content, *, waits: bool) -> tuple[str, str]:
        """(obstacle, passing) as a Way has them. waits: it may wait for the end of a pause."""
        key = (channel.id, str(content.get("name", "")), str(content.get("language", "")), waits)
        if key not in self.troubles:
            kept = self.copies.of
            obstacle = template_trouble(channel, content, waits=waits, kept_as=kept)
            passing = ""
            if waits and template_waits(channel, content, kept_as=kept):
                passing = template_trouble(channel, content, kept_as=kept)
            self.troubles[key] = (obstacle, passing)
        return self.troubles[key]


def load_facts(customers: Iterable[UUID], types: Iterable[NotificationType]) -> Facts:
    """The facts about these customers and types: six statements."""
    people, wanted = set(customers), {one.id for one in types}
    found = Facts(channels=list(Channel.objects.order_by("id")), quiet=QuietHours.objects.first())
    kinds: dict[UUID, set[str]] = defaultdict(set)
    phones: dict[UUID, list[str]] = defaultdict(list)
    addresses = Address.objects.filter(customer__in=people).values_list("customer_id", "kind", "value")
    for customer_id, kind, value in addresses:
        kinds[customer_id].add(kind)
        if kind == PHONE:
            phones[customer_id].append(value)
    blocked = Reach.objects.filter(address__customer__in=people, blocked=True)
    consents: dict[tuple[UUID, str], dict[str, str]] = defaultdict(dict)
    for customer_id, category, channel, state in Consent.objects.filter(customer__in=people).values_list(
        "customer_id", "category", "channel", "state"
    ):
        consents[customer_id, category][channel] = state
    wishes = Preference.objects.filter(customer__in=people, type__in=wanted)
    found.kinds, found.phones, found.consents = kinds, phones, consents
    found.blocked = set(blocked.values_list("channel_id", "address__customer_id"))
    found.preferences = {(row.customer_id, row.type_id): row.wanted for row in wishes}
    return found
