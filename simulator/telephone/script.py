"""What a call shall say, read from the XML a business answers with."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

_CHARS_MAX = 64_000
_KNOWN = {"Say", "Pause", "Play", "Gather", "Redirect", "Hangup", "Reject"}


class BadScript(ValueError):
    """This is no script."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing to do, with what stands inside it."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    inner: list["Verb"] = field(default_factory=list)


def read_script(text: str) -> list[Verb]:
    """The verbs of a `<Response>`, in order. Raises BadScript."""
    if len(text) > _CHARS_MAX or "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadScript("too large, or with declarations")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - from the business under test, without declarations
    except ElementTree.ParseError as error:
        raise BadScript(str(error)) from error
    if root.tag != "Response":
        raise BadScript(f"the first element is {root.tag}")
    return [_verb(element) for element in root]


def _verb(element: ElementTree.Element) -> Verb:
    if element.tag not in _KNOWN:
        raise BadScript(f"there is no verb {element.tag}")
    if element.tag == "Say":
        return _spoken(element)
    return Verb(
        element.tag, dict(element.attrib), "".join(element.itertext()), [_verb(inner) for inner in element]
    )


def _spoken(element: ElementTree.Element) -> Verb:
    """Words with pauses among them, which only some voices keep. Raises BadScript."""
    marks = list(element)
    if any(mark.tag != "break" for mark in marks):
        raise BadScript("only <break> may stand within words")
    if marks and not element.get("voice", "").startswith(("Polly.", "Google.")):
        raise BadScript("this voice keeps no marks within its words")
    words = " ".join(part.strip() for part in element.itertext() if part.strip())
    pauses_ms = sum(_milliseconds(mark.get("time", "")) for mark in marks)
    return Verb("Say", dict(element.attrib) | {"pauses_ms": str(pauses_ms)}, words)


def _milliseconds(time: str) -> int:
    """Raises BadScript."""
    if not (time.endswith("ms") and time[:-2].isdecimal() and int(time[:-2]) <= 10_000):
        raise BadScript(f"a pause cannot take “{time}”")
    return int(time[:-2])
