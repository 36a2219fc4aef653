"""Rules about the parts of a message, as data: each looks at one value and tells what is wrong, and where.

A rule never raises and never asks anybody; tables of them stand in ``contents`` and ``components``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from inbox.ports import Flaw

Flaws = Iterator[Flaw]


class Rule(Protocol):
    """What a value has to be like."""

    @property
    def needed(self) -> bool:
        """Must the value be there?"""
        ...

    def flaws(self, value: Any, pointer: str) -> Flaws:
        """Everything wrong with a value that is there."""
        ...


def look(rule: Rule, value: Any, pointer: str) -> Flaws:
    """What a rule says of a value, or of its absence."""
    if value is None or value == "":
        if rule.needed:
            yield Flaw(pointer, "This is missing.")
        return
    yield from rule.flaws(value, pointer)


@dataclass(frozen=True, slots=True)
class Words:
    """Text of at most so many characters; one_line: without line breaks, tabs or many spaces in a row."""

    most: int
    needed: bool = True
    one_line: bool = False

    def flaws(self, value: Any, pointer: str) -> Flaws:
        if not isinstance(value, str):
            yield Flaw(pointer, "This has to be text.")
        elif not value.strip():
            yield Flaw(pointer, "This is empty.")
        elif len(value) > self.most:
            yield Flaw(pointer, f"{len(value)} characters; at most {self.most} are shown here.")
        elif self.one_line and (set(value) & set("\n\r\t") or "     " in value):
            yield Flaw(pointer, "Line breaks, tabs and more than four spaces in a row are refused here.")


@dataclass(frozen=True, slots=True)
class Link:
    """An address on the web."""

    needed: bool = True
    most: int = 2_000

    def flaws(self, value: Any, pointer: str) -> Flaws:
        if not isinstance(value, str) or len(value) > self.most:
            yield Flaw(pointer, f"This has to be an address of at most {self.most} characters.")
        elif not _is_web(value):
            yield Flaw(pointer, "This has to be an address that begins with https:// or http://.")


def _is_web(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    spaced = any(character.isspace() for character in text)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not spaced


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two others, both included."""

    least: int
    most: int
    needed: bool = True

    def flaws(self, value: Any, pointer: str) -> Flaws:
        if type(value) is not int or not self.least <= value <= self.most:
            yield Flaw(pointer, f"This has to be a whole number from {self.least} to {self.most}.")


@dataclass(frozen=True, slots=True)
class Degrees:
    """A latitude or longitude."""

    most: int
    needed: bool = True

    def flaws(self, value: Any, pointer: str) -> Flaws:
        try:
            fits = not isinstance(value, bool) and -self.most <= float(value) <= self.most
        except (TypeError, ValueError):
            fits = False
        if not fits:
            yield Flaw(pointer, f"This has to be a number of degrees from -{self.most} to {self.most}.")


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words."""

    words: Sequence[str]
    needed: bool = True

    def flaws(self, value: Any, pointer: str) -> Flaws:
        if value not in self.words:
            yield Flaw(pointer, f"This has to be one of: {', '.join(self.words)}.")


@dataclass(frozen=True, slots=True)
class Yes:
    """True or false."""

    needed: bool = False

    def flaws(self, value: Any, pointer: str) -> Flaws:
        if not isinstance(value, bool):
            yield Flaw(pointer, "This has to be true or false.")


@dataclass(frozen=True, slots=True)
class Free:
    """An object whose inside is the caller's own business."""

    needed: bool = False

    def flaws(self, value: Any, pointer: str) -> Flaws:
        if not isinstance(value, dict):
            yield Flaw(pointer, "This has to be an object.")


@dataclass(frozen=True, slots=True)
class Items:
    """A list. unique: names of fields no two elements may share."""

    each: Rule
    least: int
    most: int
    unique: tuple[str, ...] = ()
    needed: bool = True

    def flaws(self, value: Any, pointer: str) -> Flaws:
        if not isinstance(value, list):
            yield Flaw(pointer, "This has to be a list.")
            return
        if not self.least <= len(value) <= self.most:
            count = f"{self.least} to {self.most}" if self.least < self.most else str(self.least)
            yield Flaw(pointer, f"{len(value)} given; it takes {count}.")
            return
        for n, one in enumerate(value):
            yield from look(self.each, one, f"{pointer}/{n}")
        for name in self.unique:
            yield from doubles([(f"{pointer}/{n}/{name}", one) for n, one in enumerate(value)], name)


def doubles(places: Sequence[tuple[str, Any]], name: str) -> Flaws:
    """A flaw for each object whose field `name` repeats an earlier one. places: (its pointer, object)."""
    seen: set[str] = set()
    for pointer, one in places:
        said = one.get(name) if isinstance(one, dict) else None
        if not isinstance(said, str):
            continue
        if said in seen:
            yield Flaw(pointer, f"“{said}” stands here twice.")
        seen.add(said)


@dataclass(frozen=True, slots=True)
class Fields:
    """An object with these fields and no others. also: rules between its fields, asked when each is right."""

    rules: Mapping[str, Rule]
    needed: bool = True
    also: Sequence[Callable[[dict[str, Any], str], Flaws]] = field(default=())

    def flaws(self, value: Any, pointer: str) -> Flaws:
        if not isinstance(value, dict):
            yield Flaw(pointer, "This has to be an object.")
            return
        found = [
            flaw
            for name, rule in self.rules.items()
            for flaw in look(rule, value.get(name), f"{pointer}/{name}")
        ]
        found += [
            Flaw(f"{pointer}/{name}", "There is no such field here.")
            for name in value
            if name not in self.rules
        ]
        yield from found
        if not found:
            for rule in self.also:
                yield from rule(value, pointer)


@dataclass(frozen=True, slots=True)
class ByType:
    """An object whose field `key` says which of several rules it follows."""

    key: str
    rules: Mapping[str, Rule]
    needed: bool = True

    def flaws(self, value: Any, pointer: str) -> Flaws:
        said = value.get(self.key) if isinstance(value, dict) else None
        if isinstance(said, str) and said in self.rules:
            yield from self.rules[said].flaws(value, pointer)
        else:
            yield Flaw(f"{pointer}/{self.key}", f"This has to be one of: {', '.join(self.rules)}.")
