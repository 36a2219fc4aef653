"""How fast may we send? Token buckets per channel and per (channel, person), counted in Redis.

The counters are only a courtesy to the provider: when Redis is gone, a bucket in this process goes on, and
the provider's own "too many" is obeyed in any case.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from math import floor
from uuid import UUID

from common import redis
from inbox.ports import Pace

#: Give up to ARGV[3] tokens from a bucket of size ARGV[1] filling at ARGV[2] per second; Redis' own clock.
#: The first ARGV[4] of them are urgent: for these the bucket may go as far below nothing as it is large.
_TAKE = """
local now = redis.call('TIME'); now = now[1] + now[2] / 1e6
local kept = redis.call('HMGET', KEYS[1], 'n', 't')
local size, rate, want, urgent = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local n = size
if kept[1] then n = math.min(size, tonumber(kept[1]) + (now - tonumber(kept[2])) * rate) end
local given = math.max(0, math.min(urgent, math.floor(n + size)))
if given == urgent then given = given + math.max(0, math.min(want - urgent, math.floor(n - urgent))) end
redis.call('HSET', KEYS[1], 'n', n - given, 't', now)
redis.call('EXPIRE', KEYS[1], math.ceil(2 * size / rate) + 1)
return given
"""

#: Owe ARGV[3] tokens more than were given: nothing leaves before they are paid back.
_OWE = """
local now = redis.call('TIME'); now = now[1] + now[2] / 1e6
local kept = redis.call('HMGET', KEYS[1], 'n', 't')
local size, rate, owed = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local n = size
if kept[1] then n = math.min(size, tonumber(kept[1]) + (now - tonumber(kept[2])) * rate) end
redis.call('HSET', KEYS[1], 'n', n - owed, 't', now)
redis.call('EXPIRE', KEYS[1], math.ceil((2 * size + math.max(0, owed - n)) / rate) + 1)
return 0
"""

_local: dict[str, tuple[float, float]] = {}


def take_for_channel(
    *, tenant_id: UUID, channel_id: UUID, pace: Pace, wanted: int, urgent: int = 0, lane: str = ""
) -> int:
    """How many of `wanted` messages this channel may send now; lane: counted apart from the others.

    urgent: so many of them, the first, may use what comes in the next half second as well: a bulk that takes
    all there is at once must not keep a code waiting.
    """
    if pace.per_second is None or wanted == 0:
        return wanted
    return _take([_key(tenant_id, channel_id, lane)], _at_once(pace), pace.per_second, wanted, urgent)[0]


def owe(*, tenant_id: UUID, channel_id: UUID, pace: Pace, parts: int) -> None:
    """Messages that were let go count for so many more: a long text is several to its provider."""
    if pace.per_second is None or parts <= 0:
        return
    key, size, rate = _key(tenant_id, channel_id), _at_once(pace), pace.per_second
    try:
        redis.client().register_script(_OWE)(keys=[key], args=_words(size, rate, parts))
    except redis.Unavailable:
        kept, at = _local.get(key, (size, time.monotonic()))
        _local[key] = (kept - parts, at)


def _key(tenant_id: UUID, channel_id: UUID, lane: str = "") -> str:
    return f"parley:pace:{tenant_id}:{channel_id}{lane}"


def _at_once(pace: Pace) -> float:
    """Half a second's worth at most in one go, so that the provider sees an even stream."""
    return max(1.0, (pace.per_second or 0) / 2)


def who_may_be_sent_to(
    *, tenant_id: UUID, channel_id: UUID, addresses: Sequence[UUID], pace: Pace
) -> list[bool]:
    """Has each person's bucket room for one more message from this channel? One question for all."""
    if pace.pair_burst is None or pace.pair_every_s is None:
        return [True] * len(addresses)
    keys = [f"parley:pace:{tenant_id}:{channel_id}:{address}" for address in addresses]
    return [given == 1 for given in _take(keys, float(pace.pair_burst), 1 / pace.pair_every_s, 1)]


def _take(keys: Sequence[str], size: float, rate: float, wanted: int, urgent: int = 0) -> list[int]:
    """Out of each bucket; they are asked together, in one round trip."""
    try:
        client = redis.client()
        script, asked = client.register_script(_TAKE), client.pipeline(transaction=False)
        for key in keys:
            script(keys=[key], args=_words(size, rate, wanted, urgent), client=asked)
        return [int(given) for given in asked.execute()]
    except redis.Unavailable:
        return [_take_locally(key, size, rate, wanted, urgent) for key in keys]


def _words(*numbers: float) -> Sequence[str]:
    return [repr(number) for number in numbers]


def _take_locally(key: str, size: float, rate: float, wanted: int, urgent: int) -> int:
    now = time.monotonic()
    kept, at = _local.get(key, (size, now))
    kept = min(size, kept + (now - at) * rate)
    given = max(0, min(urgent, floor(kept + size)))
    if given == urgent:
        given += max(0, min(wanted - urgent, floor(kept - urgent)))
    _local[key] = (kept - given, now)
    return given
