"""Scripts and styles on the wire: compressed, without our comments, unchanged for who knows them already."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

from common.static_files import without_comments
from tests.wire_files import answer, body

ROOT = Path(settings.BASE_DIR)
OURS = sorted([*ROOT.glob("static/**/*.js"), *ROOT.glob("static/**/*.css")])
BASE = "/static/inbox/base.js"

SOURCE = """\
// What this is for.
import { t } from "./t.js"; // stays: it stands behind code
/** One line. */
const link = "https://example.org/*"; /* stays */
  /** Two lines:
      the second one. */
export const a = `
  ${t("//")} */`;
/* closed here */ export const b = 1;
"""
LEAN = """\

import { t } from "./t.js"; // stays: it stands behind code

const link = "https://example.org/*"; /* stays */


export const a = `
  ${t("//")} */`;
 export const b = 1;
"""


def test_lines_of_comment_are_left_empty_and_every_other_line_keeps_its_number() -> None:
    assert without_comments(SOURCE) == LEAN


def test_nothing_but_comments_is_taken_from_our_files() -> None:
    taken = [line for path in OURS for line in _taken(path) if not _reads_as_comment(line)]

    assert taken == []


def _taken(path: Path) -> list[str]:
    source = path.read_text()
    lines = zip(source.split("\n"), without_comments(source).split("\n"), strict=True)
    return [before.strip() for before, after in lines if before != after]


def _reads_as_comment(line: str) -> bool:
    """Prose between the signs of a comment: no line of code ends like these but in one."""
    return line.startswith(("//", "/*")) or line.endswith("*/") or not line.endswith((";", "{", "}", "`"))


def test_who_takes_gzip_gets_it_and_others_get_the_same_words_plain() -> None:
    packed, plain = body(BASE), body(BASE, takes="identity")

    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain) / 2
    assert b"export const html" in plain
    assert b"// What every module" not in plain


def test_libraries_are_served_as_they_are() -> None:
    library = (settings.NODE_MODULES / "preact" / "dist" / "preact.mjs").read_bytes()

    assert body("/static/npm/preact/preact.mjs", takes="") == library
    assert gzip.decompress(body("/static/npm/preact/preact.mjs")) == library


def test_an_answer_tells_its_length_and_that_it_differs_by_what_the_browser_takes() -> None:
    found = answer(BASE, HTTP_ACCEPT_ENCODING="gzip")

    assert found.headers["Content-Encoding"] == "gzip"
    assert found.headers["Vary"] == "Accept-Encoding"
    assert int(found.headers["Content-Length"]) == len(body(BASE))


def test_who_knows_a_file_already_gets_no_body() -> None:
    known = answer(BASE, "HEAD")

    again = answer(BASE, HTTP_IF_NONE_MATCH=known.headers["ETag"])

    assert known.status_code == 200
    assert again.status_code == 304


def test_a_page_names_files_by_a_version_under_which_browsers_keep_them_for_ever() -> None:
    address = static("inbox/base.js")
    named = answer(address, HTTP_ACCEPT_ENCODING="gzip")

    assert re.fullmatch(r"/static/~[0-9a-f]{12}/inbox/base\.js", address)
    assert named.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert named.getvalue() == body(BASE)
    assert answer(BASE).headers["Cache-Control"] == "max-age=60, public"


def test_a_page_from_before_gets_what_there_is_now_and_does_not_keep_it() -> None:
    older = answer("/static/~0123456789ab/inbox/base.js", HTTP_ACCEPT_ENCODING="gzip")

    assert older.getvalue() == body(BASE)
    assert older.headers["Cache-Control"] == "max-age=60, public"
    assert answer("/static/~0123456789ab/inbox/none.js").status_code == 404


def test_only_reading_is_allowed() -> None:
    assert answer(BASE, "POST").status_code == 405
