"""The Redis connection of this process: counters and wake-ups, never the truth."""

from __future__ import annotations

import os
from functools import lru_cache

import redis
from django.conf import settings


@lru_cache(maxsize=2)
def _client(pid: int) -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def client() -> redis.Redis:
    """One pooled client per process (a forked child makes its own)."""
    return _client(os.getpid())


Unavailable = redis.RedisError
