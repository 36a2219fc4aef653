"""Catalogues: what the sources say, .po and .mo files, what is wrong with one, the language nobody speaks."""

from __future__ import annotations

import ast
import io
from collections.abc import Callable, Iterator
from gettext import GNUTranslations
from pathlib import Path

import pytest

from common.words import catalogues, faults, po, sources
from common.words.pseudo import pseudo

ARABIC = """Language: ar
Content-Type: text/plain; charset=UTF-8
Plural-Forms: nplurals=6; plural=n<3 ? n : n%100>=3 && n%100<=10 ? 3 : n%100>10 ? 4 : 5;
"""
FILES = po.Entry("{n} file", "{n} files", forms=["zero", "one", "two", "few {n}", "many {n}", "other {n}"])


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """What is wrong with a catalogue of these entries, where the sources say those texts."""

    def wrong(entries: list[po.Entry], *said: po.Entry) -> list[str]:
        monkeypatch.setattr(sources, "entries", lambda domain: list(said))
        monkeypatch.setattr(catalogues, "kept", lambda *_: po.Catalogue(ARABIC, entries))
        return faults.faults("ar", "djangojs")

    return wrong


def test_a_catalogue_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "ar" / "django.po"
    plain = po.Entry('Say "no"\n\tor \\ yes', forms=["لا"], places=["inbox/page.py", "inbox/more.py"])
    entries = [plain, FILES, po.Entry("May", context="month", forms=["مايو"])]

    po.write(path, po.Catalogue(ARABIC, entries))

    assert po.read(path) == po.Catalogue(ARABIC, entries)


def test_a_compiled_catalogue_counts_as_arabic_does() -> None:
    made = GNUTranslations(
        io.BytesIO(
            po.compiled(po.Catalogue(ARABIC, [FILES, po.Entry("Save", forms=["احفظ"]), po.Entry("New")]))
        )
    )

    forms = [made.ngettext("{n} file", "{n} files", n) for n in (0, 1, 2, 3, 11, 100)]

    assert forms == FILES.forms
    assert [made.gettext(text) for text in ("Save", "New")] == ["احفظ", "New"]


def test_texts_are_found_under_any_name_in_python() -> None:
    source = (
        "from django.utils.translation import gettext as _, ngettext, pgettext_lazy as say\n"
        "_('One'); ngettext('%d day', '%d days', n); say('month', 'May'); gettext('not imported')"
    )

    found = [(one.context, one.text, one.plural) for one in sources.in_python(source, "a.py")]

    assert found == [("", "One", ""), ("", "%d day", "%d days"), ("month", "May", "")]


def test_texts_are_found_in_templates_as_django_asks_for_them() -> None:
    source = """{% load i18n %}{% translate "100 %" %}{% blocktranslate with name=a.b trimmed %}
        Hello {{ name }},
        welcome{% endblocktranslate %}{% blocktranslate count n=x %}{{ n }} line{% plural %}{{ n }} lines
        {%- endblocktranslate %}{% include "x.html" with words=_("Inside") %}""".replace(
        "\n        {%-", "{%"
    )

    found = [(one.text, one.plural) for one in sources.in_template(source, "a.html")]

    assert found == [
        ("100 %%", ""),
        ("Hello %(name)s, welcome", ""),
        ("%(n)s line", "%(n)s lines"),
        ("Inside", ""),
    ]


def test_texts_are_found_in_scripts() -> None:
    source = 'export function tn(one, many, n) {} html`${t("Say \\"no\\"")}` + tn("{n} new", "{n} newer", 2)'

    found = [(one.text, one.plural) for one in sources.in_script(source, "a.js")]

    assert found == [('Say "no"', ""), ("{n} new", "{n} newer")]


@pytest.mark.parametrize(
    ("read", "source"),
    [
        (sources.in_python, "from django.utils.translation import gettext as _\n_(f'{x} days')"),
        (sources.in_script, 't(isOpen ? "Open" : "Closed")'),
        (sources.in_script, "t(`${n} days`)"),
    ],
)
def test_what_is_no_plain_text_cannot_be_translated(
    read: Callable[..., Iterator[po.Entry]], source: str
) -> None:
    with pytest.raises(sources.NotPlain, match=r"a\.py:\d"):
        list(read(source, "a.py"))


def test_a_missing_and_an_unused_text_are_faults(kept: Callable[..., list[str]]) -> None:
    found = kept(
        [po.Entry("Old", forms=["قديم"]), po.Entry("Empty", forms=[""])], po.Entry("New"), po.Entry("Empty")
    )

    assert [fault.partition(": ")[2] for fault in found] == [
        "not translated: 'New'", "not translated: 'Empty'", "nobody says this any more: 'Old'",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Hi {name}", "أهلا {nam}"),
        ("%(n)s of %(of)s", "%(n)s"),
        ("<b>A</b>", "<i>A</i>"),
        ("Draft: ", "مسودة:"),
    ],
)
def test_lost_places_are_faults(kept: Callable[..., list[str]], text: str, form: str) -> None:
    assert len(kept([po.Entry(text, forms=[form])], po.Entry(text))) == 1


def test_a_form_may_name_its_number_unless_it_is_filled_by_order(kept: Callable[..., list[str]]) -> None:
    by_order = po.Entry("%d day", "%d days", forms=["%d", "يوم", "%d", "%d", "%d", "%d"])
    too_few = po.Entry("{n} x", "{n} xs", forms=["{n}", "{n}"])

    assert kept([FILES], FILES) == []
    assert len(kept([by_order], by_order)) == 1
    assert "2 plural forms, not 6" in kept([too_few], too_few)[0]


def test_the_language_nobody_speaks_is_longer_and_keeps_places() -> None:
    text = "Send %(n)s files to <b>{name}</b>, 5 %% of {{ all }}"

    found = pseudo(text)

    assert found.startswith("⟦Šéñd %(n)s fíléš tó <b>{name}</b>, 5 %% óf {{ all }}")
    assert len(found) >= 1.4 * len("Send files to , 5 of ")
    assert pseudo(" ") == " "


def test_no_words_are_asked_for_before_anybody_reads_them() -> None:
    """A text asked for while a module is imported stays in the language of that moment, for everybody."""
    early = [
        f"{path.relative_to(sources.ROOT)}:{node.lineno}"
        for path in sources.files("django")
        if path.suffix == ".py"
        for node in _asked_at_once(ast.parse(path.read_text()))
    ]

    assert not early


def _asked_at_once(tree: ast.Module) -> Iterator[ast.Call]:
    names = dict(sources.imported(tree))
    later = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for part in (node.body if isinstance(node.body, list) else [node.body])
        for inner in ast.walk(part)
    }
    for node in ast.walk(tree):
        if id(node) in later or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if not names.get(node.func.id, "lazy").endswith(("lazy", "noop")):
            yield node
