"""Cards of a template: what is refused when it is created, and how they look once filled in."""

from collections.abc import Callable
from typing import Any

from simulator.errors import GraphError

Json = dict[str, Any]
_CARDS, _BUTTONS, _TEXT_MAX, _BREAKS_MAX = range(2, 11), range(1, 3), 160, 2
_HEADERS, _BUTTON_KINDS = ("IMAGE", "VIDEO"), ("QUICK_REPLY", "URL", "PHONE_NUMBER")


def refused(why: str) -> GraphError:
    """A carousel that cannot be."""
    return GraphError(100, why, message=f"(#100) {why}")


def check_carousel(category: str, parts: dict[str, Json]) -> list[dict[str, Json]]:
    """The parts of each card, by type, their build checked. Raises GraphError."""
    if category != "MARKETING":
        raise refused("Only MARKETING templates take a CAROUSEL.")
    if not set(parts) <= {"BODY", "CAROUSEL"}:
        raise refused("Beside a CAROUSEL a template has a BODY only.")
    cards = parts["CAROUSEL"].get("cards")
    if not isinstance(cards, list) or len(cards) not in _CARDS:
        raise refused("A carousel has 2 to 10 cards.")
    built = [{part["type"]: part for part in card.get("components") or []} for card in cards]
    if len({_build(card) for card in built}) > 1:
        raise refused("All cards must have the same components and the same types of buttons.")
    for card in built:
        _check_card(card)
    return built


def _buttons(card: dict[str, Json]) -> list[Json]:
    found: list[Json] = card.get("BUTTONS", {}).get("buttons") or []
    return found


def _build(card: dict[str, Json]) -> tuple[Any, ...]:
    form = card.get("HEADER", {}).get("format")
    return form, tuple(sorted(card)), tuple(button.get("type") for button in _buttons(card))


def _check_card(card: dict[str, Json]) -> None:
    """Header and buttons; texts and samples are checked like those of any template."""
    if card.get("HEADER", {}).get("format") not in _HEADERS:
        raise refused("Every card has a HEADER of the format IMAGE or VIDEO.")
    kinds = [button.get("type") for button in _buttons(card)]
    if len(kinds) not in _BUTTONS or not set(kinds) <= set(_BUTTON_KINDS):
        raise refused("A card has one or two buttons: quick replies, URLs or phone numbers.")
    text = str(card.get("BODY", {}).get("text") or "")
    if len(text) > _TEXT_MAX:
        raise GraphError(2388040, f"The text of a card may have {_TEXT_MAX} characters.")
    if text.count("\n") > _BREAKS_MAX:
        raise refused("The text of a card may have 2 line breaks.")


def capital_cards(part: Json, capitals: Callable[[Json], Json]) -> Json:
    """The part with the types of its cards' components in capitals."""
    if part["type"] != "CAROUSEL" or not isinstance(part.get("cards"), list):
        return part
    cards = [
        {**card, "components": [capitals(one) for one in card.get("components") or []]}
        for card in part["cards"]
    ]
    return {**part, "cards": cards}


def cards_given(given: list[Json], count: int) -> list[list[Json]]:
    """The components a message names for each card, by place. Raises GraphError."""
    said = next((one for one in given if str(one.get("type", "")).lower() == "carousel"), {})
    cards = {str(card.get("card_index")): card.get("components") or [] for card in said.get("cards") or []}
    missing = [place for place in range(count) if str(place) not in cards]
    if missing or len(cards) != count:
        raise GraphError(132012, f"carousel: {len(cards)} cards given, the template has {count}")
    return [cards[str(place)] for place in range(count)]
