"""Settings from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.env import env_bool, env_int, env_list, env_str


@pytest.mark.parametrize(
    ("text", "found"), [(None, "the default"), ("", "the default"), (" ", " "), ("said", "said")]
)
def test_an_empty_variable_counts_as_unset_as_docker_compose_passes_it(
    monkeypatch: pytest.MonkeyPatch, text: str | None, found: str
) -> None:
    monkeypatch.delenv("PARLEY_SOMETHING", raising=False)
    if text is not None:
        monkeypatch.setenv("PARLEY_SOMETHING", text)

    assert env_str("PARLEY_SOMETHING", "the default") == found


def test_empty_switches_numbers_and_lists_are_their_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_SOMETHING", "")

    assert env_bool("PARLEY_SOMETHING", True) is True
    assert env_int("PARLEY_SOMETHING", 7) == 7
    assert env_list("PARLEY_SOMETHING", "a, b") == ["a", "b"]


def test_a_value_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.setenv("PARLEY_SOMETHING", "")
    monkeypatch.setenv("PARLEY_SOMETHING_FILE", str(tmp_path / "secret"))

    assert env_str("PARLEY_SOMETHING") == "from a file"
