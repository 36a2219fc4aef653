"""Every page of the console and the account, full and empty: accessible, translated, with room for all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.eyes import Eyes
from tests.journeys.looks import LOOKS, Axe, Look, faults, walk, widths
from tests.journeys.office import SignIns
from tests.journeys.pages import REFUSED, RICH, VARIANTS, WITHOUT_A_STEP, Workspace
from tests.journeys.stack import Stack
from tests.journeys.words import choose_language, names_in, untranslated


@pytest.fixture(autouse=True)
def forgiven(eyes: Eyes) -> None:
    """Pages that say no do so with their status."""
    eyes.forgive("410 (Gone)", "404 (Not Found)")


@pytest.fixture
def full(workspaces: dict[str, Workspace], stack: Stack, eyes: Eyes) -> Iterator[Workspace]:
    """A workspace with a row of each kind; its owner speaks English again at the end."""
    yield workspaces["full"]
    choose_language(eyes, stack.url, workspaces["full"].state, "")


@pytest.mark.parametrize(
    ("language", "direction", "looks", "at"),
    [("en-xa", "ltr", [widths, Axe()], LOOKS), ("ar-xb", "rtl", [], LOOKS[:2])],
)
def test_every_page_is_accessible_and_every_word_is_translated_and_has_room(
    stack: Stack, eyes: Eyes, full: Workspace, language: str, direction: str, looks: list[Look], at: Any
) -> None:
    """B33, A71: each address that gives a page, in the two languages nobody speaks."""
    choose_language(eyes, stack.url, full.state, language)
    with stack.in_rows_of(full.id) as cursor:
        names = names_in(cursor)
    page = eyes.window(f"{stack.url}/console/", storage_state=full.state, reduced_motion="reduce")
    expect(page.locator("html")).to_have_attribute("dir", direction)

    paths = [*full.paths(), *VARIANTS]
    found = list(walk(page, stack.url, paths, *looks, untranslated(names), at=at, refused=REFUSED))

    assert not found, "\n".join(dict.fromkeys(found))


def test_pages_with_nothing_in_them_and_pages_at_the_gate_are_accessible_and_fit(
    stack: Stack, eyes: Eyes, sign_ins: SignIns, workspaces: dict[str, Workspace]
) -> None:
    """B33: an empty workspace, the demo's own, and whoever is not signed in."""
    bare, axe, found = workspaces["bare"], Axe(), list[str]()
    for state, paths in (
        (bare.state, list(bare.paths())),
        (sign_ins.of("mia"), list(RICH)),
        (None, list(workspaces["full"].paths_outside())),
    ):
        page = eyes.window(f"{stack.url}/accounts/login/", storage_state=state, reduced_motion="reduce")
        found += walk(page, stack.url, paths, widths, axe, refused=REFUSED | WITHOUT_A_STEP)

    assert not found, "\n".join(found)


def test_the_look_would_find_a_fault(stack: Stack, eyes: Eyes, sign_ins: SignIns) -> None:
    page = eyes.window(f"{stack.url}/console/teams/", storage_state=sign_ins.of("mia"))

    page.evaluate("document.querySelector('main').append(document.createElement('input'))")

    assert "label" in faults(page)[0]
