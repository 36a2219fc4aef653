"""Rate limits: messages per second of a number, and messages to one user."""

from dataclasses import dataclass

from simulator.errors import GraphError
from simulator.models import Number

# The documented pair rate: one message in six seconds, of which 45 may be borrowed at once.
_PAIR_INTERVAL_S, _PAIR_BURST, _BURST_LASTS_S = 6.0, 45, 6.0
_PAIRS_KEPT = 100_000
_DAY_S = 86_400.0


@dataclass(slots=True)
class _Bucket:
    """Tokens left, and when they were last counted."""

    tokens: float
    at: float

    def take(self, now: float, rate: float, size: float, *, force: bool = False) -> bool:
        """Fill up for the time passed, then take one token if there is one, or anyway."""
        self.tokens = min(size, self.tokens + max(0.0, now - self.at) * rate)
        self.at = now
        if self.tokens < 1 and not force:
            return False
        self.tokens = max(0.0, self.tokens - 1)
        return True


@dataclass(slots=True)
class _Burst:
    """The strict reading of the pair rate: what a burst borrowed must be waited off first."""

    started: float = 0.0
    count: int = 0
    free_at: float = 0.0

    def take(self, now: float) -> bool:
        """Whether one more message may go."""
        if now >= self.free_at:
            self.started, self.count, self.free_at = now, 1, now + _PAIR_INTERVAL_S
            return True
        if now - self.started >= _BURST_LASTS_S or self.count >= _PAIR_BURST:
            return False
        self.count += 1
        self.free_at += _PAIR_INTERVAL_S
        return True


class Limits:
    """What each number and each pair has used."""

    def __init__(self) -> None:
        self._numbers: dict[str, _Bucket] = {}
        self._pairs: dict[tuple[str, str], _Bucket | _Burst] = {}
        # Business → phone → when the business last wrote first, the longest ago first.
        self._started: dict[str, dict[str, float]] = {}

    def clear(self) -> None:
        """Forget what was used."""
        self._numbers.clear()
        self._pairs.clear()
        self._started.clear()

    def count_inbound(self, number: Number, now: float) -> None:
        """Received messages count towards a number's throughput, but are never refused."""
        rate = number.settings.throughput_per_s
        if rate:
            self._bucket(number, now, rate).take(now, rate, rate, force=True)

    def check_throughput(self, number: Number, now: float) -> None:
        """Raises GraphError 130429 when the number sends too fast."""
        rate = number.settings.throughput_per_s
        if rate and not self._bucket(number, now, rate).take(now, rate, rate):
            raise GraphError(130429)

    def check_pair(self, number: Number, wa_id: str, now: float) -> None:
        """Raises GraphError 131056 when too much goes to one user."""
        rule = number.settings.pair_rate
        if rule == "off":
            return
        key = (number.id, wa_id)
        used = self._pairs.get(key)
        if rule == "strict":
            burst = used if isinstance(used, _Burst) else _Burst()
            allowed = burst.take(now)
            used = burst
        else:
            bucket = used if isinstance(used, _Bucket) else _Bucket(_PAIR_BURST, now)
            allowed = bucket.take(now, 1 / _PAIR_INTERVAL_S, _PAIR_BURST)
            used = bucket
        self._remember(key, used)
        if not allowed:
            raise GraphError(131056)

    def within_tier(self, number: Number, wa_id: str, now: float) -> bool:
        """Whether the business may write first to one more person today; notes that it did."""
        people = self._started.setdefault(number.business_id, {})
        while people and next(iter(people.values())) <= now - _DAY_S:
            del people[next(iter(people))]
        most = number.settings.people_per_day
        if most is not None and wa_id not in people and len(people) >= most:
            return False
        people.pop(wa_id, None)
        people[wa_id] = now
        return True

    def _bucket(self, number: Number, now: float, rate: int) -> _Bucket:
        return self._numbers.setdefault(number.id, _Bucket(rate, now))

    def _remember(self, key: tuple[str, str], used: _Bucket | _Burst) -> None:
        if len(self._pairs) >= _PAIRS_KEPT:
            self._pairs.pop(next(iter(self._pairs)))
        self._pairs[key] = used
