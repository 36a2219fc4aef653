"""Prices and costs in templates."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.models import Cost, CostSource
from notifications.queries.costs import CostLine
from notifications.words_of_money import CATEGORIES, SOURCES, UNITS, money

register = template.Library()


@register.simple_tag
def amounts(found: Mapping[str, Decimal], unknown: int = 0) -> SafeString | str:
    """12.40 EUR · 3.00 GBP; what nobody knows is said, never shown as nothing."""
    if not found:
        return _("unknown price") if unknown else "—"
    known = [(money(amount, currency),) for currency, amount in sorted(found.items())]
    more = format_html(" {}", _("and more")) if unknown else ""
    return format_html("{}{}", format_html_join(" · ", '<span class="nowrap">{}</span>', known), more)


@register.simple_tag
def cost_total(line: CostLine) -> SafeString | str:
    """What several messages came to, with those that were free and those nobody knows the price of."""
    if not line.messages:
        return _("Nothing was charged yet.")
    parts = [(money(amount, currency),) for currency, amount in sorted(line.amounts.items())]
    if line.free:
        parts.append((ngettext("%d message free", "%d messages free", line.free) % line.free,))
    if line.unknown:
        words = ngettext("%d message of unknown price", "%d messages of unknown price", line.unknown)
        parts.append((words % line.unknown,))
    return format_html_join(" · ", "{}", parts)


@register.simple_tag
def cost_words(row: Cost) -> str:
    """0.0410 EUR, by your price list: 2 segments, GB"""
    source = SOURCES[row.source]
    said = f"{money(row.amount, row.currency)}, {source}" if row.currency else str(source)
    facts = [
        units(row.units, row.unit),
        str(CATEGORIES.get(row.category, row.category)) if row.category else "",
    ]
    detail = ", ".join(filter(None, [*facts, row.country]))
    cost = _("Cost")
    return f"{cost}: {said} ({detail})" if row.source != CostSource.FREE else f"{cost}: {said}"


@register.simple_tag
def units(many: Decimal | int, unit: str) -> str:
    """1 message, 2 segments, 1.4 segments"""
    shown = f"{Decimal(many):.1f}".removesuffix(".0")
    words: dict[str, Any] = {
        "message": ngettext("%s message", "%s messages", 1 if shown == "1" else 2),
        "segment": ngettext("%s segment", "%s segments", 1 if shown == "1" else 2),
        "minute": ngettext("%s minute", "%s minutes", 1 if shown == "1" else 2),
    }
    return str(words[unit] % shown)


@register.simple_tag
def amount_words(amount: Decimal, currency: str) -> str:
    """12.40 EUR"""
    return money(amount, currency)


@register.filter
def unit_words(unit: str) -> Any:
    """What one price is for."""
    return UNITS.get(unit, unit)


@register.filter
def price_category(category: str) -> Any:
    """A category of a tariff; "" is every one."""
    return CATEGORIES.get(category, category)


@register.filter
def price_words(line: Any) -> str:
    """0.0220 EUR"""
    return money(line.price, line.currency)
