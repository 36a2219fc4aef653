"""The command line: `make shots [ARGS="inbox 390"]` takes the pictures whose names hold all the words."""

from __future__ import annotations

import sys

from playwright.sync_api import Browser, Error, sync_playwright

from tests.browser import browser_path
from tests.shots import elsewhere, inbox
from tests.shots.studio import FOLDER, THEMES, WIDTHS, Demo, find_demo, window


def main(words: list[str]) -> int:
    """Take the pictures; gives the exit code, 1 when a state could not be brought about."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser_path(),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        demo = find_demo(chromium)
        inbox.prepare(demo)
        missed = _looks(chromium, demo, words)
    sys.stdout.write(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}\n")
    for name in missed:
        sys.stderr.write(f"Not taken: {name}\n")
    return 1 if missed else 0


def _looks(chromium: Browser, demo: Demo, words: list[str]) -> list[str]:
    """The names of the pictures that could not be taken."""
    missed: list[str] = []
    with window(chromium, demo, 1440, "light") as first:
        paths = elsewhere.pages(first)
    for theme in THEMES:
        for width in WIDTHS:
            missed += _take(chromium, demo, (width, theme), paths, words)
    return missed


def _take(
    chromium: Browser, demo: Demo, look: tuple[int, str], paths: list[str], words: list[str]
) -> list[str]:
    missed = []
    named = {f"{state.__name__}": state for state in inbox.PASSING} | inbox.STATES
    tasks = {name: (state, state in inbox.STATES.values()) for name, state in named.items()}
    for name, (state, is_kept) in tasks.items():
        if wanted(f"inbox {name} {look[0]} {look[1]}", words):
            with window(chromium, demo, *look) as here:
                try:
                    state(here)
                    if is_kept:
                        here.keep(name)
                except Error as error:
                    missed.append(f"{name} {look}: {str(error).splitlines()[0]}")
    with window(chromium, demo, *look) as here:
        for path in paths:
            if wanted(f"{elsewhere.name_of(path)} {look[0]} {look[1]}", words):
                here.go(path)
                here.settle()
                here.keep(elsewhere.name_of(path), whole=True)
        if wanted(f"phone {look[0]} {look[1]}", words):
            elsewhere.phone(here, demo)
            here.keep("phone")
    return missed


def wanted(name: str, words: list[str]) -> bool:
    """Whether a picture's name holds every word that was asked for."""
    return all(word in name for word in words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
