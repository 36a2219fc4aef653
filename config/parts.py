"""Which parts a channel's folder has, beside its adapter."""

from importlib.util import find_spec


def has_module(name: str) -> bool:
    """Whether a channel brings this module, e.g. addresses of its own."""
    return find_spec(name) is not None
