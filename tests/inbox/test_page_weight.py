"""What the inbox page weighs: scripts and styles as they are served, counted along the imports."""

from __future__ import annotations

import gzip
import json
import re
from posixpath import dirname, join, normpath

import pytest
from django.test import Client

from tests.wire_files import body

KIB = 1024
LIST = "/static/inbox/main.js"
CONVERSATION = "/static/inbox/ui/thread.js"
IMPORT = re.compile(r'\bfrom\s*"([@./\w][@./\w-]*)"')
TEMPLATE = re.compile(r"<template.*?</template>", re.DOTALL)
LATER = re.compile(r'\bimport\("([^"]+)"\)')

pytestmark = pytest.mark.django_db


def _words(path: str) -> str:
    return gzip.decompress(body(path)).decode()


def _target(name: str, importer: str, names: dict[str, str]) -> str:
    return normpath(join(dirname(importer), name)) if name.startswith(".") else names[name]


def _with_imports(start: str, names: dict[str, str]) -> set[str]:
    """A module and everything it imports, however far down."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [_target(name, path, names) for name in IMPORT.findall(_words(path))]
    return found


def _weight(paths: set[str]) -> float:
    return sum(len(body(path)) for path in paths) / KIB


def _page(client: Client, query: str = "") -> str:
    """The page with the plain addresses of its files."""
    return re.sub(r"/static/~\w+/", "/static/", client.get(f"/inbox/{query}").content.decode())


def _names(page: str) -> dict[str, str]:
    found = re.search(r'<script type="importmap"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    names: dict[str, str] = json.loads(found[1])["imports"]
    return names


def _asked(page: str) -> set[str]:
    """The modules a page asks for without having read any."""
    return set(re.findall(r'(?:modulepreload" href|module" src)="([^"]+)"', TEMPLATE.sub("", page)))


def _kept(page: str) -> set[str]:
    """The modules a page will ask for all at once when it has time."""
    return {
        path for part in TEMPLATE.findall(page) for path in re.findall(r'modulepreload" href="([^"]+)"', part)
    }


def test_the_list_needs_24_modules_and_a_conversation_31_and_87_kib(alice_client: Client) -> None:
    names = _names(_page(alice_client))

    the_list = _with_imports(LIST, names)
    conversation = the_list | _with_imports(CONVERSATION, names)

    assert len(the_list) <= 24
    assert _weight(the_list) <= 64
    assert len(conversation) <= 31
    assert _weight(conversation) <= 87


def test_what_comes_later_comes_in_small_parts(alice_client: Client) -> None:
    names = _names(_page(alice_client))
    first = _with_imports(LIST, names) | _with_imports(CONVERSATION, names)

    later = {_target(name, path, names) for path in first for name in LATER.findall(_words(path))}

    parts = {part: _weight(_with_imports(part, names) - first) for part in later}
    assert {part: size for part, size in parts.items() if size > 12} == {}


def test_every_module_of_the_first_load_is_asked_for_at_once(alice_client: Client) -> None:
    page = _page(alice_client)
    names = _names(page)

    the_list = _with_imports(LIST, names)
    with_thread = _asked(_page(alice_client, "?thread=01990000-0000-7000-8000-000000000000"))

    conversation = _with_imports(CONVERSATION, names)
    assert _asked(page) == the_list
    assert _kept(page) == conversation - the_list
    assert with_thread == the_list | conversation


def test_the_styles_stay_within_20_kib_and_nothing_comes_from_elsewhere(alice_client: Client) -> None:
    page = _page(alice_client)

    styles = set(re.findall(r'rel="stylesheet" href="([^"]+)"', page))

    assert _weight(styles) <= 20
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
