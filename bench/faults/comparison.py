"""The ledgers against what there is: nothing here asks anybody, so that it can be tested."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bench.faults.found import Arrived, Stored, Told
from bench.faults.ledger import Entry

#: What a message that is on the phone may be shown as.
GONE_OUT = {"sent", "delivered", "read"}
UNKNOWN_FATE = "uncertain"


@dataclass(slots=True)
class Evidence:
    """What was said and promised, and what there is.

    told: each tenant's log; heard: the same as a socket that was open all the time got it.
    """

    said: Sequence[Entry]
    promised: Sequence[Entry]
    stored: Sequence[Stored] = ()
    arrived: Sequence[Arrived] = ()
    told: dict[str, list[Told]] = field(default_factory=dict)
    heard: dict[str, list[Told]] = field(default_factory=dict)


def findings(evidence: Evidence) -> dict[str, list[str]]:
    """Every promise that could be broken → each case in which it was."""
    inbound = [one for one in evidence.stored if one.direction == "inbound"]
    return {
        "customers' messages lost": _lost_inbound(evidence.said, inbound),
        "customers' messages doubled": _repeated(one.entry.text for one in inbound),
        "answers lost": _lost_answers(evidence),
        "answers doubled on a phone": _repeated(one.entry.text for one in evidence.arrived),
        "answers doubled in a thread": _repeated(
            one.entry.text for one in evidence.stored if one not in inbound
        ),
        "messages in the wrong tenant": _misplaced(evidence),
        "customers' messages out of order": _disorder((one.holder, one.entry) for one in inbound),
        "answers out of order on a phone": _disorder(
            (one.sender, one.entry) for one in _by_seq(evidence.arrived)
        ),
        "conversations split in two": _split(inbound),
        "answers shown otherwise than the phone has them": _misshown(evidence),
        "events that an open socket missed": _missed(evidence),
        "events that an open socket got twice or out of order": _unruly(evidence),
    }


def unknown_fates(evidence: Evidence) -> list[str]:
    """Promised answers that never arrived and are shown as such: a person decides about each."""
    arrived = {one.entry.text for one in evidence.arrived}
    return [
        one.entry.text
        for one in evidence.stored
        if one.status == UNKNOWN_FATE and one.entry.text not in arrived
    ]


def _lost_inbound(said: Iterable[Entry], inbound: Iterable[Stored]) -> list[str]:
    have = {(one.holder, one.entry.key) for one in inbound}
    return [entry.text for entry in said if (entry.tenant, entry.key) not in have]


def _lost_answers(evidence: Evidence) -> list[str]:
    there = {one.entry.text for one in evidence.arrived} | set(unknown_fates(evidence))
    status = {one.entry.text: one for one in evidence.stored}
    return [
        f"{entry.text} ({_state(status.get(entry.text))})"
        for entry in evidence.promised
        if entry.text not in there
    ]


def _state(stored: Stored | None) -> str:
    return f"{stored.status}: {stored.detail}" if stored else "not stored"


def _repeated(texts: Iterable[str]) -> list[str]:
    return [text for text, count in Counter(texts).items() if count > 1]


def _misplaced(evidence: Evidence) -> list[str]:
    """The words of one tenant's conversation in another's hands, or on another's phone."""
    held = [
        f"{one.entry.text} held by {one.holder}" for one in evidence.stored if one.entry.tenant != one.holder
    ]
    sent = [
        f"{one.entry.text} sent by {one.sender} to {one.phone}"
        for one in evidence.arrived
        if (one.entry.tenant, one.entry.phone) != (one.sender, one.phone)
    ]
    return held + sent


def _disorder(lines: Iterable[tuple[str, Entry]]) -> list[str]:
    """Messages that stand behind a later one of the same conversation."""
    talks: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for tenant, entry in lines:
        talks[tenant, entry.phone].append(entry)
    return [
        f"{after.text} stands behind number {before.number}"
        for talk in talks.values()
        for before, after in pairwise(talk)
        if after.number < before.number
    ]


def _by_seq(arrived: Iterable[Arrived]) -> list[Arrived]:
    return sorted(arrived, key=lambda one: one.seq)


def _split(inbound: Iterable[Stored]) -> list[str]:
    threads: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in inbound:
        threads[one.holder, one.entry.phone].add(one.thread_id)
    return [f"{tenant} and {phone}: {len(ids)}" for (tenant, phone), ids in threads.items() if len(ids) > 1]


def _misshown(evidence: Evidence) -> list[str]:
    on_phone = {one.entry.text: one.status for one in evidence.arrived}
    return [
        f"{one.entry.text} is shown as {one.status}, the phone says {on_phone[one.entry.text]}"
        for one in evidence.stored
        if one.entry.text in on_phone and not _agrees(one.status, on_phone[one.entry.text])
    ]


def _agrees(shown: str, on_phone: str) -> bool:
    return shown == on_phone if on_phone in {"delivered", "read"} else shown in GONE_OUT


def _missed(evidence: Evidence) -> list[str]:
    missed = []
    for tenant, log in evidence.told.items():
        heard = {event.id for event in evidence.heard[tenant]}
        missed += [f"{tenant} {event.seq}" for event in log if event.id not in heard]
    return missed


def _unruly(evidence: Evidence) -> list[str]:
    return [
        f"{tenant} {after.seq} after {before.seq}"
        for tenant, log in evidence.heard.items()
        for before, after in pairwise(log)
        if after.seq <= before.seq
    ]
