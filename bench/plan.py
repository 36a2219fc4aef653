"""How long and how much to measure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes of the samples; seconds unless the name says otherwise."""

    stream_s: float = 20.0
    storm_s: float = 3.0
    storm_rounds: int = 5
    backlog_messages: int = 20_000
    backlog_rounds: int = 3
    send_threads: int = 800
    live_idle_messages: int = 60
    live_busy_s: float = 20.0
    list_sizes: tuple[int, ...] = (10_000, 100_000)
    idle_s: float = 20.0
    notifications: int = 100_000
    crowd_each: int = 4_000
    log_rows: int = 1_000_000
    body_rounds: int = 7
    page_rounds: int = 30
    page_threads: int = 10_000
    page_messages: int = 1_000_000
    page_long: int = 20_000
    page_switches: int = 100


FULL = Plan()
QUICK = Plan(
    stream_s=5, storm_s=1.0, storm_rounds=3, backlog_messages=5_000, backlog_rounds=1, send_threads=200,
    live_idle_messages=15, live_busy_s=5, list_sizes=(2_000, 20_000), idle_s=3, notifications=5_000,
    crowd_each=1_000, log_rows=50_000, body_rounds=3, page_rounds=10,
    page_threads=1_000, page_messages=20_000, page_long=5_000, page_switches=20,
)  # fmt: skip
