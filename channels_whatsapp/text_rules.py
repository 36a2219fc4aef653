"""What WhatsApp will refuse in a text with variables. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from channels_whatsapp.findings import Finding
from channels_whatsapp.template_parts import VARIABLE, is_positional, samples, variables
from inbox.ports import Json

_VARIABLE_NAME = re.compile(r"[a-z_][a-z0-9_]*")
#: A word; scripts that set no spaces between words count by letter.
_WORD = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+")


def text_rules(where: str, text: str, part: Json) -> Iterator[Finding]:
    """Everything that stands against a text and its samples."""
    yield from spelling(f"{where}.text", text)
    yield from sequence(f"{where}.text", text)
    yield from _ends(f"{where}.text", text)
    yield from _density(f"{where}.text", text)
    yield from sample_findings(where, text, part)


def spelling(where: str, text: str) -> Iterator[Finding]:
    """Braces that make no variable, and names that are none."""
    if re.search(r"[{}]", VARIABLE.sub("", text)):
        fix = _("Write a variable with two braces on each side, like {{1}} or {{first_name}}.")
        yield Finding(where, _("A brace stands alone."), fix)
    names = variables(text)
    wrong = [name for name in names if not (is_positional([name]) or _VARIABLE_NAME.fullmatch(name))]
    for name in wrong:
        what = _("“%s” is no name of a variable.") % name[:40]
        fix = _("Use small letters, digits and underscores, and begin with a letter.")
        yield Finding(where, what, fix)
    if not wrong and any(map(_is_number, names)) and not all(map(_is_number, names)):
        fix = _("Number all of them, or name all of them.")
        yield Finding(where, _("Some variables have numbers and some have names."), fix)


def _is_number(name: str) -> bool:
    return is_positional([name])


def sequence(where: str, text: str) -> Iterator[Finding]:
    """Numbered variables are {{1}}, {{2}}, … without gaps."""
    names = variables(text)
    if not names or not is_positional(names):
        return
    if sorted(map(int, names)) != list(range(1, len(names) + 1)):
        what = _("The numbers of the variables have a gap.")
        wanted = ", ".join(f"{{{{{number}}}}}" for number in range(1, len(names) + 1))
        yield Finding(where, what, _("Number them %s.") % wanted)


def _ends(where: str, text: str) -> Iterator[Finding]:
    plain = text.strip()
    first, *_more = VARIABLE.split(plain, maxsplit=1)
    if VARIABLE.search(plain) and not first.strip():
        fix = _("Put a word before it, such as a greeting.")
        yield Finding(where, _("The text begins with a variable."), fix)
    last = list(VARIABLE.finditer(plain))[-1:]
    if last and last[0].end() == len(plain):
        fix = _("Put a full stop or a word after {{%s}}.") % last[0][1]
        yield Finding(where, _("The text ends with a variable."), fix)
    if re.search(r"\}\}\s*\{\{", plain):
        yield Finding(where, _("Two variables stand next to each other."), _("Put words between them."))


def _density(where: str, text: str) -> Iterator[Finding]:
    """A text must say something itself: two words for every variable, and one more."""
    names, said = variables(text), len(_WORD.findall(VARIABLE.sub(" ", text)))
    if names and said < 2 * len(names) + 1:
        what = _("There are too many variables for so short a text.")
        fix = _("Write at least %d words around them, or use fewer.") % (2 * len(names) + 1)
        yield Finding(where, what, fix)


def sample_findings(where: str, text: str, part: Json) -> Iterator[Finding]:
    """Every variable has a sample of real words."""
    given = samples(part)
    for name in variables(text):
        if not given.get(name, "").strip():
            what = _("{{%s}} has no sample.") % name
            fix = _("Write what could stand there; the reviewers read it.")
            yield Finding(f"{where}.sample.{name}", what, fix)
        elif VARIABLE.search(given[name]):
            what = _("The sample of {{%s}} is a variable itself.") % name
            yield Finding(f"{where}.sample.{name}", what, _("Write real words or numbers."))


def too_long(where: str, chars: int, most: int) -> Finding:
    """It has more characters than are taken."""
    what = _("%(chars)d characters; WhatsApp takes %(most)d.") % {"chars": chars, "most": most}
    return Finding(where, what, _("Shorten it by %d.") % (chars - most))
