"""Faults on demand: slow, refused, cut or nonsense answers; late, doubled, shuffled webhooks; odd phones."""

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from simulator.ids import whatsapp_id
from simulator.jsonio import BadRequest
from simulator.settings import Settings

_dice = random.SystemRandom()
Calls = Literal["sends", "reads", "media", "all"]


@dataclass(frozen=True, slots=True)
class WebhookFault(Settings):
    """What happens to webhooks on their way. Chances are 0 to 1; `batch` waits for that many in one POST."""

    duplicate: float | None = None
    reorder: float | None = None
    delay_s: float | None = None
    batch: int | None = None
    pause: bool | None = None


@dataclass(frozen=True, slots=True)
class Fault(Settings):
    """One rule of POST /control/faults. The fields up to `calls` concern API calls, the rest phones."""

    channel: str | None = None
    to: str | None = None
    probability: float = 1.0
    count: int | None = None
    delay_s: float | None = None
    hang_s: float | None = None
    status: int | None = None
    error_code: int | None = None
    retry_after_s: float | None = None
    drop_after_accept: bool = False
    drop: bool = False
    garbage: bool = False
    calls: Calls = "sends"
    read_receipts: bool | None = None
    deliver: bool | None = None
    delivery_delay_s: float | None = None
    read_delay_s: float | None = None
    fail_next: int | None = None
    fail_after_sent: bool = False
    call: Literal["answer", "no_answer", "busy", "voicemail", "declined", "failed"] | None = None

    def touches_calls(self) -> bool:
        """Whether the rule changes the answer to an API call."""
        number = self.delay_s or self.hang_s or self.status or self.error_code
        return bool(number or self.drop_after_accept or self.drop or self.garbage)


@dataclass(slots=True)
class _Rule:
    """A fault in force: its number, what is left of its count."""

    id: int
    fault: Fault
    webhook: WebhookFault
    left: int | None

    def concerns(self, channel: str | None, to: str | None) -> bool:
        return self.fault.channel in (None, channel) and self.fault.to in (None, to)

    def strikes(self) -> bool:
        """Draw the chance and use up one of the count."""
        if self.left == 0 or _dice.random() >= self.fault.probability:
            return False
        if self.left is not None:
            self.left -= 1
        return True


class Faults:
    """The rules in force. Where two say something about the same thing, the newer one wins."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []
        self._last_id = 0

    def add(self, body: Mapping[str, Any]) -> None:
        """Put a rule in force. Raises BadRequest for a name or value it does not know."""
        values = dict(body)
        webhook = WebhookFault().changed(_table(values.pop("webhook", {})))
        if values.get("to"):
            values["to"] = whatsapp_id(str(values["to"]))
        fault = Fault().changed(values)
        left = 1 if fault.fail_next and fault.count is None else fault.count
        self._last_id += 1
        self._rules.insert(0, _Rule(self._last_id, fault, webhook, left))

    def clear(self) -> None:
        """Everything works again."""
        self._rules.clear()

    def active(self) -> list[dict[str, Any]]:
        """The rules in force, newest first, with only what each one sets."""
        return [_shown(rule) for rule in self._rules if rule.left != 0]

    def for_call(self, channel: str, to: str | None, call: str) -> Fault | None:
        """The rule that strikes this API call, if any; uses up its count."""
        for rule in self._rules:
            fits = rule.fault.calls in ("all", call) and rule.fault.touches_calls()
            if fits and rule.concerns(channel, to) and rule.strikes():
                return rule.fault
        return None

    def failure(self, channel: str, to: str) -> tuple[int, bool] | None:
        """With which code the next message fails, and whether only after `sent`; uses up the count."""
        for rule in self._rules:
            code = rule.fault.fail_next
            if code and rule.concerns(channel, to) and rule.strikes():
                return code, rule.fault.fail_after_sent
        return None

    def phone(self, name: str, channel: str, to: str, default: Any) -> Any:
        """How this phone behaves in one respect: what the newest rule says, else the default."""
        for rule in self._rules:
            value = getattr(rule.fault, name)
            if value is not None and rule.concerns(channel, to):
                return value
        return default

    def webhook(self, name: str, channel: str, to: str | None) -> Any:
        """What happens to a webhook in one respect: what the newest rule says, else None."""
        for rule in self._rules:
            value = getattr(rule.webhook, name)
            if value is not None and rule.concerns(channel, to):
                return value
        return None


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadRequest("“webhook” takes an object: {duplicate, reorder, delay_s, batch, pause}.")
    return value


def _shown(rule: _Rule) -> dict[str, Any]:
    default = Fault()
    said = {f.name: getattr(rule.fault, f.name) for f in fields(Fault)}
    shown = {name: value for name, value in said.items() if value != getattr(default, name)}
    webhook = {name: value for name, value in asdict(rule.webhook).items() if value is not None}
    left = {"left": rule.left} if rule.left is not None else {}
    return {"id": rule.id, **shown, **({"webhook": webhook} if webhook else {}), **left}
