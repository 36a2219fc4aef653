"""Who may import whom: the arrows of docs/architecture.md, read from the code itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: Room → floor. A room imports only from lower floors; rooms of one floor never import each other.
FLOORS = {
    "common": 0,
    "events": 1,
    "tenants": 2,
    "customers": 3,
    "inbox": 4,
    "realtime": 5,
    "telephony": 5,
    "channels": 6,
    "notifications": 6,
    "webhooks": 6,
    "demo": 7,
    "config": 8,
}
#: The far end stands outside the house: nobody imports it and it imports nobody.
OUTSIDE = {"simulator"}
MEASURING = {"bench", "tests"}

#: What other rooms may use of a room; everything else in it is private.
FACES = {
    "events": {"models", "bus", "audit", "queries", "shapes", "wire"},
    "inbox": {
        "models",
        "operations",
        "queries",
        "ports",
        "door",
        "channels",
        "files",
        "shapes",
        "wire",
        "urls",
        "console_urls",
        "api_urls",
        "views",
    },
}


@cache
def rooms() -> list[str]:
    return sorted(
        path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name not in MEASURING
    )


def floor(room: str) -> int:
    return FLOORS["channels" if room.startswith("channels_") else room]


@cache
def files(room: str) -> list[Path]:
    found = sorted((ROOT / room).rglob("*.py"))
    return [one for one in found if not {"migrations", "tests"} & set(one.relative_to(ROOT).parts)]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> list[tuple[int, str, bool]]:
    """(line, module, inside a function) of every import of a file."""
    found: list[tuple[int, str, bool]] = []
    tree = parsed(path)
    hidden = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, name.name, id(node) in hidden) for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative imports hide where things come from"
            found.append((node.lineno, node.module, id(node) in hidden))
    return found


@pytest.mark.parametrize("room", rooms())
def test_a_room_imports_only_from_lower_floors(room: str) -> None:
    wrong = []
    for path in files(room):
        for line, module, _ in imports(path):
            other = module.split(".")[0]
            if other == room or other not in rooms():
                continue
            if room in OUTSIDE or other in OUTSIDE or other == "config" or floor(other) >= floor(room):
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {module}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", rooms())
def test_no_import_is_hidden_in_a_function(room: str) -> None:
    hidden = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in files(room)
        for line, module, inside in imports(path)
        if inside and (module.split(".")[0] in rooms())
    ]
    assert not hidden, "\n".join(hidden)


@pytest.mark.parametrize("room", rooms())
def test_a_room_uses_only_the_face_of_another(room: str) -> None:
    wrong = []
    for path in files(room) if room not in {"config"} else ():
        for line, module, _ in imports(path):
            other, _, rest = module.partition(".")
            face = FACES.get(other)
            if other != room and face and rest and rest.split(".")[0] not in face:
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {module}")
    assert not wrong, "\n".join(wrong)


def modules_of(room: str) -> dict[str, Path]:
    names = {}
    for path in files(room):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


@pytest.mark.parametrize("room", rooms())
def test_no_module_waits_for_itself(room: str) -> None:
    """No cycle of imports inside a room, counting only what is needed at run time."""
    modules = modules_of(room)
    arrows = {
        name: {module for module in _runtime_imports(path) if module in modules and module != name}
        for name, path in modules.items()
    }
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " → ".join([*trail[trail.index(name) :], name])
        if name not in done:
            for other in sorted(arrows[name]):
                visit(other, (*trail, name))
            done.add(name)

    for name in sorted(modules):
        visit(name, ())


def _runtime_imports(path: Path) -> Iterator[str]:
    for node in parsed(path).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_the_core_never_names_a_provider() -> None:
    """Rules of one provider belong to its own room (style guide §5)."""
    core = ("common", "events", "tenants", "customers", "inbox", "realtime")
    words = {path: "\n".join(_code_words(path)).lower() for room in core for path in files(room)}
    providers = ("whatsapp", "telegram", "twilio")
    named = [
        f"{path.relative_to(ROOT)}: {word}" for path in words for word in providers if word in words[path]
    ]
    assert not named, "\n".join(named)


def _code_words(path: Path) -> Iterator[str]:
    """Names and values of a file, without its docstrings, where examples may stand."""
    tree = parsed(path)
    docs = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
        ):
            docs.add(id(body[0].value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id


@pytest.mark.parametrize("room", rooms())
def test_a_room_says_in_its_first_lines_what_it_is_for(room: str) -> None:
    doc = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text()))
    assert doc
    assert len(doc.splitlines()) <= 20
