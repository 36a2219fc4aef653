"""Finds every text of the interface in the sources: Python, templates, and the inbox page's scripts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from django.utils.translation.template import templatize

from common.words.po import Entry

ROOT = Path(__file__).resolve().parents[2]
#: Not part of the product that people see, or not ours.
OUTSIDE = {"tests", "bench", "simulator", "node_modules", "var", "migrations", ".venv"}
DOMAINS = ("django", "djangojs")
#: Name of the function → what its arguments are: c(ontext), t(ext), p(lural).
FUNCTIONS = {
    "gettext": "t", "gettext_lazy": "t", "gettext_noop": "t",
    "ngettext": "tp", "ngettext_lazy": "tp",
    "pgettext": "ct", "pgettext_lazy": "ct",
    "npgettext": "ctp", "npgettext_lazy": "ctp",
}  # fmt: skip
_STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_IN_TEMPLATE = re.compile(rf"\b(n?p?gettext|_)\(\s*{_STRING}(?:,\s*{_STRING})?(?:,\s*{_STRING})?")
_IN_SCRIPT = re.compile(r"(?<![\w.$])(tn?)\(\s*")
_SCRIPT_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"\s*,?\s*')
_DEFINES = re.compile(r"(?:function|const)\s+$")


class NotPlain(Exception):
    """Words to translate that are no plain text: what they will be cannot be known beforehand."""


def entries(domain: str) -> list[Entry]:
    """What the sources say, each once, in the order of files. Raises NotPlain."""
    return [replace(one) for one in _said(domain)]


@cache
def _said(domain: str) -> list[Entry]:
    found: dict[str, Entry] = {}
    for path in files(domain):
        place = str(path.relative_to(ROOT))
        for entry in _READERS[path.suffix](path.read_text(encoding="utf-8"), place):
            known = found.setdefault(entry.key, entry)
            known.plural = known.plural or entry.plural
            if place not in known.places:
                known.places.append(place)
    return list(found.values())


def files(domain: str) -> Iterator[Path]:
    """Every file that may hold texts of this catalogue."""
    if domain == "djangojs":
        yield from sorted((ROOT / "static" / "inbox").rglob("*.js"))
        return
    yield from (path for path in sorted(_python_of(ROOT)) if not OUTSIDE & set(path.relative_to(ROOT).parts))
    yield from sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})


def _python_of(root: Path) -> Iterator[Path]:
    """Only our own folders are gone through: others are large, and what is hidden may change meanwhile."""
    for path in root.iterdir():
        if path.is_dir() and path.name not in OUTSIDE and not path.name.startswith("."):
            yield from path.rglob("*.py")
        elif path.suffix == ".py":
            yield path


# ------------------------------------------------------------ Python


def in_python(source: str, place: str) -> Iterator[Entry]:
    """Calls of gettext's functions, under whatever name they were imported."""
    tree = ast.parse(source)
    names = dict(imported(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            shape = FUNCTIONS[names[node.func.id]]
            yield _made(shape, [_literal(one, place) for one in node.args[: len(shape)]])


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(name in this file, name in Django) of each function that translates."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for name in node.names:
                if name.name in FUNCTIONS:
                    yield name.asname or name.name, name.name


def _literal(node: ast.expr, place: str) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise NotPlain(f"{place}:{node.lineno}: only a plain text can be translated.")


# ------------------------------------------------------------ templates


def in_template(source: str, place: str) -> Iterator[Entry]:
    """What Django's own reading of the template marks."""
    for found in _IN_TEMPLATE.finditer(templatize(source)):
        name = "gettext" if found[1] == "_" else found[1]
        texts = [ast.literal_eval(text) for text in found.groups()[1:] if text]
        yield _made(FUNCTIONS[name], texts[: len(FUNCTIONS[name])])


# ------------------------------------------------------------ the page's scripts


def in_script(source: str, place: str) -> Iterator[Entry]:
    """Calls of t("…") and tn("…", "…", n) as `static/inbox/base.js` defines them."""
    for found in _IN_SCRIPT.finditer(source):
        if _DEFINES.search(source[: found.start()]):
            continue
        shape = "tp" if found[1] == "tn" else "t"
        yield _made(shape, list(_arguments(source, found.end(), len(shape), place)))


def _arguments(source: str, at: int, most: int, place: str) -> Iterator[str]:
    for _ in range(most):
        found = _SCRIPT_STRING.match(source, at)
        if not found:
            line = source.count("\n", 0, at) + 1
            raise NotPlain(f"{place}:{line}: t() and tn() take plain texts in double quotes.")
        yield ast.literal_eval(f'"{found[1]}"')
        at = found.end()


def _made(shape: str, texts: Iterable[str]) -> Entry:
    said = dict(zip(shape, texts, strict=True))
    return Entry(said["t"], said.get("p", ""), said.get("c", ""))


_READERS = {".py": in_python, ".html": in_template, ".txt": in_template, ".js": in_script}
