"""Python's collector, set for processes that make a hundred thousand rows at a time, or are waited for."""

from __future__ import annotations

import gc

#: New objects before the young are looked through (Python's own: 700), and how often the older ones then are.
THRESHOLDS = (50_000, 20, 50)


def calm_collector() -> None:
    """Look for rings of garbage more seldom, and never among what was loaded at the start.

    A batch of rows is freed by its reference counts; looking through it again and again took a fifth of the
    time of storing one. In the web process each hundredth answer waited 0.15 s for a look through it all.
    """
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
