"""Delivery of webhooks: a lane per number, in order while nothing fails, repeated until answered 200."""

import asyncio
import itertools
import logging
import os
import random
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Literal

from simulator.models import Number
from simulator.webhooks import wire
from simulator.webhooks.lanes import Lane, Post, Update, compose
from simulator.world import World

Outcome = Literal["ok", "failing", "given_up"]
_RETRIES_AT_ONCE = 4
_BATCH_WAITS_S = 0.5
_REORDER_S, _DUPLICATE_S = 0.4, 0.3
_FOR_EVER_S = 3600.0
_log = logging.getLogger("simulator")
_dice = random.SystemRandom()


@dataclass(slots=True)
class Stats:
    """How many POSTs were tried, and how they were answered, since the start."""

    sent: int = 0
    ok: int = 0
    failed: int = 0
    given_up: int = 0


class Webhooks:
    """All lanes. `on_outcome(message_id, outcome)` hears what became of each customer message's webhook."""

    def __init__(self, world: World, client: wire.Client) -> None:
        self._world = world
        self._client = client
        self._lanes: dict[str, Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._retry_slots = asyncio.Semaphore(_RETRIES_AT_ONCE)
        # Ids sort by age, also across restarts.
        self._ids = (f"{time.time_ns():020d}-{n:06d}-{os.getpid()}" for n in itertools.count())
        self.stats = Stats()
        self.on_outcome: Callable[[str, Outcome], None] = lambda message_id, outcome: None

    def load(self) -> None:
        """Take up what an earlier run had not delivered."""
        for row in self._world.waiting("post"):
            self._repeat(self._lane(row["channel"]), Post(**row))
        for row in self._world.waiting("update"):
            if row["channel"] in self._world.numbers:
                self._queue(Update(**row))
            else:
                self._world.forget("update", row["id"])

    def tell(self, channel: str, kind: str, item: dict[str, Any], **fields: Any) -> None:
        """Queue an update (see Update), as the faults in force make it: late, twice, out of order."""
        number = self._world.numbers.get(channel)
        if number is None or not number.subscribed or not number.callback_url:
            return
        update = Update(next(self._ids), channel, kind, item, **fields)
        now = self._world.now()
        update.due = now + self._delay_s(update)
        self._queue(update)
        if self._happens("duplicate", "twice", update):
            self._queue(
                replace(update, id=next(self._ids), due=now + _dice.random() * _DUPLICATE_S, group=None)
            )

    def wake(self) -> None:
        """Look again, because a fault or a number has changed."""
        for lane in self._lanes.values():
            lane.wake.set()

    def retry_now(self, message_id: str) -> bool:
        """Repeat at once the POST that carries a customer's message. False when none waits for it."""
        for lane in self._lanes.values():
            for post in lane.retrying.values():
                if message_id in post.message_ids:
                    self._start(self._retry(lane, post))
                    return True
        return False

    def counts(self) -> dict[str, int]:
        """The figures of GET /control/webhooks/stats: POSTs tried, updates waiting, POSTs to be repeated."""
        lanes = self._lanes.values()
        waiting = sum(len(lane.ready) + len(lane.later) for lane in lanes)
        flying = sum(post.items for lane in lanes for post in lane.flying.values())
        retrying = sum(len(lane.retrying) for lane in lanes)
        stats = self.stats
        return {
            "sent": stats.sent, "ok": stats.ok, "failed": stats.failed, "given_up": stats.given_up,
            "pending": waiting + flying, "retrying": retrying,
        }  # fmt: skip

    def forget(self, number_id: str | None = None) -> None:
        """Drop everything that waits, for one number or for all."""
        for lane in self._lanes.values():
            if number_id not in (None, lane.number_id):
                continue
            for update in [*lane.ready, *lane.later.values()]:
                self._world.forget("update", update.id)
            for post_id in lane.retrying:
                self._world.forget("post", post_id)
            lane.ready.clear()
            lane.later.clear()
            lane.retrying.clear()

    async def stop(self) -> None:
        """Stop all lanes; what was in flight counts as not delivered and stays in the file."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # Queueing

    def _happens(self, fault: str, mode: str, update: Update) -> bool:
        """Whether a webhook is doubled or shuffled: by the faults, else by the phone's own switch."""
        chance = self._world.faults.webhook(fault, update.channel, update.number)
        if chance is not None:
            return bool(chance and _dice.random() < chance)
        phone = self._world.phones.get(update.number or "")
        return phone is not None and phone.settings.webhook_mode == mode

    def _delay_s(self, update: Update) -> float:
        delay = float(self._world.faults.webhook("delay_s", update.channel, update.number) or 0)
        if self._happens("reorder", "shuffled", update):
            delay += _dice.random() * _REORDER_S
        return delay

    def _lane(self, number_id: str) -> Lane:
        lane = self._lanes.get(number_id)
        if lane is None:
            lane = self._lanes[number_id] = Lane(number_id)
            self._start(self._run(lane))
        return lane

    def _queue(self, update: Update) -> None:
        """Put an update at the end of its lane, now or when it is due."""
        lane = self._lane(update.channel)
        self._world.save("update", update.id, update)
        wait_s = update.due - self._world.now()
        if wait_s <= 0:
            lane.append(update)
            return
        lane.later[update.id] = update
        asyncio.get_running_loop().call_later(wait_s, self._due, lane, update)

    def _due(self, lane: Lane, update: Update) -> None:
        if lane.later.pop(update.id, None):
            lane.append(update)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            _log.error("A webhook lane broke off.", exc_info=task.exception())

    # Posting

    async def _run(self, lane: Lane) -> None:
        """Post what waits, one POST at a time, for ever."""
        while True:
            wait_s = self._wait_s(lane)
            if wait_s > 0:
                await _woken(lane.wake, wait_s)
                continue
            post = self._next_post(lane)
            await self._attempt(lane, post)

    def _wait_s(self, lane: Lane) -> float:
        """0 when something can go now; otherwise after how many seconds to look again."""
        if not lane.ready:
            return _FOR_EVER_S
        head = lane.ready[0]
        if self._world.faults.webhook("pause", lane.number_id, head.number):
            return _FOR_EVER_S
        batch = self._world.faults.webhook("batch", lane.number_id, head.number) or 1
        return 0.0 if len(lane.ready) >= batch else lane.waits_since + _BATCH_WAITS_S - time.monotonic()

    def _next_post(self, lane: Lane) -> Post:
        """Take what travels together off the lane and make one POST of it."""
        number = self._world.numbers[lane.number_id]
        batch = self._world.faults.webhook("batch", lane.number_id, lane.ready[0].number)
        updates = lane.take(batch or number.settings.webhook_items_max)
        post = compose(number, updates, next(self._ids), self._world.now())
        for update in updates:
            self._world.forget("update", update.id)
        self._world.save("post", post.id, post)
        return post

    async def _attempt(self, lane: Lane, post: Post) -> None:
        """Send a POST once and note what came of it."""
        number = self._world.numbers.get(lane.number_id)
        if number is None:
            self._done(post, "given_up")
            return
        lane.flying[post.id] = post
        started = time.perf_counter()
        status, detail = await self._send(number, post)
        lane.flying.pop(post.id, None)
        self._note(post, number, status, detail, (time.perf_counter() - started) * 1000)
        if status == 200:
            self._done(post, "ok")
        else:
            self._failed(lane, number, post)

    async def _send(self, number: Number, post: Post) -> tuple[int | None, str | None]:
        """The HTTP status of the answer, or None and the reason."""
        try:
            answer = await self._client.post(
                number.callback_url, post.body.encode(), number.app_secret, number.settings.webhook_timeout_s
            )
        except wire.Refused as error:
            return None, str(error)
        return answer.status, None

    def _done(self, post: Post, outcome: Outcome) -> None:
        self._world.forget("post", post.id)
        if outcome == "ok":
            self.stats.ok += 1
        else:
            self.stats.given_up += 1
        for message_id in post.message_ids:
            self.on_outcome(message_id, outcome)

    def _failed(self, lane: Lane, number: Number, post: Post) -> None:
        """Plan the next attempt, or give up after the last one."""
        self.stats.failed += 1
        post.attempts += 1
        settings = number.settings
        if self._world.now() - post.at > settings.retry_for_h * 3600:
            self._done(post, "given_up")
            return
        wait_s = min(settings.retry_max_s, settings.retry_first_s * 2 ** min(post.attempts - 1, 30))
        post.due = self._world.now() + wait_s * _dice.uniform(1, 1.1)
        self._world.save("post", post.id, post)
        self._repeat(lane, post)
        for message_id in post.message_ids:
            self.on_outcome(message_id, "failing")

    def _repeat(self, lane: Lane, post: Post) -> None:
        """Send a POST again when it is due."""
        lane.retrying[post.id] = post
        wait_s = max(0.0, post.due - self._world.now())
        asyncio.get_running_loop().call_later(wait_s, lambda: self._start(self._retry(lane, post)))

    async def _retry(self, lane: Lane, post: Post) -> None:
        async with self._retry_slots:
            if lane.retrying.pop(post.id, None) is None:
                return
            await self._attempt(lane, post)

    def _note(self, post: Post, number: Number, status: int | None, detail: str | None, ms: float) -> None:
        self.stats.sent += 1
        again = f"attempt {post.attempts + 1}" if post.attempts else None
        self._world.log.add(
            at=self._world.now(), direction="out", label=post.label, method="POST", path=number.callback_url,
            status=status, ms=ms, channel=number.id, number=post.number, body=post.body.encode(),
            detail=", ".join(filter(None, (detail, again))) or None,
        )  # fmt: skip


async def _woken(wake: asyncio.Event, wait_s: float) -> None:
    """Wait for the event, but not longer than this."""
    try:
        await asyncio.wait_for(wake.wait(), wait_s)
    except TimeoutError:
        return
    wake.clear()
