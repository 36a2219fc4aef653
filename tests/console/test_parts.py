"""Icons, times, addresses and shared forms: the parts pages are made of."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.templatetags.static import static
from django.test import Client
from django.utils import timezone

from common.forms import SharedForm, seen_token
from common.icons import ICONS, sprite, version
from common.templatetags.parts import avatar, file_size, grouped, when, words_for

ROOT = Path(__file__).resolve().parents[2]


def used_icons() -> set[str]:
    """Names that templates and scripts write out; computed ones are other parts' business."""
    templates = "\n".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    scripts = "\n".join(path.read_text() for path in (ROOT / "static").rglob("*.js"))
    found = set(re.findall(r'{% icon "([a-z0-9-]+)"', templates))
    found |= set(re.findall(r'\$\{Icon\} name="([a-z0-9-]+)"', scripts))
    return found | set(re.findall(r'\bicon: "([a-z0-9-]+)"', scripts))


def test_every_icon_in_use_is_in_the_sprite() -> None:
    assert used_icons() - set(ICONS) - {"logo"} == set()


def test_the_sprite_holds_each_icon_once_and_no_script() -> None:
    text = sprite().decode()

    symbols = re.findall(r'<symbol id="i-([^"]+)"', text)
    assert len(symbols) == len(set(symbols))
    assert {"logo", "channel-whatsapp", *ICONS} <= set(symbols)
    assert "ns0:" not in text
    assert "<script" not in text


def test_the_sprite_is_kept_for_ever_by_its_version(client: Client) -> None:
    known = client.get(f"/icons.svg?v={version()}")
    plain = client.get("/icons.svg")
    again = client.get("/icons.svg", headers={"If-None-Match": known["ETag"]})

    assert known["Content-Type"] == "image/svg+xml"
    assert "immutable" in known["Cache-Control"]
    assert "immutable" not in plain["Cache-Control"]
    assert (again.status_code, again.content) == (304, b"")


def test_a_browser_that_has_seen_no_page_finds_the_icon(client: Client) -> None:
    answer = client.get("/favicon.ico")

    assert (answer.status_code, answer["Location"]) == (302, static("img/logo.svg"))


def test_times_are_words_in_utc_until_the_browser_knows_better() -> None:
    at = datetime(2025, 11, 3, 9, 4, 5, tzinfo=UTC)
    later = timezone.now() + timedelta(days=365)  # the same day of a month, and not today

    assert words_for(later, "short").endswith(f"{later:%Y %H:%M}")
    assert words_for(at, "full") == "3 Nov 2025 09:04:05 UTC"
    assert words_for(timezone.now() - timedelta(minutes=4, seconds=10), "ago") == "4 min ago"
    assert words_for(timezone.now(), "ago") == "just now"
    assert when(at) == '<time datetime="2025-11-03T09:04:05Z" data-style="short">3 Nov 2025 09:04</time>'
    assert when(None, "ago", "Never") == "Never"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Mia Laurent", "ML"),
        ("ظافر", "ظ"),
        ("Mia de la Cruz", "MC"),
        ("+44 7700", "?"),
        ("", "?"),
        ("bob", "B"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert avatar(name)["letters"] == letters


def test_numbers_and_sizes_for_people() -> None:
    assert grouped("+447700900201") == "+44 7700 900201"
    assert grouped("support@acme.example") == "support@acme.example"
    assert [file_size(size) for size in (812, 3_400, 1_250_000)] == ["812 B", "3.4 kB", "1.2 MB"]


class Row(SharedForm):
    name = forms.CharField()
    colour = forms.CharField()


def send(seen: dict[str, str], now: dict[str, str], typed: dict[str, str]) -> Row:
    return Row({**typed, "seen": seen_token(seen)}, stored=now)


OLD = {"name": "Fraud", "colour": "red"}


def test_what_only_the_other_changed_is_kept() -> None:
    form = send(OLD, {"name": "Fraud", "colour": "blue"}, {"name": "Cards", "colour": "red"})

    assert form.is_valid()
    assert form.cleaned_data == {"name": "Cards", "colour": "blue"}


def test_what_both_changed_is_refused_once() -> None:
    now = {"name": "Loans", "colour": "red"}
    form = send(OLD, now, {"name": "Cards", "colour": "red"})

    assert not form.is_valid()
    assert "“Loans”" in form.errors["name"][0]
    assert send(now, now, {"name": "Cards", "colour": "red"}).is_valid()


def test_both_may_want_the_same() -> None:
    now = {"name": "Cards", "colour": "red"}

    assert send(OLD, now, {"name": "Cards", "colour": "red"}).is_valid()


def test_a_forged_token_counts_for_nothing() -> None:
    form = Row({"name": "Cards", "colour": "red", "seen": "forged"}, stored=OLD)

    assert form.is_valid()
    assert form.cleaned_data == {"name": "Cards", "colour": "red"}
