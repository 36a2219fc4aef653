"""How fast may we send? Token buckets per channel and per (channel, person), counted in Redis.

Redis may forget all of it. A person's bucket, which holds minutes, then begins with what PostgreSQL says was
sent; without Redis it is what PostgreSQL says each time. A channel's bucket holds half a second: it begins
full, and without Redis each process has its own. The provider's own "too many" is obeyed in any case.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
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

#: Take one token from a person's bucket. One that is not there is full, unless Redis knows too little: since
#: KEYS[2] it has forgotten nothing, and that is less than a bucket takes to fill. Then -1 is given, and
#: nothing taken; who asks again says by ARGV[3] how many tokens there are.
_TAKE_ONE = """
local now = redis.call('TIME'); now = now[1] + now[2] / 1e6
local kept = redis.call('HMGET', KEYS[1], 'n', 't')
local size, rate, told = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local n = told
if kept[1] then
  n = math.min(size, tonumber(kept[1]) + (now - tonumber(kept[2])) * rate)
elseif n < 0 then
  local since = redis.call('GET', KEYS[2])
  if not since then redis.call('SET', KEYS[2], now); since = now end
  if now - tonumber(since) < size / rate then return -1 end
  n = size
end
local given = 0
if n >= 1 then given = 1 end
redis.call('HSET', KEYS[1], 'n', n - given, 't', now)
redis.call('EXPIRE', KEYS[1], math.ceil(size / rate) + 1)
return given
"""
#: Since when Redis has lost nothing (its own clock).
SINCE = "parley:pace:since"
UNKNOWN = -1

#: How many messages were sent to whom within so many seconds.
Sent = Callable[[float], Mapping[UUID, int]]

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
    return _take(_key(tenant_id, channel_id, lane), _at_once(pace), pace.per_second, wanted, urgent)


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
    *, tenant_id: UUID, channel_id: UUID, addresses: Sequence[UUID], pace: Pace, sent: Sent
) -> list[bool]:
    """Has each person's bucket room for one more message from this channel? One question for all.

    sent: asked only when Redis cannot know.
    """
    if pace.pair_burst is None or pace.pair_every_s is None:
        return [True] * len(addresses)
    size, every_s = float(pace.pair_burst), pace.pair_every_s
    keys = {address: f"parley:pace:{tenant_id}:{channel_id}:{address}" for address in addresses}
    try:
        given = _take_ones([(keys[address], UNKNOWN) for address in addresses], size, every_s)
        if UNKNOWN in given:
            lately = sent(size * every_s)
            starts = [(keys[address], max(0.0, size - lately.get(address, 0))) for address in addresses]
            unknown = [n for n, one in enumerate(given) if one == UNKNOWN]
            again = iter(_take_ones([starts[n] for n in unknown], size, every_s))
            given = [next(again) if one == UNKNOWN else one for one in given]
    except redis.Unavailable:
        return _as_sent(addresses, pace.pair_burst, sent(size * every_s))
    return [one == 1 for one in given]


def _take_ones(buckets: Sequence[tuple[str, float]], size: float, every_s: float) -> list[int]:
    """One token out of each bucket, in one round trip; each with how many it has if it is not there."""
    client = redis.client()
    script, asked = client.register_script(_TAKE_ONE), client.pipeline(transaction=False)
    for key, start in buckets:
        script(keys=[key, SINCE], args=_words(size, 1 / every_s, start), client=asked)
    return [int(given) for given in asked.execute()]


def _as_sent(addresses: Sequence[UUID], burst: int, lately: Mapping[UUID, int]) -> list[bool]:
    """By what was sent alone. Never more than a bucket would give, which nobody can fill twice."""
    going: Counter[UUID] = Counter()
    free = []
    for address in addresses:
        free.append(lately.get(address, 0) + going[address] < burst)
        going[address] += free[-1]
    return free


def _take(key: str, size: float, rate: float, wanted: int, urgent: int) -> int:
    """Out of a channel's bucket."""
    try:
        script = redis.client().register_script(_TAKE)
        return int(script(keys=[key], args=_words(size, rate, wanted, urgent)))
    except redis.Unavailable:
        return _take_locally(key, size, rate, wanted, urgent)


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
