"""Take queued messages to their providers: claim, send, record (reliability rules 8–14).

Claims are rows with a lease; "sending" is committed before a request leaves; the provider is asked outside
any transaction; many requests are in flight while outcomes of others are written, many in one transaction.
An outcome nobody knows is "uncertain", never blindly repeated. Several tenants are served at once, and each
leaves room for another: neither one's thousands nor one's silent provider keeps the others waiting (rule 10).
What is urgent has a worker of its own, so a code waits for no work that is not.
"""

from __future__ import annotations

import logging
import os
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache, partial
from queue import Empty, SimpleQueue
from uuid import UUID

from django.utils import timezone

from common import queues
from common.outlast import outlast
from common.tenancy import tenant_context
from common.wake import wake
from inbox.channels import adapter_for
from inbox.models.deliveries import QUEUE, URGENT_QUEUE
from inbox.operations import claims, departures
from inbox.operations import deliveries as operations
from inbox.operations.deliveries import Job, Outcome
from inbox.operations.templates import Copies
from inbox.ports import Account, SendError

log = logging.getLogger(__name__)

#: A tenant gives its turn back after this, well before the lease of its place in the queue ends.
TURN_S = 5.0
#: After so much of its turn a tenant makes room, if all places are taken and another one's messages are due.
SHARE_S = 0.5
#: Tenants served at once.
PLACES = 4
#: Requests in flight, of all tenants; ``_Shift._room`` divides them.
IN_FLIGHT = 128
#: What comes back within this moment is written together; when nothing more can come, nobody waits.
GATHER_S = 0.04
#: So often, while there are free places, is looked who else is due.
LOOK_S = 0.1
#: Due deliveries claimed ahead, so that a request may leave as soon as another one came back; and how many
#: are looked for although enough are, because what was queued meanwhile may be more urgent.
AHEAD = 128
FRESH = 8
#: How long one call goes on; then other work of this process has its turn.
SHIFT_S = 3.0
#: A shift of urgent work welcomes others so long after that, should a silent provider keep it from ending.
LATE_S = 30.0


def deliver_all(*, seconds: float = SHIFT_S) -> int:
    """Serve tenants with due deliveries, the longest waiting first, several at a time.

    Returns how many requests were made. When the time is up, another call is asked to take over.
    """
    return _Shift(QUEUE, time.monotonic() + seconds).run()


def deliver_urgent(*, seconds: float = SHIFT_S) -> int:
    """As ``deliver_all``, of urgent deliveries alone: for a worker that has nothing else to do."""
    return _Shift(URGENT_QUEUE, time.monotonic() + seconds, late_s=LATE_S).run()


@lru_cache(maxsize=2)
def _pool(_pid: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="send")


def senders() -> ThreadPoolExecutor:
    """This process's threads that ask providers; they stay, and with them their connections."""
    return _pool(os.getpid())


@dataclass
class _Turn:
    """One tenant's: what is in flight, what is claimed and waits to leave. has_news: more was queued. rests:
    its channels that send as fast as they may, and until when."""

    claim: queues.Claim
    until: float
    share_until: float
    in_flight: int = 0
    has_news: bool = False
    waiting: deque[Job] = field(default_factory=deque)
    accounts: dict[UUID, Account] = field(default_factory=dict)
    copies: Copies = field(default_factory=Copies)
    rests: dict[UUID, float] = field(default_factory=dict)

    @property
    def tenant_id(self) -> UUID:
        """Whose turn it is."""
        return self.claim.tenant_id


@dataclass
class _Shift:
    """Some seconds of one worker on one queue. late_s: so much longer others are welcome while one does not
    end. back: outcomes as they come, with the turn they belong to."""

    queue: str
    until: float
    late_s: float = 0.0
    made: int = 0
    looked_at: float = 0.0
    turns: dict[UUID, _Turn] = field(default_factory=dict)
    back: SimpleQueue[tuple[_Turn, Outcome]] = field(default_factory=SimpleQueue)

    def run(self) -> int:
        """Serve whoever is due until nobody is, or the time is up and everything has come back."""
        self._welcome()
        while self.turns:
            for turn, outcomes in self._returned():
                self._serve(turn, outcomes)
            self._welcome()
        if time.monotonic() >= self.until:
            wake(self.queue)
        return self.made

    @property
    def _only_urgent(self) -> bool:
        return self.queue == URGENT_QUEUE

    def _welcome(self) -> None:
        """Give free places to tenants whose messages are due; hear what was queued for those who have one."""
        if self.turns and time.monotonic() < self.looked_at + LOOK_S:
            return
        self.looked_at = time.monotonic()
        for claim in queues.take_news([turn.claim for turn in self.turns.values()]):
            self.turns[claim.tenant_id].claim = claim
            self.turns[claim.tenant_id].has_news = True
        while time.monotonic() < self.until + self.late_s and len(self.turns) < PLACES:
            claimed = queues.claim_tenant(self.queue)
            if claimed is None:
                return
            self._begin(claimed)

    def _begin(self, claimed: queues.Claim) -> None:
        if known := self.turns.get(claimed.tenant_id):
            known.claim = claimed  # it takes long: its lease had run out
            return
        now = time.monotonic()
        turn = _Turn(claimed, min(self.until + self.late_s, now + TURN_S), now + SHARE_S)
        self.turns[claimed.tenant_id] = turn
        self._serve(turn, [])

    def _returned(self) -> list[tuple[_Turn, list[Outcome]]]:
        """What came back, by turn: at least one, and those that come in the next moment."""
        found: dict[UUID, list[Outcome]] = defaultdict(list)
        until = time.monotonic() + LOOK_S
        while (left := until - time.monotonic()) > 0 and (one := self._next(left)):
            if not found:
                until = time.monotonic() + GATHER_S
            turn, outcome = one
            turn.in_flight -= 1
            found[turn.tenant_id].append(outcome)
        turns = list(self.turns.items())
        return [(turn, found[key]) for key, turn in turns if key in found or self._may_go_on(turn)]

    def _may_go_on(self, turn: _Turn) -> bool:
        if turn.rests and not turn.in_flight and time.monotonic() >= min(turn.rests.values()):
            return True
        return bool(turn.waiting) and self._room(turn) > 0

    def _next(self, timeout_s: float) -> tuple[_Turn, Outcome] | None:
        if not self._flying():
            self._wait_for_rests(timeout_s)
            return None
        try:
            return self.back.get(timeout=timeout_s)
        except Empty:
            return None

    def _wait_for_rests(self, at_most_s: float) -> None:
        """Nothing can come back: wait until the first channel may send again, if there is nothing else."""
        if not any(self._may_go_on(turn) for turn in self.turns.values()):
            ends = [min(turn.rests.values()) for turn in self.turns.values() if turn.rests]
            time.sleep(max(0.0, min(at_most_s, min(ends, default=0.0) - time.monotonic())))

    def _flying(self) -> int:
        return sum(turn.in_flight for turn in self.turns.values())

    def _serve(self, turn: _Turn, outcomes: Sequence[Outcome]) -> None:
        """Write what came back, let leave what may; the turn ends when nothing of it is left.

        A fault costs this tenant its turn, not the others theirs: the clock comes back to it, and what was in
        flight is of unknown fate, as when a worker dies.
        """
        try:
            started = outlast(partial(self._step, turn, outcomes))
            for job in started:
                turn.in_flight += 1
                senders().submit(send, job).add_done_callback(partial(self._came_back, turn))
            self.made += len(started)
            if not (started or turn.in_flight or turn.waiting or (turn.rests and self._has_time(turn))):
                del self.turns[turn.tenant_id]
                outlast(partial(self._settle, turn.claim))
        except Exception:
            log.exception("a turn failed", extra={"tenant": str(turn.tenant_id)})
            self.turns.pop(turn.tenant_id, None)

    def _came_back(self, turn: _Turn, future: Future[Outcome]) -> None:
        self.back.put((turn, future.result()))

    def _step(self, turn: _Turn, outcomes: Sequence[Outcome]) -> list[Job]:
        """One transaction: write what came back, claim more, commit "sending" for what leaves next.

        It may run twice: outcomes that are written are not written again, and claims that did not last are
        dropped when they are to leave.
        """
        room = self._room(turn)
        with tenant_context(turn.tenant_id):
            if outcomes:
                operations.record_outcomes(outcomes)
            elif not (turn.in_flight or self._only_urgent):
                operations.recover_lost()
            if (turn.has_news or len(turn.waiting) < room) and self._has_time(turn):
                self._claim_more(turn)
            leaving = [turn.waiting[n] for n in range(min(room, len(turn.waiting)))]
            started = claims.mark_sending(leaving)
        for _ in leaving:
            turn.waiting.popleft()
        return started

    def _claim_more(self, turn: _Turn) -> None:
        """The most urgent go to the front, whatever waits there already."""
        known = len(turn.waiting)
        if known < 2 * AHEAD:
            most = max(FRESH, AHEAD - known)
            found = departures.claim(
                most, turn.accounts, turn.copies, only_urgent=self._only_urgent, rests=turn.rests
            )
            turn.waiting = deque(sorted([*turn.waiting, *found], key=lambda job: job.delivery.lane))
        turn.has_news = False

    def _room(self, turn: _Turn) -> int:
        """How many more requests of this tenant may leave: it has at most half of what the others leave it,
        so however many are there and however slow their providers, there is room for one more."""
        others = self._flying() - turn.in_flight
        return max(0, max(1, (IN_FLIGHT - others) // 2) - turn.in_flight)

    def _has_time(self, turn: _Turn) -> bool:
        """May it claim more? Looked at every share: does anybody wait for a place?"""
        now = time.monotonic()
        if now > turn.share_until and len(self.turns) == PLACES:
            turn.share_until = now + SHARE_S
            if queues.is_anybody_due(self.queue):
                turn.until = now
        return now < turn.until

    def _settle(self, claim: queues.Claim) -> None:
        with tenant_context(claim.tenant_id):
            next_due = claims.next_due(only_urgent=self._only_urgent)
        queues.settle(claim, next_due)


def send(job: Job) -> Outcome:
    """Ask the provider to take one message; every failure becomes an outcome."""
    asked_at = timezone.now()
    if job.message.expires_at and job.message.expires_at <= asked_at:  # since it was claimed
        too_late = SendError("unavailable", operations.TOO_LATE, permanent=True)
        return Outcome(job, error=too_late, asked_at=asked_at)
    try:
        result = adapter_for(job.channel_kind).send(job.account, job.message)
    except SendError as error:
        return Outcome(job, error=error, asked_at=asked_at)
    except Exception as error:  # a fault in an adapter must not lose the message, nor send it twice
        log.exception("sending failed", extra={"delivery": job.message.ref, "tenant": str(job.tenant_id)})
        detail = f"{type(error).__name__} while sending"
        return Outcome(job, error=SendError("unavailable", detail, permanent=False, may_have_sent=True))
    return Outcome(job, result=result)
