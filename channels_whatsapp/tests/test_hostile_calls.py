"""A provider that answers nonsense, too much, too late or nothing: every call there is, each kind of answer.

Whatever comes, the call ends in a refusal of a class, with a sentence; what is made of that is the same for
all of them and is told elsewhere (errands, templates, deliveries).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import get_args

import pytest

import channels_whatsapp
from channels_whatsapp.tests.calls_table import CALLS, WABA
from channels_whatsapp.tests.hostile import Case, Hurry, Peer, peer
from channels_whatsapp.tests.making import account
from common import http
from common.connections import Call
from inbox.ports import Account, Reason, SendError
from tests.spoiled import ANSWERS, SLOW

#: Long enough for a talk on this machine, short enough for one that never ends.
QUICK_S = 0.15
AT_ONCE = 24
#: What gives no call its meaning: the client's own doors, and the adapter, which only passes on.
DOORS = {"graph", "adapter"}


@pytest.fixture
def provider() -> Iterator[Peer]:
    with peer() as found:
        yield found


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> Hurry:
    """Calls have their own time, but for those of a thread that has used up what it was left."""
    here = Hurry()

    def limited(*, timeout_s: float, max_bytes: int) -> Call:
        here.left -= 1
        return Call(timeout_s=QUICK_S if here.left < 0 else timeout_s, max_bytes=max_bytes)

    monkeypatch.setattr(http, "Call", limited)
    return here


def test_every_call_of_the_client_stands_in_the_table() -> None:
    assert {name.partition(":")[0] for name in CALLS} == _callers()


def test_every_call_succeeds_with_the_answers_of_the_table(provider: Peer) -> None:
    for name, (deed, goods) in CALLS.items():
        case = provider.case(list(goods))
        deed(us(case))
        assert case.asked == len(goods), name


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_hostile_answer_ends_every_call_in_a_refusal_of_a_class(
    provider: Peer, hurry: Hurry, answer: str
) -> None:
    cases = [
        (f"{name}, answer {at + 1}", deed, provider.case(list(goods), at, answer))
        for name, (deed, goods) in CALLS.items()
        for at in range(len(goods))
    ]

    def asked(deed: Callable[[Account], object], case: Case) -> object:
        hurry.left = case.spoiled_at if answer in SLOW else 1_000
        return deed(us(case))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [(where, case, pool.submit(asked, deed, case)) for where, deed, case in cases]

    assert {where: found for where, case, one in running if (found := _wrong(case, one))} == {}


def us(case: Case) -> Account:
    return account(case.url, config={"waba_id": WABA})


def _wrong(case: Case, ended: Future[object]) -> str:
    """What came of it, unless that is a refusal of a class, after the hostile answer."""
    error = ended.exception()
    if error is None:
        return f"took it: {ended.result()!r}"
    if not isinstance(error, SendError):
        return f"{type(error).__name__}: {error}"
    is_told = error.reason in get_args(Reason) and len(error.detail or error.title) > 10
    return "" if is_told and case.asked > case.spoiled_at else f"{error}, asked {case.asked}"


# ---------------------------------------------------------------- what calls there are


def _callers() -> set[str]:
    """module.function of every public function from which an outbound request can come, found in the text."""
    uses = {name: found for path in sorted(_room().glob("*.py")) for name, found in _uses(path)}
    calling = {"common.http.call", "common.http.download"}
    while more := {name for name, found in uses.items() if found & calling} - calling:
        calling |= more
    public = (name for name in calling if not name.rpartition(".")[2].startswith("_"))
    return {name for name in public if name.partition(".")[0] not in {*DOORS, "common"}}


def _room() -> Path:
    return Path(channels_whatsapp.__file__).parent


def _uses(path: Path) -> Iterator[tuple[str, set[str]]]:
    """Each function of a module, with everything it names, as module.name."""
    tree = ast.parse(path.read_text())
    names = dict(_imported(tree))
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef)]
    names |= {one.name: f"{path.stem}.{one.name}" for one in functions}
    for function in functions:
        yield f"{path.stem}.{function.name}", set(_named(function, names))


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for line in tree.body:
        if isinstance(line, ast.ImportFrom) and line.module:
            module = line.module.removeprefix("channels_whatsapp").removeprefix(".")
            for one in line.names:
                yield one.asname or one.name, ".".join(filter(None, (module, one.name)))


def _named(function: ast.FunctionDef, names: dict[str, str]) -> Iterator[str]:
    for part in ast.walk(function):
        if isinstance(part, ast.Name) and part.id in names:
            yield names[part.id]
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in names:
            yield f"{names[part.value.id]}.{part.attr}"


def test_nothing_else_of_the_room_opens_a_connection() -> None:
    """Else the table would miss it: whatever asks over the net is a function of a module here."""
    inner = [path for path in _room().rglob("*.py") if path.parent.name in {"operations", "views"}]
    doors = re.compile(r"common\.http|import http$|channels_whatsapp\.graph", re.MULTILINE)

    assert inner
    assert [path.name for path in inner if doors.search(path.read_text())] == []
