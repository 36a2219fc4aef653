"""How fast may we send? Token buckets per channel and per (channel, person), counted in Redis.

The counters are only a courtesy to the provider: when Redis is gone, a bucket in this process goes on, and
the provider's own "too many" is obeyed in any case.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from uuid import UUID

from common import redis
from inbox.ports import Pace

#: Give up to ARGV[3] tokens from a bucket of size ARGV[1] filling at ARGV[2] per second; Redis' own clock.
_TAKE = """
local now = redis.call('TIME'); now = now[1] + now[2] / 1e6
local kept = redis.call('HMGET', KEYS[1], 'n', 't')
local size, rate, want = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local n = size
if kept[1] then n = math.min(size, tonumber(kept[1]) + (now - tonumber(kept[2])) * rate) end
local given = math.min(want, math.floor(n))
redis.call('HSET', KEYS[1], 'n', n - given, 't', now)
redis.call('EXPIRE', KEYS[1], math.ceil(size / rate) + 1)
return given
"""

_local: dict[str, tuple[float, float]] = {}


def take_for_channel(*, tenant_id: UUID, channel_id: UUID, pace: Pace, wanted: int, lane: str = "") -> int:
    """How many of `wanted` messages this channel may send now; lane: counted apart from the others."""
    if pace.per_second is None or wanted == 0:
        return wanted
    # Half a second's worth at most in one go, so that the provider sees an even stream.
    return _take(
        f"parley:pace:{tenant_id}:{channel_id}{lane}", max(1.0, pace.per_second / 2), pace.per_second, wanted
    )


def may_send_to(*, tenant_id: UUID, channel_id: UUID, address_id: UUID, pace: Pace) -> bool:
    """Has this person's bucket room for one more message from this channel?"""
    if pace.pair_burst is None or pace.pair_every_s is None:
        return True
    key = f"parley:pace:{tenant_id}:{channel_id}:{address_id}"
    return _take(key, float(pace.pair_burst), 1 / pace.pair_every_s, 1) == 1


def _take(key: str, size: float, rate: float, wanted: int) -> int:
    try:
        script: Callable[..., int] = redis.client().register_script(_TAKE)
        return int(script(keys=[key], args=_words(size, rate, wanted)))
    except redis.Unavailable:
        return _take_locally(key, size, rate, wanted)


def _words(*numbers: float) -> Sequence[str]:
    return [repr(number) for number in numbers]


def _take_locally(key: str, size: float, rate: float, wanted: int) -> int:
    now = time.monotonic()
    kept, at = _local.get(key, (size, now))
    kept = min(size, kept + (now - at) * rate)
    given = min(wanted, int(kept))
    _local[key] = (kept - given, now)
    return given
