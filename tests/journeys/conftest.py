"""The fixtures of the stories: one running Parley for all, a cast for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import running_browser
from tests.journeys.eyes import Eyes
from tests.journeys.office import Office, SignIns
from tests.journeys.pages import Workspace, furnished
from tests.journeys.stack import Stack, running_stack
from tests.journeys.windows import Windows


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for all stories; it goes with them, because no other tests can run beside Playwright's loop."""
    with running_browser() as found:
        yield found


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """`make run` on an empty folder."""
    with running_stack(tmp_path_factory.mktemp("journeys")) as found:
        yield found


@pytest.fixture(scope="package")
def workspaces(stack: Stack) -> dict[str, Workspace]:
    """For looking at every page: `full` and `bare`."""
    return furnished(stack)


@pytest.fixture(scope="package")
def sign_ins(stack: Stack, browser: Browser) -> SignIns:
    return SignIns(stack, browser)


@pytest.fixture(scope="package")
def windows(browser: Browser) -> Windows:
    return Windows(browser)


@pytest.fixture
def eyes(windows: Windows) -> Iterator[Eyes]:
    """Browser windows; every console error and policy report fails the story at its end (A72)."""
    found = Eyes(windows)
    yield found
    found.close()


@pytest.fixture
def office(stack: Stack, eyes: Eyes, sign_ins: SignIns) -> Office:
    return Office(stack, eyes, sign_ins)
