"""/whatsapp/numbers: what a number offers. Each call asks WhatsApp at once, outside any transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from channels_whatsapp import wire_numbers as wire
from channels_whatsapp.api import KIND, TemplateEndpoint
from channels_whatsapp.link_calls import TEXT_CHARS
from channels_whatsapp.models import Errand
from channels_whatsapp.number_calls import SYNCS
from channels_whatsapp.opener_calls import (
    COMMAND_CHARS,
    COMMANDS_MOST,
    HINT_CHARS,
    PROMPT_CHARS,
    PROMPTS_MOST,
)
from channels_whatsapp.operations import blocklist, links, openers, usernames
from channels_whatsapp.operations.number_copies import copy_of
from channels_whatsapp.operations.numbers import start_sync
from channels_whatsapp.username_calls import LEAST, MOST, is_username
from common.api.authentication import house
from common.api.endpoints import call
from common.api.idempotency import HEADER
from common.api.parameters import Body
from common.api.problems import Fault, Problem
from common.api.schema import ListOf
from common.tenancy import tenant_context
from common.wire import Json
from inbox.models import Channel

SCOPE = "channels:write"
FAILS = ["provider_failed"]


class NumberEndpoint(TemplateEndpoint):
    """An address of one number."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A repeated call is asked again: WhatsApp has no way to say that it was done before."""
        super().initial(request, *args, **kwargs)
        if request.headers.get(HEADER):
            raise Problem("malformed", f"This call asks WhatsApp at once and takes no {HEADER}.")

    @property
    def tenant_id(self) -> UUID:
        """Whose number it is."""
        found: UUID = house(self.request).tenant_id  # type: ignore[assignment]
        return found

    def ask(self, deed: Callable[..., Errand], channel_id: UUID, **given: Any) -> None:
        """Have it done. Raises Problem with what WhatsApp said, Channel.DoesNotExist."""
        errand = deed(tenant_id=self.tenant_id, channel_id=channel_id, by=self.author, **given)
        if errand.outcome != Errand.Outcome.DONE:
            raise Problem("provider_failed", f"{errand.sentence} {errand.fix}".strip())

    def kept(self, channel_id: UUID, what: Any) -> Json:
        """What was just read."""
        with tenant_context(self.tenant_id):
            found = copy_of(Channel.objects.get(id=channel_id, kind=KIND), what)
            return found.found if found else {}


# ---------------------------------------------------------------- chat openers


class CommandBody(serializers.Serializer[Any]):
    """A command and what it does."""

    name = serializers.CharField(max_length=COMMAND_CHARS)
    hint = serializers.CharField(max_length=HINT_CHARS)


class OpenersBody(Body):
    """All of them; what is not named is taken away."""

    prompts = serializers.ListField(
        child=serializers.CharField(max_length=PROMPT_CHARS), max_length=PROMPTS_MOST
    )
    commands = serializers.ListField(child=CommandBody(), max_length=COMMANDS_MOST)


class Openers(NumberEndpoint):
    """/whatsapp/numbers/{channel_id}/openers"""

    scopes = {"GET": SCOPE, "PUT": SCOPE}

    @call("get_chat_openers", "Read what a new chat offers", gives=wire.ChatOpeners, refuses=FAILS)
    def get(self, request: Request, channel_id: UUID) -> Json:
        self.ask(openers.read_openers, channel_id)
        return self.kept(channel_id, openers.OPENERS)

    @call(
        "set_chat_openers",
        "Change what a new chat offers",
        body=OpenersBody,
        gives=wire.ChatOpeners,
        refuses=FAILS,
        example={
            "prompts": ["Where is my order?"],
            "commands": [{"name": "track", "hint": "Track an order"}],
        },
    )
    def put(self, request: Request, channel_id: UUID) -> Json:
        wanted = {
            "prompts": list(self.body["prompts"]),
            "commands": [{"name": one["name"], "hint": one["hint"]} for one in self.body["commands"]],
        }
        self.ask(openers.change_openers, channel_id, wanted=lambda now: wanted)
        return self.kept(channel_id, openers.OPENERS)


# ---------------------------------------------------------------- short links


class LinkBody(Body):
    """The text that stands in the chat already."""

    text = serializers.CharField(max_length=TEXT_CHARS)


class Links(NumberEndpoint):
    """/whatsapp/numbers/{channel_id}/links"""

    scopes = {"GET": SCOPE, "POST": SCOPE}

    @call(
        "list_short_links",
        "List short links",
        gives=ListOf(wire.ShortLink, is_whole=True),
        refuses=FAILS,
    )
    def get(self, request: Request, channel_id: UUID) -> Json:
        self.ask(links.read_links, channel_id)
        return {"data": self.kept(channel_id, links.LINKS)["links"]}

    @call(
        "make_short_link",
        "Make a short link",
        about="Who follows it stands in a chat with the number, with the text already written.",
        body=LinkBody,
        gives=wire.ShortLink,
        status=201,
        refuses=FAILS,
        example={"text": "I would like to know more about your tours."},
    )
    def post(self, request: Request, channel_id: UUID) -> Json:
        self.ask(links.make_link, channel_id, text=self.body["text"])
        made: Json = self.kept(channel_id, links.LINKS)["links"][0]
        return made


class LinkOne(NumberEndpoint):
    """/whatsapp/numbers/{channel_id}/links/{code}"""

    scopes = {"PATCH": SCOPE, "DELETE": SCOPE}

    @call(
        "change_short_link",
        "Change the text of a short link",
        about="Its address stays.",
        body=LinkBody,
        gives=wire.ShortLink,
        refuses=FAILS,
        example={"text": "I saw your poster."},
    )
    def patch(self, request: Request, channel_id: UUID, code: str) -> Json:
        found = self._found(channel_id, code)
        self.ask(links.change_link, channel_id, code=code, text=self.body["text"])
        return {**found, "text": self.body["text"]}

    @call("delete_short_link", "Delete a short link", gives=wire.ShortLink, refuses=FAILS)
    def delete(self, request: Request, channel_id: UUID, code: str) -> Json:
        found = self._found(channel_id, code)
        self.ask(links.delete_link, channel_id, code=code)
        return found

    def _found(self, channel_id: UUID, code: str) -> Json:
        """The link as it was last read. Raises Problem not_found."""
        known = self.kept(channel_id, links.LINKS).get("links", [])
        found: Json | None = next((one for one in known if one["code"] == code), None)
        if found is None:
            raise Problem("not_found", "No link with this code is known; list them first.")
        return found


# ---------------------------------------------------------------- block list


class Blocked(NumberEndpoint):
    """/whatsapp/numbers/{channel_id}/blocked"""

    scopes = {"GET": SCOPE, "PUT": SCOPE}

    @call(
        "compare_block_list",
        "Hold WhatsApp's block list against ours",
        gives=wire.BlockList,
        refuses=FAILS,
    )
    def get(self, request: Request, channel_id: UUID) -> Json:
        self.ask(blocklist.compare_blocked, channel_id)
        return self.kept(channel_id, blocklist.BLOCKED)

    @call(
        "align_block_list",
        "Block the same people on both sides",
        about="Whom WhatsApp blocks is blocked here too; of the others WhatsApp is told again, in a moment. "
        "It may refuse: it only blocks people who wrote within the last 24 hours.",
        gives=wire.BlockList,
        refuses=FAILS,
    )
    def put(self, request: Request, channel_id: UUID) -> Json:
        self.ask(blocklist.align_blocked, channel_id)
        return self.kept(channel_id, blocklist.BLOCKED)


# ---------------------------------------------------------------- the app


class SyncBody(Body):
    """What is taken over."""

    what = serializers.ChoiceField(sorted(SYNCS))


class AppSync(NumberEndpoint):
    """/whatsapp/numbers/{channel_id}/app_sync"""

    scopes = {"PUT": SCOPE}

    @call(
        "take_over_from_app",
        "Take over contacts or chats of the WhatsApp Business app",
        about="Of a number that is used in the app too. WhatsApp does it once, within 24 hours of connecting "
        "the number; what it has comes by webhooks.",
        body=SyncBody,
        gives=wire.AppSync,
        status=202,
        refuses=FAILS,
        example={"what": "contacts"},
    )
    def put(self, request: Request, channel_id: UUID) -> Json:
        self.ask(start_sync, channel_id, what=self.body["what"])
        return {"what": self.body["what"]}


# ---------------------------------------------------------------- username


class UsernameBody(Body):
    """The name wanted."""

    username = serializers.CharField(min_length=LEAST, max_length=MOST)


class NumberUsername(NumberEndpoint):
    """/whatsapp/numbers/{channel_id}/username"""

    scopes = {"PUT": SCOPE, "DELETE": SCOPE, "GET": SCOPE}

    @call(
        "take_username",
        "Take a username for a number",
        body=UsernameBody,
        gives=wire.Username,
        refuses=FAILS,
        example={"username": "harbour_bikes"},
    )
    def put(self, request: Request, channel_id: UUID) -> Json:
        name = self.body["username"].lower()
        if not is_username(name):
            said = "Letters a to z, digits, dots and underscores, a letter among them, and no domain."
            raise Problem("validation_failed", errors=[Fault("/username", said)])
        self.ask(usernames.take_username, channel_id, username=name)
        return self._now(channel_id)

    @call("drop_username", "Give the username of a number up", gives=wire.Username, refuses=FAILS)
    def delete(self, request: Request, channel_id: UUID) -> Json:
        self.ask(usernames.drop_username, channel_id)
        return self._now(channel_id)

    @call("get_username", "Read the username of a number", gives=wire.Username)
    def get(self, request: Request, channel_id: UUID) -> Json:
        return self._now(channel_id)

    def _now(self, channel_id: UUID) -> Json:
        with tenant_context(self.tenant_id):
            facts = Channel.objects.get(id=channel_id, kind=KIND).standing.get("facts", {})
        return {
            "username": str(facts.get("username") or ""),
            "status": str(facts.get("username_status") or ""),
        }
