"""A ladder climbed in thought: what happens, second by second, when its channels behave so and so. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.queries.lists import Rung

#: What a channel can do in the simulation.
FATES = ("silent", "reached", "refused", "answered")


@dataclass(frozen=True, slots=True)
class Moment:
    """What happens at a time. kind: try, silent, reached, refused, answered, end; place: of the rung."""

    at_s: int
    kind: str
    rung: Rung | None
    place: int = -1

    @property
    def clock(self) -> str:
        """ "1:05", "2:00:00" """
        hours, rest = divmod(self.at_s, 3600)
        minutes, seconds = divmod(rest, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def simulate(rungs: Sequence[Rung], fates: Sequence[str], ttl_s: int) -> tuple[list[Moment], str]:
    """Each moment in its order, and how it ends: reached, answered, failed or expired."""
    moments: list[Moment] = []
    at = 0
    for place, (rung, fate) in enumerate(zip(rungs, fates, strict=True)):
        if at >= ttl_s:
            return [*moments, Moment(ttl_s, "expired", None)], "expired"
        moments.append(Moment(at, "try", rung, place))
        if fate == "answered" or (fate == "reached" and rung.reach != "answered"):
            moments.append(Moment(at, fate, rung, place))
            return moments, fate
        if fate == "refused":
            moments.append(Moment(at, "refused", rung, place))
            continue
        at += rung.patience_s
        moments.append(Moment(at, "silent", rung, place))
    return [*moments, Moment(at, "failed", None)], "failed"
