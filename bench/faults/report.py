"""The table of a ledger run: what happened, and which promises held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.browser import Browser
from bench.faults.comparison import Evidence, findings, unknown_fates
from bench.faults.ladders import Outcomes, broken_ladders
from bench.table import Row, at_most, percentile

DRAIN_WITHIN_S = 120.0


@dataclass(frozen=True, slots=True)
class Course:
    """How the run went. deaths: what was killed; waits_s: of each customer's word until it was shown."""

    deaths: Sequence[str]
    waits_s: Sequence[float]
    browsers: Sequence[Browser]
    drained_s: float


def report(evidence: Evidence, climbed: Outcomes, course: Course) -> tuple[list[Row], dict[str, list[str]]]:
    """The rows, and the cases behind those that are not as they should be."""
    broken = findings(evidence) | broken_ladders(climbed)
    steps = sum(climbed.taken.values())
    rows = [
        *_facts(evidence, course),
        Row("notifications promised to programs", len(climbed.promised), "", beside=f"{steps} steps sent"),
        *(Row(name, len(cases), "", target=at_most(0)) for name, cases in broken.items()),
    ]
    resyncs = sum(browser.resyncs for browser in course.browsers)
    rows.append(Row("sockets told to start over", resyncs, "", target=at_most(0)))
    rows.append(Row("backlog drained after", course.drained_s, "s", target=at_most(DRAIN_WITHIN_S)))
    cases = {"of unknown fate": unknown_fates(evidence), **broken}
    return rows, {name: found for name, found in cases.items() if found}


def _facts(evidence: Evidence, course: Course) -> Iterator[Row]:
    deaths = ", ".join(f"{name} {count}" for name, count in Counter(course.deaths).items())
    yield Row("processes killed", len(course.deaths), "", beside=deaths)
    yield Row("customers' messages said", len(evidence.said), "")
    yield Row("answers promised to agents", len(evidence.promised), "")
    yield Row("events heard by open sockets", sum(map(len, evidence.heard.values())), "")
    yield Row("breaks of those sockets", sum(browser.breaks for browser in course.browsers), "")
    for percent in (50, 99, 100):
        wait_s = percentile(course.waits_s, percent) if course.waits_s else 0
        yield Row(f"customer's word shown to the agent after, p{percent}", wait_s, "s")
    unknown = len(unknown_fates(evidence))
    yield Row("answers of unknown fate, not on the phone and shown so", unknown, "")
