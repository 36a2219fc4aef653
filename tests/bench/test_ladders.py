"""Each promise of a ladder that can be broken is found broken, and nothing else is."""

from __future__ import annotations

from bench.faults.ladders import Outcomes, Promised, broken_ladders, still_climbing

TEXT, CHAT = "+442079460123", "318840571926604"


def outcomes(*words: str, **states: tuple[str, str, bool]) -> Outcomes:
    """Notifications that a text reached; states: of some, otherwise."""
    promised = [Promised("bank", word, word) for word in words]
    known = dict.fromkeys(words, ("delivered", "", False)) | states
    return Outcomes(promised, known, {(word, TEXT): 1 for word in words})


def broken(found: Outcomes) -> set[str]:
    return {name for name, cases in broken_ladders(found).items() if cases}


def test_nothing_is_found_when_all_is_well() -> None:
    found = outcomes("a", "b")
    found.taken = {**found.taken, ("b", CHAT): 1}

    assert broken(found) == set()
    assert not still_climbing(found)


def test_what_no_provider_took_is_lost() -> None:
    found = outcomes("a", "b", a=("failed", "No channel got through in time.", False))
    found.taken = {("b", TEXT): 1}

    assert broken_ladders(found)["notifications lost"] == ["a: failed"]
    assert broken(found) == {"notifications lost"}


def test_a_notification_that_is_not_stored_is_lost_too() -> None:
    found = outcomes("a")
    found.states, found.taken = {}, {}

    assert broken_ladders(found)["notifications lost"] == ["a: not stored"]


def test_a_step_is_sent_once() -> None:
    found = outcomes("a")
    found.taken = {("a", TEXT): 2, ("a", CHAT): 1}

    assert broken_ladders(found)["steps of a ladder sent twice"] == [f"a by {TEXT}: 2"]


def test_a_ladder_that_has_something_to_do_at_the_end_stands_still() -> None:
    found = outcomes("a", "b", a=("sent", "", True))

    assert broken(found) == {"ladders that stand still"}
    assert still_climbing(found)


def test_what_got_through_at_last_says_so() -> None:
    found = outcomes("a", a=("failed", "No channel got through in time.", False))
    found.taken = {("a", TEXT): 1, ("a", CHAT): 1}

    assert broken(found) == {"notifications whose last channel got through and that say otherwise"}
