"""Django's `migrate`, without making every model anew for changes that no other model can see.

Half of a first start went there: each new table, index and constraint made all models of the house again.
Django puts such work off itself after some changes; a migration that runs Python gets models that are made
from the whole state then, and so it does here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db.migrations.state import ModelState, ProjectState

_add_any_model = ProjectState.add_model


class Command(migrate.Command):
    """See the module."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring the tables up to date."""
        with quick_states():
            super().handle(*args, **options)


@contextmanager
def quick_states() -> Iterator[None]:
    """States of a project that put off what they can, until the block ends."""
    quick = {"add_model": _add_model, "_append_option": _append_option}
    slow = {name: getattr(ProjectState, name) for name in quick}
    _set(quick)
    try:
        yield
    finally:
        _set(slow)


def _set(methods: dict[str, Any]) -> None:
    for name, method in methods.items():
        setattr(ProjectState, name, method)


def _add_model(state: Any, model: ModelState) -> None:
    """A new model; those that are there keep not knowing it, until they are made anew for another reason."""
    key = model.app_label, model.name_lower
    if key in state.models or "apps" not in vars(state):
        _add_any_model(state, model)
        return
    state.models[key] = model
    if state._relations is not None:
        state.resolve_model_relations(key)
    state.apps.render_multiple([model])
    state.is_delayed = True


def _append_option(state: Any, app: str, name: str, option: str, added: Any) -> None:
    """An index or a constraint: the model itself is told, so that later changes of it go round it."""
    options = state.models[app, name].options
    options[option] = [*options[option], added]
    if "apps" in vars(state):
        meta = state.apps.get_model(app, name)._meta
        setattr(meta, option, options[option])
        vars(meta).pop("total_unique_constraints", None)
        state.is_delayed = True
