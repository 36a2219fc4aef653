"""Take queued messages to their providers: claim, send, record (reliability rules 8–14).

A turn belongs to one tenant. Claims are rows with a lease; "sending" is committed before a request leaves;
the provider is asked outside any transaction; several requests are in flight while outcomes of others are
written, many in one transaction. An outcome nobody knows is "uncertain", never blindly repeated.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from common import queues
from common.outlast import outlast
from common.tenancy import tenant_context
from inbox.channels import adapter_for
from inbox.models.deliveries import QUEUE
from inbox.operations import deliveries as operations
from inbox.operations import departures
from inbox.operations.deliveries import Job, Outcome
from inbox.ports import Account, SendError

log = logging.getLogger(__name__)

TURN_S = 5.0
#: After so much of its turn a tenant makes room, if another one's messages are due (rule 10).
SHARE_S = 0.5
IN_FLIGHT = 16
GATHER_S = 0.01
CLAIM = 48


def deliver_all(*, seconds: float = 20.0) -> int:
    """Serve tenants with due deliveries, the longest waiting first, each for one turn at a time.

    Returns how many requests were made. Another call takes over where this one stops.
    """
    until, made = time.monotonic() + seconds, 0
    with ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="send") as pool:
        while time.monotonic() < until and (claim := queues.claim_tenant(QUEUE)):
            turn = _Turn(claim.tenant_id, pool, min(until, time.monotonic() + TURN_S), _share_end())
            made += turn.run()
            outlast(partial(_settle, claim))
    return made


def _share_end() -> float:
    return time.monotonic() + SHARE_S


def _settle(claim: queues.Claim) -> None:
    with tenant_context(claim.tenant_id):
        next_due = operations.next_due()
    queues.settle(claim, next_due)


@dataclass
class _Turn:
    tenant_id: UUID
    pool: ThreadPoolExecutor
    until: float
    share_until: float
    in_flight: dict[Future[Outcome], Job] = field(default_factory=dict)
    waiting: deque[Job] = field(default_factory=deque)
    accounts: dict[UUID, Account] = field(default_factory=dict)

    def run(self) -> int:
        made = 0
        while True:
            started = outlast(partial(self._step, self._finished()))
            for job in started:
                self.in_flight[self.pool.submit(send, job)] = job
            made += len(started)
            if not self.in_flight and not started:
                return made

    def _has_time(self) -> bool:
        """May it claim more? Looked at every share: does anybody else wait?"""
        now = time.monotonic()
        if now > self.share_until:
            self.share_until = now + SHARE_S
            if queues.is_anybody_due(QUEUE):
                self.until = now
        return now < self.until

    def _finished(self) -> list[Outcome]:
        """What came back: at least one, and those that come in the next moment, to be written together."""
        if not self.in_flight:
            return []
        wait(self.in_flight, return_when=FIRST_COMPLETED)
        done, _ = wait(self.in_flight, timeout=GATHER_S)
        for future in done:
            del self.in_flight[future]
        return [future.result() for future in done]

    def _step(self, outcomes: Sequence[Outcome]) -> list[Job]:
        """One transaction: write what came back, claim more, commit "sending" for what leaves next.

        It may run twice: outcomes that are written are not written again, and claims that did not last are
        dropped when they are to leave.
        """
        with tenant_context(self.tenant_id):
            if outcomes:
                operations.record_outcomes(outcomes)
            elif not self.in_flight:
                operations.recover_lost()
            if len(self.waiting) < IN_FLIGHT and self._has_time():
                self.waiting.extend(departures.claim(CLAIM - len(self.waiting), self.accounts))
            room = min(IN_FLIGHT - len(self.in_flight), len(self.waiting))
            leaving = operations.mark_sending([self.waiting[n] for n in range(room)])
        for _ in range(room):
            self.waiting.popleft()
        return leaving


def send(job: Job) -> Outcome:
    """Ask the provider to take one message; every failure becomes an outcome."""
    try:
        result = adapter_for(job.channel_kind).send(job.account, job.message)
    except SendError as error:
        return Outcome(job, error=error)
    except Exception as error:  # a fault in an adapter must not lose the message, nor send it twice
        log.exception("sending failed", extra={"delivery": job.message.ref, "tenant": str(job.tenant_id)})
        detail = f"{type(error).__name__} while sending"
        return Outcome(job, error=SendError("unavailable", detail, permanent=False, may_have_sent=True))
    return Outcome(job, result=result)
