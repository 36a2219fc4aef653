"""The words of reports, and their figures as plots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.plots import HEIGHT, Bar, Plot, columns, lying, round_top
from notifications.queries.costs import CostLine
from notifications.queries.reports import Funnel, Period, RungLine
from notifications.words_of_money import money

STAGE_WORDS = {
    "asked": gettext_lazy("Asked for"),
    "sent": gettext_lazy("Sent"),
    "delivered": gettext_lazy("Delivered"),
    "read": gettext_lazy("Read"),
    "answered": gettext_lazy("Answered"),
    "failed": gettext_lazy("Failed"),
}
RUNG_WORDS = {
    "asked": gettext_lazy("Foreseen"),
    "tried": gettext_lazy("Tried"),
    "reached": gettext_lazy("Reached"),
    "timed_out": gettext_lazy("Silent, given up"),
    "failed": gettext_lazy("Failed"),
    "skipped": gettext_lazy("Skipped"),
    "unneeded": gettext_lazy("Not needed"),
}
#: The bars of a line, from the outermost in.
DRAWN = ("sent", "delivered", "read", "answered")
RUNG_DRAWN = ("tried", "reached", "failed")
#: So many columns from one label below them to the next.
_EVERY = {24: 6, 30: 5}


def many(number: int) -> str:
    """1,284,000"""
    return number_format(number, force_grouping=True)


def bars_of(line: Funnel | RungLine, most: int, drawn: Sequence[str]) -> list[Bar]:
    """A line's bars, and behind them what failed."""
    found = line.by_stage
    return lying({stage: found[stage] for stage in (*drawn, "failed")}, most)


def start_words(of: Period, start: datetime) -> str:
    """29 Nov 14:00 UTC, or 29 Nov"""
    day = date_format(start, "j M")
    return f"{day} {start:%H:%M} UTC" if of.is_hourly else day


def _labels(of: Period) -> list[datetime | None]:
    every = _EVERY.get(len(of.starts), 1)
    return [start if n % every == every // 2 else None for n, start in enumerate(of.starts)]


def _about(line: Funnel, stages: Sequence[str]) -> str:
    return ", ".join(f"{STAGE_WORDS[stage]} {many(line.by_stage[stage])}" for stage in stages)


def time_plots(of: Period, lines: Sequence[Funnel], whole: Funnel) -> Iterator[Plot]:
    """What came how far, hour by hour or day by day; and what failed, on a scale of its own."""
    titles = {
        "sent": _("Sent, delivered, read and answered by hour")
        if of.is_hourly
        else _("Sent, delivered, read and answered by day"),
        "failed": _("Failed by hour") if of.is_hourly else _("Failed by day"),
    }
    for stages in (DRAWN, ("failed",)):
        first = stages[0]
        most = max(line.by_stage[first] for line in lines)
        if not most and first == "failed":
            return
        yield _plot(of, lines, stages, key=first, title=titles[first], about=_about(whole, stages))


def _plot(of: Period, lines: Sequence[Funnel], stages: Sequence[str], **said: str) -> Plot:
    top = round_top(max(line.by_stage[stages[0]] for line in lines))
    words = [
        _("%(when)s: %(figures)s")
        % {"when": start_words(of, start), "figures": _about(line, list(STAGE_WORDS))}
        for start, line in zip(of.starts, lines, strict=True)
    ]
    values = [{stage: line.by_stage[stage] for stage in stages} for line in lines]
    return Plot(
        width=100 * len(lines),
        columns=columns(values, top, words, _labels(of)),
        ticks=[many(top), many(top // 2), "0"],
        stages=[(stage, STAGE_WORDS[stage]) for stage in stages],
        **said,
    )


def cost_plots(of: Period, days: Sequence[CostLine]) -> Iterator[Plot]:
    """What messages came to day by day: a plot for each currency, because they cannot be added."""
    of, by_day = of.in_days, {line.name: line.amounts for line in days}
    for currency in sorted({one for line in days for one in line.amounts}):
        amounts = [by_day.get(f"{start:%Y-%m-%d}", {}).get(currency, Decimal(0)) for start in of.starts]
        yield _cost_plot(of, currency, amounts)


def _cost_plot(of: Period, currency: str, amounts: Sequence[Decimal]) -> Plot:
    most = max(amounts)
    values = [{"cost": int(HEIGHT * one / most) if most else 0} for one in amounts]
    words = [
        _("%(when)s: %(amount)s") % {"when": start_words(of, start), "amount": money(one, currency)}
        for start, one in zip(of.starts, amounts, strict=True)
    ]
    return Plot(
        key=f"cost-{currency}",
        title=_("Cost by day in %s") % currency,
        about=_("In all %s") % money(sum(amounts, Decimal(0)), currency),
        width=100 * len(amounts),
        columns=columns(values, HEIGHT, words, _labels(of)),
        ticks=[money(most, currency), "", "0"],
    )


def part(count: int, whole: int) -> str:
    """ "99.6", the part of a whole in percent; "" of nothing. All but one of many are not 100."""
    if not whole:
        return ""
    rounded = round(100 * count / whole, 1)  # number_format cuts off
    return number_format(rounded if count >= whole else min(rounded, 99.9), 1)


def cells(line: Funnel) -> list[tuple[str, Any, int, str]]:
    """(stage, its words, how many, their part of all that were asked for in percent)"""
    found = line.by_stage
    return [(one, words, found[one], part(found[one], found["asked"])) for one, words in STAGE_WORDS.items()]
