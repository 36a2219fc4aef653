"""The keys of an installation are made once, kept privately, and replaced by given ones."""

import base64

from config.launch import environment as environments
from config.launch import keys


def test_keys_are_made_once_and_only_the_owner_can_read_them(tmp_path):
    found = environments.read({"PARLEY_DATA": str(tmp_path)})
    first, second = keys.provide(found), keys.provide(found)
    assert first == second
    assert len(base64.b64decode(first["PARLEY_MASTER_KEY"])) == 32
    assert len(first["PARLEY_SECRET_KEY"]) >= 50
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert {path.name for path in tmp_path.iterdir()} == {"secret_key", "master_key"}


def test_two_installations_have_different_keys(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = (
        keys.provide(environments.read({"PARLEY_DATA": str(tmp_path / name)})) for name in ("one", "two")
    )
    assert not set(one.values()) & set(two.values())


def test_given_keys_are_used_and_nothing_is_written(tmp_path):
    given = {"PARLEY_DATA": str(tmp_path), "PARLEY_SECRET_KEY": "s" * 50, "PARLEY_MASTER_KEY": "bQ=="}
    assert keys.provide(environments.read(given))["PARLEY_MASTER_KEY"] == "bQ=="
    assert not list(tmp_path.iterdir())
