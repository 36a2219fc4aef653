"""Which parts a channel's folder has, beside its adapter."""

from importlib.util import find_spec

#: Pieces of an address of the front door: /hooks/<kind>/<channel id>/.
DOOR_PIECES = 3


def is_asked(path: str) -> bool:
    """Is this an address under /hooks/ whose caller waits for an answer that has to be found first? Those
    have a name after the channel: ``hook_urls`` of its folder."""
    pieces = [piece for piece in path.split("/") if piece]
    return pieces[:1] == ["hooks"] and len(pieces) > DOOR_PIECES


def has_module(name: str) -> bool:
    """Whether a channel brings this module, e.g. addresses of its own."""
    return find_spec(name) is not None
