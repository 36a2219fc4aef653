"""The quicker `migrate`: models that a migration sees know what the whole state knows."""

from __future__ import annotations

from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from common.management.commands.migrate import quick_states

INDEX = models.Index(fields=["person"], name="pet_person")
CHECK = models.CheckConstraint(condition=models.Q(id__gt=0), name="pet_id")


def _zoo() -> ProjectState:
    """A project with people that gets pets, an index and a constraint."""
    state = ProjectState()
    with quick_states():
        state.add_model(ModelState("zoo", "Person", [("id", models.BigAutoField(primary_key=True))]))
        assert state.apps.get_model("zoo", "person")
        key = models.ForeignKey("zoo.Person", models.CASCADE)
        state.add_model(
            ModelState("zoo", "Pet", [("id", models.BigAutoField(primary_key=True)), ("person", key)])
        )
        state.add_index("zoo", "pet", INDEX)
        state.add_constraint("zoo", "pet", CHECK)
    return state


def test_a_new_model_points_at_those_that_were_there() -> None:
    pet = _zoo().apps.get_model("zoo", "pet")

    assert pet._meta.get_field("person").related_model._meta.label == "zoo.Person"
    assert pet._meta.indexes == [INDEX]
    assert pet._meta.constraints == [CHECK]


def test_python_in_a_migration_gets_models_that_know_each_other() -> None:
    state = _zoo()
    state.clear_delayed_apps_cache()  # as RunPython does

    person = state.apps.get_model("zoo", "person")

    assert [one.name for one in person._meta.related_objects] == ["pet"]


def test_all_is_django_s_own_again_afterwards() -> None:
    before = ProjectState.add_model, ProjectState._append_option  # type: ignore[attr-defined]
    _zoo()

    assert (ProjectState.add_model, ProjectState._append_option) == before  # type: ignore[attr-defined]
